import type { Client } from '../../spec/client.ts';
import {
  DISPLAYS,
  type Prompt,
  PROMPTS,
  RESPONSE_MODES,
  RESPONSE_TYPES,
  type ResponseType,
} from '../../spec/identifiers.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import { checkSingleValued, type Params } from '../../spec/params.ts';
import { parseScope } from '../../spec/scopes.ts';
import type { RequestedClaims } from '../../store/records.ts';
import type { Engine } from '../engine.ts';
import { parseCodeChallenge } from '../pkce.ts';
import { parseResources } from '../resources.ts';
import { parseClaimsParameter } from './claims_parameter.ts';
import type { ReturnAddress } from './return_address.ts';

/** A checked authorization request. It travels sealed through the pages, so it holds values only. */
export interface AuthorizationRequest {
  readonly response_type: ResponseType;
  readonly scope: readonly string[];
  readonly resource: readonly string[];
  readonly claims: RequestedClaims;
  readonly nonce?: string;
  readonly code_challenge?: string;
  readonly prompt: readonly Prompt[];
  /** Seconds. */
  readonly max_age?: number;
  readonly login_hint?: string;
  readonly ui_locales?: string;
  /** The only subject that will do, from id_token_hint or the claims parameter. */
  readonly sub?: string;
}

/** Core §3.1.2.1, RFC 6749 §4.1.1. What is thrown here goes back to the client. @throws {OAuthError} */
export async function parseAuthorizationRequest(
  params: Params,
  address: ReturnAddress,
  engine: Engine,
): Promise<AuthorizationRequest> {
  checkSingleValued(params);
  checkUnsupported(params);
  const { client } = address;
  const response_type = parseResponseType(params, client);
  checkResponseMode(params, client);
  checkLengths(params);
  const scope = parseRequestedScope(params, client, engine);
  if (scope.includes('openid') && !address.redirect_uri_sent) {
    throw new OAuthError('invalid_request', 'redirect_uri is required with scope openid');
  }
  checkDisplay(params);
  const { sub: claimedSub, userinfo, id_token } = parseClaimsParameter(params.get('claims'));
  const hintedSub = await subOfHint(params.get('id_token_hint'), client, engine);
  if (hintedSub !== undefined && claimedSub !== undefined && hintedSub !== claimedSub) {
    throw new OAuthError('invalid_request', 'id_token_hint and claims name different subjects');
  }
  const sub = hintedSub ?? claimedSub;
  const max_age = parseMaxAge(params) ?? client.default_max_age;
  return {
    response_type,
    scope,
    resource: parseResources(params, engine),
    claims: { userinfo, id_token },
    prompt: parsePrompt(params),
    ...(max_age === undefined ? {} : { max_age }),
    ...(sub === undefined ? {} : { sub }),
    ...optional('nonce', params.get('nonce')),
    ...optional('code_challenge', parseCodeChallenge(params, client, engine.settings)),
    ...optional('login_hint', params.get('login_hint')),
    ...optional('ui_locales', params.get('ui_locales')),
  };
}

/** Core §6, RFC 9101 §6: a request object must never be ignored silently. */
function checkUnsupported(params: Params): void {
  for (const [name, code] of UNSUPPORTED) {
    if (params.get(name) !== undefined) {
      throw new OAuthError(code, `parameter ${name} is not supported`);
    }
  }
}

const UNSUPPORTED = [
  ['request', 'request_not_supported'],
  ['request_uri', 'request_uri_not_supported'],
  ['registration', 'registration_not_supported'],
] as const;

function parseResponseType(params: Params, client: Client): ResponseType {
  const asked = params.get('response_type');
  if (asked === undefined) {
    throw new OAuthError('invalid_request', 'parameter response_type is required');
  }
  const response_type = RESPONSE_TYPES.find((known) => known === asked);
  if (response_type === undefined) {
    throw new OAuthError(
      'unsupported_response_type',
      `response_type must be ${RESPONSE_TYPES.join(' or ')}`,
    );
  }
  if (
    !client.response_types.includes(response_type) ||
    !client.grant_types.includes('authorization_code')
  ) {
    throw new OAuthError(
      'unauthorized_client',
      `client is not registered for response_type ${response_type}`,
    );
  }
  return response_type;
}

