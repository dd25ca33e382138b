import { describe, it } from 'node:test';
import { jsonProblem } from '../../src/spec/json_problem.ts';
import { assertEquals } from '../support/assert.ts';

const rows: readonly [text: string, problem: string | undefined][] = [
  ['{}', undefined],
  ['"a\\"b: {"', undefined],
  ['{"a":1,"b":{"a":1},"c":[{"a":1},{"a":1}]}', undefined],
  ['{"a":"a","b":"a"}', undefined],
  ['["a","a"]', undefined],
  ['{"a:":1,"a":2}', undefined],
  ['{"\\ud83d\\ude00":1}', undefined],
  ['{"a":1,"a":1}', 'has a member twice'],
  ['{"a" \n :1, "\\u0061":2}', 'has a member twice'],
  ['{"x":[{"a":1,"b":2,"a":0}]}', 'has a member twice'],
  ['{"__proto__":1,"__proto__":2}', 'has a member twice'],
  ['[[[[0]]]]', 'is nested deeper than 3 levels'],
  ['[[[0]],[[0]]]', undefined],
  ['["\\ud800"]', 'holds half a surrogate pair'],
  ['{"\\udc00":1}', 'holds half a surrogate pair'],
];

describe('jsonProblem', () => {
  for (const [text, problem] of rows) {
    it(`T122: ${text} ${problem ?? 'is sound'}`, () => {
      JSON.parse(text);
      assertEquals(jsonProblem(text, 3), problem);
    });
  }
});
