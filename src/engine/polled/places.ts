/** How many of something each key may hold at once. In memory, so a restart forgets who held what. */
export interface Places {
  /** Takes a place under each key at once; 0 when that went well, else seconds until the first of those held is free. */
  take(holder: string, keys: readonly PlaceKey[], untilSeconds: number): number;
  /** Gives the places back before their time. */
  release(holder: string): void;
  /** Keys held, for tests and metrics. */
  size(): number;
}

export interface PlaceKey {
  readonly key: string;
  readonly most: number;
}

export interface PlacesOptions {
  /** Unix seconds. */
  readonly now: () => number;
  /** The key longest untouched makes room, and its holders go uncounted. By default 10,000. */
  readonly maxKeys?: number;
}

/** Nothing is awaited between looking and taking, so parallel requests cannot all find the last place free. */
export function createPlaces({ now, maxKeys = 10_000 }: PlacesOptions): Places {
  /** Key → holder → when its place becomes free, Unix seconds. */
  const holders = new Map<string, Map<string, number>>();
  const keysOf = new Map<string, readonly string[]>();

  return {
    take(holder, keys, untilSeconds) {
      const full = keys.flatMap(({ key, most }) => {
        const held = current(key);
        return held.size < most ? [] : [Math.min(...held.values()) - now()];
      });
      if (full.length > 0) return Math.max(1, Math.ceil(Math.max(...full)));
      for (const { key } of keys) {
        const held = current(key).set(holder, untilSeconds);
        // Set anew, so that the order of the Map is that of use.
        holders.delete(key);
        holders.set(key, held);
      }
      keysOf.set(holder, keys.map(({ key }) => key));
      for (const oldest of holders.keys()) {
        if (holders.size <= maxKeys) break;
        drop(oldest);
      }
      return 0;
    },
    release(holder) {
      for (const key of keysOf.get(holder) ?? []) leave(holder, key);
      keysOf.delete(holder);
    },
    size: () => holders.size,
  };

  /** Who holds a place now. */
  function current(key: string): Map<string, number> {
    const held = holders.get(key) ?? new Map<string, number>();
    for (const [holder, until] of held) {
      if (until > now()) continue;
      held.delete(holder);
      keysOf.delete(holder);
    }
    return held;
  }

  function leave(holder: string, key: string): void {
    const held = holders.get(key);
    held?.delete(holder);
    if (held?.size === 0) holders.delete(key);
  }

  function drop(key: string): void {
    for (const holder of holders.get(key)?.keys() ?? []) keysOf.delete(holder);
    holders.delete(key);
  }
}
