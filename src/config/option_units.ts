import { byteLength } from '../spec/byte_length.ts';
import { isMap } from '../spec/is_map.ts';
import { meant } from '../spec/mistake.ts';
import type { JsonValue } from '../store/store.ts';
import { optionPathText } from './option_path.ts';
import { ISSUER_OPTIONS, SERVER_OPTIONS } from './schema.ts';

/** The least of the configuration that has one origin: a policy, a scope, a lifespan. */
export interface OptionUnit {
  readonly path: readonly string[];
  readonly value: JsonValue;
}

export type OptionUnits =
  | { readonly ok: true; readonly units: readonly OptionUnit[] }
  | { readonly ok: false; readonly problem: string };

/** Options of an issuer that only the file can set, and why. */
const OF_FILE: ReadonlyMap<string, string> = new Map([
  ['issuer', 'is what an issuer is: add another one'],
  ['clients', 'are added and changed as clients'],
  ['bootstrap', 'names a file of this machine, so that only the configuration file can set it'],
  ['branding.logo', 'names a file of this machine, so that only the configuration file can set it'],
  [
    'branding.style_sheet',
    'names a file of this machine, so that only the configuration file can set it',
  ],
]);

/** What of valibot's schemas tells how a value is put together. */
interface Shape {
  readonly type: string;
  readonly wrapped?: Shape;
  readonly entries?: Readonly<Record<string, Shape>>;
}

const ROOT: Shape = { type: 'strict_object', entries: ISSUER_OPTIONS as never };

/** A value at a path taken apart into units that the store may hold; their forms are then judged with all the rest. */
export function optionUnits(path: readonly string[], value: JsonValue): OptionUnits {
  const [first = ''] = path;
  const ofFile = OF_FILE.get(first);
  if (ofFile !== undefined) return { ok: false, problem: `${first} ${ofFile}` };
  try {
    const units = apart(ROOT, [], path, value);
    for (const each of units) checkStorable(each);
    return { ok: true, units };
  } catch (error) {
    if (error instanceof PathProblem) return { ok: false, problem: error.message };
    throw error;
  }
}

/** What a configuration file says of one issuer, in units; its clients are not among them. */
export function fileUnits(value: unknown): readonly OptionUnit[] {
  const own = isMap(value) ? value : {};
  return Object.keys(ISSUER_OPTIONS)
    .filter((name) => Object.hasOwn(own, name) && name !== 'issuer' && name !== 'clients')
    .flatMap((name) => apart(ROOT, [], [name], own[name] as JsonValue));
}

class PathProblem extends Error {}

function apart(
  wrapped: Shape,
  before: readonly string[],
  path: readonly string[],
  value: JsonValue,
): readonly OptionUnit[] {
  const place = optionPathText(before);
  const shape = unwrapped(wrapped);
  const [name, ...rest] = path;
  switch (kindOf(shape, before)) {
    case 'options': {
      const within = (key: string, inner: readonly string[], each: JsonValue) =>
        apart(optionOf(shape, before, key), [...before, key], inner, each);
      if (name !== undefined) return within(name, rest, value);
      return entriesOf(place, value).flatMap(([key, each]) => within(key, [], each));
    }
    case 'names':
      if (name === undefined) {
        return entriesOf(place, value).map(([key, value]) => ({ path: [...before, key], value }));
      }
      return [whole([...before, name], rest, value)];
    case 'resources':
      if (name !== undefined) return [whole([...before, name], rest, value)];
      if (!Array.isArray(value)) throw new PathProblem(`${place} must be a list`);
      return value.map((each) => ({ path: [...before, resourceOf(each)], value: each }));
    case 'value':
      return [whole(before, path, value)];
  }
}

function unwrapped(shape: Shape): Shape {
  return shape.wrapped === undefined ? shape : unwrapped(shape.wrapped);
}

function kindOf(
  { type }: Shape,
  path: readonly string[],
): 'options' | 'names' | 'resources' | 'value' {
  if (path.length === 1 && path[0] === 'resources') return 'resources';
  if (type === 'record') return 'names';
  return type === 'strict_object' ? 'options' : 'value';
}

