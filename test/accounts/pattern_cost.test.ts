import { describe, it } from 'node:test';
import { MAX_MATCHED, patternProblem } from '../../src/accounts/pattern_cost.ts';
import { assertEquals, assertMatch } from '../support/assert.ts';

const USABLE = [
  '^[a-z]+$',
  '^[a-z]+?$',
  '^.+@(a|b)\\.example$',
  '^[^@]+@[^@.]+\\.example$',
  '@example\\.com$',
  '^(?:eng|ops|sales)-[0-9]{1,4}$',
  '(ab){3}',
  '[*+?|(]+',
  '\\(\\d+\\)',
  'colou?r',
  'a*a*b',
  '^a*a*a*b',
];

const TOO_MUCH = [
  '(a+)+',
  '(a|ab)*',
  '(?:(?:a)*)*',
  '((a*)b)*',
  '[a-z]+(-[a-z]+)*',
  '(?=a*)*',
  'a*a*a*b',
  '^a*a*a*a*b',
  '(a?){30}a{30}',
  'a?'.repeat(11),
  '(a|a)'.repeat(11),
  `${'(a|a)'.repeat(8)}a*a*b`,
  `^a*a*a*b|c`,
  'a{1,300}',
  '(a{200}){200}',
  '(a)\\1',
  '(?<n>a)\\k<n>',
];

describe('what a regular expression of an expression may cost', () => {
  for (const pattern of USABLE) {
    it(`${pattern} is usable`, () => {
      assertEquals(patternProblem(pattern), undefined);
    });
  }

  for (const pattern of TOO_MUCH) {
    it(`${pattern} is refused`, () => {
      assertMatch(patternProblem(pattern) ?? '', /may take too long/);
    });
  }

  it('an invalid one is refused', () => {
    assertMatch(patternProblem('(a') ?? '', /invalid regular expression/);
  });

  it('the longest text ends with the worst usable pattern', () => {
    for (const pattern of ['a*a*b', '^a*a*a*b', '^(a|a)(a|a)a*a*a*b']) {
      assertEquals(patternProblem(pattern), undefined);
      assertEquals(new RegExp(pattern).test('a'.repeat(MAX_MATCHED)), false);
    }
  });
});
