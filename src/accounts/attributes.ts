import type { UserAttribute } from '../spec/settings.ts';
import type { UserRecord } from '../store/records.ts';
import type { JsonValue } from '../store/store.ts';

export type DeclaredAttribute = UserAttribute & { readonly kind: 'declared' };

/** Attributes that are of every person, beside the standard claims. */
export const BUILT_IN_ATTRIBUTES: readonly string[] = ['username', 'groups', 'updated_at'];

/** What a person has under a name, as text of `--claim` may say it; undefined too when it is not of the declared kind. */
export function declaredValue(
  user: UserRecord,
  name: string,
  { value_type, multi_valued }: DeclaredAttribute,
): JsonValue | undefined {
  const stored = storedValue(user, name);
  if (stored === undefined) return undefined;
  const read = READERS[value_type];
  const values = Array.isArray(stored) ? stored as readonly JsonValue[] : [stored];
  if (!multi_valued) return values.length === 1 ? read(values[0]) : undefined;
  const typed = values.map(read);
  // One that is not of its kind spoils the list: half of a list of roles may say the opposite of all.
  return typed.every((value) => value !== undefined) ? typed : undefined;
}

/** What a person has under a name that nobody declared. */
export function storedValue(user: UserRecord, name: string): JsonValue | undefined {
  return Object.hasOwn(user.attributes, name) ? user.attributes[name] : undefined;
}

type Reader = (value: JsonValue | undefined) => JsonValue | undefined;

const READERS: Readonly<Record<DeclaredAttribute['value_type'], Reader>> = {
  // `--claim badge=7` is kept as a number, since without a declaration nobody knows better.
  string: (value) =>
    typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : typeof value === 'string'
      ? value
      : undefined,
  integer(value) {
    const number = typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
    return Number.isSafeInteger(number) ? number : undefined;
  },
  boolean: (value) =>
    value === 'true'
      ? true
      : value === 'false'
      ? false
      : typeof value === 'boolean'
      ? value
      : undefined,
};
