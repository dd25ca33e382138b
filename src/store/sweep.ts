import { unref } from '../spec/unref.ts';
import type { SortedMap } from './sorted_map.ts';

/** Entries looked at in one slice: some tenths of a millisecond. */
const SLICE_ENTRIES = 4096;

/** Calls `slice` for ever, by default four times a second, without keeping the process alive; call the result to stop. */
export function startSweep(slice: () => void, intervalMilliseconds = 250): () => void {
  const timer = setInterval(slice, intervalMilliseconds);
  unref(timer);
  return () => clearInterval(timer);
}

/** Collects the expired keys of one slice of a map at each call, and begins again after the last. */
export function createSweeper<V>(
  map: SortedMap<V>,
  isExpired: (value: V) => boolean,
): () => readonly string[] {
  let next = '';
  return () => {
    const expired: string[] = [];
    let left = SLICE_ENTRIES;
    let stoppedAt = '';
    map.scanValues(next, (value, key) => {
      if (left-- === 0) {
        stoppedAt = key();
        return false;
      }
      if (isExpired(value)) expired.push(key());
      return true;
    });
    next = stoppedAt;
    return expired;
  };
}
