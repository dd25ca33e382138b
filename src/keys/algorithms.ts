import type { SigningAlg } from '../spec/identifiers.ts';

/** What an algorithm of RFC 7518 §3.1 or RFC 8037 needs of its key, and which hash its ID token hashes use (Core §3.1.3.6). */
export interface Algorithm {
  readonly alg: SigningAlg;
  readonly kty: 'RSA' | 'EC' | 'OKP';
  readonly crv?: 'P-256' | 'Ed25519';
  /** For at_hash: the alg's own hash; Ed25519 signs with SHA-512. */
  readonly hash: 'sha256' | 'sha512';
  readonly generate: RsaHashedKeyGenParams | EcKeyGenParams | { readonly name: 'Ed25519' };
  readonly sign: AlgorithmIdentifier | EcdsaParams;
}

export const ALGORITHMS: Readonly<Record<SigningAlg, Algorithm>> = {
  RS256: {
    alg: 'RS256',
    kty: 'RSA',
    hash: 'sha256',
    generate: {
      name: 'RSASSA-PKCS1-v1_5',
      hash: 'SHA-256',
      modulusLength: 2048,
      publicExponent: new Uint8Array([1, 0, 1]),
    },
    sign: 'RSASSA-PKCS1-v1_5',
  },
  ES256: {
    alg: 'ES256',
    kty: 'EC',
    crv: 'P-256',
    hash: 'sha256',
    generate: { name: 'ECDSA', namedCurve: 'P-256' },
    sign: { name: 'ECDSA', hash: 'SHA-256' },
  },
  EdDSA: {
    alg: 'EdDSA',
    kty: 'OKP',
    crv: 'Ed25519',
    hash: 'sha512',
    generate: { name: 'Ed25519' },
    sign: 'Ed25519',
  },
};
