/** More hops than any real chain has. */
const MAX_HOPS = 16;

/** The host that a URL names, with its port where it is not the scheme's own; without a URL object, which costs more than finding a route. */
export function hostOf(url: string): string {
  const start = url.indexOf('://') + 3;
  let end = start;
  while (end < url.length && !isEnd(url.charCodeAt(end))) end++;
  return url.slice(start, end).toLowerCase();
}

/**
 * The host that proxies say a request was sent to, of those that are known: in `X-Forwarded-Host` or `Forwarded` (RFC 7239
 * §5.3) the one named last, as what stands before it may be anybody's. Of two headers that disagree one was passed
 * through unseen, and none counts.
 */
export function forwardedHost(
  headers: Headers,
  isKnown: (host: string) => boolean,
): string | undefined {
  const plain = lastKnown(headers.get('x-forwarded-host'), plainHost, isKnown);
  const standard = lastKnown(headers.get('forwarded'), hostParameter, isKnown);
  return plain === undefined || standard === undefined || plain === standard
    ? plain ?? standard
    : undefined;
}

/** `/`, `?` or `#`. */
function isEnd(code: number): boolean {
  return code === 0x2f || code === 0x3f || code === 0x23;
}

function lastKnown(
  header: string | null,
  hostIn: (element: string) => string | undefined,
  isKnown: (host: string) => boolean,
): string | undefined {
  if (header === null) return undefined;
  let end = header.length;
  for (let hops = 0; hops < MAX_HOPS && end >= 0; hops++) {
    const comma = end === 0 ? -1 : header.lastIndexOf(',', end - 1);
    const host = hostIn(header.slice(comma + 1, end))?.toLowerCase();
    if (host !== undefined && isKnown(host)) return host;
    end = comma;
  }
  return undefined;
}

function plainHost(element: string): string {
  return element.trim();
}

function hostParameter(element: string): string | undefined {
  return /(?:^|;)[ \t]*host="?([^";,\s]+)"?/i.exec(element)?.[1];
}
