import { describe, it } from 'node:test';
import { createPackedMap } from '../../src/store/file/packed_map.ts';
import { decodeKey, encodeKey } from '../../src/store/key_order.ts';
import { createSortedMap } from '../../src/store/sorted_map.ts';
import type { SortedMap } from '../../src/store/sorted_map.ts';
import { assertEquals } from '../support/assert.ts';
import { createRandom } from '../support/random.ts';

const maps = { 'the plain map': createSortedMap<number>, 'the packed map': createPackedMap };

/** Kinds of keys: digests under one prefix, short ones, ones of every width, and some as long as they may be. */
const kinds: Record<string, (random: () => number) => string> = {
  'digests': (random) => encodeKey(['grant', 'https://op.example', hex(random)]),
  'few short keys': (random) => encodeKey(['c', String(Math.floor(random() * 300))]),
  'every width': (random) =>
    encodeKey([pick(random, ['c', 'é', '\u{1f600}', '\uffff', '\0']), hex(random).slice(0, 3)]),
  'long keys': (random) => encodeKey([hex(random).repeat(60), pick(random, ['a', '\x01'])]),
};

for (const [name, create] of Object.entries(maps)) {
  describe(`sorted map: ${name}`, () => {
    for (const [kind, makeKey] of Object.entries(kinds)) {
      it(`does what a Map with sorted keys does, with ${kind}`, () => {
        const random = createRandom(`${name} ${kind}`);
        const map = create();
        const model = new Map<string, number>();
        for (let step = 0; step < 8000; step++) {
          const key = makeKey(random);
          // grows, shrinks to almost nothing, and grows again
          const puts = step < 3000 || step > 6000 ? 0.8 : 0.1;
          if (random() < puts) {
            map.set(key, step);
            model.set(key, step);
          } else {
            const doomed = pick(random, [key, [...model.keys()][0] ?? key]);
            assertEquals(map.delete(doomed), model.delete(doomed));
          }
          assertEquals(map.get(key), model.get(key));
          if (step % 500 === 0) assertSame(map, model);
        }
        assertSame(map, model);
        const from = makeKey(random);
        const expected = [...model.keys()].filter((key) => key >= from).sort(plainOrder);
        assertEquals(keysFrom(map, from, 10), expected.slice(0, 10));
        const values: number[] = [];
        map.scanValues(from, (value) => values.push(value) < 10);
        assertEquals(values, expected.slice(0, 10).map((key) => model.get(key)));
      });
    }

    it('keys that arrive in order, and in reverse order, are all found', () => {
      for (const numbers of [range(1000), range(1000).reverse()]) {
        const map = create();
        for (const n of numbers) map.set(encodeKey(['n', String(n).padStart(4, '0')]), n);
        assertEquals(keysFrom(map, '', 2000).map((key) => Number(decodeKey(key)[1])), range(1000));
        for (const n of numbers) {
          assertEquals(map.get(encodeKey(['n', String(n).padStart(4, '0')])), n);
        }
      }
    });
  });
}

function assertSame(map: SortedMap<number>, model: ReadonlyMap<string, number>): void {
  assertEquals(map.size, model.size);
  const entries: [string, number][] = [];
  map.scan('', (key, value) => entries.push([key, value]) > 0);
  const lazily: typeof entries = [];
  map.scanValues('', (value, key) => lazily.push([key(), value]) > 0);
  assertEquals(lazily, entries);
  assertEquals(entries, [...model].sort(([a], [b]) => plainOrder(a, b)));
}

function keysFrom(map: SortedMap<number>, from: string, count: number): string[] {
  const keys: string[] = [];
  map.scan(from, (key) => keys.push(key) < count);
  return keys;
}

function plainOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

function hex(random: () => number): string {
  return Math.floor(random() * 2 ** 52).toString(16);
}

function pick<T>(random: () => number, items: readonly T[]): T {
  return items[Math.floor(random() * items.length)]!;
}
