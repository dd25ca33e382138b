import { describe, it } from 'node:test';
import { acceptedLanguages } from '../../src/http/accept_language.ts';
import { assert, assertEquals } from '../support/assert.ts';

const ROWS: readonly (readonly [header: string | null, expected: readonly string[]])[] = [
  [null, []],
  ['', []],
  ['de', ['de']],
  ['da, en-gb;q=0.8, en;q=0.7', ['da', 'en-gb', 'en']],
  ['en;q=0.1, de;q=0.9, fr', ['fr', 'de', 'en']],
  ['pl ; q=0.5 ,\tzh-Hans-CN', ['zh-Hans-CN', 'pl']],
  ['it;Q=1.000, nl;q=1.', ['it', 'nl']],
  ['es;q=0, es-MX;q=0.000, pt', ['pt']],
  ['*', []],
  ['ja, *;q=0.5', ['ja']],
  ['fr;q=2, de;q=1.001, nl;q=-1, it;q=0.1234, pl;q=, en', ['en']],
  ['de-, -de, de_DE, toolonglanguage, de--AT, <b>, ar', ['ar']],
  [',,, de,,', ['de']],
];

describe('Accept-Language', () => {
  for (const [header, expected] of ROWS) {
    it(`RFC 9110 §12.5.4: ${JSON.stringify(header)} asks for ${expected.join(', ') || 'nothing'}`, () => {
      assertEquals(acceptedLanguages(header), expected);
    });
  }

  it('is read to a bound', () => {
    assert(acceptedLanguages('de,'.repeat(100_000)).length <= 20);
    assertEquals(acceptedLanguages(`${' '.repeat(2000)}de`), []);
    assertEquals(acceptedLanguages(`de, en${'-aaaaaaaa'.repeat(5000)}, fr`), ['de']);
  });
});
