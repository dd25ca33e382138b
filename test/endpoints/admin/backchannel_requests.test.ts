import { describe, it } from 'node:test';
import {
  answerBackchannelRequest,
  pageBackchannelRequests,
} from '../../../src/engine/administration/backchannel_requests.ts';
import { sessions } from '../../../src/store/collections.ts';
import { openMemoryStore } from '../../../src/store/memory.ts';
import type { Store } from '../../../src/store/store.ts';
import { listActivity } from '../../../src/engine/activity.ts';
import { type AdminOp, api, openAdminOp, ROBOT } from '../../support/admin.ts';
import { assert, assertEquals } from '../../support/assert.ts';
import { acknowledged, answerAsAlice, BANK, pollCiba } from '../../support/ciba.ts';
import { assertRefused, claimsOf, tokensOf, userinfo } from '../../support/flow.ts';
import { basic, CLI } from '../../support/op.ts';

const STRICT = { ...BANK, client_id: 'strict', authorization_policy: 'two_factor' };
const CLOSED = { ...BANK, client_id: 'closed', authorization_policy: 'inside' };
const POLICIES = {
  inside: { default_policy: 'deny', rules: [{ policy: 'one_factor', networks: ['10.0.0.0/8'] }] },
};

function openBank(): Promise<AdminOp> {
  const clients = [BANK, STRICT, CLOSED, ROBOT];
  return openAdminOp({ config: { clients, authorization_policies: POLICIES } });
}

async function onlyId(op: AdminOp): Promise<string> {
  const { body: { items } } = await api(op, 'GET', '/backchannel-requests');
  assertEquals(items.length, 1);
  return items[0].id;
}

async function audited(op: AdminOp): Promise<readonly string[]> {
  const { body: { items } } = await api(op, 'GET', '/audit');
  return items.map(({ action, target }: { action: string; target: string }) =>
    `${action} ${target}`
  );
}

