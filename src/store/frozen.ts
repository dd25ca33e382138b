import type { JsonValue } from './store.ts';
import { LIMITS } from './store.ts';

/**
 * A deep copy that shares nothing with the original, as JSON would have it.
 * @throws {TypeError} for what JSON would change or drop: NaN, bigint, functions, instances of classes, holes, cycles
 */
export function jsonCopy(value: unknown, depth = 0): JsonValue {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      if (Number.isFinite(value)) return value === 0 ? 0 : value;
      throw notJson(String(value));
    case 'object':
      if (value === null) return null;
      if (depth >= LIMITS.valueDepth) {
        throw new RangeError(
          `Cannot commit as "value" must be nested at most ${LIMITS.valueDepth} deep`,
        );
      }
      return Array.isArray(value)
        ? copyArray(value, depth)
        : copyObject(value as Record<string, unknown>, depth);
    default:
      throw notJson(typeof value);
  }
}

/** Freezes what was just made, in place. */
export function deepFreeze<T>(value: T): T {
  if (!isObject(value)) return value;
  // for…in over an array is slow, and so is a call for each primitive
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) if (isObject(value[i])) deepFreeze(value[i]);
  } else {
    for (const name in value) if (isObject(value[name])) deepFreeze(value[name]);
  }
  return Object.freeze(value);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function copyArray(array: readonly unknown[], depth: number): JsonValue {
  const copy: JsonValue[] = [];
  for (let i = 0; i < array.length; i++) copy.push(jsonCopy(array[i], depth + 1));
  return copy;
}

function copyObject(object: Record<string, unknown>, depth: number): JsonValue {
  const prototype = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null) {
    throw notJson(`an instance of ${object.constructor?.name}`);
  }
  const copy: Record<string, JsonValue> = {};
  for (const name of Object.keys(object)) {
    const member: unknown = object[name];
    if (member === undefined) continue;
    const value = jsonCopy(member, depth + 1);
    // an assignment to this name would set the prototype
    if (name !== '__proto__') copy[name] = value;
    else Object.defineProperty(copy, name, { value, enumerable: true });
  }
  return copy;
}

function notJson(what: string): TypeError {
  return new TypeError(`Cannot commit as "value" must be JSON: got ${what}`);
}
