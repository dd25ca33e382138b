import { isAdminScope } from '../../spec/administration.ts';
import type { Client } from '../../spec/client.ts';
import { DISPLAYS, type Prompt, PROMPTS, type ResponseType } from '../../spec/identifiers.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import { checkSingleValued, type Params } from '../../spec/params.ts';
import { profileOf } from '../../spec/profile_client.ts';
import { parseScope } from '../../spec/scopes.ts';
import type { AuthorizationDetails, RequestedClaims } from '../../store/records.ts';
import { parseAuthorizationDetails } from '../authorization_details.ts';
import type { Engine } from '../engine.ts';
import { observe } from '../observations.ts';
import { type CodeChallenge, isPkceRequired, parseCodeChallenge } from '../pkce.ts';
import { parseResources } from '../resources.ts';
import { parseClaimsParameter } from './claims_parameter.ts';
import { subOfHint } from './id_token_hint.ts';
import type { Incoming } from './incoming.ts';
import { parseResponseType, yieldOf } from './response_type.ts';
import type { ReturnAddress } from './return_address.ts';

/** A checked authorization request. It travels sealed through the pages, so it holds values only. */
export interface AuthorizationRequest extends Partial<CodeChallenge> {
  readonly response_type: ResponseType;
  readonly scope: readonly string[];
  readonly resource: readonly string[];
  readonly claims: RequestedClaims;
  /** Names of those that the client cannot do without. Core §5.5.1 */
  readonly essential_claims?: readonly string[];
  readonly claims_locales?: readonly string[];
  readonly authorization_details?: AuthorizationDetails;
  readonly nonce?: string;
  readonly prompt: readonly Prompt[];
  /** Seconds. */
  readonly max_age?: number;
  readonly acr?: {
    /** Best first. */
    readonly values: readonly string[];
    /** Nothing less will do. */
    readonly essential: boolean;
  };
  readonly login_hint?: string;
  readonly ui_locales?: string;
  /** The only subjects that will do, from id_token_hint or the claims parameter. */
  readonly subs?: readonly string[];
  /** The key that must redeem the code. RFC 9449 §10 */
  readonly dpop_jkt?: string;
}

/** Core §3.1.2.1, RFC 6749 §4.1.1. What is thrown here goes back to the client. @throws {OAuthError} */
export async function parseAuthorizationRequest(
  { params, via, dpop_jkt: provenJkt }: Incoming,
  address: ReturnAddress,
  engine: Engine,
): Promise<AuthorizationRequest> {
  const { client } = address;
  checkSingleValued(params);
  checkUnsupported(params);
  checkVia(via, client, engine);
  const response_type = parseResponseType(params, client);
  checkLengths(params, engine);
  const scope = parseRequestedScope(params, client, engine);
  const yields = yieldOf(response_type);
  if (scope.includes('openid') && !address.redirect_uri_sent) {
    throw new OAuthError('invalid_request', 'redirect_uri is required with scope openid');
  }
  checkProfile({ params, via }, address, scope);
  if (yields.id_token && !scope.includes('openid')) {
    throw new OAuthError('invalid_request', `response_type ${response_type} needs scope openid`);
  }
  // Core §3.2.2.1, §3.3.2.11: an ID token from here that nothing ties to its request could be anybody's.
  if (yields.id_token && params.get('nonce') === undefined) {
    throw new OAuthError('invalid_request', `response_type ${response_type} needs a nonce`);
  }
  if (yields.token && scope.some(isAdminScope)) {
    throw new OAuthError('invalid_scope', 'scopes of administration need response_type code');
  }
  checkDisplay(params);
  const { subs: claimed, acr: claimedAcr, userinfo, id_token, essential } = parseClaimsParameter(
    params.get('claims'),
  );
  const hint = params.get('id_token_hint');
  const hinted = hint === undefined ? undefined : await subOfHint(hint, client, engine);
  if (hinted !== undefined && claimed?.includes(hinted) === false) {
    throw new OAuthError('invalid_request', 'id_token_hint and claims name different subjects');
  }
  const subs = hinted === undefined ? claimed : [hinted];
  const max_age = parseMaxAge(params) ?? client.default_max_age;
  const acr = claimedAcr ?? wishedAcr(askedAcrValues(params), client);
  const claims_locales = parseLocales(params.get('claims_locales'));
  const authorization_details = parseAuthorizationDetails(
    params.get('authorization_details'),
    client,
    engine,
  );
  return {
    response_type,
    scope: yields.code ? scope : scope.filter((name) => name !== 'offline_access'),
    resource: parseResources(params, scope, client, engine),
    claims: { userinfo, id_token },
    prompt: parsePrompt(params, engine.settings),
    ...(yields.code ? codeChallengeOf(params, client, engine) : undefined),
    ...(essential.length === 0 ? {} : { essential_claims: essential }),
    ...(claims_locales === undefined ? {} : { claims_locales }),
    ...(authorization_details === undefined ? {} : { authorization_details }),
    ...(max_age === undefined ? {} : { max_age }),
    ...(acr === undefined ? {} : { acr }),
    ...(subs === undefined ? {} : { subs }),
    ...optional('nonce', params.get('nonce')),
    ...optional('login_hint', params.get('login_hint')),
    ...optional('ui_locales', params.get('ui_locales')),
    ...optional('dpop_jkt', parseDpopJkt(params, provenJkt)),
  };
}

