import type { JWK } from 'jose';
import { Buffer } from 'node:buffer';
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import {
  checkTag,
  childrenOf,
  type Der,
  malformed,
  oidOf,
  readDer,
  TAG,
  timeOf,
  wholeBitsOf,
} from './der.ts';

/** An X.509 certificate, RFC 5280 §4.1; `Uint8Array`s are DER. */
export interface Certificate {
  readonly der: Uint8Array;
  /** What is signed. */
  readonly tbs: Uint8Array;
  /** Dotted OID. */
  readonly signatureAlgorithm: string;
  readonly signature: Uint8Array;
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  /** SubjectPublicKeyInfo. */
  readonly spki: Uint8Array;
  /** Unix seconds. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** By dotted OID. */
  readonly extensions: ReadonlyMap<string, Extension>;
}

export interface Extension {
  readonly critical: boolean;
  readonly value: Uint8Array;
}

/** `x5t#S256`: base64url of the SHA-256 of the DER. RFC 8705 §3.1, RFC 7515 §4.1.8 */
export function certificateThumbprint(der: Uint8Array): string {
  return createHash('sha256').update(der).digest('base64url');
}

/** Longer ones are not even parsed. */
const MAX_CERTIFICATE_BYTES = 16 * 1024;

/**
 * Read by ourselves, since the text forms that runtimes give of names can be made to say what the certificate does not.
 * Undefined for what is no certificate of version 3.
 */
export function parseCertificate(der: Uint8Array): Certificate | undefined {
  if (der.length > MAX_CERTIFICATE_BYTES) return undefined;
  try {
    return readCertificate(der);
  } catch {
    return undefined;
  }
}

/** All certificates in a PEM text; undefined among them for what cannot be read. */
export function certificatesOfPem(pem: string): readonly (Certificate | undefined)[] {
  const blocks = pem.matchAll(
    /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]*)-----END CERTIFICATE-----/g,
  );
  return Array.from(blocks, ([, base64 = '']) => parseCertificate(Buffer.from(base64, 'base64')));
}

/** Undefined for kinds of keys that the runtime does not know. */
export function publicKeyOf({ spki }: Certificate): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  } catch {
    return undefined;
  }
}

/** Does the JWK name this certificate's key, by itself or by its `x5c`? RFC 8705 §2.2.2 */
export function isKeyOf(certificate: Certificate, jwk: JWK): boolean {
  const [leaf] = Array.isArray(jwk.x5c) ? jwk.x5c : [];
  if (leaf === Buffer.from(certificate.der).toString('base64')) return true;
  const key = publicKeyOf(certificate)?.export({ format: 'jwk' });
  if (key === undefined) return false;
  const members = MEMBERS.get(key.kty ?? '');
  return key.kty === jwk.kty && members !== undefined &&
    members.every((member) =>
      typeof key[member] === 'string' && key[member] === jwk[member as keyof JWK]
    );
}

/** RFC 7638 §3.2, RFC 8037 §2. */
const MEMBERS: ReadonlyMap<string, readonly string[]> = new Map([
  ['RSA', ['n', 'e']],
  ['EC', ['crv', 'x', 'y']],
  ['OKP', ['crv', 'x']],
]);

function readCertificate(der: Uint8Array): Certificate {
  const [tbs, algorithm, signature, ...more] = childrenOf(readDer(der));
  const fields = childrenOf(checkTag(tbs, TAG.sequence));
  const [version, _serial, inner, issuer, validity, subject, spki, ...optional] = fields;
  const [notBefore, notAfter] = childrenOf(checkTag(validity, TAG.sequence));
  const [number] = childrenOf(checkTag(version, 0xa0), 0xa0);
  const outer = checkTag(algorithm, TAG.sequence);
  // RFC 5280 §4.1.1.2: what is signed says the same of how.
  const isSame = Buffer.from(outer.whole).equals(checkTag(inner, TAG.sequence).whole);
  if (more.length > 0 || !isSame || checkTag(number, TAG.integer).content[0] !== 2) {
    throw malformed();
  }
  return {
    der,
    tbs: checkTag(tbs, TAG.sequence).whole,
    signatureAlgorithm: oidOf(childrenOf(outer)[0]),
    signature: wholeBitsOf(signature),
    issuer: checkTag(issuer, TAG.sequence).whole,
    subject: checkTag(subject, TAG.sequence).whole,
    spki: checkTag(spki, TAG.sequence).whole,
    notBefore: timeOf(notBefore),
    notAfter: timeOf(notAfter),
    extensions: extensionsOf(optional.find(({ tag }) => tag === 0xa3)),
  };
}

function extensionsOf(der: Der | undefined): ReadonlyMap<string, Extension> {
  const extensions = new Map<string, Extension>();
  const [list] = der === undefined ? [] : childrenOf(der, 0xa3);
  for (const each of list === undefined ? [] : childrenOf(list)) {
    const parts = childrenOf(each);
    const [id, ...rest] = parts;
    const name = oidOf(id);
    const flag = rest.length === 2 ? checkTag(rest[0], TAG.boolean) : undefined;
    if (rest.length > 2 || extensions.has(name)) throw malformed();
    extensions.set(name, {
      critical: flag !== undefined && flag.content[0] !== 0,
      value: checkTag(rest.at(-1), TAG.octetString).content,
    });
  }
  return extensions;
}
