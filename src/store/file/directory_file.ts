import { Buffer } from 'node:buffer';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { SavedDirectory } from './directory.ts';
import { readWhole, replaceFile } from './files.ts';
import type { Manifest } from './manifest.ts';
import type { Leaf } from './packed_leaf.ts';
import { packedLeaf, valuesOf } from './packed_leaf.ts';
import type { Place, Segment } from './segment.ts';
import type { Chunk } from './slots.ts';
import { createChunk } from './slots.ts';

/**
 * The whole directory as it is in memory, left by an orderly close, so that the next start need not read each key. It is
 * of one state of the store only: it counts when the manifest says that the store was closed, with the same segments and
 * the same `seq`, and the last segment is byte for byte as it was. After a crash the manifest says otherwise.
 *
 * Numbers as the machine has them: a head (magic, length, JSON), the slots, the leaves, and a CRC-32 of it all.
 */
const MAGIC = 'OSTDIR01';
const HEAD_AT = 12;
/** In `journal/`. */
export const DIRECTORY_NAME = 'directory';
const PIECE_BYTES = 1024 * 1024;
/** prefix 4, count 4, used 4 */
const LEAF_HEAD_WORDS = 3;

/** What a file is of. */
export type StoreState = Pick<Manifest, 'store' | 'seq' | 'segments'>;

interface Head {
  readonly state: StoreState;
  /** Of all bytes of the last segment. */
  readonly lastCrc: number;
  readonly used: number;
  readonly lastFree: number;
  readonly live: SavedDirectory['live'];
  readonly leaves: number;
}

export async function writeDirectory(
  place: Place,
  state: StoreState,
  last: Segment,
  { slots, leaves, live }: SavedDirectory,
): Promise<void> {
  const head: Head = {
    state,
    lastCrc: await crcOf(last),
    used: slots.used,
    lastFree: slots.lastFree,
    live,
    leaves: leaves.length,
  };
  await replaceFile(place.files, pathIn(place), async (file) => {
    let position = 0;
    let crc = 0;
    let pieces: Uint8Array[] = [];
    let pending = 0;
    const flush = async () => {
      const bytes = Buffer.concat(pieces, pending);
      await file.write(bytes, position);
      position += pending;
      crc = crc32(bytes, crc);
      [pieces, pending] = [[], 0];
    };
    for (const piece of piecesOf(head, slots.chunks, leaves)) {
      pieces.push(piece);
      pending += piece.length;
      if (pending >= PIECE_BYTES) await flush();
    }
    await flush();
    await file.write(bytesOf(Uint32Array.of(crc)), position);
  });
}

/** Undefined unless the file is whole and of the very state that the store is in. */
export async function readDirectory(
  place: Place,
  state: StoreState,
  last: Segment,
): Promise<SavedDirectory | undefined> {
  const bytes = await readWhole(place.files, pathIn(place));
  if (bytes === undefined || bytes.length < HEAD_AT + 4) return undefined;
  const end = bytes.length - 4;
  if (bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) return undefined;
  if (crc32(bytes.subarray(0, end)) !== wordsOf(bytes, end, 1)[0]) return undefined;
  const [headBytes = 0] = wordsOf(bytes, MAGIC.length, 1);
  const head: Head = JSON.parse(bytes.toString('utf8', HEAD_AT, HEAD_AT + headBytes));
  if (!isSameState(head.state, state)) return undefined;
  if (await crcOf(last) !== head.lastCrc) return undefined;
  return decode(bytes, HEAD_AT + headBytes, head);
}

/** When records have gone for good, their keys must go, too. */
export async function removeDirectory(place: Place): Promise<void> {
  await place.files.remove(pathIn(place));
}

function pathIn({ directory }: Place): string {
  return join(directory, 'journal', DIRECTORY_NAME);
}

function isSameState(a: StoreState, b: StoreState): boolean {
  const textOf = ({ store, seq, segments }: StoreState): string =>
    JSON.stringify([store, seq, segments.map(({ id, bytes }) => [id, bytes])]);
  return textOf(a) === textOf(b);
}

function* piecesOf(
  head: Head,
  chunks: readonly Chunk[],
  leaves: readonly Leaf[],
): Generator<Uint8Array> {
  const json = Buffer.from(JSON.stringify(head));
  yield Buffer.from(MAGIC, 'latin1');
  yield bytesOf(Uint32Array.of(json.length));
  yield json;
  let left = head.used;
  for (const { expires, seq, segment, offset, length } of chunks) {
    const count = Math.min(left, segment.length);
    for (const column of [expires, seq, segment, offset, length]) {
      yield bytesOf(column.subarray(0, count));
    }
    left -= count;
  }
  for (const leaf of leaves) {
    yield bytesOf(Uint32Array.of(leaf.prefix.length, leaf.count, leaf.used));
    yield bytesOf(leaf.numbers.subarray(0, leaf.count));
    yield bytesOf(valuesOf(leaf));
    yield leaf.prefix;
    yield leaf.bytes.subarray(0, leaf.used);
  }
}

function decode(bytes: Buffer, from: number, head: Head): SavedDirectory {
  let at = from;
  const take = (length: number): Uint8Array => bytes.subarray(at, at += length);
  const chunks: Chunk[] = [];
  for (let left = head.used; left > 0;) {
    const chunk = createChunk();
    const { expires, seq, segment, offset, length } = chunk;
    const count = Math.min(left, segment.length);
    for (const column of [expires, seq, segment, offset, length]) {
      bytesOf(column).set(take(count * column.BYTES_PER_ELEMENT));
    }
    chunks.push(chunk);
    left -= count;
  }
  const leaves: Leaf[] = [];
  for (let i = 0; i < head.leaves; i++) {
    const [prefix = 0, count = 0, used = 0] = wordsOf(bytes, at, LEAF_HEAD_WORDS);
    at += LEAF_HEAD_WORDS * 4;
    const ends = wordsOf(bytes, at, count);
    const values = wordsOf(bytes, at += count * 4, count);
    at += count * 4;
    leaves.push(packedLeaf({ prefix: take(prefix), bytes: take(used), ends, values }));
  }
  const { used, lastFree, live } = head;
  return { slots: { chunks, used, lastFree }, leaves, live };
}

/** They need not lie where such numbers must. */
function wordsOf(bytes: Buffer, at: number, count: number): Uint32Array {
  const words = new Uint32Array(count);
  bytesOf(words).set(bytes.subarray(at, at + count * 4));
  return words;
}

function bytesOf({ buffer, byteOffset, byteLength }: Uint32Array | Float64Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

async function crcOf({ file, bytes }: Segment): Promise<number> {
  const piece = Buffer.allocUnsafe(Math.min(bytes, PIECE_BYTES));
  let crc = 0;
  for (let at = 0; at < bytes; at += piece.length) {
    const wanted = piece.subarray(0, Math.min(piece.length, bytes - at));
    crc = crc32(wanted.subarray(0, await file.read(wanted, at)), crc);
  }
  return crc;
}
