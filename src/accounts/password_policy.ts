/** Code points, NIST SP 800-63B §3.1.1.2. */
export const MIN_PASSWORD_CHARACTERS = 8;
/** Code points; longer input is refused before anything is computed from it, and nothing is ever cut off. */
export const MAX_PASSWORD_CHARACTERS = 1024;

/** Why a new password cannot be accepted, in words for the person who chose it; undefined if it can. */
export function passwordProblem(password: string, username?: string): string | undefined {
  if (!isHashable(password) && password !== '') {
    return `The password must be text of at most ${MAX_PASSWORD_CHARACTERS} characters.`;
  }
  const prepared = preparePassword(password);
  if (Array.from(prepared).length < MIN_PASSWORD_CHARACTERS) {
    return `The password must have at least ${MIN_PASSWORD_CHARACTERS} characters: it is guessed too quickly otherwise.`;
  }
  if (CONTROL_CHARACTERS.test(prepared)) {
    return 'The password must not contain control characters such as tabs or line breaks.';
  }
  if (username !== undefined && prepared.toLowerCase() === username.toLowerCase()) {
    return 'The password must not be the username.';
  }
  return undefined;
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
