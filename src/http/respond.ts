import { FastResponse } from 'srvx';
import type { Html } from './html.ts';

export const noStore: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'pragma': 'no-cache',
};

type Headers = Readonly<Record<string, string>>;

/** @throws {TypeError} when a header value has control or non-ASCII characters, as all functions of this file do */
export function json(body: unknown, headers: Headers = {}, status = 200): Response {
  return jsonText(JSON.stringify(body), headers, status);
}

/** JSON that is already text: discovery, JWKS. */
export function jsonText(text: string, headers: Headers = {}, status = 200): Response {
  return respond(text, status, { 'content-type': 'application/json', ...headers });
}

/** Plain text, for answers that only machines and their developers read. */
export function plainText(text: string, status: number, headers: Headers = {}): Response {
  return respond(text, status, { 'content-type': 'text/plain; charset=utf-8', ...headers });
}

/** 200 with nothing but headers. Their text is UTF-8 on the wire: one character here for each of its bytes. */
export function headersOnly(texts: Headers, headers: Headers = {}): Response {
  const list = Object.entries(headers);
  for (const [name, value] of list) check(name, value);
  for (const [name, text] of Object.entries(texts)) {
    if (PLAIN.test(text)) {
      list.push([name, text]);
      continue;
    }
    if (/\p{Cc}/u.test(text)) {
      throw new TypeError(`Cannot send header ${name} with control characters`);
    }
    list.push([name, String.fromCharCode(...new TextEncoder().encode(text))]);
  }
  return new FastResponse(null, { status: 200, headers: list });
}

/** Bytes of a file; the headers name what they are. */
export function bytes(body: Uint8Array<ArrayBuffer>, headers: Headers): Response {
  return respond(body, 200, headers);
}

/** RFC 9110 §10.2.3, in whole seconds; nothing where there is no time to name. */
export function retryAfter(seconds: number | undefined): Headers {
  return seconds === undefined ? {} : { 'retry-after': String(Math.ceil(seconds)) };
}

/** 204, which has no Content-Length (RFC 9110 §8.6). */
export function noContent(headers: Headers = {}): Response {
  return respond(null, 204, headers);
}

/** 304: what the reader has is still so. RFC 9110 §15.4.5 */
export function notModified(headers: Headers): Response {
  return respond(null, 304, headers);
}

/** `allow` as in RFC 9110 §10.2.1. */
export function methodNotAllowed(allow: string): Response {
  return plainText('Method Not Allowed\n', 405, { allow });
}

export function notFoundText(): Response {
  return plainText('Not Found\n', 404, noStore);
}

/**
 * A redirect that a POST may end in: always 303 (RFC 9700 §4.12). @throws {TypeError} when the location has characters
 * other than visible ASCII: the caller builds it with an encoder
 */
export function seeOther(
  location: string,
  cookies: readonly string[] = [],
  headers: Headers = {},
): Response {
  if (!/^[\x21-\x7e]+$/.test(location)) {
    throw new TypeError(
      'Cannot redirect to a location that has other than visible ASCII characters',
    );
  }
  return respond('', 303, {
    ...noStore,
    'referrer-policy': 'no-referrer',
    ...headers,
    location,
  }, cookies);
}

export interface PageOptions {
  readonly status?: number;
  /** From `newNonce()`, and the same in the page's style and script elements; absent: the page has neither. */
  readonly nonce?: string;
  readonly scriptNonce?: boolean;
  /**
   * Where this page's forms may lead besides our own origin, as `originSource` writes it. Chromium applies
   * form-action to every redirect that follows a form, so a login or consent page names the client's redirect_uri here
   * (and, when the client redirects on from there, only `https:` is wide enough).
   */
  readonly formAction?: readonly string[];
  /** Origins of images shown besides ours and `data:`, such as a client's logo. */
  readonly imgOrigins?: readonly string[];
  /** Whose pages this one frames, as `originSource` writes it; by default nobody's. */
  readonly frameOrigins?: readonly string[];
  readonly cookies?: readonly string[];
  readonly headers?: Headers;
  /** The issuer is https. */
  readonly hsts: boolean;
  /**
   * Leaves out Cross-Origin-Opener-Policy, for `display=popup`: with it the application that opened the popup never
   * hears from it again.
   */
  readonly popup?: boolean;
}

