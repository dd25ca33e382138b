import type { Client } from '../spec/client.ts';
import type {
  ConsentAnswer,
  EarlierClient,
  SessionClient,
  SessionRecord,
} from '../store/records.ts';
import { wasThere } from './clients.ts';
import { withAnswer } from './consent.ts';
import type { Engine } from './engine.ts';

/** A client's part in a session. */
export interface SessionUse extends Pick<SessionClient, 'scope' | 'resource'> {
  readonly client: Pick<Client, 'client_id' | 'created_at'>;
}

/** Clients of which a session knows what they got. */
const MAX_CLIENTS = 50;
/** Characters as JSON, all of them ASCII. */
const MAX_CLIENTS_LENGTH = 40 * 1024;
/** The same of those that left for others; the two and all the rest fit into one record. */
const MAX_EARLIER_LENGTH = 16 * 1024;

/** All that took part in a session and are to hear of its end, the longest unused first. */
export function participantsOf(
  { earlier_clients = [], clients }: Pick<SessionRecord, 'earlier_clients' | 'clients'>,
): readonly EarlierClient[] {
  return [...earlier_clients, ...clients];
}

/** The session after a client's use, and what the person just said of it; undefined while that was noted recently enough. */
export function noteUse(
  record: SessionRecord,
  { client, scope, resource }: SessionUse,
  answer: ConsentAnswer | undefined,
  engine: Engine,
): SessionRecord | undefined {
  const nowSeconds = engine.now();
  const known = record.clients.find(({ client_id }) => client_id === client.client_id);
  // An earlier client of this name is another one: whoever tells of the session's end looks at when it took part.
  const isNoted = answer === undefined && known !== undefined && wasThere(client, known.at) &&
    sameMembers(known.scope, scope) && sameMembers(known.resource, resource);
  if (isNoted && nowSeconds - record.last_used_at < engine.settings.sessions.idle / 20) {
    return undefined;
  }
  const { client_id } = client;
  const answers = answer === undefined ? known?.answers : withAnswer(known?.answers ?? [], answer);
  const noted: SessionClient = {
    client_id,
    scope,
    resource,
    at: nowSeconds,
    ...answers !== undefined && { answers },
  };
  const used = { ...withoutClient(record, client_id), last_used_at: nowSeconds };
  return fitting({ ...used, clients: [...used.clients, noted] }, engine);
}

/** The session as if a client had never taken part. */
export function withoutClient(
  { earlier_clients, clients, ...session }: SessionRecord,
  client_id: string,
): SessionRecord {
  const isOther = (each: EarlierClient): boolean => each.client_id !== client_id;
  return withEarlier(
    { ...session, clients: clients.filter(isOther) },
    earlier_clients?.filter(isOther),
  );
}

/** Of clients that are too many, or too long, those longest unused stay by name alone. */
function fitting(session: SessionRecord, engine: Engine): SessionRecord {
  const clients = lastOf(session.clients.slice(-MAX_CLIENTS), MAX_CLIENTS_LENGTH, 1);
  const leaving = session.clients.slice(0, session.clients.length - clients.length);
  if (leaving.length === 0) return session;
  const earlier = [...session.earlier_clients ?? [], ...leaving.map(nameOf)];
  const kept = lastOf(earlier, MAX_EARLIER_LENGTH, 0);
  const forgotten = earlier.slice(0, earlier.length - kept.length);
  if (forgotten.length > 0) {
    const { user, sid } = session;
    const names = forgotten.map(({ client_id }) => client_id);
    engine.log('warn', 'session.clients_forgotten', { user, sid, clients: names });
  }
  return withEarlier({ ...session, clients }, kept);
}

/** As many from the end as fit, and no fewer than `least`. */
function lastOf<T>(all: readonly T[], maxLength: number, least: number): readonly T[] {
  let kept = all;
  while (kept.length > least && JSON.stringify(kept).length > maxLength) kept = kept.slice(1);
  return kept;
}

function nameOf({ client_id, at }: SessionClient): EarlierClient {
  return { client_id, ...at !== undefined && { at } };
}

function withEarlier(
  { earlier_clients: _, ...session }: SessionRecord,
  earlier: readonly EarlierClient[] = [],
): SessionRecord {
  return { ...session, ...earlier.length > 0 && { earlier_clients: earlier } };
}

function sameMembers(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((member) => right.includes(member));
}
