import { Buffer } from 'node:buffer';
import {
  createHmac,
  createSecretKey,
  hash,
  hkdfSync,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

/** SHA-256 of a text's UTF-8, in base64url. */
export function sha256(text: string): string {
  return hash('sha256', text, 'base64url');
}

/** Tells nothing by time but whether the lengths differ. */
export function constantTimeEquals(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Random bytes of the platform's generator, in base64url. 16 bytes make an identifier, 32 a credential. */
export function randomToken(bytes: 16 | 32): string {
  return freshBytes(bytes).toString('base64url');
}

/** A client secret: 64 octets, as HS512 asks of a key. Core §16.19, RFC 7518 §3.2 */
export function randomClientSecret(): string {
  return freshBytes(48).toString('base64url');
}

const POOL_BYTES = 4096;
let pool = Buffer.alloc(0);

/** So many bytes that nobody else gets. Asking the generator for many at once takes a tenth of the time. */
export function freshBytes(count: number): Buffer {
  if (pool.length < count) pool = randomBytes(POOL_BYTES);
  const bytes = pool.subarray(0, count);
  pool = pool.subarray(count);
  return bytes;
}

export function hmac(key: KeyObject, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url');
}

/** One key per purpose from a master secret, RFC 5869. A KeyObject, as raw bytes cost Node four times as much per use. */
export function deriveKey(master: Uint8Array, purpose: string): KeyObject {
  const bytes = hkdfSync('sha256', master, new Uint8Array(0), `ostiary ${purpose}`, 32);
  return createSecretKey(new Uint8Array(bytes));
}
