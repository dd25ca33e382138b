/** The resource-server example, run against a provider on loopback. */
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { after, before, describe, it } from 'node:test';
import { createResourceServer } from '../../scripts/resource_server/server.ts';
import { type RunningServer, startServer } from '../../src/runtime/serve.ts';
import { assert, assertEquals, assertMatch, assertStringIncludes } from '../support/assert.ts';
import { newProofKey, type ProofChanges, proofFor } from '../support/dpop.ts';
import { ALICE, answerOf, REDIRECT_URI } from '../support/flow.ts';
import { createHolder } from '../support/holder.ts';
import { basic, CLIENT, CLIENT_SECRET } from '../support/op.ts';
import { type RunningOp, startOp } from '../support/running_op.ts';

const OPAQUE = { ...CLIENT, scope: `${CLIENT.scope} read write` };
const JWT = { ...OPAQUE, client_id: 'jwt', access_token_format: 'jwt' };
const BOUND = {
  ...OPAQUE,
  client_id: 'bound',
  tls_client_certificate_bound_access_tokens: true,
};
const API = {
  client_id: 'api',
  client_secret: `$plaintext$${CLIENT_SECRET}`,
  grant_types: ['client_credentials'],
};

const holder = createHolder();
let op: RunningOp;
let api: RunningServer;
let resource = '';

const KEY = newProofKey();

function clock(): { clock: { now: number } } {
  return { clock: { now: Math.floor(Date.now() / 1000 + op.clock.aheadSeconds) } };
}

interface Wanted {
  readonly client_id?: string;
  readonly scope?: string;
  readonly resource?: string;
  readonly headers?: Record<string, string>;
}

async function obtain(
  { client_id = 'app', scope = 'read write', resource: asked = resource, headers }: Wanted = {},
): Promise<string> {
  const url = `${op.issuer}/authorize?${new URLSearchParams({
    client_id,
    redirect_uri: REDIRECT_URI,
    response_type: 'code',
    scope,
    resource: asked,
    state: 'AbCdE12345',
  })}`;
  const { code = '' } = answerOf(await op.browser().authorize(url, ALICE));
  const response = await fetch(`${op.issuer}/token`, {
    method: 'POST',
    headers: { ...basic(client_id), ...headers },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: REDIRECT_URI,
    }),
  });
  const body = await response.json() as { access_token: string };
  assertEquals(response.status, 200, JSON.stringify(body));
  return body.access_token;
}

async function obtainBound(client_id: string): Promise<string> {
  const payload = { htu: `${op.issuer}/token` };
  return await obtain({
    client_id,
    headers: { dpop: await proofFor(clock(), await KEY, { payload }) },
  });
}

async function call(
  authorization: string | undefined,
  method = 'GET',
  headers: Record<string, string> = {},
): Promise<Response> {
  return await fetch(`${resource}files`, {
    method,
    headers: { ...headers, ...(authorization === undefined ? {} : { authorization }) },
  });
}

async function callWithProof(token: string, changes: ProofChanges = {}): Promise<Response> {
  const dpop = await proofFor(clock(), await KEY, {
    accessToken: token,
    ...changes,
    payload: { htm: 'GET', htu: `${resource}files`, ...changes.payload },
  });
  return await call(`DPoP ${token}`, 'GET', { dpop });
}

async function assertChallenged(
  response: Response,
  error: string,
  scheme = 'Bearer',
  status = 401,
): Promise<string> {
  const challenge = response.headers.get('www-authenticate') ?? '';
  assertEquals([response.status, await response.json()], [status, { error }], challenge);
  assertMatch(challenge, new RegExp(`^${scheme} realm="files", .*error="${error}"`));
  return challenge;
}

