import { stat } from 'node:fs/promises';

export interface PollOptions {
  /** One that appears, changes or goes is noticed. */
  readonly files: readonly string[];
  /** What `fingerprint` said before the files were last read. */
  readonly seen: string;
  /** Called when they have changed and settled; never while an earlier call still runs. */
  readonly changed: () => Promise<void>;
  /** What `changed` threw. */
  readonly failed: (error: unknown) => void;
  /** Default 500. */
  readonly intervalMilliseconds?: number;
}

export interface Poll {
  close(): void;
}

/** How many polls in a row a file must have looked the same; an empty or absent one is likely about to be written. */
const SETTLED_POLLS = 1;
const SETTLED_EMPTY_POLLS = 10;

/**
 * Polls, as notifications differ between runtimes, get lost on network mounts and miss editors that rename. A file is
 * read when it has settled, so not while it is being written. The process does not stay for it alone.
 */
export function pollFiles(options: PollOptions): Poll {
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
    await options.changed();
  };

  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    poll().catch(options.failed).finally(() => busy = false);
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
