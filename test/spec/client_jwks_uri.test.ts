/** What the provider fetches of a client and what it never does, over a real https server of the client's. */
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { assert, assertEquals } from '../support/assert.ts';
import { assertRefused, obtainCode, REDIRECT_URI, tokensOf } from '../support/flow.ts';
import { CLIENT, ISSUER, type Op, openOp } from '../support/op.ts';
import { TEST_TLS } from '../support/tls.ts';

const first = await generateKeyPair('ES256', { extractable: true });
const second = await generateKeyPair('ES256', { extractable: true });

interface Site {
  readonly origin: string;
  readonly seen: string[];
  /** What stands at /jwks. */
  keys: readonly JWK[];
}

async function withSite(action: (site: Site) => Promise<void>): Promise<void> {
  const seen: string[] = [];
  const server = createServer(TEST_TLS, (request, response) => {
    seen.push(request.url ?? '');
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ keys: site.keys }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const site: Site = {
    origin: `https://localhost:${(server.address() as AddressInfo).port}`,
    seen,
    keys: [await exportJWK(first.publicKey)],
  };
  try {
    await action(site);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** With `app` as a client that publishes its keys. */
function open(
  { origin }: Site,
  outbound: Readonly<Record<string, unknown>> = {
    allow_networks: ['127.0.0.0/8'],
    ca_file: TEST_TLS.cert,
  },
): Promise<Op> {
  const { client_secret: _, ...rest } = CLIENT;
  const client = {
    ...rest,
    grant_types: [...CLIENT.grant_types, 'client_credentials'],
    token_endpoint_auth_method: 'private_key_jwt',
    jwks_uri: `${origin}/jwks`,
    logo_uri: `${origin}/logo`,
    policy_uri: `${origin}/policy`,
    tos_uri: `${origin}/tos`,
    client_uri: `${origin}/client`,
  };
  return openOp({ config: { clients: [client], outbound } });
}

async function ask(
  op: Op,
  { privateKey }: typeof first,
  form: Readonly<Record<string, string>> = { grant_type: 'client_credentials' },
): Promise<Response> {
  const claims = { iss: 'app', sub: 'app', aud: ISSUER, exp: op.clock.now + 60, jti: randomUUID() };
  const client_assertion = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256' }).sign(privateKey);
  const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
  return await op.post('/token', { ...form, client_assertion, client_assertion_type });
}

describe('T092, Core §10.1.1: keys that a client publishes', () => {
  it('are fetched once, and anew when the client has another key', async () => {
    await withSite(async (site) => {
      const op = await open(site);
      for (let i = 0; i < 3; i++) assertEquals((await ask(op, first)).status, 200);
      assertEquals(site.seen, ['/jwks']);
      site.keys = [await exportJWK(second.publicKey)];
      op.clock.now += 10;
      assertEquals((await ask(op, second)).status, 200);
      await assertRefused(await ask(op, first), 'invalid_client', 401);
      assertEquals(site.seen, ['/jwks', '/jwks']);
      await op.close();
    });
  });

  it('T092: wrong signatures make no more than one fetch in a cool-down', async () => {
    await withSite(async (site) => {
      const op = await open(site);
      assertEquals((await ask(op, first)).status, 200);
      op.clock.now += 10;
      const answers = await Promise.all(Array.from({ length: 20 }, () => ask(op, second)));
      for (const answer of answers) await assertRefused(answer, 'invalid_client', 401);
      assertEquals(site.seen, ['/jwks', '/jwks']);
      assertEquals((await ask(op, first)).status, 200);
      await op.close();
    });
  });

  it('T088: at an address that is not allowed they are not fetched', async () => {
    await withSite(async (site) => {
      const op = await open(site, { ca_file: TEST_TLS.cert });
      const body = await assertRefused(await ask(op, first), 'invalid_client', 401);
      assertEquals(body['error_description'], 'client authentication failed');
      assertEquals(site.seen, []);
      assert(op.log.some((line) => line.includes('special use')));
      await op.close();
    });
  });
});

describe('T091: what is for display', () => {
  it('T091: logo, policy, terms and home page of a client are never fetched', async () => {
    await withSite(async (site) => {
      const op = await open(site);
      const code = await obtainCode(op);
      const form = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI };
      await tokensOf(await ask(op, first, form));
      assertEquals(site.seen, ['/jwks']);
      await op.close();
    });
  });
});
