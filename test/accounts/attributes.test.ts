import { describe, it } from 'node:test';
import { loadCel } from '../../src/accounts/cel.ts';
import { type DeclaredAttribute, declaredValue } from '../../src/accounts/attributes.ts';
import { compileExpression } from '../../src/accounts/expression.ts';
import type { UserAttribute } from '../../src/spec/settings.ts';
import type { UserRecord } from '../../src/store/records.ts';
import type { JsonValue } from '../../src/store/store.ts';
import { assert, assertEquals, assertStringIncludes, assertThrows } from '../support/assert.ts';

await loadCel();

const ALICE: UserRecord = {
  id: '1',
  username: 'alice',
  disabled: false,
  groups: ['staff', 'admins'],
  claims: {
    name: 'Alice Example',
    email: 'alice@example.com',
    email_verified: true,
    address: { country: 'DE' },
  },
  attributes: { level: '7', badge: 12, roles: ['a', 'b'], secret: 'x', active: 'true' },
  created_at: 1,
  updated_at: 2,
  provenance: 'cli',
};

const BARE: UserRecord = { ...ALICE, groups: [], claims: {}, attributes: {} };

function declared(
  value_type: DeclaredAttribute['value_type'] = 'string',
  multi_valued = false,
): DeclaredAttribute {
  return { kind: 'declared', value_type, multi_valued };
}

const ATTRIBUTES: ReadonlyMap<string, UserAttribute> = new Map<string, UserAttribute>([
  ['level', declared('integer')],
  ['badge', declared()],
  ['roles', declared('string', true)],
  ['active', declared('boolean')],
  ['type', declared()],
  ['with-dash', declared()],
  ['other', { kind: 'computed', expression: '1' }],
]);

function evaluate(text: string, person: UserRecord = ALICE): JsonValue | undefined {
  const compiled = compileExpression(text, ATTRIBUTES);
  assert(compiled.ok, compiled.ok ? '' : compiled.problem);
  return compiled.evaluate(person);
}

function problemOf(text: string): string {
  const compiled = compileExpression(text, ATTRIBUTES);
  return compiled.ok ? '' : compiled.problem;
}

const DECLARED: readonly (readonly [
  stored: JsonValue,
  attribute: DeclaredAttribute,
  expected: JsonValue | undefined,
])[] = [
  ['doors', declared(), 'doors'],
  [7, declared(), '7'],
  [true, declared(), 'true'],
  [{ a: 1 }, declared(), undefined],
  [null, declared(), undefined],
  [['doors'], declared(), 'doors'],
  [['doors', 'gates'], declared(), undefined],
  [7, declared('integer'), 7],
  ['7', declared('integer'), 7],
  ['-7', declared('integer'), -7],
  ['7.5', declared('integer'), undefined],
  [7.5, declared('integer'), undefined],
  ['', declared('integer'), undefined],
  ['99999999999999999', declared('integer'), undefined],
  ['9999999999999999', declared('integer'), undefined],
  [true, declared('integer'), undefined],
  [false, declared('boolean'), false],
  ['true', declared('boolean'), true],
  ['false', declared('boolean'), false],
  ['yes', declared('boolean'), undefined],
  [1, declared('boolean'), undefined],
  ['one', declared('string', true), ['one']],
  [['one', 2], declared('string', true), ['one', '2']],
  [['1', 2], declared('integer', true), [1, 2]],
  [['1', 'two'], declared('integer', true), undefined],
  [[], declared('string', true), []],
];

describe('attributes that are declared', () => {
  for (const [stored, attribute, expected] of DECLARED) {
    const { value_type, multi_valued } = attribute;
    const what = `${value_type}${multi_valued ? 's' : ''}`;
    it(`${JSON.stringify(stored)} as ${what} is ${JSON.stringify(expected)}`, () => {
      const person = { ...ALICE, attributes: { it: stored } };
      assertEquals(declaredValue(person, 'it', attribute), expected);
    });
  }

  it('are not found on the prototype', () => {
    assertEquals(declaredValue(ALICE, 'constructor', declared()), undefined);
    assertEquals(declaredValue(ALICE, 'toString', declared('string', true)), undefined);
  });
});

