import { isTrustedProxy } from '../http/client_address.ts';
import { forwardedHost, hostOf } from '../http/forwarded_host.ts';
import { plainText } from '../http/respond.ts';
import type { Peer } from '../http/router.ts';
import { parseNetworks } from '../spec/networks.ts';
import type { LiveIssuer } from './issuer.ts';

type Route = LiveIssuer['route'];
type Dispatched = Pick<LiveIssuer, 'url' | 'route'> & Partial<Pick<LiveIssuer, 'alias'>>;

/** An issuer by its path: '' or e.g. '/auth'. */
interface Row {
  readonly path: string;
  readonly route: Route;
}

/** The longest path first. */
type Rows = readonly Row[];

/**
 * Hands each request to its issuer: of those of the host that it was sent to, the one whose path is the longest above
 * the request's. What proxies say of the host counts where the request itself names none of ours: else whoever gets such a
 * header through could have one issuer's answers kept under another's name. A single issuer answers whatever the host, as
 * does the only one of its path where the host is none of ours, so that probes by address find it. Whose a code, token or
 * session is, is never told by this.
 */
export function dispatcher(
  issuers: readonly Dispatched[],
  trustedProxies: readonly string[],
): Route {
  const [only, ...others] = issuers;
  if (only !== undefined && others.length === 0) return only.route;
  const all = issuers.map(rowOf).toSorted(byLength);
  const hosts = rowsByHost(issuers.flatMap(namesOf));
  const isOneHost = new Set(issuers.map(({ url }) => new URL(url).host)).size === 1;
  const proxies = parseNetworks(trustedProxies);
  const isKnown = (host: string): boolean => hosts.has(host);

  const rowsFor = (request: Request, peer: Peer | undefined): Rows | undefined => {
    const own = hosts.get(hostOf(request.url));
    if (own !== undefined || !isTrustedProxy(peer?.address, proxies)) return own;
    return hosts.get(forwardedHost(request.headers, isKnown) ?? '');
  };

  return (request, peer) => {
    const url = peer?.target?.startsWith('/') === true ? peer.target : request.url;
    const start = issuerPathStart(url);
    const rows = isOneHost ? all : rowsFor(request, peer);
    const row = rows === undefined ? loneRow(all, url, start) : rowAbove(rows, url, start);
    return row === undefined ? notFound() : row.route(request, peer);
  };
}

/** As it stands under its own host, and under that for clients with certificates. RFC 8705 §5 */
function namesOf(issuer: Dispatched): readonly Dispatched[] {
  return issuer.alias === undefined ? [issuer] : [issuer, { ...issuer, url: issuer.alias }];
}

function notFound(): Promise<Response> {
  return Promise.resolve(plainText('No issuer of this server has this URL.\n', 404));
}

function rowOf({ url, route }: Dispatched): Row {
  return { path: new URL(url).pathname.replace(/\/$/, ''), route };
}

function byLength(one: Row, other: Row): number {
  return other.path.length - one.path.length;
}

/** With and without the port that is the scheme's own, as proxies may write it. */
function rowsByHost(issuers: readonly Dispatched[]): ReadonlyMap<string, Rows> {
  const byHost = Map.groupBy(issuers, ({ url }) => new URL(url).host);
  return new Map(
    [...byHost].flatMap(([host, each]) => {
      const rows = each.map(rowOf).toSorted(byLength);
      const ports = [...new Set(each.map(({ url }) => url.startsWith('https:') ? 443 : 80))];
      const isDefault = each.every(({ url }) => new URL(url).port === '');
      const written = isDefault ? ports.map((port) => `${host}:${port}`) : [];
      return [host, ...written].map((name) => [name, rows] as const);
    }),
  );
}

/** Where the path begins, without what stands before an issuer's own at the root of the host. RFC 8414 §3.1 */
function issuerPathStart(url: string): number {
  const from = url.startsWith('/') ? 0 : url.indexOf('://') + 3;
  const start = pathIndex(url, from);
  if (!url.startsWith(WELL_KNOWN, start)) return start;
  const name = start + WELL_KNOWN.length;
  const next = pathIndex(url, name);
  return next === name || next === url.length ? start : next;
}

const WELL_KNOWN = '/.well-known/';

/** Of the next slash before the query; the end where there is none. */
function pathIndex(url: string, from: number): number {
  const slash = url.indexOf('/', from);
  if (slash === -1) return url.length;
  const mark = url.indexOf('?', from);
  return mark === -1 || slash < mark ? slash : url.length;
}

function rowAbove(rows: Rows, url: string, start: number): Row | undefined {
  for (const row of rows) if (isAbove(row, url, start)) return row;
  return undefined;
}

/** The only one of its path, or for probes any: they ask for the process. */
function loneRow(rows: Rows, url: string, start: number): Row | undefined {
  const row = rowAbove(rows, url, start);
  if (row === undefined) return undefined;
  const isAlone = rows.every(({ path, route }) => path !== row.path || route === row.route);
  const rest = start + row.path.length;
  return isAlone ||
      PROBES.some((probe) => url.endsWith(probe) && url.length === rest + probe.length)
    ? row
    : undefined;
}

const PROBES = ['/healthz', '/readyz'];

function isAbove({ path }: Row, url: string, start: number): boolean {
  if (!url.startsWith(path, start)) return false;
  const end = start + path.length;
  return end >= url.length || ENDS.includes(url.charAt(end));
}

const ENDS = '/?#';
