import type { JWK } from 'jose';
import { createPrivateKey, type JsonWebKeyInput, type KeyObject } from 'node:crypto';
import type { SigningAlg } from '../spec/identifiers.ts';
import type { KeyRecord } from '../store/records.ts';
import type { JsonValue, Store } from '../store/store.ts';
import { ALGORITHMS } from './algorithms.ts';
import { deriveKey, randomToken } from './digest.ts';
import { open, seal } from './seal.ts';

/** A signing key in use: the private half never leaves this value. */
export interface SigningKey {
  readonly kid: string;
  readonly alg: SigningAlg;
  readonly privateKey: KeyObject;
  readonly publicJwk: JWK;
  readonly created_at: number;
}

/** A master secret for what travels sealed; purposes get derived keys of their own. */
export interface SealingKey {
  readonly kid: string;
  readonly secret: Uint8Array;
  readonly created_at: number;
  readonly superseded_at?: number;
}

export interface KeyMaterial {
  readonly signing: readonly SigningKey[];
  /** Newest first: the first seals, all open. */
  readonly sealing: readonly SealingKey[];
}

interface Custody {
  readonly store: Store;
  readonly issuer: string;
  readonly storageKey: Uint8Array;
  readonly now: () => number;
}

/**
 * Loads an issuer's keys and makes what is missing: a sealing key, and signing keys for `algs`. Two starters on one
 * store end with the same keys.
 */
export async function loadKeys(
  custody: Custody,
  algs: readonly SigningAlg[],
): Promise<KeyMaterial> {
  const stored = await readKeys(custody);
  const missing: Promise<KeyRecord>[] = missingAlgs(stored, algs).map((alg) =>
    generateSigningKey(custody, alg)
  );
  if (stored.sealing.length === 0) missing.push(Promise.resolve(generateSealingKey(custody)));
  if (missing.length === 0) return stored;
  const firsts = await Promise.all(missing);
  await custody.store.commit({
    // Whoever comes second finds these markers and takes the keys of the first.
    check: firsts.map((record) => ({ key: markerKey(custody, record), version: null })),
    put: firsts.flatMap((record) => [
      { key: keyOf(custody, record.kid), value: asJson(record) },
      { key: markerKey(custody, record), value: record.kid },
    ]),
  });
  return await readKeys(custody);
}

export function missingAlgs(
  material: KeyMaterial,
  algs: readonly SigningAlg[],
): readonly SigningAlg[] {
  return algs.filter((alg) => !material.signing.some((key) => key.alg === alg));
}

/** A new sealing key takes over; what older ones sealed still opens until `keepSeconds` after they were superseded. */
export async function rotateSealingKey(
  custody: Custody,
  keepSeconds: number,
): Promise<KeyMaterial> {
  const nowSeconds = Math.floor(custody.now());
  const put = [generateSealingKey(custody)];
  const remove: string[] = [];
  for await (const { value } of custody.store.list<KeyRecord>(['key', custody.issuer])) {
    if (value.use !== 'seal') continue;
    if (value.superseded_at === undefined) put.push({ ...value, superseded_at: nowSeconds });
    else if (value.superseded_at + keepSeconds < nowSeconds) remove.push(value.kid);
  }
  await custody.store.commit({
    put: put.map((record) => ({ key: keyOf(custody, record.kid), value: asJson(record) })),
    remove: remove.map((kid) => keyOf(custody, kid)),
  });
  return await readKeys(custody);
}

async function readKeys(custody: Custody): Promise<KeyMaterial> {
  const signing: SigningKey[] = [];
  const sealing: SealingKey[] = [];
  for await (const { value: record } of custody.store.list<KeyRecord>(['key', custody.issuer])) {
    const secret = open(restKey(custody), record.sealed, restContext(custody, record.kid));
    if (secret === undefined) {
      throw new TypeError(
        `Cannot open key ${record.kid} as "storage key" must be the one it was sealed with: got another`,
      );
    }
    if (record.use === 'sig') signing.push(openSigningKey(record, secret));
    else sealing.push(openSealingKey(record, secret));
  }
  // Keys of one second are told apart by whether they were superseded.
  sealing.sort((a, b) =>
    (b.superseded_at ?? Infinity) - (a.superseded_at ?? Infinity) || b.created_at - a.created_at
  );
  return { signing, sealing };
}

function openSigningKey(record: KeyRecord, secret: string): SigningKey {
  const alg = record.alg as SigningAlg;
  const privateJwk = JSON.parse(secret) as JsonWebKeyInput['key'];
  return {
    kid: record.kid,
    alg,
    privateKey: createPrivateKey({ key: privateJwk, format: 'jwk' }),
    publicJwk: { ...record.public_jwk, kid: record.kid, use: 'sig', alg } as JWK,
    created_at: record.created_at,
  };
}

function openSealingKey(record: KeyRecord, secret: string): SealingKey {
  return {
    kid: record.kid,
    secret: new Uint8Array(Buffer.from(secret, 'base64url')),
    created_at: record.created_at,
    ...(record.superseded_at === undefined ? {} : { superseded_at: record.superseded_at }),
  };
}

async function generateSigningKey(custody: Custody, alg: SigningAlg): Promise<KeyRecord> {
  // Only now, as a server that has its keys needs nothing of it for a while: 16 MiB.
  const { calculateJwkThumbprint, exportJWK, generateKeyPair } = await import('jose');
  const { modulusLength } = ALGORITHMS[alg];
  const pair = await generateKeyPair(alg, {
    extractable: true,
    ...(modulusLength === undefined ? {} : { modulusLength }),
  });
  const public_jwk = await exportJWK(pair.publicKey);
  const kid = await calculateJwkThumbprint(public_jwk);
  const secret = JSON.stringify(await exportJWK(pair.privateKey));
  return {
    kid,
    use: 'sig',
    alg,
    public_jwk: public_jwk as { readonly [member: string]: JsonValue },
    sealed: seal(restKey(custody), secret, restContext(custody, kid)),
    created_at: Math.floor(custody.now()),
  };
}

function generateSealingKey(custody: Custody): KeyRecord {
  const kid = randomToken(16).slice(0, SEALING_KID_LENGTH);
  return {
    kid,
    use: 'seal',
    sealed: seal(restKey(custody), randomToken(32), restContext(custody, kid)),
    created_at: Math.floor(custody.now()),
  };
}

/** Short, because it travels in front of every sealed value. */
export const SEALING_KID_LENGTH = 6;

function keyOf(custody: Custody, kid: string) {
  return ['key', custody.issuer, kid] as const;
}

function markerKey(custody: Custody, record: KeyRecord) {
  return ['key_made', custody.issuer, record.alg ?? record.use] as const;
}

function restKey(custody: Custody): KeyObject {
  return deriveKey(custody.storageKey, 'keys at rest');
}

function restContext(custody: Custody, kid: string): string {
  return JSON.stringify([custody.issuer, kid]);
}

function asJson(record: KeyRecord): JsonValue {
  return record as unknown as JsonValue;
}
