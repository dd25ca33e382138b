import type { Config } from './config.ts';
import { withFiles } from './load.ts';
import { type ConfigResult, loadLibraries, parseConfig } from './parse.ts';
import type { StoredConfiguration } from './stored.ts';

/** What holds: a configuration that was loaded with what the store adds to it, judged as one. */
export async function effectiveConfig(
  config: Config,
  stored: StoredConfiguration,
): Promise<ConfigResult> {
  if (stored.issuers.length === 0 && stored.options.size === 0) {
    return { ok: true, config, warnings: [] };
  }
  await loadLibraries(config.input, stored);
  const parsed = parseConfig(config.input, stored);
  if (!parsed.ok) return parsed;
  const joined = { ...config, issuers: parsed.config.issuers };
  const { config: whole, mistakes } = await withFiles(joined, stored);
  return mistakes.length > 0
    ? { ok: false, mistakes }
    : { ok: true, config: whole, warnings: parsed.warnings };
}
