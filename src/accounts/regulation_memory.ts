import { sha256 } from '../keys/digest.ts';
import type { Log } from '../spec/log.ts';
import { createSoon } from '../spec/soon.ts';
import { collection } from '../store/collection.ts';
import type { Key, Put, Store } from '../store/store.ts';
import type { Attempts } from './attempts.ts';

/** What a count is of: an account from a source, a source, or an account from anywhere. */
export type Counted = 'pair' | 'source' | 'account';

/** A count as the store has it. */
export interface Remembered {
  readonly kind: Counted;
  /** Empty when it is of an account from anywhere. */
  readonly source: string;
  /** As `storedAccount` makes it; `ANY_ACCOUNT` when it is of a source. */
  readonly account: string;
  readonly attempts: Attempts;
}

/**
 * Lets counts outlive a restart. What changes is noted in memory and written some seconds later, in one commit of a
 * hundred records at most, however many attempts there were: a flood of guesses is no flood of writes, and a crash
 * loses some seconds' failures. The store holds a few thousand counts, those that say something; the oldest make room.
 */
export interface RegulationMemory {
  /** Gives what the store had under a key of the table for this kind; from then on the table is what counts. */
  recall(kind: Counted, key: string): Attempts | undefined;
  /** Something about these has changed. They are read when they are written. */
  note(kind: Counted, key: string, attempts: Attempts): void;
  changed(remembered: Remembered): void;
  /** What nobody has recalled yet. */
  rest(): readonly Remembered[];
  /** Writes what has changed until now, and `alongside`. @throws when the store cannot write; what has changed is then still to be written */
  flush(alongside?: readonly Put[]): Promise<void>;
  /** Writes for the last time. */
  close(): Promise<void>;
}

export interface RegulationMemoryOptions {
  readonly store: Store;
  /** Unix seconds. */
  readonly now: () => number;
  readonly log: Log;
  /** By default 2,000: read at each start. */
  readonly maxStored?: number;
  /** Between two commits; by default 5. */
  readonly intervalSeconds?: number;
}

/** Seconds until one failure is forgotten. */
export const FORGET_SECONDS: Readonly<Record<Counted, number>> = {
  pair: 900,
  source: 36,
  account: 60,
};

/** Counts below say too little to be worth a write. */
const WORTH_KEEPING: Readonly<Record<Counted, number>> = { pair: 2, source: 10, account: 10 };
/** How long it is known after a restart that an account signed in from a source. */
const PROVEN_SECONDS = 30 * 24 * 3600;
/** Of its own; there is room for some more. */
const WRITES_PER_COMMIT = 90;

/** `['regulation', kind, source, account]`. Shared by all issuers, as people are. */
interface RegulationRecord {
  readonly level: number;
  readonly at: number;
  readonly until: number;
  readonly proven?: true;
}

const records = collection<RegulationRecord>('regulation');

