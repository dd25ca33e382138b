import type { UserRecord } from '../store/records.ts';
import type { Directory } from './directory.ts';
import type { PasswordHasher } from './password.ts';
import type { Regulation } from './regulation.ts';
import { canonicalUsername } from './username.ts';

export interface SignInAttempt {
  /** As typed. */
  readonly username: string;
  readonly password: string;
  /** An IPv4 address or an IPv6 network. */
  readonly source: string;
  readonly directory: Directory;
  readonly hasher: PasswordHasher;
  readonly regulation: Regulation;
}

export type SignInResult =
  | { readonly kind: 'ok'; readonly user: UserRecord }
  /** No such person, wrong password, no password, or disabled: nobody learns which. */
  | {
    readonly kind: 'refused';
    /** Whose account it was tried on, if there is one: for its owner, and nobody else, to see. */
    readonly user?: string;
  }
  | { readonly kind: 'slow_down'; readonly retryAfterSeconds: number }
  | { readonly kind: 'busy' };

/** Signs in by password. Whatever is wrong goes the same way: one verification, of our own dummy if of nothing else. */
export async function signIn(attempt: SignInAttempt): Promise<SignInResult> {
  const { username, password, source, directory, hasher, regulation } = attempt;
  const user = await directory.findByUsername(username);
  const account = accountOf(user, username);
  const retryAfterSeconds = regulation.check(account, source);
  if (retryAfterSeconds > 0) return { kind: 'slow_down', retryAfterSeconds };

  // Without an outcome, as when hashing is busy or fails, the reserved attempt is given back.
  let outcome: 'failed' | 'succeeded' | 'released' = 'released';
  try {
    const verdict = await hasher.verify(password, user?.password ?? hasher.dummy);
    if (verdict === 'busy') return { kind: 'busy' };
    const proven = await provenNow(verdict, user, directory);
    outcome = proven === undefined ? 'failed' : 'succeeded';
    if (proven === undefined) {
      return { kind: 'refused', ...(user === undefined ? {} : { user: user.id }) };
    }
    await renewDigest(proven, password, directory, hasher);
    return { kind: 'ok', user: proven };
  } finally {
    regulation[outcome](account, source);
  }
}

/** Reads again: hashing takes long enough for an administrator to disable the person or change the password. */
async function provenNow(
  verdict: boolean,
  user: UserRecord | undefined,
  directory: Directory,
): Promise<UserRecord | undefined> {
  const current = await directory.findById(user?.id ?? '');
  const isUnchanged = current?.password !== undefined && current.password === user?.password;
  return verdict && isUnchanged && !current.disabled ? current : undefined;
}

/** What failures are counted by: never what was typed, whose variants are many. T094 */
function accountOf(user: UserRecord | undefined, username: string): string {
  return user === undefined ? `name:${canonicalUsername(username) ?? ''}` : `user:${user.id}`;
}

/** Brings digests of other software and of other parameters to ours. Not now is soon enough: it never fails a sign-in. */
async function renewDigest(
  user: UserRecord,
  password: string,
  directory: Directory,
  hasher: PasswordHasher,
): Promise<void> {
  const from = user.password ?? '';
  if (!directory.writable.password || !hasher.needsRehash(from, password)) return;
  const to = await hasher.hash(password).catch(() => undefined);
  if (to !== undefined) await directory.replaceDigest(user.id, from, to).catch(() => false);
}
