import { base64url } from './bytes.ts';
import type { Cbor, CborMap } from './cbor.ts';

/** What is offered, and so accepted: every authenticator has the first, old ones of Windows the second. */
export const PASSKEY_ALGORITHMS = [
  { alg: -7, name: 'ES256' },
  { alg: -257, name: 'RS256' },
] as const;
export type PasskeyAlgorithm = (typeof PASSKEY_ALGORITHMS)[number]['name'];

export interface PasskeyKey {
  readonly algorithm: PasskeyAlgorithm;
  /** SubjectPublicKeyInfo, DER in base64url. */
  readonly spki: string;
}

/** Labels of RFC 9053 §7.1.1, RFC 8230 §4. */
const LABEL = { kty: 1, alg: 3, crv: -1, x: -2, y: -3, n: -1, e: -2 } as const;
const RSA_BYTES = { least: 256, most: 512 } as const;

/** A COSE key of an algorithm that was offered. @throws {RangeError} for any other, weak ones, and points off the curve */
export async function readPublicKey(cose: Cbor): Promise<PasskeyKey> {
  if (!(cose instanceof Map)) throw new RangeError('the public key is no map');
  switch (cose.get(LABEL.alg)) {
    case -7:
      return { algorithm: 'ES256', spki: await ellipticKey(cose) };
    case -257:
      return { algorithm: 'RS256', spki: await rsaKey(cose) };
    default:
      throw new RangeError('the public key is of an algorithm that was not offered');
  }
}

async function ellipticKey(cose: CborMap): Promise<string> {
  const [x, y] = [cose.get(LABEL.x), cose.get(LABEL.y)];
  const isP256 = cose.get(LABEL.kty) === 2 && cose.get(LABEL.crv) === 1;
  if (!isP256 || !isBytes(x, 32, 32) || !isBytes(y, 32, 32)) {
    throw new RangeError('the public key is no point of P-256');
  }
  const jwk = { kty: 'EC', crv: 'P-256', x: base64url(x), y: base64url(y) };
  return await spkiOf(jwk, { name: 'ECDSA', namedCurve: 'P-256' });
}

async function rsaKey(cose: CborMap): Promise<string> {
  const [n, e] = [cose.get(LABEL.n), cose.get(LABEL.e)];
  const isRsa = cose.get(LABEL.kty) === 3 && isBytes(n, RSA_BYTES.least, RSA_BYTES.most) &&
    isBytes(e, 3, 3);
  if (!isRsa || n[0] === 0 || base64url(e) !== 'AQAB') {
    throw new RangeError('the public key is no RSA key of 2048 to 4096 bits');
  }
  const jwk = { kty: 'RSA', n: base64url(n), e: 'AQAB' };
  return await spkiOf(jwk, { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' });
}

async function spkiOf(
  jwk: JsonWebKey,
  algorithm: EcKeyImportParams | RsaHashedImportParams,
): Promise<string> {
  try {
    const key = await crypto.subtle.importKey('jwk', jwk, algorithm, true, ['verify']);
    // Deno looks whether a point is on the curve only now.
    return base64url(new Uint8Array(await crypto.subtle.exportKey('spki', key)));
  } catch (cause) {
    throw new RangeError('the public key is none', { cause });
  }
}

function isBytes(
  value: Cbor | undefined,
  least: number,
  most: number,
): value is Uint8Array<ArrayBuffer> {
  return value instanceof Uint8Array && value.length >= least && value.length <= most;
}
