import { describe, it } from 'node:test';
import { createRecent } from '../../src/keys/recent.ts';
import { assert, assertEquals } from '../support/assert.ts';

describe('what was worked out lately', () => {
  it('T127: keeps the last so many, and at most twice as many', () => {
    const recent = createRecent<number>(100);
    for (let i = 0; i < 1000; i += 1) recent.set(`k${i}`, i);
    const kept = Array.from({ length: 1000 }, (_, i) => recent.get(`k${i}`)).filter((value) =>
      value !== undefined
    );
    assert(kept.length >= 100 && kept.length <= 200, String(kept.length));
    for (let i = 900; i < 1000; i += 1) assertEquals(recent.get(`k${i}`), i);
  });

  it('keeps what is asked for again', () => {
    const recent = createRecent<number>(10);
    recent.set('wanted', 1);
    for (let i = 0; i < 100; i += 1) {
      recent.set(`k${i}`, i);
      assertEquals(recent.get('wanted'), 1);
    }
  });

  it('T127: keeps nothing by texts that are longer than it may', () => {
    const recent = createRecent<number>(10, 4);
    recent.set('long!', 1);
    recent.set('fits', 2);
    assertEquals([recent.get('long!'), recent.get('fits')], [undefined, 2]);
  });

  it('forgets all when told', () => {
    const recent = createRecent<number>(10);
    recent.set('a', 1);
    recent.clear();
    assertEquals(recent.get('a'), undefined);
  });
});
