import type { Config } from '../config/config.ts';
import { ConfigError } from '../config/config_error.ts';
import { effectiveConfig } from '../config/effective.ts';
import { issuerProblem } from '../config/issuer.ts';
import { fileValueOf } from '../config/issuers.ts';
import { optionPathText } from '../config/option_path.ts';
import { fileUnits } from '../config/option_units.ts';
import { audit, differencesOf } from '../engine/audit.ts';
import { provenanceOf } from '../engine/administration/provenance.ts';
import type {
  ChangeRules,
  Configuration,
  ConfigurationOutcome,
  IssuerView,
  OptionChange,
  Reconfigured,
} from '../engine/configuration.ts';
import type { Engine } from '../engine/engine.ts';
import { mirrorFile } from '../engine/mirror.ts';
import { isMap } from '../spec/is_map.ts';
import { describeMistake, type Mistake } from '../spec/mistake.ts';
import type { Settings } from '../spec/settings.ts';
import { configurations, issuers } from '../store/collections.ts';
import type { Actor, IssuerRecord } from '../store/records.ts';
import type { Change, Store } from '../store/store.ts';
import { issuerViews, optionViews } from './configuration_views.ts';
import { orphanedClients } from './orphaned_clients.ts';
import { planOptions } from './plan_options.ts';
import { commitOf, sides, withPlan } from './plan_records.ts';
import { readStored, storedConfiguration, type StoredRecords } from './stored_configuration.ts';

export interface ConfigurationsOptions {
  readonly store: Store;
  readonly now: () => number;
  /** As it was loaded. */
  readonly config: Config;
  /** Of the issuers that are served. */
  readonly engines: () => readonly Engine[];
  /** Makes what another configuration needs; what it returns has it served from the next request on. */
  readonly prepare: (effective: Config) => Promise<() => Promise<void>>;
}

/** The configuration file and what the store adds to it, one change after the other. */
export interface Configurations {
  of(issuer: string): Configuration;
  /** Takes over what the file says now. @returns why it cannot */
  reload(config: Config): Promise<readonly Mistake[]>;
  /** Keeps what the file says of its clients and options, so that what it changes is noticed, even at another start. */
  mirror(): Promise<void>;
  /** Once what is being done is done. */
  close(): Promise<void>;
}

const MAX_ATTEMPTS = 8;

