/**
 * Writes to the store in a directory until it is killed, and says which commits were acknowledged: `<worker> <number>`.
 * Each commit raises a worker's counter in two records, adds a line to its log and removes the one from `LOG_LINES` ago.
 */
import * as fs from 'node:fs';
import process from 'node:process';
import { openFileStore } from '../../src/store/file/file_store.ts';
import { createRandom } from '../support/random.ts';
import { LOG_LINES, WORKERS } from './crash.ts';

const [directory = '', seed = ''] = process.argv.slice(2);
const random = createRandom(seed);
const store = await openFileStore(directory, {
  segmentBytes: 30_000,
  cacheBytes: 20_000,
  sweepMilliseconds: 5,
});

await Promise.all(Array.from({ length: WORKERS }, async (_, index) => {
  const worker = `${index}`;
  for (;;) {
    const counter = await store.get<number>(['a', worker]);
    const number = (counter?.value ?? 0) + 1;
    const text = 'x'.repeat(random() < 0.02 ? 50_000 * random() : 200 * random());
    const result = await store.commit({
      check: [{ key: ['a', worker], version: counter?.version ?? null }],
      put: [
        { key: ['a', worker], value: number },
        { key: ['log', worker, `${number}`], value: { number, text } },
        { key: ['b', worker], value: number },
      ],
      remove: [['log', worker, `${number - LOG_LINES}`]],
    });
    if (result !== 'committed') throw new Error(`worker ${worker} met a conflict`);
    // at once, or the kill would take it along
    fs.writeSync(1, `${worker} ${number}\n`);
    if (random() < 0.1) await new Promise((resolve) => setTimeout(resolve, 2));
  }
}));
