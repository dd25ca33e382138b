import { OAuthError } from '../../spec/oauth_error.ts';

/** Code points: what a person can compare at a glance. */
const MAX_LENGTH = 64;

/** Letters, digits, signs and plain spaces: nothing that breaks lines, turns the direction of text or cannot be seen. */
const FORM = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]+$/u;

/** T069. @throws {OAuthError} `invalid_binding_message` */
export function parseBindingMessage(sent: string | undefined): string | undefined {
  if (sent === undefined) return undefined;
  const isShort = sent.length <= 2 * MAX_LENGTH && Array.from(sent).length <= MAX_LENGTH;
  if (isShort && FORM.test(sent) && sent.trim() !== '') return sent;
  throw new OAuthError(
    'invalid_binding_message',
    `binding_message must be at most ${MAX_LENGTH} characters that can be seen, on one line`,
  );
}
