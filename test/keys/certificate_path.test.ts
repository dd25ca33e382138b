import { Buffer } from 'node:buffer';
import { describe, it } from 'node:test';
import { type Certificate, parseCertificate } from '../../src/keys/certificate.ts';
import { isTrusted } from '../../src/keys/certificate_path.ts';
import { assert, assertEquals } from '../support/assert.ts';
import {
  basicConstraints,
  type CertificateOptions,
  extendedKeyUsage,
  extension,
  keyUsage,
  type MadeCertificate,
  makeCertificate,
} from '../support/certificates.ts';

const NOW = 1_800_000_000;
const CN = '2.5.4.3';
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const CA = [basicConstraints(true), keyUsage(5, 6)];

function authority(cn: string, options: Partial<CertificateOptions> = {}): MadeCertificate {
  return makeCertificate({ subject: [[CN, cn]], extensions: CA, ...options });
}

function leafOf(
  issuer: MadeCertificate,
  options: Partial<CertificateOptions> = {},
): MadeCertificate {
  return makeCertificate({ subject: [[CN, 'client']], issuer, ...options });
}

function read({ der }: MadeCertificate): Certificate {
  const certificate = parseCertificate(der);
  assert(certificate !== undefined);
  return certificate;
}

function trusts(
  authorities: readonly MadeCertificate[],
  leaf: MadeCertificate,
  intermediates: readonly MadeCertificate[] = [],
): boolean {
  return isTrusted(read(leaf), {
    authorities: authorities.map(read),
    intermediates: intermediates.map(read),
    now: NOW,
  });
}

const root = authority('Root');
const otherRoot = authority('Root');

