import { describe, it } from 'node:test';
import { type DeclaredAttribute, declaredValue } from '../../src/accounts/attributes.ts';
import { compileExpression } from '../../src/accounts/expression.ts';
import type { UserAttribute } from '../../src/spec/settings.ts';
import type { UserRecord } from '../../src/store/records.ts';
import type { JsonValue } from '../../src/store/store.ts';
import { assert, assertEquals, assertStringIncludes, assertThrows } from '../support/assert.ts';

const PERSON: UserRecord = {
  id: 'b2f7',
  username: 'alice',
  disabled: false,
  groups: ['staff', 'admins'],
  claims: {
    name: 'Alice Example',
    email: 'alice@example.com',
    email_verified: true,
    address: { country: 'Germany' },
  },
  attributes: { level: '7', roles: ['reader', 'writer'], undeclared: 'x' },
  created_at: 1_800_000_000,
  updated_at: 1_800_000_100,
  provenance: 'cli',
};

function declared(
  value_type: DeclaredAttribute['value_type'] = 'string',
  multi_valued = false,
): DeclaredAttribute {
  return { kind: 'declared', value_type, multi_valued };
}

const ATTRIBUTES: ReadonlyMap<string, UserAttribute> = new Map<string, UserAttribute>([
  ['level', declared('integer')],
  ['roles', declared('string', true)],
  ['vip', declared('boolean')],
  ['nickname2', declared()],
  ['not-a-name', declared()],
  ['type', declared()],
  ['other', { kind: 'computed', expression: 'username' }],
]);

function evaluated(expression: string, person = PERSON): JsonValue | undefined {
  const compiled = compileExpression(expression, ATTRIBUTES);
  assert(compiled.ok, JSON.stringify(compiled));
  return compiled.evaluate(person);
}

function problemOf(expression: string): string {
  const compiled = compileExpression(expression, ATTRIBUTES);
  assert(!compiled.ok, expression);
  return compiled.problem;
}

describe('a declared attribute', () => {
  const rows: readonly (readonly [DeclaredAttribute, JsonValue, JsonValue | undefined])[] = [
    [declared(), 'seven', 'seven'],
    [declared(), 7, '7'],
    [declared(), true, 'true'],
    [declared(), null, undefined],
    [declared(), { a: 'b' }, undefined],
    [declared(), ['one'], 'one'],
    [declared(), ['one', 'two'], undefined],
    [declared(), [], undefined],
    [declared('integer'), 7, 7],
    [declared('integer'), '7', 7],
    [declared('integer'), '-7', -7],
    [declared('integer'), '007', 7],
    [declared('integer'), '7.5', undefined],
    [declared('integer'), 7.5, undefined],
    [declared('integer'), '9999999999999999', undefined],
    [declared('integer'), '0x10', undefined],
    [declared('integer'), '', undefined],
    [declared('integer'), true, undefined],
    [declared('boolean'), true, true],
    [declared('boolean'), false, false],
    [declared('boolean'), 'true', true],
    [declared('boolean'), 'false', false],
    [declared('boolean'), 'yes', undefined],
    [declared('boolean'), 1, undefined],
    [declared('string', true), ['a', 'b'], ['a', 'b']],
    [declared('string', true), 'a', ['a']],
    [declared('string', true), [], []],
    [declared('string', true), ['a', null], undefined],
    [declared('integer', true), ['1', 2], [1, 2]],
    [declared('integer', true), ['1', 'two'], undefined],
    [declared('boolean', true), ['true', false], [true, false]],
  ];
  for (const [attribute, stored, expected] of rows) {
    const kind = `${attribute.value_type}${attribute.multi_valued ? 's' : ''}`;
    it(`of ${kind}: ${JSON.stringify(stored)} is ${JSON.stringify(expected)}`, () => {
      const person = { ...PERSON, attributes: { it: stored } };
      assertEquals(declaredValue(person, 'it', attribute), expected);
    });
  }

  it('is no member that every object has', () => {
    assertEquals(declaredValue(PERSON, 'constructor', declared()), undefined);
    assertEquals(declaredValue(PERSON, 'toString', declared()), undefined);
  });
});

