export interface CookieOptions {
  readonly secure: boolean;
  readonly path: string;
  /** Absent: until the browser closes; 0: remove it. */
  readonly maxAgeSeconds?: number;
  /** Default `Lax`. */
  readonly sameSite?: 'Lax' | 'Strict' | 'None';
  /** Scripts of ours may read it, so there is no secret in it. */
  readonly isReadable?: boolean;
}

const MAX_HEADER_LENGTH = 16 * 1024;
const MAX_COOKIES = 100;
/** What browsers keep of name and value (RFC 6265bis §5.6). */
const MAX_COOKIE_LENGTH = 4096;

/**
 * The cookies of a request by exact name (RFC 6265 §5.4). A name sent more than once is left out: one of the two was
 * planted from a sibling host or a longer path, and their order does not tell which; with `__Host-` names this cannot
 * happen in a browser. More than 16 KiB or 100 cookies: what is beyond is not read.
 */
export function readCookies(header: string | null): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  if (header === null) return cookies;
  const repeated = new Set<string>();
  const length = Math.min(header.length, MAX_HEADER_LENGTH);
  let start = 0;
  for (let count = 0; start < length && count < MAX_COOKIES; count++) {
    let end = header.indexOf(';', start);
    if (end === -1) end = header.length;
    if (end > MAX_HEADER_LENGTH) break;
    const equals = header.indexOf('=', start);
    if (equals !== -1 && equals < end) {
      const name = trim(header, start, equals);
      if (cookies.has(name)) repeated.add(name);
      // A cookie without a name is how old browsers let `=__Host-x=…` pass for `__Host-x`.
      else if (name !== '') cookies.set(name, trim(header, equals + 1, end));
    }
    start = end + 1;
  }
  for (const name of repeated) cookies.delete(name);
  return cookies;
}

/**
 * The name under which a cookie of the issuer at `path` ('' or '/' for the root) and `port` ('' for the scheme's own)
 * travels: `__Host-` under https, and both in it, since two issuers of one host would otherwise overwrite each other's:
 * `__Host-` demands `Path=/`, and cookies know no ports (RFC 6265 §8.5).
 */
export function cookieName(base: string, secure: boolean, path: string, port = ''): string {
  const suffix = path.replace(/\/$/, '').replace(
    /[^A-Za-z0-9_-]/g,
    (character) => character === '/' ? '.' : `~${character.codePointAt(0)?.toString(16)}`,
  );
  return `${secure ? '__Host-' : ''}${base}${port === '' ? '' : `-${port}`}${suffix}`;
}

/** The same for one issuer, each name worked out once. */
export function cookieNames(
  secure: boolean,
  path: string,
  port: string,
): (base: string) => string {
  const names = new Map<string, string>();
  return (base) => {
    let name = names.get(base);
    if (name === undefined) {
      name = cookieName(base, secure, path, port);
      names.set(base, name);
    }
    return name;
  };
}

/**
 * A Set-Cookie value, HttpOnly unless said otherwise. @throws {TypeError} when name, value or path would not arrive as they are, or
 * the attributes contradict each other
 */
export function serializeCookie(name: string, value: string, options: CookieOptions): string {
  const sameSite = options.sameSite ?? 'Lax';
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) fail(name, 'its name is not a token');
  if (!/^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/.test(value)) {
    fail(name, 'its value has characters a cookie cannot carry');
  }
  if (name.length + value.length > MAX_COOKIE_LENGTH) fail(name, 'it is larger than 4096 bytes');
  if (!/^\/[\x21-\x3a\x3c-\x7e]*$/.test(options.path)) fail(name, 'its path is not a path');
  if (name.startsWith('__Host-') && !(options.secure && options.path === '/')) {
    fail(name, '__Host- demands Secure and Path=/');
  }
  if (sameSite === 'None' && !options.secure) fail(name, 'SameSite=None demands Secure');
  const age = options.maxAgeSeconds;
  if (age !== undefined && !(Number.isSafeInteger(age) && age >= 0)) {
    fail(name, 'its age is not a whole number of seconds');
  }
  return `${name}=${value}; Path=${options.path}` +
    (options.isReadable === true ? '' : '; HttpOnly') + `; SameSite=${sameSite}` +
    (options.secure ? '; Secure' : '') + (age === undefined ? '' : `; Max-Age=${age}`);
}

/** Spaces and tabs only: trimming all that Unicode calls white space lets `\u2000__Host-x` pass for `__Host-x`. */
function trim(text: string, start: number, end: number): string {
  let from = start;
  let to = end;
  while (from < to && isBlank(text.charCodeAt(from))) from++;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
  return text.slice(from, to);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

function fail(name: string, rule: string): never {
  throw new TypeError(`Cannot set cookie ${JSON.stringify(name)}: ${rule}`);
}
