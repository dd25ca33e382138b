import type { PlannedClient } from '../engine/administration/import_plan.ts';
import { isMap } from '../spec/is_map.ts';
import { pathText } from '../spec/mistake.ts';
import type { Path, Report } from './import_report.ts';

/** Where an option of ours was read. */
export interface Origin {
  readonly to: Path;
  readonly from: Path;
}

/** A client, and where the file has it. */
export interface ReadClient {
  readonly path: Path;
  readonly client: PlannedClient;
}

/** What options and clients name. */
export type NameKind = 'network' | 'lifespan' | 'claims_policy' | 'authorization_policy';

/** Options of ours that come together, and where each was read. */
export interface Draft {
  readonly report: Report;
  readonly options: Readonly<Record<string, unknown>>;
  /** Puts a value at a path of our configuration. */
  set(to: Path, value: unknown, from: Path): void;
  /** Takes back a member of a list. @returns the place that it had in the file */
  unsetMember(to: Path, index: number): number;
  /** Takes back all at a path and below it. */
  unset(to: Path): void;
  /** Of the option that a path of our configuration is part of. */
  originOf(to: Path): Origin | undefined;
  /** Of all that stands. */
  origins(): readonly Origin[];
  /** Gives what others refer to a name in the form that ours have, and that nothing else of its kind has. */
  name(kind: NameKind, raw: string, from: Path): string;
  /** The name that was given, or would be. */
  named(kind: NameKind, raw: string): string;
}

export function createDraft(report: Report): Draft {
  const options: Record<string, unknown> = {};
  const origins = new Map<string, Origin>();
  /** By kind and what the file calls it. */
  const names = new Map<string, string>();
  const given = new Set<string>();
  /** Of lists that lost members: the places of those that are left. */
  const places = new Map<string, readonly number[]>();
  const draft: Draft = {
    report,
    options,
    set(to, value, from) {
      put(options, to, value);
      origins.set(pathText(to), { to, from });
    },
    unsetMember(to, index) {
      const list = valueAt(options, to) as readonly unknown[];
      const before = places.get(pathText(to)) ?? list.map((_, place) => place);
      places.set(pathText(to), before.filter((_, place) => place !== index));
      put(options, to, list.filter((_, place) => place !== index));
      return before[index] ?? index;
    },
    unset(to) {
      remove(options, to);
      const isWithin = (path: Path): boolean => to.every((part, index) => path[index] === part);
      for (const [key, { to: path }] of origins) if (isWithin(path)) origins.delete(key);
    },
    originOf(to) {
      for (let length = to.length; length > 0; length -= 1) {
        const origin = origins.get(pathText(to.slice(0, length)));
        if (origin !== undefined) return origin;
      }
      return undefined;
    },
    origins: () => [...origins.values()],
    name(kind, raw, from) {
      const base = nameOf(raw);
      let name = base;
      for (let next = 2; given.has(`${kind} ${name}`); next += 1) {
        name = `${base.slice(0, 58)}-${next}`;
      }
      given.add(`${kind} ${name}`);
      names.set(`${kind} ${raw}`, name);
      if (name !== raw) {
        report.changed(from, `is called ${name}: names have letters, digits and . _ -`);
      }
      return name;
    },
    named: (kind, raw) => names.get(`${kind} ${raw}`) ?? nameOf(raw),
  };
  return draft;
}

/** `policy one` → `policy-one`. */
function nameOf(raw: string): string {
  const name = raw.replaceAll(/[^A-Za-z0-9._-]/g, '-').slice(0, 64);
  return /^[A-Za-z0-9]/.test(name) ? name : `n${name}`.slice(0, 64);
}

export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, part) => {
      if (Array.isArray(inner)) return (inner as readonly unknown[])[Number(part)];
      return isMap(inner) && Object.hasOwn(inner, part) ? inner[part] : undefined;
    },
    value,
  );
}

function put(target: Record<string, unknown>, [first, ...rest]: Path, value: unknown): void {
  if (first === undefined) return;
  if (rest.length === 0) {
    define(target, String(first), value);
    return;
  }
  const inner = Object.hasOwn(target, first) ? target[first] : undefined;
  const next = isMap(inner) ? inner as Record<string, unknown> : {};
  define(target, String(first), next);
  put(next, rest, value);
}

/** A name of the file's choice may be `__proto__`. */
function define(target: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(target, name, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

function remove(target: Record<string, unknown>, [first, ...rest]: Path): void {
  if (first === undefined || !Object.hasOwn(target, first)) return;
  const inner = target[first];
  if (rest.length > 0 && isMap(inner)) remove(inner as Record<string, unknown>, rest);
  else delete target[first];
}
