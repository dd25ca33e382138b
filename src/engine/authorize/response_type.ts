import type { Client } from '../../spec/client.ts';
import {
  RESPONSE_MODES,
  RESPONSE_TYPES,
  type ResponseMode,
  type ResponseType,
} from '../../spec/identifiers.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import type { Params } from '../../spec/params.ts';
import { modesOf, profileOf, typesOf } from '../../spec/profile_client.ts';

/** How an answer travels in the end: JARM's modes are one of these with all of it in one JWT. */
export interface Travel {
  /** As the client names it: it may be registered for no other name of the same. */
  readonly mode: ResponseMode;
  readonly response_mode: 'query' | 'fragment' | 'form_post';
  readonly isJwt: boolean;
}

/** What an authorization request yields at the authorization endpoint. OAuth 2.0 Multiple Response Types §3 */
export interface Yield {
  readonly code: boolean;
  readonly token: boolean;
  readonly id_token: boolean;
}

const YIELDS: Readonly<Record<ResponseType, Yield>> = {
  'code': { code: true, token: false, id_token: false },
  'id_token': { code: false, token: false, id_token: true },
  'id_token token': { code: false, token: true, id_token: true },
  'code id_token': { code: true, token: false, id_token: true },
  'code token': { code: true, token: true, id_token: false },
  'code id_token token': { code: true, token: true, id_token: true },
  'none': { code: false, token: false, id_token: false },
};

export function yieldOf(response_type: ResponseType): Yield {
  return YIELDS[response_type];
}

/** Its parts may come in any order, RFC 6749 §3.1.1. */
function findResponseType(asked: string | undefined): ResponseType | undefined {
  if (asked === undefined) return undefined;
  const usual = RESPONSE_TYPES.find((known) => known === asked);
  if (usual !== undefined) return usual;
  const parts = asked.split(' ');
  return RESPONSE_TYPES.find((known) => {
    const own = known.split(' ');
    return own.length === parts.length && own.every((part) => parts.includes(part));
  });
}

/**
 * The response type that is asked for, if the client may have it and the response mode with it. What no client of the
 * profile may have is no matter of registration. @throws {OAuthError} `invalid_request`, `unsupported_response_type`,
 * `unauthorized_client`
 */
export function parseResponseType(params: Params, client: Client): ResponseType {
  const asked = params.get('response_type');
  if (asked === undefined) {
    throw new OAuthError('invalid_request', 'parameter response_type is required');
  }
  const response_type = findResponseType(asked);
  if (response_type === undefined) throw unsupported(RESPONSE_TYPES);
  const mode = parseResponseMode(params, response_type);
  checkProfile(response_type, mode, client);
  checkRegistered(response_type, mode, client);
  return response_type;
}

function unsupported(types: readonly ResponseType[], clause = ''): OAuthError {
  return new OAuthError(
    'unsupported_response_type',
    `response_type must be one of ${types.join(', ')}${clause}`,
  );
}

function parseResponseMode(params: Params, response_type: ResponseType): ResponseMode {
  const asked = params.get('response_mode');
  const usual = usualMode(params);
  const mode = asked === undefined ? usual : RESPONSE_MODES.find((known) => known === asked);
  if (mode === undefined) {
    throw new OAuthError(
      'invalid_request',
      `response_mode must be one of ${RESPONSE_MODES.join(', ')}`,
    );
  }
  // Tokens in a query end up in logs and Referer headers.
  if (usual === 'fragment' && isQuery(mode)) {
    throw new OAuthError(
      'invalid_request',
      `response_mode ${mode} is not for response_type ${response_type}`,
    );
  }
  return mode;
}

function checkProfile(response_type: ResponseType, mode: ResponseMode, client: Client): void {
  const { responses } = profileOf(client);
  if (responses === undefined) return;
  const modes = responses.value[response_type];
  if (modes === undefined) throw unsupported(typesOf(responses.value), ` (${responses.clause})`);
  if (!modes.includes(mode)) {
    throw new OAuthError(
      'invalid_request',
      `response_mode must be one of ${modes.join(', ')} (${responses.clause})`,
    );
  }
}

function checkRegistered(response_type: ResponseType, mode: ResponseMode, client: Client): void {
  const { code, token, id_token } = yieldOf(response_type);
  const isRegistered = client.response_types.includes(response_type) &&
    (!code || client.grant_types.includes('authorization_code')) &&
    (!(token || id_token) || client.grant_types.includes('implicit'));
  const missing = !isRegistered
    ? `response_type ${response_type}`
    : !client.response_modes.includes(mode)
    ? `response_mode ${mode}`
    : undefined;
  if (missing !== undefined) {
    throw new OAuthError('unauthorized_client', `client is not registered for ${missing}`);
  }
}

/**
 * Where the answer goes, refusals included: an unusable response_mode is refused by way of the default one.
 * OAuth 2.0 Multiple Response Types §2.1, §3; JARM §2.3.
 */
export function travelOf(params: Params, client: Client): Travel {
  const asked = RESPONSE_MODES.find((mode) => mode === params.get('response_mode'));
  const usual = usualMode(params);
  const isUsable = asked !== undefined && client.response_modes.includes(asked) &&
    !(usual === 'fragment' && isQuery(asked));
  if (isUsable) return { mode: asked, ...expand(asked, usual) };
  // FAPI 2.0 MS §5.4.1: where nothing goes unsigned, refusals do not, either.
  const isJwt = modesOf(profileOf(client)).every((mode) => expand(mode, usual).isJwt);
  return { mode: usual, response_mode: usual, isJwt };
}

function usualMode(params: Params): 'query' | 'fragment' {
  const response_type = findResponseType(params.get('response_type'));
  const { token, id_token } = yieldOf(response_type ?? 'code');
  return token || id_token ? 'fragment' : 'query';
}

function isQuery(mode: ResponseMode): boolean {
  return mode === 'query' || mode === 'query.jwt';
}

function expand(mode: ResponseMode, usual: 'query' | 'fragment'): Omit<Travel, 'mode'> {
  switch (mode) {
    case 'jwt':
      return { response_mode: usual, isJwt: true };
    case 'query.jwt':
      return { response_mode: 'query', isJwt: true };
    case 'fragment.jwt':
      return { response_mode: 'fragment', isJwt: true };
    case 'form_post.jwt':
      return { response_mode: 'form_post', isJwt: true };
    default:
      return { response_mode: mode, isJwt: false };
  }
}
