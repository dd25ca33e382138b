import { parentPort } from 'node:worker_threads';

/** Dies at its first job. */
parentPort?.on('message', () => {
  throw new Error('thread of a test, meant to die');
});