function codeChallengeOf(
  params: Params,
  client: Client,
  engine: Engine,
): CodeChallenge | undefined {
  if (params.get('code_challenge') === undefined && isPkceRequired(client, engine.settings)) {
    observe({ kind: 'pkce', client_id: client.client_id, value: 'no code_challenge' }, engine);
  }
  return parseCodeChallenge(params, client, engine.settings);
}

/** `registration` (Core §7.2.1) is for self-issued providers. */
function checkUnsupported(params: Params): void {
  if (params.get('registration') !== undefined) {
    throw new OAuthError('registration_not_supported', 'parameter registration is not supported');
  }
}

/** How the request must have come. RFC 9126 §5, §6; RFC 9101 §10.5 */
function checkVia(via: Incoming['via'], client: Client, { settings }: Engine): void {
  const mustBePushed = client.require_pushed_authorization_requests ||
    settings.require_pushed_authorization_requests;
  if (mustBePushed && !via.pushed) {
    throw new OAuthError('invalid_request', 'the authorization request must be pushed (RFC 9126)');
  }
  if (client.require_signed_request_object && !via.signed) {
    throw new OAuthError('invalid_request', 'a signed request object is required (RFC 9101)');
  }
}

/** What the client's profile asks of requests beside all that its fields say. @throws {OAuthError} `invalid_request` */
function checkProfile(
  { params, via }: Pick<Incoming, 'params' | 'via'>,
  { client, redirect_uri_sent }: ReturnAddress,
  scope: readonly string[],
): void {
  const { redirect_uri, scope: named, pushed_pkce, nonce_or_state } = profileOf(client).requests;
  const must = (name: string, { clause }: { readonly clause: string }): OAuthError =>
    new OAuthError('invalid_request', `parameter ${name} is required (${clause})`);
  if (redirect_uri !== undefined && !redirect_uri_sent) throw must('redirect_uri', redirect_uri);
  if (named !== undefined && params.get('scope') === undefined) throw must('scope', named);
  if (pushed_pkce !== undefined && via.pushed && params.get('code_challenge') === undefined) {
    throw must('code_challenge', pushed_pkce);
  }
  const tie = scope.includes('openid') ? 'nonce' : 'state';
  if (nonce_or_state !== undefined && params.get(tie) === undefined) {
    throw must(tie, nonce_or_state);
  }
}

/** What must travel sealed in a URL has to fit there; `state` and `nonce` come back as they came. */
function checkLengths(params: Params, { settings: { minimum_lengths } }: Engine): void {
  for (const [name, most] of MAX_LENGTHS) {
    if ((params.get(name)?.length ?? 0) > most) {
      throw new OAuthError('invalid_request', `${name} is over ${most} characters`);
    }
  }
  for (const name of ['state', 'nonce'] as const) {
    const sent = params.get(name);
    if (sent !== undefined && sent.length < minimum_lengths[name]) {
      throw new OAuthError(
        'invalid_request',
        `${name} must have at least ${minimum_lengths[name]} characters, so that nobody guesses it`,
      );
    }
  }
}

const MAX_LENGTHS = [['state', 2048], ['nonce', 512], ['login_hint', 320], [
  'ui_locales',
  200,
]] as const;

