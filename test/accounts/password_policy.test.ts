import { describe, it } from 'node:test';
import {
  isHashable,
  passwordCandidates,
  passwordProblem,
} from '../../src/accounts/password_policy.ts';
import { assert, assertEquals, assertFalse, assertMatch } from '../support/assert.ts';

describe('the password policy', () => {
  for (
    const { name, password, reason } of [
      { name: 'nothing', password: '', reason: /at least 8/ },
      { name: 'seven characters', password: 'a1b2c3d', reason: /at least 8/ },
      {
        name: 'seven characters of two code units',
        password: '🔑'.repeat(7),
        reason: /at least 8/,
      },
      {
        name: 'four letters with marks apart',
        password: 'e\u0308'.repeat(4),
        reason: /at least 8/,
      },
      { name: '1,025 characters', password: 'a'.repeat(1025), reason: /at most 1024/ },
      { name: 'half a character', password: 'password \ud83d', reason: /at most 1024|text/ },
      { name: 'a line break', password: 'password\nmore', reason: /control/ },
      { name: 'the username', password: 'Alice.Liddell', reason: /username/ },
    ]
  ) {
    it(`T096: refuses ${name} with a reason`, () => {
      assertMatch(passwordProblem(password, 'alice.liddell') ?? '', reason);
    });
  }

  for (
    const password of [
      'eight888',
      '🔑'.repeat(8),
      'with spaces between the words',
      ' leading and trailing ',
      'ÄÖÜäöüß€',
      'a'.repeat(64),
      '🔑'.repeat(1024),
    ]
  ) {
    it(`T096: accepts ${Array.from(password).length} characters: ${password.slice(0, 30)}`, () => {
      assertEquals(passwordProblem(password, 'alice'), undefined);
      assert(isHashable(password));
    });
  }

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
