/**
 * Figures of the file store on this machine: `node scripts/bench/store.ts [records] [directory]`. The records are of
 * about 400 bytes; with a million this needs 1 GB of disk for a minute.
 */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { openFileStore } from '../../src/store/file/file_store.ts';
import type { FileStore } from '../../src/store/file/file_store.ts';
import { runtimeCommand, runtimeName } from '../../test/support/spawn.ts';

const [records = '100000', given, stage] = process.argv.slice(2);
const count = Number(records);
const directory = given ?? fs.mkdtempSync(join(tmpdir(), 'ostiary-bench-'));

if (stage === 'restart') await restart();
else await all();

async function all(): Promise<void> {
  print('runtime', runtimeName());
  print('fdatasync alone', `${perSecond(syncsAlone())}/s`);
  let store = await openFileStore(directory);
  for (const parallel of [1, 16, 64]) {
    print(`commits, ${parallel} at once`, `${perSecond(await commits(store, parallel))}/s`);
  }
  const watch = watchPauses();
  const filled = await timed(count, () => fill(store));
  print(`fill with ${count} records`, `${perSecond(filled)}/s, longest pause ${watch()} ms`);
  print('get, cached', `${perSecond(await gets(store, 1000, 200_000))}/s`);
  print('get, mostly from disk', `${perSecond(await gets(store, count, 100_000))}/s`);
  print('list, 100 a page', `${perSecond(await pages(store))} pages/s`);
  print('heap and resident', memory());
  while (hints().length < store.stats().segments - 1) await delay(100);
  await store.close();
  restartInAProcess();
  for (const name of hints()) fs.rmSync(join(directory, 'journal', name));
  print('', 'the same without hint files');
  restartInAProcess();
  store = await openFileStore(directory);
  await compactBesideCommits(store);
  const { bytes, liveBytes } = store.stats();
  print('on disk, of it live', `${mebibytes(bytes)}, ${mebibytes(liveBytes)}`);
  await store.close();
  fs.rmSync(directory, { recursive: true });
}

async function restart(): Promise<void> {
  print('  at start', memory());
  const startMilliseconds = performance.now();
  const store = await openFileStore(directory);
  print('  restart to ready', `${Math.round(performance.now() - startMilliseconds)} ms`);
  print('  after it', memory());
  print('  get, from disk', `${perSecond(await gets(store, count, 100_000))}/s`);
  await delay(3000);
  print(`  with ${store.stats().records} records`, memory());
  await store.close();
}

function hints(): string[] {
  return fs.readdirSync(join(directory, 'journal')).filter((name) => name.endsWith('.hint'));
}

function restartInAProcess(): void {
  const { command, args } = runtimeCommand(import.meta.filename, [records, directory, 'restart']);
  execFileSync(command, args, { stdio: 'inherit' });
}

interface Timing {
  readonly count: number;
  readonly milliseconds: number;
}

async function timed(times: number, action: () => unknown): Promise<Timing> {
  const startMilliseconds = performance.now();
  await action();
  return { count: times, milliseconds: performance.now() - startMilliseconds };
}

function syncsAlone(): Timing {
  const path = join(directory, 'syncs');
  const file = fs.openSync(path, 'w');
  const line = new Uint8Array(400);
  const startMilliseconds = performance.now();
  for (let i = 0; i < 1000; i++) {
    fs.writeSync(file, line);
    fs.fdatasyncSync(file);
  }
  const milliseconds = performance.now() - startMilliseconds;
  fs.closeSync(file);
  fs.rmSync(path);
  return { count: 1000, milliseconds };
}

function commits(store: FileStore, parallel: number): Promise<Timing> {
  const each = parallel === 1 ? 2000 : 1000;
  return timed(
    parallel * each,
    () =>
      Promise.all(Array.from({ length: parallel }, async (_, worker) => {
        for (let i = 0; i < each; i++) {
          const key = ['code', `${worker}-${i}`] as const;
          const check = [{ key, version: null }];
          await store.commit({
            check,
            put: [{ key, value: valueOf(i) }],
            remove: [['par', `${i}`]],
          });
        }
      })),
  );
}

