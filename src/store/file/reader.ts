import type { Log } from '../../spec/log.ts';
import { entryOf } from '../change.ts';
import type { Entry, JsonValue } from '../store.ts';
import type { Cache } from './cache.ts';
import type { Directory } from './directory.ts';
import type { Journal } from './journal.ts';
import { readRecord } from './segment.ts';

/**
 * Reads the live entry of a key (`key_order.ts`), whose type is trusted; `remember` says whether it should stay in the
 * cache.
 */
export type Reader = (encoded: string, remember: boolean) => Promise<Entry<never> | undefined>;

export function createReader(options: {
  readonly journal: Journal;
  readonly directory: Directory;
  readonly cache: Cache;
  readonly now: () => number;
  readonly log: Log;
  /** Throws when the store is closed. */
  readonly checkOpen: () => void;
}): Reader {
  const { journal, directory, cache, now, log, checkOpen } = options;

  function read(
    encoded: string,
    remember: boolean,
  ): Entry<JsonValue> | undefined | Promise<Entry<JsonValue>> {
    const cached = cache.get(encoded);
    if (cached !== undefined) {
      return (cached.expiresAtSeconds ?? Infinity) > now() ? cached : undefined;
    }
    const slot = directory.slotOf(encoded);
    if (slot === undefined || directory.expiresAtSeconds(slot) <= now()) return undefined;
    const location = directory.at(slot);
    const finish = ({ key, value }: Pick<Entry<JsonValue>, 'key' | 'value'>) => {
      const entry = entryOf(key, value, location.seq, location.expiresAtSeconds);
      if (remember && cache.admits(slot)) consider(encoded, entry, location.length);
      return entry;
    };
    const record = readRecord(journal.segment(location.segment), location, encoded);
    return record instanceof Promise ? record.then(finish) : finish(record);
  }

  function consider(encoded: string, entry: Entry<JsonValue>, bytes: number): void {
    // while it was read, a commit may have replaced it
    if (String(directory.find(encoded)?.seq) === entry.version) cache.set(encoded, entry, bytes);
  }

  return async (encoded, remember) => {
    checkOpen();
    try {
      const entry = read(encoded, remember);
      // most are there at once, and need not wait a turn
      return (entry instanceof Promise ? await entry : entry) as Entry<never> | undefined;
    } catch (error) {
      log('error', 'store: a record cannot be read', { error: String(error) });
      throw error;
    }
  };
}
