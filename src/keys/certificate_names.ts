import { Buffer } from 'node:buffer';
import { parseAddress } from '../spec/networks.ts';
import type { Certificate } from './certificate.ts';
import { childrenOf, type Der, malformed, oidOf, readDer, TAG } from './der.ts';
import { type Attribute, parseDistinguishedName } from './distinguished_name.ts';

/** Is the certificate's whole subject this RFC 4514 name, attribute by attribute and character by character? T060 */
export function isSubject(certificate: Certificate, distinguishedName: string): boolean {
  const expected = parseDistinguishedName(distinguishedName);
  if (expected === undefined) return false;
  try {
    return same(subjectOf(certificate), expected);
  } catch {
    return false;
  }
}

export type AltNameKind = 'dns' | 'uri' | 'ip' | 'email';

/** GeneralName, RFC 5280 §4.2.1.6. */
const ALT_NAME_TAGS: Readonly<Record<AltNameKind, number>> = {
  email: 0x81,
  dns: 0x82,
  uri: 0x86,
  ip: 0x87,
};

/** Is this one of the certificate's subject alternative names, whole? No wildcards. T060 */
export function hasAltName(certificate: Certificate, kind: AltNameKind, name: string): boolean {
  const names = certificate.extensions.get('2.5.29.17');
  const expected = kind === 'ip' ? addressBytes(name) : Buffer.from(name);
  if (names === undefined || expected === undefined) return false;
  try {
    return childrenOf(readDer(names.value)).some(({ tag, content }) =>
      tag === ALT_NAME_TAGS[kind] && expected.equals(content)
    );
  } catch {
    return false;
  }
}

type Rdn = readonly Attribute[];

/** As RFC 4514 §2.1 writes it: the last of the certificate first. */
function subjectOf({ subject }: Certificate): readonly Rdn[] {
  return childrenOf(readDer(subject)).map((rdn) =>
    childrenOf(rdn, TAG.set).map((attribute) => {
      const [type, value] = childrenOf(attribute);
      return { type: oidOf(type), value: textOf(value) };
    })
  ).toReversed();
}

function textOf(value: Der | undefined): string {
  if (value === undefined) throw malformed();
  return STRINGS.get(value.tag)?.(value.content) ?? `#${Buffer.from(value.whole).toString('hex')}`;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const STRINGS: ReadonlyMap<number, (content: Uint8Array) => string> = new Map([
  [0x0c, (content) => utf8.decode(content)], // UTF8String
  [0x13, (content) => utf8.decode(content)], // PrintableString
  [0x16, (content) => utf8.decode(content)], // IA5String
  [0x1e, (content) => new TextDecoder('utf-16be', { fatal: true }).decode(content)], // BMPString
]);

function same(actual: readonly Rdn[], expected: readonly Rdn[]): boolean {
  return actual.length === expected.length && actual.length > 0 &&
    actual.every((rdn, index) => written(rdn) === written(expected[index] ?? []));
}

/** The attributes of one RDN are a set: their order says nothing. */
function written(rdn: Rdn): string {
  return JSON.stringify(rdn.map(({ type, value }) => [type, value]).toSorted());
}

/** As a certificate has it: 4 bytes or 16. */
function addressBytes(text: string): Buffer | undefined {
  const address = parseAddress(text);
  if (address === undefined) return undefined;
  return Buffer.from(text.includes(':') ? address : address.slice(12));
}
