import * as v from 'valibot';
import { isMap } from '../../spec/is_map.ts';
import { type Mistake, mistake } from '../../spec/mistake.ts';
import { mapOf, ruleOf, section } from '../../spec/section.ts';
import { readYaml } from '../../spec/yaml.ts';
import type { JsonValue } from '../../store/store.ts';
import { isPasswordDigest, PLAINTEXT_PREFIX } from '../password_digest.ts';
import { parsePersonalData } from '../personal_data.ts';
import { claimFromJson } from '../standard_claims.ts';
import { checkUsername, skeleton } from '../username.ts';
import { ADDRESS_KEYS, CLAIM_KEYS, phoneWith, TEXT_CLAIMS, type UserEntry } from './entry.ts';

export interface FilePerson {
  /** As it is written; canonical, it is the username. */
  readonly key: string;
  readonly entry: UserEntry;
}

/** By canonical username. */
export type FilePeople = ReadonlyMap<string, FilePerson>;

export type UsersResult =
  | { readonly ok: true; readonly people: FilePeople }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] };

const text = v.nullish(v.string());

const userSchema = section({
  disabled: v.nullish(v.boolean()),
  password: v.optional(
    v.pipe(
      v.string(),
      v.check(
        isPasswordDigest,
        `must be a digest made by ostiary hash-password, or start with ${PLAINTEXT_PREFIX}`,
      ),
    ),
  ),
  ...Object.fromEntries(Array.from(TEXT_CLAIMS.keys(), (key) => [key, text])),
  groups: v.nullish(v.array(v.string())),
  phone_extension: text,
  address: v.nullish(section(Object.fromEntries(ADDRESS_KEYS.map((key) => [key, text])))),
  extra: v.nullish(mapOf(v.string(), v.unknown())),
});

const usersSchema = section({ users: mapOf(v.string(), userSchema) });

/** The text of a `users.yaml` into its people, or every mistake in it with its line. */
export function parseUsers(source: string): UsersResult {
  const read = readYaml(source);
  if (!read.ok) return read;
  const { lineOf, sourceOf } = read;
  const value = withTexts(read.value, sourceOf);
  const parsed = v.safeParse(usersSchema, value, { message: ruleOf });
  const mistakes = (parsed.issues ?? []).map((issue): Mistake =>
    mistake((issue.path ?? []).map(({ key }) => key as string | number), issue.message)
  );
  const users = isMap(value) && isMap(value['users']) ? value['users'] : {};
  const people = new Map<string, FilePerson>();
  const looks = new Map<string, string>();
  for (const [key, raw] of Object.entries(users)) {
    mistakes.push(...nameMistakes(key, looks));
    if (!isMap(raw)) continue;
    const entry = entryFrom(raw);
    mistakes.push(...valueMistakes(entry, ['users', key]));
    const name = checkUsername(key);
    if (name.ok) people.set(name.username, { key, entry });
  }
  if (mistakes.length === 0) return { ok: true, people };
  const located = mistakes.map((each) => {
    const line = lineOf(each.path);
    return line === undefined ? each : { ...each, line };
  });
  return { ok: false, mistakes: located.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)) };
}

type Raw = Readonly<Record<string, unknown>>;

/** Postal codes, extensions and years are texts, though YAML takes them for numbers when they have no quotes. */
function withTexts(
  value: unknown,
  sourceOf: (path: Mistake['path']) => string | undefined,
): unknown {
  const users = isMap(value) ? value['users'] : undefined;
  if (!isMap(value) || !isMap(users)) return value;
  const texts = (raw: Raw, isText: (key: string) => boolean, path: Mistake['path']): Raw =>
    mapValues(
      raw,
      (each, key) =>
        typeof each === 'number' && isText(key) ? sourceOf([...path, key]) ?? String(each) : each,
    );
  const isAddressKey = (key: string): boolean => ADDRESS_KEYS.some((known) => known === key);
  return {
    ...value,
    users: mapValues(users, (raw, key) => {
      if (!isMap(raw)) return raw;
      const path = ['users', key];
      const whole = texts(raw, (name) => TEXT_CLAIMS.has(name) || name === 'phone_extension', path);
      const address = whole['address'];
      return isMap(address)
        ? { ...whole, address: texts(address, isAddressKey, [...path, 'address']) }
        : whole;
    }),
  };
}

