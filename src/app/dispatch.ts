import { requestedHost } from '../http/forwarded_host.ts';
import { plainText } from '../http/respond.ts';
import type { Peer } from '../http/router.ts';
import { type Networks, parseNetworks } from '../spec/networks.ts';
import type { LiveIssuer } from './issuer.ts';

type Route = LiveIssuer['route'];

/** What finds an issuer for a request. */
interface Row {
  readonly host: string;
  /** '' or e.g. '/auth'. */
  readonly path: string;
  readonly route: Route;
}

/**
 * Hands each request to its issuer: of those of the host that it was sent to, the one whose path is the longest above
 * the request's. A single issuer answers whatever the host, as does the only one of its path where the host is none of
 * ours, so that probes by address find it. Whose a code, token or session is, is never told by this.
 */
export function dispatcher(
  issuers: readonly Pick<LiveIssuer, 'url' | 'route'>[],
  trustedProxies: readonly string[],
): Route {
  const [only, ...others] = issuers;
  if (only !== undefined && others.length === 0) return only.route;
  const proxies = parseNetworks(trustedProxies);
  const rows = issuers.map(rowOf).toSorted((one, other) => other.path.length - one.path.length);
  return (request, peer) => {
    const row = rowFor(request, peer, rows, proxies);
    return row === undefined
      ? Promise.resolve(plainText('No issuer of this server has this URL.\n', 404))
      : row.route(request, peer);
  };
}

function rowOf({ url, route }: Pick<LiveIssuer, 'url' | 'route'>): Row {
  const { host, pathname } = new URL(url);
  return { host, path: pathname.replace(/\/$/, ''), route };
}

function rowFor(
  request: Request,
  peer: Peer | undefined,
  rows: readonly Row[],
  proxies: Networks,
): Row | undefined {
  const path = issuerPath(request, peer);
  const above = rows.filter((row) => path === row.path || path.startsWith(`${row.path}/`));
  const host = requestedHost(request, peer?.address, proxies);
  const ofHost = above.find((row) => row.host === host);
  if (ofHost !== undefined || rows.some((row) => row.host === host)) return ofHost;
  const [first] = above;
  const isAlone = above.filter((row) => row.path === first?.path).length === 1;
  return isAlone ? first : undefined;
}

/** The path without what stands before an issuer's own at the root of the host. RFC 8414 §3.1 */
function issuerPath(request: Request, peer: Peer | undefined): string {
  const target = peer?.target?.startsWith('/') === true ? peer.target : request.url;
  const start = target.startsWith('/') ? 0 : target.indexOf('/', target.indexOf('://') + 3);
  const path = start === -1 ? '' : target.slice(start).replace(/[?#].*$/s, '');
  const [, rest] = /^\/\.well-known\/[^/]+(\/.*)?$/s.exec(path) ?? [];
  return rest ?? path;
}
