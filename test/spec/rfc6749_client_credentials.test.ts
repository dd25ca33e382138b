import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { describe, it } from 'node:test';
import { requireConfig } from '../../src/config/parse.ts';
import { assert, assertEquals, assertFalse, assertThrows } from '../support/assert.ts';
import {
  answerOf,
  assertRefused,
  authorizationUrl,
  tokenRequest,
  tokensOf,
  userinfo,
} from '../support/flow.ts';
import { basic, CLIENT, CLIENT_SECRET, ISSUER, type Op, openOp } from '../support/op.ts';

const MACHINE = {
  client_id: 'machine',
  client_secret: `$plaintext$${CLIENT_SECRET}`,
  grant_types: ['client_credentials'],
  scope: 'openid offline_access read write',
};
const API = { ...CLIENT, client_id: 'api' };
const config = {
  clients: [MACHINE, { ...MACHINE, client_id: 'jwt', access_token_format: 'jwt' }, API, CLIENT],
  resources: [{
    resource: 'https://api.example/',
    scope: 'read write',
    introspection_clients: ['api'],
    access_token_lifetime: '5m',
  }],
};

function obtain(
  op: Op,
  changes: Record<string, string> = {},
  client_id = 'machine',
): Promise<Response> {
  return tokenRequest(op, { grant_type: 'client_credentials', ...changes }, basic(client_id));
}

async function introspect(
  op: Op,
  token: string,
  client_id: string,
): Promise<Record<string, unknown>> {
  return await (await op.post('/introspect', { token }, basic(client_id))).json() as Record<
    string,
    unknown
  >;
}

describe('RFC 6749 §4.4: client credentials', () => {
  it('§4.4.3: yields an access token and nothing else, and stores nothing', async () => {
    const op = await openOp({ config });
    let before = 0;
    for await (const _ of op.store.list(['grant'])) before += 1;
    const response = await obtain(op, { scope: 'read' });
    assertEquals(response.headers.get('cache-control'), 'no-store');
    const body = await tokensOf(response);
    assertEquals(Object.keys(body).sort(), ['access_token', 'expires_in', 'scope', 'token_type']);
    assertEquals([body.scope, body.expires_in, body.token_type], ['read', 3600, 'Bearer']);
    for (const name of ['grant', 'code', 'session', 'revoked']) {
      for await (const _ of op.store.list([name])) before -= 1;
    }
    assertEquals(before, 0);
  });

  it('RFC 7662 §2.2: the client is its own subject', async () => {
    const op = await openOp({ config });
    const { access_token } = await tokensOf(await obtain(op, { scope: 'read' }));
    const told = await introspect(op, access_token, 'machine');
    assertEquals([told['active'], told['sub'], told['client_id'], told['aud']], [
      true,
      'machine',
      'machine',
      ISSUER,
    ]);
    assertFalse('username' in told || 'auth_time' in told);
  });

  it('RFC 9068 §2.2: as a JWT, sub is the client_id, and nothing speaks of a person', async () => {
    const op = await openOp({ config });
    const { access_token } = await tokensOf(await obtain(op, { scope: 'read' }, 'jwt'));
    const jwks = await (await op.fetch('/jwks')).json() as JSONWebKeySet;
    const { payload } = await jwtVerify(access_token, createLocalJWKSet(jwks), {
      issuer: ISSUER,
      typ: 'at+jwt',
      currentDate: new Date(op.clock.now * 1000),
    });
    assertEquals([payload.sub, payload['client_id'], payload['scope']], ['jwt', 'jwt', 'read']);
    for (const claim of ['auth_time', 'acr', 'amr']) assertFalse(claim in payload, claim);
  });

  it('RFC 8707: for a resource, with its lifetime, readable by its introspection clients only', async () => {
    const op = await openOp({ config });
    const { access_token, expires_in } = await tokensOf(
      await obtain(op, { scope: 'read', resource: 'https://api.example/' }),
    );
    assertEquals(expires_in, 300);
    assertEquals((await introspect(op, access_token, 'api'))['aud'], 'https://api.example/');
    assertEquals(await introspect(op, access_token, 'app'), { active: false });
    await assertRefused(await obtain(op, { resource: 'https://evil.example/' }), 'invalid_target');
  });

  it('§3.3: no scope by default; openid, offline_access and what is not registered are invalid_scope', async () => {
    const op = await openOp({ config });
    assertFalse('scope' in await tokensOf(await obtain(op)));
    for (const scope of ['openid', 'read offline_access', 'email', 'a"b', 'constructor']) {
      await assertRefused(await obtain(op, { scope }), 'invalid_scope');
    }
  });

  it('T079: userinfo knows nobody behind it', async () => {
    const op = await openOp({ config });
    const { access_token } = await tokensOf(await obtain(op, { scope: 'read' }));
    const response = await userinfo(op, access_token);
    assertEquals(response.status, 403);
    assert(response.headers.get('www-authenticate')?.includes('insufficient_scope'));
  });

  it('RFC 7009: it can be revoked, by its own client', async () => {
    const op = await openOp({ config });
    const { access_token } = await tokensOf(await obtain(op, { scope: 'read' }));
    await assertRefused(
      await op.post('/revoke', { token: access_token }, basic('api')),
      'invalid_grant',
    );
    assertEquals((await op.post('/revoke', { token: access_token }, basic('machine'))).status, 200);
    assertEquals(await introspect(op, access_token, 'machine'), { active: false });
  });

  it('T034: ends with its client', async () => {
    const op = await openOp({ config });
    const { access_token } = await tokensOf(
      await obtain(op, { scope: 'read', resource: 'https://api.example/' }),
    );
    await op.instance.reload(
      requireConfig({
        ...config,
        issuer: ISSUER,
        storage: { engine: 'memory' },
        clients: [API, CLIENT],
      }),
    );
    assertEquals(await introspect(op, access_token, 'api'), { active: false });
  });

  it('needs registration for the grant, and a client that can prove itself', async () => {
    const op = await openOp({ config });
    await assertRefused(await obtain(op, {}, 'app'), 'unauthorized_client');
    const form = { grant_type: 'client_credentials', client_id: 'machine' };
    await assertRefused(await tokenRequest(op, form, {}), 'invalid_client', 401);
    const isPublic = {
      client_id: 'p',
      token_endpoint_auth_method: 'none',
      grant_types: ['client_credentials'],
    };
    assertThrows(
      () => requireConfig({ clients: [isPublic] }),
      TypeError,
      'client_credentials is not for public clients',
    );
  });

  it('T022: such a client has no business at the authorization endpoint', async () => {
    const clients = [{ ...MACHINE, redirect_uris: ['https://app.example/callback'] }];
    const op = await openOp({ config: { ...config, clients: [...clients, API] } });
    const page = await op.browser().get(authorizationUrl({ client_id: 'machine' }));
    assertEquals(answerOf(page)['error'], 'unauthorized_client');
  });
});
