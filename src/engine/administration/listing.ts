import { type Entry, type Key, LIMITS, type Put, type Store } from '../../store/store.ts';

/** A page of what there is. */
export interface Listing<T> {
  readonly items: readonly T[];
  /** Whether there are more than the limit let through. */
  readonly more: boolean;
}

/** How a list goes on from one page to the next. */
export interface PageRequest {
  readonly limit: number;
  /** Where the page before ended. */
  readonly after?: string | undefined;
  /** How many records are looked at for one page, at the most; by default all. */
  readonly maxScanned?: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Where the page ends; absent: there is nothing more. A page may hold less than it could and go on all the same. */
  readonly next?: string;
}

/** The next entries that match, up to one at which there is nothing more to find; places are the last parts of keys. */
export async function pageOf<V>(
  entries: AsyncIterable<Entry<V>>,
  matches: (entry: Entry<V>) => boolean,
  { limit, maxScanned = Infinity }: PageRequest,
  isEnd: (entry: Entry<V>) => boolean = () => false,
): Promise<Page<V>> {
  const items: V[] = [];
  let scanned = 0;
  let [last, place] = ['', ''];
  for await (const entry of entries) {
    if (isEnd(entry)) return { items };
    if (scanned === maxScanned) return { items, next: last };
    scanned += 1;
    last = entry.key.at(-1) ?? '';
    if (!matches(entry)) continue;
    if (items.length === limit) return { items, next: place };
    place = last;
    items.push(entry.value);
  }
  return { items };
}

export async function firstMatching<V>(
  entries: AsyncIterable<Entry<V>>,
  matches: (value: V) => boolean,
  limit: number,
): Promise<Listing<V>> {
  const items: V[] = [];
  for await (const { value } of entries) {
    if (!matches(value)) continue;
    if (items.length === limit) return { items, more: true };
    items.push(value);
  }
  return { items, more: false };
}

/**
 * With all that `keysOf` names, commit by commit, since there may be more than one change can hold. What `record` makes is
 * written with the first, so that nothing goes without it. @returns how many
 */
export async function removeMatching<V>(
  entries: AsyncIterable<Entry<V>>,
  matches: (value: V) => boolean,
  store: Store,
  keysOf: (value: V) => readonly Key[],
  record: () => readonly Put[] = () => [],
): Promise<number> {
  let count = 0;
  let keys: Key[] = [];
  let isRecorded = false;
  const commit = async (): Promise<void> => {
    await store.commit({ put: isRecorded ? [] : record(), remove: keys });
    isRecorded = true;
  };
  for await (const { value } of entries) {
    if (!matches(value)) continue;
    count += 1;
    const more = keysOf(value);
    if (keys.length + more.length > LIMITS.writesPerChange - 1) {
      await commit();
      keys = [];
    }
    keys.push(...more);
  }
  if (keys.length > 0) await commit();
  return count;
}
