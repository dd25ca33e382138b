import { ACR_VALUES, satisfiesAcr } from '../../spec/acr.ts';
import type { PolicyLevel } from '../../spec/authorization_policy.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import type { SessionRecord } from '../../store/records.ts';
import {
  type ConsentInput,
  type ConsentMemory,
  type Granted,
  grantedWithoutAsking,
  mayAsk,
} from '../consent.ts';
import type { AuthorizationRequest } from './request.ts';

export type Decision =
  | { readonly kind: 'login'; readonly reason: LoginReason }
  /** Which of the accounts in this browser. */
  | { readonly kind: 'select_account' }
  | { readonly kind: 'second_factor' }
  | { readonly kind: 'consent' }
  | { readonly kind: 'issue'; readonly granted: Granted }
  | { readonly kind: 'refuse'; readonly error: OAuthError };

export interface DecisionInput extends Omit<ConsentInput, 'session' | 'memory'> {
  readonly session?: SessionState;
  /** Several accounts are signed in, and nothing tells which is meant. */
  readonly isAmbiguous: boolean;
  /** When the request reached us; what happened since happened for it. Unix seconds, with a fraction. */
  readonly receivedAtSeconds: number;
  readonly nowSeconds: number;
}

/** The live session, and what else is known of whose it is. */
export interface SessionState {
  readonly record: SessionRecord;
  /** The person's subject identifier for this client. */
  readonly sub: string;
  /** The person chose this account for this very request. */
  readonly isSelected: boolean;
  /** What the client's policy asks of this person, from where they are. */
  readonly level: PolicyLevel;
  readonly hasSecondFactor: boolean;
  readonly memory: ConsentMemory;
}

/** Sign in, prove more, consent, issue or refuse: every page comes back to this question. Core §3.1.2.3, §3.1.2.4. */
export function decide(input: DecisionInput): Decision {
  const { request, session } = input;
  if (isBeyondReach(request)) {
    return refuse('unmet_authentication_requirements', 'acr asks for more than a sign-in can give');
  }
  const isSilent = request.prompt.includes('none');
  if (isSilent && input.isAmbiguous) {
    return refuse('account_selection_required', 'several accounts are signed in');
  }
  const reason = loginReason(input);
  if (reason !== undefined || session === undefined) {
    if (isSilent) return refuse('login_required', LOGIN_HINTS[reason ?? 'no_session']);
    return reason === 'select_account'
      ? { kind: 'select_account' }
      : { kind: 'login', reason: reason ?? 'no_session' };
  }
  if (session.level === 'deny') {
    return refuse('access_denied', 'the policy of this client does not let this person in');
  }
  if (needsSecondFactor(request.acr, session)) {
    return isSilent
      ? refuse('interaction_required', 'the sign-in is weaker than what is asked for')
      : { kind: 'second_factor' };
  }
  const { record, memory } = session;
  const granted = grantedWithoutAsking({ ...input, session: record, memory });
  if (granted !== undefined) return { kind: 'issue', granted };
  if (isSilent) {
    return refuse('consent_required', 'the person has not consented to this request');
  }
  // Core §3.1.2.1: prompt consent that cannot be obtained.
  return mayAsk(request, input.client) ? { kind: 'consent' } : refuse(
    'consent_required',
    'people are never asked about this client: leave prompt consent out',
  );
}

const LOGIN_HINTS = {
  no_session: 'nobody is signed in',
  prompt: 'a new sign-in was asked for',
  select_account: 'the choice of an account was asked for',
  max_age: 'the sign-in is older than max_age',
  hint: 'another person is signed in',
  create: 'a new account was asked for',
} as const;

export type LoginReason = keyof typeof LOGIN_HINTS;

/** Essential, and nothing that anybody could do here would be enough. Core §5.5.1.1 */
function isBeyondReach({ acr }: AuthorizationRequest): boolean {
  return acr?.essential === true &&
    !ACR_VALUES.some((level) => isOneOf(acr.values, level));
}

/** Whether a sign-in of this level is as good as one of those asked for. */
function isOneOf(asked: readonly string[], level: string): boolean {
  return asked.some((value) => satisfiesAcr(level, value));
}

/** The policy or the request wants two factors; what is only wished for, whoever has a second factor shows. */
export function needsSecondFactor(
  acr: AuthorizationRequest['acr'],
  { record, level, hasSecondFactor }: Pick<SessionState, 'record' | 'level' | 'hasSecondFactor'>,
): boolean {
  if (record.acr === 'two_factor') return false;
  if (level === 'two_factor') return true;
  if (acr === undefined || isOneOf(acr.values, record.acr)) return false;
  return isOneOf(acr.values, 'two_factor') && (acr.essential || hasSecondFactor);
}

function loginReason(
  { request, session, receivedAtSeconds, nowSeconds }: DecisionInput,
): LoginReason | undefined {
  if (session === undefined) return 'no_session';
  if (request.subs?.includes(session.sub) === false) return 'hint';
  const { auth_time } = session.record;
  // Who signed in for this request has met prompt and max_age, whatever the page took.
  if (auth_time >= receivedAtSeconds) return undefined;
  if (request.prompt.includes('create')) return 'create';
  if (request.prompt.includes('login')) return 'prompt';
  if (request.max_age !== undefined && nowSeconds - auth_time > request.max_age) return 'max_age';
  return request.prompt.includes('select_account') && !session.isSelected
    ? 'select_account'
    : undefined;
}

function refuse(code: OAuthError['code'], hint: string): Decision {
  return { kind: 'refuse', error: new OAuthError(code, hint) };
}
