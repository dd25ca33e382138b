/** One element of DER, ITU-T X.690 §8.1. */
export interface Der {
  readonly tag: number;
  readonly content: Uint8Array;
  /** Tag and length included. */
  readonly whole: Uint8Array;
}

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** The one element that these bytes are. @throws {RangeError} when they are not that */
export function readDer(bytes: Uint8Array, tag?: number): Der {
  const [only, ...more] = elementsOf(bytes);
  if (only === undefined || more.length > 0) throw malformed();
  return checkTag(only, tag);
}

/** What a sequence or set holds. @throws {RangeError} */
export function childrenOf(der: Der, tag: number = TAG.sequence): readonly Der[] {
  return elementsOf(checkTag(der, tag).content);
}

/** @throws {RangeError} when there is none, or when it has another tag */
export function checkTag(der: Der | undefined, tag: number | undefined): Der {
  if (der === undefined || (tag !== undefined && der.tag !== tag)) throw malformed();
  return der;
}

/** Dotted. @throws {RangeError} */
export function oidOf(der: Der | undefined): string {
  const { content } = checkTag(der, TAG.oid);
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of content) {
    arc = arc * 128 + (byte & 127);
    if (arc > Number.MAX_SAFE_INTEGER / 256) throw malformed();
    if (byte >= 128) continue;
    arcs.push(arc);
    arc = 0;
  }
  const [first, ...rest] = arcs;
  if (first === undefined || (content.at(-1) ?? 128) >= 128) throw malformed();
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - root * 40, ...rest].join('.');
}

/** The bytes of a bit string that ends on a byte. @throws {RangeError} */
export function wholeBitsOf(der: Der | undefined): Uint8Array {
  const { content } = checkTag(der, TAG.bitString);
  if (content[0] !== 0) throw malformed();
  return content.subarray(1);
}

/** Unix seconds; RFC 5280 §4.1.2.5. @throws {RangeError} */
export function timeOf(der: Der | undefined): number {
  const { tag, content } = checkTag(der, undefined);
  const text = new TextDecoder('latin1').decode(content);
  const [, digits] = /^(\d{12}|\d{14})Z$/.exec(text) ?? [];
  const isShort = tag === TAG.utcTime;
  if (digits?.length !== (isShort ? 12 : 14)) throw malformed();
  if (!isShort && tag !== TAG.generalizedTime) throw malformed();
  const whole = isShort ? `${digits < '50' ? '20' : '19'}${digits}` : digits;
  const iso = whole.replace(/^(....)(..)(..)(..)(..)(..)$/, '$1-$2-$3T$4:$5:$6Z');
  const milliseconds = Date.parse(iso);
  if (Number.isNaN(milliseconds)) throw malformed();
  return milliseconds / 1000;
}

export function malformed(): RangeError {
  return new RangeError('Cannot read DER as it is malformed');
}

function elementsOf(bytes: Uint8Array): readonly Der[] {
  const elements: Der[] = [];
  for (let at = 0; at < bytes.length;) {
    const element = elementAt(bytes.subarray(at));
    elements.push(element);
    at += element.whole.length;
  }
  return elements;
}

/** Lengths in their shortest form, tags of one byte: there are no others in certificates. */
function elementAt(bytes: Uint8Array): Der {
  const [tag = 0x1f, first = 0x80] = bytes;
  if ((tag & 0x1f) === 0x1f) throw malformed();
  const more = first < 0x80 ? 0 : first & 0x7f;
  if (first === 0x80 || more > 3) throw malformed();
  let length = more === 0 ? first : 0;
  for (let i = 0; i < more; i++) length = length * 256 + (bytes[2 + i] ?? 0);
  if (more > 0 && length < (more === 1 ? 0x80 : 256 ** (more - 1))) throw malformed();
  const start = 2 + more;
  if (start + length > bytes.length) throw malformed();
  return {
    tag,
    content: bytes.subarray(start, start + length),
    whole: bytes.subarray(0, start + length),
  };
}
