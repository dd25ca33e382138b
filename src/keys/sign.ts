import type { JWTPayload } from 'jose';
import { Buffer } from 'node:buffer';
import { constants, createHmac, type KeyObject, sign } from 'node:crypto';
import type { HmacAlg, SigningAlg } from '../spec/identifiers.ts';
import { ALGORITHMS, HMAC_HASHES } from './algorithms.ts';

/** What signing takes of a key. */
export interface SigningWith {
  readonly kid: string;
  readonly alg: SigningAlg;
  readonly privateKey: KeyObject;
}

/** A JWT in JWS compact serialization, RFC 7515 §3.1. */
export type SignJwt = (
  key: SigningWith,
  typ: string | undefined,
  payload: JWTPayload,
) => Promise<string>;

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

  function headerOf({ alg, kid }: SigningWith, typ: string | undefined): string {
    const name = `${kid} ${typ}`;
    const known = headers.get(name);
    if (known !== undefined) return known;
    const header = base64url(JSON.stringify({ alg, typ, kid }));
    headers.set(name, header);
    return header;
  }
}

/** A JWT for the one client that knows the secret, whose UTF-8 is the key: Core §10.1. */
export function signWithSecret(
  alg: HmacAlg,
  typ: string | undefined,
  payload: JWTPayload,
  secret: string,
): string {
  const input = `${base64url(JSON.stringify({ alg, typ }))}.${base64url(JSON.stringify(payload))}`;
  const tag = createHmac(HMAC_HASHES[alg], secret).update(input).digest('base64url');
  return `${input}.${tag}`;
}

/** RFC 7518 §3.5: the salt is as long as the hash. */
export const PSS = {
  padding: constants.RSA_PKCS1_PSS_PADDING,
  saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
} as const;

function signatureOf({ alg, privateKey }: SigningWith, input: Buffer): Buffer | Promise<Buffer> {
  const algorithm = ALGORITHMS[alg];
  switch (algorithm.kty) {
    case 'RSA': {
      const key = algorithm.padding === 'pss' ? { key: privateKey, ...PSS } : privateKey;
      return new Promise((resolve, reject) => {
        sign(
          algorithm.hash,
          input,
          key,
          (error, signature) => error ? reject(error) : resolve(signature),
        );
      });
    }
    case 'OKP':
      return sign(null, input, privateKey);
    case 'EC':
      // Not by `dsaEncoding`: Node takes twice as long for a key that comes with options.
      return joinedSignature(sign(algorithm.hash, input, privateKey), algorithm.integerBytes);
  }
}

/** RFC 7518 §3.4: R and S of a fixed length each, from the DER of two integers, RFC 3279 §2.2.3. */
function joinedSignature(der: Buffer, integerBytes: number): Buffer {
  const joined = Buffer.alloc(2 * integerBytes);
  // The length of the whole takes a second byte above 127, as for P-521; an integer's never does.
  let at = (der[1] ?? 0) > 0x80 ? 3 : 2;
  for (const end of [integerBytes, 2 * integerBytes]) {
    const length = der[at + 1] ?? 0;
    const integer = der.subarray(at + 2, at + 2 + length);
    // A leading zero keeps the integer positive; leading zeros of the value itself are left out.
    const bytes = integer.subarray(Math.max(0, length - integerBytes));
    bytes.copy(joined, end - bytes.length);
    at += 2 + length;
  }
  return joined;
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url');
}
