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
import type { KeyChain, KeyRecord } from '../store/records.ts';
import type { Entry, JsonValue, Store } from '../store/store.ts';
import { ALGORITHMS, ENCRYPTION_KEYS, RSA_BITS } from './algorithms.ts';
import { deriveKey, randomToken } from './digest.ts';
import type { BroughtKey } from './import.ts';
import { thumbprintOf } from './public_jwk.ts';
import { open, seal } from './seal.ts';

interface PublishedKey {
  readonly kid: string;
  readonly created_at: number;
  readonly superseded_at?: number;
  /** With `kid`, `use` and `alg`, without certificates. */
  readonly publicJwk: JWK;
  readonly chain?: KeyChain;
}

/** A signing key in use: the private half never leaves this value. */
export interface SigningKey extends PublishedKey {
  readonly alg: SigningAlg;
  readonly privateKey: KeyObject;
}

/** A key that others encrypt to. */
export interface EncryptionKey extends PublishedKey {
  readonly alg: AsymmetricEncryptionAlg;
  readonly privateJwk: JWK;
}

/** A master secret for what travels sealed; purposes get derived keys of their own. */
export interface SealingKey {
  readonly kid: string;
  readonly secret: Uint8Array;
  readonly created_at: number;
  readonly superseded_at?: number;
}

/** All newest first: of an algorithm, or for sealing, the first is used, and all verify and open. */
export interface KeyMaterial {
  readonly signing: readonly SigningKey[];
  readonly encryption: readonly EncryptionKey[];
  readonly sealing: readonly SealingKey[];
}

export interface Custody {
  readonly store: Store;
  readonly issuer: string;
  readonly storageKey: Uint8Array;
  readonly now: () => number;
}

export type KeyAlg = SigningAlg | AsymmetricEncryptionAlg;

/**
 * Loads an issuer's keys and makes what is missing: a sealing key, and keys for `algs`. Two starters on one store end
 * with the same keys.
 */
export async function loadKeys(custody: Custody, algs: readonly KeyAlg[]): Promise<KeyMaterial> {
  const stored = await readKeys(custody);
  const missing = algs.filter((alg) => !hasKey(stored, alg)).map((alg) => makeKey(custody, alg));
  if (stored.sealing.length === 0) missing.push(keepFirst(custody, generateSealingKey(custody)));
  if (missing.length === 0) return stored;
  await Promise.all(missing);
  return await readKeys(custody);
}

export function hasKey(material: KeyMaterial, alg: KeyAlg): boolean {
  return material.signing.some((key) => key.alg === alg) ||
    material.encryption.some((key) => key.alg === alg);
}

/** Makes the first key of an algorithm, unless somebody else is quicker. */
export async function makeKey(custody: Custody, alg: KeyAlg): Promise<void> {
  await keepFirst(custody, await generateKey(custody, alg));
}

/** Whoever comes second finds the marker and takes the key of the first. */
async function keepFirst(custody: Custody, record: KeyRecord): Promise<void> {
  await custody.store.commit({
    check: [{ key: markerKey(custody, record), version: null }],
    put: [
      { key: keyOf(custody, record.kid), value: asJson(record) },
      { key: markerKey(custody, record), value: record.kid },
    ],
  });
}

/**
 * Takes in a key of somebody else's making, as the newest of its algorithm; the same key again replaces its
 * certificates. @returns what speaks against it, or the kid
 */
