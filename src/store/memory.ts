import { entryOf, prepareChange } from './change.ts';
import type { PreparedChange } from './change.ts';
import { storeUnavailable } from './errors.ts';
import { encodeKey } from './key_order.ts';
import { listEntries } from './listing.ts';
import { createSortedMap } from './sorted_map.ts';
import type { Entry, JsonValue, Store } from './store.ts';
import { createSweeper, startSweep } from './sweep.ts';

export interface MemoryStoreOptions {
  /** Unix time in seconds, with fractions; the machine's clock by default. */
  readonly now?: () => number;
}

/** Everything in this process's memory, gone with it: for tests and throwaway servers. */
export function openMemoryStore(options: MemoryStoreOptions = {}): Store {
  const { now = () => Date.now() / 1000 } = options;
  const entries = createSortedMap<Entry<JsonValue>>();
  let version = 0;
  let closed = false;

  const isLive = ({ expiresAtSeconds = Infinity }: Entry<JsonValue>) => expiresAtSeconds > now();
  const sweeper = createSweeper(entries, (entry) => !isLive(entry));
  const stopSweep = startSweep(() => {
    const expired = sweeper();
    for (const key of expired) entries.delete(key);
    return expired.length;
  });

  function checkOpen(): void {
    if (closed) throw storeUnavailable('Cannot use the store as it is closed');
  }

  function find(encoded: string): Entry<JsonValue> | undefined {
    checkOpen();
    const entry = entries.get(encoded);
    return entry !== undefined && isLive(entry) ? entry : undefined;
  }

  function apply({ checks, writes }: PreparedChange): 'committed' | 'conflict' {
    const holds = checks.every((check) => (find(check.encoded)?.version ?? null) === check.version);
    if (!holds) return 'conflict';
    version++;
    for (const { encoded, key, put } of writes) {
      if (put === undefined) entries.delete(encoded);
      else entries.set(encoded, entryOf(key, put.value, version, put.expiresAtSeconds));
    }
    return 'committed';
  }

  return {
    get: (key) => settle(() => find(encodeKey(key)) as never),
    list(prefix, listOptions) {
      checkOpen();
      return listEntries(entries, prefix, listOptions, (key) => settle(() => find(key) as never));
    },
    commit: (change) =>
      settle(() => {
        checkOpen();
        return apply(prepareChange(change));
      }),
    close() {
      stopSweep();
      closed = true;
      return Promise.resolve();
    },
  };
}

/** A promise even for what throws at once. */
function settle<T>(action: () => T): Promise<T> {
  return new Promise((resolve) => resolve(action()));
}