/** Scopes this server does not know are ignored (Core §3.1.2.1); known ones must be registered for the client. */
export function parseRequestedScope(
  params: Params,
  client: Client,
  engine: Engine,
): readonly string[] {
  const sent = params.get('scope');
  const asked = sent === undefined ? [] : parseScope(sent);
  if (asked === undefined) {
    throw new OAuthError('invalid_scope', 'scope breaks the grammar or is too long');
  }
  const known = asked.filter((scope) => isKnownScope(scope, engine));
  const registered = new Set(client.scope.split(' '));
  const foreign = known.find((scope) => !registered.has(scope));
  if (foreign !== undefined) {
    observe({ kind: 'scope', client_id: client.client_id, value: foreign }, engine);
    throw new OAuthError('invalid_scope', `client is not registered for scope ${foreign}`);
  }
  // Core §11: without a refresh token there is nothing that offline_access could mean.
  return client.grant_types.includes('refresh_token')
    ? known
    : known.filter((scope) => scope !== 'offline_access');
}

function isKnownScope(scope: string, engine: Engine): boolean {
  if (engine.settings.scopes.has(scope) || isAdminScope(scope)) return true;
  for (const resource of engine.settings.resources.values()) {
    if (resource.scope.includes(scope)) return true;
  }
  return false;
}

/** Core §3.1.2.1: `none` stands alone; what discovery does not list is refused, as ignoring it would do less than asked. */
function parsePrompt(params: Params, { sign_up }: Engine['settings']): readonly Prompt[] {
  const usable = PROMPTS.filter((prompt) => prompt !== 'create' || sign_up === 'open');
  const asked = new Set(params.get('prompt')?.split(' ').filter((value) => value !== '') ?? []);
  const prompts: Prompt[] = [];
  for (const value of asked) {
    const prompt = usable.find((known) => known === value);
    if (prompt === undefined) {
      throw new OAuthError('invalid_request', `prompt must be made of ${usable.join(', ')}`);
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

export function askedAcrValues(params: Params): readonly string[] {
  const sent = params.get('acr_values') ?? '';
  // They travel sealed in URLs, and are kept with requests.
  if (sent.length > MAX_ACR_LENGTH) {
    throw new OAuthError('invalid_request', `acr_values is over ${MAX_ACR_LENGTH} characters`);
  }
  const asked = sent.split(' ').filter((value) => value !== '');
  if (asked.length > 20) throw new OAuthError('invalid_request', 'acr_values holds over 20 values');
  return asked;
}

/** Of all values together. */
const MAX_ACR_LENGTH = 2048;

/** By the request or else the client; not insisted on. Core §3.1.2.1; OpenID Registration §2 */
export function wishedAcr(asked: readonly string[], client: Client): AuthorizationRequest['acr'] {
  const values = asked.length > 0 ? asked : client.default_acr_values ?? [];
  return values.length === 0 ? undefined : { values, essential: false };
}

/** Core §5.2. Tags that nobody knows are ignored. */
export function parseLocales(sent: string | undefined): readonly string[] | undefined {
  const tags = sent?.split(' ').filter((tag) => /^[A-Za-z0-9-]{1,35}$/.test(tag)).slice(0, 10);
  return tags === undefined || tags.length === 0 ? undefined : tags;
}

/** RFC 9449 §10, §10.1: the parameter, and the proof that a pushed request came with, name one key. */
function parseDpopJkt(params: Params, proven: string | undefined): string | undefined {
  const named = params.get('dpop_jkt');
  if (named !== undefined && !/^[A-Za-z0-9_-]{43}$/.test(named)) {
    throw new OAuthError('invalid_request', 'dpop_jkt must be a SHA-256 JWK thumbprint');
  }
  if (named !== undefined && proven !== undefined && named !== proven) {
    throw new OAuthError('invalid_dpop_proof', 'dpop_jkt differs from the key of the proof');
  }
  return named ?? proven;
}

/** Core §3.1.2.1: every page looks right in every display. */
function checkDisplay(params: Params): void {
  const sent = params.get('display');
  if (sent !== undefined && !DISPLAYS.some((display) => display === sent)) {
    throw new OAuthError('invalid_request', `display must be one of ${DISPLAYS.join(', ')}`);
  }
}

function optional<N extends string>(
  name: N,
  value: string | undefined,
): { readonly [K in N]?: string } {
  return value === undefined ? {} : { [name]: value } as { readonly [K in N]?: string };
}
