import { sessions, userSessions } from '../../store/collections.ts';
import type { Actor, SessionRecord } from '../../store/records.ts';
import type { Put } from '../../store/store.ts';
import { audit } from '../audit.ts';
import type { Engine, IssuerStore } from '../engine.ts';
import { removalOf } from '../session.ts';
import {
  type Page,
  pageOf,
  pageOfOwner,
  type PageRequest,
  recordsOf,
  removeMatching,
} from './listing.ts';
import { done, type Outcome, type Refusal, refused } from './outcome.ts';

/** A session without what opens it. */
export type SessionView = Omit<SessionRecord, 'secret_digest'>;

/** Sessions of one person, or of all, page by page; places are `sid`s. */
export async function pageSessions(
  user: string | undefined,
  request: PageRequest,
  engine: Engine,
): Promise<Page<SessionView>> {
  const { store, settings: { issuer } } = engine;
  const { items, next } = user === undefined
    ? await pageOf(sessions, [issuer], request, store)
    : await pageOfOwner({ index: userSessions, records: sessions }, user, request, engine);
  const views = items.map(({ secret_digest: _, ...view }) => view);
  return { items: views, ...next !== undefined && { next } };
}

export async function showSession(sid: string, engine: Engine): Promise<Outcome<SessionView>> {
  const entry = await sessions.get(engine.store, engine.settings.issuer, sid);
  if (entry === undefined) return noSession(sid);
  const { secret_digest: _, ...view } = entry.value;
  return done(view);
}

/** Signs one browser out. */
export async function revokeSessionById(
  sid: string,
  by: Actor,
  engine: Engine,
): Promise<Outcome<{ readonly sessions: number }>> {
  const entry = await sessions.get(engine.store, engine.settings.issuer, sid);
  if (entry === undefined) return noSession(sid);
  const { user } = entry.value;
  await engine.store.commit({
    put: [audit({ action: 'session.revoked', target: sid, before: { user } }, by, engine)],
    remove: removalOf(entry.value, engine),
  });
  engine.log('info', 'session.revoked', { sid, reason: 'administrator' });
  return done({ sessions: 1 });
}

/** Signs a person out of every browser. @returns of how many */
export async function revokeSessions(user: string, by: Actor, engine: Engine): Promise<number> {
  const change = { action: 'sessions.revoked', target: user };
  return await endSessions(user, engine, () => [audit(change, by, engine)]);
}

/** The same as a part of a greater change, which has a record of its own. @returns of how many */
export async function endSessions(
  user: string,
  engine: IssuerStore,
  record?: () => readonly Put[],
): Promise<number> {
  const all = recordsOf({ index: userSessions, records: sessions }, user, engine);
  const count = await removeMatching(
    all,
    (session) => session.user === user,
    engine.store,
    (session) => removalOf(session, engine),
    record,
  );
  if (count > 0) engine.log('info', 'sessions.revoked', { user, count, reason: 'administrator' });
  return count;
}

function noSession(sid: string): Refusal {
  return refused(`there is no session ${JSON.stringify(sid)}`, 'missing');
}
