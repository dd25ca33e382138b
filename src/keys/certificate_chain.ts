import { createHash, type KeyObject, X509Certificate } from 'node:crypto';
import { Buffer } from 'node:buffer';
import type { KeyChain } from '../store/records.ts';
import { parseCertificate } from './certificate.ts';
import { isSignedBy as isSignatureBy } from './certificate_path.ts';

const MAX_CERTIFICATES = 10;
const MAX_CHAIN_BYTES = 24 * 1024;

export type ChainResult =
  | { readonly ok: true; readonly chain: KeyChain }
  | { readonly ok: false; readonly problem: string };

/**
 * Reads certificates, the leaf first, and checks that the leaf is the key's and that each was issued and signed by the
 * next. Dates are recorded, not judged: that is done whenever the key is published.
 */
export function readChain(pems: readonly string[], publicKey: KeyObject): ChainResult {
  if (pems.length > MAX_CERTIFICATES) {
    return refused(`the chain must have at most ${MAX_CERTIFICATES} certificates`);
  }
  const certificates = pems.map(parsed);
  const known: X509Certificate[] = [];
  for (const [index, certificate] of certificates.entries()) {
    if (certificate === undefined) return refused(`certificate ${index + 1} cannot be read`);
    known.push(certificate);
  }
  const leaf = known[0];
  if (leaf === undefined || !isSameKey(leaf, publicKey)) {
    return refused('the first certificate must be for the key: it is for another');
  }
  for (const [index, certificate] of known.entries()) {
    const issuer = known[index + 1];
    if (issuer !== undefined && !isIssuedBy(certificate, issuer)) {
      return refused(`certificate ${index + 1} must be issued by the next one: it is not`);
    }
  }
  if (known.reduce((sum, { raw }) => sum + raw.length, 0) > MAX_CHAIN_BYTES) {
    return refused(`the chain must be at most ${MAX_CHAIN_BYTES / 1024} KiB`);
  }
  const not_before = Math.max(...known.map(({ validFrom }) => seconds(validFrom)));
  const not_after = Math.min(...known.map(({ validTo }) => seconds(validTo)));
  if (Number.isNaN(not_before) || Number.isNaN(not_after)) {
    return refused('the dates of the certificates cannot be read');
  }
  const x5c = known.map(({ raw }) => Buffer.from(raw).toString('base64'));
  return { ok: true, chain: { x5c, not_before, not_after } };
}

/** Whether all certificates are valid now. */
export function isChainValid(chain: KeyChain, nowSeconds: number): boolean {
  return chain.not_before <= nowSeconds && nowSeconds <= chain.not_after;
}

/** RFC 7517 §4.7, §4.8, §4.9. */
export function chainMembers({ x5c }: KeyChain): {
  readonly x5c: string[];
  readonly x5t: string;
  readonly 'x5t#S256': string;
} {
  const leaf = Buffer.from(x5c[0] ?? '', 'base64');
  const digest = (name: string): string => createHash(name).update(leaf).digest('base64url');
  return { x5c: [...x5c], x5t: digest('sha1'), 'x5t#S256': digest('sha256') };
}

function parsed(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function isSameKey(certificate: X509Certificate, publicKey: KeyObject): boolean {
  try {
    const [ours, theirs] = [publicKey, certificate.publicKey].map((key) =>
      key.export({ format: 'der', type: 'spki' })
    );
    return ours !== undefined && theirs !== undefined && ours.equals(theirs);
  } catch {
    return false;
  }
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return issuer.ca && certificate.checkIssued(issuer) && isSignedBy(certificate, issuer);
  } catch {
    // Deno throws for a key of another type than the signature's.
    return false;
  }
}

/** By our own reading first, as Deno's `verify` knows no P-521; by the runtime's for what ours does not know, such as PSS. */
function isSignedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  const [subject, authority] = [certificate, issuer].map(({ raw }) => parseCertificate(raw));
  return (subject !== undefined && authority !== undefined && isSignatureBy(subject, authority)) ||
    certificate.verify(issuer.publicKey);
}

function seconds(date: string): number {
  return Date.parse(date) / 1000;
}

function refused(problem: string): ChainResult {
  return { ok: false, problem };
}
