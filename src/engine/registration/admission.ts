import { isAdminScope } from '../../spec/administration.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import type { RegistrationLimits } from '../../spec/registration.ts';
import type { Actor, DynamicRegistration, InitialTokenRecord } from '../../store/records.ts';
import type { Entry } from '../../store/store.ts';
import type { Engine } from '../engine.ts';
import { findInitialToken } from './initial_token.ts';

/** Who may register a client: whoever has an initial access token or, in open mode, a stranger. */
export interface Admission {
  /** As it came. */
  readonly token: string | undefined;
  readonly initial: Entry<InitialTokenRecord> | undefined;
  readonly by: Actor;
}

/** What the refusal of a request without a token says; its challenge then names no error. RFC 6750 §3.1 */
export const NO_TOKEN = 'an initial access token is required';

/** RFC 7591 §3, T081. @throws {OAuthError} `invalid_token`, `temporarily_unavailable` */
export async function admit(
  token: string | undefined,
  source: string,
  engine: Engine,
): Promise<Admission> {
  if (token === undefined) {
    if (engine.settings.registration.mode !== 'open') {
      throw new OAuthError('invalid_token', NO_TOKEN);
    }
    checkPace(source, undefined, engine);
    return { token, initial: undefined, by: { kind: 'dcr', source } };
  }
  const initial = await findInitialToken(token, engine);
  if (initial === undefined) {
    throw new OAuthError(
      'invalid_token',
      'the initial access token is unknown, used up or expired',
    );
  }
  return { token, initial, by: { kind: 'dcr', token_id: initial.value.id } };
}

/** T081. @throws {OAuthError} `temporarily_unavailable` when clients are made or changed too often */
export function checkPace(
  source: string,
  vouched: { readonly client_id: string } | undefined,
  { registrar: { tries, strangers } }: Pick<Engine, 'registrar'>,
): void {
  const isFine = vouched === undefined
    ? tries.take(`from ${source}`) && strangers.take('')
    : tries.take(`of ${vouched.client_id}`);
  if (isFine) return;
  throw new OAuthError('temporarily_unavailable', 'too many registrations: try again later', {
    status: 429,
    retryAfterSeconds: 10,
  });
}

/** What of an initial access token its clients keep; the token itself may be gone one day. */
export function vouching(
  { id, scope, grant_types, audience, policy }: InitialTokenRecord,
): NonNullable<DynamicRegistration['initial']> {
  return {
    id,
    ...scope !== undefined && { scope },
    ...grant_types !== undefined && { grant_types },
    ...audience !== undefined && { audience },
    ...policy !== undefined && { policy },
  };
}

/** What a registrant gets at most, and what counts of what it says. */
export interface Limits extends Required<Omit<RegistrationLimits, 'audience'>> {
  /** Absent: any resource. */
  readonly audience?: readonly string[];
  /** Options of ours that the registrant may set. */
  readonly metadata: readonly string[];
  readonly defaults: Readonly<Record<string, unknown>>;
}

/**
 * The token's own word, then that of the policy it names, then the configuration's.
 * @throws {OAuthError} `access_denied` when that policy is no longer there: nobody knows what it would allow
 */
export function limitsOf(
  initial: DynamicRegistration['initial'],
  { settings: { registration } }: Pick<Engine, 'settings'>,
): Limits {
  const policy = registration.policies.get(initial?.policy ?? 'default');
  if (initial?.policy !== undefined && policy === undefined) {
    throw new OAuthError('access_denied', 'the policy of the initial access token is not there');
  }
  const audience = initial?.audience ?? policy?.audience ??
    (initial === undefined ? registration.audience : undefined);
  const scope = initial?.scope ?? policy?.scope ?? registration.scope;
  return {
    // Whoever registers itself never administers this server, whatever somebody has allowed.
    scope: scope.filter((each) => !isAdminScope(each)),
    grant_types: initial?.grant_types ?? policy?.grant_types ?? registration.grant_types,
    ...audience !== undefined && { audience },
    metadata: initial === undefined ? [] : policy?.metadata ?? [],
    defaults: policy?.defaults ?? {},
  };
}
