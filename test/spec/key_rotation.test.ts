/** Rotation of keys on both sides, as certification asks for it: Core §10.1.1, §10.2.1. */
import {
  CompactEncrypt,
  createRemoteJWKSet,
  customFetch,
  exportJWK,
  generateKeyPair,
  type JSONWebKeySet,
  type JWK,
  jwtVerify,
  SignJWT,
} from 'jose';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { tendKeys } from '../../src/engine/key_rotation.ts';
import { LEAD_SECONDS, PUBLISHED_MAX_AGE_SECONDS } from '../../src/keys/key_state.ts';
import { assert, assertEquals, assertNotEquals } from '../support/assert.ts';
import { has } from '../support/browser.ts';
import {
  authorizationUrl,
  headerOf,
  obtainCode,
  REDIRECT_URI,
  tokensOf,
  userinfo,
} from '../support/flow.ts';
import { basic, CLIENT, ISSUER, type Op, openOp } from '../support/op.ts';
import { TEST_TLS } from '../support/tls.ts';

const DAY = 86_400;

async function idTokenOf(op: Op): Promise<string> {
  const code = await obtainCode(op, { nonce: 'n-0S6' });
  const form = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI };
  return (await tokensOf(await op.post('/token', form, basic('app')))).id_token;
}

/** A relying party: looks again at an unknown kid, as jose does, or keeps what it has for its max-age. */
function relyingParty(op: Op) {
  let fetches = 0;
  const remote = createRemoteJWKSet(new URL(`${ISSUER}/jwks`), {
    cooldownDuration: 0,
    [customFetch]: async (url: string) => {
      fetches += 1;
      return await op.fetch(new URL(url).pathname);
    },
  });
  return {
    fetches: () => fetches,
    verify: async (jwt: string) => {
      const currentDate = new Date(op.clock.now * 1000);
      return (await jwtVerify(jwt, remote, { issuer: ISSUER, audience: 'app', currentDate }))
        .payload;
    },
  };
}

describe('Core §10.1.1: rotation of our signing keys', () => {
  it('a relying party verifies what comes before, while and after another key takes over', async () => {
    const op = await openOp({ config: { keys: { rotate_every: '30d' } } });
    const { verify, fetches } = relyingParty(op);
    const engine = op.instance.engine();
    const before = await idTokenOf(op);
    await verify(before);
    op.clock.now += 30 * DAY;
    const last = await idTokenOf(op);
    await tendKeys(engine);
    const pending = await idTokenOf(op);
    assertEquals(headerOf(pending)['kid'], headerOf(before)['kid']);
    op.clock.now += LEAD_SECONDS.sig;
    const after = await idTokenOf(op);
    assertNotEquals(headerOf(after)['kid'], headerOf(before)['kid']);
    for (const jwt of [last, pending, after]) assertEquals((await verify(jwt))['nonce'], 'n-0S6');
    assertEquals(fetches(), 2);
    // As a hint, expired or not, of a key that no longer signs.
    op.clock.now += DAY;
    const hinted = authorizationUrl({ prompt: 'none', id_token_hint: last });
    const answer = await op.browser().get(hinted);
    assertEquals(answer.url.searchParams.get('error'), 'login_required');
    await op.close();
  });

  it('with --now, whoever looks again at an unknown kid goes on', async () => {
    const op = await openOp();
    const { verify, fetches } = relyingParty(op);
    const before = await idTokenOf(op);
    await verify(before);
    await op.instance.engine().keys.rotate('RS256', { isNow: true });
    const after = await idTokenOf(op);
    assertNotEquals(headerOf(after)['kid'], headerOf(before)['kid']);
    for (const jwt of [after, before]) await verify(jwt);
    assertEquals(fetches(), 2);
    await op.close();
  });

  it('access tokens, opaque and signed, and refresh tokens outlast it', async () => {
    const clients = [CLIENT, { ...CLIENT, client_id: 'jwt', access_token_format: 'jwt' }];
    const op = await openOp({ config: { clients } });
    for (const client_id of ['app', 'jwt']) {
      const code = await obtainCode(op, {
        client_id,
        scope: 'openid offline_access',
        prompt: 'consent',
      });
      const form = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI };
      const tokens = await tokensOf(await op.post('/token', form, basic(client_id)));
      const { keys } = op.instance.engine();
      for (const group of ['seal', 'RS256', 'ES256', 'EdDSA'] as const) {
        assertEquals((await keys.rotate(group, { isNow: true })).kind, 'done');
      }
      op.clock.now += 60;
      assertEquals((await userinfo(op, tokens.access_token)).status, 200);
      const refresh = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token };
      await tokensOf(await op.post('/token', refresh, basic(client_id)));
    }
    await op.close();
  });
});

