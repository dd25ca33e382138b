import type { UserRecord } from '../store/records.ts';
import { weaknessOf } from './password_weakness.ts';

/** Code points, NIST SP 800-63B §3.1.1.2. */
export const MIN_PASSWORD_CHARACTERS = 8;
/** Code points; longer input is refused before anything is computed from it, and nothing is ever cut off. */
export const MAX_PASSWORD_CHARACTERS = 1024;

/** Why a new password cannot be accepted: an id that pages have words for in each language, and the number in them. */
export interface PasswordProblem {
  readonly reason: PasswordReason;
  /** Characters, of the two that speak of a length. */
  readonly count: number;
}

export type PasswordReason =
  | 'too_short'
  | 'too_long'
  /** Tabs, line breaks, and what is no well-formed Unicode. */
  | 'control_characters'
  /** Nothing but the username, the e-mail address or the name of the service, perhaps with a number. */
  | 'is_name'
  | 'repeats'
  | 'is_sequence'
  | 'is_common';

/** What somebody who knows the person would try first. */
export interface PasswordOwner {
  readonly username?: string | undefined;
  readonly email?: string | undefined;
  /** What the service calls itself. */
  readonly product?: string | undefined;
}

export function ownerOf(
  { username, claims }: Pick<UserRecord, 'username' | 'claims'>,
  product?: string,
): PasswordOwner {
  const { email } = claims;
  return { username, email: typeof email === 'string' ? email : undefined, product };
}

/** Undefined for a password that will do. No rules of composition: NIST SP 800-63B §3.1.1.2. */
export function passwordProblem(
  password: string,
  owner: PasswordOwner = {},
): PasswordProblem | undefined {
  if (!password.isWellFormed()) return problem('control_characters');
  if (!isHashable(password) && password !== '') return problem('too_long', MAX_PASSWORD_CHARACTERS);
  const prepared = preparePassword(password);
  if (Array.from(prepared).length < MIN_PASSWORD_CHARACTERS) {
    return problem('too_short', MIN_PASSWORD_CHARACTERS);
  }
  if (CONTROL_CHARACTERS.test(prepared)) return problem('control_characters');
  const { username, email, product } = owner;
  const weakness = weaknessOf(prepared, [username, email, email?.split('@')[0], product]);
  return weakness && problem(weakness);
}

/** Whether a password may reach a hash function at all: not empty, not too long, and well-formed Unicode. */
export function isHashable(password: string): boolean {
  if (password === '' || password.length > 2 * MAX_PASSWORD_CHARACTERS) return false;
  return password.isWellFormed() && Array.from(password).length <= MAX_PASSWORD_CHARACTERS;
}

/**
 * The OpaqueString profile, RFC 8265 §4.2: NFC, and every kind of space is a space. Keyboards differ in how they send
 * the same letter. Not NFKC, which would make different passwords equal.
 */
export function preparePassword(password: string): string {
  return password.replace(OTHER_SPACES, ' ').normalize('NFC');
}

/**
 * The texts to try when a password is checked. Digests from other software were mostly made from what was typed, so that
 * is tried, too, where preparing changes it; it depends on the text alone, so the time tells nothing about the account.
 */
export function passwordCandidates(password: string): readonly string[] {
  const prepared = preparePassword(password);
  return prepared === password ? [password] : [prepared, password];
}

// deno-lint-ignore no-control-regex
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f]/;
/** Space separators (Zs) other than U+0020, listed so that every runtime knows the same. */
const OTHER_SPACES = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/g;

function problem(reason: PasswordReason, count = 0): PasswordProblem {
  return { reason, count };
}
