import { sha256 } from './digest.ts';

/** RFC 7638: the required members of the key's type in order of their names, and no others. */
export function thumbprintOf(jwk: { readonly [member: string]: unknown }): string {
  const { crv, e, kty, n, x, y } = jwk;
  return sha256(JSON.stringify(kty === 'RSA' ? { e, kty, n } : { crv, kty, x, y }));
}
