import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose';
import { describe, it } from 'node:test';
import { assert, assertEquals, assertFalse } from '../support/assert.ts';
import {
  ALICE,
  answerOf,
  assertRefused,
  authorizationUrl,
  claimsOf,
  isActive,
  obtainTokens,
  redeem,
  REDIRECT_URI,
  refresh,
  tokenRequest,
  tokensOf,
  userinfo,
} from '../support/flow.ts';
import { basic, CLIENT, ISSUER, type Op, openOp } from '../support/op.ts';

const OTHER = { ...CLIENT, client_id: 'other' };
const API = { ...CLIENT, client_id: 'api', redirect_uris: ['https://api.example/cb'] };
const PUBLIC = {
  client_id: 'spa',
  token_endpoint_auth_method: 'none',
  redirect_uris: [REDIRECT_URI],
};
const RESOURCE = {
  resource: 'https://api.example/',
  scope: 'read write',
  access_token_format: 'jwt',
  access_token_lifetime: '10m',
  introspection_clients: ['api'],
};
const SECOND = { resource: 'https://second.example/', scope: 'read' };
const withResources = {
  clients: [{ ...CLIENT, scope: `${CLIENT.scope} read write` }, OTHER, API],
  resources: [RESOURCE, SECOND],
};

async function introspect(
  op: Op,
  token: string,
  client_id: string = CLIENT.client_id,
): Promise<Record<string, unknown>> {
  const response = await op.post('/introspect', { token }, basic(client_id));
  assertEquals(response.status, 200);
  assertEquals(response.headers.get('cache-control'), 'no-store');
  return await response.json() as Record<string, unknown>;
}

describe('RFC 7662: introspection', () => {
  it('§2.2: tells the owner what an access token is', async () => {
    const op = await openOp();
    const { access_token, id_token } = await obtainTokens(op, { scope: 'openid email' });
    const told = await introspect(op, access_token);
    assertEquals(told, {
      active: true,
      scope: 'openid email',
      client_id: 'app',
      username: 'alice',
      exp: op.clock.now + 3600,
      iat: op.clock.now,
      sub: claimsOf(id_token)['sub'],
      aud: ISSUER,
      iss: ISSUER,
      auth_time: op.clock.now,
      acr: 'one_factor',
      amr: ['pwd'],
      token_type: 'Bearer',
      jti: told['jti'],
    });
  });

  it('§2.2: tells the owner of a refresh token, as long as it counts', async () => {
    const op = await openOp();
    const first = await obtainTokens(op, { scope: 'openid offline_access' });
    assertEquals((await introspect(op, first.refresh_token))['active'], true);
    await tokensOf(await refresh(op, first.refresh_token));
    op.clock.now += 10;
    assertEquals(await introspect(op, first.refresh_token), { active: false });
  });

  it('T076: says {"active":false}, and no more, to others and of anything that is no live token', async () => {
    const op = await openOp({ config: { clients: [CLIENT, OTHER] } });
    const { access_token, refresh_token, id_token } = await obtainTokens(op, {
      scope: 'openid offline_access',
    });
    for (const token of [access_token, refresh_token]) {
      assertEquals(await introspect(op, token, 'other'), { active: false });
      assertEquals(await introspect(op, `${token}x`), { active: false });
    }
    for (
      const token of [id_token, 'x', 'a.b.c', 'ost_at_', 'ost_rt_..', '\u0000', 'x'.repeat(30_000)]
    ) {
      assertEquals(await introspect(op, token), { active: false });
    }
    op.clock.now += 3600;
    assertEquals(await introspect(op, access_token), { active: false });
  });

  it('T076: refuses callers that cannot prove who they are', async () => {
    const op = await openOp({ config: { clients: [CLIENT, PUBLIC] } });
    await assertRefused(await op.post('/introspect', { token: 'x' }), 'invalid_client', 401);
    await assertRefused(
      await op.post('/introspect', { token: 'x', client_id: 'spa' }),
      'invalid_client',
      401,
    );
    await assertRefused(
      await op.post('/introspect', { token: 'x' }, basic('app', 'wrong')),
      'invalid_client',
      401,
    );
    await assertRefused(await op.post('/introspect', {}, basic('app')), 'invalid_request');
  });

  it('T076: a resource’s own clients may introspect what is meant for it, and nothing else', async () => {
    const op = await openOp({ config: withResources });
    const mine = await obtainTokens(op, { scope: 'read', resource: RESOURCE.resource });
    assertEquals((await introspect(op, mine.access_token, 'api'))['aud'], RESOURCE.resource);
    assertEquals(await introspect(op, mine.access_token, 'other'), { active: false });
    const foreign = await obtainTokens(op, { scope: 'read', resource: SECOND.resource });
    assertEquals(await introspect(op, foreign.access_token, 'api'), { active: false });
  });
});

