import { describe, it } from 'node:test';
import { deliveryPuts } from '../../../src/engine/deliveries/new_delivery.ts';
import { api, openAdminOp, ROBOT } from '../../support/admin.ts';
import { assert, assertEquals, assertFalse } from '../../support/assert.ts';
import { auditOf } from '../../support/console.ts';
import { CLIENT, type Op } from '../../support/op.ts';
import { recordPosts } from '../../support/posts.ts';

interface Delivery {
  readonly id: string;
  readonly state: string;
  readonly client_id: string;
  readonly sid: string;
  readonly attempts: number;
}

async function tell(op: Op, client_id: string, sid: string): Promise<void> {
  const engine = op.instance.engine();
  const content = { sid, sub: 'not to be shown' };
  const delivery = { kind: 'backchannel_logout', client_id, sid, content } as const;
  await engine.store.commit({ put: deliveryPuts(delivery, engine) });
  await engine.deliveries.settled();
  op.clock.now += 1;
}

function client(client_id: string) {
  return { ...CLIENT, client_id, backchannel_logout_uri: `https://${client_id}.example/logout` };
}

describe('the administration API: messages to clients’ servers', () => {
  it('are listed by client, session and state, page by page, and sent again', async () => {
    const statuses: Record<string, number> = { good: 200, busy: 503, bad: 400 };
    const { all, outbound } = recordPosts(({ url }) =>
      statuses[new URL(url).hostname.split('.')[0] ?? ''] ?? 200
    );
    const clients = [ROBOT, ...Object.keys(statuses).map(client)];
    const op = await openAdminOp({ config: { clients }, outbound });
    const list = async (query = ''): Promise<readonly Delivery[]> =>
      (await api(op, 'GET', `/deliveries${query}`)).body.items;
    try {
      for (const client_id of ['good', 'busy', 'bad']) {
        for (const sid of ['one', 'two']) await tell(op, client_id, sid);
      }
      const states = (deliveries: readonly Delivery[]) =>
        deliveries.map(({ client_id, sid, state }) => `${client_id} ${sid} ${state}`);
      const whole = [
        'busy two waiting',
        'busy one waiting',
        'bad two given_up',
        'bad one given_up',
        'good two delivered',
        'good one delivered',
      ];
      assertEquals(states(await list()), whole);
      assertEquals(states(await list('?client_id=bad')), whole.slice(2, 4));
      assertEquals(states(await list('?sid=one&state=delivered')), ['good one delivered']);
      assertEquals(states(await list('?state=waiting')), whole.slice(0, 2));
      for (const limit of [1, 2, 3, 4]) {
        const paged: string[] = [];
        for (let next: string | null = ''; next !== null;) {
          const after: string = next === '' ? '' : `&after=${next}`;
          const { body } = await api(op, 'GET', `/deliveries?limit=${limit}${after}`);
          assert(body.items.length <= limit);
          paged.push(...states(body.items));
          next = body.next;
        }
        assertEquals(paged, whole, `by ${limit}`);
      }
      const [, , bad, , good] = await list();
      assert(bad !== undefined && good !== undefined);
      assertEquals((await api(op, 'GET', `/deliveries/${bad.id}`)).body, bad);
      assertFalse(JSON.stringify(await list()).includes('not to be shown'));

      const taken = await api(op, 'POST', `/deliveries/${good.id}/retry`);
      assertEquals([taken.status, taken.body.type], [409, 'urn:ostiary:problem:conflict']);
      assertEquals((await api(op, 'POST', '/deliveries/nothing/retry')).status, 404);
      statuses['bad'] = statuses['busy'] = 200;
      const before = all.length;
      const retried = await api(op, 'POST', `/deliveries/${bad.id}/retry`);
      assertEquals([retried.status, retried.body.state], [200, 'waiting']);
      const [waiting] = await list('?client_id=busy');
      await api(op, 'POST', `/deliveries/${waiting?.id}/retry`);
      await op.instance.engine().deliveries.settled();
      assertEquals(all.length, before + 2);
      assertEquals((await api(op, 'GET', `/deliveries/${bad.id}`)).body.state, 'delivered');
      const records = await auditOf(op);
      assertEquals(
        records.filter(({ action }) => action === 'delivery.retried').map(({ target, actor }) => [
          target,
          actor.kind,
        ]).toSorted(),
        [[bad.id, 'api'], [waiting?.id ?? '', 'api']].toSorted(),
      );
    } finally {
      await op.close();
    }
  });

  it('one that is being sent is not sent twice', async () => {
    const hold = Promise.withResolvers<number>();
    const { all, outbound } = recordPosts(() => hold.promise);
    const op = await openAdminOp({ config: { clients: [ROBOT, client('slow')] }, outbound });
    try {
      const engine = op.instance.engine();
      const content = { sid: 'sid' };
      const delivery = { kind: 'backchannel_logout', client_id: 'slow', content } as const;
      await engine.store.commit({ put: deliveryPuts(delivery, engine) });
      while (all.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      const { body: { items: [only] } } = await api(op, 'GET', '/deliveries');
      assertEquals([only.state, only.attempts, only.next_attempt_at], ['waiting', 1, undefined]);
      assertEquals((await api(op, 'POST', `/deliveries/${only.id}/retry`)).status, 409);
      hold.resolve(200);
      await engine.deliveries.settled();
      assertEquals(all.length, 1);
    } finally {
      hold.resolve(200);
      await op.close();
    }
  });
});
