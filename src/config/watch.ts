import { stat } from 'node:fs/promises';
import type { Mistake } from '../spec/mistake.ts';
import type { Config } from './config.ts';
import type { ConfigResult } from './parse.ts';

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

export interface ConfigWatch {
  close(): void;
}

/** How many polls in a row a file must have looked the same; an empty or absent one is likely about to be written. */
const SETTLED_POLLS = 1;
const SETTLED_EMPTY_POLLS = 10;

/**
 * Polls, as notifications differ between runtimes, get lost on network mounts and miss editors that rename. A file is
 * read when it has settled, so not while it is being written.
 */
export function watchConfig(options: ConfigWatchOptions): ConfigWatch {
  let applied = options.current;
  let seen = options.seen;
  let previous = seen;
  let polls = 0;
  let busy = false;

  const poll = async (): Promise<void> => {
    const { text: now, hasText } = await look(options.files);
    polls = now === previous ? polls + 1 : 0;
    previous = now;
    if (now === seen || polls < (hasText ? SETTLED_POLLS : SETTLED_EMPTY_POLLS)) return;
    seen = now;
    const result = await options.load();
    if (!result.ok) return options.refused(result.mistakes);
    // Going on with all defaults would forget every client because of a slip of the hand.
    if (applied.file !== undefined && result.config.file === undefined) {
      return options.refused([{ path: [], problem: 'is gone', source: applied.file }]);
    }
    const needsRestart = fixedOptions(applied, result.config);
    applied = withFixed(applied, result.config);
    options.changed(applied, { needsRestart, warnings: result.warnings });
  };

  const failed = (error: unknown): void =>
    options.refused([{ path: [], problem: `could not be applied: ${String(error)}` }]);

  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    poll().catch(failed).finally(() => busy = false);
  }, options.intervalMilliseconds ?? 500);
  timer.unref();
  return { close: () => clearInterval(timer) };
}

/** Changes when a file is written, replaced, created or removed. */
export async function fingerprint(files: readonly string[]): Promise<string> {
  return (await look(files)).text;
}

async function look(
  files: readonly string[],
): Promise<{ readonly text: string; readonly hasText: boolean }> {
  const marks: string[] = [];
  let hasText = false;
  for (const file of files) {
    try {
      const { ino, size, mtimeMs, ctimeMs } = await stat(file);
      marks.push(`${ino}:${size}:${mtimeMs}:${ctimeMs}`);
      hasText ||= size > 0;
    } catch (error) {
      marks.push((error as { code?: string }).code ?? 'unknown');
    }
  }
  return { text: marks.join(' '), hasText };
}

/** Options that a running server cannot change, by name. */
function fixedOptions(before: Config, after: Config): readonly string[] {
  const pairs: readonly (readonly [name: string, before: unknown, after: unknown])[] = [
    ['issuer', before.settings.issuer, after.settings.issuer],
    ['listen', before.listen, after.listen],
    ['data', before.data, after.data],
    ['storage', before.storage, after.storage],
  ];
  return pairs
    .filter(([, left, right]) => JSON.stringify(left) !== JSON.stringify(right))
    .map(([name]) => name);
}

function withFixed(before: Config, after: Config): Config {
  const { listen, data, storage, settings: { issuer } } = before;
  return { ...after, listen, data, storage, settings: { ...after.settings, issuer } };
}
