import type { JWK, JWTPayload } from 'jose';
import { Buffer } from 'node:buffer';
import {
  createHmac,
  createPublicKey,
  type JsonWebKeyInput,
  type KeyObject,
  timingSafeEqual,
  verify,
} from 'node:crypto';
import {
  type ClientSigningAlg,
  type HmacAlg,
  isHmac,
  type SigningAlg,
} from '../spec/identifiers.ts';
import { isMap } from '../spec/is_map.ts';
import { jwkProblem } from '../spec/jwks.ts';
import { ALGORITHMS, HMAC_HASHES } from './algorithms.ts';
import { bareJwk, isKeyFor } from './public_jwk.ts';
import { PSS } from './sign.ts';

/** Characters; longer JWTs are not even parsed. T129 */
export const MAX_JWT_LENGTH = 16 * 1024;

/**
 * Seconds by which other people’s clocks, or ours before, may run ahead. RFC 7519 §4.1.6 has no rule; FAPI 2.0 SP
 * §5.3.2.1 has: clocks may differ, but not by a minute. T143
 */
export const MAX_CLOCK_SKEW_SECONDS = 60;

/** The members that are read; keys and addresses of keys in a header are nobody's word but the sender's. RFC 8725 §3.10 */
export interface JwtHeader {
  readonly alg: string;
  readonly kid?: string;
  readonly typ?: string;
}

export interface ReadJwt {
  readonly header: JwtHeader;
  readonly payload: JWTPayload;
}

/** The keys that may have signed: registered public ones, or the secret of a client (Core §10.1). */
export type Verifiers = { readonly keys: readonly JWK[] } | { readonly secret: string };

/**
 * What a JWT says if one of the keys signed it with one of the algorithms, undefined otherwise; RFC 8725 §3.1. What
 * the claims and `typ` must be is the caller's question. Curves take three times as long as RSA, and so go to a thread.
 */
export async function verifyJwt(
  jwt: string,
  by: Verifiers,
  algs: readonly ClientSigningAlg[],
): Promise<ReadJwt | undefined> {
  const parts = partsOf(jwt);
  const alg = algs.find((each) => each === parts?.header.alg);
  if (
    parts === undefined || alg === undefined || 'secret' in by || isHmac(alg) ||
    ALGORITHMS[alg].kty === 'RSA'
  ) return verifyJwtNow(jwt, by, algs);
  const { header, payload, input, signature } = parts;
  for (const key of candidates(by.keys, alg, header.kid)) {
    if (await isSignatureByThread(alg, publicKeyOf(key), input, signature)) {
      return { header, payload };
    }
  }
  return undefined;
}

/** The same on the spot. */
export function verifyJwtNow(
  jwt: string,
  by: Verifiers,
  algs: readonly ClientSigningAlg[],
): ReadJwt | undefined {
  const parts = partsOf(jwt);
  const alg = algs.find((each) => each === parts?.header.alg);
  if (parts === undefined || alg === undefined) return undefined;
  const { header, payload, input, signature } = parts;
  // By the kind of key first: a public key must never become the secret of an HMAC. RFC 8725 §2.1
  const isGenuine = 'secret' in by
    ? isHmac(alg) && isTag(alg, by.secret, input, signature)
    : !isHmac(alg) && candidates(by.keys, alg, header.kid).some((key) =>
      isSignature(alg, publicKeyOf(key), input, signature)
    );
  return isGenuine ? { header, payload } : undefined;
}

/** What a JWT claims to say: to find out whose keys to ask, and nothing more. */
export function peekJwt(jwt: string): ReadJwt | undefined {
  const parts = partsOf(jwt);
  return parts && { header: parts.header, payload: parts.payload };
}

/** Whether a key's owner made the signature with the algorithm. */
function isSignature(
  alg: SigningAlg,
  key: KeyObject | undefined,
  input: string,
  signature: Buffer,
): boolean {
  const terms = termsOf(alg, key, signature);
  if (terms === undefined) return false;
  try {
    return verify(terms.hash, Buffer.from(input), terms.key, terms.signature);
  } catch {
    // Some runtimes throw at a signature of an impossible form.
    return false;
  }
}

function isSignatureByThread(
  alg: SigningAlg,
  key: KeyObject | undefined,
  input: string,
  signature: Buffer,
): Promise<boolean> {
  const terms = termsOf(alg, key, signature);
  if (terms === undefined) return Promise.resolve(false);
  return new Promise((resolve) => {
    try {
      verify(
        terms.hash,
        Buffer.from(input),
        terms.key,
        terms.signature,
        (error, isGenuine) => resolve(error ? false : isGenuine),
      );
    } catch {
      resolve(false);
    }
  });
}

