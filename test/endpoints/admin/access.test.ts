import { describe, it } from 'node:test';
import { addClient } from '../../../src/engine/administration/clients.ts';
import { sessions } from '../../../src/store/collections.ts';
import type { StoredClient } from '../../../src/store/records.ts';
import { clients } from '../../../src/store/collections.ts';
import {
  type AdminOp,
  adminToken,
  API,
  api,
  LOCAL_TOKEN,
  openAdminOp,
  ROBOT,
} from '../../support/admin.ts';
import { assert, assertEquals } from '../../support/assert.ts';
import { newProofKey, proofFor } from '../../support/dpop.ts';
import { ALICE, answerOf, authorizationUrl } from '../../support/flow.ts';
import { basic, CLI, CLIENT, CLIENT_SECRET, ISSUER, openOp } from '../../support/op.ts';

/** An application with which people administer. */
const CONSOLE = {
  ...CLIENT,
  client_id: 'console',
  scope: `${CLIENT.scope} ostiary:admin ostiary:read`,
} as const;

const CONFIG = { clients: [CLIENT, ROBOT, CONSOLE], scopes: { reports: { claims: [] } } };

async function withOp(work: (op: AdminOp) => Promise<void>, config = {}): Promise<void> {
  const op = await openAdminOp({ config: { ...CONFIG, ...config } });
  await work(op);
  await op.close();
}

async function aliceOf(op: AdminOp): Promise<string> {
  return (await op.instance.directory.findByUsername('alice'))?.id ?? '';
}

/** Signs alice in at two factors, as if she had shown a second one. */
async function signIn(op: AdminOp, acr: 'one_factor' | 'two_factor' = 'two_factor') {
  const browser = op.browser();
  await browser.authorize(authorizationUrl(), ALICE);
  for await (const { key, value } of sessions.list(op.store, [ISSUER])) {
    const [, ...parts] = key;
    await op.store.commit({ put: [sessions.put(parts, { ...value, acr })] });
  }
  return browser;
}

async function personToken(
  op: AdminOp,
  scope = 'openid ostiary:admin',
): Promise<{ readonly access_token: string; readonly refresh_token?: string }> {
  const browser = await signIn(op);
  const page = await browser.authorize(authorizationUrl({ client_id: 'console', scope }), ALICE);
  const { code } = answerOf(page);
  assert(code !== undefined, page.url.href);
  const response = await op.post('/token', {
    grant_type: 'authorization_code',
    code,
    redirect_uri: CLIENT.redirect_uris[0],
  }, basic('console'));
  return await response.json() as { access_token: string };
}

async function statusWith(op: AdminOp, token: string, method = 'GET', path = '/clients') {
  const body = method === 'POST' ? { body: {} } : {};
  return (await api(op, method, path, { token, ...body })).status;
}

async function errorOf(op: AdminOp, changes: Readonly<Record<string, string>>): Promise<unknown> {
  const form = { grant_type: 'client_credentials', ...changes };
  const response = await op.post('/token', form, basic('robot'));
  return ((await response.json()) as { error?: string }).error;
}

