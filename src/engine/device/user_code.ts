import { freshBytes } from '../../keys/digest.ts';

/** No vowels, so that no words come about, and nothing that looks like a digit. RFC 8628 §6.1 */
const ALPHABET = 'BCDFGHJKLMNPQRSTVWXZ';

/** 20⁸ codes: over 34 bits. RFC 8628 §5.1 */
const LENGTH = 8;

/** More than anybody types for eight letters, however spaced. */
const MAX_TYPED_LENGTH = 64;

/** A user code as it is shown and kept: `XXXX-XXXX`. */
export function newUserCode(bytes: (count: number) => Uint8Array = freshBytes): string {
  let letters = '';
  while (letters.length < LENGTH) {
    for (const byte of bytes(LENGTH)) {
      // What lies beyond the last whole alphabet would make some letters likelier than others.
      const isFair = byte < 256 - 256 % ALPHABET.length;
      if (isFair && letters.length < LENGTH) letters += ALPHABET.charAt(byte % ALPHABET.length);
    }
  }
  return spaced(letters);
}

/** What somebody typed, in the one form of a user code; undefined when it cannot be one. */
export function parseUserCode(typed: string | undefined): string | undefined {
  if (typed === undefined || typed.length > MAX_TYPED_LENGTH) return undefined;
  const letters = typed.replace(/[\s\p{Dash_Punctuation}]/gu, '').toUpperCase();
  return FORM.test(letters) ? spaced(letters) : undefined;
}

const FORM = new RegExp(`^[${ALPHABET}]{${LENGTH}}$`);

function spaced(letters: string): string {
  return `${letters.slice(0, LENGTH / 2)}-${letters.slice(LENGTH / 2)}`;
}