interface VerifyTerms {
  readonly hash: string | null;
  readonly key: KeyObject | (typeof PSS & { readonly key: KeyObject });
  readonly signature: Buffer;
}

/** What the platform wants of a key and a signature; undefined when they cannot belong together. */
function termsOf(
  alg: SigningAlg,
  key: KeyObject | undefined,
  signature: Buffer,
): VerifyTerms | undefined {
  if (key === undefined) return undefined;
  const algorithm = ALGORITHMS[alg];
  switch (algorithm.kty) {
    case 'RSA':
      return {
        hash: algorithm.hash,
        key: algorithm.padding === 'pss' ? { key, ...PSS } : key,
        signature,
      };
    case 'EC':
      // Not by `dsaEncoding`: Node takes half as long again for a key that comes with options.
      return signature.length === 2 * algorithm.integerBytes
        ? { hash: algorithm.hash, key, signature: derSignature(signature) }
        : undefined;
    case 'OKP':
      return { hash: null, key, signature };
  }
}

/** R and S as the DER that keys without options take. RFC 7518 §3.4, RFC 3279 §2.2.3 */
function derSignature(joined: Buffer): Buffer {
  const half = joined.length / 2;
  const integers = Buffer.concat([
    derInteger(joined.subarray(0, half)),
    derInteger(joined.subarray(half)),
  ]);
  const length = integers.length < 128 ? [integers.length] : [0x81, integers.length];
  return Buffer.concat([Buffer.from([0x30, ...length]), integers]);
}

/** Without leading zeros, save the one that keeps it positive. */
function derInteger(bytes: Buffer): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
  const value = bytes.subarray(start);
  const sign = (value[0] ?? 0) >= 0x80 ? [0] : [];
  return Buffer.concat([Buffer.from([0x02, value.length + sign.length, ...sign]), value]);
}

interface Parts extends ReadJwt {
  /** What is signed. */
  readonly input: string;
  readonly signature: Buffer;
}

const JWS_FORM = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]*)$/;

function partsOf(jwt: string): Parts | undefined {
  if (jwt.length > MAX_JWT_LENGTH) return undefined;
  const [, first, second, third] = JWS_FORM.exec(jwt) ?? [];
  if (first === undefined || second === undefined || third === undefined) return undefined;
  const header = parseJwtHeader(first);
  const payload = jsonObject(second);
  const signature = Buffer.from(third, 'base64url');
  // The last character has bits to spare: each signature has one spelling.
  if (header === undefined || payload === undefined || signature.toString('base64url') !== third) {
    return undefined;
  }
  return { header, payload, input: `${first}.${second}`, signature };
}

/** RFC 7515 §4.1; `crit` names extensions that must be understood, and we know none. */
function parseJwtHeader(encoded: string): JwtHeader | undefined {
  const header = jsonObject(encoded);
  if (header === undefined || Object.hasOwn(header, 'crit')) return undefined;
  const { alg, kid, typ } = header;
  if (typeof alg !== 'string' || !isTextOrAbsent(kid) || !isTextOrAbsent(typ)) return undefined;
  return { alg, ...kid !== undefined && { kid }, ...typ !== undefined && { typ } };
}

function isTextOrAbsent(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}

/** The JSON object that a part of a compact serialization encodes. */
export function jsonObject(encoded: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(
      Buffer.from(encoded, 'base64url'),
    );
    const value: unknown = JSON.parse(text);
    return isMap(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Of type and curve that the algorithm asks for; a named key, where there is one of that name. */
function candidates(
  keys: readonly JWK[],
  alg: SigningAlg,
  kid: string | undefined,
): readonly JWK[] {
  const fitting = keys.filter((key) => isKeyFor(key, 'sig', alg));
  if (kid === undefined) return fitting;
  const named = fitting.filter((key) => key.kid === kid);
  return named.length > 0 ? named : fitting.filter((key) => key.kid === undefined);
}

/** Reading a JWK takes longer than verifying with it. */
const readKeys = new WeakMap<JWK, KeyObject>();

function publicKeyOf(jwk: JWK): KeyObject | undefined {
  const known = readKeys.get(jwk);
  if (known !== undefined || jwkProblem(jwk) !== undefined) return known;
  try {
    const bare = bareJwk(jwk) as JsonWebKeyInput['key'];
    const key = createPublicKey({ key: bare, format: 'jwk' });
    readKeys.set(jwk, key);
    return key;
  } catch {
    return undefined;
  }
}

function isTag(alg: HmacAlg, secret: string, input: string, tag: Buffer): boolean {
  if (secret === '') return false;
  const expected = createHmac(HMAC_HASHES[alg], secret).update(input).digest();
  return tag.length === expected.length && timingSafeEqual(tag, expected);
}