/** A whole document, with the headers every page of ours carries (T107, T108, T111, T125). */
export function page(body: Html, options: PageOptions): Response {
  const headers: Record<string, string> = {
    'content-type': 'text/html; charset=utf-8',
    ...noStore,
    'content-security-policy': contentSecurityPolicy(options),
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'permissions-policy': PERMISSIONS_POLICY,
  };
  if (options.popup !== true) headers['cross-origin-opener-policy'] = 'same-origin';
  if (options.hsts) headers['strict-transport-security'] = 'max-age=31536000';
  return respond(
    body.markup,
    options.status ?? 200,
    { ...headers, ...options.headers },
    options.cookies,
  );
}

/**
 * A document without content, which runs one script in frames of anybody's pages: the only one that may be framed (T107).
 * `hash` is the script's SHA-256 in base64.
 */
export function framedScript(script: Html, hash: string, hsts: boolean): Response {
  const headers: Record<string, string> = {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'public, max-age=3600',
    'content-security-policy': `default-src 'none'; script-src 'sha256-${hash}'; base-uri 'none'`,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  };
  if (hsts) headers['strict-transport-security'] = 'max-age=31536000';
  return respond(script.markup, 200, headers);
}

/** The source that covers a URI: its origin, or `scheme:` where CSP has no word for the host. */
export function originSource(uri: string): string {
  const { protocol, origin, hostname } = new URL(uri);
  const isWeb = protocol === 'https:' || protocol === 'http:';
  // CSP has no syntax for IPv6 hosts.
  return isWeb && !hostname.startsWith('[') ? origin : protocol;
}

/** 128 random bits, for one page. */
export function newNonce(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').slice(0, 22);
}

const PERMISSIONS_POLICY = 'camera=(), geolocation=(), microphone=(), payment=(), usb=(), ' +
  'publickey-credentials-create=(self), publickey-credentials-get=(self)';

function contentSecurityPolicy(options: PageOptions): string {
  const { nonce, formAction = [], imgOrigins = [], frameOrigins = [] } = options;
  const policy = ["default-src 'none'"];
  if (nonce !== undefined) {
    policy.push(`style-src 'nonce-${source(nonce)}'`);
    if (options.scriptNonce === true) policy.push(`script-src 'nonce-${source(nonce)}'`);
  }
  if (frameOrigins.length > 0) policy.push(['frame-src', ...frameOrigins.map(source)].join(' '));
  policy.push(
    ["img-src 'self' data:", ...imgOrigins.map(source)].join(' '),
    ["form-action 'self'", ...formAction.map(source)].join(' '),
    "frame-ancestors 'none'",
    "base-uri 'none'",
  );
  return policy.join('; ');
}

/** A source never ends its directive, nor is it one of the quoted keywords. */
function source(text: string): string {
  if (/^[\x21-\x7e]+$/.test(text) && !/[;,'"*]/.test(text)) return text;
  throw new TypeError(
    `Cannot build a Content-Security-Policy with the source ${JSON.stringify(text)}`,
  );
}

function respond(
  body: string | Uint8Array<ArrayBuffer> | null,
  status: number,
  headers: Headers,
  cookies: readonly string[] = [],
): Response {
  for (const name in headers) check(name, headers[name] ?? '');
  for (const cookie of cookies) check('set-cookie', cookie);
  if (!isLazy && cookies.length === 0) return new FastResponse(body, { status, headers });
  const list = Object.entries(headers);
  for (const cookie of cookies) list.push(['set-cookie', cookie]);
  const init = new Init(status, list);
  const response: Tagged = new FastResponse(body, init);
  if (isLazy) response[tag] = init;
  return response;
}

const PLAIN = /^[\x20-\x7e]*$/;

/** Here, because runtimes differ in when they find a bad value, and in what becomes of the answer then. */
function check(name: string, value: string): void {
  if (PLAIN.test(value)) return;
  throw new TypeError(`Cannot send header ${name} with control or non-ASCII characters`);
}

/** On Node, srvx has a Response of its own, which takes headers only when it sends them. */
const isLazy = FastResponse !== Response;

const tag: unique symbol = Symbol('init');

type Tagged = Response & { [tag]?: Init };

/** A ResponseInit that knows whether its headers were taken. */
class Init {
  readonly status: number;
  readonly list: [string, string][];
  isTaken = false;

  constructor(status: number, list: [string, string][]) {
    this.status = status;
    this.list = list;
  }

  get headers(): [string, string][] {
    this.isTaken = true;
    return this.list;
  }
}

/** Adds to an answer; on Node without the cost of a Headers object, for answers of this file. */
export function addHeaders(
  response: Response,
  headers: readonly (readonly [name: string, value: string])[],
): void {
  const init = isLazy ? (response as Tagged)[tag] : undefined;
  for (const [name, value] of headers) {
    if (init?.isTaken === false) init.list.push([name, value]);
    else response.headers.append(name, value);
  }
}
