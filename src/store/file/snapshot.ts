import { entryOf } from '../change.ts';
import type { Entry, JsonValue } from '../store.ts';
import type { Directory } from './directory.ts';
import type { Journal } from './journal.ts';
import { readRecord } from './segment.ts';
import type { Location } from './slots.ts';

const PAGE_KEYS = 128;

/**
 * All records as they are at the first step, though commits go on: what a commit changes is noted with the place it had,
 * unless it has been given out already. No segment may go away meanwhile, and only one snapshot be taken at a time.
 */
export async function* snapshotEntries(
  directory: Directory,
  journal: Journal,
  nowSeconds: number,
  pause: () => Promise<void>,
): AsyncGenerator<Entry<JsonValue>, void, undefined> {
  const before = new Map<string, Location | undefined>();
  let last = '';
  directory.watch((encoded, location) => {
    if (encoded > last && !before.has(encoded)) before.set(encoded, location);
  });
  const read = async (encoded: string, location: Location) => {
    const { key, value } = await readRecord(journal.segment(location.segment), location, encoded);
    return entryOf(key, value, location.seq, location.expiresAtSeconds);
  };
  try {
    for (let page = nextPage(directory, last); page.length > 0; page = nextPage(directory, last)) {
      const locations = page.map((encoded): [string, Location | undefined] => {
        const location = before.has(encoded) ? before.get(encoded) : directory.find(encoded);
        before.delete(encoded);
        return [encoded, location];
      });
      last = page.at(-1)!;
      for (const [encoded, location] of locations) {
        if (location && location.expiresAtSeconds > nowSeconds) yield await read(encoded, location);
      }
      await pause();
    }
    // what is left was removed before its turn
    last = '\uffff';
    for (const [encoded, location] of before) {
      if (location && location.expiresAtSeconds > nowSeconds) yield await read(encoded, location);
    }
  } finally {
    directory.watch(undefined);
  }
}

function nextPage(directory: Directory, last: string): string[] {
  const page: string[] = [];
  directory.keys.scan(last, (key) => {
    if (key !== last) page.push(key);
    return page.length < PAGE_KEYS;
  });
  return page;
}
