import { Buffer } from 'node:buffer';
import { dirname, join } from 'node:path';
import { encodeKey } from '../key_order.ts';
import type { JsonValue, Key } from '../store.ts';
import { storeDamaged } from './damage.ts';
import type { DataFile, Files } from './files.ts';
import { lineOf, NEWLINE, parseLine, parseRecord } from './line.ts';
import type { Location } from './slots.ts';

/** Where a store is, and which one: segments of another store are refused. */
export interface Place {
  readonly files: Files;
  /** The data directory; segments are in its `journal`. */
  readonly directory: string;
  readonly store: string;
}

/** One file of the journal, open. Only the last segment is written to. */
export interface Segment {
  readonly id: number;
  /** The path below the data directory, for messages. */
  readonly name: string;
  readonly file: DataFile;
  /** The segments whose live records this one was made of; undefined: commits as they came. */
  readonly sources: readonly number[] | undefined;
  /** Where the first record begins. */
  readonly headBytes: number;
  /** The length that is known to be on the disk; what lies beyond was never acknowledged. */
  bytes: number;
  /** Reads under way; the file is closed when the last one of a retired segment ends. */
  readers: number;
  retired: boolean;
}

const FORMAT = 1;
const HEADER_BYTES = 64 * 1024;

export function segmentName(id: number): string {
  return `journal/${String(id).padStart(6, '0')}.jsonl`;
}

/** Makes a segment that holds its header and is on the disk, header and name. */
export async function createSegment(
  { files, directory, store }: Place,
  id: number,
  sources?: readonly number[],
): Promise<Segment> {
  const name = segmentName(id);
  const path = join(directory, name);
  const header = lineOf({ ostiary: 'journal', format: FORMAT, store, segment: id, sources });
  const file = await files.open(`${path}.tmp`, 'create');
  try {
    await file.write(header, 0);
    await file.sync();
    await files.rename(`${path}.tmp`, path);
    await files.syncDirectory(dirname(path));
  } catch (error) {
    await file.close();
    await files.remove(`${path}.tmp`).catch(() => {});
    throw error;
  }
  const bytes = header.length;
  return { id, name, file, sources, headBytes: bytes, bytes, readers: 0, retired: false };
}

/**
 * Opens a segment and reads its header; `bytes` is the file's length.
 * @throws when the file is missing, empty, or not this segment of this store
 */
export async function openSegment(
  { files, directory, store }: Place,
  id: number,
  how: 'read' | 'write',
): Promise<Segment> {
  const name = segmentName(id);
  const file = await files.open(join(directory, name), how).catch((cause) => {
    throw new Error(`Cannot open the store as ${name} cannot be opened: ${cause.message}`, {
      cause,
    });
  });
  try {
    const bytes = await file.size();
    const start = Buffer.alloc(Math.min(bytes, HEADER_BYTES));
    await file.read(start, 0);
    const headBytes = start.indexOf(NEWLINE) + 1;
    const header = parseLine(start, 0, headBytes - 1);
    if (header === undefined || header['ostiary'] !== 'journal') {
      throw storeDamaged('open', name, 0, bytes === 0 ? 'it is empty' : 'it has no intact header');
    }
    if (header['format'] !== FORMAT || header['store'] !== store || header['segment'] !== id) {
      throw storeDamaged('open', name, 0, `its header is not that of segment ${id} of this store`);
    }
    const sources = header['sources'] as readonly number[] | undefined;
    return { id, name, file, sources, headBytes, bytes, readers: 0, retired: false };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Reads one record back. Throws what `isStoreDamaged` knows unless the very line that was written is there. */
export function readRecord(
  segment: Segment,
  location: Location,
  encoded: string,
): { key: Key; value: JsonValue } | Promise<{ key: Key; value: JsonValue }> {
  const line = Buffer.allocUnsafe(location.length);
  const bytes = segment.file.read(line, location.offset);
  if (typeof bytes === 'number') return checkRecord(segment, location, encoded, line);
  segment.readers++;
  return bytes
    .then(() => checkRecord(segment, location, encoded, line))
    .finally(() => {
      segment.readers--;
      if (segment.retired && segment.readers === 0) return segment.file.close();
    });
}

/** The segment is no longer part of the store: its files go, and it is closed when nobody reads it any more. */
export async function retireSegment({ files, directory }: Place, segment: Segment): Promise<void> {
  await closeSegment(segment);
  const path = join(directory, segment.name);
  await files.remove(path);
  await files.remove(hintPath(path));
}

/** Now, or when the last of the reads under way has ended. */
export async function closeSegment(segment: Segment): Promise<void> {
  segment.retired = true;
  if (segment.readers === 0) await segment.file.close();
}

export function hintPath(segmentPath: string): string {
  return segmentPath.replace(/jsonl$/, 'hint');
}

function checkRecord(segment: Segment, location: Location, encoded: string, line: Buffer) {
  const record = parseRecord(line);
  if (record?.seq === location.seq && encodeKey(record.key) === encoded) return record;
  const reason = record === undefined ? 'the checksum differs' : 'another record is there';
  throw storeDamaged('read', segment.name, location.offset, reason);
}
