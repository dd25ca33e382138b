import { sessions } from '../../store/collections.ts';
import type { SessionRecord } from '../../store/records.ts';
import type { Entry, Put } from '../../store/store.ts';
import type { Engine } from '../engine.ts';
import { sessionEntries } from '../own_sessions.ts';
import { removalOf } from '../session.ts';
import { participantsOf } from '../session_clients.ts';
import { noticesOf, tellRest } from './notices.ts';
import { endSessionGrants } from './session_grants.ts';

/** Why a session ended. */
export type SessionEnd =
  /** The person signed out. */
  | 'logout'
  /** It was not used for as long as `sessions.idle` says. */
  | 'idle'
  /** It was as old as `sessions.absolute` or `sessions.remember` allows. */
  | 'absolute'
  | 'administrator'
  /** An administrator took the person's second factors away. */
  | 'factors_reset'
  /** Too many wrong second factors. */
  | 'second_factor'
  /** The browser has more accounts than it can keep. */
  | 'replaced'
  | PersonCut;

/** What a person loses everything by that began before, at every issuer. */
export type PersonCut = 'password' | 'disabled' | 'removed';

export interface Ending {
  /** What is written in the commit that ends the session. */
  readonly alongside?: (session: SessionRecord) => readonly Put[];
  /** What of the record, as it is in that moment, makes it end; by default it ends whatever it says. */
  readonly isDue?: (session: SessionRecord) => boolean;
}

/** Against a record that never stays the same. */
const MAX_ATTEMPTS = 50;

/**
 * Ends a session and what came from it: the one way in which sessions end. The session is gone from the store, durably,
 * before anything else happens, and what depends on it no longer counts from then on: Back-Channel Logout §2.7, T117.
 * @returns whether this call did it
 */
export async function endSession(
  entry: Entry<SessionRecord>,
  reason: SessionEnd,
  engine: Engine,
  options: Ending = {},
): Promise<boolean> {
  const { user, sid } = entry.value;
  if (!await removeSession(entry, reason, engine, options)) return false;
  await endSessionGrants(user, new Set([sid]), engine);
  return true;
}

export interface NamedSession {
  readonly sid: string;
  /** Whose it must be; absent: anybody's. */
  readonly user?: string;
}

/** The same of a session by its name; false when there is none, too. */
export async function endSessionById(
  { sid, user }: NamedSession,
  reason: SessionEnd,
  engine: Engine,
  options: Ending = {},
): Promise<boolean> {
  const entry = await sessions.get(engine.store, engine.settings.issuer, sid);
  if (entry === undefined || user !== undefined && entry.value.user !== user) return false;
  return await endSession(entry, reason, engine, options);
}

export interface EndingSessions {
  /** By default all. */
  readonly matches?: (session: SessionRecord) => boolean;
  /** By when it began, what else of the person's no longer holds; by default as `holdsFor` says. */
  readonly isLost?: (created_at: number) => boolean;
  /** What is written with the first of them. */
  readonly record?: () => readonly Put[];
}

export interface Ended {
  readonly sessions: number;
  readonly grants: number;
}

/** Ends sessions of a person at one issuer, with what came from them and what the person lost meanwhile. */
export async function endSessionsOf(
  user: string,
  reason: SessionEnd,
  engine: Engine,
  { matches = () => true, isLost, record = () => [] }: EndingSessions = {},
): Promise<Ended> {
  const sids = new Set<string>();
  for await (const entry of sessionEntries(user, engine)) {
    const options = { isDue: matches, ...sids.size === 0 && { alongside: record } };
    if (await removeSession(entry, reason, engine, options)) sids.add(entry.value.sid);
  }
  return { sessions: sids.size, grants: await endSessionGrants(user, sids, engine, isLost) };
}

/** Until it is gone: whoever uses it in the same moment must not keep it alive. */
async function removeSession(
  entry: Entry<SessionRecord>,
  reason: SessionEnd,
  engine: Engine,
  { alongside = () => [], isDue = () => true }: Ending,
): Promise<boolean> {
  const { store, settings: { issuer } } = engine;
  let current: Entry<SessionRecord> | undefined = entry;
  for (let attempt = 0; current !== undefined && isDue(current.value); attempt += 1) {
    if (attempt === MAX_ATTEMPTS) {
      throw new Error('Cannot end the session as its record never stays the same');
    }
    if (await tryRemoveSession(current, reason, engine, alongside)) {
      await tellRest(entry.value.sid, engine);
      return true;
    }
    current = await sessions.get(store, issuer, entry.value.sid);
  }
  return false;
}

/** False when the session is no longer as it was read. */
async function tryRemoveSession(
  entry: Entry<SessionRecord>,
  reason: SessionEnd,
  engine: Engine,
  alongside: Required<Ending>['alongside'],
): Promise<boolean> {
  const session = entry.value;
  const { user, sid } = session;
  const clients = participantsOf(session);
  const outcome = await engine.store.commit({
    check: [sessions.check(entry)],
    put: [...alongside(session), ...await noticesOf({ user, sid, clients }, engine)],
    remove: removalOf(session, engine),
  });
  if (outcome === 'conflict') return false;
  const level = reason === 'second_factor' ? 'warn' : 'info';
  engine.log(level, 'session.ended', {
    user,
    sid,
    reason,
    clients: clients.map(({ client_id }) => client_id),
  });
  return true;
}
