import type { Buffer } from 'node:buffer';

/**
 * One to three bytes for each code unit of an encoded key (`key_order.ts`), as UTF-8 has them, which keeps the order;
 * surrogates are units like others. The bytes are good until the next call.
 */
export function keyToBytes(key: string): Uint8Array {
  if (key.length * 3 > scratch.length) scratch = new Uint8Array(key.length * 3);
  const bytes = scratch;
  let at = 0;
  for (let i = 0; i < key.length; i++) {
    const unit = key.charCodeAt(i);
    if (unit < 0x80) {
      bytes[at++] = unit;
      continue;
    }
    if (unit < 0x800) {
      bytes[at++] = 0xc0 | (unit >> 6);
    } else {
      bytes[at++] = 0xe0 | (unit >> 12);
      bytes[at++] = 0x80 | ((unit >> 6) & 0x3f);
    }
    bytes[at++] = 0x80 | (unit & 0x3f);
  }
  return bytes.subarray(0, at);
}

/** The encoded key whose bytes are the first `length`. */
export function keyFromBytes(bytes: Buffer, length: number): string {
  for (let i = 0; i < length; i++) if (bytes[i]! >= 0x80) return fromWideBytes(bytes, length);
  return bytes.toString('latin1', 0, length);
}

/** What `keyToBytes` gave last. */
let scratch = new Uint8Array(8 * 1024);

function fromWideBytes(bytes: Uint8Array, length: number): string {
  let key = '';
  for (let at = 0; at < length;) {
    const first = bytes[at++]!;
    if (first < 0x80) {
      key += String.fromCharCode(first);
    } else if (first < 0xe0) {
      key += String.fromCharCode(((first & 0x1f) << 6) | (bytes[at++]! & 0x3f));
    } else {
      const middle = (bytes[at++]! & 0x3f) << 6;
      key += String.fromCharCode(((first & 0xf) << 12) | middle | (bytes[at++]! & 0x3f));
    }
  }
  return key;
}
