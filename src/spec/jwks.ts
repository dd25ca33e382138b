/** What is wrong with a client's JWKS, or undefined. RFC 7517 §5, RFC 8725 §3.5 */
export function jwksProblem(value: unknown): string | undefined {
  return typeof value === 'object' && value !== null ? undefined : 'must be a JWKS';
}
