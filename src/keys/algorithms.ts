import {
  type AsymmetricEncryptionAlg,
  type ClientSigningAlg,
  type ContentEncryption,
  type HmacAlg,
  isHmac,
  type SigningAlg,
  type SymmetricEncryptionAlg,
} from '../spec/identifiers.ts';

type Hash = 'sha256' | 'sha384' | 'sha512';

/** What an algorithm of RFC 7518 §3.1 or RFC 8037 needs of its key, and the hash it signs with. */
export type Algorithm =
  | { readonly kty: 'RSA'; readonly padding: 'pkcs1' | 'pss'; readonly hash: Hash }
  | {
    readonly kty: 'EC';
    readonly crv: 'P-256' | 'P-384' | 'P-521';
    readonly hash: Hash;
    /** Of R and of S, RFC 7518 §3.4. */
    readonly integerBytes: number;
  }
  /** Ed25519 signs with SHA-512, which is what at_hash and its kin take (Core §3.1.3.6). */
  | { readonly kty: 'OKP'; readonly crv: 'Ed25519'; readonly hash: 'sha512' };

export const ALGORITHMS: Readonly<Record<SigningAlg, Algorithm>> = {
  RS256: { kty: 'RSA', padding: 'pkcs1', hash: 'sha256' },
  RS384: { kty: 'RSA', padding: 'pkcs1', hash: 'sha384' },
  RS512: { kty: 'RSA', padding: 'pkcs1', hash: 'sha512' },
  PS256: { kty: 'RSA', padding: 'pss', hash: 'sha256' },
  PS384: { kty: 'RSA', padding: 'pss', hash: 'sha384' },
  PS512: { kty: 'RSA', padding: 'pss', hash: 'sha512' },
  ES256: { kty: 'EC', crv: 'P-256', hash: 'sha256', integerBytes: 32 },
  ES384: { kty: 'EC', crv: 'P-384', hash: 'sha384', integerBytes: 48 },
  ES512: { kty: 'EC', crv: 'P-521', hash: 'sha512', integerBytes: 66 },
  EdDSA: { kty: 'OKP', crv: 'Ed25519', hash: 'sha512' },
};

/** RFC 7518 §3.2. */
export const HMAC_HASHES: Readonly<Record<HmacAlg, Hash>> = {
  HS256: 'sha256',
  HS384: 'sha384',
  HS512: 'sha512',
};

/** Bits, of RSA keys that we make. */
export const RSA_BITS = 2048;

/** Which type of key an algorithm of RFC 7518 §4.1 encrypts to; of curves, the one of the keys that we make. */
export const ENCRYPTION_KEYS: Readonly<
  Record<AsymmetricEncryptionAlg, { readonly kty: 'RSA' | 'EC' }>
> = {
  'RSA-OAEP': { kty: 'RSA' },
  'RSA-OAEP-256': { kty: 'RSA' },
  'RSA-OAEP-384': { kty: 'RSA' },
  'RSA-OAEP-512': { kty: 'RSA' },
  'ECDH-ES': { kty: 'EC' },
  'ECDH-ES+A128KW': { kty: 'EC' },
  'ECDH-ES+A192KW': { kty: 'EC' },
  'ECDH-ES+A256KW': { kty: 'EC' },
};

/** Bytes of the key that wraps, RFC 7518 §4.4, §4.7; `dir` has none, as the key is the content's own. */
export const WRAPPING_KEY_BYTES: Readonly<Record<Exclude<SymmetricEncryptionAlg, 'dir'>, number>> =
  {
    A128KW: 16,
    A192KW: 24,
    A256KW: 32,
    A128GCMKW: 16,
    A192GCMKW: 24,
    A256GCMKW: 32,
  };

/** Bytes of the content encryption key, RFC 7518 §5.1. */
export const CONTENT_KEY_BYTES: Readonly<Record<ContentEncryption, number>> = {
  'A128CBC-HS256': 32,
  'A192CBC-HS384': 48,
  'A256CBC-HS512': 64,
  A128GCM: 16,
  A192GCM: 24,
  A256GCM: 32,
};

/** The alg's own hash: what at_hash and its kin are made with, Core §3.1.3.6. */
export function hashOf(alg: ClientSigningAlg): Hash {
  return isHmac(alg) ? HMAC_HASHES[alg] : ALGORITHMS[alg].hash;
}
