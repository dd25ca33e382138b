import { unref } from '../spec/unref.ts';
import type { SortedMap } from './sorted_map.ts';

/** Entries looked at in one slice: some tenths of a millisecond. */
const SLICE_ENTRIES = 4096;

/** Expired keys of one slice: to remove them takes a millisecond or two, and requests wait for it. */
const SLICE_EXPIRED = 512;
const SOON_MILLISECONDS = 10;

/**
 * Calls `slice`, which tells how many keys had expired, for ever, by default four times a second, and soon again when there
 * are likely more; without keeping the process alive. Call the result to stop.
 */
export function startSweep(slice: () => number, intervalMilliseconds = 250): () => void {
  const soonMilliseconds = Math.min(SOON_MILLISECONDS, intervalMilliseconds);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const callAfter = (milliseconds: number): void => {
    timer = setTimeout(() => {
      const isFull = slice() === SLICE_EXPIRED;
      if (timer !== undefined) callAfter(isFull ? soonMilliseconds : intervalMilliseconds);
    }, milliseconds);
    unref(timer);
  };
  callAfter(intervalMilliseconds);
  return () => {
    clearTimeout(timer);
    timer = undefined;
  };
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
      if (left-- === 0 || expired.length === SLICE_EXPIRED) {
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
