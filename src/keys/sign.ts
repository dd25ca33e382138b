import type { JWTPayload } from 'jose';
import { Buffer } from 'node:buffer';
import { sign } from 'node:crypto';
import { ALGORITHMS } from './algorithms.ts';
import type { SigningKey } from './key_set.ts';

/** A JWT in JWS compact serialization, RFC 7515 §3.1. */
export type SignJwt = (key: SigningKey, typ: string, payload: JWTPayload) => Promise<string>;

/**
 * Signs without jose's `SignJWT`, which copies and checks what we made ourselves. Elliptic curves sign on the spot: it
 * takes 50 µs, and handing the work to another thread and back costs more. RSA takes five times as long and would hold
 * everybody else up, so it goes to a thread.
 */
export function createSigner(): SignJwt {
  /** By kid and typ: the header of a key's tokens never changes. */
  const headers = new Map<string, string>();
  return async (key, typ, payload) => {
    const input = `${headerOf(key, typ)}.${base64url(JSON.stringify(payload))}`;
    const { kty, hash, sign: algorithm } = ALGORITHMS[key.alg];
    const signature = kty === 'RSA'
      ? Buffer.from(await crypto.subtle.sign(algorithm, key.privateKey, Buffer.from(input)))
      : sign(kty === 'OKP' ? null : hash, Buffer.from(input), {
        key: key.privateKeyObject,
        dsaEncoding: 'ieee-p1363',
      });
    return `${input}.${signature.toString('base64url')}`;
  };

  function headerOf({ alg, kid }: SigningKey, typ: string): string {
    const name = `${kid} ${typ}`;
    const known = headers.get(name);
    if (known !== undefined) return known;
    const header = base64url(JSON.stringify({ alg, typ, kid }));
    headers.set(name, header);
    return header;
  }
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url');
}
