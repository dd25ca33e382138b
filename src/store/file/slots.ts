/** Where a record's line is and until when it holds. */
export interface Location {
  readonly segment: number;
  readonly offset: number;
  /** Bytes of the line without its newline. */
  readonly length: number;
  /** Infinity: never; −Infinity: the line says that the record is removed. */
  readonly expiresAtSeconds: number;
  readonly seq: number;
}

/** All that slots are made of. */
export interface SavedSlots {
  readonly chunks: readonly Chunk[];
  readonly used: number;
  readonly lastFree: number;
}

/** Locations by number, in typed arrays: 28 bytes each, and nothing for the garbage collector to walk. */
export interface Slots {
  add(location: Location): number;
  set(slot: number, location: Location): void;
  free(slot: number): void;
  get(slot: number): Location;
  expiresAtSeconds(slot: number): number;
  isAt(slot: number, segment: number, offset: number): boolean;
  /** As they are now. */
  save(): SavedSlots;
}

export interface Chunk {
  readonly segment: Uint32Array;
  readonly offset: Uint32Array;
  readonly length: Uint32Array;
  readonly expires: Float64Array;
  readonly seq: Float64Array;
}

const CHUNK_BITS = 14;
const CHUNK_MASK = (1 << CHUNK_BITS) - 1;

/** Grows a chunk at a time, so that nothing is ever copied. @param saved of other slots, whose chunks are taken over */
export function createSlots(saved?: SavedSlots): Slots {
  const chunks: Chunk[] = [...saved?.chunks ?? []];
  let used = saved?.used ?? 0;
  /** The last slot freed; each free slot holds the one freed before it, plus one, in place of its offset. */
  let lastFree = saved?.lastFree ?? -1;

  function take(): number {
    if (lastFree === -1) {
      if (used === chunks.length << CHUNK_BITS) chunks.push(createChunk());
      return used++;
    }
    const slot = lastFree;
    lastFree = chunks[slot >>> CHUNK_BITS]!.offset[slot & CHUNK_MASK]! - 1;
    return slot;
  }

  function set(slot: number, location: Location): void {
    const chunk = chunks[slot >>> CHUNK_BITS]!;
    const i = slot & CHUNK_MASK;
    chunk.segment[i] = location.segment;
    chunk.offset[i] = location.offset;
    chunk.length[i] = location.length;
    chunk.expires[i] = location.expiresAtSeconds;
    chunk.seq[i] = location.seq;
  }

  return {
    set,
    add(location) {
      const slot = take();
      set(slot, location);
      return slot;
    },
    free(slot) {
      const chunk = chunks[slot >>> CHUNK_BITS]!;
      chunk.segment[slot & CHUNK_MASK] = 0;
      chunk.offset[slot & CHUNK_MASK] = lastFree + 1;
      lastFree = slot;
    },
    get(slot) {
      const chunk = chunks[slot >>> CHUNK_BITS]!;
      const i = slot & CHUNK_MASK;
      return {
        segment: chunk.segment[i]!,
        offset: chunk.offset[i]!,
        length: chunk.length[i]!,
        expiresAtSeconds: chunk.expires[i]!,
        seq: chunk.seq[i]!,
      };
    },
    expiresAtSeconds: (slot) => chunks[slot >>> CHUNK_BITS]!.expires[slot & CHUNK_MASK]!,
    isAt(slot, segment, offset) {
      const chunk = chunks[slot >>> CHUNK_BITS]!;
      const i = slot & CHUNK_MASK;
      return chunk.segment[i] === segment && chunk.offset[i] === offset;
    },
    save: () => ({ chunks, used, lastFree }),
  };
}

export function createChunk(): Chunk {
  const size = 1 << CHUNK_BITS;
  return {
    segment: new Uint32Array(size),
    offset: new Uint32Array(size),
    length: new Uint32Array(size),
    expires: new Float64Array(size),
    seq: new Float64Array(size),
  };
}
