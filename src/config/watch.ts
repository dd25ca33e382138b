import type { Mistake } from '../spec/mistake.ts';
import type { Config } from './config.ts';
import type { ConfigResult } from './parse.ts';
import { type Poll, pollFiles } from './poll.ts';

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
  ) => void;
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
      options.changed(applied, { needsRestart, warnings: result.warnings });
    },
  });
}

/** Options that a running server cannot change, by name. */
function fixedOptions(before: Config, after: Config): readonly string[] {
  const pairs: readonly (readonly [name: string, before: unknown, after: unknown])[] = [
    ['issuer', before.settings.issuer, after.settings.issuer],
    ['listen', before.listen, after.listen],
    ['data', before.data, after.data],
    ['storage', before.storage, after.storage],
    ['users_file', before.users_file, after.users_file],
  ];
  return pairs
    .filter(([, left, right]) => JSON.stringify(left) !== JSON.stringify(right))
    .map(([name]) => name);
}

function withFixed(before: Config, after: Config): Config {
  const { listen, data, storage, users_file, settings: { issuer } } = before;
  const { users_file: _, ...rest } = after;
  return {
    ...rest,
    listen,
    data,
    storage,
    ...users_file !== undefined && { users_file },
    settings: { ...after.settings, issuer },
  };
}
