import type { JWK } from 'jose';
import { isSigning } from '../spec/identifiers.ts';
import { ALGORITHMS } from './algorithms.ts';
import { sha256 } from './digest.ts';

/** What makes a public key, and nothing that it says of itself: runtimes look at other members, each in its way. */
export function bareJwk({ kty, crv, x, y, n, e }: JWK): JWK {
  switch (kty) {
    case 'RSA':
      return { kty, n, e } as JWK;
    case 'EC':
      return { kty, crv, x, y } as JWK;
    default:
      return { kty, crv, x } as JWK;
  }
}

/** RFC 7638: the required members of the key's type in order of their names, and no others. */
export function thumbprintOf(jwk: { readonly [member: string]: unknown }): string {
  const { crv, e, kty, n, x, y } = jwk;
  return sha256(JSON.stringify(kty === 'RSA' ? { e, kty, n } : { crv, kty, x, y }));
}

/**
 * Whether a public key may serve an algorithm: its type and curve first (RFC 8725 §3.1), then what it says of itself;
 * what it does not say excludes nothing.
 */
export function isKeyFor(key: JWK, use: 'sig' | 'enc', alg: string): boolean {
  return isTypeFor(key, alg) &&
    (key.use === undefined || key.use === use) &&
    (key.key_ops === undefined || key.key_ops.some((each) => OPERATIONS[use].includes(each))) &&
    // RFC 9864 names the curve where RFC 8037 named the family.
    (key.alg === undefined || key.alg === alg || (alg === 'EdDSA' && key.alg === 'Ed25519'));
}

/** RFC 7517 §4.3. */
const OPERATIONS = {
  sig: ['verify'],
  enc: ['encrypt', 'wrapKey', 'deriveKey', 'deriveBits'],
};

/** RFC 7518 §3.1, §4.1, RFC 8037. */
export function isTypeFor(
  { kty, crv }: { readonly kty?: unknown; readonly crv?: unknown },
  alg: string,
): boolean {
  if (isSigning(alg)) {
    const algorithm = ALGORITHMS[alg];
    return kty === algorithm.kty && (algorithm.kty === 'RSA' || crv === algorithm.crv);
  }
  if (alg.startsWith('RSA-OAEP')) return kty === 'RSA';
  return alg.startsWith('ECDH-ES') &&
    AGREEMENT_CURVES.some((curve) => curve.kty === kty && curve.crv === crv);
}

/** RFC 7518 §4.6, RFC 8037 §3.2. */
const AGREEMENT_CURVES = [
  { kty: 'EC', crv: 'P-256' },
  { kty: 'EC', crv: 'P-384' },
  { kty: 'EC', crv: 'P-521' },
  { kty: 'OKP', crv: 'X25519' },
];
