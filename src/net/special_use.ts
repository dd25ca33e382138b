import { type Address, isInNetwork, isIPv4, parseNetworks } from '../spec/networks.ts';

/** The IANA registry of special-purpose IPv4 addresses, with multicast. */
const SPECIAL_IPV4 = parseNetworks([
  '0.0.0.0/8', // this network, RFC 791
  '10.0.0.0/8', // private, RFC 1918
  '100.64.0.0/10', // shared, RFC 6598
  '127.0.0.0/8', // loopback, RFC 1122
  '169.254.0.0/16', // link local, RFC 3927: cloud metadata, too
  '172.16.0.0/12', // private
  '192.0.0.0/24', // IETF protocol assignments, RFC 6890
  '192.0.2.0/24', // documentation, RFC 5737
  '192.31.196.0/24', // AS112, RFC 7535
  '192.52.193.0/24', // AMT, RFC 7450
  '192.88.99.0/24', // 6to4 relays, RFC 7526
  '192.168.0.0/16', // private
  '192.175.48.0/24', // AS112, RFC 7534
  '198.18.0.0/15', // benchmarking, RFC 2544
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast, RFC 5771
  '240.0.0.0/4', // reserved and broadcast, RFC 1112, RFC 8190
]);

/**
 * All that is global unicast, RFC 4291 §2.4. Outside it: unspecified, loopback, IPv4-compatible (`::/96`), NAT64
 * (`64:ff9b::/96`, `64:ff9b:1::/48`), discard (`100::/64`), SRv6 (`5f00::/16`), unique local, link and site local,
 * multicast, and what is not assigned.
 */
const GLOBAL_IPV6 = parseNetworks(['2000::/3']);

/** The IANA registry of special-purpose IPv6 addresses, as far as it lies in global unicast. */
const SPECIAL_IPV6 = parseNetworks([
  '2001::/23', // IETF protocol assignments, RFC 2928: Teredo, benchmarking, AMT, ORCHID, …
  '2001:db8::/32', // documentation, RFC 3849
  '2002::/16', // 6to4, RFC 3056: an IPv4 address inside
  '2620:4f:8000::/48', // AS112, RFC 7534
  '3ffe::/16', // the former 6bone, RFC 3701
  '3fff::/20', // documentation, RFC 9637
]);

/** Is this an address that nobody on the internet has? An IPv4-mapped IPv6 address is the IPv4 address. */
export function isSpecialUse(address: Address): boolean {
  if (isIPv4(address)) return SPECIAL_IPV4.some((network) => isInNetwork(address, network));
  return !GLOBAL_IPV6.some((network) => isInNetwork(address, network)) ||
    SPECIAL_IPV6.some((network) => isInNetwork(address, network));
}
