import { describe, it } from 'node:test';
import { audits } from '../../../src/store/collections.ts';
import type { AuditRecord } from '../../../src/store/records.ts';
import { type AdminOp, API, api, openAdminOp } from '../../support/admin.ts';
import { assert, assertEquals } from '../../support/assert.ts';
import { basic } from '../../support/op.ts';
import { METADATA, registered } from '../../support/registration.ts';

const NEW = {
  client_id: 'new',
  client_name: 'New',
  redirect_uris: ['https://new.example/callback'],
  scope: 'openid profile',
} as const;

async function withOp(work: (op: AdminOp) => Promise<void>, config = {}): Promise<void> {
  const op = await openAdminOp({ config });
  await work(op);
  await op.close();
}

async function lastRecord(op: AdminOp): Promise<AuditRecord | undefined> {
  for await (const { value } of audits.list(op.store, [], { limit: 1 })) return value;
  return undefined;
}

describe('the administration API: clients', () => {
  it('are made, with a secret that is shown once and works', () =>
    withOp(async (op) => {
      const metadata = { ...NEW, grant_types: ['client_credentials'] };
      const made = await api(op, 'POST', '/clients', { body: metadata });
      assertEquals(made.status, 201);
      assertEquals(made.headers.get('location'), `${API}/clients/new`);
      const { client, client_secret } = made.body;
      assertEquals([client.client_id, client.provenance], ['new', 'api']);
      const read = await api(op, 'GET', '/clients/new');
      assertEquals(read.body, client);
      assertEquals(read.headers.get('etag'), made.headers.get('etag'));
      assert(!JSON.stringify(read.body).includes('"client_secret"'));
      const form = { grant_type: 'client_credentials' };
      assertEquals((await op.post('/token', form, basic('new', client_secret))).status, 200);
      const record = await lastRecord(op);
      assertEquals(record?.actor, { kind: 'api', client_id: 'robot' });
      assert(!JSON.stringify(record).includes(client_secret));
      const again = await api(op, 'POST', '/clients', { body: metadata });
      assertEquals(again.status, 409);
    }));

  it('take a secret that is given, and tell every mistake at once by pointer', () =>
    withOp(async (op) => {
      const secret = 'given by the administrator 0123';
      const made = await api(op, 'POST', '/clients', { body: { ...NEW, client_secret: secret } });
      assertEquals([made.status, made.body.client_secret], [201, undefined]);
      const wrong = await api(op, 'POST', '/clients', {
        body: {
          client_id: 'b',
          redirect_uris: ['https://ok.example/', 'nonsense'],
          grant_types: ['constructor'],
          colour: 'red',
          __proto__: { x: 1 },
        },
      });
      assertEquals(wrong.status, 422);
      const pointers = wrong.body.errors.map(({ pointer }: { pointer: string }) => pointer).sort();
      assertEquals(pointers, ['#/colour', '#/grant_types/0', '#/redirect_uris/1']);
      for (const body of [{}, { client_id: 7 }, { client_id: '' }, { client_id: 'a b' }]) {
        const refused = await api(op, 'POST', '/clients', { body });
        assertEquals([refused.status, refused.body.errors[0].pointer], [422, '#/client_id']);
      }
      const short = await api(op, 'POST', '/clients', {
        body: { ...NEW, client_id: 'c', client_secret: 'short' },
      });
      assertEquals([short.status, short.body.errors[0].pointer], [422, '#/client_secret']);
    }));

  it('are replaced whole, and what was read can be sent back', () =>
    withOp(async (op) => {
      await api(op, 'POST', '/clients', { body: { ...NEW, tos_uri: 'https://new.example/tos' } });
      const read = await api(op, 'GET', '/clients/new');
      const etag = read.headers.get('etag') ?? '';
      const { tos_uri: _, ...without } = read.body;
      const without428 = await api(op, 'PUT', '/clients/new', { body: without });
      assertEquals(without428.status, 428);
      const replaced = await api(op, 'PUT', '/clients/new', {
        body: { ...without, client_name: 'Newer' },
        headers: { 'if-match': etag },
      });
      assertEquals(replaced.status, 200);
      assertEquals(replaced.body.client.client_name, 'Newer');
      assertEquals(replaced.body.client.tos_uri, undefined);
      assertEquals(replaced.body.client_secret, undefined);
      assert(replaced.headers.get('etag') !== etag);
      const stale = await api(op, 'PUT', '/clients/new', {
        body: read.body,
        headers: { 'if-match': etag },
      });
      assertEquals(stale.status, 412);
      const other = await api(op, 'PUT', '/clients/new', {
        body: { ...NEW, client_id: 'other' },
        headers: { 'if-match': '*' },
      });
      assertEquals([other.status, other.body.errors[0].pointer], [422, '#/client_id']);
      const missing = await api(op, 'PUT', '/clients/nobody', {
        body: NEW.redirect_uris && {},
        headers: { 'if-match': '*' },
      });
      assertEquals(missing.status, 404);
    }));

  it('that registered themselves tell with which token, and can be sent back, too', () =>
    withOp(async (op) => {
      const made = await api(op, 'POST', '/registration-tokens', { body: {} });
      const { token, registration_token: { id } } = made.body;
      const names = { ...METADATA, client_name: 'Clock', 'client_name#de': 'Uhr' };
      const vouched = await registered(op, names, token);
      const stranger = await registered(op, names);
      for (
        const [{ client_id, registration_access_token }, initial_token] of [
          [vouched, id],
          [stranger, undefined],
        ] as const
      ) {
        const read = await api(op, 'GET', `/clients/${client_id}`);
        assertEquals([read.body.provenance, read.body.initial_token], ['dcr', initial_token]);
        assertEquals('unused_until' in read.body, initial_token === undefined);
        assert(!('registration' in read.body));
        const replaced = await api(op, 'PUT', `/clients/${client_id}`, {
          body: { ...read.body, client_name: 'Watch' },
          headers: { 'if-match': '*' },
        });
        assertEquals([replaced.status, replaced.body.client['client_name#de']], [200, 'Uhr']);
        assertEquals(replaced.body.client.unused_until, read.body.unused_until);
        const headers = { authorization: `Bearer ${registration_access_token}` };
        const own = await (await op.fetch(`/register/${client_id}`, { headers })).json();
        assertEquals((own as { client_name: string }).client_name, 'Watch');
      }
    }, { registration: { mode: 'open' } }));

  it('RFC 7396: are patched field by field, and null takes one back to its default', () =>
    withOp(async (op) => {
      await api(op, 'POST', '/clients', { body: { ...NEW, tos_uri: 'https://new.example/tos' } });
      const patched = await api(op, 'PATCH', '/clients/new', {
        body: { client_name: 'Newer', tos_uri: null },
      });
      assertEquals(patched.body.client.client_name, 'Newer');
      assertEquals(patched.body.client.tos_uri, undefined);
      assertEquals(patched.body.client.redirect_uris, NEW.redirect_uris);
      const wrong = await api(op, 'PATCH', '/clients/new', { body: { redirect_uris: [] } });
      assertEquals(wrong.status, 422);
      const json = await api(op, 'PATCH', '/clients/new', {
        body: {},
        headers: { 'content-type': 'application/json' },
      });
      assertEquals(json.status, 415);
    }));

  it('RFC 9110 §13.1: one of two that replace the same state wins, the other learns of it', () =>
    withOp(async (op) => {
      await api(op, 'POST', '/clients', { body: NEW });
      const etag = (await api(op, 'GET', '/clients/new')).headers.get('etag') ?? '';
      const names = Array.from({ length: 12 }, (_, index) => `Name ${index}`);
      const answers = await Promise.all(names.map((client_name) =>
        api(op, 'PUT', '/clients/new', {
          body: { ...NEW, client_name },
          headers: { 'if-match': etag },
        })
      ));
      const won = answers.filter(({ status }) => status === 200);
      assertEquals(won.length, 1);
      assertEquals(answers.filter(({ status }) => status === 412).length, names.length - 1);
      const { client_name } = (await api(op, 'GET', '/clients/new')).body;
      assertEquals(client_name, won[0]?.body.client.client_name);
      const deletes = await Promise.all(
        [1, 2].map(() => api(op, 'DELETE', '/clients/new', { headers: { 'if-match': etag } })),
      );
      assertEquals(deletes.map(({ status }) => status), [412, 412]);
    }));

  it('RFC 9110 §13.1.2: who has read a client already is told so', () =>
    withOp(async (op) => {
      const etag = (await api(op, 'GET', '/clients/app')).headers.get('etag') ?? '';
      for (const tag of [etag, `W/${etag}`, '*', `"x", ${etag}`]) {
        const headers = { 'if-none-match': tag };
        assertEquals((await api(op, 'GET', '/clients/app', { headers })).status, 304, tag);
      }
      const headers = { 'if-none-match': '"other"' };
      assertEquals((await api(op, 'GET', '/clients/app', { headers })).status, 200);
    }));

  it('get a new secret, which makes the ETag another, and are removed with their grants', () =>
    withOp(async (op) => {
      const made = await api(op, 'POST', '/clients', { body: NEW });
      const secret = await api(op, 'POST', '/clients/new/secret');
      assertEquals(secret.status, 200);
      assert(secret.body.client_secret !== made.body.client_secret);
      assert(secret.headers.get('etag') !== made.headers.get('etag'));
      const given = 'another given secret 0123456789';
      const set = await api(op, 'POST', '/clients/new/secret', { body: { client_secret: given } });
      assertEquals([set.status, set.body.client_secret], [200, undefined]);
      op.clock.now += 1;
      assertEquals((await api(op, 'DELETE', '/clients/new')).status, 204);
      assertEquals((await api(op, 'DELETE', '/clients/new')).status, 404);
      assertEquals((await api(op, 'GET', '/clients/new')).status, 404);
      assertEquals((await lastRecord(op))?.action, 'client.removed');
    }));

  it('of the file are shown, and changed there alone', () =>
    withOp(async (op) => {
      assertEquals((await api(op, 'GET', '/clients/app')).body.provenance, 'file');
      const answers = [
        await api(op, 'PATCH', '/clients/app', { body: { client_name: 'X' } }),
        await api(op, 'PUT', '/clients/app', { body: {}, headers: { 'if-match': '*' } }),
        await api(op, 'DELETE', '/clients/app'),
        await api(op, 'POST', '/clients/app/secret'),
      ];
      for (const { status, body } of answers) {
        assertEquals([status, body.type], [409, 'urn:ostiary:problem:kept_elsewhere']);
      }
    }));

  it('have IDs that a path must encode', () =>
    withOp(async (op) => {
      const client_id = 'https://rp.example/a@b+c';
      const made = await api(op, 'POST', '/clients', { body: { ...NEW, client_id } });
      const path = `/clients/${encodeURIComponent(client_id)}`;
      assertEquals(made.headers.get('location'), API + path);
      assertEquals((await api(op, 'GET', path)).body.client_id, client_id);
      assertEquals((await api(op, 'DELETE', path)).status, 204);
    }));

  it('are listed page by page, each once, filtered, and whatever is done to a cursor', () =>
    withOp(async (op) => {
      for (let index = 0; index < 25; index += 1) {
        const client_id = `c${String(index).padStart(2, '0')}`;
        const client_name = index % 5 === 0 ? `Shop ${index}` : 'Other';
        await api(op, 'POST', '/clients', { body: { ...NEW, client_id, client_name } });
      }
      const walk = async (query: string): Promise<string[]> => {
        const found: string[] = [];
        let next: string | null = '';
        for (let page = 0; next !== null && page < 50; page += 1) {
          const after: string = next === '' ? '' : `&after=${next}`;
          const { body } = await api(op, 'GET', `/clients?${query}${after}`);
          found.push(...body.items.map((each: { client_id: string }) => each.client_id));
          next = body.next;
        }
        assertEquals(next, null);
        return found;
      };
      for (const limit of [1, 2, 7, 26, 27, 28, 200]) {
        const all = await walk(`limit=${limit}`);
        assertEquals([all.length, new Set(all).size], [27, 27], String(limit));
      }
      assertEquals(await walk('query=SHOP&limit=2'), ['c00', 'c05', 'c10', 'c15', 'c20']);
      assertEquals(await walk('provenance=file&limit=1'), ['app', 'robot']);
      const forged = [
        ['store', 'c24'],
        ['file', 'nobody'],
        ['nowhere'],
        ['store', '\u0000'],
        ['store', ''],
      ].map((place) => btoa(JSON.stringify(place)).replaceAll('=', ''));
      for (const after of forged) {
        assertEquals((await api(op, 'GET', `/clients?after=${after}`)).status, 200, after);
      }
      const broken = ['%00', 'x', '..', btoa('{}'), btoa('[[1]]'), 'a'.repeat(3000), ''];
      for (const after of broken) {
        const { status, body } = await api(op, 'GET', `/clients?after=${after}`);
        assertEquals([status, body.errors[0].parameter], [400, 'after'], after);
      }
      for (const limit of ['0', '201', '-1', '1.5', 'x', '1e2']) {
        assertEquals((await api(op, 'GET', `/clients?limit=${limit}`)).status, 400, limit);
      }
    }));
});
