import type { JWK } from 'jose';
import type { KeyObject } from 'node:crypto';
import type { AsymmetricEncryptionAlg, SigningAlg } from '../spec/identifiers.ts';
import { keyRecords } from '../store/collections.ts';
import type { KeyChain, KeyRecord } from '../store/records.ts';
import type { Entry } from '../store/store.ts';
import { type Custody, type KeyAlg, openKey } from './key_records.ts';
import type { KeyTimes } from './key_state.ts';

interface HeldKey extends KeyTimes {
  readonly kid: string;
  readonly created_at: number;
  readonly imported?: true;
}

interface PublishedKey extends HeldKey {
  /** With `kid`, `use` and `alg`, without certificates. */
  readonly publicJwk: JWK;
  readonly chain?: KeyChain;
}

/** A signing key: the private half never leaves this value. */
export interface SigningKey extends PublishedKey {
  readonly use: 'sig';
  readonly alg: SigningAlg;
  readonly privateKey: KeyObject;
}

/** A key that others encrypt to. */
export interface EncryptionKey extends PublishedKey {
  readonly use: 'enc';
  readonly alg: AsymmetricEncryptionAlg;
  readonly privateJwk: JWK;
}

/** A master secret for what travels sealed; purposes get derived keys of their own. */
export interface SealingKey extends HeldKey {
  readonly use: 'seal';
  readonly secret: Uint8Array;
}

export type OpenedKey = SigningKey | EncryptionKey | SealingKey;

/** All newest first; `key_state.ts` tells which of them is used for what. */
export interface KeyMaterial {
  readonly signing: readonly SigningKey[];
  readonly encryption: readonly EncryptionKey[];
  readonly sealing: readonly SealingKey[];
  /** Differs whenever a record does. */
  readonly version: string;
}

export function hasKey(material: KeyMaterial, alg: KeyAlg): boolean {
  return material.signing.some((key) => key.alg === alg) ||
    material.encryption.some((key) => key.alg === alg);
}

export function allKeys({ signing, encryption, sealing }: KeyMaterial): readonly OpenedKey[] {
  return [...signing, ...encryption, ...sealing];
}

/** What is in the store; the same object as is known already if that has not changed. */
export async function readKeys(custody: Custody, known?: KeyMaterial): Promise<KeyMaterial> {
  const entries: Entry<KeyRecord>[] = [];
  for await (const entry of keyRecords.list(custody.store, [custody.issuer])) entries.push(entry);
  const version = JSON.stringify(entries.map(({ value, version }) => [value.kid, version]));
  if (known?.version === version) return known;
  const all = entries.map(({ value }) => openKey(custody, value)).sort(newestFirst);
  return {
    signing: all.filter((key) => key.use === 'sig'),
    encryption: all.filter((key) => key.use === 'enc'),
    sealing: all.filter((key) => key.use === 'seal'),
    version,
  };
}

/** Keys of one second are told apart by whether they were superseded. */
function newestFirst(a: HeldKey, b: HeldKey): number {
  const [endA, endB] = [a.superseded_at ?? Infinity, b.superseded_at ?? Infinity];
  if (endA !== endB) return endB - endA;
  return b.created_at - a.created_at || (a.kid < b.kid ? -1 : 1);
}
