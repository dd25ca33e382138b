import type { Networks } from '../spec/networks.ts';
import { isTrustedProxy } from './client_address.ts';

/**
 * The host that a request was sent to, with its port where it is not the scheme's own, in lower case: what a trusted
 * proxy says in `X-Forwarded-Host` or `Forwarded` (RFC 7239 §5.3), or else what the request itself says.
 */
export function requestedHost(
  request: Request,
  peer: string | undefined,
  trustedProxies: Networks,
): string {
  const forwarded = isTrustedProxy(peer, trustedProxies)
    ? forwardedHost(request.headers)
    : undefined;
  return (forwarded ?? hostOf(request.url)).toLowerCase();
}

/** What the last proxy wrote: what stands before it may be anybody's. */
function forwardedHost(headers: Headers): string | undefined {
  const plain = headers.get('x-forwarded-host');
  if (plain !== null) return plain.slice(plain.lastIndexOf(',') + 1).trim() || undefined;
  const standard = headers.get('forwarded');
  if (standard === null) return undefined;
  const last = standard.slice(standard.lastIndexOf(',') + 1);
  return /(?:^|;)\s*host="?([^";\s]+)"?/i.exec(last)?.[1];
}

/** Without a URL object, which costs more than all the rest of finding a route. */
function hostOf(url: string): string {
  const start = url.indexOf('://') + 3;
  const end = url.slice(start).search(/[/?#]/);
  return end === -1 ? url.slice(start) : url.slice(start, start + end);
}
