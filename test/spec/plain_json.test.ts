import { describe, it } from 'node:test';
import { readPlainJson } from '../../src/spec/plain_json.ts';
import { readYaml } from '../../src/spec/yaml.ts';
import { assert, assertEquals } from '../support/assert.ts';

describe('a map in JSON', () => {
  for (
    const text of [
      '{}',
      ' {"a": {"b": [1, {"c": null}, -2.5e3, true]}, "d": "e"}\n',
      String.raw`{"colons: and \"quotes\": {": "in: \"strings\": \\", "\u0061:": "\\\":"}`,
      '{"a":{"x":1},"b":{"x":2},"list":[{"x":3},{"x":4}]}',
    ]
  ) {
    it(`is read as YAML reads it: ${text.trim()}`, () => {
      const yaml = readYaml(text);
      assert(yaml.ok);
      assertEquals(readPlainJson(text), yaml.value as Readonly<Record<string, unknown>>);
    });
  }

  for (
    const text of [
      '{"a":1,"a":2}',
      String.raw`{"a":1,"\u0061":2}`,
      '{"deep":[{"a":{"b":1,"b":1}}]}',
      '[{"a":1}]',
      '"text"',
      'null',
      '{"a":1,}',
      '{ a: 1 }',
      '',
    ]
  ) {
    it(`is not: ${text}`, () => assertEquals(readPlainJson(text), undefined));
  }
});