function mapValues(raw: Raw, change: (value: unknown, key: string) => unknown): Raw {
  return Object.fromEntries(Object.entries(raw).map(([key, value]) => [key, change(value, key)]));
}

/** T103: one person may not look like another. */
function nameMistakes(key: string, looks: Map<string, string>): readonly Mistake[] {
  const name = checkUsername(key);
  if (!name.ok) return [mistake(['users', key], `cannot be a username: ${name.reason}`)];
  const look = skeleton(name.username);
  const other = looks.get(look);
  looks.set(look, key);
  return other === undefined ? [] : [mistake(['users', key], `looks like ${other}`)];
}

/** Without what says nothing: Authelia itself writes empty texts and lists where there is no value. */
function entryFrom(raw: Raw): UserEntry {
  const says = (value: unknown): boolean =>
    value !== undefined && value !== null && value !== '' && value !== false &&
    !(Array.isArray(value) && value.length === 0) &&
    !(isMap(value) && Object.keys(value).length === 0);
  const address = isMap(raw['address'])
    ? Object.fromEntries(Object.entries(raw['address']).filter(([, value]) => says(value)))
    : raw['address'];
  const groups = Array.isArray(raw['groups']) ? [...new Set(raw['groups'])] : raw['groups'];
  return Object.fromEntries(
    Object.entries({ ...raw, address, groups }).filter(([, value]) => says(value)),
  ) as UserEntry;
}

/** Of values of the right kind only: what is no text where one belongs has been reported by the schema. */
function valueMistakes(entry: UserEntry, path: Mistake['path']): readonly Mistake[] {
  const mistakes: Mistake[] = [];
  const check = (claim: string, value: JsonValue, where: readonly (string | number)[]): void => {
    const checked = claimFromJson(claim, value);
    if (checked.ok) return;
    mistakes.push(mistake([...path, ...where], unquoted(checked.problem), value));
  };
  for (const [key, claim] of TEXT_CLAIMS) {
    const value = entry[key];
    if (typeof value === 'string') check(claim, value, [key]);
  }
  const { phone_number, phone_extension, address, groups, extra } = entry as Raw;
  if (phone_extension !== undefined && phone_number === undefined) {
    mistakes.push(mistake([...path, 'phone_extension'], 'needs a phone_number'));
  } else if (typeof phone_extension === 'string' && !/^\d{1,10}$/.test(phone_extension)) {
    mistakes.push(mistake([...path, 'phone_extension'], 'must be digits', phone_extension));
  } else if (typeof phone_extension === 'string' && typeof phone_number === 'string') {
    // An extension that the number has already.
    if (phone_number.includes(';')) {
      check('phone_number', phoneWith(phone_number, phone_extension), ['phone_extension']);
    }
  }
  if (isMap(address)) {
    for (const [key, value] of Object.entries(address)) {
      const isKey = ADDRESS_KEYS.some((known) => known === key);
      if (isKey && typeof value === 'string' && !claimFromJson('address', { [key]: value }).ok) {
        mistakes.push(mistake([...path, 'address', key], 'must be text', value));
      }
    }
  }
  for (const [index, group] of Array.isArray(groups) ? groups.entries() : []) {
    if (typeof group !== 'string') continue;
    for (const problem of parsePersonalData({ groups: [group] }, NOBODY).problems) {
      mistakes.push(mistake([...path, 'groups', index], unquoted(problem)));
    }
  }
  for (const [name, value] of Object.entries(isMap(extra) ? extra : {})) {
    const key = CLAIM_KEYS.get(name);
    if (key === undefined) check(name, value as JsonValue, ['extra', name]);
    else mistakes.push(mistake([...path, 'extra', name], `stands outside extra, as ${key}`));
  }
  return mistakes;
}

const NOBODY = { groups: [], claims: {}, attributes: {} } as const;

/** The path names it already. */
function unquoted(problem: string): string {
  return problem.replace(/^"[^"]*" /, '');
}