describe('the resource-server example', () => {
  before(() =>
    holder.open(async (hold) => {
      let handle: (request: Request) => Promise<Response> = () =>
        Promise.reject(new Error('early'));
      api = await startServer({ fetch: (request) => handle(request), host: '127.0.0.1', port: 0 });
      await hold(Promise.resolve({ close: () => api.close(1) }));
      resource = `http://localhost:${api.port}/`;
      op = await hold(startOp({
        clients: [OPAQUE, JWT, BOUND, API],
        resources: [
          { resource, scope: 'read write', introspection_clients: ['api'] },
          { resource: 'https://other.example/', scope: 'read', introspection_clients: ['api'] },
        ],
        trusted_proxies: ['127.0.0.1/32', '::1/128'],
      }));
      handle = createResourceServer({
        issuer: op.issuer,
        resource,
        client_id: 'api',
        client_secret: CLIENT_SECRET,
        now: () => Date.now() / 1000 + op.clock.aheadSeconds,
      });
    })
  );

  after(() => holder.close());

  for (const client_id of ['app', 'jwt']) {
    it(`RFC 6750: takes a token of client ${client_id}, opaque or JWT, and answers as its owner’s`, async () => {
      const token = await obtain({ client_id });
      assertEquals(token.startsWith('ost_at_'), client_id === 'app');
      const response = await call(`Bearer ${token}`);
      assertEquals(response.status, 200);
      const { owner } = await response.json() as { owner: string };
      assertMatch(owner, /^[0-9a-f-]{36}$/);
    });

    it(`RFC 6750: refuses a token of client ${client_id} for another resource, and without the scope`, async () => {
      const foreign = await obtain({ client_id, resource: 'https://other.example/' });
      await assertChallenged(await call(`Bearer ${foreign}`), 'invalid_token');
      const reader = await obtain({ client_id, scope: 'read' });
      assertEquals((await call(`Bearer ${reader}`)).status, 200);
      const response = await call(`Bearer ${reader}`, 'DELETE');
      const challenge = await assertChallenged(response, 'insufficient_scope', 'Bearer', 403);
      assertStringIncludes(challenge, 'scope="write"');
    });
  }

  it('RFC 6750: says no more than the schemes to who sends no token', async () => {
    const response = await call(undefined);
    assertEquals(response.status, 401);
    assertEquals(
      response.headers.get('www-authenticate'),
      'Bearer realm="files", DPoP realm="files", algs="ES256 EdDSA PS256 RS256"',
    );
  });

  it('RFC 6750: refuses garbage, an ID token, and a JWT by somebody else', async () => {
    const pair = await generateKeyPair('ES256');
    const forged = await new SignJWT({ client_id: 'jwt', scope: 'read' })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', jwk: await exportJWK(pair.publicKey) })
      .setIssuer(op.issuer).setSubject('x').setAudience(resource).setExpirationTime('1h')
      .sign(pair.privateKey);
    for (const token of ['x', 'a.b.c', 'ost_at_x', forged]) {
      await assertChallenged(await call(`Bearer ${token}`), 'invalid_token');
    }
  });

  it('RFC 6750: refuses a token that was revoked, and one that has expired', async () => {
    const token = await obtain();
    assertEquals((await call(`Bearer ${token}`)).status, 200);
    await fetch(`${op.issuer}/revoke`, {
      method: 'POST',
      headers: basic('app'),
      body: new URLSearchParams({ token }),
    });
    await assertChallenged(await call(`Bearer ${token}`), 'invalid_token');
    const jwt = await obtain({ client_id: 'jwt' });
    op.clock.aheadSeconds += 3601;
    try {
      await assertChallenged(await call(`Bearer ${jwt}`), 'invalid_token');
    } finally {
      op.clock.aheadSeconds -= 3601;
    }
  });

  for (const client_id of ['app', 'jwt']) {
    it(`RFC 9449 §7: takes a bound token of client ${client_id} with its proof, once`, async () => {
      const token = await obtainBound(client_id);
      assertEquals((await callWithProof(token)).status, 200);
      const once = { payload: { jti: `once ${client_id}` } };
      assertEquals((await callWithProof(token, once)).status, 200);
      await assertChallenged(await callWithProof(token, once), 'invalid_dpop_proof', 'DPoP');
      await assertChallenged(await call(`Bearer ${token}`), 'invalid_token');
      await assertChallenged(await call(`DPoP ${token}`), 'invalid_dpop_proof', 'DPoP');
    });
  }

  it('RFC 9449 §7: refuses a proof by another key, for another request, token or time', async () => {
    const token = await obtainBound('jwt');
    const now = Math.floor(Date.now() / 1000);
    const rows: readonly ProofChanges[] = [
      { payload: { htm: 'POST' } },
      { payload: { htu: `${resource}other` } },
      { payload: { ath: 'x' } },
      { payload: { iat: now - 120 } },
      { payload: { iat: now + 120 } },
      { payload: { jti: undefined } },
      { header: { typ: 'JWT' } },
      { header: { jwk: (await newProofKey()).jwk } },
    ];
    for (const changes of rows) {
      const response = await callWithProof(token, changes);
      await assertChallenged(response, 'invalid_dpop_proof', 'DPoP');
    }
    const other = await newProofKey();
    const dpop = await proofFor(clock(), other, {
      accessToken: token,
      payload: { htm: 'GET', htu: `${resource}files` },
    });
    await assertChallenged(await call(`DPoP ${token}`, 'GET', { dpop }), 'invalid_token', 'DPoP');
  });

  it('RFC 9449 §7: a bearer’s token does not pass under the DPoP scheme', async () => {
    await assertChallenged(await callWithProof(await obtain()), 'invalid_token', 'DPoP');
  });

  it('RFC 8705 §3: refuses a token bound to a certificate, which it cannot see', async () => {
    const certificate = { 'client-cert': `:${btoa('a certificate')}:` };
    const token = await obtain({ client_id: 'bound', headers: certificate });
    await assertChallenged(await call(`Bearer ${token}`), 'invalid_token');
  });

  for (const client_id of ['app', 'jwt']) {
    it(`RFC 9470 §3: asks client ${client_id} for a sign-in that is recent enough, and then answers`, async () => {
      const token = await obtain({ client_id });
      assertEquals((await call(`Bearer ${token}`, 'DELETE')).status, 200);
      op.clock.aheadSeconds += 301;
      try {
        const response = await call(`Bearer ${token}`, 'DELETE');
        const challenge = await assertChallenged(response, 'insufficient_user_authentication');
        assertStringIncludes(challenge, 'max_age="300"');
        assertEquals((await call(`Bearer ${token}`)).status, 200);
        const stepped = await obtain({ client_id });
        assertEquals((await call(`Bearer ${stepped}`, 'DELETE')).status, 200);
      } finally {
        op.clock.aheadSeconds -= 301;
      }
    });

    it(`RFC 9470 §3: asks client ${client_id} for a sign-in that is sure enough`, async () => {
      const token = await obtain({ client_id });
      const response = await call(`Bearer ${token}`, 'POST');
      const challenge = await assertChallenged(response, 'insufficient_user_authentication');
      assertStringIncludes(challenge, 'acr_values="two_factor"');
      assert(!challenge.includes('max_age'));
    });
  }
});
