import type { Client } from '../../spec/client.ts';
import {
  RESPONSE_MODES,
  RESPONSE_TYPES,
  type ResponseMode,
  type ResponseType,
} from '../../spec/identifiers.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import type { Params } from '../../spec/params.ts';
import { modesOf, profileOf } from '../../spec/profile_client.ts';

/** How an answer travels in the end: JARM's modes are one of these with all of it in one JWT. */
export interface Travel {
  readonly response_mode: 'query' | 'fragment' | 'form_post';
  readonly isJwt: boolean;
}

/** What an authorization request yields at the authorization endpoint. OAuth 2.0 Multiple Response Types §3 */
export interface Yield {
  readonly code: boolean;
  readonly token: boolean;
  readonly id_token: boolean;
}

export function yieldOf(response_type: ResponseType): Yield {
  const parts = response_type.split(' ');
  return {
    code: parts.includes('code'),
    token: parts.includes('token'),
    id_token: parts.includes('id_token'),
  };
}

/** Its parts may come in any order, RFC 6749 §3.1.1. */
export function findResponseType(asked: string | undefined): ResponseType | undefined {
  const parts = asked?.split(' ');
  return RESPONSE_TYPES.find((known) => {
    const own = known.split(' ');
    return own.length === parts?.length && own.every((part) => parts.includes(part));
  });
}

/** @throws {OAuthError} `invalid_request`, `unsupported_response_type`, `unauthorized_client` */
export function parseResponseType(params: Params, client: Client): ResponseType {
  const asked = params.get('response_type');
  if (asked === undefined) {
    throw new OAuthError('invalid_request', 'parameter response_type is required');
  }
  const response_type = findResponseType(asked);
  if (response_type === undefined) {
    throw new OAuthError(
      'unsupported_response_type',
      `response_type must be one of ${RESPONSE_TYPES.join(', ')}`,
    );
  }
  const { code, token, id_token } = yieldOf(response_type);
  const isRegistered = client.response_types.includes(response_type) &&
    (!code || client.grant_types.includes('authorization_code')) &&
    (!(token || id_token) || client.grant_types.includes('implicit'));
  if (!isRegistered) {
    throw new OAuthError(
      'unauthorized_client',
      `client is not registered for response_type ${response_type}`,
    );
  }
  return response_type;
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
  if (isUsable) return expand(asked, usual);
  return { response_mode: usual, isJwt: !isAllowed(usual, params, client) };
}

/** Whether the client's profile has the mode for what is asked for; FAPI 2.0 MS §5.4.1: refusals are signed, too. */
function isAllowed(mode: ResponseMode, params: Params, client: Client): boolean {
  const profile = profileOf(client);
  const response_type = findResponseType(params.get('response_type'));
  const modes = response_type && profile.responses?.value[response_type];
  return (modes ?? modesOf(profile)).includes(mode);
}

/** @throws {OAuthError} `invalid_request`, `unauthorized_client` */
export function checkResponseMode(
  params: Params,
  client: Client,
  response_type: ResponseType,
): void {
  const asked = params.get('response_mode');
  const known = RESPONSE_MODES.find((mode) => mode === asked);
  if (asked !== undefined && known === undefined) {
    throw new OAuthError(
      'invalid_request',
      `response_mode must be one of ${RESPONSE_MODES.join(', ')}`,
    );
  }
  const mode = known ?? usualMode(params);
  if (!client.response_modes.includes(mode)) {
    throw new OAuthError(
      'unauthorized_client',
      `client is not registered for response_mode ${mode}`,
    );
  }
  const { responses } = profileOf(client);
  const allowed = responses?.value[response_type];
  if (allowed?.includes(mode) === false) {
    throw new OAuthError(
      'invalid_request',
      `response_mode must be one of ${allowed.join(', ')} (${responses?.clause})`,
    );
  }
  // Tokens in a query end up in logs and Referer headers.
  if (usualMode(params) === 'fragment' && isQuery(mode)) {
    throw new OAuthError(
      'invalid_request',
      `response_mode ${mode} is not for response_type ${response_type}`,
    );
  }
}

function usualMode(params: Params): 'query' | 'fragment' {
  const response_type = findResponseType(params.get('response_type'));
  const { token, id_token } = yieldOf(response_type ?? 'code');
  return token || id_token ? 'fragment' : 'query';
}

function isQuery(mode: ResponseMode): boolean {
  return mode === 'query' || mode === 'query.jwt';
}

function expand(mode: ResponseMode, usual: 'query' | 'fragment'): Travel {
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
