import type { Client } from '../../spec/client.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import type { RequestedClaims, SessionRecord } from '../../store/records.ts';
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
}

export type Decision =
  | { readonly kind: 'login'; readonly reason: 'no_session' | 'prompt' | 'max_age' | 'hint' }
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
  const reason = loginReason(input);
  const isSilent = input.request.prompt.includes('none');
  if (reason !== undefined) {
    return isSilent ? refuse('login_required', LOGIN_HINTS[reason]) : { kind: 'login', reason };
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
} as const;

type LoginReason = keyof typeof LOGIN_HINTS;

function loginReason(
  { request, session, receivedAtSeconds, nowSeconds }: DecisionInput,
): LoginReason | undefined {
  if (session === undefined) return 'no_session';
  if (request.sub !== undefined && request.sub !== session.sub) return 'hint';
  const { auth_time } = session.record;
  // Who signed in for this request has met prompt and max_age, whatever the page took.
  if (auth_time >= receivedAtSeconds) return undefined;
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
  const { resource, claims } = request;
  if (approval !== undefined) {
    const approved = new Set(approval.scope);
    return {
      scope: request.scope.filter((scope) => scope === 'openid' || approved.has(scope)),
      resource,
      claims,
    };
  }
  if (request.prompt.includes('consent')) return undefined;
  const earlier = session?.record.clients.find(({ client_id }) => client_id === client.client_id);
  if (client.consent_mode === 'implicit') {
    // Core §11: offline access only with the person's word.
    const scope = request.scope.filter((name) =>
      name !== 'offline_access' || earlier?.scope.includes(name)
    );
    return { scope, resource, claims };
  }
  const isCovered = earlier !== undefined && contains(earlier.scope, request.scope) &&
    contains(earlier.resource, resource) && contains(earlier.claims, claimNames(claims));
  return isCovered ? { scope: request.scope, resource, claims } : undefined;
}

/** The names asked for, each once: what consent is remembered by. */
export function claimNames(claims: RequestedClaims): readonly string[] {
  return [...new Set([...claims.userinfo, ...claims.id_token])];
}

function contains(all: readonly string[], some: readonly string[]): boolean {
  return some.every((member) => all.includes(member));
}

function refuse(code: 'login_required' | 'consent_required', hint: string): Decision {
  return { kind: 'refuse', error: new OAuthError(code, hint) };
}
