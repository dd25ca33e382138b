/** More than any real chain has. */
const MAX_CERTIFICATES = 8;
/** Characters of one; certificates of clients are a tenth of it. */
const MAX_LENGTH = 16 * 1024;

/**
 * The certificate that a client showed to the proxy in front, then those that lead to an authority, as DER. RFC 9440 §2.
 * Undefined when the proxy says nothing, or says it in another form. The caller knows whether it may be believed.
 */
export function forwardedCertificates(headers: Headers): readonly Uint8Array[] | undefined {
  const leaf = headers.get('client-cert');
  if (leaf === null) return undefined;
  const chain = headers.get('client-cert-chain');
  const items = [leaf, ...chain === null ? [] : chain.split(',')];
  if (items.length > MAX_CERTIFICATES) return undefined;
  const certificates = items.map(byteSequence);
  return certificates.every((each) => each !== undefined) ? certificates : undefined;
}

/** RFC 9651 §4.2.7: base64 between colons. */
function byteSequence(item: string): Uint8Array | undefined {
  const text = item.trim();
  const [, base64] = text.length > MAX_LENGTH ? [] : /^:([A-Za-z0-9+/]+={0,2}):$/.exec(text) ?? [];
  if (base64 === undefined) return undefined;
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
