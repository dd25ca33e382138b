import type { JWK } from 'jose';
import { Buffer } from 'node:buffer';
import { hash } from 'node:crypto';
import {
  type ContentEncryption,
  type EncryptionAlg,
  isSymmetricEncryption,
  type SymmetricEncryptionAlg,
} from '../spec/identifiers.ts';
import { jwkProblem } from '../spec/jwks.ts';
import { CONTENT_KEY_BYTES, WRAPPING_KEY_BYTES } from './algorithms.ts';
import { bareJwk } from './public_jwk.ts';
import { jsonObject } from './verify.ts';

/** Whom a JWE is for: the holder of a private key, or of a secret (Core §10.2). */
export interface Recipient {
  readonly alg: EncryptionAlg;
  readonly enc: ContentEncryption;
  /** Of asymmetric algorithms. */
  readonly jwk?: JWK;
  /** Of symmetric algorithms. */
  readonly secret?: string;
  /** `JWT` when a JWT is nested, RFC 7519 §5.2. */
  readonly cty?: string;
  readonly typ?: string;
  /** What we ourselves know it by, as we cannot read it again; nobody else looks at it (RFC 7516 §4). */
  readonly reference?: string;
}

/** A JWE in compact serialization, RFC 7516 §7.1. @throws {TypeError} when the recipient has no key for the alg */
export async function encryptTo(content: string, to: Recipient): Promise<string> {
  const { alg, enc, jwk, cty, typ, reference } = to;
  const { CompactEncrypt, importJWK } = await import('jose');
  const key = isSymmetricEncryption(alg)
    ? secretKey(alg, enc, secretOf(to))
    : await importJWK(publicKeyOf(alg, jwk), alg);
  const kid = isSymmetricEncryption(alg) ? undefined : jwk?.kid;
  return await new CompactEncrypt(Buffer.from(content))
    .setProtectedHeader({
      alg,
      enc,
      ...kid !== undefined && { kid },
      ...cty !== undefined && { cty },
      ...typ !== undefined && { typ },
      ...reference !== undefined && { [REFERENCE]: reference },
    })
    .encrypt(key);
}

/** RFC 7516 §7.1. */
export function isJwe(text: string): boolean {
  return text.split('.', 6).length === 5;
}

/** The reference in the header of a JWE of ours. */
export function referenceOf(jwe: string): string | undefined {
  const [header = '', ...rest] = jwe.split('.', 6);
  const reference = rest.length === 4 ? jsonObject(header)?.[REFERENCE] : undefined;
  return typeof reference === 'string' ? reference : undefined;
}

const REFERENCE = 'ost_ref';

/** The left-most bits of a hash of the secret, which is as long as the key or the next longer one. Core §10.2 */
export function secretKey(
  alg: SymmetricEncryptionAlg,
  enc: ContentEncryption,
  secret: string,
): Uint8Array {
  const bytes = alg === 'dir' ? CONTENT_KEY_BYTES[enc] : WRAPPING_KEY_BYTES[alg];
  const name = bytes > 48 ? 'sha512' : bytes > 32 ? 'sha384' : 'sha256';
  return new Uint8Array(hash(name, secret, 'buffer').subarray(0, bytes));
}

function secretOf({ alg, secret }: Recipient): string {
  if (secret) return secret;
  throw new TypeError(`Cannot encrypt with ${alg} as there must be a secret: got none`);
}

function publicKeyOf(alg: EncryptionAlg, jwk: JWK | undefined): JWK {
  const problem = jwk === undefined ? 'must be there' : jwkProblem(jwk);
  if (jwk === undefined || problem !== undefined) {
    throw new TypeError(`Cannot encrypt with ${alg} as the key ${problem}`);
  }
  return bareJwk(jwk);
}
