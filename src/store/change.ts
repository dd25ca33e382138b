import { deepFreeze, jsonCopy } from './frozen.ts';
import { encodeKey } from './key_order.ts';
import type { Change, Entry, JsonValue, Key, Put } from './store.ts';
import { LIMITS } from './store.ts';

/** A change within the limits, detached from what the caller may still alter; keys are encoded (`key_order.ts`). */
export interface PreparedChange {
  readonly checks: readonly { readonly encoded: string; readonly version: string | null }[];
  readonly writes: readonly PreparedWrite[];
}

export interface PreparedWrite {
  readonly encoded: string;
  readonly key: Key;
  /** Absent: the record is removed. */
  readonly put?: {
    readonly value: JsonValue;
    readonly json: string;
    /** Infinity: never. */
    readonly expiresAtSeconds: number;
  };
}

/**
 * Holds a change against `LIMITS` before anything is written.
 * @throws {RangeError} when a limit is exceeded or one key is written twice
 * @throws {TypeError} for a value that is not JSON
 */
export function prepareChange(change: Change): PreparedChange {
  const { check = [], put = [], remove = [] } = change;
  atMost('checks', check.length, LIMITS.checksPerChange);
  atMost('writes', put.length + remove.length, LIMITS.writesPerChange);
  const checks = check.map(({ key, version }) => ({ encoded: checkedKey(key), version }));
  const writes = [...put.map(preparePut), ...remove.map(prepareRemove)];
  if (writes.length > 1 && new Set(writes.map((write) => write.encoded)).size < writes.length) {
    throw new RangeError('Cannot commit as a change must write each key once');
  }
  return { checks, writes };
}

/** The frozen entry that readers of a committed write see. */
export function entryOf(
  key: Key,
  value: JsonValue,
  version: number,
  expiresAtSeconds: number,
): Entry<JsonValue> {
  const entry = { key, value, version: String(version) };
  return Object.freeze(expiresAtSeconds === Infinity ? entry : { ...entry, expiresAtSeconds });
}

function preparePut(put: Put): PreparedWrite {
  const encoded = checkedKey(put.key);
  const { expiresAtSeconds = Infinity } = put;
  if (put.expiresAtSeconds !== undefined && !Number.isFinite(expiresAtSeconds)) {
    throw new RangeError(
      `Cannot commit as "expiresAtSeconds" must be a finite number: got ${expiresAtSeconds}`,
    );
  }
  const value = jsonCopy(put.value);
  // before it is frozen: engines write frozen arrays the slow way
  const json = JSON.stringify(value);
  deepFreeze(value);
  // a code unit is one to three bytes of UTF-8
  if (json.length * 3 > LIMITS.valueBytes) {
    atMostBytes('value', utf8Bytes(json), LIMITS.valueBytes);
  }
  return { encoded, key: frozenKey(put.key), put: { value, json, expiresAtSeconds } };
}

function prepareRemove(key: Key): PreparedWrite {
  return { encoded: checkedKey(key), key: frozenKey(key) };
}

function checkedKey(key: Key): string {
  let units = 0;
  for (const part of key) {
    if (!part.isWellFormed()) {
      throw new RangeError(`Cannot commit as "key" must be well-formed Unicode: ${key[0]}`);
    }
    units += part.length;
  }
  const parts: number = key.length;
  if (parts === 0 || parts > LIMITS.keyParts) {
    throw new RangeError(
      `Cannot commit as "key" must have 1 to ${LIMITS.keyParts} parts: got ${parts}`,
    );
  }
  if (units * 3 > LIMITS.keyBytes) {
    atMostBytes('key', key.reduce((sum, part) => sum + utf8Bytes(part), 0), LIMITS.keyBytes);
  }
  return encodeKey(key);
}

function frozenKey(key: Key): Key {
  return Object.isFrozen(key) ? key : Object.freeze([...key]) as unknown as Key;
}

function atMost(what: string, count: number, limit: number): void {
  if (count > limit) {
    throw new RangeError(
      `Cannot commit as a change may have at most ${limit} ${what}: got ${count}`,
    );
  }
}

function atMostBytes(field: string, bytes: number, limit: number): void {
  if (bytes > limit) {
    throw new RangeError(
      `Cannot commit as "${field}" must be at most ${limit} bytes: got ${bytes}`,
    );
  }
}

const encoder = new TextEncoder();

function utf8Bytes(text: string): number {
  return encoder.encode(text).length;
}
