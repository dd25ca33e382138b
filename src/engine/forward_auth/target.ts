import { createRecent } from '../../keys/recent.ts';
import type { AccessTarget } from '../../policy/access.ts';
import { readingsOf } from '../../policy/readings.ts';
import { isMethod } from '../../spec/access_control.ts';
import { OAuthError } from '../../spec/oauth_error.ts';

/** What somebody asks a protected host for. */
export interface Target extends AccessTarget {
  /** As browsers write it. */
  readonly origin: string;
  /** Path and query as they were sent. */
  readonly uri: string;
}

/** What a proxy says of a request, and what it calls each part of it. */
export interface Told {
  readonly scheme: Part;
  readonly host: Part;
  readonly uri: Part;
  readonly method: Part;
}

export interface Part {
  readonly name: string;
  readonly value: string | null;
}

const SCHEMES: ReadonlyMap<string, 'https' | 'http'> = new Map([
  ['https', 'https'],
  ['wss', 'https'],
  ['http', 'http'],
  ['ws', 'http'],
]);

/**
 * Nothing in it may be read in two ways by us, the proxy and whoever is behind it. @throws {OAuthError} `invalid_request`
 * that names the part that is missing or wrong
 */
export function parseTarget(told: Told, isHttpAllowed: boolean): Target {
  const method = partOf(told.method);
  if (!isMethod(method)) throw wrong(told.method, 'must be a method in capital letters');
  const scheme = SCHEMES.get(partOf(told.scheme));
  if (scheme === undefined) throw wrong(told.scheme, 'must be https or wss');
  if (scheme === 'http' && !isHttpAllowed) {
    throw wrong(told.scheme, 'must be https, as the issuer is');
  }
  const { host, origin } = hostOf(told.host, scheme);
  const uri = partOf(told.uri);
  if (!uri.startsWith('/')) throw wrong(told.uri, 'must begin with a slash');
  if (!/^[\x21-\x7e]+$/.test(uri) || /[#\\]/.test(uri)) {
    throw wrong(told.uri, 'must be visible ASCII without # and backslashes');
  }
  const readings = readingsOf(uri);
  if (readings === undefined) {
    throw wrong(
      told.uri,
      'must have no escapes of control characters or that are none, and few ways to be read',
    );
  }
  return { method, host, origin, uri, readings };
}

/** Of a URL as a whole. @throws {OAuthError} `invalid_request` */
export function partsOfUrl({ name, value }: Part): Omit<Told, 'method'> {
  const url = partOf({ name, value });
  const [, scheme, host, uri] = /^([a-z]+):\/\/([^/?#]*)(.*)$/s.exec(url) ?? [];
  if (scheme === undefined || host === undefined || uri === undefined) {
    throw wrong({ name, value }, 'must begin with https:// or http:// and a host');
  }
  const part = (value: string): Part => ({ name, value });
  return { scheme: part(scheme), host: part(host), uri: part(uri) };
}

function partOf({ name, value }: Part): string {
  if (value === null || value === '') throw new OAuthError('invalid_request', `${name} is missing`);
  return value;
}

interface Host {
  readonly host: string;
  readonly origin: string;
}

/** Of DNS (RFC 1035 §2.3.4), and fewer than what a domain_regex may be asked to match. */
const MAX_HOST = 253;

/** By scheme and what was told: reading a URL costs more than all the rest. */
const recentHosts = createRecent<Host>(256);

function hostOf(part: Part, scheme: string): Host {
  const text = partOf(part).toLowerCase();
  if (text.length > MAX_HOST) throw wrong(part, `must have at most ${MAX_HOST} characters`);
  const name = `${scheme} ${text}`;
  const known = recentHosts.get(name);
  if (known !== undefined) return known;
  // What a URL parser would turn into another host, or find a password in, is no host that a rule can be about.
  const isPlain = /^(?:(?:[a-z0-9_-]+\.)*[a-z0-9_-]+\.?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/.test(text);
  const url = isPlain && URL.canParse(`${scheme}://${text}/`)
    ? new URL(`${scheme}://${text}/`)
    : undefined;
  const isAsWritten = url !== undefined &&
    [url.host, `${url.host}:${scheme === 'https' ? 443 : 80}`].includes(text);
  if (!isAsWritten) throw wrong(part, 'must be one host, with or without a port');
  if (url.hostname.endsWith('.')) throw wrong(part, 'must not end in a dot');
  const read = { host: url.hostname, origin: url.origin };
  recentHosts.set(name, read);
  return read;
}

function wrong({ name }: Part, rule: string): OAuthError {
  return new OAuthError('invalid_request', `${name} ${rule}`);
}
