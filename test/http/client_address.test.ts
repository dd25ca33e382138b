import { describe, it } from 'node:test';
import { clientAddress, sourceOf } from '../../src/http/client_address.ts';
import { isInNetworks, parseNetworks } from '../../src/spec/networks.ts';
import { assert, assertEquals, assertFalse, assertThrows } from '../support/assert.ts';

describe('parseNetworks', () => {
  for (
    const bad of [
      '',
      '10.0.0.0/33',
      '10.0.0.0/',
      '10.0.0.0/-1',
      '10.0.0.0/08',
      '10.0.0.1/8',
      '10.0.0',
      '10.0.0.0.0',
      '010.0.0.1',
      '256.0.0.1',
      '10.0.0.0/8/8',
      '0x0a.0.0.1',
      '2001:db8::/129',
      '2001:db8::1/32',
      '2001:db8',
      '1::2::3',
      ':::',
      '1:2:3:4:5:6:7:8:9',
      '1:2:3:4:5:6:7::8:9',
      '1.2.3.4::',
      '::g',
      '::12345',
      'localhost',
      ' 10.0.0.1',
    ]
  ) {
    it(`T119: "${bad}" is refused and named`, () => {
      assertThrows(() => parseNetworks(['127.0.0.1', bad]), TypeError, JSON.stringify(bad));
    });
  }

  for (
    const { network, inside, outside } of [
      { network: '10.0.0.0/8', inside: '10.255.0.1', outside: '11.0.0.0' },
      { network: '192.0.2.128/25', inside: '192.0.2.200', outside: '192.0.2.127' },
      { network: '192.0.2.1', inside: '192.0.2.1', outside: '192.0.2.2' },
      { network: '0.0.0.0/0', inside: '203.0.113.9', outside: '2001:db8::1' },
      { network: '::/0', inside: '2001:db8::1', outside: '203.0.113.9' },
      { network: '2001:db8::/33', inside: '2001:db8:7fff::1', outside: '2001:db8:8000::1' },
      { network: '::1', inside: '0:0:0:0:0:0:0:1', outside: '::2' },
      { network: 'fe80::/10', inside: 'fe80::1%eth0', outside: 'fec0::1' },
      { network: '10.0.0.0/8', inside: '::ffff:10.1.2.3', outside: '::ffff:11.1.2.3' },
      { network: '::ffff:10.0.0.0/104', inside: '10.1.2.3', outside: '11.1.2.3' },
    ]
  ) {
    it(`T119: ${network} contains ${inside} and not ${outside}`, () => {
      const networks = parseNetworks([network]);
      assert(isInNetworks(inside, networks));
      assertFalse(isInNetworks(outside, networks));
      assertFalse(isInNetworks(undefined, networks));
    });
  }
});

const proxies = parseNetworks(['10.0.0.0/8', '2001:db8:1::/48']);

