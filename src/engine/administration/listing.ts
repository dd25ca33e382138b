import type { Collection } from '../../store/collection.ts';
import {
  type Entry,
  type Key,
  LIMITS,
  type ListOptions,
  type Put,
  type Store,
} from '../../store/store.ts';
import type { Engine, IssuerStore } from '../engine.ts';

/** How a list goes on from one page to the next. */
export interface PageRequest {
  readonly limit: number;
  /** Where the page before ended. */
  readonly after?: readonly string[] | undefined;
  /** How many records are looked at for one page, at the most; by default all. */
  readonly maxScanned?: number;
}

/** Items of a page that is shown to somebody, unless they say otherwise. */
export const PAGE_LIMIT = 50;
/** Records looked at for one page, where no index leads to those that are wanted. */
export const MAX_SCANNED = 2000;

export interface Page<T> {
  readonly items: readonly T[];
  /** Where the page ends; absent: there is nothing more. A page may hold less than it could and go on all the same. */
  readonly next?: readonly string[];
}

export interface PageOptions<V> {
  readonly matches?: (entry: Entry<V>) => boolean;
  /** Whether no later entry can match. */
  readonly isEnd?: (entry: Entry<V>) => boolean;
}

/** The next entries below a prefix that match; a place is what a key has after the prefix. */
export async function pageOf<V>(
  collection: Collection<V>,
  prefix: readonly string[],
  { limit, after, maxScanned = Infinity }: PageRequest,
  store: Store,
  { matches = () => true, isEnd = () => false }: PageOptions<V> = {},
): Promise<Page<V>> {
  const items: V[] = [];
  let scanned = 0;
  let last: readonly string[] | undefined = after;
  let place = after;
  const options = after === undefined ? {} : { after: collection.key(...prefix, ...after) };
  for await (const entry of collection.list(store, prefix, options)) {
    if (isEnd(entry)) return { items };
    const isFull = items.length === limit;
    if (scanned === maxScanned || isFull && matches(entry)) {
      const next = isFull ? place : last;
      return { items, ...next !== undefined && { next } };
    }
    scanned += 1;
    last = entry.key.slice(prefix.length + 1);
    if (!matches(entry)) continue;
    place = last;
    items.push(entry.value);
  }
  return { items };
}

/** The collection of an issuer's records, and that of their IDs below a person. */
export interface OwnedRecords<V> {
  readonly index: Collection<true>;
  readonly records: Collection<V>;
}

/** All records of a person, by way of the index; of everybody without one. */
export async function* recordsOf<V>(
  { index, records }: OwnedRecords<V>,
  user: string | undefined,
  { store, settings: { issuer } }: IssuerStore,
  options: ListOptions = {},
): AsyncIterable<Entry<V>> {
  if (user === undefined) return yield* records.list(store, [issuer], options);
  for await (const { key } of index.list(store, [issuer, user], options)) {
    const entry = await records.get(store, issuer, key.at(-1) ?? '');
    if (entry !== undefined) yield entry;
  }
}

/** The next records of a person, by way of the index; those that just ended leave a page shorter. */
export async function pageOfOwner<V>(
  { index, records }: OwnedRecords<V>,
  user: string,
  { limit, after, maxScanned = Infinity }: PageRequest,
  { store, settings: { issuer } }: Pick<Engine, 'store' | 'settings'>,
  matches: (entry: Entry<V>) => boolean = () => true,
): Promise<Page<V>> {
  const items: V[] = [];
  const prefix = [issuer, user];
  const options = after === undefined ? {} : { after: index.key(...prefix, ...after) };
  let scanned = 0;
  let place = after;
  for await (const { key } of index.list(store, prefix, options)) {
    if (items.length === limit || scanned === maxScanned) {
      return { items, ...place !== undefined && { next: place } };
    }
    scanned += 1;
    const id = key.at(-1) ?? '';
    place = [id];
    const entry = await records.get(store, issuer, id);
    if (entry !== undefined && matches(entry)) items.push(entry.value);
  }
  return { items };
}

/**
 * With all that `keysOf` names, commit by commit, since there may be more than one change can hold. What `record` makes is
 * written with the first, so that nothing goes without it. @returns how many
 */
export async function removeMatching<V>(
  entries: AsyncIterable<Entry<V>>,
  matches: (value: V) => boolean | Promise<boolean>,
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
    if (!await matches(value)) continue;
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
