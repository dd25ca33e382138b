import type { JWK } from 'jose';
import {
  createPrivateKey,
  generateKeyPair,
  type JsonWebKeyInput,
  type KeyObject,
} from 'node:crypto';
import { promisify } from 'node:util';
import {
  type AsymmetricEncryptionAlg,
  isAsymmetricEncryption,
  type SigningAlg,
} from '../spec/identifiers.ts';
import type { KeyRecord } from '../store/records.ts';
import type { JsonValue, Store } from '../store/store.ts';
import { ALGORITHMS, ENCRYPTION_KEYS, RSA_BITS } from './algorithms.ts';
import { randomToken } from './digest.ts';
import type { OpenedKey } from './key_set.ts';
import type { KeyUse } from './key_state.ts';
import { thumbprintOf } from './public_jwk.ts';
import type { Vault } from './vault.ts';

/** Where one issuer's keys are kept, and what opens them. */
export interface Custody {
  readonly store: Store;
  readonly issuer: string;
  readonly vault: Vault;
  readonly now: () => number;
  /** Seconds: the longest life of what keys of the use make from now on. */
  readonly longest: (use: KeyUse) => number;
}

export type KeyAlg = SigningAlg | AsymmetricEncryptionAlg;

/** Keys of which one is in use at a time. */
export type KeyGroup = KeyAlg | 'seal';

export function groupOf({ alg, use }: Pick<KeyRecord, 'alg' | 'use'>): KeyGroup {
  // Records are written for groups.
  return (alg ?? use) as KeyGroup;
}

export function useOf(group: KeyGroup): KeyUse {
  if (group === 'seal') return 'seal';
  return isAsymmetricEncryption(group) ? 'enc' : 'sig';
}

/** A new key that is in use at once. */
export async function generateKey(custody: Custody, group: KeyGroup): Promise<KeyRecord> {
  const created_at = Math.floor(custody.now());
  const use = useOf(group);
  const terms = { use, created_at, active_at: created_at, longest: custody.longest(use) };
  if (group === 'seal') {
    const kid = randomToken(16).slice(0, SEALING_KID_LENGTH);
    return { kid, ...terms, sealed: sealKey(custody, kid, randomToken(32)) };
  }
  const { privateKey, publicKey } = await generatePair(group);
  const public_jwk = publicKey.export({ format: 'jwk' }) as {
    readonly [member: string]: JsonValue;
  };
  const kid = thumbprintOf(public_jwk);
  const sealed = sealKey(custody, kid, JSON.stringify(privateKey.export({ format: 'jwk' })));
  return { kid, ...terms, alg: group, public_jwk, sealed };
}

/** Short, because it travels in front of every sealed value. */
export const SEALING_KID_LENGTH = 6;

/** The key that something was sealed with, as it says itself. */
export function sealingKidOf(sealed: string): string {
  return sealed.slice(0, SEALING_KID_LENGTH);
}

/** A private JWK, or what a sealing key is made of, as it rests in the store. */
export function sealKey(custody: Custody, kid: string, secret: string): string {
  return custody.vault.seal('keys at rest', secret, restContext(custody.issuer, kid));
}

/** @throws {TypeError} when it was sealed with another storage key */
export function openKey(custody: Custody, record: KeyRecord): OpenedKey {
  const context = restContext(custody.issuer, record.kid);
  const secret = custody.vault.open('keys at rest', record.sealed, context);
  if (secret === undefined) {
    throw new TypeError(
      `Cannot open key ${record.kid} as "storage key" must be the one it was sealed with: got another`,
    );
  }
  const { kid, use, alg, public_jwk, sealed: _, chain, ...rest } = record;
  if (use === 'seal') {
    return { ...rest, kid, use, secret: new Uint8Array(Buffer.from(secret, 'base64url')) };
  }
  const published = {
    ...rest,
    kid,
    publicJwk: { ...public_jwk, kid, use, alg } as JWK,
    ...chain !== undefined && { chain },
  };
  if (use === 'enc') {
    const privateJwk = JSON.parse(secret) as JWK;
    return { ...published, use, alg: alg as AsymmetricEncryptionAlg, privateJwk };
  }
  const jwk = JSON.parse(secret) as JsonWebKeyInput['key'];
  const privateKey = createPrivateKey({ key: jwk, format: 'jwk' });
  return { ...published, use, alg: alg as SigningAlg, privateKey };
}

const generate = promisify(generateKeyPair);

/** On another thread on each runtime, which an RSA key needs. */
function generatePair(
  alg: KeyAlg,
): Promise<{ readonly privateKey: KeyObject; readonly publicKey: KeyObject }> {
  const algorithm = isAsymmetricEncryption(alg)
    ? { crv: 'P-256', ...ENCRYPTION_KEYS[alg] } as const
    : ALGORITHMS[alg];
  switch (algorithm.kty) {
    case 'RSA':
      return generate('rsa', { modulusLength: RSA_BITS });
    case 'EC':
      return generate('ec', { namedCurve: algorithm.crv });
    case 'OKP':
      return generate('ed25519');
  }
}

/** Whose a key is that rests sealed. */
export function restContext(issuer: string, kid: string): string {
  return JSON.stringify([issuer, kid]);
}
