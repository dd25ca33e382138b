import { type Entry, type Key, LIMITS, type Store } from '../../store/store.ts';

/** A page of what there is. */
export interface Listing<T> {
  readonly items: readonly T[];
  /** Whether there are more than the limit let through. */
  readonly more: boolean;
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

/** With all that `keysOf` names, commit by commit, since there may be more than one change can hold. @returns how many */
export async function removeMatching<V>(
  entries: AsyncIterable<Entry<V>>,
  matches: (value: V) => boolean,
  store: Store,
  keysOf: (value: V) => readonly Key[],
): Promise<number> {
  let count = 0;
  let keys: Key[] = [];
  for await (const { value } of entries) {
    if (!matches(value)) continue;
    count += 1;
    const more = keysOf(value);
    if (keys.length + more.length > LIMITS.writesPerChange) {
      await store.commit({ remove: keys });
      keys = [];
    }
    keys.push(...more);
  }
  if (keys.length > 0) await store.commit({ remove: keys });
  return count;
}