describe('RFC 7009: revocation', () => {
  it('§2.1: an access token ends alone, and its answer is JSON', async () => {
    for (const access_token_format of ['opaque', 'jwt']) {
      const op = await openOp({ config: { clients: [{ ...CLIENT, access_token_format }] } });
      const { access_token, refresh_token } = await obtainTokens(op, {
        scope: 'openid offline_access',
      });
      const response = await op.post('/revoke', {
        token: access_token,
        token_type_hint: 'refresh_token',
      }, basic('app'));
      assertEquals([response.status, response.headers.get('content-type'), await response.text()], [
        200,
        'application/json',
        '{}',
      ]);
      assertFalse(await isActive(op, access_token));
      assertEquals((await userinfo(op, access_token)).status, 401);
      await tokensOf(await refresh(op, refresh_token));
    }
  });

  it('T078: a refresh token ends with its access tokens, and other grants stay', async () => {
    const op = await openOp();
    const browser = op.browser();
    const one = await obtainTokens(op, { scope: 'openid offline_access' }, browser);
    const other = await obtainTokens(op, { scope: 'openid offline_access' }, browser);
    assertEquals(
      (await op.post('/revoke', { token: one.refresh_token }, basic('app'))).status,
      200,
    );
    for (const token of [one.access_token, one.refresh_token]) {
      assertFalse(await isActive(op, token));
    }
    for (const token of [other.access_token, other.refresh_token]) {
      assert(await isActive(op, token));
    }
    await assertRefused(await refresh(op, one.refresh_token), 'invalid_grant');
  });

  it('T077: another client’s token is refused and stays alive', async () => {
    const op = await openOp({ config: { clients: [CLIENT, OTHER] } });
    const tokens = await obtainTokens(op, { scope: 'openid offline_access' });
    for (const token of [tokens.access_token, tokens.refresh_token]) {
      await assertRefused(await op.post('/revoke', { token }, basic('other')), 'invalid_grant');
      assert(await isActive(op, token));
    }
  });

  it('T077: an unknown token is 200, an ID token unsupported_token_type', async () => {
    const op = await openOp();
    const { id_token, access_token } = await obtainTokens(op);
    for (const token of ['x', 'a.b.c', `${access_token}x`]) {
      assertEquals((await op.post('/revoke', { token }, basic('app'))).status, 200);
    }
    await assertRefused(
      await op.post('/revoke', { token: id_token }, basic('app')),
      'unsupported_token_type',
    );
    await assertRefused(await op.post('/revoke', {}, basic('app')), 'invalid_request');
    await assertRefused(await op.post('/revoke', { token: 'x' }), 'invalid_client', 401);
  });

  it('a public client may end its own tokens', async () => {
    const op = await openOp({ config: { clients: [{ ...PUBLIC, scope: 'openid' }, CLIENT] } });
    const pkce = {
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    };
    const page = await op.browser().authorize(
      authorizationUrl({ client_id: 'spa', ...pkce }),
      ALICE,
    );
    const { access_token } = await tokensOf(
      await tokenRequest(op, {
        grant_type: 'authorization_code',
        code: answerOf(page)['code'],
        redirect_uri: REDIRECT_URI,
        client_id: 'spa',
        code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
      }, {}),
    );
    assertEquals((await op.post('/revoke', { token: access_token, client_id: 'spa' })).status, 200);
    assertEquals((await userinfo(op, access_token)).status, 401);
  });
});

