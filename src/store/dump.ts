import { crc32 } from './crc32.ts';
import type { Entry, JsonValue, Key, Put, Store } from './store.ts';
import { LIMITS } from './store.ts';

const FORMAT = 1;

/**
 * Entries as lines of JSON, each with its newline: a head, a line per record, and an end with their number and the CRC-32
 * of everything before it, so that a dump that was cut short is not taken for a whole one.
 */
export async function* dumpEntries(
  entries: AsyncIterable<Entry<JsonValue>>,
): AsyncGenerator<string, void, undefined> {
  const encoder = new TextEncoder();
  let records = 0;
  let crc = 0;
  const counted = (object: unknown): string => {
    const line = `${JSON.stringify(object)}\n`;
    crc = crc32(encoder.encode(line), crc);
    return line;
  };
  yield counted({ ostiary: 'dump', format: FORMAT });
  for await (const { key, value, expiresAtSeconds } of entries) {
    yield counted({ key, expires_at: expiresAtSeconds, value });
    records++;
  }
  yield `${JSON.stringify({ records, crc32: crc })}\n`;
}

/** Every record of a store, while it is in use; only `FileStore.backup` shows all at one moment. */
export function dumpStore(store: Store): AsyncIterable<string> {
  return dumpEntries(store.list<JsonValue>([]));
}

/**
 * Puts the records of a dump into a store, over those that are there. `chunks` gives the dump's text, in pieces of any
 * size, each time it is called: once to check all of it, once to load it.
 * @throws {TypeError} when it is no dump, or not a whole one; nothing has been written then
 */
export async function loadDump(
  store: Store,
  chunks: () => AsyncIterable<string>,
): Promise<{ readonly records: number }> {
  for await (const _ of recordsOf(chunks())); // the check alone
  let records = 0;
  let put: Put[] = [];
  for await (const record of recordsOf(chunks())) {
    put.push(record);
    records++;
    if (put.length < LIMITS.writesPerChange) continue;
    await store.commit({ put });
    put = [];
  }
  await store.commit({ put });
  return { records };
}

async function* recordsOf(chunks: AsyncIterable<string>): AsyncGenerator<Put, void, undefined> {
  const encoder = new TextEncoder();
  let crc = 0;
  let number = 0;
  let ended = false;
  for await (const line of linesOf(chunks)) {
    number++;
    const object = parse(line, number);
    if (ended) throw notLoadable(number, 'must not follow the end');
    if (number === 1) {
      if (object['ostiary'] !== 'dump' || object['format'] !== FORMAT) {
        throw notLoadable(number, `must be the head of a dump of format ${FORMAT}`);
      }
    } else if ('records' in object) {
      if (object['records'] !== number - 2 || object['crc32'] !== crc) {
        throw notLoadable(number, 'must fit what is before it: the dump was changed');
      }
      ended = true;
    } else {
      yield putOf(object, number);
    }
    crc = crc32(encoder.encode(`${line}\n`), crc);
  }
  if (!ended) throw notLoadable(number, 'must not be the last: the dump was cut short');
}

async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

function parse(line: string, number: number): Record<string, unknown> {
  try {
    const object: unknown = JSON.parse(line);
    if (typeof object === 'object' && object !== null) return object as Record<string, unknown>;
  } catch {
    // reported below
  }
  throw notLoadable(number, 'must be a JSON object');
}

function putOf({ key, value, expires_at }: Record<string, unknown>, number: number): Put {
  const isKey = Array.isArray(key) && key.every((part) => typeof part === 'string');
  if (!isKey || value === undefined) throw notLoadable(number, 'must be a record');
  const put = { key: key as unknown as Key, value: value as JsonValue };
  if (expires_at === undefined) return put;
  if (typeof expires_at !== 'number') throw notLoadable(number, '"expires_at" must be a number');
  return { ...put, expiresAtSeconds: expires_at };
}

function notLoadable(line: number, rule: string): TypeError {
  return new TypeError(`Cannot load the dump as line ${line} ${rule}`);
}
