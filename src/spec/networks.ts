/** An IP address as 16 bytes; IPv4 is kept as IPv4-mapped IPv6, so that both spellings are one. */
export type Address = readonly number[];

export interface Network {
  readonly address: Address;
  readonly prefixLength: number;
}

export type Networks = readonly Network[];

/** Addresses and CIDR blocks of IPv4 and IPv6. @throws {TypeError} that names the bad one */
export function parseNetworks(cidrs: readonly string[]): Networks {
  return cidrs.map((cidr) => {
    const network = parseNetwork(cidr);
    if (network === undefined) {
      throw new TypeError(`Cannot read ${JSON.stringify(cidr)} as an address or CIDR block`);
    }
    if (masked(network).some((byte, index) => byte !== network.address[index])) {
      throw new TypeError(
        `Cannot read ${JSON.stringify(cidr)} as a CIDR block: bits are set beyond its prefix`,
      );
    }
    return network;
  });
}

export function isInNetworks(address: string | undefined, networks: Networks): boolean {
  const parsed = address === undefined ? undefined : parseAddress(address);
  return parsed !== undefined && networks.some((network) => isInNetwork(parsed, network));
}

function parseNetwork(cidr: string): Network | undefined {
  const slash = cidr.indexOf('/');
  const address = parseAddress(slash === -1 ? cidr : cidr.slice(0, slash));
  if (address === undefined) return undefined;
  if (slash === -1) return { address, prefixLength: 128 };
  const bits = cidr.includes(':') ? 128 : 32;
  const length = parseNumber(cidr.slice(slash + 1), bits);
  return length < 0 ? undefined : { address, prefixLength: 128 - bits + length };
}

/** With or without a zone, which is left out. */
export function parseAddress(text: string): Address | undefined {
  if (text.length > 64) return undefined;
  if (!text.includes(':')) return parseIPv4(text);
  // The zone that a socket names with a link-local peer.
  const zone = text.indexOf('%');
  return parseIPv6(zone === -1 ? text : text.slice(0, zone));
}

export function parseIPv4(text: string): Address | undefined {
  const parts = text.split('.', 5).map((part) => parseNumber(part, 255));
  if (parts.length !== 4 || parts.some((part) => part < 0)) return undefined;
  return [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, ...parts];
}

export function parseIPv6(text: string): Address | undefined {
  if (text.length > 45) return undefined;
  const halves = text.split('::', 3);
  if (halves.length > 2) return undefined;
  const last = halves.length - 1;
  const [head, tail] = halves.map((half, index) => parseGroups(half, index === last));
  if (head === undefined) return undefined;
  if (halves.length === 1) return head.length === 16 ? head : undefined;
  if (tail === undefined) return undefined;
  const missing = 16 - head.length - tail.length;
  return missing < 2 ? undefined : [...head, ...new Array<number>(missing).fill(0), ...tail];
}

/** The bytes of `a:b:…`, where the last group of an address may be an IPv4 address. */
function parseGroups(text: string, isLast: boolean): number[] | undefined {
  if (text === '') return [];
  const bytes: number[] = [];
  const groups = text.split(':', 9);
  for (const [index, group] of groups.entries()) {
    if (isLast && index === groups.length - 1 && group.includes('.')) {
      const tail = parseIPv4(group);
      if (tail === undefined) return undefined;
      bytes.push(...tail.slice(12));
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined;
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 255);
    }
  }
  return bytes;
}

/** Decimal without leading zeros, which some parsers read as octal; −1 when it is not that or above `max`. */
export function parseNumber(text: string, max: number): number {
  if (!/^(0|[1-9][0-9]{0,4})$/.test(text)) return -1;
  const value = Number(text);
  return value > max ? -1 : value;
}

export function isInNetwork(address: Address, network: Network): boolean {
  // `::/0` means IPv6; what means IPv4 starts at the 96 bits of the mapping.
  if (network.prefixLength < 96 && isIPv4(address)) return false;
  for (let bit = 0; bit < network.prefixLength; bit += 8) {
    const mask = byteMask(network.prefixLength - bit);
    const index = bit / 8;
    if (((address[index] ?? 0) & mask) !== ((network.address[index] ?? 0) & mask)) return false;
  }
  return true;
}

export function masked(network: Network): Address {
  return network.address.map((byte, index) => byte & byteMask(network.prefixLength - index * 8));
}

function byteMask(bits: number): number {
  return bits >= 8 ? 255 : bits <= 0 ? 0 : (0xff << (8 - bits)) & 255;
}

export function isIPv4(address: Address): boolean {
  return isInNetwork(address, { address: MAPPED, prefixLength: 96 });
}

const MAPPED: Address = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 0, 0, 0, 0];

/** RFC 5952: lower case, no leading zeros, the longest run of two or more zero groups as `::`. */
export function formatAddress(address: Address): string {
  if (isIPv4(address)) return address.slice(12).join('.');
  const groups: string[] = [];
  for (let i = 0; i < 16; i += 2) {
    groups.push((((address[i] ?? 0) << 8) | (address[i + 1] ?? 0)).toString(16));
  }
  let start = 0;
  let length = 1;
  for (let i = 0; i < 8; i++) {
    let run = 0;
    while (groups[i + run] === '0') run++;
    if (run > length) [start, length] = [i, run];
  }
  if (length < 2) return groups.join(':');
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + length).join(':')}`;
}
