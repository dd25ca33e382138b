import {
  type Address,
  formatAddress,
  isInNetwork,
  isIPv4,
  masked,
  type Networks,
  parseAddress,
  parseIPv4,
  parseIPv6,
  parseNumber,
} from '../spec/networks.ts';

/**
 * Whose request this is: the socket's peer or, when that is a trusted proxy, the right-most address that `Forwarded`
 * (RFC 7239) or `X-Forwarded-For` names and that is not a trusted proxy itself. What is not an address ends the walk
 * at the last trusted hop; so do two headers that disagree, since one of them was passed through unseen.
 */
export function clientAddress(
  peer: string | undefined,
  headers: Headers,
  trustedProxies: Networks,
): string | undefined {
  const address = peer === undefined ? undefined : parseAddress(peer);
  if (address === undefined) return undefined;
  const isTrusted = (hop: Address): boolean =>
    trustedProxies.some((network) => isInNetwork(hop, network));
  if (!isTrusted(address)) return formatAddress(address);
  const forwarded = headers.get('forwarded');
  const xForwardedFor = headers.get('x-forwarded-for');
  const named = [
    ...(forwarded === null ? [] : [walk(forwarded, forwardedFor, address, isTrusted)]),
    ...(xForwardedFor === null ? [] : [walk(xForwardedFor, parseNode, address, isTrusted)]),
  ].map(formatAddress);
  const [first = formatAddress(address), second = first] = named;
  return first === second ? first : formatAddress(address);
}

/** Whether the socket's peer is one of them. */
export function isTrustedProxy(peer: string | undefined, trustedProxies: Networks): boolean {
  if (trustedProxies.length === 0) return false;
  const address = peer === undefined ? undefined : parseAddress(peer);
  return address !== undefined &&
    trustedProxies.some((network) => isInNetwork(address, network));
}

/** What an address is counted under (T105): an IPv4 address, or the /64 of an IPv6 address. */
export function sourceOf(address: string | undefined): string {
  const parsed = address === undefined ? undefined : parseAddress(address);
  if (parsed === undefined) return 'unknown';
  return isIPv4(parsed)
    ? formatAddress(parsed)
    : `${formatAddress(masked({ address: parsed, prefixLength: 64 }))}/64`;
}

/** More hops than any real chain has. */
const MAX_HOPS = 32;

function walk(
  header: string,
  addressOf: (element: string) => Address | undefined,
  peer: Address,
  isTrusted: (hop: Address) => boolean,
): Address {
  let hop = peer;
  let end = header.length;
  for (let hops = 0; hops < MAX_HOPS && end >= 0; hops++) {
    const comma = end === 0 ? -1 : header.lastIndexOf(',', end - 1);
    const named = addressOf(header.slice(comma + 1, end).trim());
    if (named === undefined) return hop;
    hop = named;
    if (!isTrusted(hop)) return hop;
    end = comma;
  }
  return hop;
}

/** The `for` of one element; an element with a stray quote, or with two of them, names nobody. */
function forwardedFor(element: string): Address | undefined {
  if (element.length > 1024) return undefined;
  let found: Address | undefined;
  for (const pair of element.split(';')) {
    const equals = pair.indexOf('=');
    const value = pair.slice(equals + 1).trim();
    const isQuoted = value.length >= 2 && value.startsWith('"') && value.endsWith('"');
    const plain = isQuoted ? value.slice(1, -1) : value;
    if (equals === -1 || plain.includes('"')) return undefined;
    if (pair.slice(0, equals).trim().toLowerCase() !== 'for') continue;
    if (found !== undefined) return undefined;
    found = parseNode(plain);
    if (found === undefined) return undefined;
  }
  return found;
}

/** An address with or without port: `192.0.2.1:80`, `[2001:db8::1]:80`, `2001:db8::1`. */
function parseNode(text: string): Address | undefined {
  if (text.startsWith('[')) {
    const close = text.indexOf(']');
    const port = text.slice(close + 1);
    const isPlain = port === '' || (port.startsWith(':') && parseNumber(port.slice(1), 65535) >= 0);
    return close === -1 || !isPlain ? undefined : parseIPv6(text.slice(1, close));
  }
  const colon = text.indexOf(':');
  if (colon === -1 || colon !== text.lastIndexOf(':')) return parseAddress(text);
  return parseNumber(text.slice(colon + 1), 65535) < 0
    ? undefined
    : parseIPv4(text.slice(0, colon));
}