describe('T060, RFC 5280 §6.1: paths from a client’s certificate to an authority', () => {
  const leaves: readonly { name: string; leaf: MadeCertificate; trusted: boolean }[] = [
    { name: 'issued by it', leaf: leafOf(root), trusted: true },
    {
      name: 'for clients',
      leaf: leafOf(root, { extensions: [extendedKeyUsage(CLIENT_AUTH)] }),
      trusted: true,
    },
    {
      name: 'for anything',
      leaf: leafOf(root, { extensions: [extendedKeyUsage('2.5.29.37.0')] }),
      trusted: true,
    },
    {
      name: 'for servers alone',
      leaf: leafOf(root, { extensions: [extendedKeyUsage(SERVER_AUTH)] }),
      trusted: false,
    },
    {
      name: 'with a key for signatures',
      leaf: leafOf(root, { extensions: [keyUsage(0)] }),
      trusted: true,
    },
    {
      name: 'with a key for encryption',
      leaf: leafOf(root, { extensions: [keyUsage(2)] }),
      trusted: false,
    },
    { name: 'in its last second', leaf: leafOf(root, { notAfter: NOW }), trusted: true },
    { name: 'expired', leaf: leafOf(root, { notAfter: NOW - 1 }), trusted: false },
    { name: 'not valid yet', leaf: leafOf(root, { notBefore: NOW + 1 }), trusted: false },
    { name: 'of an authority of the same name', leaf: leafOf(otherRoot), trusted: false },
    {
      name: 'in its name, by another key',
      leaf: leafOf(root, { signedBy: otherRoot.privateKey }),
      trusted: false,
    },
    { name: 'self-signed', leaf: makeCertificate({ subject: [[CN, 'client']] }), trusted: false },
    {
      name: 'self-signed under its name',
      leaf: makeCertificate({ subject: [[CN, 'Root']] }),
      trusted: false,
    },
    {
      name: 'with an unknown critical extension',
      leaf: leafOf(root, { extensions: [extension('1.2.3.4', root.subject, true)] }),
      trusted: false,
    },
    {
      name: 'with an unknown extension',
      leaf: leafOf(root, { extensions: [extension('1.2.3.4', root.subject)] }),
      trusted: true,
    },
  ];
  for (const { name, leaf, trusted } of leaves) {
    it(`a certificate ${name} is ${trusted ? 'trusted' : 'refused'}`, () => {
      assertEquals(trusts([root], leaf), trusted);
    });
  }

  it('no authority, no trust', () => assertEquals(trusts([], leafOf(root)), false));

  const middles: readonly {
    name: string;
    options: Partial<CertificateOptions>;
    trusted: boolean;
  }[] = [
    { name: 'an authority', options: {}, trusted: true },
    { name: 'no authority', options: { extensions: [] }, trusted: false },
    {
      name: 'an authority that says it is none',
      options: { extensions: [basicConstraints(false)] },
      trusted: false,
    },
    {
      name: 'one that may not sign certificates',
      options: { extensions: [basicConstraints(true), keyUsage(0)] },
      trusted: false,
    },
    { name: 'an expired one', options: { notAfter: NOW - 1 }, trusted: false },
    {
      name: 'one for servers alone',
      options: { extensions: [...CA, extendedKeyUsage(SERVER_AUTH)] },
      trusted: false,
    },
    {
      name: 'one with name constraints',
      options: { extensions: [...CA, extension('2.5.29.30', root.subject, true)] },
      trusted: false,
    },
    { name: 'one that nobody issued', options: { signedBy: otherRoot.privateKey }, trusted: false },
  ];
  for (const { name, options, trusted } of middles) {
    it(`over ${name}: ${trusted ? 'trusted' : 'refused'}`, () => {
      const middle = authority('Middle', { issuer: root, ...options });
      const leaf = leafOf(middle);
      assertEquals(trusts([root], leaf, [middle]), trusted);
      assertEquals(trusts([root], leaf), false);
    });
  }

  it('a leaf cannot issue, whoever issued it', () => {
    const leaf = leafOf(root);
    assertEquals(trusts([root], leafOf(leaf), [leaf]), false);
  });

  it('RFC 5280 §4.2.1.9: pathLenConstraint counts the authorities below', () => {
    for (const [pathLength, trusted] of [[0, false], [1, true]] as const) {
      const short = authority('Short', { extensions: [basicConstraints(true, pathLength)] });
      const middle = authority('Middle', { issuer: short });
      assertEquals(trusts([short], leafOf(middle), [middle]), trusted);
      assertEquals(trusts([short], leafOf(short)), true);
    }
  });

  it('certificates may come in any order, among others, but not without end', () => {
    const chain = [root];
    for (const cn of ['1', '2', '3', '4', '5']) {
      const issuer = chain.at(-1);
      assert(issuer !== undefined);
      chain.push(authority(cn, { issuer }));
    }
    const [, ...middles] = chain;
    const [first, second, third, fourth, fifth] = middles;
    assert(first && second && third && fourth && fifth);
    assertEquals(trusts([root], leafOf(fourth), [otherRoot, ...middles.toReversed()]), true);
    assertEquals(trusts([root], leafOf(fifth), middles), false);
  });

  it('authorities that issue each other end nowhere', () => {
    const a = authority('A');
    const b = authority('B', { issuer: a });
    const again = makeCertificate({ subject: [[CN, 'A']], issuer: b, extensions: CA });
    assertEquals(trusts([root], leafOf(b), [a, b, again]), false);
  });
});

describe('RFC 5280 §4.1: what is read as a certificate', () => {
  const whole = leafOf(root).der;
  it('cut at any byte, or with bytes after it, it is none', () => {
    for (let length = 0; length < whole.length; length++) {
      assertEquals(parseCertificate(whole.subarray(0, length)), undefined);
    }
    assertEquals(parseCertificate(Uint8Array.of(...whole, 0)), undefined);
    assert(parseCertificate(whole) !== undefined);
  });

  it('no changed byte makes another certificate of the same signature trusted', () => {
    const options = { authorities: [read(root)], intermediates: [], now: NOW };
    for (let at = 0; at < whole.length; at++) {
      const changed = whole.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      const certificate = parseCertificate(changed);
      assertEquals(
        certificate !== undefined && isTrusted(certificate, options),
        false,
        `byte ${at}`,
      );
    }
  });

  it('T129: beyond 16 KiB it is not read', () => {
    const big = extension('1.2.3.4', Buffer.alloc(17_000));
    assertEquals(parseCertificate(leafOf(root, { extensions: [big] }).der), undefined);
  });
});
