export type UsernameVerdict =
  | { readonly ok: true; readonly username: string }
  | {
    readonly ok: false;
    readonly problem: UsernameProblem;
    /** The same in words, for a terminal. */
    readonly reason: string;
  };

/** Why nobody can have a name: an id that pages have words for in each language. */
export type UsernameProblem = keyof typeof SENTENCES;

/** Code points of the canonical form. */
export const MAX_USERNAME_CHARACTERS = 64;

/** Far more than 64 characters can be typed as, before anything is computed from it. */
const MAX_TYPED_LENGTH = 512;

/**
 * The one form under which a name is stored, looked up and counted: NFKC, lower case, no spaces around; undefined when
 * nobody can have such a name. After UsernameCaseMapped, RFC 8265 §3.3, with narrower sets of characters.
 */
export function canonicalUsername(typed: string): string | undefined {
  const verdict = checkUsername(typed);
  return verdict.ok ? verdict.username : undefined;
}

/** The canonical form, or why it is none. */
export function checkUsername(typed: string): UsernameVerdict {
  if (typed.length > MAX_TYPED_LENGTH) return refuse('too_long');
  if (!TYPED.test(typed)) return refuse('characters');
  const username = fold(typed);
  const length = Array.from(username).length;
  if (length === 0) return refuse('empty');
  if (length > MAX_USERNAME_CHARACTERS) return refuse('too_long');
  const letters = username.replace(NOT_LETTERS, '');
  if (!Array.from(letters).every((letter) => SCRIPTS.some((script) => script.test(letter)))) {
    return refuse('characters');
  }
  if (letters !== '' && !SCRIPTS.some((script) => script.test(letters))) {
    return refuse('mixed_scripts');
  }
  if (SEPARATOR.test(username.slice(0, 1)) || SEPARATOR.test(username.slice(-1))) {
    return refuse('ends');
  }
  if (MARK_FIRST.test(username)) {
    return refuse('stray_mark');
  }
  return { ok: true, username };
}

/**
 * What a canonical name looks like: names with one skeleton are taken for each other, as аdmin (with a Cyrillic а),
 * adm1n or ädmin for admin. A small part of UTS #39, on the strict side; only ever compared, never shown.
 */
export function skeleton(canonical: string): string {
  const plain = canonical.normalize('NFD').replace(COMBINING_DIACRITICS, '');
  return Array.from(plain, (char) => LOOKS_LIKE.get(char) ?? char).join('')
    .replaceAll('rn', 'm').replaceAll('vv', 'w');
}

const SENTENCES = {
  empty: 'The username is empty.',
  too_long: `The username has more than ${MAX_USERNAME_CHARACTERS} characters.`,
  characters: 'The username may consist of letters, the digits 0 to 9, and . _ - + @ only.',
  mixed_scripts: 'The username mixes letters of different scripts.',
  ends: 'The username must begin and end with a letter or a digit.',
  stray_mark: 'The username has an accent or vowel sign without a letter.',
} as const;

/**
 * Blocks from which a letter can come, width variants included. A newer Unicode folds new characters of other blocks to
 * old letters; without this line, runtimes would differ in them.
 */
const TYPED =
  /^[\0-\u1fff\u2126\u212a\u212b\u3000-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uff00-\uffef]*$/;
const SEPARATOR = /^[._\-+@]$/;
const NOT_LETTERS = /[0-9._\-+@]/g;
const MARK_FIRST = /(?:^|[0-9._\-+@])\p{M}/u;
const COMBINING_DIACRITICS = /[\u0300-\u036f]/g;

/**
 * The recommended scripts of UAX #31, each in its base blocks and after folding; every letter of a name is of one row.
 * Listed, because runtimes know different versions of Unicode: all of them accept the same names.
 */
