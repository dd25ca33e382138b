import type { UserRecord } from '../../store/records.ts';
import type { JsonValue } from '../../store/store.ts';
import { isStandardClaim } from '../standard_claims.ts';

/** A person as `users.yaml` has them, in the keys of Authelia's file provider; what says nothing is left out. */
export interface UserEntry {
  readonly disabled?: true;
  readonly password?: string;
  readonly groups?: readonly string[];
  readonly phone_extension?: string;
  readonly address?: Readonly<Record<string, string>>;
  readonly extra?: Readonly<Record<string, JsonValue>>;
  /** Those of `TEXT_CLAIMS`. */
  readonly [key: string]: JsonValue | undefined;
}

export type EntryData = Pick<UserRecord, 'groups' | 'claims' | 'attributes'>;

/** Keys that hold a text, and the claim it is. */
export const TEXT_CLAIMS: ReadonlyMap<string, string> = new Map([
  ['displayname', 'name'],
  ['email', 'email'],
  ['given_name', 'given_name'],
  ['middle_name', 'middle_name'],
  ['family_name', 'family_name'],
  ['nickname', 'nickname'],
  ['profile', 'profile'],
  ['picture', 'picture'],
  ['website', 'website'],
  ['gender', 'gender'],
  ['birthdate', 'birthdate'],
  ['zoneinfo', 'zoneinfo'],
  ['locale', 'locale'],
  ['phone_number', 'phone_number'],
]);

export const ADDRESS_KEYS = [
  'formatted',
  'street_address',
  'locality',
  'region',
  'postal_code',
  'country',
] as const;

/** Claims that have a key of their own, so that `extra` must not say them again. */
export const CLAIM_KEYS: ReadonlyMap<string, string> = new Map([
  ...Array.from(TEXT_CLAIMS, ([key, claim]) => [claim, key] as const),
  ['address', 'address'],
]);

/**
 * What an entry says of a person. An address in the file is verified, as with Authelia, for an administrator wrote it;
 * `extra` may say otherwise, and hold the standard claims that have no key.
 */
export function dataOf(entry: UserEntry): EntryData {
  const claims: Record<string, JsonValue> = {};
  const attributes: Record<string, JsonValue> = {};
  for (const [key, claim] of TEXT_CLAIMS) {
    const value = entry[key];
    if (value !== undefined) claims[claim] = value;
  }
  const { phone_extension, address } = entry;
  if (phone_extension !== undefined && claims['phone_number'] !== undefined) {
    claims['phone_number'] = phoneWith(String(claims['phone_number']), phone_extension);
  }
  if (address !== undefined) claims['address'] = address;
  if (claims['email'] !== undefined) claims['email_verified'] = true;
  for (const [name, value] of Object.entries(entry.extra ?? {})) {
    (isStandardClaim(name) ? claims : attributes)[name] = value;
  }
  return { groups: entry.groups ?? [], claims, attributes };
}

/** RFC 3966 §3, as Core §5.1 has it. */
export function phoneWith(number: string, extension: string): string {
  return `${number};ext=${extension}`;
}

/** The entry that says so, in the order in which a new one is written. */
export function entryOf(
  { groups, claims, attributes }: EntryData,
  { disabled, password }: { readonly disabled: boolean; readonly password?: string | undefined },
): UserEntry {
  const entry: Record<string, JsonValue> = {};
  const extra: Record<string, JsonValue> = { ...attributes };
  for (const [name, value] of Object.entries(claims)) {
    if (!CLAIM_KEYS.has(name) && name !== 'email_verified') extra[name] = value;
  }
  const isVerified = claims['email_verified'];
  if (claims['email'] === undefined) {
    if (isVerified !== undefined) extra['email_verified'] = isVerified;
  } else if (isVerified !== true) extra['email_verified'] = false;
  if (disabled) entry['disabled'] = true;
  for (const [key, claim] of TEXT_CLAIMS) {
    const value = claims[claim];
    if (value !== undefined) entry[key] = value;
    if (key === 'displayname' && password !== undefined) entry['password'] = password;
    if (key === 'email' && groups.length > 0) entry['groups'] = groups;
  }
  const [number, extension] = String(claims['phone_number'] ?? '').split(';ext=');
  if (extension !== undefined) {
    Object.assign(entry, { phone_number: number, phone_extension: extension });
  }
  if (claims['address'] !== undefined) entry['address'] = claims['address'];
  if (Object.keys(extra).length > 0) entry['extra'] = extra;
  return entry as UserEntry;
}
