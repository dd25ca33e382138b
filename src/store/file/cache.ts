import type { Entry, JsonValue } from '../store.ts';

type CachedEntry = Entry<JsonValue>;

interface Cached {
  readonly entry: CachedEntry;
  readonly bytes: number;
}

/** Parsed and frozen entries that were read or written lately. Never the only copy of anything. */
export interface Cache {
  readonly bytes: number;
  get(encoded: string): CachedEntry | undefined;
  /** Is this slot's record worth its place? At the second reading within some 30 thousand. */
  admits(slot: number): boolean;
  set(encoded: string, entry: CachedEntry, jsonBytes: number): void;
  delete(encoded: string): void;
}

/** What an entry takes as objects, measured: so much, and for each byte of its JSON so many. */
const ENTRY_BYTES = 500;
const BYTES_PER_JSON_BYTE = 3;

/** Bits for slots that were read lately, and how many of them may be set before all are cleared. */
const SEEN_BITS = 2 ** 18;
const SEEN_AT_MOST = 2 ** 15;

/**
 * Holds about `limitBytes`, in two generations: when the young one has half of them it becomes the old one, and what was
 * in the old one and not asked for since is forgotten. That keeps what is used, at no cost per hit.
 */
export function createCache(limitBytes: number): Cache {
  let young = new Map<string, Cached>();
  let old: typeof young = new Map();
  let youngBytes = 0;
  let oldBytes = 0;
  const seen = new Uint8Array(SEEN_BITS / 8);
  let seenCount = 0;

  function add(encoded: string, cached: Cached): void {
    young.set(encoded, cached);
    youngBytes += cached.bytes;
    if (youngBytes * 2 < limitBytes) return;
    [old, oldBytes] = [young, youngBytes];
    [young, youngBytes] = [new Map(), 0];
  }

  /** Each is in one of the two at most. */
  function forget(encoded: string): void {
    const inYoung = young.get(encoded);
    if (inYoung !== undefined) {
      young.delete(encoded);
      youngBytes -= inYoung.bytes;
    } else {
      forgetOld(encoded);
    }
  }

  function forgetOld(encoded: string): void {
    const inOld = old.get(encoded);
    if (inOld === undefined) return;
    old.delete(encoded);
    oldBytes -= inOld.bytes;
  }

  return {
    get bytes(): number {
      return youngBytes + oldBytes;
    },
    get(encoded) {
      const cached = young.get(encoded);
      if (cached !== undefined) return cached.entry;
      const aged = old.get(encoded);
      if (aged === undefined) return undefined;
      old.delete(encoded);
      oldBytes -= aged.bytes;
      add(encoded, aged);
      return aged.entry;
    },
    admits(slot) {
      const bit = slot % SEEN_BITS;
      const mask = 1 << (bit & 7);
      if ((seen[bit >> 3]! & mask) !== 0) return true;
      seen[bit >> 3]! |= mask;
      if (++seenCount > SEEN_AT_MOST) {
        seen.fill(0);
        seenCount = 0;
      }
      return false;
    },
    set(encoded, entry, jsonBytes) {
      if (limitBytes <= 0) return;
      const bytes = ENTRY_BYTES + jsonBytes * BYTES_PER_JSON_BYTE;
      const inYoung = young.get(encoded);
      if (inYoung === undefined) forgetOld(encoded);
      else youngBytes -= inYoung.bytes;
      add(encoded, { entry, bytes });
    },
    delete: forget,
  };
}
