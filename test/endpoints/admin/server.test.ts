import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { exportPKCS8, generateKeyPair } from 'jose';
import { type AdminOp, API, api, LOCAL_TOKEN, openAdminOp, ROBOT } from '../../support/admin.ts';
import { assert, assertEquals } from '../../support/assert.ts';
import { basic, CLIENT, ISSUER } from '../../support/op.ts';

async function withOp(work: (op: AdminOp) => Promise<void>, config = {}): Promise<void> {
  const op = await openAdminOp({ config });
  await work(op);
  await op.close();
}

describe('the administration API: the server', () => {
  it('keys are listed, rotated, imported and removed, without what is secret in them', () =>
    withOp(async (op) => {
      const before = await api(op, 'GET', '/keys');
      assert(before.body.items.length > 2);
      const rotated = await api(op, 'POST', '/keys/rotate', { body: { alg: 'ES256' } });
      assertEquals([rotated.status, rotated.body.keys.length], [200, 1]);
      assertEquals((await api(op, 'POST', '/keys/rotate', { body: { alg: 'HS1' } })).status, 422);
      const { privateKey } = await generateKeyPair('ES256', { extractable: true });
      const key = await exportPKCS8(privateKey);
      const imported = await api(op, 'POST', '/keys', { body: { key, alg: 'ES256' } });
      assertEquals([imported.status, imported.body.imported], [201, true]);
      assertEquals((await api(op, 'POST', '/keys', { body: { key: 'nonsense' } })).status, 422);
      const all = await api(op, 'GET', '/keys');
      assertEquals(all.body.items.length, before.body.items.length + 2);
      const text = JSON.stringify([all.body, imported.body, op.log]);
      assert(!text.includes('PRIVATE') && !text.includes('"d":') && !text.includes('sealed'));
      assertEquals((await api(op, 'DELETE', `/keys/${imported.body.kid}`)).status, 200);
      assert((await api(op, 'DELETE', `/keys/${imported.body.kid}`)).status >= 404);
      const { body: { items } } = await api(op, 'GET', '/audit?action=key&limit=10');
      assertEquals(items.length, 3);
    }));

  it('policies are shown in the words of the configuration, and explained', () =>
    withOp(async (op) => {
      const { body } = await api(op, 'GET', '/policies');
      assertEquals(body.authorization_policies, {
        staff: {
          default_policy: 'deny',
          rules: [{
            policy: 'two_factor',
            subject: [['group:staff', 'user:alice']],
            networks: ['internal'],
          }],
        },
      });
      assert(Object.keys(body.scopes).includes('openid'));
      const path = '/policies/explain?client_id=app&username=alice&address=10.1.1.1';
      const explained = await api(op, 'GET', path);
      assertEquals([explained.body.level, explained.body.decided_by], ['two_factor', 'rules[0]']);
      assertEquals((await api(op, 'GET', '/policies/explain')).status, 422);
      assertEquals((await api(op, 'GET', '/policies/explain?client_id=x')).status, 404);
      const bad = '/policies/explain?client_id=app&username=alice&address=x';
      assertEquals((await api(op, 'GET', bad)).status, 422);
      const check = `/policies/check-access?url=${encodeURIComponent('https://app.example/x')}`;
      const level = async (more: string) => (await api(op, 'GET', check + more)).body.level;
      assertEquals(await level(''), 'sign_in');
      assertEquals(await level('&username=alice'), 'one_factor');
      assertEquals(await level('&username=alice&method=DELETE'), 'deny');
      for (const more of ['&username=nobody', '&client_id=x']) {
        assertEquals((await api(op, 'GET', check + more)).status, 404);
      }
      const wrong = ['', '?url=x', `${check.slice(check.indexOf('?'))}&address=x&username=alice`];
      for (const query of [...wrong, `?url=https://a.example/&username=alice&client_id=app`]) {
        assertEquals((await api(op, 'GET', `/policies/check-access${query}`)).status, 422, query);
      }
    }, {
      access_control: {
        rules: [
          { domain: 'app.example', policy: 'deny', methods: 'DELETE' },
          { domain: 'app.example', policy: 'one_factor', subject: 'user:alice' },
        ],
      },
      clients: [{ ...CLIENT, authorization_policy: 'staff' }, ROBOT],
      definitions: { networks: { internal: ['10.0.0.0/8'] } },
      authorization_policies: {
        staff: {
          default_policy: 'deny',
          rules: [{
            policy: 'two_factor',
            subject: [['group:staff', 'user:alice']],
            networks: ['internal'],
          }],
        },
      },
    }));

  it('claims are explained, and subs listed and taken over', () =>
    withOp(async (op) => {
      const path = '/claims/explain?client_id=app&username=alice&scope=openid%20email';
      const { body } = await api(op, 'GET', path);
      assert(body.claims.some(({ claim }: { claim: string }) => claim === 'email'));
      assertEquals((await api(op, 'GET', '/claims/explain?client_id=app')).status, 422);
      const none = '/claims/explain?client_id=app&username=nobody';
      assertEquals((await api(op, 'GET', none)).status, 404);
      const row = { issuer: ISSUER, sector: 'public', username: 'alice', sub: 'from-elsewhere' };
      const taken = await api(op, 'POST', '/subjects', { body: { items: [row] } });
      assertEquals(taken.body, { imported: 1, unchanged: 0 });
      assertEquals((await api(op, 'GET', '/subjects')).body, { items: [row], next: null });
      const wrong = await api(op, 'POST', '/subjects', { body: { items: [{ ...row, sub: '' }] } });
      assertEquals(wrong.status, 422);
      assertEquals((await api(op, 'GET', '/audit?action=subjects')).body.items.length, 1);
    }));

  it('bans are listed page by page, and lifted', () =>
    withOp(async (op) => {
      for (const [index] of Array.from({ length: 5 }).entries()) {
        for (let attempt = 0; attempt < 12; attempt += 1) {
          const headers = basic('robot', 'wrong');
          const body = new URLSearchParams({ grant_type: 'client_credentials' });
          const peer = `198.51.100.${index}`;
          await op.fetch('/token', { method: 'POST', headers, body, peer });
        }
      }
      const all = (await api(op, 'GET', '/bans')).body.items;
      assert(all.length >= 5, JSON.stringify(all));
      const found: unknown[] = [];
      for (let next: string | null = ''; next !== null;) {
        const after: string = next === '' ? '' : `&after=${next}`;
        const page = await api(op, 'GET', `/bans?limit=2${after}`);
        found.push(...page.body.items);
        next = page.body.next;
      }
      assertEquals(found, all);
      const both = '/bans?username=alice&client_id=robot';
      assertEquals((await api(op, 'DELETE', both)).status, 422);
      assertEquals((await api(op, 'DELETE', '/bans?all=true&username=alice')).status, 422);
      const lifted = await api(op, 'DELETE', '/bans?all=true');
      assertEquals(lifted.body, { lifted: all.length });
      assertEquals((await api(op, 'GET', '/bans')).body.items, []);
    }));

  it('registration tokens are made, listed and removed, each shown once', () =>
    withOp(async (op) => {
      const made = await api(op, 'POST', '/registration-tokens', {
        body: { uses: null, lifetime: 3600, note: 'for the wiki' },
      });
      assertEquals(made.status, 201);
      const { token, registration_token: { id, uses_left, expires_at } } = made.body;
      assertEquals([uses_left, expires_at], [undefined, op.clock.now + 3600]);
      const list = await api(op, 'GET', '/registration-tokens');
      assertEquals(list.body.items.map((each: { id: string }) => each.id), [id]);
      await api(op, 'POST', '/registration-tokens');
      const first = await api(op, 'GET', '/registration-tokens?limit=1');
      const rest = await api(op, 'GET', `/registration-tokens?after=${first.body.next}`);
      assertEquals([first.body.items.length, rest.body.items.length, rest.body.next], [1, 1, null]);
      assert(!JSON.stringify([list.body, op.log]).includes(token));
      const wrong = await api(op, 'POST', '/registration-tokens', { body: { uses: 'two' } });
      assertEquals([wrong.status, wrong.body.errors[0].pointer], [422, '#/uses']);
      const none = await api(op, 'POST', '/registration-tokens', { body: { policy: 'nobody’s' } });
      assertEquals(none.status, 422);
      assertEquals((await api(op, 'DELETE', `/registration-tokens/${id}`)).status, 204);
      assertEquals((await api(op, 'DELETE', `/registration-tokens/${id}`)).status, 404);
    }));

  it('T081: who registers itself gets no scope of administration, and no power by it', () =>
    withOp(async (op) => {
      const { body: { token } } = await api(op, 'POST', '/registration-tokens');
      const response = await op.fetch('/register', {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          grant_types: ['client_credentials'],
          scope: 'ostiary:admin',
        }),
      });
      const made = await response.json() as Record<string, string>;
      if (response.status === 201) {
        const form = { grant_type: 'client_credentials', scope: 'ostiary:admin' };
        const headers = basic(made['client_id'] ?? '', made['client_secret']);
        const refused = await op.post('/token', form, headers);
        assertEquals(((await refused.json()) as { error: string }).error, 'invalid_scope');
      } else assertEquals(response.status, 400);
      const clients = await api(op, 'GET', '/clients?provenance=dcr');
      for (const { scope } of clients.body.items) assert(!scope.includes('ostiary'), scope);
    }, { registration: { mode: 'closed', grant_types: ['client_credentials'] } }));

  it('what is read of a client that registered itself can be sent back', () =>
    withOp(async (op) => {
      const { body: { token } } = await api(op, 'POST', '/registration-tokens');
      const response = await op.fetch('/register', {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          redirect_uris: ['https://rp.example/'],
          'client_name#de': 'Die App',
        }),
      });
      const { client_id, registration_access_token } = await response.json() as Record<
        string,
        string
      >;
      const read = await api(op, 'GET', `/clients/${client_id}`);
      assertEquals([read.body.provenance, read.body['client_name#de']], ['dcr', 'Die App']);
      assert(!JSON.stringify(read.body).includes('registration_access_token'));
      const sent = await api(op, 'PUT', `/clients/${client_id}`, {
        body: { ...read.body, client_name: 'The App' },
        headers: { 'if-match': read.headers.get('etag') ?? '' },
      });
      assertEquals([sent.status, sent.body.client['client_name#de']], [200, 'Die App']);
      const { client_name, updated_at: _, ...rest } = sent.body.client;
      const { updated_at: _before, ...same } = read.body;
      assertEquals([client_name, rest], ['The App', same]);
      const own = await op.fetch(`/register/${client_id}`, {
        headers: { authorization: `Bearer ${registration_access_token}` },
      });
      assertEquals(own.status, 200);
    }, { registration: { mode: 'closed' } }));

  it('options are set and taken back, tried before, and only as they were read', () =>
    withOp(async (op) => {
      const path = 'lifespans.access_token';
      const set = (value: unknown, headers: Readonly<Record<string, string>> = {}, query = '') =>
        api(op, 'PATCH', `/configuration${query}`, {
          body: { changes: [{ path, value }] },
          headers,
        });
      const before = await api(op, 'GET', '/configuration');
      const etag = before.headers.get('etag') ?? '';
      const dry = await set('30m', {}, '?dry_run=true');
      assertEquals([dry.body.applied, dry.body.changes[path].after], [false, '30m']);
      assertEquals((await api(op, 'GET', '/configuration')).body, before.body);
      const done = await set('30m', { 'if-match': etag });
      assertEquals([done.status, done.body.applied], [200, true]);
      assertEquals((await set('40m', { 'if-match': etag })).status, 412);
      const form = { grant_type: 'client_credentials', scope: 'ostiary:read' };
      const token = await (await op.post('/token', form, basic('robot'))).json();
      assertEquals((token as { expires_in: number }).expires_in, 1800);
      const { body } = await api(op, 'GET', '/configuration');
      const found = body.items.find((each: { path: string }) => each.path === path);
      assertEquals([found.value, found.provenance], ['30m', 'api']);
      assertEquals((await set('soon')).status, 422);
      const race = await Promise.all(
        ['1m', '2m', '3m'].map((value) =>
          set(value, { 'if-match': done.headers.get('etag') ?? '' })
        ),
      );
      assertEquals(race.map(({ status }) => status).sort(), [200, 412, 412]);
      assertEquals((await set(null)).status, 200);
      assertEquals((await set(null)).status, 422);
      const wrong = { body: { changes: [{ path: 'clients', value: [] }] } };
      assertEquals((await api(op, 'PATCH', '/configuration', wrong)).status, 422);
    }));

  it('issuers are added and removed, each with an API of its own that knows no token of another', () =>
    withOp(async (op) => {
      const issuer = 'https://second.example/auth';
      const added = await api(op, 'POST', '/issuers', { body: { issuer } });
      assertEquals([added.status, added.body.api], [201, `${issuer}/admin/api/v1`]);
      assertEquals((await api(op, 'POST', '/issuers', { body: { issuer } })).status, 409);
      assertEquals((await api(op, 'POST', '/issuers', { body: { issuer: 'x' } })).status, 422);
      const there = await op.fetch(`${issuer}/admin/api/v1/clients`, {
        headers: { authorization: `Bearer ${op.token}`, host: 'second.example' },
      });
      assertEquals(there.status, 401);
      const local = await op.fetch(`${issuer}/admin/api/v1/health`, {
        headers: { authorization: `Bearer ${LOCAL_TOKEN}`, host: 'second.example' },
        peer: '127.0.0.1',
      });
      assertEquals((await local.json() as { issuer: string }).issuer, issuer);
      const path = `/issuers/${encodeURIComponent(issuer)}`;
      assertEquals((await api(op, 'DELETE', path)).status, 204);
      assertEquals((await api(op, 'DELETE', path)).status, 404);
      const own = `/issuers/${encodeURIComponent(ISSUER)}`;
      assertEquals((await api(op, 'DELETE', own)).status, 409);
      const { body: { items } } = await api(op, 'GET', '/audit?action=issuer');
      assertEquals(items.length, 2);
    }));

  it('issuers, health, and whether messages are sent', () =>
    withOp(async (op) => {
      const issuers = await api(op, 'GET', '/issuers');
      assertEquals(issuers.body.items, [{ issuer: ISSUER, provenance: 'file', api: API }]);
      const health = await api(op, 'GET', '/health');
      assertEquals([health.body.issuer, health.body.store], [ISSUER, 'ready']);
      const { version } = JSON.parse(
        await readFile(new URL('../../../package.json', import.meta.url), 'utf8'),
      );
      assertEquals(health.body.version, version);
      const sent = await api(op, 'POST', '/notifier/test', { body: { to: 'ada@example.com' } });
      assertEquals(sent.body, { to: 'ada@example.com', sent: true });
    }));
});
