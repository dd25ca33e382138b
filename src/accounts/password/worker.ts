import { parentPort } from 'node:worker_threads';
import type { SlowDigest } from '../password_digest.ts';
import { nativeArgon2, tagOf } from './tag.ts';

/** One job at a time: the thread is blocked while it computes. */
export interface Job {
  readonly digest: SlowDigest;
  readonly password: Uint8Array;
}

export type JobResult = { readonly tag: Uint8Array } | { readonly failure: string };

const native = nativeArgon2();

parentPort?.on('message', (job: Job) => {
  tagOf(job.digest, job.password, native).then(
    (tag) => answer({ tag }),
    (error) => answer({ failure: String(error) }),
  );
});

function answer(result: JobResult): void {
  parentPort?.postMessage(result);
}
