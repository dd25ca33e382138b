import { sha256 } from '../../keys/digest.ts';
import { ACR_VALUES, satisfiesAcr } from '../../spec/acr.ts';
import type { Client } from '../../spec/client.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import type {
  AuthorizationDetails,
  RequestedClaims,
  SessionClient,
  SessionRecord,
} from '../../store/records.ts';
import { canonical } from '../authorization_details.ts';
import type { AuthorizationRequest } from './request.ts';

/** What a person said on the consent page of this very request. */
export interface Approval {
  readonly scope: readonly string[];
}

/** What an issued authorization covers. */
export interface Granted {
  readonly scope: readonly string[];
  readonly resource: readonly string[];
  readonly claims: RequestedClaims;
  readonly claims_locales?: readonly string[];
  readonly authorization_details?: AuthorizationDetails;
}

export type Decision =
  | { readonly kind: 'login'; readonly reason: LoginReason }
  | { readonly kind: 'consent' }
  | { readonly kind: 'issue'; readonly granted: Granted }
  | { readonly kind: 'refuse'; readonly error: OAuthError };

export interface DecisionInput {
  readonly request: AuthorizationRequest;
  readonly client: Client;
  /** The live session, and the person's subject identifier for this client. */
  readonly session?: { readonly record: SessionRecord; readonly sub: string };
  readonly approval?: Approval;
  /** When the request reached us; what happened since happened for it. Unix seconds, with a fraction. */
  readonly receivedAtSeconds: number;
  readonly nowSeconds: number;
}

/** Sign in, consent, issue or refuse: every page comes back to this question. Core §3.1.2.3, §3.1.2.4. */
export function decide(input: DecisionInput): Decision {
  if (isBeyondReach(input.request)) {
    return refuse('unmet_authentication_requirements', 'acr asks for more than a sign-in can give');
  }
  const reason = loginReason(input);
  const isSilent = input.request.prompt.includes('none');
  if (reason !== undefined) {
    if (!isSilent) return { kind: 'login', reason };
    return refuse(
      reason === 'acr' ? 'interaction_required' : 'login_required',
      LOGIN_HINTS[reason],
    );
  }
  const granted = grantedWithoutAsking(input);
  if (granted !== undefined) return { kind: 'issue', granted };
  return isSilent
    ? refuse('consent_required', 'the person has not consented to this request')
    : { kind: 'consent' };
}

const LOGIN_HINTS = {
  no_session: 'nobody is signed in',
  prompt: 'a new sign-in was asked for',
  max_age: 'the sign-in is older than max_age',
  hint: 'another person is signed in',
  acr: 'the sign-in is weaker than acr asks for',
  create: 'a new account was asked for',
} as const;

export type LoginReason = keyof typeof LOGIN_HINTS;

/** Essential, and nothing that anybody could do here would be enough. Core §5.5.1.1 */
function isBeyondReach({ acr }: AuthorizationRequest): boolean {
  return acr?.essential === true && !acr.values.some(isReachable);
}

function isReachable(asked: string): boolean {
  return ACR_VALUES.some((acr) => satisfiesAcr(acr, asked));
}

/** Whether a sign-in is as strong as the request asks for. */
function meetsAcr({ acr }: AuthorizationRequest, session: SessionRecord): boolean {
  return acr === undefined || acr.values.some((asked) => satisfiesAcr(session.acr, asked));
}

function loginReason(
  { request, session, receivedAtSeconds, nowSeconds }: DecisionInput,
): LoginReason | undefined {
  if (session === undefined) return 'no_session';
  if (request.subs?.includes(session.sub) === false) return 'hint';
  const { auth_time } = session.record;
  const isWeak = !meetsAcr(request, session.record);
  // Who signed in for this request has met prompt and max_age, whatever the page took; what acr only wishes for, too.
  if (auth_time >= receivedAtSeconds) {
    return isWeak && request.acr?.essential === true ? 'acr' : undefined;
  }
  if (isWeak && request.acr?.values.some(isReachable) === true) return 'acr';
  if (request.prompt.includes('create')) return 'create';
  if (request.prompt.includes('login') || request.prompt.includes('select_account')) {
    return 'prompt';
  }
  if (request.max_age !== undefined && nowSeconds - auth_time > request.max_age) return 'max_age';
  return undefined;
}

/** What may be issued now; undefined while the person has to be asked. */
function grantedWithoutAsking(
  { request, client, session, approval }: DecisionInput,
): Granted | undefined {
  const { resource, claims, claims_locales, authorization_details } = request;
  const rest = {
    resource,
    claims,
    ...(claims_locales === undefined ? {} : { claims_locales }),
    ...(authorization_details === undefined ? {} : { authorization_details }),
  };
  if (approval !== undefined) {
    const approved = new Set(approval.scope);
    return {
      scope: request.scope.filter((scope) => scope === 'openid' || approved.has(scope)),
      ...rest,
    };
  }
  if (request.prompt.includes('consent')) return undefined;
  const earlier = session?.record.clients.find(({ client_id }) => client_id === client.client_id);
  if (client.consent_mode === 'implicit') {
    // Core §11: offline access only with the person's word.
    const scope = request.scope.filter((name) =>
      name !== 'offline_access' || earlier?.scope.includes(name)
    );
    return { scope, ...rest };
  }
  return earlier !== undefined && isCovered(request, earlier)
    ? { scope: request.scope, ...rest }
    : undefined;
}

/** Whether the person has said yes to all of this before, in this session. */
function isCovered(request: AuthorizationRequest, earlier: SessionClient): boolean {
  return contains(earlier.scope, request.scope) &&
    contains(earlier.resource, request.resource) &&
    contains(earlier.claims, claimNames(request.claims)) &&
    (request.authorization_details === undefined ||
      detailsDigest(request.authorization_details) === earlier.details);
}

/** What consent to authorization_details is remembered by: these very ones. */
export function detailsDigest(details: AuthorizationDetails): string {
  return sha256(canonical(details));
}

/** The names asked for, each once: what consent is remembered by. */
export function claimNames(claims: RequestedClaims): readonly string[] {
  return [...new Set([...claims.userinfo, ...claims.id_token])];
}

function contains(all: readonly string[], some: readonly string[]): boolean {
  return some.every((member) => all.includes(member));
}

function refuse(code: OAuthError['code'], hint: string): Decision {
  return { kind: 'refuse', error: new OAuthError(code, hint) };
}
