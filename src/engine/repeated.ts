import { unref } from '../spec/unref.ts';

/** Work that comes again and again for as long as the process runs, never twice at a time. */
export interface Repeated {
  /** Also now. */
  soon(): void;
  /** Once what is being done is done. */
  close(): Promise<void>;
}

export interface Rhythm {
  /** From the start, which has other things to do; absent: at once. */
  readonly firstSeconds?: number;
  readonly everySeconds: number;
}

/** What much work that is done slice by slice goes by. */
export interface Pace {
  /** Waits between two slices, so that requests come first. */
  readonly pause?: () => Promise<void>;
  /** Aborted: no further slice. */
  readonly signal?: AbortSignal;
}

const PAUSE_SECONDS = 0.02;

/** Work that fails says so itself. */
export function repeated(
  work: (pace: Pace) => Promise<void>,
  { firstSeconds, everySeconds }: Rhythm,
): Repeated {
  const closing = new AbortController();
  const { signal } = closing;
  let running = Promise.resolve();
  const soon = (): void => {
    running = running.then(() => signal.aborted ? undefined : work({ pause, signal }));
  };
  const timer = setInterval(soon, everySeconds * 1000);
  unref(timer);
  let first: ReturnType<typeof setTimeout> | undefined;
  if (firstSeconds === undefined) {
    soon();
  } else {
    first = setTimeout(soon, firstSeconds * 1000);
    unref(first);
  }
  return {
    soon,
    async close() {
      closing.abort();
      clearInterval(timer);
      clearTimeout(first);
      await running;
    },
  };
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE_SECONDS * 1000));
}
