import type { SortedMap } from '../sorted_map.ts';
import type { Leaf } from './packed_leaf.ts';
import { createPackedMap } from './packed_map.ts';
import { createSlots } from './slots.ts';
import type { Location, SavedSlots } from './slots.ts';

/** All that a directory is made of. */
export interface SavedDirectory {
  readonly slots: SavedSlots;
  readonly leaves: readonly Leaf[];
  /** Live bytes by segment. */
  readonly live: readonly (readonly [segment: number, bytes: number])[];
}

/** From each key (`key_order.ts`) to the line of its record: everything durable, whether expired or not. */
export interface Directory {
  /** Keys to slot numbers, for listing and sweeping. */
  readonly keys: SortedMap<number>;
  find(encoded: string): Location | undefined;
  put(encoded: string, location: Location): void;
  remove(encoded: string): void;
  slotOf(encoded: string): number | undefined;
  /** What `find` gives for the key of the slot. */
  at(slot: number): Location;
  expiresAtSeconds(slot: number): number;
  isAt(slot: number, segment: number, offset: number): boolean;
  /** The same record is now elsewhere; does nothing unless the slot still points to `from`. */
  move(
    slot: number,
    from: { segment: number; offset: number },
    to: { segment: number; offset: number },
  ): void;
  /** Bytes of a segment's lines that are still found from here, newlines included. */
  liveBytes(segment: number): number;
  /** Called with the location a key had before each change of it, until it is set anew. */
  watch(watcher: ((encoded: string, before: Location | undefined) => void) | undefined): void;
  /** As it is now, until something changes. */
  save(): SavedDirectory;
}

/** @param saved of another directory, which is taken over */
export function createDirectory(saved?: SavedDirectory): Directory {
  const keys = createPackedMap(saved?.leaves);
  const slots = createSlots(saved?.slots);
  const live = new Map<number, number>(saved?.live);
  let watcher: ((encoded: string, before: Location | undefined) => void) | undefined;

  function count(segment: number, bytes: number): void {
    live.set(segment, (live.get(segment) ?? 0) + bytes);
  }

  return {
    keys,
    find(encoded) {
      const slot = keys.get(encoded);
      return slot === undefined ? undefined : slots.get(slot);
    },
    put(encoded, location) {
      const slot = keys.get(encoded);
      const before = slot === undefined ? undefined : slots.get(slot);
      watcher?.(encoded, before);
      if (slot === undefined) keys.set(encoded, slots.add(location));
      else slots.set(slot, location);
      if (before !== undefined) count(before.segment, -(before.length + 1));
      count(location.segment, location.length + 1);
    },
    remove(encoded) {
      const slot = keys.get(encoded);
      if (slot === undefined) return;
      const before = slots.get(slot);
      watcher?.(encoded, before);
      keys.delete(encoded);
      slots.free(slot);
      count(before.segment, -(before.length + 1));
    },
    slotOf: (encoded) => keys.get(encoded),
    at: (slot) => slots.get(slot),
    expiresAtSeconds: (slot) => slots.expiresAtSeconds(slot),
    isAt: (slot, segment, offset) => slots.isAt(slot, segment, offset),
    move(slot, from, to) {
      if (!slots.isAt(slot, from.segment, from.offset)) return;
      const location = slots.get(slot);
      slots.set(slot, { ...location, ...to });
      count(from.segment, -(location.length + 1));
      count(to.segment, location.length + 1);
    },
    liveBytes: (segment) => live.get(segment) ?? 0,
    watch(newWatcher) {
      watcher = newWatcher;
    },
    save: () => ({ slots: slots.save(), leaves: keys.leaves(), live: [...live] }),
  };
}
