import type { SigningAlg } from '../spec/identifiers.ts';

/** What an algorithm of RFC 7518 §3.1 or RFC 8037 needs of its key, and which hash its ID token hashes use (Core §3.1.3.6). */
export interface Algorithm {
  readonly alg: SigningAlg;
  readonly kty: 'RSA' | 'EC' | 'OKP';
  readonly crv?: 'P-256' | 'Ed25519';
  /** Bits, of RSA keys that we make. */
  readonly modulusLength?: 2048;
  /** For at_hash: the alg's own hash; Ed25519 signs with SHA-512. */
  readonly hash: 'sha256' | 'sha512';
}

export const ALGORITHMS: Readonly<Record<SigningAlg, Algorithm>> = {
  RS256: { alg: 'RS256', kty: 'RSA', modulusLength: 2048, hash: 'sha256' },
  ES256: { alg: 'ES256', kty: 'EC', crv: 'P-256', hash: 'sha256' },
  EdDSA: { alg: 'EdDSA', kty: 'OKP', crv: 'Ed25519', hash: 'sha512' },
};