describe('the administration API: who may', () => {
  it('RFC 6750 §3: without a token, with none of ours, or with one in the URL, nothing', () =>
    withOp(async (op) => {
      const none = await api(op, 'GET', '/clients', { token: undefined });
      assertEquals(none.status, 401);
      const challenge = none.headers.get('www-authenticate') ?? '';
      assert(challenge.startsWith('Bearer realm="ostiary"'), challenge);
      assert(!challenge.includes('error='), challenge);
      for (const token of ['x', op.token.slice(0, -2), `${op.token}AA`, LOCAL_TOKEN, 'ost_at_']) {
        const { status, headers } = await api(op, 'GET', '/clients', { token });
        assertEquals(status, 401, token);
        assert(headers.get('www-authenticate')?.includes('error="invalid_token"'));
      }
      const inUrl = await api(op, 'GET', `/clients?access_token=${op.token}`);
      assertEquals(inUrl.status, 400);
      for (const authorization of ['Basic YTpi', `Bearer ${op.token} x`, `Bearer`, 'Bearer a b']) {
        const headers = { authorization };
        const { status } = await api(op, 'GET', '/clients', { token: undefined, headers });
        assert(status === 401 || status === 400, authorization);
      }
    }));

  it('a token with ostiary:read reads, and changes nothing', () =>
    withOp(async (op) => {
      const token = await adminToken(op, { scope: 'ostiary:read' });
      assertEquals(await statusWith(op, token), 200);
      const refused = await api(op, 'POST', '/clients', { token, body: { client_id: 'x' } });
      assertEquals(refused.status, 403);
      const challenge = refused.headers.get('www-authenticate') ?? '';
      assert(challenge.includes('error="insufficient_scope"'), challenge);
      assert(challenge.includes('scope="ostiary:admin"'), challenge);
      assertEquals(await statusWith(op, token, 'DELETE', '/clients/app'), 403);
      const nothing = await adminToken(op, { scope: 'reports' });
      assertEquals(await statusWith(op, nothing), 401);
    }));

  it('RFC 8707: a token is for the API alone, and the API takes no other', () =>
    withOp(async (op) => {
      const asked = await adminToken(op, { resource: API });
      assertEquals(await statusWith(op, asked), 200);
      const resources = [{ resource: 'https://api.example/', scope: ['x'] }];
      await withOp(async (other) => {
        const both = { scope: 'ostiary:admin', resource: 'https://api.example/' };
        assertEquals(await errorOf(other, both), 'invalid_target');
        assertEquals(await errorOf(other, { scope: 'reports', resource: API }), 'invalid_target');
        const foreign = await adminToken(other, {
          scope: 'reports',
          resource: 'https://api.example/',
        });
        assertEquals(await statusWith(other, foreign), 401);
      }, { resources: resources.map((each) => ({ ...each, scope: 'x' })) });
      const introspected = await op.post('/introspect', { token: op.token }, basic('robot'));
      const { aud } = await introspected.json() as { aud: unknown };
      assertEquals([aud].flat(), [API]);
    }));

  it('a token of another issuer is nothing, in either format', () =>
    withOp(async (op) => {
      for (const access_token_format of ['opaque', 'jwt']) {
        const clients = [CLIENT, { ...ROBOT, access_token_format }];
        const other = await openAdminOp({ config: { clients, issuer: 'https://other.example' } });
        const own = await openAdminOp({ config: { clients } });
        assertEquals(await statusWith(op, other.token), 401);
        assertEquals(await statusWith(own, other.token), 401);
        assertEquals(await statusWith(own, own.token), 200, access_token_format);
        await other.close();
        await own.close();
      }
    }));

  it('RFC 9449 §7: a bound token needs its key', () =>
    withOp(async (op) => {
      const key = await newProofKey();
      const dpop = await proofFor(op, key);
      const form = { grant_type: 'client_credentials', scope: 'ostiary:admin' };
      const response = await op.post('/token', form, { ...basic('robot'), dpop });
      const { access_token, token_type } = await response.json() as Record<string, string>;
      assertEquals(token_type, 'DPoP');
      assertEquals(await statusWith(op, access_token ?? ''), 401);
      const shown = async (by: typeof key, accessToken = access_token ?? '') => {
        const payload = { htm: 'GET', htu: `${API}/clients` };
        const proof = await proofFor(op, by, { accessToken, payload });
        const headers = { authorization: `DPoP ${access_token}`, dpop: proof };
        return (await api(op, 'GET', '/clients', { token: undefined, headers })).status;
      };
      assertEquals(await shown(key), 200);
      assertEquals(await shown(await newProofKey()), 401);
      assertEquals(await shown(key, 'another'), 401);
    }));

  it('a client that lost the scope, or that registered itself, has lost the power at once', () =>
    withOp(async (op) => {
      const engine = op.instance.engine();
      const metadata = { grant_types: ['client_credentials'], scope: 'ostiary:admin' };
      const given = { kind: 'given', secret: CLIENT_SECRET } as const;
      for (const end of ['scope', 'dcr', 'removed'] as const) {
        const added = await addClient(end, metadata, given, CLI, engine);
        assertEquals(added.kind, 'done', JSON.stringify(added));
        const form = { grant_type: 'client_credentials', scope: 'ostiary:admin' };
        const response = await op.post('/token', form, basic(end));
        const { access_token } = await response.json() as { access_token: string };
        assertEquals(await statusWith(op, access_token), 200);
        const stored = (await clients.get(op.store, ISSUER, end))?.value as StoredClient;
        if (end === 'removed') await api(op, 'DELETE', `/clients/${end}`);
        else {
          const next = end === 'scope'
            ? { ...stored, scope: 'openid' }
            : { ...stored, provenance: 'dcr' } as const;
          await op.store.commit({ put: [clients.put([ISSUER, end], next)] });
        }
        const status = await statusWith(op, access_token);
        assert(status === 401 || status === 403, `${end} ${status}`);
        if (end === 'dcr') {
          const again = await op.post('/token', form, basic(end));
          assertEquals(((await again.json()) as { error: string }).error, 'invalid_scope');
        }
      }
    }));

  it('a person of the administrators’ group at two factors, and nobody else', () =>
    withOp(async (op) => {
      const { access_token } = await personToken(op);
      assertEquals(await statusWith(op, access_token), 200);
      await api(op, 'POST', '/users', { token: access_token, body: { username: 'carol' } });
      const audit = await api(op, 'GET', '/audit?limit=1');
      const actor = { kind: 'api', client_id: 'console', user: await aliceOf(op) };
      assertEquals(audit.body.items[0].actor, actor);
      const url = authorizationUrl({
        client_id: 'console',
        scope: 'ostiary:admin',
        prompt: 'none',
      });
      const weak = await (await signIn(op, 'one_factor')).get(url);
      assertEquals(answerOf(weak)['error'], 'interaction_required');
      await op.instance.directory.update(await aliceOf(op), { groups: ['staff'] });
      const denied = await (await signIn(op)).get(url);
      assertEquals(answerOf(denied)['error'], 'access_denied');
    }));

  it('whoever leaves the group, is disabled or signs out has lost the power at the next request', () =>
    withOp(async (op) => {
      const alice = await aliceOf(op);
      const { directory } = op.instance;
      const ends: readonly (readonly [string, () => Promise<unknown>, () => Promise<unknown>])[] = [
        [
          'group',
          () => directory.update(alice, { groups: ['staff'] }),
          () => directory.update(alice, { groups: ['admins'] }),
        ],
        ['disabled', () => directory.disable(alice), () => directory.enable(alice)],
        ['sessions', () => api(op, 'DELETE', `/sessions?user=${alice}`), () => Promise.resolve()],
        ['grants', () => api(op, 'DELETE', `/grants?user=${alice}`), () => Promise.resolve()],
      ];
      for (const [name, end, mend] of ends) {
        op.clock.now += 10;
        const { access_token } = await personToken(op);
        assertEquals(await statusWith(op, access_token), 200, name);
        await end();
        assertEquals(await statusWith(op, access_token), 401, name);
        await mend();
      }
    }));

  it('no token with these scopes comes out of the authorization endpoint itself', () =>
    withOp(async (op) => {
      const page = await (await signIn(op)).get(authorizationUrl({
        client_id: 'console',
        response_type: 'id_token token',
        nonce: 'n',
        scope: 'openid ostiary:admin',
      }));
      assertEquals(answerOf(page)['error'], 'invalid_scope');
    }, {
      clients: [CLIENT, ROBOT, {
        ...CONSOLE,
        grant_types: ['authorization_code', 'implicit'],
        response_types: ['code', 'id_token token'],
      }],
    }));

  it('the local token counts from loopback, with nobody between', () =>
    withOp(async (op) => {
      const ask = async (peer: string, headers: Record<string, string> = {}) =>
        (await api(op, 'GET', '/clients', { token: LOCAL_TOKEN, peer, headers })).status;
      for (const peer of ['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1']) {
        assertEquals(await ask(peer), 200, peer);
      }
      for (const peer of ['203.0.113.7', '10.0.0.1', '::2', 'unknown']) {
        assertEquals(await ask(peer), 401, peer);
      }
      for (const name of ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'via', 'origin']) {
        assertEquals(await ask('127.0.0.1', { [name]: 'http://localhost' }), 401, name);
      }
      const made = await api(op, 'POST', '/clients', {
        token: LOCAL_TOKEN,
        peer: '127.0.0.1',
        body: { client_id: 'made', redirect_uris: ['https://made.example/'] },
      });
      assertEquals(made.status, 201);
      assertEquals((await api(op, 'GET', '/audit?limit=1')).body.items[0].actor, { kind: 'api' });
    }));

  it('without a local token nothing is local', async () => {
    const op = await openOp();
    for (const token of ['undefined', 'null', 'a']) {
      const response = await op.fetch(`${API}/clients`, {
        headers: { authorization: `Bearer ${token}` },
        peer: '127.0.0.1',
      });
      assertEquals(response.status, 401);
    }
    await op.close();
  });

  it('no cookie counts, and no page of another origin gets an answer', () =>
    withOp(async (op) => {
      const browser = await signIn(op);
      const cookie = [...browser.cookies].map((pair) => pair.join('=')).join('; ');
      const headers = { cookie, origin: ISSUER };
      assertEquals((await api(op, 'GET', '/clients', { token: undefined, headers })).status, 401);
      const preflight = await op.fetch(`${API}/clients`, {
        method: 'OPTIONS',
        headers: { origin: 'https://app.example', 'access-control-request-method': 'GET' },
      });
      assertEquals(preflight.headers.get('access-control-allow-origin'), null);
    }));
});