describe('Core §10.2.1: rotation of our encryption keys', () => {
  it('a request object encrypted to the key from before is taken until nobody can still know that key', async () => {
    const pair = await generateKeyPair('ES256', { extractable: true });
    const jwks = { keys: [{ ...await exportJWK(pair.publicKey), kid: 'k1', use: 'sig' }] };
    const client = {
      ...CLIENT,
      jwks,
      request_object_encryption_alg: 'ECDH-ES',
      request_object_encryption_enc: 'A256GCM',
    };
    const op = await openOp({ config: { clients: [client] } });
    const published = async (): Promise<JWK> => {
      const { keys } = await (await op.fetch('/jwks')).json() as JSONWebKeySet;
      const ours = keys.filter(({ use }) => use === 'enc');
      assertEquals(ours.length, 1);
      return ours[0] as JWK;
    };
    const isTaken = async (to: JWK): Promise<boolean> => {
      const claims = {
        iss: 'app',
        aud: ISSUER,
        exp: op.clock.now + 300,
        client_id: 'app',
        redirect_uri: REDIRECT_URI,
        response_type: 'code',
        scope: 'openid',
      };
      const jwt = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'k1' })
        .sign(pair.privateKey);
      const request = await new CompactEncrypt(new TextEncoder().encode(jwt))
        .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', kid: to.kid ?? '', cty: 'JWT' })
        .encrypt(to);
      const url = `/authorize?${new URLSearchParams({ client_id: 'app', request })}`;
      return has(await op.browser().get(url), 'login');
    };
    const before = await published();
    assert(await isTaken(before));
    const engine = op.instance.engine();
    assertEquals((await engine.keys.rotate('ECDH-ES')).kind, 'done');
    assertEquals((await published()).kid, before.kid);
    op.clock.now += LEAD_SECONDS.enc;
    const after = await published();
    assertNotEquals(after.kid, before.kid);
    for (const seconds of [0, PUBLISHED_MAX_AGE_SECONDS, DAY]) {
      op.clock.now += seconds;
      await tendKeys(engine);
      assert(await isTaken(before) && await isTaken(after));
    }
    op.clock.now += 3600;
    await tendKeys(engine);
    assertEquals([await isTaken(before), await isTaken(after)], [false, true]);
    await op.close();
  });
});

describe('Core §10.2.1: rotation of a client’s encryption keys', () => {
  it('what it publishes is looked at again before anything is encrypted to it', async () => {
    const recipients = await Promise.all(['one', 'two'].map(async (kid) => {
      const { publicKey } = await generateKeyPair('ECDH-ES', { extractable: true });
      return { ...await exportJWK(publicKey), kid, use: 'enc', alg: 'ECDH-ES' };
    }));
    let current = recipients[0];
    const server = createServer(TEST_TLS, (_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ keys: [current] }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const jwks_uri = `https://localhost:${(server.address() as AddressInfo).port}/jwks`;
    const client = { ...CLIENT, jwks_uri, id_token_encrypted_response_alg: 'ECDH-ES' };
    const outbound = { allow_networks: ['127.0.0.0/8'], ca_file: TEST_TLS.cert };
    const op = await openOp({ config: { clients: [client], outbound } });
    try {
      assertEquals(headerOf(await idTokenOf(op))['kid'], 'one');
      current = recipients[1];
      op.clock.now += 299;
      assertEquals(headerOf(await idTokenOf(op))['kid'], 'one');
      op.clock.now += 1;
      assertEquals(headerOf(await idTokenOf(op))['kid'], 'two');
    } finally {
      await op.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
