import { type BootstrapSettings, readBootstrap } from '../config/bootstrap_options.ts';
import type { IssuerConfig } from '../config/config.ts';
import type { Engine } from '../engine/engine.ts';
import { bootstraps } from '../store/collections.ts';

/**
 * Brings in what each issuer begins with: once, as a record in the store tells, or at every start where the file is to win.
 * The record comes last, so that a start which was cut off is followed by one that does the rest.
 */
export async function runBootstraps(
  issuers: readonly IssuerConfig[],
  engines: () => readonly Engine[],
): Promise<void> {
  for (const { bootstrap, settings: { issuer } } of issuers) {
    const engine = (): Engine | undefined =>
      engines().find(({ settings }) => settings.issuer === issuer);
    if (bootstrap !== undefined) await runBootstrap(bootstrap, issuer, engine);
  }
}

async function runBootstrap(
  bootstrap: BootstrapSettings,
  issuer: string,
  current: () => Engine | undefined,
): Promise<void> {
  const engine = current();
  if (engine === undefined) return;
  const { store, log } = engine;
  const before = await bootstraps.get(store, issuer);
  if (before !== undefined && !bootstrap.override) return;
  const { plan, digest } = await readBootstrap(bootstrap);
  // Most starts do without.
  const { applyImport } = await import('../engine/administration/import.ts');
  const rows = await applyImport(plan, {
    by: { kind: 'import' },
    isDry: false,
    engine: () => current() ?? engine,
    replaces: bootstrap.override,
  });
  const { file } = bootstrap;
  for (const { kind, id, why } of rows.filter(({ state }) => state === 'conflict')) {
    log('warn', 'bootstrap.conflict', { issuer, file, kind, id, why });
  }
  for (const { path, line, why } of plan.remarks.filter(({ severity }) => severity === 'dropped')) {
    log('info', 'bootstrap.dropped', { issuer, file, path, line, why });
  }
  const options = Object.keys(plan.server_options);
  if (options.length > 0) {
    log('warn', 'bootstrap.options', {
      issuer,
      file,
      options,
      hint: 'only the configuration file can set them: ostiary import prints them for it',
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
