import type { SessionClient, SessionRecord } from '../../store/records.ts';
import type { Put } from '../../store/store.ts';
import { findSubject } from '../claims/subject.ts';
import { findClient, wasThere } from '../clients.ts';
import { deliveryPuts } from '../deliveries/new_delivery.ts';
import type { Engine } from '../engine.ts';

/**
 * What tells the clients that took part in a session of its end, each by its own server: to be written in the commit that
 * ends it, so that none is forgotten. Back-Channel Logout §2.3, §2.5
 */
export async function noticesOf(
  session: Pick<SessionRecord, 'sid' | 'user' | 'clients'>,
  engine: Engine,
): Promise<readonly Put[]> {
  const puts = await Promise.all(
    session.clients.map((client) => noticeFor(client, session, engine)),
  );
  return puts.flat();
}

async function noticeFor(
  { client_id, at }: SessionClient,
  { sid, user }: Pick<SessionRecord, 'sid' | 'user'>,
  engine: Engine,
): Promise<readonly Put[]> {
  const client = await findClient(client_id, engine);
  if (client?.backchannel_logout_uri === undefined || !wasThere(client, at)) return [];
  // As it is now: it may be gone by the time of an attempt, with the person.
  const sub = await findSubject(user, client, engine);
  const content = { sid, ...sub !== undefined && { sub } };
  return deliveryPuts({ kind: 'backchannel_logout', client_id, sid, content }, engine);
}
