import { Worker } from 'node:worker_threads';
import type { SlowDigest } from '../password_digest.ts';
import type { Job, JobResult } from './worker.ts';

export interface WorkerPool {
  /** `tagOf` on another thread. @throws {Error} when it fails, takes too long or its thread dies */
  tagOf(digest: SlowDigest, password: Uint8Array): Promise<Uint8Array>;
  /** Ends all threads; what they were computing fails, and what comes later. */
  close(): Promise<void>;
}

export interface WorkerPoolOptions {
  /** After this a job fails and its thread is ended. */
  readonly timeoutSeconds: number;
  /** For tests: what to start instead of `worker.ts`. */
  readonly script?: URL;
}

/**
 * Threads of our own, not those of the runtime's asynchronous functions: the file store's writes share these, and on Node
 * each of the four would keep its 20 MiB (measured: 140 MB more after a few sign-ins, against 48 MB with one thread).
 *
 * They start when they are first needed and are used again; one that died or was ended is replaced by the next job.
 * There are as many as there were jobs at once: bounding those is the caller's part. An idle thread does not keep the
 * process alive, a running job does.
 */
export function createWorkerPool(options: WorkerPoolOptions): WorkerPool {
  const idle: Worker[] = [];
  const all = new Set<Worker>();
  const script = options.script ?? workerScript();
  let closed = false;

  return {
    async tagOf(digest, password) {
      if (closed) throw new Error('Cannot compute a password digest: closed');
      const worker = idle.pop() ?? start();
      const result = await runJob(worker, { digest, password }, options.timeoutSeconds * 1000);
      if ('failure' in result) {
        throw new Error(`Cannot compute a password digest: ${result.failure}`);
      }
      return result.tag;
    },
    async close() {
      closed = true;
      await Promise.all(Array.from(all, (worker) => worker.terminate()));
    },
  };

  function start(): Worker {
    const worker = new Worker(script);
    worker.unref();
    all.add(worker);
    worker.on('exit', () => forget(worker));
    worker.on('error', () => forget(worker));
    return worker;
  }

  function forget(worker: Worker): void {
    all.delete(worker);
    const at = idle.indexOf(worker);
    if (at !== -1) idle.splice(at, 1);
  }

  function runJob(worker: Worker, job: Job, timeoutMs: number): Promise<JobResult> {
    return new Promise((resolve) => {
      // This timer, unlike the worker, holds the process until the job has ended.
      const timer = setTimeout(() => {
        end({ failure: `no result within ${timeoutMs / 1000} s` });
        void worker.terminate();
      }, timeoutMs);
      const onMessage = (result: JobResult): void => {
        if (all.has(worker)) idle.push(worker);
        end(result);
      };
      const onError = (error: unknown): void => end({ failure: String(error) });
      const onExit = (): void => end({ failure: 'its thread ended' });
      worker.on('message', onMessage).on('error', onError).on('exit', onExit);
      worker.postMessage(job);

      function end(result: JobResult): void {
        clearTimeout(timer);
        worker.off('message', onMessage).off('error', onError).off('exit', onExit);
        resolve(result);
      }
    });
  }
}

/** Beside this file, with its ending: `.ts` in the source tree, `.js` in the published package. */
function workerScript(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);
}
