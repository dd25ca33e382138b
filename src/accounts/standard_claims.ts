import { PROTOCOL_CLAIMS } from '../spec/protocol_claims.ts';
import type { JsonValue } from '../store/store.ts';

export type CheckedClaim =
  | { readonly ok: true; readonly value: JsonValue }
  | { readonly ok: false; readonly problem: string };

/** What a claim's value is: an id that pages have words for in each language. */
export type ClaimFormat =
  | 'text'
  | 'url'
  | 'email'
  | 'birthdate'
  | 'zoneinfo'
  | 'locale'
  | 'phone_number'
  | 'address'
  | 'boolean';

/** How a claim is read: from JSON, and from the text of `--claim name=text`. */
interface ClaimType {
  readonly format: ClaimFormat;
  readonly fromJson: (value: unknown) => CheckedClaim;
  readonly fromText: (text: string) => CheckedClaim;
}

const LANGUAGE_TAG = /^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*$/;

const TEXT: ClaimType = textType(
  'text',
  'text without control characters',
  (text) => text.length <= 1024,
);
const URL_TYPE: ClaimType = textType(
  'url',
  'an http or https URL',
  (text) => text.length <= 2048 && /^https?:\/\//i.test(text) && URL.canParse(text),
);
const EMAIL: ClaimType = textType(
  'email',
  'an e-mail address',
  (text) => text.length <= 254 && /^[^\s@<>",;]+@[^\s@<>",;]+$/.test(text),
);
const BIRTHDATE: ClaimType = textType(
  'birthdate',
  'YYYY-MM-DD (the year may be 0000) or YYYY',
  isBirthdate,
);
const ZONEINFO: ClaimType = textType(
  'zoneinfo',
  'a time zone such as Europe/Paris',
  (text) => text.length <= 64 && /^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)*$/.test(text),
);
const LOCALE: ClaimType = textType(
  'locale',
  'a language tag such as en-US',
  (text) => text.length <= 64 && /^[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8})*$/.test(text),
);
const PHONE: ClaimType = textType(
  'phone_number',
  'a telephone number such as +1 (425) 555-1212, perhaps with ;ext=5678',
  (text) => /^\+[0-9][0-9 ().-]{2,30}(?:;ext=[0-9]{1,10})?$/.test(text),
);
const BOOLEAN: ClaimType = {
  format: 'boolean',
  fromJson: (value) => typeof value === 'boolean' ? { ok: true, value } : refuse('true or false'),
  fromText: (text) => BOOLEAN.fromJson(text === 'true' ? true : text === 'false' ? false : text),
};
const ADDRESS: ClaimType = {
  format: 'address',
  fromJson: addressFromJson,
  fromText: (text) =>
    addressFromJson(text.trimStart().startsWith('{') ? jsonOf(text) : { formatted: text }),
};

/** Core §5.1, but for what is derived: `sub` and `updated_at`. One row says all about a claim. */
const STANDARD_CLAIMS: ReadonlyMap<string, ClaimType> = new Map([
  ['name', TEXT],
  ['family_name', TEXT],
  ['given_name', TEXT],
  ['middle_name', TEXT],
  ['nickname', TEXT],
  ['preferred_username', TEXT],
  ['profile', URL_TYPE],
  ['picture', URL_TYPE],
  ['website', URL_TYPE],
  ['gender', TEXT],
  ['birthdate', BIRTHDATE],
  ['zoneinfo', ZONEINFO],
  ['locale', LOCALE],
  ['email', EMAIL],
  ['email_verified', BOOLEAN],
  ['phone_number', PHONE],
  ['phone_number_verified', BOOLEAN],
  ['address', ADDRESS],
]);

/** Those that people read, and may have in several languages: `family_name#ja`. Core §5.2 */
const TAGGABLE = new Set(
  'name family_name given_name middle_name nickname profile picture website address'.split(' '),
);

/** What the server says of a person by itself. */
const DERIVED = new Set(['updated_at', 'groups']);

/** What the server says of a token: nothing that a person has, or is computed, can take its place. */
const RESERVED = new Set([
  ...PROTOCOL_CLAIMS,
  ...('cnf act may_act scope client_id authorization_details events txn sub_id sub_jwk ' +
    '_claim_names _claim_sources __proto__').split(' '),
]);

export const STANDARD_CLAIM_NAMES: readonly string[] = [...STANDARD_CLAIMS.keys()];

/** Whether a claim is one of Core §5.1 that can be set, perhaps in a language; everything else is an attribute. */
export function isStandardClaim(name: string): boolean {
  return typeOf(name) !== undefined;
}

/** Whether a name is the protocol's own: as a claim it can mean nothing else. */
export function isReservedClaim(name: string): boolean {
  return RESERVED.has(untagged(name));
}