describe('an expression', () => {
  const rows: readonly (readonly [string, JsonValue | undefined])[] = [
    ['username', 'alice'],
    ['"admins" in groups', true],
    ['"owners" in groups', false],
    ['groups.filter(g, g != "staff")', ['admins']],
    ['level + 1', 8],
    ['level > 5 && email_verified', true],
    ['roles.size()', 2],
    ['"writer" in roles ? "rw" : "r"', 'rw'],
    ['email.endsWith("@example.com")', true],
    ['email.matches("^[a-z]+@example")', true],
    ['address.country', 'Germany'],
    ['{"level": level, "of": username}', { level: 7, of: 'alice' }],
    ['preferred_username', 'alice'],
    ['updated_at', 1_800_000_100],
    ['1.5', 1.5],
    ['null', undefined],
    ['""', undefined],
  ];
  for (const [expression, expected] of rows) {
    it(`${expression} is ${JSON.stringify(expected)}`, () => {
      assertEquals(evaluated(expression), expected);
    });
  }

  it('finds empty values where a person has none, and does not fail', () => {
    assertEquals(evaluated('nickname == ""'), true);
    assertEquals(evaluated('phone_number_verified'), false);
    assertEquals(evaluated('vip || level > 5'), true);
    const nobody = { ...PERSON, groups: [], claims: {}, attributes: {} };
    assertEquals(evaluated('level', nobody), 0);
    assertEquals(evaluated('roles', nobody), []);
    assertEquals(evaluated('has(address.country)', nobody), false);
    assertEquals(evaluated('email', nobody), undefined);
  });

  it('takes an attribute of another kind than declared as missing', () => {
    assertEquals(evaluated('level', { ...PERSON, attributes: { level: 'seven' } }), 0);
  });

  const failing = ['1 / 0', 'groups[7]', 'address.nothing', 'timestamp("2020-01-01T00:00:00Z")'];
  for (const expression of failing) {
    it(`${expression} fails when it is evaluated`, () => {
      const compiled = compileExpression(expression, ATTRIBUTES);
      assert(compiled.ok);
      assertThrows(() => compiled.evaluate(PERSON));
    });
  }

  it('fails when its result is longer than a claim may be', () => {
    const compiled = compileExpression('name + name + name', ATTRIBUTES);
    assert(compiled.ok);
    const person = { ...PERSON, claims: { name: 'x'.repeat(3000) } };
    assertThrows(() => compiled.evaluate(person), RangeError, 'more than 8192');
  });

  it('fails when a pattern meets a long text', () => {
    const compiled = compileExpression('name.matches("^a")', ATTRIBUTES);
    assert(compiled.ok);
    assertEquals(compiled.evaluate({ ...PERSON, claims: { name: 'a'.repeat(256) } }), true);
    const person = { ...PERSON, claims: { name: 'a'.repeat(257) } };
    assertThrows(() => compiled.evaluate(person), RangeError, 'name is too long');
    const inList = compileExpression('groups.exists(g, g.matches("^a"))', ATTRIBUTES);
    assert(inList.ok);
    const groups = Array.from({ length: 100 }, () => 'b'.repeat(60));
    assertThrows(() => inList.evaluate({ ...PERSON, groups }), RangeError, 'groups is too long');
  });

  it('takes one more character than it may have for a mistake', () => {
    const longest = `"${'x'.repeat(2046)}"`;
    assertEquals(evaluated(longest), 'x'.repeat(2046));
    assertStringIncludes(problemOf(`${longest} `), 'at most 2048 characters');
  });

  const refused: readonly (readonly [string, string])[] = [
    ['username +', 'Unexpected token: EOF (at character 11)'],
    ['lvel', 'Unknown variable: lvel (at character 1); did you mean level?'],
    ['undeclared', 'Unknown variable: undeclared'],
    ['other', 'Unknown variable: other'],
    ['password', 'Unknown variable: password'],
    ['provenance', 'Unknown variable: provenance'],
    ['username + 1', 'no such overload: string + int'],
    ['nothing(username)', 'found no matching overload'],
    ['groups.all(a, groups.all(b, a == b))', 'must not loop in a loop'],
    ['username.matches(name)', 'must write the pattern of matches() out'],
    ['username.matches("(a+)+$")', 'may take too long'],
    ['username.matches("(")', 'invalid regular expression'],
    [`${'['.repeat(60)}${']'.repeat(60)}`, 'Exceeded maxDepth'],
    [`[${'1,'.repeat(100)}1]`, 'Exceeded maxListElements'],
  ];
  for (const [expression, problem] of refused) {
    it(`${expression.slice(0, 40)} is refused at start`, () => {
      assertStringIncludes(problemOf(expression), problem);
    });
  }

  it('may loop over the values in a list written out', () => {
    const expression = 'groups.filter(g, ["staff", "owners"].exists(each, each == g))';
    assertEquals(evaluated(expression), ['staff']);
  });
});
