import { describe, it } from 'node:test';
import type { SlowDigest } from '../../src/accounts/password_digest.ts';
import { createQueue } from '../../src/accounts/password/queue.ts';
import { createWorkerPool } from '../../src/accounts/password/worker_pool.ts';
import { assert, assertEquals, assertRejects } from '../support/assert.ts';

const PASSWORD = new TextEncoder().encode('a password');
const QUICK: SlowDigest = {
  kind: 'pbkdf2',
  hash: 'sha256',
  iterations: 1,
  salt: new Uint8Array(8),
  tag: new Uint8Array(32),
};
const ENDLESS: SlowDigest = {
  kind: 'sha_crypt',
  hash: 'sha512',
  rounds: 1_000_000_000,
  salt: new Uint8Array(8),
  tag: new Uint8Array(86),
};

describe('the threads that hash', () => {
  it('T097: a job that takes too long is given up and its thread ended', async () => {
    const pool = createWorkerPool({ timeoutSeconds: 0.2 });
    await assertRejects(() => pool.tagOf(ENDLESS, PASSWORD), Error, 'no result within 0.2 s');
    await pool.close();
  });

  it('a thread that dies fails its job alone, and the next job starts another', async () => {
    const script = new URL('./dying_worker.ts', import.meta.url);
    const pool = createWorkerPool({ timeoutSeconds: 30, script });
    await assertRejects(() => pool.tagOf(QUICK, PASSWORD), Error, 'meant to die');
    await assertRejects(() => pool.tagOf(QUICK, PASSWORD), Error, 'meant to die');
    await pool.close();
  });

  it('a job that fails leaves its thread in use', async () => {
    const pool = createWorkerPool({ timeoutSeconds: 30 });
    const broken = { ...QUICK, iterations: -1 };
    await assertRejects(() => pool.tagOf(broken, PASSWORD), Error, 'Cannot compute');
    assertEquals((await pool.tagOf(QUICK, PASSWORD)).length, 32);
    await pool.close();
  });

  it('closing ends what is being computed', async () => {
    const pool = createWorkerPool({ timeoutSeconds: 30 });
    const job = assertRejects(() => pool.tagOf(ENDLESS, PASSWORD), Error, 'thread ended');
    await pool.close();
    await job;
  });
});

describe('the queue before them', () => {
  it('T097: never more jobs run at once than stated, in the order they came', async () => {
    const queue = createQueue({ concurrency: 2, maxQueue: 10 });
    const order: number[] = [];
    let running = 0;
    let most = 0;
    const jobs = Array.from({ length: 8 }, (_, index) =>
      queue.run(async () => {
        order.push(index);
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 1));
        running--;
        return index;
      }));
    assertEquals(await Promise.all(jobs), [0, 1, 2, 3, 4, 5, 6, 7]);
    assertEquals(order, [0, 1, 2, 3, 4, 5, 6, 7]);
    assertEquals(most, 2);
  });

  it('a job that fails gives its place to the next', async () => {
    const queue = createQueue({ concurrency: 1, maxQueue: 1 });
    const failing = queue.run(() => Promise.reject(new Error('failed')));
    const waiting = queue.run(() => Promise.resolve('done'));
    assert(failing !== undefined && waiting !== undefined);
    assertEquals(queue.run(() => Promise.resolve('never')), undefined);
    await assertRejects(() => failing, Error, 'failed');
    assertEquals(await waiting, 'done');
    assertEquals(await queue.run(() => Promise.resolve('again')), 'again');
  });
});
