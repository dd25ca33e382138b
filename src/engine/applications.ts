import type { Client } from '../spec/client.ts';
import { grants, sessions, userGrants, withdrawals } from '../store/collections.ts';
import type { GrantRecord, SessionRecord } from '../store/records.ts';
import type { Entry, ListOptions } from '../store/store.ts';
import { removeMatching } from './administration/listing.ts';
import { findClient } from './clients.ts';
import { longestOf } from './key_rotation.ts';
import type { Engine } from './engine.ts';
import { noticesOf } from './logout/notices.ts';
import { listOwnSessions, sessionEntries } from './own_sessions.ts';
import { grantRemoval } from './revoke.ts';
import { putSession } from './session.ts';
import { participantsOf, withoutClient } from './session_clients.ts';
import { findLiveGrant } from './tokens/live.ts';

/** What a person lets an application do. */
export interface Application {
  readonly client_id: string;
  /** Absent when it is no longer registered. */
  readonly client: Client | undefined;
  readonly scope: readonly string[];
  readonly resource: readonly string[];
  /** Unix seconds: the first of what still stands; absent when it only takes part in a session. */
  readonly granted_at: number | undefined;
  readonly last_used_at: number;
}

/** How many grants of one person are looked at to show them. */
const MAX_GRANTS = 1000;

/** Seconds, at least: longer than anything granted can wait to be redeemed. */
const WITHDRAWAL_SECONDS = 2 * 3600;

/** How often a session that changes under us is read again. */
const MAX_ATTEMPTS = 8;

/** The applications that hold something of a person's, last used first. */
export async function listApplications(
  user: string,
  engine: Engine,
): Promise<readonly Application[]> {
  const found = new Map<string, Application>();
  const note = (application: Application): void => {
    const known = found.get(application.client_id);
    found.set(
      application.client_id,
      known === undefined ? application : joined(known, application),
    );
  };
  for await (const { value: grant } of grantEntries(user, engine, { limit: MAX_GRANTS })) {
    const live = await findLiveGrant(grant.id, engine);
    if (live !== undefined) note(ofGrant(grant, live.client));
  }
  for (const { record } of await listOwnSessions(user, engine)) {
    const { last_used_at, clients, earlier_clients = [] } = record;
    // What they got is not kept of those that were too many.
    const unknown = earlier_clients.map((each) => ({ ...each, scope: [], resource: [] }));
    for (const { client_id, scope, resource } of [...clients, ...unknown]) {
      const client = await findClient(client_id, engine);
      note({ client_id, client, scope, resource, granted_at: undefined, last_used_at });
    }
  }
  return [...found.values()].toSorted((left, right) => right.last_used_at - left.last_used_at);
}

/**
 * Takes back all that a person lets an application do: what it holds, what it has not redeemed yet, and what sessions
 * remember. First the mark that keeps anything more from being redeemed, so that nothing slips in between.
 */
export async function withdrawApplication(
  user: string,
  client_id: string,
  engine: Engine,
): Promise<void> {
  const { store, settings: { issuer } } = engine;
  const nowSeconds = engine.now();
  await store.commit({
    put: [
      withdrawals.put(
        [issuer, user, client_id],
        { at: nowSeconds },
        Math.ceil(nowSeconds) + withdrawalSeconds(engine),
      ),
    ],
  });
  await removeMatching(
    grantEntries(user, engine),
    (grant) => grant.client_id === client_id,
    store,
    (grant) => grantRemoval(grant, engine),
  );
  for await (const entry of sessionEntries(user, engine)) await forget(entry, client_id, engine);
  engine.log('info', 'application.withdrawn', { user, client_id });
}

/** As long as grants from before may be shown: other clients have their tokens exchanged for this one. RFC 8693 */
function withdrawalSeconds({ settings }: Engine): number {
  return Math.max(WITHDRAWAL_SECONDS, longestOf(settings).seal);
}

async function* grantEntries(
  user: string,
  engine: Engine,
  options: ListOptions = {},
): AsyncIterable<Entry<GrantRecord>> {
  const { store, settings: { issuer } } = engine;
  for await (const { key } of userGrants.list(store, [issuer, user], options)) {
    const entry = await grants.get(store, issuer, key.at(-1) ?? '');
    if (entry !== undefined) yield entry;
  }
}

function ofGrant(grant: GrantRecord, client: Client): Application {
  const { client_id, scope, resource, granted_at, created_at, refresh } = grant;
  return {
    client_id,
    client,
    scope,
    resource,
    granted_at,
    last_used_at: refresh?.moved_at ?? created_at,
  };
}

function joined(one: Application, other: Application): Application {
  return {
    ...one,
    scope: [...new Set([...one.scope, ...other.scope])],
    resource: [...new Set([...one.resource, ...other.resource])],
    granted_at: one.granted_at === undefined || other.granted_at === undefined
      ? one.granted_at ?? other.granted_at
      : Math.min(one.granted_at, other.granted_at),
    last_used_at: Math.max(one.last_used_at, other.last_used_at),
  };
}

/** Takes the client out of a session, so that it is asked for anew; it would not hear of the session's end any more. */
async function forget(
  entry: Entry<SessionRecord>,
  client_id: string,
  engine: Engine,
): Promise<void> {
  let current: Entry<SessionRecord> | undefined = entry;
  for (let attempt = 0; attempt < MAX_ATTEMPTS && current !== undefined; attempt += 1) {
    const { value } = current;
    const clients = participantsOf(value).filter((each) => each.client_id === client_id);
    if (clients.length === 0) return;
    const gone = { sid: value.sid, user: value.user, clients };
    const outcome = await engine.store.commit({
      check: [sessions.check(current)],
      put: [
        ...putSession(withoutClient(value, client_id), engine),
        ...await noticesOf(gone, engine),
      ],
    });
    if (outcome === 'committed') return;
    current = await sessions.get(engine.store, engine.settings.issuer, value.sid);
  }
}
