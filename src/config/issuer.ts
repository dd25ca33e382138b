import { isLoopbackHost } from '../spec/redirect_uri.ts';

/**
 * What is wrong with an issuer identifier, or undefined. Clients compare it as a string, so there is one way to write
 * it. RFC 8414 §2, Discovery 1.0 §3, FAPI 2.0 SP §5.2.
 */
export function issuerProblem(issuer: string, development: boolean): string | undefined {
  if (issuer.length > 255) return 'must be at most 255 characters';
  if (!URL.canParse(issuer)) return 'must be an https URL';
  const url = new URL(issuer);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must be an https URL';
  if (url.username !== '' || url.password !== '') return 'must not hold user information';
  if (issuer.includes('?')) return 'must not hold a query';
  if (issuer.includes('#')) return 'must not hold a fragment';
  if (issuer.endsWith('/')) return 'must not end with a slash';
  const canonical = url.href.replace(/\/$/, '');
  if (canonical !== issuer) return `must be written in its canonical form ${canonical}`;
  if (!/^(\/[A-Za-z0-9._~-]+)*$/.test(canonical.slice(url.origin.length))) {
    return 'must have a path of letters, digits and . _ ~ - between single slashes';
  }
  // RFC 8414 §3.1 puts other things there.
  if (url.pathname.split('/').includes('.well-known')) return 'must not be under .well-known';
  if (url.protocol === 'http:' && !development && !isLoopbackHost(url.hostname)) {
    return 'must use https unless its host is loopback or development is true';
  }
  return undefined;
}

/**
 * What is wrong with an RP ID for the passkeys of an issuer, or undefined: it must be the issuer's host, or a domain above
 * it. That it is none that anybody can register under, browsers see to. WebAuthn §5.1.3 step 8
 */
export function rpIdProblem(rpId: string, issuer: string): string | undefined {
  if (!URL.canParse(issuer)) return undefined;
  const { hostname } = new URL(issuer);
  if (rpId === hostname) return undefined;
  const isAddress = hostname.startsWith('[') || /^[\d.]+$/.test(hostname);
  const isAbove = !isAddress && rpId.includes('.') && hostname.endsWith(`.${rpId}`);
  return isAbove
    ? undefined
    : `must be the host of the issuer, ${hostname}${isAddress ? '' : ', or a domain above it'}`;
}

/** The issuer's URL with another origin, which leads to the same endpoints. RFC 8705 §5 */
export function aliasOf(origin: string, issuer: string): string {
  return origin + new URL(issuer).pathname.replace(/\/$/, '');
}

/** The issuer of a server that was not told one. */
export function defaultIssuer(port: number, tls: boolean): string {
  return new URL(`${tls ? 'https' : 'http'}://localhost:${port}`).origin;
}
