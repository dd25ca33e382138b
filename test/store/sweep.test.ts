import { describe, it } from 'node:test';
import { createSortedMap } from '../../src/store/sorted_map.ts';
import { createSweeper } from '../../src/store/sweep.ts';
import { assert, assertEquals } from '../support/assert.ts';

describe('the sweep', () => {
  it('T131: finds all that has expired, a few hundred in one slice, and again what expires later', () => {
    const map = createSortedMap<boolean>();
    for (let i = 0; i < 10_000; i++) map.set(`${i}`, i % 10 !== 0);
    const sweeper = createSweeper(map, (isExpired) => isExpired);
    let slices = 0;
    for (let found = sweeper(); found.length > 0; found = sweeper(), slices++) {
      assert(found.length <= 512, `${found.length} keys in a slice`);
      for (const key of found) assert(map.delete(key));
    }
    assertEquals([map.size, slices], [1000, Math.ceil(9000 / 512)]);
    map.set('0', true);
    const found = Array.from({ length: 4 }, sweeper).flat();
    assert(found.includes('0'));
  });
});