describe('clientAddress', () => {
  for (
    const { name, peer, headers, address } of [
      { name: 'no header', peer: '192.0.2.1', headers: {}, address: '192.0.2.1' },
      {
        name: 'no peer',
        peer: undefined,
        headers: { 'x-forwarded-for': '192.0.2.9' },
        address: undefined,
      },
      {
        name: 'headers of a peer that is no proxy',
        peer: '192.0.2.1',
        headers: { 'x-forwarded-for': '192.0.2.9', 'forwarded': 'for=192.0.2.9' },
        address: '192.0.2.1',
      },
      { name: 'a proxy without header', peer: '10.0.0.1', headers: {}, address: '10.0.0.1' },
      {
        name: 'one hop',
        peer: '10.0.0.1',
        headers: { 'x-forwarded-for': '192.0.2.9' },
        address: '192.0.2.9',
      },
      {
        name: 'a mapped peer',
        peer: '::ffff:10.0.0.1',
        headers: { 'x-forwarded-for': '192.0.2.9' },
        address: '192.0.2.9',
      },
      {
        name: 'the right-most untrusted hop',
        peer: '10.0.0.1',
        headers: { 'x-forwarded-for': '198.51.100.1, 192.0.2.9, 10.0.0.2' },
        address: '192.0.2.9',
      },
      {
        name: 'trusted hops only',
        peer: '10.0.0.1',
        headers: { 'x-forwarded-for': '10.0.0.3, 10.0.0.2' },
        address: '10.0.0.3',
      },
      {
        name: 'a port',
        peer: '10.0.0.1',
        headers: { 'x-forwarded-for': '192.0.2.9:4711' },
        address: '192.0.2.9',
      },
      {
        name: 'IPv6',
        peer: '2001:db8:1::5',
        headers: { 'x-forwarded-for': '2001:DB8:2::0:1' },
        address: '2001:db8:2::1',
      },
      {
        name: 'IPv6 with a port',
        peer: '10.0.0.1',
        headers: { 'x-forwarded-for': '[2001:db8:2::1]:80' },
        address: '2001:db8:2::1',
      },
      {
        name: 'a host name, which is not looked up',
        peer: '10.0.0.1',
        headers: { 'x-forwarded-for': 'localhost' },
        address: '10.0.0.1',
      },
      {
        name: 'garbage beside an address',
        peer: '10.0.0.1',
        headers: { 'x-forwarded-for': '192.0.2.9, <script>' },
        address: '10.0.0.1',
      },
      {
        name: 'garbage left of the client',
        peer: '10.0.0.1',
        headers: { 'x-forwarded-for': '<script>, 192.0.2.9' },
        address: '192.0.2.9',
      },
      {
        name: 'an empty element',
        peer: '10.0.0.1',
        headers: { 'x-forwarded-for': '192.0.2.9,' },
        address: '10.0.0.1',
      },
      {
        name: 'octal',
        peer: '10.0.0.1',
        headers: { 'x-forwarded-for': '0300.0.2.9' },
        address: '10.0.0.1',
      },
      {
        name: 'a port too large',
        peer: '10.0.0.1',
        headers: { 'x-forwarded-for': '192.0.2.9:65536' },
        address: '10.0.0.1',
      },
      {
        name: 'Forwarded',
        peer: '10.0.0.1',
        headers: { forwarded: 'for=192.0.2.9;proto=https;by=10.0.0.1' },
        address: '192.0.2.9',
      },
      {
        name: 'Forwarded with a quoted IPv6 address',
        peer: '10.0.0.1',
        headers: { forwarded: 'For="[2001:db8:2::1]:4711"' },
        address: '2001:db8:2::1',
      },
      {
        name: 'Forwarded with two hops',
        peer: '10.0.0.1',
        headers: { forwarded: 'for=198.51.100.1, for=192.0.2.9 , for=10.0.0.2' },
        address: '192.0.2.9',
      },
      {
        name: 'Forwarded with a hidden hop',
        peer: '10.0.0.1',
        headers: { forwarded: 'for=192.0.2.9, for=_hidden' },
        address: '10.0.0.1',
      },
      {
        name: 'Forwarded with an unknown hop',
        peer: '10.0.0.1',
        headers: { forwarded: 'for=unknown' },
        address: '10.0.0.1',
      },
      {
        name: 'Forwarded without for',
        peer: '10.0.0.1',
        headers: { forwarded: 'proto=https' },
        address: '10.0.0.1',
      },
      {
        name: 'Forwarded with for twice',
        peer: '10.0.0.1',
        headers: { forwarded: 'for=192.0.2.9;for=192.0.2.8' },
        address: '10.0.0.1',
      },
      {
        name: 'a quote opened by the client',
        peer: '10.0.0.1',
        headers: { forwarded: 'for="198.51.100.1, for=192.0.2.9' },
        address: '192.0.2.9',
      },
      {
        name: 'a quote at the end',
        peer: '10.0.0.1',
        headers: { forwarded: 'for=192.0.2.9, for="10.0.0.2' },
        address: '10.0.0.1',
      },
      {
        name: 'two headers that agree',
        peer: '10.0.0.1',
        headers: { 'forwarded': 'for=192.0.2.9', 'x-forwarded-for': '192.0.2.9' },
        address: '192.0.2.9',
      },
      {
        name: 'two headers that disagree',
        peer: '10.0.0.1',
        headers: { 'forwarded': 'for=198.51.100.1', 'x-forwarded-for': '192.0.2.9' },
        address: '10.0.0.1',
      },
    ] as const
  ) {
    it(`T119: ${name}`, () => {
      const list = new Headers(headers as unknown as Record<string, string>);
      assertEquals(clientAddress(peer, list, proxies), address as string | undefined);
    });
  }

  it('T128: hostile 50 kB headers come to a verdict', () => {
    for (
      const piece of [
        ',',
        'for=',
        '"',
        ';',
        ':',
        '::',
        '1.',
        '10.0.0.2,',
        'for=10.0.0.2,',
        '[',
        'a',
      ]
    ) {
      const value = piece.repeat(Math.floor(50_000 / piece.length));
      for (const name of ['forwarded', 'x-forwarded-for']) {
        assert(
          clientAddress('10.0.0.1', new Headers({ [name]: value }), proxies)?.startsWith('10.0.0.'),
        );
      }
    }
  });
});

describe('sourceOf', () => {
  for (
    const { address, source } of [
      { address: '192.0.2.1', source: '192.0.2.1' },
      { address: '::ffff:192.0.2.1', source: '192.0.2.1' },
      { address: '::FFFF:C000:0201', source: '192.0.2.1' },
      { address: '2001:db8:1:2:3:4:5:6', source: '2001:db8:1:2::/64' },
      { address: '2001:db8:1:2:ffff::', source: '2001:db8:1:2::/64' },
      { address: '2001:db8::1', source: '2001:db8::/64' },
      { address: '::1', source: '::/64' },
      { address: 'fe80::1%eth0', source: 'fe80::/64' },
      { address: 'nonsense', source: 'unknown' },
      { address: undefined, source: 'unknown' },
    ]
  ) {
    it(`T105: ${address} counts as ${source}`, () => {
      assertEquals(sourceOf(address), source);
    });
  }
});
