import type { Key } from './store.ts';

/** NUL and U+0001 would mix with the separator; from U+D800 on, UTF-16 and UTF-8 differ in order. */
// deno-lint-ignore no-control-regex -- these control characters are the subject
const NEEDS_CARE = /[\0\x01\ud800-\uffff]/;

/**
 * One string per key, such that comparing two of them with `<` compares the keys part by part as UTF-8 bytes, and that
 * a prefix of a key is a prefix of its string. Every part ends with NUL.
 */
export function encodeKey(key: readonly string[]): string {
  let plain = true;
  for (const part of key) if (NEEDS_CARE.test(part)) plain = false;
  const parts = plain ? key : key.map(encodePart);
  // join makes a flat string; one put together with + would keep its pieces alive for as long as the key lives
  return [...parts, ''].join('\0');
}

/** The key that `encodeKey` was given. */
export function decodeKey(encoded: string): Key {
  const parts = encoded.split('\0');
  parts.pop();
  return Object.freeze(parts.map(decodePart)) as unknown as Key;
}

function encodePart(part: string): string {
  if (!NEEDS_CARE.test(part)) return part;
  let encoded = '';
  for (let i = 0; i < part.length; i++) {
    const unit = part.charCodeAt(i);
    if (unit <= 1) encoded += unit === 0 ? '\x01\x01' : '\x01\x02';
    // surrogates (code points from U+10000) move above U+E000…U+FFFF, as their UTF-8 bytes are
    else if (unit >= 0xe000) encoded += String.fromCharCode(unit - 0x800);
    else if (unit >= 0xd800) encoded += String.fromCharCode(unit + 0x2000);
    else encoded += part.charAt(i);
  }
  return encoded;
}

function decodePart(encoded: string): string {
  if (!NEEDS_CARE.test(encoded)) return encoded;
  let part = '';
  for (let i = 0; i < encoded.length; i++) {
    const unit = encoded.charCodeAt(i);
    if (unit === 1) part += encoded.charCodeAt(++i) === 1 ? '\0' : '\x01';
    else if (unit >= 0xf800) part += String.fromCharCode(unit - 0x2000);
    else if (unit >= 0xd800) part += String.fromCharCode(unit + 0x800);
    else part += encoded.charAt(i);
  }
  return part;
}
