import { fileUsers } from '../../store/collections.ts';
import type { FileUserRecord } from '../../store/records.ts';
import { together } from '../../store/collection.ts';
import type { Change, Entry, Store } from '../../store/store.ts';
import { afterCut } from '../after_cut.ts';
import type { UserEntry } from './entry.ts';
import type { FilePeople } from './parse.ts';

export interface Memory {
  readonly store: Store;
  /** Unix seconds, with a fraction. */
  readonly now: () => number;
  /** Makes an identifier that was never used. */
  readonly random: () => string;
  /** A MAC, so that the store alone does not help with guessing a password that the file has in the clear. */
  readonly mark: (text: string) => string;
}

/** What the file cannot tell of a change that was made through the directory. */
export interface Note {
  readonly username: string;
  /** Whether sessions and grants from before end: by default if the password or the disabling is new. */
  readonly cuts?: boolean;
  /** Whether the person was removed for good: whoever gets the name next is somebody else. */
  readonly forgets?: true;
  /** What else is written when the store takes notice of it. */
  readonly alongside?: Change;
}

/** So many records fit into one change with their checks. */
const BATCH = 40;

const MAX_ATTEMPTS = 20;

/**
 * Brings the store's records of the people into line with the file: who is new gets an id, who is gone, disabled or has
 * another password is cut off, also when it happened while no server ran.
 */
export async function rememberPeople(
  people: FilePeople,
  memory: Memory,
  note?: Note,
): Promise<ReadonlyMap<string, FileUserRecord>> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const known = await allKnown(memory.store);
    const records = new Map<string, FileUserRecord>();
    const changes: PendingChange[] = [];
    for (const username of new Set([...people.keys(), ...known.keys()])) {
      const entry = people.get(username)?.entry;
      const before = known.get(username);
      const noted = note?.username === username ? note : undefined;
      const next = nextRecord(before?.value, entry, memory, noted);
      if (next !== undefined) records.set(username, next);
      if (next !== before?.value) changes.push({ username, before, next });
    }
    if (await commitAll(changes, note?.alongside ?? {}, memory.store)) return records;
  }
  throw new Error('Cannot take over the users file as its records never stay the same');
}

/** The record of somebody who is not in the file yet, so that it can be committed along with something else. */
export function newRecord(
  before: FileUserRecord | undefined,
  entry: UserEntry,
  memory: Memory,
): FileUserRecord {
  const nowSeconds = Math.floor(memory.now());
  return {
    id: before?.id ?? memory.random(),
    is_listed: true,
    disabled: entry.disabled === true,
    ...marksOf(entry, memory),
    ...before?.valid_from !== undefined && { valid_from: before.valid_from },
    created_at: before?.created_at ?? nowSeconds,
    updated_at: nowSeconds,
  };
}

/** The same object if nothing changed. */
function nextRecord(
  before: FileUserRecord | undefined,
  entry: UserEntry | undefined,
  memory: Memory,
  note: Note | undefined,
): FileUserRecord | undefined {
  if (entry === undefined) {
    if (note?.forgets || before === undefined) return undefined;
    if (!before.is_listed) return before;
    return { ...before, is_listed: false, valid_from: afterCut(before, memory.now()) };
  }
  if (before === undefined) return newRecord(undefined, entry, memory);
  const { password_mark, content_mark } = marksOf(entry, memory);
  const disabled = entry.disabled === true;
  const cuts = note?.cuts ??
    (password_mark !== before.password_mark || (disabled && !before.disabled));
  const isUpdated = content_mark !== before.content_mark;
  if (
    !cuts && !isUpdated && before.is_listed && disabled === before.disabled &&
    password_mark === before.password_mark
  ) return before;
  return {
    ...before,
    is_listed: true,
    disabled,
    password_mark,
    content_mark,
    ...cuts && { valid_from: afterCut(before, memory.now()) },
    ...isUpdated && { updated_at: Math.floor(memory.now()) },
  };
}

function marksOf(
  entry: UserEntry,
  { mark }: Memory,
): Pick<FileUserRecord, 'password_mark' | 'content_mark'> {
  const { password, disabled: _, ...content } = entry;
  const sorted = Object.entries(content).sort(([left], [right]) => left < right ? -1 : 1);
  return {
    password_mark: mark(`password ${password ?? ''}`),
    content_mark: mark(`content ${JSON.stringify(sorted)}`),
  };
}

interface PendingChange {
  readonly username: string;
  readonly before: Entry<FileUserRecord> | undefined;
  readonly next: FileUserRecord | undefined;
}

/** False when another process changed one of them; what was written before holds, and is found again. */
async function commitAll(
  changes: readonly PendingChange[],
  alongside: Change,
  store: Store,
): Promise<boolean> {
  const hasMore = Object.keys(alongside).length > 0;
  for (let at = 0; at < changes.length || hasMore && at === 0; at += BATCH) {
    const batch = changes.slice(at, at + BATCH);
    const isLast = at + BATCH >= changes.length;
    const outcome = await store.commit(together(isLast ? alongside : {}, {
      check: batch.map(({ username, before }) =>
        before === undefined ? fileUsers.absent(username) : fileUsers.check(before)
      ),
      put: batch.flatMap(({ username, next }) =>
        next === undefined ? [] : [fileUsers.put([username], next)]
      ),
      remove: batch.flatMap(({ username, next }) =>
        next === undefined ? [fileUsers.remove(username)] : []
      ),
    }));
    if (outcome === 'conflict') return false;
  }
  return true;
}

async function allKnown(store: Store): Promise<ReadonlyMap<string, Entry<FileUserRecord>>> {
  const known = new Map<string, Entry<FileUserRecord>>();
  for await (const entry of fileUsers.list(store, [])) known.set(entry.key[1] ?? '', entry);
  return known;
}
