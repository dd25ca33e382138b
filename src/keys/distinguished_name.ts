import { Buffer } from 'node:buffer';

export interface Attribute {
  /** Dotted OID. */
  readonly type: string;
  /** A text, or `#` and the DER in hexadecimal. */
  readonly value: string;
}

/** RFC 4514 §3, then what certificates of banks and companies hold. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ['CN', '2.5.4.3'],
  ['L', '2.5.4.7'],
  ['ST', '2.5.4.8'],
  ['O', '2.5.4.10'],
  ['OU', '2.5.4.11'],
  ['C', '2.5.4.6'],
  ['STREET', '2.5.4.9'],
  ['DC', '0.9.2342.19200300.100.1.25'],
  ['UID', '0.9.2342.19200300.100.1.1'],
  ['SN', '2.5.4.4'],
  ['SERIALNUMBER', '2.5.4.5'],
  ['TITLE', '2.5.4.12'],
  ['BUSINESSCATEGORY', '2.5.4.15'],
  ['POSTALCODE', '2.5.4.17'],
  ['GN', '2.5.4.42'],
  ['GIVENNAME', '2.5.4.42'],
  ['ORGANIZATIONIDENTIFIER', '2.5.4.97'],
  ['JURISDICTIONC', '1.3.6.1.4.1.311.60.2.1.3'],
  ['EMAILADDRESS', '1.2.840.113549.1.9.1'],
]);

/** The RDNs of a name as RFC 4514 §2 writes it, spaces around its separators allowed; undefined when it is malformed. */
export function parseDistinguishedName(
  text: string,
): readonly (readonly Attribute[])[] | undefined {
  const rdns = split(text, ',').map((rdn) => split(rdn, '+').map(parseAttribute));
  const isWhole = rdns.every((rdn) => rdn.every((attribute) => attribute !== undefined));
  return isWhole ? rdns as readonly (readonly Attribute[])[] : undefined;
}

/** At separators that are not escaped. */
function split(text: string, separator: string): readonly string[] {
  const parts = [''];
  for (let i = 0; i < text.length; i++) {
    const character = text[i] ?? '';
    if (character === separator) {
      parts.push('');
      continue;
    }
    const taken = character === '\\' ? text.slice(i, i + 2) : character;
    parts.push((parts.pop() ?? '') + taken);
    i += taken.length - 1;
  }
  return parts;
}

function parseAttribute(text: string): Attribute | undefined {
  const equals = text.indexOf('=');
  const name = text.slice(0, Math.max(equals, 0)).trim();
  const type = /^\d+(\.\d+)+$/.test(name) ? name : TYPES.get(name.toUpperCase());
  // A space at the end counts when it is escaped.
  const raw = text.slice(equals + 1).replace(/^ +/, '').replace(/^((?:\\.|[^\\])*?) *$/su, '$1');
  if (type === undefined || raw === '') return undefined;
  if (raw.startsWith('#')) {
    return /^#([0-9a-f]{2})+$/i.test(raw) ? { type, value: raw.toLowerCase() } : undefined;
  }
  const value = unescaped(raw);
  return value === undefined ? undefined : { type, value };
}

/** RFC 4514 §2.4: `\` before a special character, or before two digits that are a byte of UTF-8. */
function unescaped(text: string): string | undefined {
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const character = String.fromCodePoint(text.codePointAt(i) ?? 0);
    if (character !== '\\') {
      if (/["+,;<>\0]/.test(character)) return undefined;
      bytes.push(...Buffer.from(character));
      i += character.length - 1;
      continue;
    }
    const [escaped = ''] = /^(?:[0-9a-fA-F]{2}|[ "#+,;<=>\\])/.exec(text.slice(i + 1)) ?? [];
    if (escaped === '') return undefined;
    if (escaped.length === 2) bytes.push(Number.parseInt(escaped, 16));
    else bytes.push(...Buffer.from(escaped));
    i += escaped.length;
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      Uint8Array.from(bytes),
    );
  } catch {
    return undefined;
  }
}
