import type { Log } from '../../spec/log.ts';

/** Work that no answer waits for, such as telling people by mail. */
export interface Outbox {
  /** Starts it when there is room; false, and a line in the log, when too much waits already. */
  post(work: () => Promise<void>): boolean;
  /** When nothing is under way or waiting any more. */
  settled(): Promise<void>;
  /** Takes nothing more, and gives what is there so many seconds. */
  close(seconds: number): Promise<void>;
}

export interface OutboxOptions {
  readonly log: Log;
  /** Under way at once; default 2. */
  readonly concurrency?: number;
  /** Waiting beyond these; default 500. */
  readonly maxWaiting?: number;
  /** After which work is taken for lost and makes room; default 60. */
  readonly timeoutSeconds?: number;
}

/** Bounded in memory and in what it does at once. What fails is logged, without what it was about. */
export function createOutbox(options: OutboxOptions): Outbox {
  const { log, concurrency = 2, maxWaiting = 500, timeoutSeconds = 60 } = options;
  const waiting: (() => Promise<void>)[] = [];
  const idle = new Set<() => void>();
  let running = 0;
  let isClosed = false;

  const outbox: Outbox = {
    post(work) {
      if (isClosed || waiting.length >= maxWaiting) {
        log('warn', 'notification.dropped', { why: isClosed ? 'stopping' : 'too many wait' });
        return false;
      }
      waiting.push(work);
      next();
      return true;
    },
    settled: () =>
      running === 0 && waiting.length === 0
        ? Promise.resolve()
        : new Promise((resolve) => idle.add(resolve)),
    async close(seconds) {
      isClosed = true;
      await within(seconds, outbox.settled());
      waiting.length = 0;
    },
  };
  return outbox;

  function next(): void {
    while (running < concurrency) {
      const work = waiting.shift();
      if (work === undefined) break;
      running += 1;
      void run(work);
    }
    if (running > 0) return;
    for (const resolve of idle) resolve();
    idle.clear();
  }

  async function run(work: () => Promise<void>): Promise<void> {
    try {
      await later();
      const done = work().then(() => 'done' as const);
      if (await within(timeoutSeconds, done) === undefined) throw new Error('it took too long');
    } catch (error) {
      log('error', 'notification.failed', { reason: reasonOf(error) });
    } finally {
      running -= 1;
      next();
    }
  }
}

/** Once the answer is on its way, so that its time tells nothing of the work: whether there is such a person, say. T093 */
function later(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, DELAY_MILLISECONDS));
}

const DELAY_MILLISECONDS = 50;

/** What `work` resolves to, or undefined after so many seconds. */
async function within<T>(seconds: number, work: Promise<T>): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), seconds * 1000);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown';
}
