import { sessions, userSessions } from '../store/collections.ts';
import type { SessionRecord } from '../store/records.ts';
import type { Entry, ListOptions } from '../store/store.ts';
import { recordsOf } from './administration/listing.ts';
import type { Engine, IssuerStore } from './engine.ts';
import { liveSession, type Session } from './session.ts';

/** How many sessions of one person are looked at to show them. */
const MAX_SESSIONS = 200;

/** Where a person is signed in, last used first. */
export async function listOwnSessions(user: string, engine: Engine): Promise<readonly Session[]> {
  const found: Session[] = [];
  for await (const entry of sessionEntries(user, engine, { limit: MAX_SESSIONS })) {
    const session = await liveSession(entry, engine);
    if (session !== undefined) found.push(session);
  }
  return found.toSorted((left, right) => right.record.last_used_at - left.record.last_used_at);
}

/** The records behind the list of a person's sessions. */
export function sessionEntries(
  user: string,
  issuer: IssuerStore,
  options: ListOptions = {},
): AsyncIterable<Entry<SessionRecord>> {
  return recordsOf({ index: userSessions, records: sessions }, user, issuer, options);
}
