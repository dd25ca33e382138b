import { isMap } from '../../spec/is_map.ts';
import { nearestName } from '../../spec/suggest.ts';
import type { Path, Report } from '../import_report.ts';

/** A map of the file, of which each key is read once; `finish` lists those that nobody read. */
export interface Section {
  readonly path: Path;
  /** The names of what says something. */
  readonly names: readonly string[];
  at(name: string): Path;
  /** The first of these names that says something: the newest name of a key comes first. */
  named(...names: readonly string[]): string | undefined;
  /** Whatever it is; undefined for what says nothing. */
  take(name: string): unknown;
  text(name: string): string | undefined;
  flag(name: string): boolean | undefined;
  number(name: string): number | undefined;
  /** Of texts; one text is a list of one. */
  list(name: string): readonly string[] | undefined;
  section(name: string): Section | undefined;
  /** Of a list of maps. */
  sections(name: string): readonly Section[];
  /** What has no counterpart by its name, and what nobody knows. */
  finish(reasons?: Readonly<Record<string, string>>): void;
}

/** @param value anything: what is no map has been reported, and is empty */
export function sectionOf(value: unknown, path: Path, report: Report): Section {
  const all = isMap(value) ? value : {};
  if (value !== undefined && value !== null && !isMap(value)) report.dropped(path, 'is no map');
  const names = Object.keys(all).filter((name) => says(all[name]));
  const left = new Set(names);
  const known = new Set<string>();
  const at = (name: string): Path => [...path, name];

  function take(name: string): unknown {
    known.add(name);
    left.delete(name);
    const raw = Object.hasOwn(all, name) ? all[name] : undefined;
    return says(raw) ? raw : undefined;
  }

  function typed<T>(
    name: string,
    read: (raw: unknown) => T | undefined,
    kind: string,
  ): T | undefined {
    const raw = take(name);
    const value = raw === undefined ? undefined : read(raw);
    if (raw !== undefined && value === undefined) report.dropped(at(name), `is no ${kind}`);
    return value;
  }

  return {
    path,
    names,
    at,
    take,
    named(...wanted) {
      for (const name of wanted) known.add(name);
      return wanted.find((name) => names.includes(name));
    },
    text: (name) => typed(name, textOf, 'text'),
    flag: (name) => typed(name, flagOf, 'true or false'),
    number: (name) => typed(name, numberOf, 'number'),
    list: (name) => typed(name, listOf, 'list of texts'),
    section(name) {
      const raw = take(name);
      return raw === undefined ? undefined : sectionOf(raw, at(name), report);
    },
    sections(name) {
      const raw = take(name);
      if (raw === undefined) return [];
      if (!Array.isArray(raw)) report.dropped(at(name), 'is no list');
      const items: readonly unknown[] = Array.isArray(raw) ? raw : [];
      return items.map((item, index) => sectionOf(item, [...at(name), index], report));
    },
    finish(reasons = {}) {
      for (const name of left) {
        if (Object.hasOwn(reasons, name)) {
          report.dropped(at(name), reasons[name] ?? '');
          continue;
        }
        const meant = nearestName(name, [...known, ...Object.keys(reasons)]);
        const hint = meant === undefined ? '' : `; did it mean ${meant}?`;
        report.dropped(at(name), `is no key that Ostiary knows of Authelia${hint}`);
      }
    },
  };
}

/** Authelia writes empty texts and lists where there is no value. */
function says(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '' &&
    !(Array.isArray(value) && value.length === 0);
}

function textOf(raw: unknown): string | undefined {
  return typeof raw === 'string' ? raw : typeof raw === 'number' ? String(raw) : undefined;
}

function flagOf(raw: unknown): boolean | undefined {
  if (raw === 'true' || raw === 'false') return raw === 'true';
  return typeof raw === 'boolean' ? raw : undefined;
}

function numberOf(raw: unknown): number | undefined {
  const value = typeof raw === 'string' && /^-?\d{1,9}$/.test(raw) ? Number(raw) : raw;
  return typeof value === 'number' ? value : undefined;
}

function listOf(raw: unknown): readonly string[] | undefined {
  if (typeof raw === 'string') return [raw];
  if (!Array.isArray(raw)) return undefined;
  const texts = raw.map(textOf);
  return texts.every((text) => text !== undefined) ? texts : undefined;
}
