import { constantTimeEquals, randomToken, sha256 } from '../keys/digest.ts';
import type { Acr } from '../spec/acr.ts';
import { sessions } from '../store/collections.ts';
import type { SessionClient, SessionRecord, UserRecord } from '../store/records.ts';
import type { Change, Entry } from '../store/store.ts';
import type { Engine } from './engine.ts';
import { findLiveUser } from './users.ts';

/** A browser session that holds: the record as read, and the person. */
export interface Session {
  readonly entry: Entry<SessionRecord>;
  readonly record: SessionRecord;
  readonly user: UserRecord;
}

/** How many clients a session remembers; the one longest unused leaves first. */
const MAX_SESSION_CLIENTS = 50;

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
    sessionEnd(entry.value, engine) > engine.now();
}

async function liveSession(
  entry: Entry<SessionRecord>,
  engine: Engine,
): Promise<Session | undefined> {
  // The limits may have been shortened since the record was written.
  if (sessionEnd(entry.value, engine) <= engine.now()) return undefined;
  const user = await findLiveUser(entry.value.user, entry.value.created_at, engine);
  return user && { entry, record: entry.value, user };
}

function sessionEnd(record: SessionRecord, engine: Engine): number {
  const { idle, absolute, remember } = engine.settings.sessions;
  if (record.remember) return record.created_at + remember;
  return Math.min(record.created_at + absolute, record.last_used_at + idle);
}

export interface SignIn {
  readonly user: UserRecord;
  readonly remember: boolean;
  readonly amr: readonly string[];
  readonly acr: Acr;
  /** The session the browser had: its secret ends now, and its clients stay only with the same person. */
  readonly previous: Session | undefined;
}

/** A new session secret for someone who just signed in; nothing of an earlier cookie opens it. */
export function startSession(
  signIn: SignIn,
  engine: Engine,
): { cookie: string; record: SessionRecord; change: Change } {
  const nowSeconds = engine.now();
  const secret = randomToken(32);
  const same = signIn.previous?.record.user === signIn.user.id ? signIn.previous.record : undefined;
  const record: SessionRecord = {
    sid: same?.sid ?? randomToken(16),
    user: signIn.user.id,
    secret_digest: sha256(secret),
    auth_time: nowSeconds,
    amr: signIn.amr,
    acr: signIn.acr,
    remember: signIn.remember,
    created_at: nowSeconds,
    last_used_at: nowSeconds,
    clients: same?.clients ?? [],
  };
  const issuer = engine.settings.issuer;
  const remove = signIn.previous !== undefined && same === undefined
    ? [sessions.key(issuer, signIn.previous.record.sid)]
    : [];
  return {
    cookie: `${record.sid}.${secret}`,
    record,
    change: { put: [putSession(record, engine)], remove },
  };
}

/** The write that keeps a session's use, or none while it was noted recently enough. */
export function noteUse(
  record: SessionRecord,
  client: SessionClient,
  engine: Engine,
): SessionRecord | undefined {
  const nowSeconds = engine.now();
  const known = record.clients.find(({ client_id }) => client_id === client.client_id);
  const isNoted = known !== undefined && sameMembers(known.scope, client.scope) &&
    sameMembers(known.resource, client.resource) && sameMembers(known.claims, client.claims) &&
    known.details === client.details;
  if (isNoted && nowSeconds - record.last_used_at < engine.settings.sessions.idle / 20) {
    return undefined;
  }
  const others = record.clients.filter(({ client_id }) => client_id !== client.client_id);
  return {
    ...record,
    last_used_at: nowSeconds,
    clients: [...others, client].slice(-MAX_SESSION_CLIENTS),
  };
}

export function putSession(record: SessionRecord, engine: Engine) {
  return sessions.put(
    [engine.settings.issuer, record.sid],
    record,
    Math.ceil(sessionEnd(record, engine)),
  );
}

function sameMembers(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((member) => right.includes(member));
}
