import { describe, it } from 'node:test';
import { loadCel } from '../../src/accounts/cel.ts';
import { compileExpression } from '../../src/accounts/expression.ts';
import { MAX_MATCHED, patternProblem } from '../../src/accounts/pattern_cost.ts';
import type { UserRecord } from '../../src/store/records.ts';
import { assert, assertEquals, assertMatch, assertThrows } from '../support/assert.ts';

await loadCel();

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

describe('a pattern in an expression', () => {
  const PERSON: UserRecord = {
    id: 'b2f7',
    username: 'alice',
    disabled: false,
    groups: [],
    claims: {},
    attributes: {},
    created_at: 1_800_000_000,
    updated_at: 1_800_000_000,
    provenance: 'cli',
  };
  const rows: readonly (readonly [
    name: string,
    expression: string,
    longest: Partial<UserRecord>,
    longer: Partial<UserRecord>,
  ])[] = [
    ['a text', 'name.matches("^a")', { claims: { name: 'a'.repeat(256) } }, {
      claims: { name: 'a'.repeat(257) },
    }],
    ['one of a list', 'groups.exists(g, g.matches("^a"))', { groups: ['a'.repeat(256)] }, {
      groups: ['a', 'b'.repeat(257)],
    }],
    ['a list as a whole', 'groups.exists(g, g.matches("^a"))', {
      groups: Array.from({ length: 60 }, () => 'a'.repeat(60)),
    }, { groups: Array.from({ length: 70 }, () => 'a'.repeat(60)) }],
  ];
  for (const [name, expression, longest, longer] of rows) {
    it(`meets ${name} up to a length, and throws beyond`, () => {
      const compiled = compileExpression(expression);
      assert(compiled.ok, JSON.stringify(compiled));
      assertEquals(compiled.evaluate({ ...PERSON, ...longest }), true);
      assertThrows(
        () => compiled.evaluate({ ...PERSON, ...longer }),
        RangeError,
        'is too long for matches()',
      );
    });
  }

  it('leaves long texts alone that no expression matches', () => {
    const compiled = compileExpression('name.size()');
    assert(compiled.ok);
    assertEquals(compiled.evaluate({ ...PERSON, claims: { name: 'a'.repeat(3000) } }), 3000);
  });
});
