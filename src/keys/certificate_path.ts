import { Buffer } from 'node:buffer';
import { verify } from 'node:crypto';
import { type Certificate, publicKeyOf } from './certificate.ts';
import { childrenOf, oidOf, readDer, TAG } from './der.ts';

export interface PathOptions {
  /** What the client sent beside its own certificate; nothing of it is trusted. */
  readonly intermediates: readonly Certificate[];
  readonly authorities: readonly Certificate[];
  /** Unix seconds. */
  readonly now: number;
}

/** Authorities between a certificate and one of ours. */
const MAX_INTERMEDIATES = 4;
/** Signatures that are looked at for one path, however the certificates name each other. */
const MAX_SIGNATURES = 32;

/**
 * Does a path lead from a client's certificate to one of the authorities, with every date, signature and constraint in
 * order (RFC 5280 §6.1)? Name constraints and what else we do not process are refused where critical. Revocation is the
 * operator's: a client whose certificate is revoked is to be removed.
 */
export function isTrusted(leaf: Certificate, options: PathOptions): boolean {
  try {
    return isClientCertificate(leaf, options.now) &&
      leadsToAuthority(leaf, 0, options, { signatures: MAX_SIGNATURES });
  } catch {
    return false;
  }
}

function leadsToAuthority(
  certificate: Certificate,
  depth: number,
  options: PathOptions,
  budget: { signatures: number },
): boolean {
  const { authorities, intermediates, now } = options;
  const isIssuer = (issuer: Certificate): boolean =>
    isNamed(certificate, issuer) && isAuthority(issuer, depth, now) &&
    budget.signatures-- > 0 && isSignedBy(certificate, issuer);
  if (authorities.some(isIssuer)) return true;
  return depth < MAX_INTERMEDIATES &&
    intermediates.some((issuer) =>
      issuer !== certificate && isIssuer(issuer) &&
      leadsToAuthority(issuer, depth + 1, options, budget)
    );
}

const BASIC_CONSTRAINTS = '2.5.29.19';
const KEY_USAGE = '2.5.29.15';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const CLIENT_AUTH = ['1.3.6.1.5.5.7.3.2', '2.5.29.37.0'];
/** Beside those: subjectAltName, which is compared, and certificatePolicies, of which we demand none. */
const PROCESSED = [BASIC_CONSTRAINTS, KEY_USAGE, EXTENDED_KEY_USAGE, '2.5.29.17', '2.5.29.32'];
const DIGITAL_SIGNATURE = 0;
const KEY_CERT_SIGN = 5;

function isClientCertificate(certificate: Certificate, now: number): boolean {
  return isInForce(certificate, now) && mayUse(certificate, DIGITAL_SIGNATURE) &&
    isForClients(certificate);
}

/** `depth`: how many authorities are below it on the path. */
function isAuthority(certificate: Certificate, depth: number, now: number): boolean {
  const constraints = certificate.extensions.get(BASIC_CONSTRAINTS);
  if (constraints === undefined) return false;
  const [flag, length] = childrenOf(readDer(constraints.value));
  const isCa = flag?.tag === TAG.boolean && flag.content[0] === 0xff;
  const [most = 0, ...larger] = length?.content ?? [];
  const isShort = length === undefined ||
    (length.tag === TAG.integer && (larger.length > 0 || depth <= most));
  return isCa && isShort && isInForce(certificate, now) && mayUse(certificate, KEY_CERT_SIGN) &&
    isForClients(certificate);
}

function isInForce({ notBefore, notAfter, extensions }: Certificate, now: number): boolean {
  const isProcessed = [...extensions].every(([id, { critical }]) =>
    !critical || PROCESSED.includes(id)
  );
  return isProcessed && notBefore <= now && now <= notAfter;
}

/** RFC 5280 §4.2.1.3: absent, it restricts nothing. */
function mayUse({ extensions }: Certificate, bit: number): boolean {
  const usage = extensions.get(KEY_USAGE);
  if (usage === undefined) return true;
  const [_unused, bits = 0] = readDer(usage.value, TAG.bitString).content;
  return (bits & (0x80 >> bit)) !== 0;
}

/** RFC 5280 §4.2.1.12; on an authority it restricts those below, as all usual validators have it. */
function isForClients({ extensions }: Certificate): boolean {
  const usage = extensions.get(EXTENDED_KEY_USAGE);
  return usage === undefined ||
    childrenOf(readDer(usage.value)).some((each) => CLIENT_AUTH.includes(oidOf(each)));
}

function isNamed(certificate: Certificate, issuer: Certificate): boolean {
  return Buffer.from(certificate.issuer).equals(issuer.subject);
}

/** RFC 4055, RFC 5758, RFC 8410; no SHA-1. */
const SIGNATURES: ReadonlyMap<string, readonly [hash: string | null, keyType: string]> = new Map([
  ['1.2.840.113549.1.1.11', ['sha256', 'rsa']],
  ['1.2.840.113549.1.1.12', ['sha384', 'rsa']],
  ['1.2.840.113549.1.1.13', ['sha512', 'rsa']],
  ['1.2.840.10045.4.3.2', ['sha256', 'ec']],
  ['1.2.840.10045.4.3.3', ['sha384', 'ec']],
  ['1.2.840.10045.4.3.4', ['sha512', 'ec']],
  ['1.3.101.112', [null, 'ed25519']],
]);

/** By one of the algorithms above, with a key of its type. @throws {Error} of the runtime for a malformed signature */
export function isSignedBy(certificate: Certificate, issuer: Certificate): boolean {
  const [hash, keyType] = SIGNATURES.get(certificate.signatureAlgorithm) ?? [];
  const key = publicKeyOf(issuer);
  if (hash === undefined || key === undefined || key.asymmetricKeyType !== keyType) return false;
  if (keyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) < 2048) return false;
  return verify(hash, Buffer.from(certificate.tbs), key, Buffer.from(certificate.signature));
}
