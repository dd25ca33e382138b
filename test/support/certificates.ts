/** Certificates as tests want them, wrong ones too: just enough DER to sign what nobody would issue. */
import { Buffer } from 'node:buffer';
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** What goes into a certificate; all else is as usual. */
export interface CertificateOptions {
  readonly subject: readonly NamePart[];
  /** The authority; absent: signed by its own key. */
  readonly issuer?: MadeCertificate;
  readonly extensions?: readonly Buffer[];
  /** Unix seconds; by default long ago and far ahead. */
  readonly notBefore?: number;
  readonly notAfter?: number;
  /** Signed by this key whatever `issuer` says. */
  readonly signedBy?: KeyObject;
}

/** One RDN of one attribute: dotted OID, text, and the tag of its string type (UTF8String by default). */
export type NamePart = readonly [type: string, value: string, tag?: number];

export interface MadeCertificate {
  readonly der: Uint8Array;
  readonly subject: Buffer;
  readonly privateKey: KeyObject;
}

export function makeCertificate(options: CertificateOptions): MadeCertificate {
  const { issuer, extensions = [], notBefore = 1_500_000_000, notAfter = 2_500_000_000 } = options;
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const subject = name(options.subject);
  const tbs = sequence(
    tagged(0xa0, tagged(0x02, Buffer.of(2))),
    tagged(0x02, Buffer.of(1)),
    ECDSA_SHA256,
    issuer?.subject ?? subject,
    sequence(time(notBefore), time(notAfter)),
    subject,
    publicKey.export({ format: 'der', type: 'spki' }),
    ...extensions.length === 0 ? [] : [tagged(0xa3, sequence(...extensions))],
  );
  const key = options.signedBy ?? issuer?.privateKey ?? privateKey;
  const signature = sign('sha256', tbs, key);
  const der = sequence(tbs, ECDSA_SHA256, tagged(0x03, Buffer.concat([Buffer.of(0), signature])));
  return { der: new Uint8Array(der), subject, privateKey };
}

export function extension(id: string, value: Buffer, critical = false): Buffer {
  const flag = critical ? [tagged(0x01, Buffer.of(0xff))] : [];
  return sequence(oid(id), ...flag, tagged(0x04, value));
}

/** RFC 5280 §4.2.1.9. */
export function basicConstraints(cA: boolean, pathLength?: number): Buffer {
  const flag = cA ? [tagged(0x01, Buffer.of(0xff))] : [];
  const length = pathLength === undefined ? [] : [tagged(0x02, Buffer.of(pathLength))];
  return extension('2.5.29.19', sequence(...flag, ...length), true);
}

/** RFC 5280 §4.2.1.3, by bit number. */
export function keyUsage(...bits: readonly number[]): Buffer {
  const byte = bits.reduce((sum, bit) => sum | (0x80 >> bit), 0);
  return extension('2.5.29.15', tagged(0x03, Buffer.of(0, byte)), true);
}

export function extendedKeyUsage(...oids: readonly string[]): Buffer {
  return extension('2.5.29.37', sequence(...oids.map(oid)));
}

/** RFC 5280 §4.2.1.6: the context tag of each name, and its bytes. */
export function altNames(...names: readonly (readonly [tag: number, value: Uint8Array])[]): Buffer {
  return extension('2.5.29.17', sequence(...names.map(([tag, value]) => tagged(tag, value))));
}

export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest].flatMap(base128)));
}

const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));

function name(parts: readonly NamePart[]): Buffer {
  return sequence(
    ...parts.map(([type, value, tag = 0x0c]) =>
      tagged(0x31, sequence(oid(type), tagged(tag, Buffer.from(value))))
    ),
  );
}

/** GeneralizedTime. */
function time(seconds: number): Buffer {
  const text = new Date(seconds * 1000).toISOString().replace(/\.\d+/, '').replace(/[-:T]/g, '');
  return tagged(0x18, Buffer.from(text));
}

function sequence(...parts: readonly Uint8Array[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function tagged(tag: number, content: Uint8Array): Buffer {
  const { length } = content;
  const head = length < 0x80
    ? [length]
    : length < 0x100
    ? [0x81, length]
    : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.of(tag, ...head), content]);
}

function base128(arc: number): readonly number[] {
  const digits = [arc & 127];
  for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) {
    digits.unshift((left & 127) | 128);
  }
  return digits;
}
