import { describe, it } from 'node:test';
import { type FormPairs, parseForm } from '../../src/http/form.ts';
import { assert, assertEquals, assertFalse } from '../support/assert.ts';

const accepted: readonly { name: string; text: string; pairs: FormPairs }[] = [
  { name: 'nothing', text: '', pairs: [] },
  { name: 'a name without equals sign', text: 'a', pairs: [['a', '']] },
  { name: 'an empty value', text: 'a=', pairs: [['a', '']] },
  { name: 'an empty name', text: '=a', pairs: [['', 'a']] },
  { name: 'equals signs in the value', text: 'a=b=c==', pairs: [['a', 'b=c==']] },
  {
    name: 'empty pairs, which count as none',
    text: '&&a=1&&b=2&',
    pairs: [['a', '1'], ['b', '2']],
  },
  { name: 'plus as space and %2B as plus', text: 'a+b=c+d%2B', pairs: [['a b', 'c d+']] },
  { name: 'both cases of hex digits', text: '%c3%A9=%e2%82%AC', pairs: [['é', '€']] },
  { name: 'characters beyond the BMP', text: 'a=%F0%9F%94%91', pairs: [['a', '🔑']] },
  { name: 'an escaped U+FFFD', text: 'a=%EF%BF%BD', pairs: [['a', '\uFFFD']] },
  { name: 'raw UTF-8', text: 'a=é€', pairs: [['a', 'é€']] },
  { name: 'escaped separators', text: 'a=%26b%3D1', pairs: [['a', '&b=1']] },
  { name: 'a semicolon, which separates nothing', text: 'a=1;b=2', pairs: [['a', '1;b=2']] },
  { name: 'a NUL', text: 'a=%00', pairs: [['a', '\0']] },
  {
    name: 'names of object members',
    text: '__proto__=1&constructor=2',
    pairs: [['__proto__', '1'], ['constructor', '2']],
  },
];

const refused: readonly { name: string; text: string }[] = [
  { name: 'a lone percent sign', text: 'a=%' },
  { name: 'one hex digit', text: 'a=%4' },
  { name: 'no hex digits', text: 'a=%zz' },
  { name: 'the %u escape', text: 'a=%u0041' },
  { name: 'a broken escape in a name', text: '%=a' },
  { name: 'a lone continuation byte', text: 'a=%80' },
  { name: 'a cut sequence', text: 'a=%E2%82' },
  { name: 'an overlong slash', text: 'a=%C0%AF' },
  { name: 'an encoded surrogate', text: 'a=%ED%A0%80' },
  { name: 'a code point beyond Unicode', text: 'a=%F4%90%80%80' },
  { name: 'what a lenient decoder left', text: 'a=\uFFFD' },
  { name: 'a byte order mark', text: '\uFEFFa=1' },
];

describe('parseForm', () => {
  for (const { name, text, pairs } of accepted) {
    it(`T149: the strict decoder accepts ${name}`, () => {
      assertEquals(parseForm(text), { ok: true, pairs });
    });
  }

  for (const { name, text } of refused) {
    it(`T149: the strict decoder refuses ${name}`, () => {
      const result = parseForm(text);
      assertFalse(result.ok);
      assertEquals(result.status, 400);
    });
  }

  it('T011: repeated parameters are kept in order, so that the caller sees them', () => {
    assertEquals(parseForm('a=1&b=2&a=3'), {
      ok: true,
      pairs: [['a', '1'], ['b', '2'], ['a', '3']],
    });
  });

  it('T122: 100 parameters are accepted, 101 are not', () => {
    assert(parseForm(new Array(100).fill('a=1').join('&')).ok);
    assertFalse(parseForm(new Array(101).fill('a=1').join('&')).ok);
    assertFalse(parseForm('a=1&b=2', 1).ok);
  });

  it('T128: hostile 50 kB texts come to a verdict', () => {
    assert(parseForm('&'.repeat(50_000)).ok);
    assert(parseForm('='.repeat(50_000)).ok);
    assert(parseForm('+'.repeat(50_000)).ok);
    assertFalse(parseForm('%'.repeat(50_000)).ok);
    assertFalse(parseForm('a&'.repeat(25_000)).ok);
  });
});