describe('RFC 9068: JWT access tokens', () => {
  for (const alg of ['RS256', 'ES256', 'EdDSA']) {
    it(`§2: signed with ${alg}, typed at+jwt, with every claim it must have`, async () => {
      const client = {
        ...CLIENT,
        access_token_format: 'jwt',
        access_token_signed_response_alg: alg,
      };
      const op = await openOp({ config: { clients: [client] } });
      const { access_token, id_token } = await obtainTokens(op, { scope: 'openid email' });
      const jwks = await (await op.fetch('/jwks')).json() as JSONWebKeySet;
      const { payload, protectedHeader } = await jwtVerify(access_token, createLocalJWKSet(jwks), {
        issuer: ISSUER,
        audience: ISSUER,
        typ: 'at+jwt',
        currentDate: new Date(op.clock.now * 1000),
      });
      assertEquals(protectedHeader.alg, alg);
      assertEquals(payload.sub, claimsOf(id_token)['sub'] as string);
      assertEquals([payload['client_id'], payload['scope'], payload.exp], [
        'app',
        'openid email',
        op.clock.now + 3600,
      ]);
      assertEquals([payload['acr'], payload['auth_time']], ['one_factor', op.clock.now]);
      assert((payload.jti ?? '').length >= 22);
      assertEquals((await userinfo(op, access_token)).status, 200);
      assert(await isActive(op, access_token));
    });
  }

  it('T050: an ID token is no access token', async () => {
    const op = await openOp({ config: { clients: [{ ...CLIENT, access_token_format: 'jwt' }] } });
    const { id_token } = await obtainTokens(op);
    assertEquals((await userinfo(op, id_token)).status, 401);
  });
});

describe('RFC 8707: resource indicators', () => {
  it('a resource’s own format and lifetime count, and it is the audience', async () => {
    const op = await openOp({ config: withResources });
    const tokens = await obtainTokens(op, {
      scope: 'read offline_access',
      resource: RESOURCE.resource,
    });
    assertEquals(tokens.expires_in, 600);
    assertEquals(decodeJwt(tokens.access_token).aud, RESOURCE.resource);
  });

  it('T080: a token meant for a resource is refused by our own userinfo', async () => {
    const op = await openOp({ config: withResources });
    const browser = op.browser();
    const { access_token } = await obtainTokens(
      op,
      { scope: 'read', resource: RESOURCE.resource },
      browser,
    );
    const response = await userinfo(op, access_token);
    assertEquals(response.status, 401);
    const withOpenid = await obtainTokens(
      op,
      { scope: 'openid read', resource: RESOURCE.resource },
      browser,
    );
    assertEquals((await userinfo(op, withOpenid.access_token)).status, 200);
  });

  it('T023: unregistered or malformed resources are invalid_target', async () => {
    const op = await openOp({ config: withResources });
    for (const resource of ['https://evil.example/', 'https://api.example', 'x', '__proto__']) {
      const page = await op.browser().get(authorizationUrl({ resource, scope: 'read' }));
      assertEquals(answerOf(page)['error'], 'invalid_target', resource);
    }
  });

  it('T023: several may be asked for, then narrowed at the token endpoint and at refresh, never widened', async () => {
    const op = await openOp({ config: withResources });
    const url = `${
      authorizationUrl({ scope: 'read offline_access', resource: RESOURCE.resource })
    }&resource=${SECOND.resource}`;
    const page = await op.browser().authorize(url, ALICE);
    const tokens = await tokensOf(
      await redeem(op, answerOf(page)['code'] ?? '', { resource: SECOND.resource }),
    );
    assertEquals((await introspect(op, tokens.access_token))['aud'], SECOND.resource);
    const both = await tokensOf(await refresh(op, tokens.refresh_token));
    assertEquals((await introspect(op, both.access_token))['aud'], [
      RESOURCE.resource,
      SECOND.resource,
    ]);
    const one = await tokensOf(
      await refresh(op, both.refresh_token, { resource: RESOURCE.resource }),
    );
    assertEquals((await introspect(op, one.access_token))['aud'], RESOURCE.resource);
    await assertRefused(
      await refresh(op, one.refresh_token, { resource: 'https://evil.example/' }),
      'invalid_target',
    );
    const single = await obtainTokens(op, {
      scope: 'read offline_access',
      resource: SECOND.resource,
    });
    await assertRefused(
      await refresh(op, single.refresh_token, { resource: RESOURCE.resource }),
      'invalid_target',
    );
  });
});
