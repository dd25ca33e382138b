import type { JWK } from 'jose';
import { Buffer } from 'node:buffer';
import {
  createPrivateKey,
  createPublicKey,
  type JsonWebKeyInput,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { ASYMMETRIC_ENCRYPTION_ALGS, SIGNING_ALGS } from '../spec/identifiers.ts';
import { jwkProblem } from '../spec/jwks.ts';
import type { KeyChain } from '../store/records.ts';
import type { JsonValue } from '../store/store.ts';
import { ALGORITHMS, ENCRYPTION_KEYS } from './algorithms.ts';
import { readChain } from './certificate_chain.ts';
import { bareJwk, isTypeFor } from './public_jwk.ts';

/** A key of somebody else's making, checked. */
export interface BroughtKey {
  /** As the JWK names it; otherwise the key's thumbprint will do. */
  readonly kid?: string;
  readonly use: 'sig' | 'enc';
  readonly alg: string;
  readonly privateJwk: PrivateJwk;
  readonly publicJwk: PublicJwk;
  readonly chain?: KeyChain;
}

type PrivateJwk = { readonly [member: string]: JsonValue };
export type PublicJwk = { readonly [member: string]: JsonValue };

export interface BroughtAs {
  /** By default as the JWK says, otherwise `sig`. */
  readonly use?: 'sig' | 'enc' | undefined;
  /** By default as the JWK says, otherwise the usual one of the key's type. */
  readonly alg?: string | undefined;
}

export type BroughtResult =
  | { readonly ok: true; readonly key: BroughtKey }
  | { readonly ok: false; readonly problem: string };

/** Reads a PEM private key (PKCS #8) or a private JWK, and the PEM certificates after it, the key's own first. */
export function readBroughtKey(text: string, as: BroughtAs): BroughtResult {
  const blocks = [...text.matchAll(PEM_BLOCK)].map(([block, label]) => ({ block, label }));
  const certificates = blocks.filter(({ label }) => label === 'CERTIFICATE');
  const others = blocks.filter(({ label }) => label !== 'CERTIFICATE');
  const json = text.trimStart().startsWith('{') ? text.replaceAll(PEM_BLOCK, '') : undefined;
  if (others.length !== (json === undefined ? 1 : 0)) {
    return refused('must hold one private key, as PEM or as a JWK, and its certificates after it');
  }
  const label = others[0]?.label;
  if (label !== undefined && label !== 'PRIVATE KEY') {
    return refused(`must hold a private key in PKCS #8 ("PRIVATE KEY"): got "${label}"`);
  }
  const said = json === undefined ? {} : parsedJwk(json);
  const privateKey = said && readPrivateKey(json === undefined ? others[0]?.block : said);
  const privateJwk = privateKey && exported(privateKey);
  if (said === undefined || privateKey === undefined || privateJwk === undefined) {
    return refused('must hold a private key of type RSA, EC or Ed25519: it cannot be read');
  }
  const publicJwk = bareJwk(privateJwk as JWK) as PublicJwk;
  const problem = jwkProblem(publicJwk);
  if (problem !== undefined) return refused(`the key ${problem}`);
  if (!isPair(privateKey, publicJwk)) {
    return refused('the private half must be of the public half, and of a type that signs');
  }
  const purpose = purposeOf(publicJwk, as, said);
  if (typeof purpose === 'string') return refused(purpose);
  const key = { ...purpose, privateJwk, publicJwk, ...kidOf(said) };
  if (certificates.length === 0) return { ok: true, key };
  const read = readChain(certificates.map(({ block }) => block), createPublicKey(privateKey));
  return read.ok ? { ok: true, key: { ...key, chain: read.chain } } : read;
}

const PEM_BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[A-Za-z0-9+/=\s]+-----END \1-----/g;

type Said = Readonly<Record<string, unknown>>;

function parsedJwk(json: string): Said | undefined {
  try {
    return JSON.parse(json) as Said;
  } catch {
    return undefined;
  }
}

function readPrivateKey(from: string | Said | undefined): KeyObject | undefined {
  if (from === undefined) return undefined;
  try {
    return typeof from === 'string'
      ? createPrivateKey(from)
      : createPrivateKey({ key: from as JsonWebKeyInput['key'], format: 'jwk' });
  } catch {
    return undefined;
  }
}

function exported(key: KeyObject): PrivateJwk | undefined {
  try {
    return key.export({ format: 'jwk' }) as PrivateJwk;
  } catch {
    return undefined;
  }
}

/** Runtimes take a JWK at its word; what it says of its public half may be another key's. */
function isPair(privateKey: KeyObject, jwk: PublicJwk): boolean {
  // Deno signs on each curve with the hash that RFC 7518 pairs it with, and with no other.
  const alg = SIGNING_ALGS.find((each) => isTypeFor(jwk, each));
  if (alg === undefined) return false;
  const hash = alg === 'EdDSA' ? null : ALGORITHMS[alg].hash;
  const text = Buffer.from('a pair');
  try {
    const publicKey = createPublicKey({ key: jwk as JsonWebKeyInput['key'], format: 'jwk' });
    return verify(hash, text, publicKey, sign(hash, text, privateKey));
  } catch {
    return false;
  }
}

/** What the key is for, or why it cannot be for that. */
function purposeOf(
  jwk: PublicJwk,
  as: BroughtAs,
  said: Said,
): { readonly use: 'sig' | 'enc'; readonly alg: string } | string {
  const use = as.use ?? said['use'] ?? 'sig';
  if (use !== 'sig' && use !== 'enc') return 'the use must be sig or enc';
  // The JWK's own alg is of its own use.
  const saidAlg = as.use === undefined || as.use === said['use'] ? said['alg'] : undefined;
  const alg = as.alg ?? saidAlg;
  const fitting: readonly string[] = use === 'sig'
    ? SIGNING_ALGS.filter((each) => isTypeFor(jwk, each))
    : ASYMMETRIC_ENCRYPTION_ALGS.filter((each) => ENCRYPTION_KEYS[each].kty === jwk['kty']);
  const usual = use === 'enc' && jwk['kty'] === 'RSA' ? 'RSA-OAEP-256' : fitting[0];
  const chosen = alg ?? usual;
  if (typeof chosen !== 'string' || !fitting.includes(chosen)) {
    return fitting.length === 0
      ? `the key cannot be for ${use}`
      : `the alg must be one of ${fitting.join(', ')} for this key`;
  }
  return { use, alg: chosen };
}

/** A key keeps the name that relying parties know it by, if it is one we can keep it under. */
function kidOf({ kid }: Said): { readonly kid?: string } {
  return typeof kid === 'string' && /^[\x21-\x7e]{1,100}$/.test(kid) ? { kid } : {};
}

function refused(problem: string): BroughtResult {
  return { ok: false, problem };
}