const RESULTS:
  readonly (readonly [text: string, ofAlice: JsonValue | undefined, ofBare?: JsonValue])[] = [
    ['"admins" in groups', true, false],
    ['username + "@example.org"', 'alice@example.org', 'alice@example.org'],
    ['groups.filter(g, g != "staff")', ['admins'], []],
    ['email_verified && email.endsWith("@example.com")', true, false],
    ['level + 1', 8, 1],
    ['level > 5 ? "senior" : "junior"', 'senior', 'junior'],
    ['badge', '12'],
    ['roles.exists(r, ["b", "c"].exists(s, r == s))', true, false],
    ['active', true, false],
    ['updated_at', 2, 2],
    ['has(address.country) ? address.country : "?"', 'DE', '?'],
    ['size(name)', 13, 0],
    ['1.5', 1.5, 1.5],
    ['7u', 7, 7],
    ['{"a": [1, true, null], "b": {"c": "d"}}', { a: [1, true, null], b: { c: 'd' } }, {
      a: [1, true, null],
      b: { c: 'd' },
    }],
    ['null', undefined],
    ['nickname', undefined],
    ['cel.bind(first, name.split(" ")[0], first + "!")', 'Alice!', '!'],
    ['email.matches("^[a-z]+@example[.]com$")', true, false],
    ['groups.exists(groups, groups == "staff")', true, false],
  ];

describe('attributes that are computed', () => {
  for (const [text, ofAlice, ofBare] of RESULTS) {
    it(`${text} is the same each time, for who has it and who has nothing`, () => {
      assertEquals(evaluate(text), ofAlice);
      assertEquals(evaluate(text, BARE), ofBare);
      assertEquals(evaluate(text), ofAlice);
    });
  }

  const REFUSED: readonly (readonly [text: string, problem: string])[] = [
    ['username +', 'Unexpected token: EOF (at character 11)'],
    ['"admins" in group', 'Unknown variable: group (at character 13); did you mean groups?'],
    ['secret == "x"', 'Unknown variable: secret'],
    ['password', 'Unknown variable: password'],
    ['id', 'Unknown variable: id'],
    ['claims', 'Unknown variable: claims'],
    ['constructor', 'Unknown variable: constructor'],
    ['other', 'Unknown variable: other'],
    ['username + 1', 'no such overload: string + int'],
    ['level ? 1 : 2', 'is no usable CEL expression'],
    ['with-dash', 'Unknown variable: with'],
    ['username.launch()', 'found no matching overload'],
    ['', 'is no usable CEL expression'],
    [`"${'a'.repeat(2048)}"`, 'at most 2048 characters'],
    ['('.repeat(300) + '1' + ')'.repeat(300), 'is no usable CEL expression'],
    [`[${'1,'.repeat(200)}1]`, 'is no usable CEL expression'],
    ['groups.exists(g, groups.exists(h, g == h))', 'must not loop in a loop'],
    [
      'groups.exists(g, ["a"].exists(h, ["b"].exists(i, i == h)))',
      'must not loop in a loop',
    ],
    ['cel.bind(a, groups, cel.bind(b, a, cel.bind(c, b, c)))', 'must not nest cel.bind()'],
    ['email.matches(username)', 'must write the pattern'],
    ['email.matches("(")', 'invalid regular expression'],
    ['email.matches("^(a+)+$")', 'may take too long'],
    ['email.matches("^(a|ab)*$")', 'may take too long'],
    ['email.matches("^((a+)b?){2,}$")', 'may take too long'],
    ['email.matches("(a)\\\\1")', 'may take too long'],
  ];
  for (const [text, problem] of REFUSED) {
    it(`${text.slice(0, 60) || 'nothing'} is refused: ${problem}`, () => {
      assertStringIncludes(problemOf(text), problem);
    });
  }

  it('what cannot be a claim, or cannot be computed, throws', () => {
    const thrown = [
      '1 / level',
      'groups[0]',
      'address.country',
      'timestamp("2020-01-01T00:00:00Z")',
      'duration("1h")',
      'b"bytes"',
      'type(1)',
      '9007199254740993',
      'double("inf")',
      '{1: 2}.map(k, k)[5]',
    ];
    for (const text of thrown) {
      const compiled = compileExpression(text, ATTRIBUTES);
      if (compiled.ok) assertThrows(() => compiled.evaluate(BARE));
      else assertStringIncludes(compiled.problem, 'is no usable CEL expression');
    }
  });

  it('a result longer than a claim may be throws', () => {
    const long = { ...ALICE, claims: { name: 'x'.repeat(1024) } };
    const text = Array.from({ length: 9 }, () => 'name').join(' + ');
    const compiled = compileExpression(text);
    assert(compiled.ok);
    assertThrows(() => compiled.evaluate(long), RangeError, 'more than 8192');
  });

  it('a word of CEL’s own cannot be an attribute, but stands in nobody’s way', () => {
    assertEquals(evaluate('type(username) == string'), true);
  });
});
