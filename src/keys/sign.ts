import type { JWTPayload } from 'jose';
import { Buffer } from 'node:buffer';
import { ALGORITHMS } from './algorithms.ts';
import type { SigningKey } from './key_set.ts';

/** A JWT in JWS compact serialization, RFC 7515 §3.1. */
export type SignJwt = (key: SigningKey, typ: string, payload: JWTPayload) => Promise<string>;

/**
 * Signs with one call of Web Cryptography. This is the larger part of a token request, and jose's `SignJWT`, which copies
 * and checks what we made ourselves, takes twice as long (Node, ES256: 87 µs to 47).
 */
export function createSigner(): SignJwt {
  /** By kid and typ: the header of a key's tokens never changes. */
  const headers = new Map<string, string>();
  return async (key, typ, payload) => {
    const input = `${headerOf(key, typ)}.${base64url(JSON.stringify(payload))}`;
    const { sign } = ALGORITHMS[key.alg];
    const signature = await crypto.subtle.sign(sign, key.privateKey, Buffer.from(input));
    return `${input}.${Buffer.from(signature).toString('base64url')}`;
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
