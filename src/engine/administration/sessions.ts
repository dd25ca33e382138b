import { sessions, userSessions } from '../../store/collections.ts';
import type { Actor, SessionRecord } from '../../store/records.ts';
import type { Put } from '../../store/store.ts';
import { audit } from '../audit.ts';
import type { Engine, IssuerStore } from '../engine.ts';
import { endSessionById, endSessionsOf } from '../logout/end_session.ts';
import { removalOf } from '../session.ts';
import { sessionEntries } from '../own_sessions.ts';
import { type Page, pageOf, pageOfOwner, type PageRequest, removeMatching } from './listing.ts';
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
  const alongside = ({ user }: SessionRecord): readonly Put[] => [
    audit({ action: 'session.revoked', target: sid, before: { user } }, by, engine),
  ];
  const isEnded = await endSessionById({ sid }, 'administrator', engine, { alongside });
  return isEnded ? done({ sessions: 1 }) : noSession(sid);
}

/** Signs a person out of every browser. @returns of how many */
export async function revokeSessions(user: string, by: Actor, engine: Engine): Promise<number> {
  const change = { action: 'sessions.revoked', target: user };
  const record = (): readonly Put[] => [audit(change, by, engine)];
  const ended = await endSessionsOf(user, 'administrator', engine, { record });
  return ended.sessions;
}

/** Sessions that end at once, so that their commits share the disk's time. */
const SLICE = 50;

/** Signs everybody out at an issuer, of whom all clients are told. @returns of how many browsers */
export async function revokeAllSessions(by: Actor, engine: Engine): Promise<number> {
  const { store, settings: { issuer } } = engine;
  const alongside = (): readonly Put[] => [
    audit({ action: 'sessions.revoked', target: issuer }, by, engine),
  ];
  let count = 0;
  let after: PageRequest['after'];
  do {
    // One alone at first: the record goes with the first that ends.
    const request = { limit: count === 0 ? 1 : SLICE, after };
    const { items, next } = await pageOf(sessions, [issuer], request, store);
    const options = count === 0 ? { alongside } : {};
    const ended = await Promise.all(
      items.map((session) => endSessionById(session, 'administrator', engine, options)),
    );
    count += ended.filter((isEnded) => isEnded).length;
    after = next;
  } while (after !== undefined);
  return count;
}

/** Of an issuer that is not served: nobody can be told there. @returns how many */
export async function removeSessions(user: string, issuer: IssuerStore): Promise<number> {
  return await removeMatching(
    sessionEntries(user, issuer),
    () => true,
    issuer.store,
    (session) => removalOf(session, issuer),
  );
}

function noSession(sid: string): Refusal {
  return refused(`there is no session ${JSON.stringify(sid)}`, 'missing');
}