export async function addKey(
  custody: Custody,
  brought: BroughtKey,
): Promise<{ readonly kid: string } | { readonly problem: string }> {
  const { use, alg, publicJwk, privateJwk, chain } = brought;
  const thumbprint = thumbprintOf(publicJwk);
  const kid = brought.kid ?? thumbprint;
  const nowSeconds = Math.floor(custody.now());
  const marker = markerKey(custody, { use, alg });
  const made = await custody.store.get(marker);
  const superseded: Entry<KeyRecord>[] = [];
  let same: Entry<KeyRecord> | undefined;
  for await (const entry of custody.store.list<KeyRecord>(['key', custody.issuer])) {
    const { value } = entry;
    const isSame = value.public_jwk !== undefined && thumbprintOf(value.public_jwk) === thumbprint;
    if (isSame || value.kid === kid) {
      if (!isSame || value.kid !== kid || value.use !== use || value.alg !== alg) {
        return {
          problem: isSame
            ? `the key is here already as ${value.kid} for ${value.alg}: one key has one alg`
            : `there is another key whose kid is ${kid}`,
        };
      }
      same = entry;
    } else if (value.use === use && value.alg === alg && value.superseded_at === undefined) {
      superseded.push(entry);
    }
  }
  const record: KeyRecord = {
    kid,
    use,
    alg,
    public_jwk: publicJwk,
    ...chain !== undefined && { chain },
    sealed: seal(restKey(custody), JSON.stringify(privateJwk), restContext(custody, kid)),
    created_at: same?.value.created_at ?? nowSeconds,
  };
  const outcome = await custody.store.commit({
    check: [
      { key: keyOf(custody, kid), version: same?.version ?? null },
      { key: marker, version: made?.version ?? null },
      ...superseded.map(({ key, version }) => ({ key, version })),
    ],
    put: [
      { key: keyOf(custody, kid), value: asJson(record) },
      { key: marker, value: kid },
      ...superseded.map(({ key, value }) => ({
        key,
        value: asJson({ ...value, superseded_at: nowSeconds }),
      })),
    ],
  });
  return outcome === 'committed'
    ? { kid }
    : { problem: 'somebody else is changing the keys: try again' };
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

export async function readKeys(custody: Custody): Promise<KeyMaterial> {
  const signing: SigningKey[] = [];
  const encryption: EncryptionKey[] = [];
  const sealing: SealingKey[] = [];
  for await (const { value: record } of custody.store.list<KeyRecord>(['key', custody.issuer])) {
    const secret = open(restKey(custody), record.sealed, restContext(custody, record.kid));
    if (secret === undefined) {
      throw new TypeError(
        `Cannot open key ${record.kid} as "storage key" must be the one it was sealed with: got another`,
      );
    }
    switch (record.use) {
      case 'sig':
        signing.push(openSigningKey(record, secret));
        break;
      case 'enc':
        encryption.push(openEncryptionKey(record, secret));
        break;
      case 'seal':
        sealing.push(openSealingKey(record, secret));
        break;
    }
  }
  return {
    signing: signing.sort(newestFirst),
    encryption: encryption.sort(newestFirst),
    sealing: sealing.sort(newestFirst),
  };
}

interface Aged {
  readonly kid: string;
  readonly created_at: number;
  readonly superseded_at?: number;
}

/** Keys of one second are told apart by whether they were superseded. */
function newestFirst(a: Aged, b: Aged): number {
  const [endA, endB] = [a.superseded_at ?? Infinity, b.superseded_at ?? Infinity];
  if (endA !== endB) return endB - endA;
  return b.created_at - a.created_at || (a.kid < b.kid ? -1 : 1);
}

function openSigningKey(record: KeyRecord, secret: string): SigningKey {
  const privateJwk = JSON.parse(secret) as JsonWebKeyInput['key'];
  return {
    ...openPublished(record),
    alg: record.alg as SigningAlg,
    privateKey: createPrivateKey({ key: privateJwk, format: 'jwk' }),
  };
}

function openEncryptionKey(record: KeyRecord, secret: string): EncryptionKey {
  return {
    ...openPublished(record),
    alg: record.alg as AsymmetricEncryptionAlg,
    privateJwk: JSON.parse(secret) as JWK,
  };
}

function openPublished(record: KeyRecord): PublishedKey {
  const { kid, use, alg, created_at, superseded_at, chain } = record;
  return {
    kid,
    created_at,
    ...superseded_at !== undefined && { superseded_at },
    publicJwk: { ...record.public_jwk, kid, use, alg } as JWK,
    ...chain !== undefined && { chain },
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

async function generateKey(custody: Custody, alg: KeyAlg): Promise<KeyRecord> {
  const { privateKey, publicKey } = await generatePair(alg);
  const public_jwk = publicKey.export({ format: 'jwk' }) as {
    readonly [member: string]: JsonValue;
  };
  const kid = thumbprintOf(public_jwk);
  const secret = JSON.stringify(privateKey.export({ format: 'jwk' }));
  return {
    kid,
    use: isAsymmetricEncryption(alg) ? 'enc' : 'sig',
    alg,
    public_jwk,
    sealed: seal(restKey(custody), secret, restContext(custody, kid)),
    created_at: Math.floor(custody.now()),
  };
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

function markerKey(custody: Custody, { alg, use }: Pick<KeyRecord, 'alg' | 'use'>) {
  return ['key_made', custody.issuer, alg ?? use] as const;
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