describe('administration API: backchannel requests', () => {
  it('are listed with what they ask for, by person, until they are answered', async () => {
    const op = await openBank();
    const alice = await op.instance.directory.findByUsername('alice');
    await acknowledged(op, { binding_message: 'W4SCT', acr_values: 'two_factor' });
    const { body: { items: [only] } } = await api(
      op,
      'GET',
      `/backchannel-requests?user=${alice?.id}`,
    );
    assertEquals({ ...only, id: '' }, {
      id: '',
      user: alice?.id,
      username: 'alice',
      client_id: 'bank',
      scope: ['openid', 'profile'],
      resource: [],
      acr_values: ['two_factor'],
      binding_message: 'W4SCT',
      delivery_mode: 'poll',
      created_at: op.clock.now,
      expires_at: op.clock.now + 300,
    });
    assertEquals((await api(op, 'GET', `/backchannel-requests/${only.id}`)).body, only);
    assertEquals((await api(op, 'GET', '/backchannel-requests?user=x')).body.items, []);
    await answerAsAlice(op);
    assertEquals((await api(op, 'GET', '/backchannel-requests')).body.items, []);
    for (const path of ['', '/approve', '/deny']) {
      const method = path === '' ? 'GET' : 'POST';
      const answer = await api(op, method, `/backchannel-requests/${only.id}${path}`);
      assertEquals(answer.status, 404);
    }
  });

  it('T072: approved in the person’s place: audited, as one factor, in a session that they see and can end', async () => {
    const op = await openBank();
    const { auth_req_id } = await acknowledged(op);
    const id = await onlyId(op);
    const { status, body } = await api(op, 'POST', `/backchannel-requests/${id}/approve`);
    assertEquals([status, body.username], [200, 'alice']);
    const { id_token, access_token } = await tokensOf(await pollCiba(op, auth_req_id));
    const { acr, amr } = claimsOf(id_token);
    assertEquals([acr, amr], ['one_factor', []]);
    assertEquals((await userinfo(op, access_token)).status, 200);
    assert((await audited(op)).includes(`backchannel_request.approved ${id}`));
    const { body: { items } } = await api(op, 'GET', '/sessions');
    assertEquals(items.map(({ user_agent }: { user_agent: string }) => user_agent), [
      'Ostiary: an administrator',
    ]);
    const alice = await op.instance.directory.findByUsername('alice');
    const activity = await listActivity(alice?.id ?? '', op.instance.engine());
    assertEquals(activity.map(({ kind, client_id }) => [kind, client_id]), [
      ['request_approved', 'bank'],
    ]);
    await api(op, 'DELETE', `/sessions/${items[0].sid}`);
    assertEquals((await userinfo(op, access_token)).status, 401);
  });

  it('T072: whoever answers sees the details that are asked for, and so does whoever reads the audit log', async () => {
    const types = ['payment'];
    const op = await openAdminOp({
      config: {
        clients: [{ ...BANK, authorization_details_types: types }, ROBOT],
        authorization_details_types: { payment: { fields: ['amount'] } },
      },
    });
    const details = [{ type: 'payment', amount: '1000000 EUR' }];
    await acknowledged(op, { authorization_details: JSON.stringify(details) });
    const { body: { items: [only] } } = await api(op, 'GET', '/backchannel-requests');
    assertEquals(only.authorization_details, details);
    await api(op, 'POST', `/backchannel-requests/${only.id}/approve`);
    const { body: { items: [record] } } = await api(op, 'GET', '/audit');
    assertEquals(record.changes.authorization_details, { after: details });
  });

  it('denied in the person’s place, and audited', async () => {
    const op = await openBank();
    const { auth_req_id } = await acknowledged(op);
    const id = await onlyId(op);
    assertEquals((await api(op, 'POST', `/backchannel-requests/${id}/deny`)).status, 200);
    await assertRefused(await pollCiba(op, auth_req_id), 'access_denied');
    assert((await audited(op)).includes(`backchannel_request.denied ${id}`));
    assertEquals((await api(op, 'GET', '/sessions')).body.items, []);
  });

  it('the policy of the client holds: what wants two factors, or nobody, is not approved', async () => {
    for (const client_id of ['strict', 'closed']) {
      const op = await openBank();
      const { auth_req_id } = await acknowledged(op, {}, basic(client_id));
      const id = await onlyId(op);
      assertEquals((await api(op, 'POST', `/backchannel-requests/${id}/approve`)).status, 409);
      await assertRefused(
        await pollCiba(op, auth_req_id, {}, basic(client_id)),
        'authorization_pending',
      );
      assertEquals((await api(op, 'GET', '/sessions')).body.items, []);
    }
  });

  it('a person who is disabled in that very moment is not answered for', async () => {
    const memory = openMemoryStore();
    const op = await openAdminOp({ config: { clients: [BANK, ROBOT] }, store: memory });
    const { auth_req_id } = await acknowledged(op);
    const [request] =
      (await pageBackchannelRequests(undefined, { limit: 1 }, op.instance.engine())).items;
    assert(request !== undefined);
    const store: Store = {
      ...op.store,
      async commit(change) {
        const isSession = change.put?.some(({ key: [name] }) => name === sessions.name) === true;
        if (isSession) await op.instance.directory.disable(request.user);
        return await op.store.commit(change);
      },
    };
    const engine = { ...op.instance.engine(), store };
    const answered = await answerBackchannelRequest(request.id, 'approve', CLI, engine);
    assertEquals([answered.kind, answered.kind === 'refused' && answered.reason], [
      'refused',
      'conflict',
    ]);
    await assertRefused(await pollCiba(op, auth_req_id), 'authorization_pending');
  });

  it('T072: of many answers at once one counts, and leaves one session', async () => {
    const op = await openBank();
    await acknowledged(op);
    const id = await onlyId(op);
    const answers = await Promise.all(
      Array.from(
        { length: 20 },
        (_, i) =>
          api(op, 'POST', `/backchannel-requests/${id}/${i % 2 === 0 ? 'approve' : 'deny'}`),
      ),
    );
    assertEquals(answers.filter(({ status }) => status === 200).length, 1);
    const changes = (await audited(op)).filter((line) => line.startsWith('backchannel_request.'));
    assertEquals(changes.length, 1);
    const { body: { items } } = await api(op, 'GET', '/sessions');
    assertEquals(items.length, changes[0]?.includes('approved') ? 1 : 0);
  });
});
