import type { Change, Entry, JsonValue, Key, ListOptions, Put, Store } from './store.ts';

type Check = NonNullable<Change['check']>[number];

/**
 * Records of one type under one name. What reads takes the store; the rest are pieces of a `Change`, put together as
 * `store.commit({ check: [codes.check(code)], put: [codes.put(…), grants.put(…)], remove: [setups.remove()] })`.
 */
export interface Collection<V> {
  readonly name: string;
  key(...parts: string[]): Key;
  get(store: Store, ...parts: string[]): Promise<Entry<V> | undefined>;
  /** The records below these parts, in key order. */
  list(store: Store, prefix: readonly string[], options?: ListOptions): AsyncIterable<Entry<V>>;
  /** The record must still be as it was read. */
  check(entry: Entry<V>): Check;
  /** No such record may exist. */
  absent(...parts: string[]): Check;
  put(parts: readonly string[], value: V, expiresAtSeconds?: number): Put;
  remove(...parts: string[]): Key;
}

/** `V` is trusted: whoever writes through the collection writes this type. */
export function collection<V>(name: string): Collection<V> {
  return {
    name,
    key: (...parts) => [name, ...parts],
    get: (store, ...parts) => store.get<V>([name, ...parts]),
    list: (store, prefix, options) => store.list<V>([name, ...prefix], options),
    check: ({ key, version }) => ({ key, version }),
    absent: (...parts) => ({ key: [name, ...parts], version: null }),
    put(parts, value, expiresAtSeconds) {
      const put = { key: [name, ...parts] as const, value: asJson(value) };
      return expiresAtSeconds === undefined ? put : { ...put, expiresAtSeconds };
    },
    remove: (...parts) => [name, ...parts],
  };
}

/** One change that does all that these do. */
export function together(...changes: readonly Change[]): Required<Change> {
  return {
    check: changes.flatMap(({ check = [] }) => check),
    put: changes.flatMap(({ put = [] }) => put),
    remove: changes.flatMap(({ remove = [] }) => remove),
  };
}

/** An interface is not assignable to an index signature, though its values are JSON; `commit` looks at them anyway. */
function asJson(value: unknown): JsonValue {
  return value as JsonValue;
}
