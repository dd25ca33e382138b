/** Which clients a session knows of: what they got of the latest, and of the others that they were there. */
import { describe, it } from 'node:test';
import { noteUse, participantsOf, withoutClient } from '../../src/engine/session_clients.ts';
import type { SessionRecord } from '../../src/store/records.ts';
import { assert, assertEquals } from '../support/assert.ts';
import { type Op, openOp } from '../support/op.ts';

const USE = { scope: ['openid'], resource: [] };
const SESSION: SessionRecord = {
  sid: 'sid',
  user: 'user',
  secret_digest: 'digest',
  auth_time: 1,
  amr: ['pwd'],
  acr: 'one_factor',
  remember: false,
  user_agent: '\u{1f6aa}'.repeat(100),
  created_at: 1,
  last_used_at: 1,
  clients: [],
};

function numbered(count: number, name: (index: number) => string = (i) => `app${i}`): string[] {
  return Array.from({ length: count }, (_, index) => name(index));
}

function usedBy(ids: readonly string[], op: Op, session = SESSION): SessionRecord {
  return ids.reduce((record, client_id) => {
    op.clock.now += 1;
    return noteUse(record, { client: { client_id }, ...USE }, undefined, op.instance.engine()) ??
      record;
  }, session);
}

function idsOf(clients: readonly { readonly client_id: string }[] = []): readonly string[] {
  return clients.map(({ client_id }) => client_id);
}

describe('Back-Channel Logout §2.3: the clients of a session', () => {
  it('are known with what they got up to fifty, and those before by name and time', async () => {
    const op = await openOp();
    const ids = numbered(60);
    const fifty = usedBy(ids.slice(0, 50), op);
    assertEquals(fifty.earlier_clients, undefined);
    const sixty = usedBy(ids.slice(50), op, fifty);
    assertEquals(idsOf(sixty.clients), ids.slice(10));
    assertEquals(
      sixty.earlier_clients,
      fifty.clients.slice(0, 10).map(({ client_id, at }) => ({ client_id, ...at && { at } })),
    );
    assertEquals(idsOf(participantsOf(sixty)), ids);
    await op.close();
  });

  it('are each there once, also one that comes back', async () => {
    const op = await openOp();
    const ids = numbered(51);
    const again = usedBy([...ids, 'app0'], op);
    assertEquals(idsOf(again.earlier_clients), ['app1']);
    assertEquals(idsOf(again.clients), [...ids.slice(2), 'app0']);
    await op.close();
  });

  it('leave it one by one', async () => {
    const op = await openOp();
    const session = usedBy(numbered(52), op);
    assertEquals(idsOf(withoutClient(session, 'app1').earlier_clients), ['app0']);
    assertEquals(idsOf(withoutClient(session, 'app51').clients).length, 49);
    const last = withoutClient(withoutClient(session, 'app1'), 'app0');
    assertEquals('earlier_clients' in last, false);
    await op.close();
  });

  it('T127: fit into one record, however many; those who leave it for good are told of in the log', async () => {
    const op = await openOp();
    const ids = numbered(400, (i) => `${i}-${'c'.repeat(250)}`);
    const session = usedBy(ids, op);
    assert(new TextEncoder().encode(JSON.stringify(session)).length < 60 * 1024);
    const known = idsOf(participantsOf(session));
    assert(known.length > 90 && known.length < 400, String(known.length));
    assertEquals(known, ids.slice(-known.length));
    const forgotten = op.log.map((line) => JSON.parse(line) as { event: string; clients: string[] })
      .filter(({ event }) => event === 'session.clients_forgotten')
      .flatMap(({ clients }) => clients);
    assertEquals(forgotten, ids.slice(0, -known.length));
    await op.close();
  });
});
