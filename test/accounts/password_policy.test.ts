import { describe, it } from 'node:test';
import { COMMON_PASSWORDS } from '../../src/accounts/common_passwords.ts';
import {
  isHashable,
  passwordCandidates,
  passwordProblem,
  type PasswordReason,
} from '../../src/accounts/password_policy.ts';
import { passwordSentence } from '../../src/accounts/password_sentences.ts';
import { assert, assertEquals, assertFalse, assertMatch } from '../support/assert.ts';

const OWNER = {
  username: 'alice.liddell',
  email: 'white.rabbit@wonder.example',
  product: 'Looking Glass',
} as const;

const REFUSED: readonly {
  readonly name: string;
  readonly password: string;
  readonly reason: PasswordReason;
}[] = [
  { name: 'nothing', password: '', reason: 'too_short' },
  { name: 'seven characters', password: 'a1b2c3d', reason: 'too_short' },
  { name: 'seven characters of two code units', password: '🔑'.repeat(7), reason: 'too_short' },
  { name: 'four letters with marks apart', password: 'e\u0308'.repeat(4), reason: 'too_short' },
  { name: '1,025 characters', password: 'ab c'.repeat(256) + 'a', reason: 'too_long' },
  { name: 'half a character', password: 'doorknob \ud83d', reason: 'control_characters' },
  { name: 'a line break', password: 'doorknob\nmore', reason: 'control_characters' },
  { name: 'the username', password: 'Alice.Liddell', reason: 'is_name' },
  { name: 'the username with a year', password: 'AliceLiddell2024!', reason: 'is_name' },
  { name: 'the username twice', password: 'alice.liddell-alice.liddell', reason: 'is_name' },
  { name: 'the email address', password: 'White.Rabbit@Wonder.example', reason: 'is_name' },
  { name: 'what is before its @', password: 'whiterabbit', reason: 'is_name' },
  { name: 'the product', password: 'LookingGlass1', reason: 'is_name' },
  { name: 'two of them', password: 'white rabbit looking glass', reason: 'is_name' },
  { name: 'one character', password: 'zzzzzzzzzzzz', reason: 'repeats' },
  { name: 'a thousand of one character', password: '🔑'.repeat(1000), reason: 'repeats' },
  { name: 'three characters over and over', password: 'xk7xk7xk7xk7', reason: 'repeats' },
  { name: 'digits in order', password: '1234567890', reason: 'is_sequence' },
  { name: 'digits backwards', password: '9876543210', reason: 'is_sequence' },
  { name: 'the alphabet', password: 'abcdefgh', reason: 'is_sequence' },
  { name: 'another alphabet', password: 'абвгдежз', reason: 'is_sequence' },
  { name: 'a row of keys', password: 'QWERTYUIOP', reason: 'is_sequence' },
  { name: 'a row of French keys', password: 'azertyuiop', reason: 'is_sequence' },
  { name: 'rows one after the other', password: 'qwertyasdfgh', reason: 'is_sequence' },
  { name: 'letters, then digits, in order', password: 'abcd1234', reason: 'is_sequence' },
  { name: 'a run of each', password: 'aaaa1111', reason: 'is_sequence' },
  { name: 'the word itself', password: 'PassWord', reason: 'is_common' },
  { name: 'the word with digits and signs', password: 'Password123!', reason: 'is_common' },
  { name: 'the word with a long simple number', password: 'password12345678', reason: 'is_common' },
  { name: 'the word with signs for letters', password: 'P@$$w0rd', reason: 'is_common' },
  { name: 'signs for letters, and a year', password: 'p4ssw0rd2024', reason: 'is_common' },
  { name: 'the word twice', password: 'passwordpassword', reason: 'is_common' },
  { name: 'a word with a number before it', password: '2024Welcome', reason: 'is_common' },
  { name: 'a short word with a number', password: 'Summer2024!', reason: 'is_common' },
  { name: 'a word in another script', password: 'пароль2024', reason: 'is_common' },
  { name: 'a walk over the keys', password: '1q2w3e4r5t', reason: 'is_common' },
  { name: 'words without their spaces', password: 'i love you', reason: 'is_common' },
];

describe('the password policy', () => {
  for (const { name, password, reason } of REFUSED) {
    it(`T096: refuses ${name}: ${reason}`, () => {
      const problem = passwordProblem(password, OWNER);
      assertEquals(problem?.reason, reason);
      assert(problem !== undefined && !passwordSentence(problem).includes('{'));
    });
  }

  it('T096: says how many characters there may be', () => {
    assertMatch(sentenceFor('short'), /at least 8 characters/);
    assertMatch(sentenceFor('ab c'.repeat(257)), /at most 1024 characters/);
  });

  for (
    const password of [
      'eight888',
      '🔑🚪🏠🌳🌊🔥🎈🎉',
      'with spaces between the words',
      ' leading and trailing ',
      'ÄÖÜäöüß€',
      'correct horse battery',
      'alice.liddell went down the hole',
      'looking glass and what was there',
      'password manager of my choice',
      'password83650271946',
      'my dragon eats summer flowers',
      'qwerty is a row of keys',
      'abc xyz 123 and the rest of it',
      '73950264',
      'ab c'.repeat(16),
      `${'🔑🚪🏠🌳'.repeat(255)}🔑🚪🏠🌊`,
    ]
  ) {
    it(`T096: accepts ${Array.from(password).length} characters: ${password.slice(0, 30)}`, () => {
      assertEquals(passwordProblem(password, OWNER), undefined);
      assert(isHashable(password));
    });
  }

  it('T096: knows nothing of an owner who is not named', () => {
    assertEquals(passwordProblem('alice.liddell'), undefined);
    assertEquals(passwordProblem('alice.liddell', { username: '', email: undefined }), undefined);
  });

  it('T096: the common ones are in lower case, once each, and a few hundred', () => {
    for (const each of COMMON_PASSWORDS) assertEquals(each, each.normalize('NFKC').toLowerCase());
    assert(COMMON_PASSWORDS.size >= 400);
  });

  it('T096: more than 1,024 characters never reach a hash', () => {
    assertFalse(isHashable('a'.repeat(1025)));
    assertFalse(isHashable('🔑'.repeat(1025)));
    assertFalse(isHashable('a'.repeat(1_000_000)));
  });

  it('RFC 8265 §4.2.2: what is typed is tried besides its NFC, only where they differ', () => {
    assertEquals(passwordCandidates('plain'), ['plain']);
    assertEquals(passwordCandidates('e\u0308\u00a0'), ['\u00eb ', 'e\u0308\u00a0']);
  });
});

function sentenceFor(password: string): string {
  const problem = passwordProblem(password, OWNER);
  return problem === undefined ? '' : passwordSentence(problem);
}
