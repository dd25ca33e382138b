import { CLIENT_METADATA, METADATA_DEFAULTS } from '../../spec/client_metadata.ts';
import { localizedName } from '../../spec/localized.ts';
import type { Params } from '../../spec/params.ts';

/** How a field of the metadata table is filled in. */
export type FieldForm =
  | { readonly kind: 'text' | 'lines' | 'truth' | 'number' | 'json' }
  | { readonly kind: 'choice' | 'choices'; readonly options: readonly string[] };

type MetadataName = keyof typeof CLIENT_METADATA;

/** What says the same in other languages, as a map. */
export const LOCALIZED = 'localized';

/** What forms show of one field. */
export interface ClientField {
  readonly name: string;
  readonly form: FieldForm;
  readonly help: string;
  readonly defined: string;
  /** Absent: nothing. */
  readonly initial: unknown;
}

export const CLIENT_FIELDS: ReadonlyMap<string, ClientField> = new Map([
  ...Object.entries(CLIENT_METADATA).map(([name, { schema, help, defined }]) =>
    [name, {
      name,
      form: formOf(schema),
      help,
      defined,
      initial: METADATA_DEFAULTS[name as MetadataName],
    }] as const
  ),
  [LOCALIZED, {
    name: LOCALIZED,
    form: { kind: 'json' },
    help: 'What people are shown in other languages, as JSON: {"client_name#de": "…"}.',
    defined: 'OpenID Registration §2.1',
    initial: undefined,
  }],
]);

/** What boxes of a field are called in the form. */
export function boxName(field: string, option: string): string {
  return `${field}:${option}`;
}

/** Metadata with what is in other languages put together. */
export function valuesOf(metadata: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const localized = Object.entries(metadata).filter(([name]) => localizedName(name) !== undefined);
  return {
    ...metadata,
    ...localized.length > 0 && { [LOCALIZED]: Object.fromEntries(localized) },
  };
}

/** A value as it stands in a text field. */
export function textOf({ form }: ClientField, value: unknown): string {
  if (value === undefined) return '';
  if (form.kind === 'choices') return (value as readonly string[]).join(', ');
  if (form.kind === 'lines') return (value as readonly string[]).join('\n');
  return form.kind === 'json' ? JSON.stringify(value, null, 2) : String(value);
}

export interface FilledIn {
  /** As the form has them, to be shown again: texts, and for boxes what is ticked. */
  readonly typed: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly problems: readonly { readonly field: string; readonly problem: string }[];
}

/** All metadata that a form says; what is left empty is left to its default. */
export function filledIn(form: Params): FilledIn {
  const texts = new Map(form.pairs);
  const typed: [string, unknown][] = [];
  const metadata: [string, unknown][] = [];
  const problems: { field: string; problem: string }[] = [];
  for (const field of CLIENT_FIELDS.values()) {
    const { name } = field;
    const read = readField(field, texts);
    typed.push([name, read.typed]);
    if (read.problem !== undefined) problems.push({ field: name, problem: read.problem });
    if (read.value === undefined) continue;
    if (name === LOCALIZED) metadata.push(...Object.entries(read.value as object));
    else metadata.push([name, read.value]);
  }
  return {
    typed: Object.fromEntries(typed),
    metadata: Object.fromEntries(metadata),
    problems,
  };
}

interface ReadField {
  readonly typed: unknown;
  readonly value?: unknown;
  readonly problem?: string;
}

function readField(
  { name, form, initial }: ClientField,
  texts: ReadonlyMap<string, string>,
): ReadField {
  if (form.kind === 'choices') {
    const ticked = form.options.filter((option) => texts.has(boxName(name, option)));
    return { typed: ticked, value: ticked };
  }
  const typed = texts.get(name) ?? '';
  const text = typed.trim();
  if (text === '') {
    return { typed, ...form.kind === 'text' && initial !== undefined && { value: '' } };
  }
  switch (form.kind) {
    case 'text':
    case 'choice':
      return { typed, value: text };
    case 'truth':
      return { typed, value: text === 'true' ? true : text === 'false' ? false : text };
    case 'number':
      return { typed, value: /^-?\d{1,15}(\.\d+)?$/.test(text) ? Number(text) : text };
    case 'lines':
      return { typed, value: text.split(/\r?\n/).map((line) => line.trim()).filter(Boolean) };
    case 'json':
      return readJson(name, typed);
  }
}

function readJson(name: string, typed: string): ReadField {
  try {
    const value: unknown = JSON.parse(typed);
    const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (!isMap) return { typed, problem: 'must be a JSON object' };
    const strays = name === LOCALIZED &&
      Object.keys(value).some((key) => localizedName(key) === undefined);
    return strays
      ? { typed, problem: 'must have names such as client_name#de only' }
      : { typed, value };
  } catch {
    return { typed, problem: 'must be JSON' };
  }
}

/** What the rows of the table are made of, as far as a form needs to know. */
interface SchemaShape {
  readonly type: string;
  readonly wrapped?: SchemaShape;
  readonly options?: readonly string[];
  readonly item?: SchemaShape;
}

function formOf(schema: SchemaShape): FieldForm {
  const { type, wrapped, options = [], item } = schema;
  if (type === 'optional' && wrapped !== undefined) return formOf(wrapped);
  switch (type) {
    case 'picklist':
      return { kind: 'choice', options };
    case 'boolean':
      return { kind: 'truth' };
    case 'number':
      return { kind: 'number' };
    case 'array':
      return item?.type === 'picklist'
        ? { kind: 'choices', options: item.options ?? [] }
        : { kind: 'lines' };
    case 'string':
      return { kind: 'text' };
    default:
      return { kind: 'json' };
  }
}
