import { COMMON_PASSWORDS } from './common_passwords.ts';

export type Weakness = 'is_name' | 'repeats' | 'is_sequence' | 'is_common';

/**
 * What makes a long enough password one of the first guesses: names that are known of its owner, one bit of text over and
 * over, neighbours on a keyboard or in an alphabet, a word that many people take; with a short number or sign behind it
 * or in front.
 */
export function weaknessOf(
  password: string,
  names: readonly (string | undefined)[],
): Weakness | undefined {
  const folded = password.normalize('NFKC').toLowerCase();
  if (isNames(folded, names)) return 'is_name';
  const unit = repeatedUnit(folded);
  if (unit.length <= MAX_UNIT) return 'repeats';
  if (isSequence(folded)) return 'is_sequence';
  return coresOf(unit).some(isCommon) ? 'is_common' : undefined;
}

/** Characters of a text that says nothing by being repeated. */
const MAX_UNIT = 3;
/** Characters around a word that are guessed along with it; more of them are a secret by themselves, unless simple. */
const MAX_TAIL = 6;
/** As many runs as make a password no harder to guess. */
const MAX_RUNS = 3;
const MIN_RUN = 3;

/** Rows of keyboards, and the digits. Alphabets need no list: their letters follow each other in Unicode. */
const ROWS = [
  '01234567890',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'qwertzuiopü',
  'yxcvbnm',
  'azertyuiop',
  'qsdfghjklm',
  'wxcvbn',
  'йцукенгшщзхъ',
  'фывапролджэ',
  'ячсмитьбю',
].flatMap((row) => [row, Array.from(row).reverse().join('')]);

/** What is written for a letter. */
const LEET: ReadonlyMap<string, string> = new Map(
  ['0o', '1i', '3e', '4a', '5s', '7t', '@a', '$s', '!i'].map(([from = '', to = '']) => [from, to]),
);

function isNames(folded: string, names: readonly (string | undefined)[]): boolean {
  const whole = lettersOf(folded);
  const rest = names.map((name) => lettersOf((name ?? '').normalize('NFKC').toLowerCase()))
    .filter((name) => name !== '')
    .sort((left, right) => right.length - left.length)
    .reduce((left, name) => left.replaceAll(name, ''), whole);
  return rest !== whole && isTail(rest);
}

function lettersOf(text: string): string {
  return text.replace(/[^\p{L}\p{M}\p{N}]/gu, '');
}

/** The shortest text that the whole one repeats: `abc` of `abcabcab`; the whole one if there is none. */
function repeatedUnit(text: string): string {
  const characters = Array.from(text);
  for (let length = 1; length <= characters.length / 2; length += 1) {
    if (characters.every((each, index) => each === characters[index % length])) {
      return characters.slice(0, length).join('');
    }
  }
  return text;
}

/** Whether it is made of a few runs such as `qwerty`, `4321` or `zzz` and of nothing else. */
function isSequence(text: string): boolean {
  const characters = Array.from(text);
  let runs = 0;
  for (let start = 0; start < characters.length; runs += 1) {
    const length = runLength(characters.slice(start));
    if (length < MIN_RUN || runs === MAX_RUNS) return false;
    start += length;
  }
  return true;
}

function runLength(characters: readonly string[]): number {
  const steps = [0, 1, -1].map((step) =>
    lengthWhile(characters, (a, b) => codeOf(b) - codeOf(a) === step)
  );
  const rows = ROWS.map((row) => lengthWhile(characters, (a, b) => row.includes(a + b)));
  return Math.max(...steps, ...rows);
}

function lengthWhile(
  characters: readonly string[],
  follows: (one: string, next: string) => boolean,
): number {
  const end = characters.findIndex((each, index) =>
    index > 0 && !follows(characters[index - 1] ?? '', each)
  );
  return end === -1 ? characters.length : end;
}

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}

/** The text, and the word within it, each also with letters for the digits and signs that stand for them. */
function coresOf(text: string): readonly string[] {
  const [, before = '', core = '', after = ''] = /^([^\p{L}]*)(.*?)([^\p{L}]*)$/su.exec(text) ?? [];
  const cores = [text];
  if (isTail(after)) cores.push(before + core);
  if (isTail(before) && isTail(after)) cores.push(core);
  return [...cores, ...cores.map(plain)];
}

function isTail(text: string): boolean {
  return !/\p{L}/u.test(text) &&
    (text.length <= MAX_TAIL || isSequence(text) || repeatedUnit(text).length <= MAX_UNIT);
}

function plain(text: string): string {
  return Array.from(text, (character) => LEET.get(character) ?? character).join('');
}

function isCommon(text: string): boolean {
  return COMMON_PASSWORDS.has(text) || COMMON_PASSWORDS.has(text.replace(/[\s._-]/g, ''));
}
