import { Buffer } from 'node:buffer';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { SortedMap } from '../sorted_map.ts';
import { readWhole, replaceFile } from './files.ts';
import { createPackedMap } from './packed_map.ts';
import { readRecords } from './records.ts';
import type { RecordLine } from './records.ts';
import { createSlots } from './slots.ts';
import type { Location } from './slots.ts';
import type { Place, Segment } from './segment.ts';
import { hintPath } from './segment.ts';

/**
 * Beside each closed segment lies what the directory needs of it, so that a start reads a sixth of the bytes, and finds
 * the keys in order. Binary, little-endian: a head (magic, store, segment, its bytes), an entry for the last line of each
 * key, and a CRC-32 of it all. Of each key only what differs from the one before is written.
 */
const MAGIC = 'OSTHINT1';
const HEAD_BYTES = 60;
/** seq 8, expiry 8, offset 4, length 4, wide 1, shared 2, rest 2 */
const ENTRY_BYTES = 29;
/** The rest of the key is UTF-16; else Latin-1, a byte each. What it shares is counted in code units. */
const WIDE = 1;
const PAGE_ENTRIES = 512;

/** Writes the hint of a closed segment from the segment itself, a slice at a time. */
export async function writeHint(
  place: Place,
  segment: Segment,
  pause: () => Promise<void>,
): Promise<void> {
  const keys = createPackedMap();
  const slots = createSlots();
  for await (const { records } of readRecords(segment, 'merge')) {
    for (const record of records) {
      const slot = keys.get(record.encoded);
      if (slot === undefined) keys.set(record.encoded, slots.add(record));
      else slots.set(slot, record);
    }
    await pause();
  }
  const path = hintPath(join(place.directory, segment.name));
  await replaceFile(place.files, path, async (file) => {
    const head = hintHead(place, segment);
    await file.write(head, 0);
    let position = head.length;
    let crc = crc32(head);
    let last = '';
    for (let page = pageAfter(keys, last); page.length > 0; page = pageAfter(keys, last)) {
      const bytes = encodeEntries(page.map(([key, slot]) => [key, slots.get(slot)]), last);
      last = page.at(-1)![0];
      await file.write(bytes, position);
      position += bytes.length;
      crc = crc32(bytes, crc);
      await pause();
    }
    const end = Buffer.alloc(4);
    end.writeUInt32LE(crc);
    await file.write(end, position);
  });
}

/** Gives each record of the segment's hint to `visit`, unless there is none or it is damaged. */
export async function readHint(
  place: Place,
  segment: Segment,
  visit: (record: RecordLine) => void,
): Promise<'good' | 'missing' | 'damaged'> {
  const bytes = await readWhole(place.files, hintPath(join(place.directory, segment.name)));
  if (bytes === undefined) return 'missing';
  if (bytes.length < HEAD_BYTES + 4) return 'damaged';
  const end = bytes.length - 4;
  const head = hintHead(place, segment);
  if (head.compare(bytes, 0, head.length) !== 0) return 'damaged';
  if (crc32(bytes.subarray(0, end)) !== bytes.readUInt32LE(end)) return 'damaged';
  decodeEntries(bytes, end, segment.id, visit);
  return 'good';
}

/** Is there one at all? */
export async function hasHint({ files, directory }: Place, { name }: Segment): Promise<boolean> {
  const file = await files.open(hintPath(join(directory, name)), 'read').catch(() => undefined);
  await file?.close();
  return file !== undefined;
}

function hintHead(place: Place, segment: Segment): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.write(MAGIC + place.store, 0, 48, 'latin1');
  head.writeUInt32LE(segment.id, 48);
  head.writeDoubleLE(segment.bytes, 52);
  return head;
}

function pageAfter(keys: SortedMap<number>, last: string): [encoded: string, slot: number][] {
  const page: [string, number][] = [];
  keys.scan(last, (key, slot) => {
    if (key !== last) page.push([key, slot]);
    return page.length < PAGE_ENTRIES;
  });
  return page;
}

function encodeEntries(entries: readonly [string, Location][], before: string): Buffer {
  const room = entries.reduce((sum, [encoded]) => sum + ENTRY_BYTES + encoded.length * 2, 0);
  const bytes = Buffer.allocUnsafe(room);
  let previous = before;
  let at = 0;
  for (const [encoded, { seq, expiresAtSeconds, offset, length }] of entries) {
    const shared = sharedLength(previous, encoded);
    const rest = encoded.slice(shared);
    const wide = isWide(rest);
    const restAt = at + ENTRY_BYTES;
    const restBytes = bytes.write(rest, restAt, wide ? 'utf16le' : 'latin1');
    bytes.writeDoubleLE(seq, at);
    bytes.writeDoubleLE(expiresAtSeconds, at + 8);
    bytes.writeUInt32LE(offset, at + 16);
    bytes.writeUInt32LE(length, at + 20);
    bytes.writeUInt8(wide ? WIDE : 0, at + 24);
    bytes.writeUInt16LE(shared, at + 25);
    bytes.writeUInt16LE(restBytes, at + 27);
    previous = encoded;
    at = restAt + restBytes;
  }
  return bytes.subarray(0, at);
}

function decodeEntries(
  bytes: Buffer,
  end: number,
  segment: number,
  visit: (record: RecordLine) => void,
): void {
  /** The key before, as long as it is Latin-1: strings put together would keep their pieces alive. */
  const narrow = Buffer.alloc(8 * 1024);
  let previous = '';
  let previousIsNarrow = true;
  for (let at = HEAD_BYTES; at < end;) {
    const wide = bytes.readUInt8(at + 24) === WIDE;
    const shared = bytes.readUInt16LE(at + 25);
    const restBytes = bytes.readUInt16LE(at + 27);
    const restAt = at + ENTRY_BYTES;
    const isNarrow: boolean = previousIsNarrow && !wide;
    if (isNarrow) {
      bytes.copy(narrow, shared, restAt, restAt + restBytes);
      previous = narrow.toString('latin1', 0, shared + restBytes);
    } else {
      const encoding = wide ? 'utf16le' : 'latin1';
      previous = previous.slice(0, shared) + bytes.toString(encoding, restAt, restAt + restBytes);
      if (!isWide(previous)) narrow.write(previous, 0, 'latin1');
    }
    previousIsNarrow = isNarrow || !isWide(previous);
    visit({
      encoded: previous,
      segment,
      seq: bytes.readDoubleLE(at),
      expiresAtSeconds: bytes.readDoubleLE(at + 8),
      offset: bytes.readUInt32LE(at + 16),
      length: bytes.readUInt32LE(at + 20),
    });
    at = restAt + restBytes;
  }
}

function sharedLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a.charCodeAt(length) === b.charCodeAt(length)) {
    length++;
  }
  return length;
}

function isWide(text: string): boolean {
  return /[^\0-\xff]/.test(text);
}
