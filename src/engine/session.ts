import { afterCut } from '../accounts/after_cut.ts';
import { constantTimeEquals, randomToken, sha256 } from '../keys/digest.ts';
import type { Acr } from '../spec/acr.ts';
import { sessions, sessionsDue, userSessions } from '../store/collections.ts';
import type { SessionRecord, UserRecord } from '../store/records.ts';
import type { Change, Entry, Key, Put } from '../store/store.ts';
import type { Engine, IssuerStore } from './engine.ts';
import { findLiveUser } from './users.ts';

/** A browser session that holds: the record as read, and the person. */
export interface Session {
  readonly entry: Entry<SessionRecord>;
  readonly record: SessionRecord;
  readonly user: UserRecord;
}

/** Seconds for which what has ended waits to be found, when no server runs that would find it at once. */
const UNTENDED_SECONDS = 30 * 86_400;

/** Of a minute since 1970 in a key, whose order is that of time. */
const MINUTE_DIGITS = 9;

/** The session a cookie stands for, if it is within its limits and the person may still sign in. */
export async function findSession(
  cookie: string | undefined,
  engine: Engine,
): Promise<Session | undefined> {
  const [sid, secret] = cookie?.split('.') ?? [];
  if (sid === undefined || secret === undefined || sid.length > 64) return undefined;
  const entry = await sessions.get(engine.store, engine.settings.issuer, sid);
  if (entry === undefined || !constantTimeEquals(sha256(secret), entry.value.secret_digest)) {
    return undefined;
  }
  return await liveSession(entry, engine);
}

/** Whether what was bound to a session still stands. */
export async function isSessionAlive(
  sid: string,
  user: UserRecord,
  engine: Engine,
): Promise<boolean> {
  const entry = await sessions.get(engine.store, engine.settings.issuer, sid);
  return entry !== undefined && entry.value.user === user.id &&
    timeLimitOf(entry.value, engine).at > engine.now();
}

/** The same session as of now, whatever its secret is by now; undefined when it has ended. */
export async function rereadSession(
  { record: { sid } }: Session,
  engine: Engine,
): Promise<Session | undefined> {
  const entry = await sessions.get(engine.store, engine.settings.issuer, sid);
  return entry && await liveSession(entry, engine);
}

/** The session of a record, within its limits and of a person who may still sign in. */
export async function liveSession(
  entry: Entry<SessionRecord>,
  engine: Engine,
): Promise<Session | undefined> {
  // The limits may have been shortened since the record was written.
  if (timeLimitOf(entry.value, engine).at <= engine.now()) return undefined;
  const user = await findLiveUser(entry.value.user, entry.value.created_at, engine);
  return user && { entry, record: entry.value, user };
}

/** When a session ends by time, in Unix seconds, and by which limit. */
export function timeLimitOf(
  { remember: isKept, created_at, last_used_at }: SessionRecord,
  { settings }: Pick<Engine, 'settings'>,
): { readonly at: number; readonly limit: 'idle' | 'absolute' } {
  const { idle, absolute, remember } = settings.sessions;
  const byAge = created_at + (isKept ? remember : absolute);
  const byUse = isKept ? Infinity : last_used_at + idle;
  return byUse < byAge ? { at: byUse, limit: 'idle' } : { at: byAge, limit: 'absolute' };
}

/** Notes that a session was used, as seldom as its limits allow; whoever changes it at the same time has done so already. */
export async function noteSessionUse({ record, entry }: Session, engine: Engine): Promise<void> {
  const last_used_at = engine.now();
  if (last_used_at - record.last_used_at < engine.settings.sessions.idle / 20) return;
  await engine.store.commit({
    check: [sessions.check(entry)],
    put: putSession({ ...record, last_used_at }, engine),
  });
}

export interface SignIn {
  readonly user: UserRecord;
  readonly remember: boolean;
  readonly amr: readonly string[];
  readonly acr: Acr;
  /** A session the browser has of the same person: its secret ends now, and its clients stay. */
  readonly previous: Session | undefined;
  readonly place: Place;
}

/** Where a sign-in came from. */
export interface Place {
  readonly address: string | undefined;
  readonly user_agent: string | undefined;
}

/** Characters; what is longer tells no person more. */
const MAX_USER_AGENT = 200;