/** Whether everybody has it, or may have it, without the configuration saying so. */
export function isKnownClaim(name: string): boolean {
  return DERIVED.has(name) || isStandardClaim(name);
}

/** Whether people may have the claim in several languages. Core §5.2 */
export function isTaggable(name: string): boolean {
  return TAGGABLE.has(name);
}

/** What a claim's value must be; of attributes, whose values are free, text. */
export function formatOf(name: string): ClaimFormat {
  return (typeOf(name) ?? ATTRIBUTE).format;
}

/** A claim or attribute from a JSON value. */
export function claimFromJson(name: string, value: unknown): CheckedClaim {
  return named(name, (typeOf(name) ?? ATTRIBUTE).fromJson(value));
}

/** A claim or attribute from text; of an attribute, `true`, `7`, `["a"]` and the like are read as JSON. */
export function claimFromText(name: string, text: string): CheckedClaim {
  return named(name, (typeOf(name) ?? ATTRIBUTE).fromText(text));
}

const ATTRIBUTE: ClaimType = {
  format: 'text',
  fromJson: (value) => isJson(value, 8) ? { ok: true, value } : refuse('a JSON value'),
  fromText(text) {
    const value = jsonOf(text);
    // A number that JSON would round, such as a long identifier, stays text.
    const kept = value === undefined || typeof value === 'number' && String(value) !== text;
    return ATTRIBUTE.fromJson(kept ? text : value);
  },
};

function named(name: string, checked: CheckedClaim): CheckedClaim {
  // deno-lint-ignore no-control-regex
  if (!/^[^\u0000-\u0020\u007f"\\]{1,128}$/.test(name)) {
    return { ok: false, problem: `"${name.slice(0, 128)}" cannot be the name of a claim` };
  }
  if (isReservedClaim(name) || DERIVED.has(untagged(name))) {
    return { ok: false, problem: `"${name}" is set by the server` };
  }
  return checked.ok ? checked : { ok: false, problem: `"${name}" must be ${checked.problem}` };
}

function typeOf(name: string): ClaimType | undefined {
  const at = name.indexOf('#');
  if (at === -1) return STANDARD_CLAIMS.get(name);
  const [base, tag] = [name.slice(0, at), name.slice(at + 1)];
  return TAGGABLE.has(base) && LANGUAGE_TAG.test(tag) ? STANDARD_CLAIMS.get(base) : undefined;
}

function untagged(name: string): string {
  const at = name.indexOf('#');
  return at === -1 ? name : name.slice(0, at);
}

function textType(
  format: ClaimFormat,
  what: string,
  isRight: (text: string) => boolean,
): ClaimType {
  const fromJson = (value: unknown): CheckedClaim =>
    typeof value === 'string' && isPlainText(value) && isRight(value)
      ? { ok: true, value }
      : refuse(what);
  return { format, fromJson, fromText: fromJson };
}

function isPlainText(text: string): boolean {
  // deno-lint-ignore no-control-regex
  return text !== '' && text.isWellFormed() && !/[\u0000-\u001f\u007f-\u009f]/.test(text);
}

/** Core §5.1; a day that exists. */
function isBirthdate(text: string): boolean {
  if (/^\d{4}$/.test(text)) return true;
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  if (year === undefined) return false;
  // Without a year, 29 February is a day; 2000 had one.
  const date = new Date(`${year === '0000' ? '2000' : year}-${month}-${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.getUTCDate() === Number(day);
}

/** Core §5.1.1: lines of `formatted` and `street_address` are separated by line breaks. */
const ADDRESS_MEMBERS = new Set([
  'formatted',
  'street_address',
  'locality',
  'region',
  'postal_code',
  'country',
]);

function addressFromJson(value: unknown): CheckedClaim {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const members = isObject ? Object.entries(value) : [];
  const isRight = members.length > 0 &&
    members.every(([name, text]) =>
      ADDRESS_MEMBERS.has(name) && typeof text === 'string' && text.length <= 1024 &&
      isPlainText(text.replace(/\r?\n/g, ' '))
    );
  return isRight
    ? { ok: true, value: Object.fromEntries(members) }
    : refuse(`an object of texts under the names ${[...ADDRESS_MEMBERS].join(', ')}`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isJson(value: unknown, depth: number): value is JsonValue {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value === 'boolean' || value === null) return true;
  if (typeof value !== 'object' || depth === 0) return false;
  if (Array.isArray(value)) return value.every((item) => isJson(item, depth - 1));
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  return Object.values(value).every((item) => isJson(item, depth - 1));
}

function refuse(what: string): CheckedClaim {
  return { ok: false, problem: what };
}