async function fill(store: FileStore): Promise<void> {
  const pending = new Set<Promise<unknown>>();
  for (let i = 0; i < count; i += 10) {
    const put = Array.from({ length: 10 }, (_, j) => ({
      key: keyOf(i + j),
      value: valueOf(i + j),
      expiresAtSeconds: Date.now() / 1000 + 86_400,
    }));
    const commit = store.commit({ put }).finally(() => pending.delete(commit));
    pending.add(commit);
    if (pending.size >= 32) await Promise.race(pending);
  }
  await Promise.all(pending);
}

function gets(store: FileStore, range: number, times: number): Promise<Timing> {
  return timed(times, async () => {
    for (let i = 0; i < times; i++) {
      const entry = await store.get(keyOf(i * 7919 % range));
      if (entry === undefined) throw new Error(`record ${i * 7919 % range} is missing`);
    }
  });
}

function pages(store: FileStore): Promise<Timing> {
  return timed(1000, async () => {
    for (let i = 0; i < 1000; i++) {
      const options = { limit: 100, after: keyOf(i * 7919 % count) };
      for await (const { key } of store.list(['grant'], options)) if (key.length !== 3) return;
    }
  });
}

async function compactBesideCommits(store: FileStore): Promise<void> {
  for (let i = 0; i < count; i += 200) {
    await store.commit({ remove: Array.from({ length: 100 }, (_, j) => keyOf(i + j)) });
  }
  const watch = watchPauses();
  let running = true;
  const compacted = timed(1, () => store.compact()).finally(() => running = false);
  const latencies: number[] = [];
  while (running) {
    const startMilliseconds = performance.now();
    await store.commit({ put: [{ key: ['probe'], value: startMilliseconds }] });
    latencies.push(performance.now() - startMilliseconds);
    await delay(1);
  }
  latencies.sort((a, b) => a - b);
  const p99 = latencies[Math.floor(latencies.length * 0.99)]?.toFixed(1);
  const { milliseconds } = await compacted;
  print('compact half of it away', `${Math.round(milliseconds)} ms, longest pause ${watch()} ms`);
  print('  commits beside it', `p99 ${p99} ms, longest ${latencies.at(-1)?.toFixed(1)} ms`);
}

/** Call the result for the longest time, in milliseconds, that a timer of 1 ms was late. */
function watchPauses(): () => number {
  let longest = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last - 1);
    last = performance.now();
  }, 1);
  return () => {
    clearInterval(timer);
    return Math.round(longest);
  };
}

/** Spread over the key space, as digests are. */
function keyOf(i: number): readonly [string, string, string] {
  const digest = (Math.imul(i, 0x9e3779b1) >>> 0).toString(36).padStart(7, '0');
  return [
    'grant',
    'https://auth.example.com',
    `${digest}${'x'.repeat(27)}${String(i).padStart(9, '0')}`,
  ];
}

function valueOf(i: number) {
  return {
    client_id: 'app',
    user: `user-${i}`,
    session: 'VjW0cUfp1mXaP9rRZ4hZ0uYlq7c5iTn2',
    scope: 'openid profile email offline_access',
    auth_time: 1_800_000_000 + i,
    amr: ['pwd', 'otp'],
    claims: { userinfo: { email: null, email_verified: { essential: true } } },
    counter: i,
    resources: ['https://api.example.com/'],
  };
}

function memory(): string {
  const { heapUsed, rss } = process.memoryUsage();
  return `${mebibytes(heapUsed)}, ${mebibytes(rss)}`;
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}

function perSecond({ count, milliseconds }: Timing): number {
  return Math.round(count / milliseconds * 1000);
}

function print(what: string, figure: string): void {
  console.log(`${what.padEnd(32)} ${figure}`);
}