const SCRIPTS: readonly RegExp[] = [
  letters('Latin', 'a-z\u00df-\u00f6\u00f8-\u01ba\u01c4-\u024f\u1e00-\u1eff'),
  letters('Greek', '\u0390\u03ac-\u03ce\u1f00-\u1ffc'),
  letters('Cyrillic', '\u0430-\u045f\u048b-\u052f'),
  letters('Armenian', '\u0561-\u0586'),
  letters('Hebrew', '\u05b0-\u05bd\u05c1\u05c2\u05d0-\u05ea'),
  letters('Arabic', '\u0620-\u063f\u0641-\u0652\u0671-\u06d3'),
  letters('Devanagari', '\u0901-\u0939\u093c-\u094d'),
  letters('Bengali', '\u0981-\u09b9\u09bc-\u09cd'),
  letters('Gurmukhi', '\u0a01-\u0a39\u0a3c-\u0a4d'),
  letters('Gujarati', '\u0a81-\u0ab9\u0abc-\u0acd'),
  letters('Odia', '\u0b01-\u0b39\u0b3c-\u0b4d'),
  letters('Tamil', '\u0b82-\u0bb9\u0bbe-\u0bcd'),
  letters('Telugu', '\u0c01-\u0c39\u0c3e-\u0c4d'),
  letters('Kannada', '\u0c82-\u0cb9\u0cbe-\u0ccd'),
  letters('Malayalam', '\u0d02-\u0d39\u0d3e-\u0d4d'),
  letters('Sinhala', '\u0d82-\u0dc6\u0dca-\u0ddf'),
  letters('Thai', '\u0e01-\u0e3a\u0e40-\u0e4e'),
  letters('Lao', '\u0e81-\u0ebd\u0ec0-\u0ecd'),
  letters('Georgian', '\u10d0-\u10f0'),
  letters('Ethiopic', '\u1200-\u135a'),
  letters('Khmer', '\u1780-\u17d2'),
  letters('Korean', '\uac00-\ud7a3'),
  letters(
    'Chinese, Japanese',
    '\u3005-\u3007\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u4db5\u4e00-\u9fa5',
  ),
];

/** The first argument is for the reader. Unassigned code points within a range are no letters. */
function letters(_script: string, ranges: string): RegExp {
  return new RegExp(`^(?:(?=[\\p{L}\\p{M}\\u3007])[${ranges}])+$`, 'u');
}

/** A letter, then what it is taken for. */
const LOOKS_LIKE: ReadonlyMap<string, string> = new Map(
  [
    // Digits and Latin letters that no decomposition makes plain.
    '0o 1l ıi øo łl đd ħh ŧt ðd þp ßss æae œoe ŋn ĸk ƀb ƃb ƒf ƙk ƚl ƞn ƥp ƨs ƭt ƴy ƶz ƿp ǝe ȥz',
    'ȼc ɇe ɉj ɋq ɍr ɏy ȷj ȝ3 ƽ5 ƅb ƍo ƈc ƌd',
    // Cyrillic.
    'аa вb гr еe з3 иu кk мm нh оo пn рp сc тt уy хx ьb шw щw іi јj ѕs һh ԁd ԛq ԝw ӏl ѵv ѡw',
    'ґr ғf б6 өo ѳo үy ұy қk ҝk ҡk ңh ҥh ҫc ҳx ҽe ҿe ӊh ӎm ӄk ԑe ԍg',
    // Greek.
    'αa βb γy εe ηn ιi κk μu νv οo πn ρp σo ςo τt υu χx ωw θo',
    // Armenian, Hebrew.
    'օo ոn ռn սu հh ցg զq աw յj քp ւl סo וl ןl',
  ].join(' ').split(' ').map((pair) => {
    const [from = '', ...to] = Array.from(pair);
    return [from, to.join('')] as const;
  }),
);

function fold(typed: string): string {
  // Lower case can need composing again.
  return typed.normalize('NFKC').toLowerCase().normalize('NFKC').trim();
}

function refuse(problem: UsernameProblem): UsernameVerdict {
  return { ok: false, problem, reason: SENTENCES[problem] };
}