function optionOf({ entries = {} }: Shape, before: readonly string[], key: string): Shape {
  const found = Object.hasOwn(entries, key) ? entries[key] : undefined;
  if (found !== undefined) return found;
  const text = optionPathText([...before, key]);
  if (before.length === 0 && Object.hasOwn(SERVER_OPTIONS, key)) {
    throw new PathProblem(
      `${key} is an option of the whole server: set it in the configuration file`,
    );
  }
  throw new PathProblem(`${text} is not an option of an issuer${meant(key, Object.keys(entries))}`);
}

function entriesOf(place: string, value: JsonValue): readonly (readonly [string, JsonValue])[] {
  if (!isMap(value)) throw new PathProblem(`${place || 'the value'} must be a map of options`);
  return Object.entries(value) as (readonly [string, JsonValue])[];
}

function resourceOf(item: JsonValue): string {
  const name = isMap(item) ? item['resource'] : undefined;
  if (typeof name === 'string') return name;
  throw new PathProblem('resources must each have a resource, which names it');
}

function whole(path: readonly string[], below: readonly string[], value: JsonValue): OptionUnit {
  if (below.length > 0) throw new PathProblem(`${optionPathText(path)} is set as a whole`);
  const [first, resource] = path;
  if (first !== 'resources' || resource === undefined || !isMap(value)) return { path, value };
  if (Object.hasOwn(value, 'resource') && value['resource'] !== resource) {
    throw new PathProblem(`${optionPathText(path)} must be of the resource that its path names`);
  }
  return { path, value: { ...value, resource } as JsonValue };
}

/** UTF-8 bytes of JSON, and of a path: a record of the store holds little more. */
const MAX_BYTES = 48 * 1024;
const MAX_PATH_BYTES = 500;

function checkStorable({ path, value }: OptionUnit): void {
  const place = optionPathText(path);
  const ofFile = OF_FILE.get(place) ?? OF_FILE.get(path[0] ?? '');
  if (ofFile !== undefined) throw new PathProblem(`${place} ${ofFile}`);
  if (path.includes('')) throw new PathProblem(`${place} must have no empty name`);
  if (byteLength(place) > MAX_PATH_BYTES) {
    throw new PathProblem(`a path must be at most ${MAX_PATH_BYTES} bytes`);
  }
  if (byteLength(JSON.stringify(value)) > MAX_BYTES) {
    throw new PathProblem(`${place} must be at most ${MAX_BYTES / 1024} KiB`);
  }
  if (path[0] === 'client_certificate_authorities') checkTexts(value);
}

/** Names of files are for the configuration file alone. */
function checkTexts(value: JsonValue): void {
  const isText = (each: JsonValue) => typeof each === 'string' && each.startsWith('-----BEGIN ');
  if (!Array.isArray(value) || !value.every(isText)) {
    throw new PathProblem('client_certificate_authorities must be a list of PEM texts');
  }
}

/** Whether a configuration says something at this path, or where it would be; then that counts. */
export function saysAt(input: unknown, path: readonly string[]): boolean {
  let value = input;
  for (const [index, part] of path.entries()) {
    if (!isMap(value)) return value !== undefined;
    if (!Object.hasOwn(value, part)) return false;
    value = value[part];
    if (index === 0 && part === 'resources' && path.length === 2) {
      return !Array.isArray(value) ||
        value.some((each) => isMap(each) && each['resource'] === path[1]);
    }
  }
  return true;
}

/** With the unit in its place, which nothing of the input's own stands in. */
export function withUnit(input: unknown, { path, value }: OptionUnit): unknown {
  const [part, ...rest] = path;
  if (part === undefined) return value;
  const own = isMap(input) ? input : {};
  if (part === 'resources' && rest.length === 1) {
    const list = Array.isArray(own[part]) ? own[part] : [];
    return { ...own, [part]: [...list, value] };
  }
  return { ...own, [part]: withUnit(own[part], { path: rest, value }) };
}
