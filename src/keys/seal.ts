import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';
import { freshBytes } from './digest.ts';

const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * AES-256-GCM over a text, in base64url: iv, ciphertext, tag. `context` is authenticated but not contained: opening
 * under another context fails, so that a value sealed for one purpose or browser is nothing to another.
 */
export function seal(key: KeyObject, text: string, context: string): string {
  const iv = freshBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  // An empty one is the same as none.
  if (context !== '') cipher.setAAD(Buffer.from(context));
  const body = cipher.update(text, 'utf8');
  // In this mode nothing is left for the end.
  cipher.final();
  return Buffer.concat([iv, body, cipher.getAuthTag()]).toString('base64url');
}

/** The sealed text, or undefined for anything that this key and context did not seal; all failures look alike. */
export function open(key: KeyObject, sealed: string, context: string): string | undefined {
  // Before decoding: lenient base64 decoders would let many strings stand for one token.
  if (!/^[A-Za-z0-9_-]+$/.test(sealed)) return undefined;
  const bytes = Buffer.from(sealed, 'base64url');
  if (bytes.length < IV_BYTES + TAG_BYTES || bytes.toString('base64url') !== sealed) {
    return undefined;
  }
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), {
      authTagLength: TAG_BYTES,
    });
    if (context !== '') decipher.setAAD(Buffer.from(context));
    decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
    const text = decipher.update(
      bytes.subarray(IV_BYTES, bytes.length - TAG_BYTES),
      undefined,
      'utf8',
    );
    return text + decipher.final('utf8');
  } catch {
    return undefined;
  }
}