export function createConfigurations(given: ConfigurationsOptions): Configurations {
  const { store, now, engines, prepare } = given;
  let file = given.config;
  let last: Promise<unknown> = Promise.resolve();

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };

  const engineOf = (issuer: string): Engine => {
    const found = engines().find(({ settings }) => settings.issuer === issuer);
    if (found === undefined) throw new TypeError(`Cannot configure ${issuer}, which is not served`);
    return found;
  };

  const mirrorAll = async (): Promise<void> => {
    // A start without the file, by a slip of the hand, must not end what its clients have.
    if (file.file === undefined && saysNothing(file.input)) return;
    for (const engine of engines()) {
      const units = fileUnits(fileValueOf(file.input, engine.settings.issuer));
      const said = units.map(({ path, value }) => [optionPathText(path), value] as const);
      await mirrorFile(new Map(said), engine);
    }
  };

  /** In the turn that the records were read in, or not at all. */
  const commit = async ({ turn }: StoredRecords, change: Required<Change>): Promise<boolean> => {
    const committed = await store.commit({
      check: [turn === undefined ? configurations.absent() : configurations.check(turn)],
      put: [configurations.put([], { changes: (turn?.value.changes ?? 0) + 1 }), ...change.put],
      remove: change.remove,
    });
    return committed === 'committed';
  };

  /** Commits and takes over, unless somebody else was faster; false then. */
  const carryOut = async (
    records: StoredRecords,
    effective: Config,
    change: Required<Change>,
  ): Promise<boolean> => {
    const takeOver = await prepare(effective);
    if (!await commit(records, change)) return false;
    await takeOver();
    return true;
  };

  const attempts = async <T>(
    work: (records: StoredRecords) => Promise<ConfigurationOutcome<T> | undefined>,
  ): Promise<ConfigurationOutcome<T>> => {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const outcome = await work(await readStored(store));
      if (outcome !== undefined) return outcome;
    }
    return conflict();
  };

  const change = async (
    issuer: string,
    changes: readonly OptionChange[],
    by: Actor,
    { isDry = false, others = 'refuse', version }: ChangeRules,
  ): Promise<ConfigurationOutcome<Reconfigured>> =>
    await attempts<Reconfigured>(async (records) => {
      if (version !== undefined && version !== versionOf(records)) return conflict();
      const engine = engineOf(issuer);
      const planned = planOptions(changes, {
        fileValue: fileValueOf(file.input, issuer),
        stored: records.options.filter((each) => each.issuer === issuer),
        others,
        provenance: provenanceOf(by),
        isDry,
      });
      if (!planned.ok) return refused(planned.problem);
      const { plan } = planned;
      const next = withPlan(records, issuer, plan, by, now());
      const effective = await effectiveConfig(file, storedConfiguration(next));
      // Of a configuration that does not hold anyway, options may be taken back until it does.
      const isMending = !effective.ok && plan.set.length === 0 && !await holds(file, records);
      if (!effective.ok && !isMending) return doesNotHold(effective.mistakes);
      const settings = effective.ok ? settingsOf(effective.config, issuer) : engine.settings;
      const orphans = await orphanedClients(plan, settings, engine);
      if (orphans !== undefined) return refused(orphans);
      const [before, after] = sides(plan);
      const value: Reconfigured = {
        changes: differencesOf(before, after),
        kept: plan.kept,
        settings,
        version: versionOf(records),
      };
      if (isDry || plan.set.length + plan.unset.length === 0) return { kind: 'done', value };
      const commitment = commitOf(issuer, plan, by, engine);
      const isDone = effective.ok
        ? await carryOut(records, effective.config, commitment)
        : await commit(records, commitment);
      if (!isDone) return undefined;
      return { kind: 'done', value: { ...value, version: versionOf(await readStored(store)) } };
    });

  const addIssuer = async (url: string, by: Actor): Promise<ConfigurationOutcome<IssuerView>> =>
    await attempts<IssuerView>(async (records) => {
      const problem = issuerProblem(url, file.development);
      if (problem !== undefined) return refused(`the issuer ${problem}`);
      if (engines().some(({ settings }) => settings.issuer === url)) {
        return refused(`there is an issuer ${url} already`);
      }
      const created_at = Math.floor(now());
      const record: IssuerRecord = { issuer: url, provenance: provenanceOf(by), created_at };
      const stored = storedConfiguration(records);
      const next = { ...stored, issuers: [...stored.issuers, url] };
      const effective = await effectiveConfig(file, next);
      if (!effective.ok) return doesNotHold(effective.mistakes);
      const [first] = engines();
      if (first === undefined) throw new TypeError('Cannot add to no issuer');
      const note = audit(
        { action: 'issuer.added', target: url, after: record, ofAllIssuers: true },
        by,
        first,
      );
      const carried = await carryOut(records, effective.config, {
        check: [],
        put: [issuers.put([url], record), note],
        remove: [],
      });
      return carried ? { kind: 'done', value: record } : undefined;
    });

  const removeIssuer = async (url: string, by: Actor): Promise<ConfigurationOutcome<IssuerView>> =>
    await attempts<IssuerView>(async (records) => {
      const entry = records.issuers.find(({ value }) => value.issuer === url);
      const isServed = engines().some(({ settings }) => settings.issuer === url);
      if (entry === undefined) {
        return refused(
          isServed
            ? `${url} is an issuer of the configuration file: change it there`
            : `there is no issuer ${JSON.stringify(url)}`,
        );
      }
      const stored = storedConfiguration(records);
      const next = { ...stored, issuers: stored.issuers.filter((each) => each !== url) };
      const effective = await effectiveConfig(file, next);
      if (!effective.ok) return doesNotHold(effective.mistakes);
      const [first] = engines();
      if (first === undefined) throw new TypeError('Cannot remove the only issuer');
      const note = audit(
        { action: 'issuer.removed', target: url, before: entry.value, ofAllIssuers: true },
        by,
        first,
      );
      const carried = await carryOut(records, effective.config, {
        check: [],
        put: [note],
        remove: [issuers.remove(url)],
      });
      return carried ? { kind: 'done', value: entry.value } : undefined;
    });

  return {
    of: (issuer) => ({
      version: async () => versionOf(await readStored(store)),
      options: async () => optionViews(issuer, file, await readStored(store)),
      change: (changes, by, rules = {}) => inTurn(() => change(issuer, changes, by, rules)),
      issuers: async () => issuerViews(engines(), await readStored(store)),
      addIssuer: (url, by) => inTurn(() => addIssuer(url, by)),
      removeIssuer: (url, by) => inTurn(() => removeIssuer(url, by)),
    }),
    reload: (config) =>
      inTurn(async () => {
        const stored = storedConfiguration(await readStored(store));
        const effective = await effectiveConfig(config, stored);
        if (!effective.ok) return effective.mistakes;
        await (await prepare(effective.config))();
        file = config;
        await mirrorAll();
        return [];
      }),
    mirror: () => inTurn(mirrorAll),
    close: async () => void await last,
  };
}

/** Where the data is and where to listen come from flags, too. */
const OF_FLAGS: ReadonlySet<string> = new Set(['data', 'listen']);

function saysNothing(input: unknown): boolean {
  return isMap(input) && Object.keys(input).every((name) => OF_FLAGS.has(name));
}

/** What holds at a start; the file alone if it must and may. @throws {TypeError} that lists every mistake, one a line */
export async function startingConfig(
  config: Config,
  store: Store,
  { isLenient }: { readonly isLenient: boolean },
): Promise<Config> {
  const effective = await effectiveConfig(config, storedConfiguration(await readStored(store)));
  if (effective.ok) return effective.config;
  if (isLenient) return config;
  throw new ConfigError('Cannot use the configuration:', effective.mistakes.map(describeMistake));
}

function versionOf({ turn }: StoredRecords): string {
  return String(turn?.value.changes ?? 0);
}

async function holds(file: Config, records: StoredRecords): Promise<boolean> {
  return (await effectiveConfig(file, storedConfiguration(records))).ok;
}

function settingsOf(config: Config, issuer: string): Settings {
  const found = config.issuers.find(({ settings }) => settings.issuer === issuer);
  return (found ?? config.issuers[0]).settings;
}

function refused(problem: string): ConfigurationOutcome<never> {
  return { kind: 'refused', problem, mistakes: [] };
}

function doesNotHold(mistakes: readonly Mistake[]): ConfigurationOutcome<never> {
  return { kind: 'refused', problem: mistakes.map(describeMistake).join('; '), mistakes };
}

function conflict(): ConfigurationOutcome<never> {
  const problem = 'somebody else has changed the configuration meanwhile: look at it again';
  return { kind: 'refused', problem, mistakes: [], isConflict: true };
}
