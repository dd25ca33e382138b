import { isMap } from '../spec/is_map.ts';
import type { Mistake } from '../spec/mistake.ts';
import type { Config } from './config.ts';
import type { ConfigResult } from './parse.ts';
import { type Poll, pollFiles } from './poll.ts';
import { issuerOf } from './rules.ts';

export interface ConfigWatchOptions {
  /** Files of which the first that exists counts; one that appears, changes or goes is noticed. */
  readonly files: readonly string[];
  /** What `fingerprint` said before the current configuration was read. */
  readonly seen: string;
  readonly load: () => Promise<ConfigResult>;
  readonly current: Config;
  readonly changed: (
    config: Config,
    details: { readonly needsRestart: readonly string[]; readonly warnings: readonly Mistake[] },
  ) => Promise<void>;
  /** The file does not hold; the configuration in use stays. */
  readonly refused: (mistakes: readonly Mistake[]) => void;
  /** Default 500. */
  readonly intervalMilliseconds?: number;
}

/** A valid change takes over, an invalid one is reported and changes nothing. */
export function watchConfig(options: ConfigWatchOptions): Poll {
  let applied = options.current;
  const { files, seen, intervalMilliseconds } = options;
  return pollFiles({
    files,
    seen,
    ...intervalMilliseconds !== undefined && { intervalMilliseconds },
    failed: (error) =>
      options.refused([{ path: [], problem: `could not be applied: ${String(error)}` }]),
    async changed() {
      const result = await options.load();
      if (!result.ok) return options.refused(result.mistakes);
      // Going on with all defaults would forget every client because of a slip of the hand.
      if (applied.file !== undefined && result.config.file === undefined) {
        return options.refused([{ path: [], problem: 'is gone', source: applied.file }]);
      }
      const needsRestart = fixedOptions(applied, result.config);
      applied = withFixed(applied, result.config);
      await options.changed(applied, { needsRestart, warnings: result.warnings });
    },
  });
}

/** Options that a running server cannot change, by name. */
const FIXED = [
  'listen',
  'data',
  'storage',
  'users_file',
] as const satisfies readonly (keyof Config)[];

function fixedOptions(before: Config, after: Config): readonly string[] {
  return FIXED.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}

function withFixed(before: Config, after: Config): Config {
  const { listen, data, storage, users_file } = before;
  const { users_file: _, ...rest } = after;
  return {
    ...rest,
    input: withFixedInput(before.input, after.input),
    listen,
    data,
    storage,
    ...users_file !== undefined && { users_file },
    issuers: stillServed(before, after),
  };
}

function withFixedInput(before: unknown, after: unknown): unknown {
  const [old, next] = [before, after].map((each) => isMap(each) ? each : {});
  const kept = FIXED.filter((name) => Object.hasOwn(old ?? {}, name));
  return {
    ...Object.fromEntries(
      Object.entries(next ?? {}).filter(([name]) => !FIXED.some((each) => each === name)),
    ),
    ...Object.fromEntries(kept.map((name) => [name, old?.[name]])),
  };
}

/** An issuer that follows from where the server listens stays with it. */
function stillServed(before: Config, after: Config): Config['issuers'] {
  const [own, ...others] = after.issuers;
  const [issuer, next] = [issuerOf(before), issuerOf(after)];
  return own.settings.issuer === next && before.issuers[0].settings.issuer === issuer
    ? [{ ...own, settings: { ...own.settings, issuer } }, ...others]
    : after.issuers;
}
