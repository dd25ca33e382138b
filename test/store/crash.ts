import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openFileStore } from '../../src/store/file/file_store.ts';
import type { FileStore } from '../../src/store/file/file_store.ts';
import { assert, assertEquals } from '../support/assert.ts';
import { createRandom } from '../support/random.ts';
import { runtimeCommand } from '../support/spawn.ts';
import { temporaryDirectory } from './directories.ts';

/** Loops of the writing child, each with its own records. */
export const WORKERS = 6;
/** Records a worker keeps of its latest commits. */
export const LOG_LINES = 5;

const LONGEST_LIFE_MILLISECONDS = 150;

/**
 * Lets a child write to one store, kills it at a random moment after its first acknowledged commit, and checks that all
 * that was acknowledged is there and nothing is half there; as many times as `lives`. Resolves to the number of
 * acknowledged commits. The error of a failed check names the seed and the life.
 */
export async function crashLoop(lives: number, seed: string): Promise<number> {
  const random = createRandom(seed);
  const { path, remove } = temporaryDirectory();
  let acknowledged = 0;
  let before: ReadonlyMap<string, number> = new Map();
  for (let life = 0; life < lives; life++) {
    const lifeMilliseconds = random() ** 2 * LONGEST_LIFE_MILLISECONDS;
    const told = await liveAndDie(path, `${seed}-${life}`, lifeMilliseconds);
    try {
      // so that the next child starts from what this close leaves, and is killed then
      const store = await openFileStore(path, { savedRecords: 0 });
      const found = await check(store, new Map([...before, ...told]));
      await store.close();
      for (const [worker, number] of told) acknowledged += number - (before.get(worker) ?? 0);
      before = found;
    } catch (error) {
      throw new Error(`life ${life} of seed ${seed}, left in ${path}: ${error}`, { cause: error });
    }
  }
  remove();
  return acknowledged;
}

/** The last number that each worker said was committed. */
async function liveAndDie(
  directory: string,
  seed: string,
  lifeMilliseconds: number,
): Promise<ReadonlyMap<string, number>> {
  const script = join(import.meta.dirname!, 'crash_child.ts');
  const { command, args } = runtimeCommand(script, [directory, seed]);
  // a file and not a pipe, which would fill while this process is busy
  const output = join(directory, 'said');
  const fd = fs.openSync(output, 'w');
  const child = spawn(command, args, { stdio: ['ignore', fd, 'inherit'] });
  fs.closeSync(fd);
  const exited = once(child, 'exit');
  while (fs.statSync(output).size === 0 && child.exitCode === null) await delay(2);
  await delay(lifeMilliseconds);
  child.kill('SIGKILL');
  const [code, signal] = await exited;
  assertEquals([code, signal], [null, 'SIGKILL'], 'the child ended by itself');
  const said = fs.readFileSync(output, 'utf8');
  const told = new Map<string, number>();
  for (const line of said.split('\n').slice(0, -1)) {
    const [worker = '', number] = line.split(' ');
    told.set(worker, Number(number));
  }
  return told;
}

/** Each worker's counter is at what it said, or one more: the commit that was on its way. */
async function check(
  store: FileStore,
  told: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for (let index = 0; index < WORKERS; index++) {
    const worker = `${index}`;
    const a = await store.get<number>(['a', worker]);
    const b = await store.get<number>(['b', worker]);
    const number = a?.value ?? 0;
    const least = told.get(worker) ?? 0;
    assert(number === least || number === least + 1, `${worker} said ${least}, has ${number}`);
    assertEquals([b?.value, b?.version], [a?.value, a?.version], `half a commit of ${worker}`);
    const log: number[] = [];
    for await (const { value } of store.list<{ number: number }>(['log', worker])) {
      log.push(value.number);
    }
    const expected = Array.from({ length: LOG_LINES }, (_, i) => number - i).filter((n) => n > 0);
    assertEquals(log.sort((x, y) => y - x), expected, `half a commit of ${worker}`);
    found.set(worker, number);
  }
  assertEquals((await store.verify()).damages, []);
  return found;
}
