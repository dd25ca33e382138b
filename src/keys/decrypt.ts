import type { CryptoKey, JWK } from 'jose';
import {
  type AsymmetricEncryptionAlg,
  type ContentEncryption,
  type EncryptionAlg,
  isSymmetricEncryption,
} from '../spec/identifiers.ts';
import { secretKey } from './encrypt.ts';
import { jsonObject } from './verify.ts';

export interface DecryptOptions {
  readonly algs: readonly EncryptionAlg[];
  readonly encs: readonly ContentEncryption[];
  /** Of the sender, for symmetric algorithms; Core §10.2. */
  readonly secret?: string | undefined;
}

/** What decrypting takes of a key. */
export interface DecryptingWith {
  readonly kid: string;
  readonly alg: AsymmetricEncryptionAlg;
  readonly privateJwk: JWK;
}

/** Characters; longer JWEs are not even parsed. Room for a signed JWT of the longest kind. T129 */
export const MAX_JWE_LENGTH = 32 * 1024;

const JWE_FORM =
  /^([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+$/;

/**
 * The text of a JWE (RFC 7516 §7.1) to one of the keys, newest first, or to the secret. All that can be wrong with it
 * gives the same answer: undefined (RFC 7516 §11.5).
 */
export async function decryptJwe(
  jwe: string,
  { algs, encs, secret }: DecryptOptions,
  keys: readonly DecryptingWith[],
): Promise<string | undefined> {
  const header = headerOf(jwe);
  const alg = algs.find((each) => each === header?.['alg']);
  const enc = encs.find((each) => each === header?.['enc']);
  if (header === undefined || alg === undefined || enc === undefined) return undefined;
  const { compactDecrypt } = await import('jose');
  for (const key of await keysFor(alg, enc, header['kid'], secret, keys)) {
    try {
      const { plaintext } = await compactDecrypt(jwe, key, {
        keyManagementAlgorithms: [alg],
        contentEncryptionAlgorithms: [enc],
      });
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(plaintext);
    } catch {
      // Perhaps an older key of ours; otherwise nothing tells why.
    }
  }
  return undefined;
}

/** Compressed content can be a bomb, and what must be understood is not: refused before any cryptography. T049 */
function headerOf(jwe: string): Readonly<Record<string, unknown>> | undefined {
  if (jwe.length > MAX_JWE_LENGTH) return undefined;
  const [, encoded] = JWE_FORM.exec(jwe) ?? [];
  const header = encoded === undefined ? undefined : jsonObject(encoded);
  return header === undefined || Object.hasOwn(header, 'zip') || Object.hasOwn(header, 'crit')
    ? undefined
    : header;
}

async function keysFor(
  alg: EncryptionAlg,
  enc: ContentEncryption,
  kid: unknown,
  secret: string | undefined,
  keys: readonly DecryptingWith[],
): Promise<readonly (CryptoKey | Uint8Array)[]> {
  if (isSymmetricEncryption(alg)) return secret ? [secretKey(alg, enc, secret)] : [];
  const ours = keys.filter((key) => key.alg === alg && (kid === undefined || key.kid === kid));
  return await Promise.all(ours.map(privateKeyOf));
}

const readKeys = new WeakMap<DecryptingWith, Promise<CryptoKey>>();

function privateKeyOf(key: DecryptingWith): Promise<CryptoKey> {
  const known = readKeys.get(key);
  if (known !== undefined) return known;
  const read = import('jose').then(async ({ importJWK }) =>
    // Not a secret, so never bytes.
    await importJWK(key.privateJwk, key.alg) as CryptoKey
  );
  readKeys.set(key, read);
  return read;
}
