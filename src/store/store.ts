/** What a record's value may be: JSON, and nothing that JSON changes on the way. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue | undefined };

/**
 * Where a record is: the collection, then parts from the general to the particular. A part is any well-formed string.
 * Keys list in order of their parts, compared as UTF-8 bytes; a key comes before those it is a prefix of.
 */
export type Key = readonly [collection: string, ...parts: string[]];

/** A record as read. `version` changes at each write and is never used again for the same key. */
export interface Entry<V> {
  readonly key: Key;
  readonly value: V;
  readonly version: string;
  /** As it was put; absent: the record lives until it is removed. */
  readonly expiresAtSeconds?: number;
}

/** What one commit asks: every check holds and all is written, or nothing is. */
export interface Change {
  /** The versions that must still be current; `null`: the key must not exist (expired counts as absent). */
  readonly check?: readonly { readonly key: Key; readonly version: string | null }[];
  readonly put?: readonly {
    readonly key: Key;
    readonly value: JsonValue;
    /** Unix time in seconds from which the record no longer exists. */
    readonly expiresAtSeconds?: number;
  }[];
  readonly remove?: readonly Key[];
}

export type Put = NonNullable<Change['put']>[number];

export interface ListOptions {
  /** At most so many entries; all by default. */
  readonly limit?: number;
  /** Only entries whose key comes after this one: the last key of the page before. */
  readonly after?: Key;
}

/**
 * The one contract of every storage engine. Values come back frozen: a reader cannot change what is stored.
 * @throws {RangeError} from `commit`, before anything is written, when a limit of `LIMITS` is exceeded
 * @throws an error that `isStoreUnavailable` knows when the engine cannot read or write for now: 503, not a bug
 */
export interface Store {
  get<V>(key: Key): Promise<Entry<V> | undefined>;
  /**
   * Entries below a prefix, in key order; the empty prefix lists everything. The prefix itself is not part of the list.
   * While others write, each key comes at most once and each entry was current at some moment of the listing.
   */
  list<V>(prefix: readonly string[], options?: ListOptions): AsyncIterable<Entry<V>>;
  /** All or nothing; durable when it resolves to `committed`, and only then visible to `get` and `list`. */
  commit(change: Change): Promise<'committed' | 'conflict'>;
  close(): Promise<void>;
}

/** The limits every engine keeps, so that data can move between them. */
export const LIMITS = {
  /** UTF-8 bytes of a value as JSON. */
  valueBytes: 60 * 1024,
  /** Arrays and objects inside one another. */
  valueDepth: 100,
  /** UTF-8 bytes of all parts of a key. */
  keyBytes: 1024,
  keyParts: 32,
  /** Puts and removes of one change. */
  writesPerChange: 100,
  checksPerChange: 100,
} as const;
