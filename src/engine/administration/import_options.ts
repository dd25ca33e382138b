import { isMap } from '../../spec/is_map.ts';
import type { Settings } from '../../spec/settings.ts';
import type { JsonValue } from '../../store/store.ts';
import type { OptionChange, Reconfigured } from '../configuration.ts';
import type { Engine } from '../engine.ts';
import type { ImportOptions, ImportRow } from './import.ts';
import type { ImportPlan } from './import_plan.ts';
import { done, type Outcome, refused } from './outcome.ts';

export interface ImportedOptions {
  readonly rows: readonly ImportRow[];
  /** As they are, or would be, then. */
  readonly settings: Settings;
}

/** Takes over options into the store. What the file sets stays; what others brought in, unless `replaces` says so. */
export async function importOptions(
  plan: ImportPlan,
  options: ImportOptions,
): Promise<ImportedOptions> {
  const { settings } = options.engine();
  const whole = withScopes(plan, settings);
  const names = Object.keys(whole);
  if (names.length === 0) return { rows: [], settings };
  const row = { kind: 'options', id: names.join(', ') } as const;
  const outcome = await change(changesOf(whole), options);
  if (outcome.kind === 'refused') {
    return { rows: [{ ...row, state: 'conflict', why: outcome.problem }], settings };
  }
  const { changes, kept, settings: next } = outcome.value;
  const others = kept.filter(({ isSame }) => isSame !== true);
  const sides = Object.values(changes);
  const isNew = sides.every(({ before }) => before === undefined);
  return {
    settings: next,
    rows: [
      sides.length === 0
        ? { ...row, state: 'same' }
        : { ...row, state: isNew ? 'added' : 'changed', changes },
      ...others.map(({ path, why }): ImportRow => ({
        kind: 'options',
        id: path,
        state: 'conflict',
        why,
      })),
    ],
  };
}

/** With scopes that clients name and nothing defines. */
function withScopes(
  { options, scopes }: ImportPlan,
  settings: Settings,
): ImportPlan['options'] {
  const defined = isMap(options['scopes']) ? options['scopes'] : {};
  const ofResources = new Set([...settings.resources.values()].flatMap(({ scope }) => scope));
  const missing = scopes.filter((scope) =>
    !settings.scopes.has(scope) && !ofResources.has(scope) && !Object.hasOwn(defined, scope)
  );
  if (missing.length === 0) return options;
  return {
    ...options,
    scopes: { ...defined, ...Object.fromEntries(missing.map((each) => [each, {}])) },
  };
}

/** What others refer to comes first, so that each part holds on what came before it. */
const FIRST: readonly string[] = [
  'definitions',
  'scopes',
  'resources',
  'lifespans',
  'claims_policies',
  'trusted_issuers',
];

/** Maps whose members are set one by one below the second level. */
const DEEPER: ReadonlySet<string> = new Set([
  'definitions networks',
  'definitions user_attributes',
  'lifespans custom',
]);

function changesOf(options: ImportPlan['options']): readonly OptionChange[] {
  const rank = (name: string): number =>
    (FIRST.indexOf(name) + FIRST.length + 1) % (FIRST.length + 1);
  const entries = Object.entries(options).toSorted(([one], [other]) => rank(one) - rank(other));
  return entries.flatMap(([name, value]) =>
    membersOf([name], value).flatMap(({ path, value }) =>
      DEEPER.has(path.join(' ')) ? membersOf(path, value) : [{ path, value }]
    )
  ).map(({ path, value }) => ({
    path: path.map((part) => JSON.stringify(part)).join('.'),
    value: value as JsonValue,
  }));
}

interface Member {
  readonly path: readonly string[];
  readonly value: unknown;
}

function membersOf(path: readonly string[], value: unknown): readonly Member[] {
  if (path.join(' ') === 'resources' && Array.isArray(value)) {
    return value.filter(isMap).map((each) => ({
      path: [...path, String(each['resource'])],
      value: each,
    }));
  }
  return isMap(value)
    ? Object.entries(value).map(([name, each]) => ({ path: [...path, name], value: each }))
    : [{ path, value }];
}

/** Of changes in one commit, which holds some more. */
const MAX_CHANGES = 40;

/** All at once while nothing is written; otherwise in parts that a commit can hold, each of which holds by itself. */
async function change(
  changes: readonly OptionChange[],
  { by, isDry, engine, replaces = false }: ImportOptions,
): Promise<Outcome<Pick<Reconfigured, 'changes' | 'kept' | 'settings'>>> {
  const { configuration, settings }: Engine = engine();
  let all: Pick<Reconfigured, 'changes' | 'kept' | 'settings'> = {
    changes: {},
    kept: [],
    settings,
  };
  const size = isDry ? Math.max(1, changes.length) : MAX_CHANGES;
  for (let from = 0; from < changes.length; from += size) {
    const outcome = await configuration.change(changes.slice(from, from + size), by, {
      isDry,
      others: replaces ? 'replace' : 'keep',
    });
    if (outcome.kind === 'refused') return refused(outcome.problem);
    const { value } = outcome;
    all = {
      changes: { ...all.changes, ...value.changes },
      kept: [...all.kept, ...value.kept],
      settings: value.settings,
    };
  }
  return done(all);
}
