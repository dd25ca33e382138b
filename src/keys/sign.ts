import type { JWTPayload } from 'jose';
import { Buffer } from 'node:buffer';
import { sign } from 'node:crypto';
import { ALGORITHMS } from './algorithms.ts';
import type { SigningKey } from './key_set.ts';

/** A JWT in JWS compact serialization, RFC 7515 §3.1. */
export type SignJwt = (key: SigningKey, typ: string, payload: JWTPayload) => Promise<string>;

/**
 * Signs without jose's `SignJWT`, which copies and checks what we made ourselves. Elliptic curves sign on the spot: it
 * takes 25 µs, and handing the work to another thread and back costs more. RSA takes ten times as long and would hold
 * everybody else up, so it goes to a thread.
 */
export function createSigner(): SignJwt {
  /** By kid and typ: the header of a key's tokens never changes. */
  const headers = new Map<string, string>();
  return async (key, typ, payload) => {
    const input = `${headerOf(key, typ)}.${base64url(JSON.stringify(payload))}`;
    const signature = await signatureOf(key, Buffer.from(input));
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

function signatureOf({ alg, privateKey }: SigningKey, input: Buffer): Buffer | Promise<Buffer> {
  const { kty, hash } = ALGORITHMS[alg];
  switch (kty) {
    case 'RSA':
      return new Promise((resolve, reject) => {
        sign(
          hash,
          input,
          privateKey,
          (error, signature) => error ? reject(error) : resolve(signature),
        );
      });
    case 'OKP':
      return sign(null, input, privateKey);
    case 'EC':
      // Not by `dsaEncoding`: Node takes twice as long for a key that comes with options.
      return joinedSignature(sign(hash, input, privateKey));
  }
}

/** RFC 7518 §3.4: R and S of 32 bytes each, from the DER of two integers (RFC 3279 §2.2.3), which for P-256 has short lengths. */
function joinedSignature(der: Buffer): Buffer {
  const joined = Buffer.alloc(64);
  let at = 2;
  for (const end of [32, 64]) {
    const length = der[at + 1] ?? 0;
    const integer = der.subarray(at + 2, at + 2 + length);
    // A leading zero keeps the integer positive; leading zeros of the value itself are left out.
    const bytes = integer.subarray(Math.max(0, length - 32));
    bytes.copy(joined, end - bytes.length);
    at += 2 + length;
  }
  return joined;
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url');
}
