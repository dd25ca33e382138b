export interface Queue {
  /** Runs the job when its turn comes; undefined when too many wait already, and then it never runs. */
  run<T>(job: () => Promise<T>): Promise<T> | undefined;
}

export interface QueueOptions {
  /** Jobs that run at once. */
  readonly concurrency: number;
  /** Jobs that wait for their turn, beyond those that run. */
  readonly maxQueue: number;
}

/** First come, first served, and never more than stated. */
export function createQueue({ concurrency, maxQueue }: QueueOptions): Queue {
  const waiting: (() => void)[] = [];
  let running = 0;
  return {
    run(job) {
      if (running >= concurrency && waiting.length >= maxQueue) return undefined;
      return take(job);
    },
  };

  async function take<T>(job: () => Promise<T>): Promise<T> {
    // A place is handed over, not freed: nobody who comes in between can take it.
    if (running >= concurrency) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await job();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  }
}
