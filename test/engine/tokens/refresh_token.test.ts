import { describe, it } from 'node:test';
import { standingOf } from '../../../src/engine/tokens/refresh_token.ts';
import type { GrantRecord } from '../../../src/store/records.ts';
import { assertEquals } from '../../support/assert.ts';

const grant = { refresh: { n: 5, moved_at: 1000 } } as GrantRecord;

describe('RFC 9700 §4.14.2: what a presented refresh token is to its grant', () => {
  for (
    const [name, n, nowSeconds, expected] of [
      ['the current one', 5, 9999, 'current'],
      ['the one before, at once', 4, 1000, 'previous_in_grace'],
      ['the one before, at the end of the grace', 4, 1009.9, 'previous_in_grace'],
      ['the one before, after the grace', 4, 1010, 'reused'],
      ['two before, at once', 3, 1000, 'reused'],
      ['one that was never issued', 6, 1000, 'reused'],
    ] as const
  ) {
    it(`${name}: ${expected}`, () => assertEquals(standingOf(n, grant, 10, nowSeconds), expected));
  }

  it('a grant without refresh tokens has none that count', () => {
    const { refresh: _, ...without } = grant;
    assertEquals(standingOf(0, without as GrantRecord, 10, 1000), 'reused');
  });

  it('no grace, no second answer', () => assertEquals(standingOf(4, grant, 0, 1000), 'reused'));
});