/** Reads what is stored, so that the first attempt already meets it. */
export async function openRegulationMemory(
  options: RegulationMemoryOptions,
): Promise<RegulationMemory> {
  const { store, now, log, maxStored = 2000, intervalSeconds = 5 } = options;
  const waiting = new Map<string, Remembered>();
  /** Sources of what waits: most attempts come from others, and then no account needs to be digested. */
  const sources = new Set<string>();
  /** Keys in the store, those written longest ago first. */
  const stored = new Set<string>();
  let dirty = new Map<string, Remembered>();
  const failed = (cause: unknown): void => log('error', 'regulation.not_saved', { cause });
  const soon = createSoon(
    intervalSeconds,
    () => write().finally(() => dirty.size > 0 && schedule()),
    failed,
  );
  let writing = Promise.resolve();
  let isClosed = false;

  for (const remembered of await readAll(store)) {
    const key = keyOf(remembered);
    waiting.set(key, remembered);
    sources.add(remembered.source);
    stored.add(key);
  }

  const memory: RegulationMemory = {
    recall(kind, tableKey) {
      if (waiting.size === 0) return undefined;
      const { source, account } = partsOf(kind, tableKey);
      if (!sources.has(source)) return undefined;
      const key = keyOf({ kind, source, account: storedAccount(account) });
      const found = waiting.get(key);
      waiting.delete(key);
      return found?.attempts;
    },
    note(kind, tableKey, attempts) {
      const { source, account } = partsOf(kind, tableKey);
      memory.changed({ kind, source, account: storedAccount(account), attempts });
    },
    changed(remembered) {
      const key = keyOf(remembered);
      // More than can ever be stored would wait in vain.
      if (isClosed || dirty.size >= maxStored && !dirty.has(key)) return;
      const { level, proven } = remembered.attempts;
      const says = proven || Math.ceil(level) >= WORTH_KEEPING[remembered.kind];
      if (!says && !stored.has(key)) return;
      dirty.set(key, remembered);
      schedule();
    },
    rest: () => [...waiting.values()],
    async flush(alongside = []) {
      await write(alongside);
      while (dirty.size > 0) await write();
    },
    async close() {
      await memory.flush().catch(failed);
      isClosed = true;
      soon.cancel();
    },
  };
  return memory;

  function schedule(): void {
    if (!isClosed) soon.ask();
  }

  /** One commit after the other. */
  function write(alongside: readonly Put[] = []): Promise<void> {
    const written = writing.then(() => writeOnce(alongside));
    writing = written.catch(() => {});
    return written;
  }

  async function writeOnce(alongside: readonly Put[]): Promise<void> {
    const batch = [...dirty].slice(0, WRITES_PER_COMMIT / 2);
    if (batch.length === 0 && alongside.length === 0) return;
    const put = [...alongside];
    const remove: Key[] = [];
    for (const [key, remembered] of batch) {
      dirty.delete(key);
      stored.delete(key);
      const end = endOf(remembered, now());
      if (end <= now()) {
        remove.push(records.key(...partsToStore(remembered)));
      } else {
        put.push(records.put(partsToStore(remembered), recordOf(remembered.attempts), end));
        stored.add(key);
      }
    }
    const surplus = Math.min(stored.size - maxStored, WRITES_PER_COMMIT / 2);
    const gone = new Set<string>();
    for (const key of stored) {
      if (gone.size >= surplus) break;
      gone.add(key);
      remove.push(records.key(...key.split('\n')));
    }
    for (const key of gone) stored.delete(key);
    try {
      await store.commit({ put, remove });
    } catch (error) {
      for (const key of gone) stored.add(key);
      dirty = new Map([...batch, ...dirty]);
      throw error;
    }
  }
}

/** An account as it may lie in a store: what was typed, which now and then is a password, as its digest. */
export function storedAccount(account: string): string {
  const [, kind = ''] = /^([a-z_]*):/.exec(account) ?? [];
  return TYPED.has(kind) ? `${kind}:#${sha256(account)}` : account;
}

/** Kinds of accounts that are named by what came from outside; the others by identifiers of our own making. */
const TYPED = new Set(['', 'name', 'client']);

function partsOf(
  kind: Counted,
  key: string,
): { readonly source: string; readonly account: string } {
  switch (kind) {
    case 'pair': {
      const end = key.indexOf('\n');
      return { source: key.slice(0, end), account: key.slice(end + 1) };
    }
    case 'source':
      return { source: key, account: ANY_ACCOUNT };
    case 'account':
      return { source: '', account: key };
  }
}

/** Stands where a count is of a source, and is stored as it is. */
export const ANY_ACCOUNT = 'all:';

function keyOf({ kind, source, account }: Omit<Remembered, 'attempts'>): string {
  return `${kind}\n${source}\n${account}`;
}

function partsToStore({ kind, source, account }: Remembered): readonly string[] {
  return [kind, source, account];
}

function recordOf({ level, at, until, proven }: Attempts): RegulationRecord {
  return { level, at, until, ...proven && { proven } };
}

/** When all of it is forgotten; the time itself if it says nothing now. */
function endOf({ kind, attempts }: Remembered, time: number): number {
  const { level, at, until, proven } = attempts;
  if (proven) return Math.ceil(time) + PROVEN_SECONDS;
  return level > 0 ? Math.ceil(Math.max(until, at + level * FORGET_SECONDS[kind])) : 0;
}

async function readAll(store: Store): Promise<readonly Remembered[]> {
  const all: Remembered[] = [];
  for await (const { key, value } of records.list(store, [])) {
    const [, kind = '', source = '', account = ''] = key;
    if (!isCounted(kind)) continue;
    const { level, at, until, proven = false } = value;
    all.push({ kind, source, account, attempts: { level, at, until, proven, pending: 0 } });
  }
  return all.sort((one, other) => one.attempts.at - other.attempts.at);
}

function isCounted(kind: string): kind is Counted {
  return Object.hasOwn(FORGET_SECONDS, kind);
}
