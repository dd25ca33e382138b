import { activities } from '../store/collections.ts';
import type { ActivityEntry, ActivityKind, ActivityRecord } from '../store/records.ts';
import type { Engine } from './engine.ts';
import type { Place } from './session.ts';

/** How many entries of one person are kept. */
const MAX_ENTRIES = 50;

/** Characters; what is longer tells no person more. */
const MAX_USER_AGENT = 200;

/** How often a record that changes under us is read again. */
const MAX_ATTEMPTS = 8;

/** Seconds within which the same once more is one entry. */
const MERGE_SECONDS = 3600;

export interface Activity extends Place {
  readonly kind: ActivityKind;
  /** What RFC 8176 calls the way of a sign-in. */
  readonly amr?: readonly string[];
  /** The application that it is about. */
  readonly client_id?: string;
}

/**
 * Notes something for the person to see. A failed sign-in costs a password hash before it comes here, so that nobody
 * makes more writes than that lets through. Never fails: a sign-in is worth more than its trace.
 */
export async function noteActivity(
  user: string,
  { kind, address, user_agent, amr, client_id }: Activity,
  engine: Engine,
): Promise<void> {
  const entry: ActivityEntry = {
    kind,
    at: engine.now(),
    ...(address === undefined ? {} : { address }),
    ...(user_agent === undefined ? {} : { user_agent: user_agent.slice(0, MAX_USER_AGENT) }),
    ...(amr === undefined ? {} : { amr }),
    ...(client_id === undefined ? {} : { client_id }),
  };
  try {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const before = await activities.get(engine.store, user);
      const record: ActivityRecord = { entries: withEntry(before?.value.entries ?? [], entry) };
      const outcome = await engine.store.commit({
        check: [before === undefined ? activities.absent(user) : activities.check(before)],
        put: [activities.put([user], record)],
      });
      if (outcome === 'committed') return;
    }
  } catch (cause) {
    engine.log('error', 'activity.not_noted', { user, kind, cause });
  }
}

/** Newest first. */
export async function listActivity(
  user: string,
  engine: Engine,
): Promise<readonly ActivityEntry[]> {
  return (await activities.get(engine.store, user))?.value.entries ?? [];
}

/** The same failure from the same place is one entry with a count, so that guesses do not push out everything else. */
function withEntry(
  entries: readonly ActivityEntry[],
  entry: ActivityEntry,
): readonly ActivityEntry[] {
  const [newest, ...older] = entries;
  const isSame = newest !== undefined && newest.kind === entry.kind && isFailure(entry.kind) &&
    newest.address === entry.address && entry.at - newest.at < MERGE_SECONDS;
  return isSame
    ? [{ ...entry, count: (newest.count ?? 1) + 1 }, ...older]
    : [entry, ...entries].slice(0, MAX_ENTRIES);
}

function isFailure(kind: ActivityKind): boolean {
  return kind === 'sign_in_failed' || kind === 'second_factor_failed';
}