/** A place as records keep it: a browser's name is cut, yet not through a character, which no store takes. */
export function keptPlace(
  { address, user_agent }: Place,
): Pick<SessionRecord, 'address' | 'user_agent'> {
  return {
    ...(address === undefined ? {} : { address }),
    ...(user_agent === undefined
      ? {}
      : { user_agent: user_agent.slice(0, MAX_USER_AGENT).toWellFormed() }),
  };
}

/** A session's cookie, its record, and the write that makes it count. */
export interface StartedSession {
  readonly cookie: string;
  readonly record: SessionRecord;
  readonly change: Change;
}

/**
 * A new session secret for someone who just signed in; nothing of an earlier cookie opens it. The change fails when the
 * session before has changed, or ended, since it was read. T098
 */
export function startSession(signIn: SignIn, engine: Engine): StartedSession {
  const { user, amr, acr, remember, place, previous } = signIn;
  const nowSeconds = engine.now();
  const sinceSeconds = afterCut(user, nowSeconds);
  const isSame = previous?.record.user === user.id;
  const same = isSame ? previous.record : undefined;
  const started = withNewSecret({
    sid: same?.sid ?? randomToken(16),
    user: user.id,
    auth_time: sinceSeconds,
    amr,
    acr,
    ...(acr === 'two_factor' ? { second_factor_at: nowSeconds } : {}),
    ...keptPlace(place),
    remember,
    created_at: sinceSeconds,
    last_used_at: nowSeconds,
    clients: same?.clients ?? [],
    ...same?.earlier_clients !== undefined && { earlier_clients: same.earlier_clients },
  }, engine);
  const put = [...started.change.put ?? [], sessionDuePut(started.record, engine)];
  const noted = { ...started, change: { put } };
  return isSame ? onlyAfter(previous.entry, noted) : noted;
}

/**
 * The session after a second factor, by what RFC 8176 calls it. `auth_time` stays, as the first factor was not proven
 * again. The change fails when the session has changed, or ended, since it was read. T098
 */
export function raiseSession(
  { record, entry }: Session,
  amr: readonly string[],
  engine: Engine,
): StartedSession {
  const nowSeconds = engine.now();
  return onlyAfter(
    entry,
    withNewSecret({
      ...record,
      amr: [...new Set([...record.amr, ...amr, 'mfa'])],
      acr: 'two_factor',
      second_factor_at: nowSeconds,
      last_used_at: nowSeconds,
    }, engine),
  );
}

function onlyAfter(entry: Entry<SessionRecord>, started: StartedSession): StartedSession {
  return { ...started, change: { ...started.change, check: [sessions.check(entry)] } };
}

function withNewSecret(
  session: Omit<SessionRecord, 'secret_digest'>,
  engine: Engine,
): StartedSession {
  const secret = randomToken(32);
  const record: SessionRecord = { ...session, secret_digest: sha256(secret) };
  return {
    cookie: `${record.sid}.${secret}`,
    record,
    change: { put: putSession(record, engine) },
  };
}

/** What removes a session: the record, and its place in the list of the person's. */
export function removalOf(
  { sid, user }: Pick<SessionRecord, 'sid' | 'user'>,
  engine: Pick<IssuerStore, 'settings'>,
): readonly Key[] {
  const { issuer } = engine.settings;
  return [sessions.key(issuer, sid), userSessions.key(issuer, user, sid)];
}

/** The writes of a session: the record, and its place in the list of the person's. */
export function putSession(record: SessionRecord, engine: Engine): readonly Put[] {
  const { issuer } = engine.settings;
  const { sid, user } = record;
  const end = Math.ceil(timeLimitOf(record, engine).at) + UNTENDED_SECONDS;
  return [
    sessions.put([issuer, sid], record, end),
    userSessions.put([issuer, user, sid], true, end),
  ];
}

/**
 * The mark in the calendar of ends: by then somebody looks whether the session is over (`logout/session_upkeep.ts`). It is
 * made at the sign-in and moved by whoever looks, so that using a session costs no write.
 */
export function sessionDuePut(record: SessionRecord, engine: Pick<Engine, 'settings'>): Put {
  const { sid, user } = record;
  const minute = Math.ceil(timeLimitOf(record, engine).at / 60);
  return sessionsDue.put(
    [engine.settings.issuer, String(minute).padStart(MINUTE_DIGITS, '0'), sid],
    { user },
    minute * 60 + UNTENDED_SECONDS,
  );
}
