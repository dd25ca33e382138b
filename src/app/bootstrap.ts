import { type BootstrapSettings, readBootstrap } from '../config/bootstrap_options.ts';
import type { IssuerConfig } from '../config/config.ts';
import { applyImport, type ApplyOptions } from '../engine/administration/import.ts';
import type { Engine } from '../engine/engine.ts';
import { bootstraps } from '../store/collections.ts';

/** How options are taken over for one issuer; absent: they are for the configuration file. */
export type OptionsOf = (issuer: string) => ApplyOptions;

/**
 * Brings in what each issuer begins with: once, as a record in the store tells, or at every start where the file is to win.
 * The record comes last, so that a start which was cut off is followed by one that does the rest.
 */
export async function runBootstraps(
  issuers: readonly IssuerConfig[],
  engines: () => readonly Engine[],
  optionsOf?: OptionsOf,
): Promise<void> {
  for (const { bootstrap, settings: { issuer } } of issuers) {
    const engine = (): Engine | undefined =>
      engines().find(({ settings }) => settings.issuer === issuer);
    if (bootstrap !== undefined) await runBootstrap(bootstrap, issuer, engine, optionsOf);
  }
}

async function runBootstrap(
  bootstrap: BootstrapSettings,
  issuer: string,
  current: () => Engine | undefined,
  optionsOf: OptionsOf | undefined,
): Promise<void> {
  const engine = current();
  if (engine === undefined) return;
  const { store, log } = engine;
  const before = await bootstraps.get(store, issuer);
  if (before !== undefined && !bootstrap.override) return;
  const { plan, digest } = await readBootstrap(bootstrap);
  const rows = await applyImport(plan, {
    by: { kind: 'import' },
    isDry: false,
    engine: () => current() ?? engine,
    ...optionsOf !== undefined && { applyOptions: optionsOf(issuer) },
  });
  const { file } = bootstrap;
  for (const { kind, id, why } of rows.filter(({ state }) => state === 'conflict')) {
    log('warn', 'bootstrap.conflict', { issuer, file, kind, id, why });
  }
  for (const { path, line, why } of plan.remarks.filter(({ severity }) => severity === 'dropped')) {
    log('info', 'bootstrap.dropped', { issuer, file, path, line, why });
  }
  const options = Object.keys(plan.options);
  if (optionsOf === undefined && options.length > 0) {
    log('warn', 'bootstrap.options', {
      issuer,
      file,
      options,
      hint: 'they are for the configuration file: ostiary import prints them',
    });
  }
  await store.commit({
    check: [before === undefined ? bootstraps.absent(issuer) : bootstraps.check(before)],
    put: [bootstraps.put([issuer], { digest, at: Math.floor(engine.now()) })],
  });
  const counted = (state: string): number => rows.filter((row) => row.state === state).length;
  log('info', 'bootstrap.done', {
    issuer,
    file,
    added: counted('added'),
    changed: counted('changed'),
    same: counted('same'),
    conflict: counted('conflict'),
  });
}
