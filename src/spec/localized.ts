import * as v from 'valibot';
import { isMap } from './is_map.ts';

/** Metadata that may be there once more for each language: `client_name#ja`. RFC 7591 §2.2 */
export const LOCALIZED_FIELDS = [
  'client_name',
  'client_uri',
  'logo_uri',
  'policy_uri',
  'tos_uri',
] as const;
export type LocalizedField = (typeof LOCALIZED_FIELDS)[number];

/** As they were sent. */
export type Localized = { readonly [name: `${LocalizedField}#${string}`]: string | undefined };

const MAX_LOCALIZED = 200;

/** `client_name#ja` in its parts, whatever the tag; undefined for anything else. */
export function localizedName(
  name: string,
): { readonly field: LocalizedField; readonly tag: string } | undefined {
  const hash = name.indexOf('#');
  const field = LOCALIZED_FIELDS.find((each) => each === name.slice(0, hash));
  return hash === -1 || field === undefined ? undefined : { field, tag: name.slice(hash + 1) };
}

/** What a client says of itself to readers of a language: in it, in a variety of it, in none or, failing all, in any. */
export function localized(
  client: { readonly [F in LocalizedField]?: string | undefined } & Localized,
  field: LocalizedField,
  lang: string,
): string | undefined {
  const plain = client[field];
  const named = Object.entries(client).filter(([name]) => name.startsWith(`${field}#`));
  if (named.length === 0) return plain;
  const wanted = `${field}#${lang}`.toLowerCase();
  const own = named.find(([name]) => name.toLowerCase() === wanted) ??
    named.find(([name]) => name.toLowerCase().startsWith(`${wanted}-`));
  return own?.[1] ?? plain ?? named[0]?.[1];
}

/** The same schema for maps that may hold localized values beside its entries, each under the rule of its field. */
export function withLocalized<S extends v.GenericSchema>(
  schema: S,
  rules: Readonly<Record<LocalizedField, v.GenericSchema>>,
): S {
  const run: S['~run'] = (dataset, config) => {
    const input = dataset.value;
    if (!isMap(input)) return schema['~run'](dataset, config);
    const [localized, plain] = [true, false].map((wanted) =>
      Object.entries(input).filter(([name]) => (localizedName(name) !== undefined) === wanted)
    );
    const result = schema['~run']({ value: Object.fromEntries(plain ?? []) }, config);
    const found = readLocalized(localized ?? [], rules, config);
    const issues = [...result.issues ?? [], ...found.issues];
    if (issues.length > 0) return { ...result, issues } as ReturnType<S['~run']>;
    const value = { ...result.value as object, ...found.values };
    return { typed: true, value } as ReturnType<S['~run']>;
  };
  return { ...schema, [LOCALIZED]: true, '~run': run };
}

const LOCALIZED = Symbol('may hold localized values');

export function isLocalized(schema: object): boolean {
  return LOCALIZED in schema;
}

function readLocalized(
  entries: readonly (readonly [name: string, value: unknown])[],
  rules: Readonly<Record<LocalizedField, v.GenericSchema>>,
  config: v.Config<v.BaseIssue<unknown>>,
): { readonly values: Readonly<Record<string, string>>; readonly issues: v.BaseIssue<unknown>[] } {
  const values = new Map<string, readonly [name: string, value: string]>();
  const issues: v.BaseIssue<unknown>[] = [];
  for (const [name, value] of entries) {
    const { field, tag } = localizedName(name) ?? { field: LOCALIZED_FIELDS[0], tag: '' };
    const key = `${field}#${tag.toLowerCase()}`;
    const known = values.get(key);
    const rule = v.pipe(
      rules[field],
      v.check(() => isLanguageTag(tag), 'must have a language tag (RFC 5646) after its #'),
      // Tags are the same in any case. RFC 5646 §2.1.1
      v.check(() => known === undefined || known[1] === value, 'is there with another value, too'),
      v.check(
        () => values.size < MAX_LOCALIZED,
        `is one of more than ${MAX_LOCALIZED} translations`,
      ),
    );
    const parsed = rule['~run']({ value }, config);
    const path: v.ObjectPathItem = { type: 'object', origin: 'value', input: {}, key: name, value };
    for (const issue of parsed.issues ?? []) issues.push({ ...issue, path: [path] });
    if (parsed.issues === undefined) values.set(key, known ?? [name, value as string]);
  }
  return { values: Object.fromEntries(values.values()), issues };
}

function isLanguageTag(tag: string): boolean {
  if (!/^[A-Za-z0-9-]{2,63}$/.test(tag)) return false;
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}
