import type { Instance } from '../app.ts';
import type { Config } from '../config/config.ts';
import { unmetOptions } from '../engine/unmet_options.ts';
import { describeMistake, type Mistake, printable } from '../spec/mistake.ts';

/** What is allowed, and hardly meant: by the file, and by what the store adds to it. */
export async function doubtsOf(
  instance: Instance,
  { trusted_proxies }: Config,
  warnings: readonly Mistake[],
): Promise<readonly string[]> {
  const doubts = warnings.filter(({ isOfFileAlone }) => isOfFileAlone !== true)
    .map(describeMistake);
  const engines = instance.engines();
  for (const engine of engines) {
    const whose = engines.length > 1 ? ` (${engine.settings.issuer})` : '';
    for (const { about, problem } of await unmetOptions(engine, trusted_proxies.length > 0)) {
      doubts.push(printable(`${about} ${problem}${whose}`));
    }
  }
  return doubts;
}
