import { Buffer } from 'node:buffer';
import type { PreparedChange } from '../change.ts';
import { entryOf } from '../change.ts';
import { storeUnavailable } from '../errors.ts';
import type { Cache } from './cache.ts';
import type { Directory } from './directory.ts';
import type { Journal } from './journal.ts';
import { lineRoom, lineTail, writeRecord } from './line.ts';
import type { Location } from './slots.ts';

/** The queue of commits: what arrives while one sync runs shares the next. */
export interface Commits {
  /** The highest number given to a commit. */
  readonly seq: number;
  commit(change: PreparedChange): Promise<'committed' | 'conflict'>;
  /** Begins a new segment between two batches. */
  roll(): Promise<void>;
  /** Refuses what comes from now on, and waits for what is under way. */
  close(): Promise<void>;
}

interface Pending {
  readonly change: PreparedChange;
  readonly tails: readonly string[];
  readonly room: number;
  readonly resolve: (result: 'committed' | 'conflict') => void;
  readonly reject: (error: unknown) => void;
}

interface Pause {
  readonly needed: boolean;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** A commit of the batch whose checks hold, with the places of its writes. */
interface Accepted {
  readonly pending: Pending;
  readonly seq: number;
  readonly locations: readonly Location[];
}

interface Batch {
  readonly bytes: Uint8Array;
  readonly accepted: readonly Accepted[];
  /** Commits whose checks fail on account of others in this batch: a conflict once those are durable, and not before. */
  readonly contested: readonly Pending[];
}

/** A batch ends here, so that no one waits for a very long write. */
const BATCH_BYTES = 2 * 1024 * 1024;
const SCRATCH_BYTES = 64 * 1024;
const REPAIR_MILLISECONDS = 1000;

/**
 * The checks of a batch are made in order, against what is durable and the commits before them in the batch. Only when
 * the batch is on the disk do they become visible and resolve. When it fails they all reject, and commits that lost
 * against one of them are looked at again: nothing has happened that could have beaten them.
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
  let repairing = false;
  let scratch = Buffer.alloc(SCRATCH_BYTES);

  function wake(): void {
    running ??= run();
  }

  async function run(): Promise<void> {
    // a turn of the microtask queue, so that commits made in one go share one sync
    await undefined;
    while (queue.length > 0 || pauses.length > 0) {
      try {
        await journal.prepare();
        await runPauses();
        await runBatch();
      } catch (error) {
        const failed = [...queue, ...pauses];
        [queue, pauses] = [[], []];
        for (const { reject } of failed) reject(error);
        repairLater();
      }
    }
    // here and not when the promise has settled: a commit that comes between would not be seen
    running = undefined;
  }

  async function runPauses(): Promise<void> {
    if (pauses.some(({ needed }) => needed)) await journal.roll();
    for (const { resolve } of pauses.splice(0)) resolve();
  }

  async function runBatch(): Promise<void> {
    const batch = formBatch();
    try {
      if (batch.bytes.length > 0) await journal.append(batch.bytes);
    } catch (error) {
      queue = [...batch.contested, ...queue];
      for (const { pending } of batch.accepted) pending.reject(error);
      repairLater();
      return;
    }
    for (const accepted of batch.accepted) apply(accepted);
    for (const { pending } of batch.accepted) pending.resolve('committed');
    for (const { resolve } of batch.contested) resolve('conflict');
  }

  function formBatch(): Batch {
    const taken = takeFromQueue();
    const accepted: Accepted[] = [];
    const contested: Pending[] = [];
    /** Versions that this batch makes; null: removed or already expired. */
    const made = new Map<string, string | null>();
    const nowSeconds = now();
    const { id, bytes: start } = journal.active;
    let end = 0;
    for (const pending of taken) {
      const verdict = judge(pending.change, made, nowSeconds);
      if (verdict === 'contested') contested.push(pending);
      if (verdict === 'conflict') pending.resolve('conflict');
      if (verdict !== 'holds') continue;
      seq++;
      const locations = pending.change.writes.map(({ encoded, put }, i): Location => {
        const offset = start + end;
        const more = pending.tails.length - 1 - i;
        const head = end === 0 ? { seq, at: offset, more } : { seq, more };
        end = writeRecord(scratch, end, pending.tails[i]!, head);
        const expiresAtSeconds = put?.expiresAtSeconds ?? -Infinity;
        made.set(encoded, expiresAtSeconds > nowSeconds ? String(seq) : null);
        return { segment: id, offset, length: start + end - offset - 1, expiresAtSeconds, seq };
      });
      accepted.push({ pending, seq, locations });
    }
    return { bytes: scratch.subarray(0, end), accepted, contested };
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

  function judge(
    { checks }: PreparedChange,
    made: ReadonlyMap<string, string | null>,
    nowSeconds: number,
  ): 'holds' | 'conflict' | 'contested' {
    let contested = false;
    for (const { encoded, version } of checks) {
      const pendingVersion = made.get(encoded);
      if (pendingVersion !== undefined) contested ||= pendingVersion !== version;
      else if (currentVersion(encoded, nowSeconds) !== version) return 'conflict';
    }
    return contested ? 'contested' : 'holds';
  }

  function currentVersion(encoded: string, nowSeconds: number): string | null {
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

  /** Without waiting for the next commit: a server that is not ready gets none. */
  function repairLater(): void {
    if (repairing) return;
    repairing = true;
    const timer = setTimeout(async () => {
      if (!closed) await roll(false).catch(() => {});
      repairing = false;
      if (!closed && journal.problem !== undefined) repairLater();
    }, REPAIR_MILLISECONDS);
    timer.unref();
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
    commit(change) {
      if (closed) return Promise.reject(storeUnavailable('Cannot commit as the store is closed'));
      const tails = change.writes.map(lineTail);
      const room = tails.reduce((sum, tail) => sum + lineRoom(tail), 0);
      return new Promise((resolve, reject) => {
        queue.push({ change, tails, room, resolve, reject });
        wake();
      });
    },
    roll: () => roll(true),
    async close() {
      closed = true;
      while (running !== undefined) await running;
    },
  };
}
