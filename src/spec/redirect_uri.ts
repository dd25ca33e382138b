/**
 * What is wrong with a redirect URI, or undefined. Judged as the raw string it will be compared as: nothing is decoded
 * or normalized first. RFC 6749 §3.1.2, RFC 8252 §7.1, RFC 9700 §4.1.3.
 */
export function redirectUriProblem(uri: string): string | undefined {
  if (uri.length > 2048) return 'must be at most 2048 characters';
  if (/[^\x21-\x7e]/.test(uri)) return 'must be printable ASCII without spaces';
  if (/[\\"<>^`{|}]/.test(uri)) return 'must not hold characters that RFC 3986 does not allow';
  if (uri.includes('#')) return 'must not hold a fragment';
  const scheme = /^([a-z][a-z0-9+.-]*):/.exec(uri)?.[1];
  if (scheme === undefined) return 'must be an absolute URI with a lower-case scheme';
  if (FORBIDDEN_SCHEMES.has(scheme)) return `must not use the scheme ${scheme}`;
  if (scheme !== 'https' && scheme !== 'http') {
    if (!URL.canParse(uri)) return 'must be a URI that can be read';
    return scheme.includes('.')
      ? undefined
      : 'must use https, http or a reverse-domain scheme such as com.example.app';
  }
  return webUriProblem(uri, scheme);
}

const FORBIDDEN_SCHEMES = new Set(['javascript', 'data', 'vbscript', 'file', 'blob', 'about']);

function webUriProblem(uri: string, scheme: string): string | undefined {
  const authority = /^https?:\/\/([^/?]*)/.exec(uri)?.[1] ?? '';
  if (authority.includes('@')) return 'must not hold user information';
  if (!URL.canParse(uri) || authority === '') return 'must name a host';
  const { hostname } = new URL(uri);
  if (hostname !== authority.replace(/:\d+$/, '')) return 'must name its host in plain lower case';
  if (hostname.includes('*')) return 'must not hold a wildcard';
  if (!isNameable(hostname)) {
    return 'must name its host by at most 253 letters, digits, dots and hyphens';
  }
  if (scheme === 'http' && !isLoopbackHost(hostname)) {
    return 'must use https unless its host is loopback';
  }
  return undefined;
}

/** Characters of a name, RFC 1035 §2.3.4: none takes the room of others in a page's policy. */
const MAX_NAME_LENGTH = 253;

/**
 * Hosts that a page can name as a source: URLs let `;`, `,` and `'` into a host, at which sources and directives end.
 * Content Security Policy Level 3 §2.3.1
 */
export function isNameable(hostname: string): boolean {
  return hostname.length <= MAX_NAME_LENGTH &&
    /^([a-z0-9._-]+|\[[0-9a-f:.]+\])$/.test(hostname);
}

/** Hosts that never leave this machine. RFC 8252 §8.3. */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' ||
    /^127(\.\d{1,3}){3}$/.test(hostname);
}

/**
 * The host that a redirect URI belongs to; empty where it could be anybody's: under a scheme of an app's own, and on
 * everybody's own machine. RFC 8252 §7.1, §7.3.
 */
export function ownerHostOf(redirect_uri: string): string {
  const { protocol, hostname } = new URL(redirect_uri);
  const isWeb = protocol === 'https:' || protocol === 'http:';
  return isWeb && !isLoopbackHost(hostname) ? hostname : '';
}
