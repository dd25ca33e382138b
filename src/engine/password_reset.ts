import { ownerOf, type PasswordProblem, passwordProblem } from '../accounts/password_policy.ts';
import { constantTimeEquals, sha256 } from '../keys/digest.ts';
import type { UserRecord } from '../store/records.ts';
import type { Engine } from './engine.ts';
import { endLostSessions } from './logout/person_cut.ts';

export interface ResetLink {
  readonly url: string;
  /** Unix seconds. */
  readonly expires_at: number;
}

export interface NewPassword {
  readonly token: string | undefined;
  readonly password: string;
  /** What the service calls itself, which nobody should take for a password. */
  readonly product: string;
}

export type ResetResult =
  | { readonly kind: 'done'; readonly user: UserRecord }
  | { readonly kind: 'weak'; readonly weakness: PasswordProblem }
  /** Expired, used, or overtaken by another new password or a disabling. */
  | { readonly kind: 'void' }
  | { readonly kind: 'busy' };

/**
 * A link with which somebody chooses a new password, once. Nothing is stored: it holds what the account looked like when
 * it was made, and that the new password changes.
 */
export function newResetLink(user: UserRecord, engine: Engine): ResetLink {
  const { issuer, password_reset } = engine.settings;
  const expires_at = Math.floor(engine.now()) + password_reset.lifetime;
  const token = engine.keys.seal(
    'password reset',
    JSON.stringify([user.id, expires_at, stateOf(user)]),
  );
  return { url: `${issuer}/reset-password?token=${token}`, expires_at };
}

/** Whose password a link sets, if it still does. */
export async function findReset(
  token: string | undefined,
  engine: Engine,
): Promise<UserRecord | undefined> {
  const text = token === undefined ? undefined : engine.keys.open('password reset', token);
  if (text === undefined) return undefined;
  const [id, expires_at, state] = JSON.parse(text) as [string, number, string];
  if (expires_at <= engine.now()) return undefined;
  const user = await engine.directory.findById(id);
  if (user === undefined || user.disabled) return undefined;
  return constantTimeEquals(stateOf(user), state) ? user : undefined;
}

/** Sets the password; sessions and grants from before end. Of two who use a link at once, one does. */
export async function redeemReset(
  { token, password, product }: NewPassword,
  engine: Engine,
): Promise<ResetResult> {
  const user = await findReset(token, engine);
  if (user === undefined) return { kind: 'void' };
  const weakness = passwordProblem(password, ownerOf(user, product));
  if (weakness !== undefined) return { kind: 'weak', weakness };
  const digest = await engine.hasher.hash(password);
  if (digest === undefined) return { kind: 'busy' };
  const changed = await engine.directory.setPassword(user.id, digest, {
    replacing: user.password,
  });
  if (changed === undefined) return { kind: 'void' };
  engine.log('info', 'password.reset', { user: user.id });
  await endLostSessions(user.id, 'password', engine);
  return { kind: 'done', user: changed };
}

/** Another password, or any cut, makes it another. */
function stateOf({ password, valid_from }: UserRecord): string {
  return sha256(JSON.stringify([password ?? null, valid_from ?? null]));
}
