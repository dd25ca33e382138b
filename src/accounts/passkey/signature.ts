/**
 * An ECDSA signature as the library reads it: it takes both numbers to have 32 bytes, which is so for most signatures
 * only, as DER leaves leading zeros out (RFC 3279 §2.2.3). Each is given 33, the first zero. @throws {RangeError}
 */
export function evenSignature(der: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (der[0] !== 0x30 || der[1] !== der.length - 2) throw new RangeError('no ECDSA signature');
  const r = integerAt(der, 2);
  const s = integerAt(der, r.end);
  if (s.end !== der.length) throw new RangeError('the ECDSA signature goes on after its end');
  return Uint8Array.from([0x30, 70, 0x02, 33, ...r.bytes, 0x02, 33, ...s.bytes]);
}

function integerAt(
  der: Uint8Array,
  at: number,
): { readonly bytes: readonly number[]; readonly end: number } {
  const length = der[at + 1] ?? 0;
  const end = at + 2 + length;
  if (der[at] !== 0x02 || length === 0 || length > 33 || end > der.length) {
    throw new RangeError('no number in the ECDSA signature');
  }
  const bytes = Array.from(der.subarray(at + 2, end));
  const isNegative = (bytes[0] ?? 0) > 127;
  const isTooLarge = length === 33 && bytes[0] !== 0;
  if (isNegative || isTooLarge) throw new RangeError('a number that no ECDSA signature has');
  return { bytes: [...Array<number>(33 - length).fill(0), ...bytes], end };
}
