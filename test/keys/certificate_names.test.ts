import { Buffer } from 'node:buffer';
import { describe, it } from 'node:test';
import { type Certificate, parseCertificate } from '../../src/keys/certificate.ts';
import { type AltNameKind, hasAltName, isSubject } from '../../src/keys/certificate_names.ts';
import { assert, assertEquals } from '../support/assert.ts';
import { altNames, makeCertificate, type NamePart } from '../support/certificates.ts';

const CN = '2.5.4.3';
const O = '2.5.4.10';
const C = '2.5.4.6';

function subjectOf(parts: readonly NamePart[]): Certificate {
  return read(makeCertificate({ subject: parts }).der);
}

function read(der: Uint8Array): Certificate {
  const certificate = parseCertificate(der);
  assert(certificate !== undefined);
  return certificate;
}

describe('T060, RFC 4514: the subject, attribute by attribute', () => {
  const usual: readonly NamePart[] = [[C, 'DE', 0x13], [O, 'Example, Inc.'], [CN, 'app']];
  const rows: readonly { subject?: readonly NamePart[]; dn: string; same: boolean }[] = [
    { dn: 'CN=app,O=Example\\, Inc.,C=DE', same: true },
    { dn: 'cn=app, o=Example\\, Inc., c=DE', same: true },
    { dn: '2.5.4.3=app,O=Example\\2C Inc.,C=DE', same: true },
    { dn: 'CN=app,O=Example, Inc.,C=DE', same: false },
    { dn: 'C=DE,O=Example\\, Inc.,CN=app', same: false },
    { dn: 'CN=App,O=Example\\, Inc.,C=DE', same: false },
    { dn: 'CN=app,O=Example\\, Inc.', same: false },
    { dn: 'O=Example\\, Inc.,C=DE', same: false },
    { dn: 'CN=app', same: false },
    { dn: 'CN=app+O=Example\\, Inc.,C=DE', same: false },
    { dn: 'X=app', same: false },
    { dn: '', same: false },
    { subject: [], dn: '', same: false },
    { subject: [], dn: 'CN=app', same: false },
    { subject: [[CN, 'app,O=Example']], dn: 'CN=app,O=Example', same: false },
    { subject: [[CN, 'app,O=Example']], dn: 'CN=app\\,O=Example', same: true },
    { subject: [[CN, 'app\nO=Example']], dn: 'O=Example,CN=app', same: false },
    { subject: [[CN, 'app\0.evil']], dn: 'CN=app', same: false },
    { subject: [[CN, 'app '], [O, 'x']], dn: 'O=x,CN=app', same: false },
    { subject: [[CN, 'app ']], dn: 'CN=app\\ ', same: true },
    { subject: [[CN, ' app']], dn: 'CN=\\ app', same: true },
    { subject: [[CN, 'Jörg "J" <#>']], dn: 'CN=J\\C3\\B6rg \\"J\\" \\<#\\>', same: true },
    { subject: [[CN, 'Jörg']], dn: 'CN=Jörg', same: true },
    { subject: [[CN, 'Jörg']], dn: 'CN=Jo\u0308rg', same: false },
    { subject: [['1.2.3.4', 'x', 0x04]], dn: '1.2.3.4=#040178', same: true },
    { subject: [['1.2.3.4', 'x', 0x04]], dn: '1.2.3.4=x', same: false },
    { subject: [[CN, 'a'], [CN, 'b']], dn: 'CN=b,CN=a', same: true },
    { subject: [[CN, 'a'], [CN, 'b']], dn: 'CN=a,CN=b', same: false },
  ];
  for (const { subject = usual, dn, same } of rows) {
    it(`${JSON.stringify(subject.map(([, value]) => value))} ${same ? 'is' : 'is not'} ${dn}`, () => {
      assertEquals(isSubject(subjectOf(subject), dn), same);
    });
  }
});

describe('T060, RFC 8705 §2.1.2: subject alternative names, whole', () => {
  const certificate = read(
    makeCertificate({
      subject: [[CN, 'cn.example']],
      extensions: [altNames(
        [0x82, Buffer.from('app.example')],
        [0x82, Buffer.from('*.wild.example')],
        [0x82, Buffer.from('evil.example, DNS:injected.example')],
        [0x86, Buffer.from('spiffe://example/app')],
        [0x81, Buffer.from('app@example.com')],
        [0x87, Uint8Array.of(192, 0, 2, 1)],
        [0x87, Uint8Array.from([0x20, 1, 0xd, 0xb8, ...new Array<number>(11).fill(0), 1])],
      )],
    }).der,
  );
  const rows: readonly (readonly [kind: AltNameKind, name: string, has: boolean])[] = [
    ['dns', 'app.example', true],
    ['dns', '*.wild.example', true],
    ['dns', 'a.wild.example', false],
    ['dns', 'example', false],
    ['dns', 'injected.example', false],
    ['dns', 'cn.example', false],
    ['dns', 'spiffe://example/app', false],
    ['dns', 'app@example.com', false],
    ['uri', 'spiffe://example/app', true],
    ['uri', 'spiffe://example/', false],
    ['uri', 'app.example', false],
    ['email', 'app@example.com', true],
    ['email', 'example.com', false],
    ['ip', '192.0.2.1', true],
    ['ip', '192.0.2.2', false],
    ['ip', '2001:db8::1', true],
    ['ip', '2001:0db8:0:0:0:0:0:1', true],
    ['ip', '2001:db8::2', false],
    ['ip', 'app.example', false],
  ];
  for (const [kind, name, has] of rows) {
    it(`${kind} ${name}: ${has}`, () => assertEquals(hasAltName(certificate, kind, name), has));
  }

  it('a certificate without any has none', () => {
    assertEquals(hasAltName(subjectOf([[CN, 'app.example']]), 'dns', 'app.example'), false);
  });
});
