/** What a new installation makes by itself, and that nothing of it is the same elsewhere. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { assert, assertEquals, assertMatch } from '../support/assert.ts';
import { openPlace, type Place, SLOW } from '../support/cli.ts';

async function inPlaces(count: number, work: (places: readonly Place[]) => Promise<void>) {
  const places = await Promise.all(Array.from({ length: count }, () => openPlace('fresh')));
  try {
    await work(places);
  } finally {
    for (const place of places) await place.close();
  }
}

async function secretKeyOf({ directory }: Place): Promise<string> {
  return await readFile(join(directory, 'data/secret.key'), 'utf8');
}

async function kidsOf(place: Place): Promise<readonly string[]> {
  const keys = await place.json(['key', 'list']) as readonly { readonly kid: string }[];
  return keys.map(({ kid }) => kid).sort();
}

describe('T146: a first start', () => {
  it(
    'makes secrets of its own: two installations share none',
    SLOW,
    () =>
      inPlaces(2, async (places) => {
        const [one = [], other = []] = await Promise.all(places.map(kidsOf));
        // RS256, ES256, EdDSA, and what seals.
        assertEquals([one.length, other.length], [4, 4]);
        assertEquals(one.filter((kid) => other.includes(kid)), []);
        const [key, otherKey] = await Promise.all(places.map(secretKeyOf));
        assertMatch(key ?? '', /^[\w-]{43}\n$/);
        assert(key !== otherKey);
      }),
  );

  it(
    'at the same time as another on the same data makes one set of them',
    SLOW,
    () =>
      inPlaces(1, async ([place]) => {
        assert(place !== undefined);
        const all = await Promise.all(Array.from({ length: 3 }, () => place.run(['key', 'list'])));
        const [first] = all.filter(({ code }) => code === 0);
        assert(first !== undefined, all[0]?.stderr ?? '');
        // Who came second says who has the store, or finds what the first has made.
        for (const { code, stdout, stderr } of all) {
          if (code === 0) assertEquals(stdout, first.stdout);
          else assertMatch(stderr, /^ostiary key list: [^\n]+\n$/);
        }
        const kids = await kidsOf(place);
        for (const kid of kids) assert(first.stdout.includes(kid));
      }),
  );

  it(
    'killed at any moment leaves nothing that the next start does not finish',
    SLOW,
    () =>
      inPlaces(1, async ([place]) => {
        assert(place !== undefined);
        const served = await place.serve();
        await served.stop('SIGKILL');
        const key = await secretKeyOf(place);
        const kids = await kidsOf(place);
        assertEquals(kids.length, 4);
        assertEquals(await secretKeyOf(place), key);
        assertEquals(await kidsOf(place), kids);
      }),
  );
});
