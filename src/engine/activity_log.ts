import type { Log } from '../spec/log.ts';
import { createSoon } from '../spec/soon.ts';
import { activities } from '../store/collections.ts';
import type { ActivityEntry, ActivityKind, ActivityRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';

/**
 * What happened lately to people's accounts. What only somebody who is signed in, or just did it, can bring about is
 * written at once. Failures, which anybody can make in anybody's name, are held back and written seconds later, equal
 * ones as one entry with a count and many people's in one commit: guesses are no flood of writes, and take no more than
 * half of a person's entries. A crash loses those seconds; the log has them.
 */
export interface ActivityLog {
  note(user: string, entry: ActivityEntry): Promise<void>;
  /** Newest first, with what is held back. */
  list(user: string): Promise<readonly ActivityEntry[]>;
  /** What is held back of a person who is removed is not written. */
  forget(user: string): void;
  /** Writes what is held back. */
  flush(): Promise<void>;
  /** Likewise, for the last time; never throws. */
  close(): Promise<void>;
}

export interface ActivityLogOptions {
  readonly store: Store;
  readonly log: Log;
  /** For how long failures are held back; by default 20. */
  readonly holdSeconds?: number;
}

/** How many entries of one person are kept, and how many of these may be failures. */
const MAX_ENTRIES = 50;
const MAX_FAILURES = 25;
/** Seconds within which the same failure once more is the same entry. */
const MERGE_SECONDS = 3600;
/** People, and failures of one of them, held back at once; what is beyond is in the log alone. */
const MAX_PEOPLE = 1000;
const MAX_HELD = 10;
const PEOPLE_PER_COMMIT = 50;
/** How often a record that changes under us is read again. */
const MAX_ATTEMPTS = 8;

type News = readonly (readonly [user: string, entries: readonly ActivityEntry[]])[];

export function createActivityLog(options: ActivityLogOptions): ActivityLog {
  const { store, log, holdSeconds = 20 } = options;
  /** Failures by person, the oldest first. */
  const held = new Map<string, readonly ActivityEntry[]>();
  const failed = (cause: unknown): void => log('error', 'activity.not_noted', { cause });
  const soon = createSoon(holdSeconds, () => activityLog.flush(), failed);

  const activityLog: ActivityLog = {
    async note(user, entry) {
      if (isFailure(entry.kind)) return hold(user, entry);
      const before = held.get(user) ?? [];
      held.delete(user);
      await write([[user, [...before, entry]]]);
    },
    async list(user) {
      const entries = (await activities.get(store, user))?.value.entries ?? [];
      return (held.get(user) ?? []).reduce(withEntry, entries);
    },
    forget(user) {
      held.delete(user);
    },
    async flush() {
      while (held.size > 0) {
        const news = [...held].slice(0, PEOPLE_PER_COMMIT);
        for (const [user] of news) held.delete(user);
        await write(news);
      }
    },
    async close() {
      soon.cancel();
      await activityLog.flush().catch(failed);
    },
  };
  return activityLog;

  function hold(user: string, entry: ActivityEntry): void {
    const before = held.get(user);
    if (before === undefined && held.size >= MAX_PEOPLE) return;
    held.set(user, withHeld(before ?? [], entry));
    soon.ask();
  }

  async function write(news: News): Promise<void> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const read = await Promise.all(news.map(async ([user, entries]) => {
        const before = await activities.get(store, user);
        const record: ActivityRecord = {
          entries: entries.reduce(withEntry, before?.value.entries ?? []),
        };
        const check = before === undefined ? activities.absent(user) : activities.check(before);
        return { check, put: activities.put([user], record) };
      }));
      const outcome = await store.commit({
        check: read.map(({ check }) => check),
        put: read.map(({ put }) => put),
      });
      if (outcome === 'committed') return;
    }
    log('warn', 'activity.not_noted', { users: news.map(([user]) => user) });
  }
}

function isFailure(kind: ActivityKind): boolean {
  return kind === 'sign_in_failed' || kind === 'second_factor_failed';
}

/** With one more; equal ones are one, whatever came between them. */
function withHeld(
  entries: readonly ActivityEntry[],
  entry: ActivityEntry,
): readonly ActivityEntry[] {
  const same = entries.find((each) => isSame(each, entry));
  const rest = entries.filter((each) => each !== same);
  return [...rest, same === undefined ? entry : merged(same, entry)].slice(-MAX_HELD);
}

/** Newest first. A failure that the newest entry tells of already is counted there. */
function withEntry(
  entries: readonly ActivityEntry[],
  entry: ActivityEntry,
): readonly ActivityEntry[] {
  const [newest, ...older] = entries;
  if (newest !== undefined && isFailure(entry.kind) && isSame(newest, entry)) {
    return [merged(newest, entry), ...older];
  }
  let failures = 0;
  return [entry, ...entries]
    .filter(({ kind }) => !isFailure(kind) || (failures += 1) <= MAX_FAILURES)
    .slice(0, MAX_ENTRIES);
}

function isSame(one: ActivityEntry, next: ActivityEntry): boolean {
  return one.kind === next.kind && one.address === next.address &&
    next.at - one.at < MERGE_SECONDS;
}

function merged(one: ActivityEntry, next: ActivityEntry): ActivityEntry {
  return { ...next, count: (one.count ?? 1) + (next.count ?? 1) };
}
