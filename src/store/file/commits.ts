import { Buffer } from 'node:buffer';
import { endOfTurn } from '../../spec/end_of_turn.ts';
import { entryOf, prepareChange } from '../change.ts';
import { storeUnavailable } from '../errors.ts';
import { formBatch } from './batch.ts';
import type { Accepted, Pending } from './batch.ts';
import type { Cache } from './cache.ts';
import type { Directory } from './directory.ts';
import type { Journal } from './journal.ts';
import { lineRoom, lineTail } from './line.ts';
import type { Change } from '../store.ts';

/** The queue of commits: what arrives while one sync runs shares the next. */
export interface Commits {
  /** The highest number given to a commit. */
  readonly seq: number;
  commit(change: Change): Promise<'committed' | 'conflict'>;
  /** Begins a new segment between two batches. */
  roll(): Promise<void>;
  /** Tries to make writing possible again; a server that is not ready gets no commits that would. */
  repair(): void;
  /** Refuses what comes from now on, and waits for what is under way. */
  close(): Promise<void>;
}

interface Pause {
  readonly needed: boolean;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** A batch ends here, so that no one waits for a very long write. */
const BATCH_BYTES = 2 * 1024 * 1024;
const SCRATCH_BYTES = 64 * 1024;

/**
 * Only when a batch is on the disk do its commits become visible and resolve. When it fails they all reject, and commits
 * that lost against one of them are judged again: nothing has happened that could have beaten them.
 */
export function createCommits(options: {
  readonly journal: Journal;
  readonly directory: Directory;
  readonly cache: Cache;
  readonly now: () => number;
  readonly seq: number;
}): Commits {
  const { journal, directory, cache, now } = options;
  let seq = options.seq;
  let queue: Pending[] = [];
  let pauses: Pause[] = [];
  let running: Promise<void> | undefined;
  let closed = false;
  let scratch = Buffer.alloc(SCRATCH_BYTES);

  function wake(): void {
    running ??= run();
  }

  async function run(): Promise<void> {
    while (queue.length > 0 || pauses.length > 0) {
      // so that commits of requests that came together share one sync
      await endOfTurn();
      try {
        await journal.prepare();
        await runPauses();
        if (journal.problem === undefined) await runBatch();
      } catch (error) {
        const failed = [...queue, ...pauses];
        [queue, pauses] = [[], []];
        for (const { reject } of failed) reject(error);
      }
    }
    // here and not when the promise has settled: a commit that comes between would not be seen
    running = undefined;
  }

  async function runPauses(): Promise<void> {
    const reached = pauses.splice(0);
    try {
      if (reached.some(({ needed }) => needed)) await journal.roll();
      for (const { resolve } of reached) resolve();
    } catch (error) {
      for (const { reject } of reached) reject(error);
    }
  }

  async function runBatch(): Promise<void> {
    const nowSeconds = now();
    const batch = formBatch(takeFromQueue(), scratch, {
      segment: journal.active.id,
      start: journal.active.bytes,
      seq,
      currentVersion: (encoded) => currentVersion(encoded, nowSeconds),
      nowSeconds,
    });
    seq = batch.seq;
    for (const { resolve } of batch.beaten) resolve('conflict');
    try {
      if (batch.bytes.length > 0) await journal.append(batch.bytes);
    } catch (error) {
      queue = [...batch.contested, ...queue];
      for (const { pending } of batch.accepted) pending.reject(error);
      return;
    }
    for (const accepted of batch.accepted) apply(accepted);
    for (const { pending } of batch.accepted) pending.resolve('committed');
    for (const { resolve } of batch.contested) resolve('conflict');
  }

  function takeFromQueue(): Pending[] {
    let room = 0;
    let count = 0;
    while (count < queue.length && (count === 0 || room + queue[count]!.room < BATCH_BYTES)) {
      room += queue[count++]!.room;
    }
    const unfit = room > scratch.length || scratch.length > 2 * BATCH_BYTES;
    if (unfit) scratch = Buffer.alloc(Math.max(room, SCRATCH_BYTES));
    return queue.splice(0, count);
  }

  function currentVersion(encoded: string, nowSeconds: number): string | null {
    const cached = cache.get(encoded);
    if (cached !== undefined) {
      return (cached.expiresAtSeconds ?? Infinity) > nowSeconds ? cached.version : null;
    }
    const location = directory.find(encoded);
    if (location === undefined || location.expiresAtSeconds <= nowSeconds) return null;
    return String(location.seq);
  }

  function apply({ pending, seq: version, locations }: Accepted): void {
    pending.change.writes.forEach(({ encoded, key, put }, i) => {
      if (put === undefined) {
        directory.remove(encoded);
        cache.delete(encoded);
      } else {
        directory.put(encoded, locations[i]!);
        const entry = entryOf(key, put.value, version, put.expiresAtSeconds);
        cache.set(encoded, entry, put.json.length);
      }
    });
  }

  /** Between two batches. Without `needed`, only what `Journal.prepare` finds to be done. */
  function roll(needed: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      pauses.push({ needed, resolve, reject });
      wake();
    });
  }

  return {
    get seq(): number {
      return seq;
    },
    commit: (change) =>
      new Promise((resolve, reject) => {
        if (closed) throw storeUnavailable('Cannot commit as the store is closed');
        const prepared = prepareChange(change);
        const tails = prepared.writes.map(lineTail);
        const room = tails.reduce((sum, tail) => sum + lineRoom(tail), 0);
        queue.push({ change: prepared, tails, room, resolve, reject });
        wake();
      }),
    roll: () => roll(true),
    repair() {
      if (!closed && running === undefined) roll(false).catch(() => {});
    },
    async close() {
      closed = true;
      while (running !== undefined) await running;
    },
  };
}
