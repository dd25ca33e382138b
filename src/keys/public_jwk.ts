import type { JWK } from 'jose';
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
