/**
 * Where assertions come from: the names of `@std/assert`, standing on `node:assert` because this must run where JSR is
 * out of reach. On a machine that reaches it, this file can re-export the real ones.
 */
import { AssertionError, deepStrictEqual, notDeepStrictEqual, ok } from 'node:assert/strict';

export { AssertionError };

export function assert(condition: unknown, message?: string): asserts condition {
  ok(condition, message ?? 'Expected a truthy value');
}

export function assertFalse(condition: unknown, message?: string): asserts condition is false {
  ok(!condition, message ?? 'Expected a falsy value');
}

export function assertEquals<T>(actual: T, expected: T, message?: string): void {
  deepStrictEqual(actual, expected, message);
}

export function assertNotEquals<T>(actual: T, expected: T, message?: string): void {
  notDeepStrictEqual(actual, expected, message);
}

export function assertExists<T>(actual: T, message?: string): asserts actual is NonNullable<T> {
  ok(actual !== undefined && actual !== null, message ?? `Expected a value, got ${String(actual)}`);
}

export function assertStringIncludes(actual: string, expected: string, message?: string): void {
  ok(actual.includes(expected), message ?? `Expected "${actual}" to include "${expected}"`);
}

export function assertMatch(actual: string, expected: RegExp, message?: string): void {
  ok(expected.test(actual), message ?? `Expected "${actual}" to match ${expected}`);
}

export function assertNotMatch(actual: string, expected: RegExp, message?: string): void {
  ok(!expected.test(actual), message ?? `Expected "${actual}" not to match ${expected}`);
}

type ErrorClass<E extends Error> = new (...args: never[]) => E;

export function assertThrows<E extends Error = Error>(
  action: () => unknown,
  kind: ErrorClass<E> = Error as unknown as ErrorClass<E>,
  includes = '',
): E {
  try {
    action();
  } catch (error) {
    return checkError(error, kind, includes);
  }
  throw new AssertionError({ message: `Expected ${kind.name} to be thrown` });
}

export async function assertRejects<E extends Error = Error>(
  action: () => Promise<unknown>,
  kind: ErrorClass<E> = Error as unknown as ErrorClass<E>,
  includes = '',
): Promise<E> {
  try {
    await action();
  } catch (error) {
    return checkError(error, kind, includes);
  }
  throw new AssertionError({ message: `Expected ${kind.name} to be thrown` });
}

function checkError<E extends Error>(error: unknown, kind: ErrorClass<E>, includes: string): E {
  if (!(error instanceof kind)) {
    throw new AssertionError({ message: `Expected ${kind.name}, got ${String(error)}` });
  }
  assertStringIncludes(error.message, includes);
  return error;
}
