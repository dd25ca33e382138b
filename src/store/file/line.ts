import { Buffer } from 'node:buffer';
import { crc32 } from 'node:zlib';
import type { PreparedWrite } from '../change.ts';
import { deepFreeze } from '../frozen.ts';
import type { JsonValue, Key } from '../store.ts';

/**
 * The line of a journal. Each is one JSON object that begins with the CRC-32 of everything after it:
 *
 *     {"crc":"5f0c1a2b","seq":17,"at":4711,"more":1,"key":["code","x"],"exp":1800000060,"value":{…}}
 *     {"crc":"9a8b7c6d","seq":17,"key":["par","y"],"removed":true}
 *
 * `seq` numbers commits and is the version of what they wrote; `more` counts the lines of the same commit that follow;
 * `at` is the line's own place in the file and stands on the first line after a sync: whoever reads it knows that all
 * before it was on the disk when it was written.
 */
export interface LineHead {
  readonly seq: number;
  readonly at?: number;
  readonly more: number;
  readonly key: Key;
  /** Infinity: never; −Infinity: the record is removed. */
  readonly expiresAtSeconds: number;
}

export const NEWLINE = 10;

/** `{"crc":"` */
const OPENING = Buffer.from('{"crc":"');
const BODY_AT = OPENING.length + 9;
const VALUE = Buffer.from(',"value":');

/** The part of a write's line that is known before its place in the journal is. */
export function lineTail({ key, put }: PreparedWrite): string {
  const head = `,"key":${JSON.stringify(key)}`;
  if (put === undefined) return `${head},"removed":true}`;
  const expiry = put.expiresAtSeconds === Infinity ? '' : `,"exp":${put.expiresAtSeconds}`;
  return `${head}${expiry},"value":${put.json}}`;
}

/** The bytes a line needs at most. */
export function lineRoom(tail: string): number {
  return tail.length * 3 + 128;
}

/** Writes a record's line and its newline at `start`; gives the end. `at` is left out unless it says something. */
export function writeRecord(
  into: Buffer,
  start: number,
  tail: string,
  head: { readonly seq: number; readonly at?: number; readonly more: number },
): number {
  const at = head.at === undefined ? '' : `,"at":${head.at}`;
  const more = head.more === 0 ? '' : `,"more":${head.more}`;
  return writeBody(into, start, `,"seq":${head.seq}${at}${more}${tail}`);
}

/** A line, with its newline, of any object: headers and the manifest. */
export function lineOf(object: object): Buffer {
  const body = `,${JSON.stringify(object).slice(1)}`;
  const line = Buffer.alloc(lineRoom(body));
  return line.subarray(0, writeBody(line, 0, body));
}

/** Is the line between these places (its newline left out) as it was written? */
function isIntact(bytes: Buffer, start: number, end: number): boolean {
  if (end - start <= BODY_AT) return false;
  if (OPENING.compare(bytes, start, start + OPENING.length) !== 0) return false;
  const crc = bytes.toString('latin1', start + OPENING.length, start + OPENING.length + 8);
  return crc === hex(crc32(bytes.subarray(start + BODY_AT, end)));
}

/** The object of an intact line; undefined for a line that is damaged or not JSON. */
export function parseLine(
  bytes: Buffer,
  start: number,
  end: number,
): Record<string, unknown> | undefined {
  return isIntact(bytes, start, end) ? parseObject(bytes, start, end) : undefined;
}

/** What stands before the value; undefined for a line that is damaged or no record. */
export function parseHead(bytes: Buffer, start: number, end: number): LineHead | undefined {
  if (!isIntact(bytes, start, end)) return undefined;
  // inside a JSON string every quote is escaped, so the first match is the property of the line itself
  const value = bytes.subarray(start, end).indexOf(VALUE);
  const object = value === -1
    ? parseObject(bytes, start, end)
    : parseJson(`${bytes.toString('utf8', start, start + value)}}`);
  const { seq, at, more = 0, key, exp = Infinity, removed = false } = object ?? {};
  if (typeof seq !== 'number' || typeof more !== 'number' || typeof exp !== 'number') return;
  if (!Array.isArray(key) || removed !== (value === -1)) return;
  const expiresAtSeconds = removed ? -Infinity : exp;
  const head = { seq, more, key: key as unknown as Key, expiresAtSeconds };
  return typeof at === 'number' ? { ...head, at } : head;
}

/** Key and frozen value of an intact line with a value. */
export function parseRecord(
  bytes: Buffer,
): { readonly seq: unknown; readonly key: Key; readonly value: JsonValue } | undefined {
  const { seq, key, value } = parseLine(bytes, 0, bytes.length) ?? {};
  if (!Array.isArray(key) || value === undefined) return undefined;
  return {
    seq,
    key: deepFreeze(key) as unknown as Key,
    value: deepFreeze(value) as JsonValue,
  };
}

/** The next place from `from` on where a line may begin; -1 when there is none. */
export function nextOpening(bytes: Buffer, from: number): number {
  return bytes.indexOf(OPENING, from);
}

function writeBody(into: Buffer, start: number, body: string): number {
  const end = start + BODY_AT + into.write(body, start + BODY_AT, 'utf8');
  const crc = hex(crc32(into.subarray(start + BODY_AT, end)));
  into.write(`{"crc":"${crc}"`, start, 'latin1');
  into[end] = NEWLINE;
  return end + 1;
}

function parseObject(bytes: Buffer, start: number, end: number) {
  return parseJson(bytes.toString('utf8', start, end));
}

function parseJson(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** By bytes: `toString(16)` of a number above 2³¹ is slow. */
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function hex(crc: number): string {
  return HEX[crc >>> 24]! + HEX[(crc >>> 16) & 0xff]! + HEX[(crc >>> 8) & 0xff]! + HEX[crc & 0xff]!;
}
