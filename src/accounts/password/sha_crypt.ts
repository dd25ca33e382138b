import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';

const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * The checksum of crypt(3)'s `$5$` and `$6$`: "Unix crypt using SHA-256 and SHA-512", version 0.6, whose step numbers
 * stand below. Takes seconds at many rounds: for a worker, not for the main thread.
 */
export function shaCrypt(
  hash: 'sha256' | 'sha512',
  password: Uint8Array,
  salt: Uint8Array,
  rounds: number,
): string {
  const digest = (...parts: readonly Uint8Array[]): Uint8Array => {
    const state = createHash(hash);
    for (const part of parts) state.update(part);
    return state.digest();
  };

  // Steps 4 to 8.
  const b = digest(password, salt, password);
  // Steps 1 to 3 and 9 to 12.
  const parts: Uint8Array[] = [password, salt, repeatTo(b, password.length)];
  for (let bits = password.length; bits > 0; bits >>= 1) parts.push(bits & 1 ? b : password);
  let a = digest(...parts);
  // Steps 13 to 16.
  const dp = digest(...Array.from(password, () => password));
  const p = repeatTo(dp, password.length);
  // Steps 17 to 20.
  const ds = digest(...Array.from({ length: 16 + (a[0] ?? 0) }, () => salt));
  const s = repeatTo(ds, salt.length);
  // Step 21.
  for (let round = 0; round < rounds; round++) {
    const odd = (round & 1) === 1;
    const middle = [round % 3 !== 0 ? s : EMPTY, round % 7 !== 0 ? p : EMPTY];
    a = digest(odd ? p : a, ...middle, odd ? a : p);
  }
  return encode(hash === 'sha256' ? ORDER_SHA256 : ORDER_SHA512, a);
}

const EMPTY = new Uint8Array(0);

/** Step 22: three bytes make four characters, in an order of their own; what is left at the end makes fewer. */
const ORDER_SHA256 = [
  ...[0, 10, 20, 21, 1, 11, 12, 22, 2, 3, 13, 23, 24, 4, 14],
  ...[15, 25, 5, 6, 16, 26, 27, 7, 17, 18, 28, 8, 9, 19, 29, 31, 30],
];
const ORDER_SHA512 = [
  ...[0, 21, 42, 22, 43, 1, 44, 2, 23, 3, 24, 45, 25, 46, 4, 47, 5, 26, 6, 27, 48],
  ...[28, 49, 7, 50, 8, 29, 9, 30, 51, 31, 52, 10, 53, 11, 32, 12, 33, 54, 34, 55, 13],
  ...[56, 14, 35, 15, 36, 57, 37, 58, 16, 59, 17, 38, 18, 39, 60, 40, 61, 19, 62, 20, 41, 63],
];

function encode(order: readonly number[], bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < order.length; at += 3) {
    const group = order.slice(at, at + 3);
    let bits = group.reduce((sum, index) => (sum << 8) | (bytes[index] ?? 0), 0);
    for (let left = group.length + 1; left > 0; left--) {
      text += ALPHABET[bits & 63];
      bits >>= 6;
    }
  }
  return text;
}

function repeatTo(block: Uint8Array, length: number): Uint8Array {
  const result = Buffer.alloc(length);
  for (let at = 0; at < length; at += block.length) {
    result.set(block.subarray(0, Math.min(block.length, length - at)), at);
  }
  return result;
}
