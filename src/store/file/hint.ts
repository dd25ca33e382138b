import { Buffer } from 'node:buffer';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { replaceFile } from './files.ts';
import type { DataFile } from './files.ts';
import { readRecords } from './records.ts';
import type { RecordLine } from './records.ts';
import type { Place, Segment } from './segment.ts';
import { hintPath } from './segment.ts';

/**
 * Beside each closed segment lies what the directory needs of it, so that a start reads a tenth of the bytes. Binary,
 * little-endian: a head (magic, store, segment, its bytes), one entry per line of the segment in the same order, and a
 * CRC-32 of it all. Of each key only what differs from the one before is written.
 */
const MAGIC = 'OSTHINT1';
const HEAD_BYTES = 60;
/** seq 8, expiry 8, offset 4, length 4, flags 1, shared 2, rest 2 */
const ENTRY_BYTES = 29;
const REMOVED = 1;
/** The rest of the key is UTF-16; else Latin-1, a byte each. Either way the key's pieces are counted in code units. */
const WIDE = 2;

/** Writes the hint of a closed segment from the segment itself, a block at a time. */
export async function writeHint(
  place: Place,
  segment: Segment,
  pause: () => Promise<void>,
): Promise<void> {
  const path = hintPath(join(place.directory, segment.name));
  await replaceFile(place.files, path, async (file) => {
    const head = hintHead(place, segment);
    await file.write(head, 0);
    let position = head.length;
    let crc = crc32(head);
    let previous = '';
    for await (const { records } of readRecords(segment, 'merge')) {
      const bytes = encodeEntries(records, previous);
      previous = records.at(-1)?.encoded ?? previous;
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
  const bytes = await readWhole(place, hintPath(join(place.directory, segment.name)));
  if (bytes === undefined) return 'missing';
  if (bytes.length < HEAD_BYTES + 4) return 'damaged';
  const end = bytes.length - 4;
  const head = hintHead(place, segment);
  if (head.compare(bytes, 0, head.length) !== 0) return 'damaged';
  if (crc32(bytes.subarray(0, end)) !== bytes.readUInt32LE(end)) return 'damaged';
  decodeEntries(bytes, end, visit);
  return 'good';
}

function hintHead(place: Place, segment: Segment): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.write(MAGIC + place.store, 0, 48, 'latin1');
  head.writeUInt32LE(segment.id, 48);
  head.writeDoubleLE(segment.bytes, 52);
  return head;
}

function encodeEntries(records: readonly RecordLine[], before: string): Buffer {
  const room = records.reduce((sum, { encoded }) => sum + ENTRY_BYTES + encoded.length * 2, 0);
  const bytes = Buffer.allocUnsafe(room);
  let previous = before;
  let at = 0;
  for (const { encoded, seq, expiresAtSeconds, offset, length, removed } of records) {
    const shared = sharedLength(previous, encoded);
    const rest = encoded.slice(shared);
    const wide = isWide(rest);
    const restAt = at + ENTRY_BYTES;
    const restBytes = bytes.write(rest, restAt, wide ? 'utf16le' : 'latin1');
    bytes.writeDoubleLE(seq, at);
    bytes.writeDoubleLE(expiresAtSeconds, at + 8);
    bytes.writeUInt32LE(offset, at + 16);
    bytes.writeUInt32LE(length, at + 20);
    bytes.writeUInt8((removed ? REMOVED : 0) | (wide ? WIDE : 0), at + 24);
    bytes.writeUInt16LE(shared, at + 25);
    bytes.writeUInt16LE(restBytes, at + 27);
    previous = encoded;
    at = restAt + restBytes;
  }
  return bytes.subarray(0, at);
}

function decodeEntries(bytes: Buffer, end: number, visit: (record: RecordLine) => void): void {
  /** The key before, in Latin-1 as long as it is that: putting strings together would keep their pieces alive. */
  const narrow = Buffer.alloc(8 * 1024);
  let previous = '';
  let previousIsNarrow = true;
  for (let at = HEAD_BYTES; at < end;) {
    const flags = bytes.readUInt8(at + 24);
    const shared = bytes.readUInt16LE(at + 25);
    const restBytes = bytes.readUInt16LE(at + 27);
    const restAt = at + ENTRY_BYTES;
    const isNarrow: boolean = previousIsNarrow && (flags & WIDE) === 0;
    if (isNarrow) {
      bytes.copy(narrow, shared, restAt, restAt + restBytes);
      previous = narrow.toString('latin1', 0, shared + restBytes);
    } else {
      const encoding = (flags & WIDE) === 0 ? 'latin1' : 'utf16le';
      previous = previous.slice(0, shared) + bytes.toString(encoding, restAt, restAt + restBytes);
      if (!isWide(previous)) narrow.write(previous, 0, 'latin1');
    }
    previousIsNarrow = isNarrow || !isWide(previous);
    visit({
      encoded: previous,
      seq: bytes.readDoubleLE(at),
      expiresAtSeconds: bytes.readDoubleLE(at + 8),
      offset: bytes.readUInt32LE(at + 16),
      length: bytes.readUInt32LE(at + 20),
      removed: (flags & REMOVED) !== 0,
    });
    at = restAt + restBytes;
  }
}

async function readWhole({ files }: Place, path: string): Promise<Buffer | undefined> {
  let file: DataFile;
  try {
    file = await files.open(path, 'read');
  } catch {
    return undefined;
  }
  try {
    const bytes = Buffer.allocUnsafe(await file.size());
    return await file.read(bytes, 0) === bytes.length ? bytes : undefined;
  } catch {
    return undefined;
  } finally {
    await file.close();
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
