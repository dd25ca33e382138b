import { optionPathText, parseOptionPath } from '../config/option_path.ts';
import { fileUnits, type OptionUnit, optionUnits, saysAt } from '../config/option_units.ts';
import type { ChangeRules, KeptOption, OptionChange } from '../engine/configuration.ts';
import type { OptionRecord, Provenance } from '../store/records.ts';
import type { StoredOption } from './stored_configuration.ts';

/** What a change does to the store, option by option. */
export interface OptionPlan {
  readonly set: readonly (OptionUnit & { readonly before: OptionRecord | undefined })[];
  readonly unset: readonly {
    readonly path: readonly string[];
    readonly before: OptionRecord | undefined;
  }[];
  readonly kept: readonly KeptOption[];
}

export type PlannedOptions =
  | { readonly ok: true; readonly plan: OptionPlan }
  | { readonly ok: false; readonly problem: string };

export interface PlanBasis {
  /** What the file says of the issuer. */
  readonly fileValue: unknown;
  /** Of the issuer. */
  readonly stored: readonly StoredOption[];
  readonly others: NonNullable<ChangeRules['others']>;
  readonly provenance: Provenance;
  /** Nothing is written, so that there may be any number. */
  readonly isDry: boolean;
}

/** One commit holds at most a hundred writes. */
const MAX_OPTIONS = 90;

export function planOptions(changes: readonly OptionChange[], basis: PlanBasis): PlannedOptions {
  const set = new Map<string, OptionPlan['set'][number]>();
  const unset = new Map<string, OptionPlan['unset'][number]>();
  const kept: KeptOption[] = [];
  const { fileValue, stored, others, provenance, isDry } = basis;
  const ofFile = new Map(
    fileUnits(fileValue).map(({ path, value }) => [optionPathText(path), value]),
  );
  const known = new Map(stored.map(({ path, entry }) => [optionPathText(path), entry.value]));

  for (const { path: text, value } of changes) {
    const path = parseOptionPath(text);
    if (path === undefined) return no(`${JSON.stringify(text)} is not a path of an option`);
    if (value === null) {
      const below = stored.filter((each) => path.every((part, at) => each.path[at] === part));
      if (below.length === 0) {
        if (others === 'refuse') return no(`the store says nothing of ${text}`);
        kept.push({ path: text, why: 'the store says nothing of it' });
      }
      for (const each of below) {
        unset.set(optionPathText(each.path), { path: each.path, before: each.entry.value });
      }
      continue;
    }
    const apart = optionUnits(path, value);
    if (!apart.ok && others === 'refuse') return no(apart.problem);
    if (!apart.ok) {
      kept.push({ path: text, why: apart.problem });
      continue;
    }
    for (const unit of apart.units) {
      const name = optionPathText(unit.path);
      const before = known.get(name);
      if (saysAt(fileValue, unit.path)) {
        const why = 'is set in the configuration file: change it there';
        if (others === 'refuse') return no(`${name} ${why}`);
        const own = ofFile.get(name);
        kept.push({
          path: name,
          why: 'the configuration file sets it',
          ...own !== undefined && isSame(own, unit.value) && { isSame: true },
        });
      } else if (before !== undefined && isSame(before.value, unit.value)) {
        kept.push({ path: name, why: 'is so already', isSame: true });
      } else if (before !== undefined && others === 'keep' && before.provenance !== provenance) {
        kept.push({ path: name, why: `was set by ${before.provenance}` });
      } else {
        set.set(name, { ...unit, before });
      }
    }
  }
  if (!isDry && set.size + unset.size > MAX_OPTIONS) {
    return no(`at most ${MAX_OPTIONS} options can be changed at once`);
  }
  for (const name of set.keys()) unset.delete(name);
  return { ok: true, plan: { set: [...set.values()], unset: [...unset.values()], kept } };
}

function no(problem: string): PlannedOptions {
  return { ok: false, problem };
}

/** Whatever the order of their members. */
function isSame(one: unknown, other: unknown): boolean {
  return sorted(one) === sorted(other);
}

function sorted(value: unknown): string {
  return JSON.stringify(
    value,
    (_, each: unknown) =>
      typeof each === 'object' && each !== null && !Array.isArray(each)
        ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => a < b ? -1 : 1))
        : each,
  );
}