function checkResponseMode(params: Params, client: Client): void {
  const asked = params.get('response_mode');
  if (asked === undefined) return;
  const known = RESPONSE_MODES.find((mode) => mode === asked);
  if (known === undefined) {
    throw new OAuthError(
      'invalid_request',
      `response_mode must be one of ${RESPONSE_MODES.join(', ')}`,
    );
  }
  if (!client.response_modes.includes(known)) {
    throw new OAuthError(
      'unauthorized_client',
      `client is not registered for response_mode ${known}`,
    );
  }
}

/** What must travel sealed in a URL has to fit there; `state` and `nonce` come back as they came. */
function checkLengths(params: Params): void {
  for (const [name, most] of MAX_LENGTHS) {
    if ((params.get(name)?.length ?? 0) > most) {
      throw new OAuthError('invalid_request', `${name} is over ${most} characters`);
    }
  }
}

const MAX_LENGTHS = [['state', 2048], ['nonce', 512], ['login_hint', 320], [
  'ui_locales',
  200,
]] as const;

/** Scopes this server does not know are ignored (Core §3.1.2.1); known ones must be registered for the client. */
function parseRequestedScope(params: Params, client: Client, engine: Engine): readonly string[] {
  const sent = params.get('scope');
  const asked = sent === undefined ? [] : parseScope(sent);
  if (asked === undefined) {
    throw new OAuthError('invalid_scope', 'scope breaks the grammar or is too long');
  }
  const known = asked.filter((scope) => isKnownScope(scope, engine));
  const registered = new Set(client.scope.split(' '));
  const foreign = known.find((scope) => !registered.has(scope));
  if (foreign !== undefined) {
    throw new OAuthError('invalid_scope', `client is not registered for scope ${foreign}`);
  }
  // Core §11: without a refresh token there is nothing that offline_access could mean.
  return client.grant_types.includes('refresh_token')
    ? known
    : known.filter((scope) => scope !== 'offline_access');
}

function isKnownScope(scope: string, engine: Engine): boolean {
  if (engine.settings.scopes.has(scope)) return true;
  for (const resource of engine.settings.resources.values()) {
    if (resource.scope.includes(scope)) return true;
  }
  return false;
}

/** Core §3.1.2.1: `none` stands alone; values we do not know are refused, as ignoring one would do less than asked. */
function parsePrompt(params: Params): readonly Prompt[] {
  const asked = new Set(params.get('prompt')?.split(' ').filter((value) => value !== '') ?? []);
  const prompts: Prompt[] = [];
  for (const value of asked) {
    const prompt = PROMPTS.find((known) => known === value);
    if (prompt === undefined) {
      throw new OAuthError('invalid_request', `prompt must be made of ${PROMPTS.join(', ')}`);
    }
    prompts.push(prompt);
  }
  if (prompts.includes('none') && prompts.length > 1) {
    throw new OAuthError('invalid_request', 'prompt none cannot be combined');
  }
  return prompts;
}

function parseMaxAge(params: Params): number | undefined {
  const sent = params.get('max_age');
  if (sent === undefined) return undefined;
  if (!/^\d{1,10}$/.test(sent)) {
    throw new OAuthError('invalid_request', 'max_age must be a number of seconds');
  }
  return Number(sent);
}

/** Core §3.1.2.1: every page looks right in every display. */
function checkDisplay(params: Params): void {
  const sent = params.get('display');
  if (sent !== undefined && !DISPLAYS.some((display) => display === sent)) {
    throw new OAuthError('invalid_request', `display must be one of ${DISPLAYS.join(', ')}`);
  }
}

/** Core §3.1.2.1: our own ID token, of this client, expired or not. */
async function subOfHint(
  hint: string | undefined,
  client: Client,
  engine: Engine,
): Promise<string | undefined> {
  if (hint === undefined) return undefined;
  const payload = await engine.keys.verifyOwn(hint, 'JWT');
  const audience = payload?.aud === undefined ? [] : [payload.aud].flat();
  if (payload?.sub === undefined || !audience.includes(client.client_id)) {
    throw new OAuthError(
      'invalid_request',
      'id_token_hint is not an ID token of this issuer for this client',
    );
  }
  return payload.sub;
}

function optional<N extends string>(
  name: N,
  value: string | undefined,
): { readonly [K in N]?: string } {
  return value === undefined ? {} : { [name]: value } as { readonly [K in N]?: string };
}
