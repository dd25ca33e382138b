import { ownerOf, type PasswordProblem, passwordProblem } from '../accounts/password_policy.ts';
import { signIn } from '../accounts/sign_in.ts';
import type { UserRecord } from '../store/records.ts';
import type { Engine } from './engine.ts';
import { endLostSessions } from './logout/person_cut.ts';

export interface PasswordChange {
  readonly current: string;
  readonly next: string;
  /** An IPv4 address or an IPv6 network, as for a sign-in. */
  readonly source: string;
  /** What the service calls itself. */
  readonly product: string;
}

export type PasswordChangeResult =
  | 'changed'
  | {
    readonly kind: 'refused';
    /** `conflict`: somebody else changed the account in the same moment. */
    readonly reason: 'wrong' | 'busy' | 'conflict';
  }
  | { readonly kind: 'refused'; readonly reason: 'weak'; readonly weakness: PasswordProblem }
  | {
    readonly kind: 'refused';
    readonly reason: 'slow_down';
    readonly retryAfterSeconds: number;
  };

/**
 * A new password for who knows the current one, guesses at which are slowed like sign-ins. Sessions and grants from
 * before end, the caller's own too: whoever stays signed in needs a new session, of the person as read again.
 */
export async function changePassword(
  user: UserRecord,
  { current, next, source, product }: PasswordChange,
  engine: Engine,
): Promise<PasswordChangeResult> {
  const { directory, hasher, regulation } = engine;
  const weakness = passwordProblem(next, ownerOf(user, product));
  if (weakness !== undefined) return { kind: 'refused', reason: 'weak', weakness };
  const proof = await signIn({
    username: user.username,
    password: current,
    source,
    directory,
    hasher,
    regulation,
  });
  if (proof.kind === 'slow_down') {
    return { kind: 'refused', reason: 'slow_down', retryAfterSeconds: proof.retryAfterSeconds };
  }
  if (proof.kind === 'busy') return { kind: 'refused', reason: 'busy' };
  if (proof.kind === 'refused' || proof.user.id !== user.id) {
    return { kind: 'refused', reason: 'wrong' };
  }
  const digest = await hasher.hash(next);
  if (digest === undefined) return { kind: 'refused', reason: 'busy' };
  // The sign-in may have brought the digest to our own form: another one, of the same password.
  const replacing = (await directory.findById(user.id))?.password ?? hasher.dummy;
  const isProven = replacing === proof.user.password ||
    await hasher.verify(current, replacing) === true;
  if (!isProven) return { kind: 'refused', reason: 'conflict' };
  const changed = await directory.setPassword(user.id, digest, { replacing });
  if (changed === undefined) return { kind: 'refused', reason: 'conflict' };
  engine.log('info', 'password.changed', { user: user.id });
  await endLostSessions(user.id, 'password', engine);
  return 'changed';
}
