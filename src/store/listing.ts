import { encodeKey } from './key_order.ts';
import type { SortedMap } from './sorted_map.ts';
import type { Entry, ListOptions } from './store.ts';

/** Keys taken from the map at once; between two such pages others may write. */
const PAGE_KEYS = 128;

/** `Store.list` over a sorted map: walks the keys in pages and reads each entry as it is when its turn comes. */
export async function* listEntries<E>(
  map: SortedMap<unknown>,
  prefix: readonly string[],
  options: ListOptions | undefined,
  read: (encoded: string) => Promise<Entry<E> | undefined>,
): AsyncGenerator<Entry<E>, void, undefined> {
  const { limit = Infinity, after } = options ?? {};
  if (!(limit >= 0)) {
    throw new RangeError(`Cannot list as "limit" must not be negative: got ${limit}`);
  }
  const below = prefix.length === 0 ? '' : encodeKey(prefix);
  let last = after === undefined ? below : encodeKey(after);
  if (last < below) last = below;
  for (let left = limit; left > 0;) {
    const page = keysAfter(map, below, last);
    for (const encoded of page) {
      const entry = await read(encoded);
      if (entry === undefined) continue;
      yield entry;
      if (--left <= 0) return;
    }
    if (page.length < PAGE_KEYS) return;
    last = page.at(-1)!;
  }
}

function keysAfter(map: SortedMap<unknown>, below: string, last: string): string[] {
  const page: string[] = [];
  map.scan(last, (key) => {
    if (!key.startsWith(below)) return false;
    if (key !== last) page.push(key);
    return page.length < PAGE_KEYS;
  });
  return page;
}
