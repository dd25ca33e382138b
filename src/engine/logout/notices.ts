import { sessionsUntold } from '../../store/collections.ts';
import type { EarlierClient, SessionRecord } from '../../store/records.ts';
import type { Put } from '../../store/store.ts';
import type { Client } from '../../spec/client.ts';
import { findSubject } from '../claims/subject.ts';
import { findClient, wasThere } from '../clients.ts';
import { deliveryPuts } from '../deliveries/new_delivery.ts';
import type { Engine } from '../engine.ts';

/** A session that has ended, for some or all of its clients. */
export type EndedSession = Pick<SessionRecord, 'sid' | 'user'> & {
  readonly clients: readonly EarlierClient[];
};

/** Clients told in one commit, which is bounded, beside what else it writes. */
const MAX_TOLD = 80;
/** Seconds for which those beyond wait for a server that does not run. */
const UNTOLD_SECONDS = 30 * 86_400;

/**
 * What tells the clients that took part in a session of its end, each by its own server: to be written in the commit that
 * ends it, so that none is forgotten. Those for whom there is no room in it are told by `tellRest`. Back-Channel Logout
 * §2.3, §2.5
 */
export async function noticesOf(ended: EndedSession, engine: Engine): Promise<readonly Put[]> {
  const { told, rest } = await noticesAndRest(ended, engine);
  return [...told, ...untoldPuts(ended, rest, engine)];
}

/** Tells the rest, as many in one commit as it has room for; whoever is cut short leaves the others to the next. */
export async function tellRest(sid: string, engine: Engine): Promise<void> {
  const { store, settings: { issuer } } = engine;
  let entry = await sessionsUntold.get(store, issuer, sid);
  while (entry !== undefined) {
    const ended = { sid, ...entry.value };
    const { told, rest } = await noticesAndRest(ended, engine);
    await store.commit({
      check: [sessionsUntold.check(entry)],
      put: [...told, ...untoldPuts(ended, rest, engine)],
      remove: rest.length === 0 ? [entry.key] : [],
    });
    entry = await sessionsUntold.get(store, issuer, sid);
  }
}

interface Notices {
  readonly told: readonly Put[];
  readonly rest: readonly EarlierClient[];
}

async function noticesAndRest(ended: EndedSession, engine: Engine): Promise<Notices> {
  const found = await Promise.all(ended.clients.map((each) => listenerOf(each, engine)));
  const listeners = found.filter((each) => each !== undefined);
  const puts = await Promise.all(
    listeners.slice(0, MAX_TOLD).map(({ client }) => noticeFor(client, ended, engine)),
  );
  const rest = listeners.slice(MAX_TOLD).map(({ participant }) => participant);
  return { told: puts.flat(), rest };
}

function untoldPuts(
  { sid, user }: EndedSession,
  clients: readonly EarlierClient[],
  { settings, now }: Engine,
): readonly Put[] {
  if (clients.length === 0) return [];
  const until = Math.ceil(now()) + UNTOLD_SECONDS;
  return [sessionsUntold.put([settings.issuer, sid], { user, clients }, until)];
}

interface Listener {
  readonly participant: EarlierClient;
  readonly client: Client;
}

/** The client, if it still is the one that took part, and wants to be told. */
async function listenerOf(
  participant: EarlierClient,
  engine: Engine,
): Promise<Listener | undefined> {
  const client = await findClient(participant.client_id, engine);
  if (client?.backchannel_logout_uri === undefined) return undefined;
  return wasThere(client, participant.at) ? { participant, client } : undefined;
}

async function noticeFor(
  client: Client,
  { sid, user }: EndedSession,
  engine: Engine,
): Promise<readonly Put[]> {
  const { client_id } = client;
  // As it is now: it may be gone by the time of an attempt, with the person.
  const sub = await findSubject(user, client, engine);
  const content = { sid, ...sub !== undefined && { sub } };
  return deliveryPuts({ kind: 'backchannel_logout', client_id, sid, content }, engine);
}
