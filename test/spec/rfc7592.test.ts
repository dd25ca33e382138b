/** OAuth 2.0 Dynamic Client Registration Management Protocol. */
import { describe, it } from 'node:test';
import { updateClient } from '../../src/engine/administration/clients.ts';
import { audits, clients, consents, grants } from '../../src/store/collections.ts';
import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertNotEquals,
} from '../support/assert.ts';
import { approve, DEVICE_CODE_GRANT } from '../support/device.ts';
import {
  ALICE,
  authorizationUrl,
  CHALLENGE,
  obtainCode,
  userinfo,
  VERIFIER,
} from '../support/flow.ts';
import { basic, ISSUER, type Op } from '../support/op.ts';
import {
  allOf,
  bearer,
  type Information,
  METADATA,
  type Metadata,
  plantToken,
  refusalOf,
  registered,
  send,
  withRegistrar,
} from '../support/registration.ts';

function read(op: Op, client: Information, token = client.registration_access_token) {
  return op.fetch(client.registration_client_uri, { headers: bearer(token) });
}

function update(
  op: Op,
  { client_id, registration_client_uri, registration_access_token }: Information,
  metadata: Metadata = METADATA,
  token = registration_access_token,
) {
  return send(op, 'PUT', registration_client_uri, { client_id, ...metadata }, token);
}

function remove(op: Op, client: Information, token = client.registration_access_token) {
  return op.fetch(client.registration_client_uri, { method: 'DELETE', headers: bearer(token) });
}

async function updated(op: Op, client: Information, metadata?: Metadata): Promise<Information> {
  const response = await update(op, client, metadata);
  const text = await response.text();
  assertEquals([response.status, response.status === 200 ? '' : text], [200, '']);
  return JSON.parse(text);
}

const JWT_METHOD = { ...METADATA, token_endpoint_auth_method: 'client_secret_jwt' };

describe('RFC 7592 §2.1: reading', () => {
  it('shows what is registered as it is stored, and the token that was shown', () =>
    withRegistrar(async (op) => {
      const names = { client_name: 'Clock', 'client_name#de': 'Uhr', contacts: ['a@rp.example'] };
      const client = await registered(op, { ...METADATA, ...names });
      const response = await read(op, client);
      assertEquals(response.status, 200);
      assertEquals(response.headers.get('cache-control'), 'no-store');
      const { client_secret: _, ...rest } = client;
      assertEquals(await response.json(), rest);
    }));

  it('shows what an administrator has changed since', () =>
    withRegistrar(async (op) => {
      const client = await registered(op);
      const changes = { client_name: 'By hand', authorization_policy: 'two_factor' };
      const engine = op.instance.engine();
      const outcome = await updateClient(client.client_id, changes, { kind: 'cli' }, engine);
      assertEquals(outcome.kind, 'done');
      const { client_name, authorization_policy } = await (await read(op, client))
        .json() as Metadata;
      assertEquals([client_name, authorization_policy], ['By hand', 'two_factor']);
    }));
});

describe('RFC 7592 §2, §5: the registration access token', () => {
  it('T083: manages one client, and tells nothing of others', () =>
    withRegistrar(async (op) => {
      const [one, other] = [await registered(op), await registered(op)];
      const answers: string[] = [];
      const at = (client_id: string) => `/register/${encodeURIComponent(client_id)}`;
      const initial = await plantToken(op);
      for (
        const [path, token] of [
          [at(other.client_id), one.registration_access_token],
          [at('dcr_AAAAAAAAAAAAAAAAAAAAAA'), one.registration_access_token],
          [at('app'), one.registration_access_token],
          [at('a b\u0000'), one.registration_access_token],
          [at('x'.repeat(2000)), one.registration_access_token],
          [at('__proto__'), one.registration_access_token],
          [at(one.client_id), initial],
          [at(one.client_id), one.client_secret],
          [at(one.client_id), `${one.registration_access_token}x`],
        ] as const
      ) {
        for (const method of ['GET', 'PUT', 'DELETE']) {
          const body = JSON.stringify({ ...METADATA, client_id: other.client_id });
          const headers = { ...bearer(token), 'content-type': 'application/json' };
          const response = await op.fetch(path, {
            method,
            headers,
            ...method === 'PUT' && { body },
          });
          assertEquals(response.status, 401, `${method} ${path}`);
          answers.push(`${response.headers.get('www-authenticate')} ${await response.text()}`);
        }
      }
      assertEquals(new Set(answers).size, 1);
      assertMatch(answers[0] ?? '', /error="invalid_token"/);
      assertEquals([(await read(op, one)).status, (await read(op, other)).status], [200, 200]);
    }));

  it('without one, 401 has a challenge and no error', () =>
    withRegistrar(async (op) => {
      const { registration_client_uri } = await registered(op);
      for (const path of [registration_client_uri, '/register/nobody']) {
        const response = await op.fetch(path);
        assertEquals(response.status, 401);
        assertEquals(response.headers.get('www-authenticate'), 'Bearer realm="ostiary"');
      }
    }));

  it('T083: is void at another client even when its digest was copied there', () =>
    withRegistrar(async (op) => {
      const [one, other] = [await registered(op), await registered(op)];
      const stored = async ({ client_id }: Information) =>
        (await clients.get(op.store, ISSUER, client_id))?.value;
      const [from, to] = [await stored(one), await stored(other)];
      assert(from?.registration !== undefined && to !== undefined);
      const copied = { ...to, registration: from.registration };
      await op.store.commit({ put: [clients.put([ISSUER, other.client_id], copied)] });
      assertEquals((await read(op, other, one.registration_access_token)).status, 401);
    }));

  it('a method that is not there is 405', () =>
    withRegistrar(async (op) => {
      const { registration_client_uri } = await registered(op);
      const response = await op.fetch(registration_client_uri, { method: 'POST' });
      assertEquals(response.status, 405);
      assertEquals(response.headers.get('allow'), 'GET, PUT, DELETE, HEAD, OPTIONS');
    }));
});

describe('RFC 7592 §2.2: updating', () => {
  it('replaces everything: what is left out returns to its default', () =>
    withRegistrar(async (op) => {
      const client = await registered(op, {
        ...METADATA,
        client_name: 'Clock',
        'client_name#de': 'Uhr',
        default_max_age: 60,
        scope: 'openid',
      });
      const after = await updated(op, client, { redirect_uris: ['https://rp.example/other'] });
      for (const name of ['client_name', 'client_name#de', 'default_max_age']) {
        assertFalse(name in after, name);
      }
      assertEquals(after['redirect_uris'], ['https://rp.example/other']);
      assertEquals(after['scope'], 'openid profile email phone address offline_access');
      assertEquals(after.client_id, client.client_id);
      assertEquals(after.client_id_issued_at, client.client_id_issued_at);
      const { client_secret: _, ...shown } = after;
      assertEquals(await (await read(op, after)).json(), shown);
    }));

  it('the secret stays; of what an administrator has set, the client takes nothing back', () =>
    withRegistrar(async (op) => {
      const client = await registered(op);
      const changes = {
        authorization_policy: 'deny',
        consent_mode: 'explicit',
        require_pkce: true,
      };
      const engine = op.instance.engine();
      await updateClient(client.client_id, changes, { kind: 'cli' }, engine);
      const sent = { ...METADATA, authorization_policy: 'one_factor', require_pkce: false };
      const after = await updated(op, client, sent);
      assertFalse('client_secret' in after);
      assertEquals([after['authorization_policy'], after['require_pkce']], ['deny', true]);
      const introspected = await op.post(
        '/introspect',
        { token: 'x' },
        basic(
          client.client_id,
          client.client_secret,
        ),
      );
      assertEquals(introspected.status, 200);
    }));

  it('T083: puts another token in the place of the one that was shown', () =>
    withRegistrar(async (op) => {
      const client = await registered(op);
      const after = await updated(op, client);
      assertNotEquals(after.registration_access_token, client.registration_access_token);
      assertMatch(after.registration_access_token, /^ost_rat_[\w-]{43}$/);
      const other = { redirect_uris: ['https://rp.example/other'] };
      for (
        const response of [
          await read(op, client),
          await remove(op, client),
          await update(op, client, other),
        ]
      ) assertEquals(response.status, 401);
      assertEquals((await read(op, after)).status, 200);
    }));

  it('an update whose answer got lost is answered the same when it comes again, for a while', () =>
    withRegistrar(async (op) => {
      const client = await registered(op, { ...METADATA, token_endpoint_auth_method: 'none' });
      const first = await updated(op, client, JWT_METHOD);
      assertMatch(first.client_secret, /^[\w-]{64}$/);
      op.clock.now += 599;
      assertEquals(await updated(op, client, JWT_METHOD), first);
      assertEquals((await read(op, first)).status, 200);
      op.clock.now += 1;
      assertEquals((await update(op, client, JWT_METHOD)).status, 401);
      assertEquals((await read(op, first)).status, 200);
    }));

  it('an update before the last is void, whatever is sent', () =>
    withRegistrar(async (op) => {
      const first = await registered(op);
      const second = await updated(op, first);
      await updated(op, second);
      assertEquals((await update(op, first)).status, 401);
      assertEquals((await read(op, second)).status, 401);
    }));

  it('of two that differ at the same time one holds', () =>
    withRegistrar(async (op) => {
      const client = await registered(op);
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          update(op, client, { ...METADATA, client_name: `Clock ${index}` })),
      );
      const held = answers.filter(({ status }) =>
        status === 200
      );
      assertEquals(held.length, 1);
      const after = await held[0]?.json() as Information;
      assertEquals(
        (await (await read(op, after)).json() as Metadata)['client_name'],
        after['client_name'],
      );
    }));

  it('the same at the same time is one update', () =>
    withRegistrar(async (op) => {
      const client = await registered(op);
      const answers = await Promise.all(Array.from({ length: 8 }, () => updated(op, client)));
      assertEquals(new Set(answers.map((each) => JSON.stringify(each))).size, 1);
    }));

  const rows: readonly [name: string, changes: Metadata][] = [
    ['no client_id', { client_id: undefined }],
    ['another client_id', { client_id: 'app' }],
    ['another client_secret', { client_secret: 'letmein' }],
    ['a client_secret that is none', { client_secret: 7 }],
    ['its registration_access_token', { registration_access_token: 'x' }],
    ['its registration_client_uri', { registration_client_uri: 'x' }],
    ['its client_id_issued_at', { client_id_issued_at: 1 }],
    ['its client_secret_expires_at', { client_secret_expires_at: 0 }],
    ['nothing to return to', { redirect_uris: [] }],
    ['contradictions', { response_types: ['id_token'] }],
    ['client_credentials', { grant_types: ['client_credentials'] }],
    ['null for its id', { client_id: null }],
  ];
  for (const [name, changes] of rows) {
    it(`T085: with ${name} is refused, and changes nothing`, () =>
      withRegistrar(async (op) => {
        const client = await registered(op);
        const response = await update(op, client, { ...METADATA, ...changes });
        const refusal = await refusalOf(response);
        assertEquals(refusal.status, 400);
        assertMatch(refusal.error, /^invalid_(client_metadata|redirect_uri)$/);
        const { client_secret: _, ...before } = client;
        assertEquals(await (await read(op, client)).json(), before);
      }));
  }

  it('with the current client_secret is taken', () =>
    withRegistrar(async (op) => {
      const client = await registered(op);
      await updated(op, client, { ...METADATA, client_secret: client.client_secret });
    }));

  it('brings a secret to a client that needs one now, and takes it from one that does not', () =>
    withRegistrar(async (op) => {
      const client = await registered(op);
      const none = await updated(op, client, { ...METADATA, token_endpoint_auth_method: 'none' });
      assertFalse('client_secret_expires_at' in none);
      assertEquals(
        (await clients.get(op.store, ISSUER, client.client_id))?.value.client_secret,
        undefined,
      );
      const again = await updated(op, none);
      assertNotEquals(again.client_secret, client.client_secret);
      assertEquals(again.client_secret_expires_at, 0);
      // HMAC needs the secret itself, which a digest does not give back.
      const raw = await updated(op, again, JWT_METHOD);
      assertNotEquals(raw.client_secret, again.client_secret);
      assertFalse('client_secret' in await updated(op, raw, JWT_METHOD));
    }));

  it('renews a secret in the second half of its life', () =>
    withRegistrar(async (op) => {
      const client = await registered(op);
      op.clock.now += 86_400;
      const early = await updated(op, client);
      assertFalse('client_secret' in early);
      assertEquals(early.client_secret_expires_at, client.client_secret_expires_at);
      op.clock.now += 5 * 86_400;
      const late = await updated(op, early);
      assertMatch(late.client_secret, /^[\w-]{64}$/);
      assertEquals(late.client_secret_expires_at, op.clock.now + 10 * 86_400);
    }, { mode: 'open', client_secret_lifetime: '10d' }));

  it('keeps to what the initial access token allowed, though that is gone', () =>
    withRegistrar(async (op) => {
      const token = await plantToken(op, { scope: ['openid', 'email'], uses_left: 1 });
      const client = await registered(op, METADATA, token);
      assertEquals(client['scope'], 'openid email');
      const after = await updated(op, client, { ...METADATA, scope: 'openid email profile' });
      assertEquals(after['scope'], 'openid email');
    }, {}));

  it('does not make a client last longer that was never used', () =>
    withRegistrar(async (op) => {
      const client = await registered(op);
      const after = await updated(op, client, {
        redirect_uris: ['https://rp.example/callback', 'https://other.example/callback'],
      });
      op.clock.now += 86_400;
      assertEquals((await read(op, after)).status, 401);
      for await (const { key } of op.store.list([])) {
        assertFalse(key.includes(client.client_id), key.join(' '));
      }
    }, { mode: 'open', unused_client_lifetime: '1d' }));

  it('T081: not more often than is good for the store', () =>
    withRegistrar(async (op) => {
      const vouched = await registered(op, METADATA, await plantToken(op));
      for (let client of [await registered(op), vouched]) {
        let status = 200;
        let count = 0;
        for (; status === 200 && count < 100; count += 1) {
          const response = await update(op, client);
          status = response.status;
          if (status === 200) client = await response.json() as Information;
          else assertMatch(response.headers.get('retry-after') ?? '', /^\d+$/);
        }
        // The first of them has registered itself before, from the same place.
        assertEquals([status, count], [429, client.client_id === vouched.client_id ? 61 : 60]);
        op.clock.now += 10;
        assertEquals((await update(op, client)).status, 200);
      }
    }));

  it('T081: of strangers not, however many there are', () =>
    withRegistrar(async (op) => {
      const statuses: number[] = [];
      for (let host = 1; host < 255; host += 1) {
        for (let time = 0; time < 2; time += 1) {
          const response = await op.fetch('/register', {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: '{}',
            peer: `192.0.2.${host}`,
          });
          statuses.push(response.status);
        }
      }
      assertEquals(statuses.filter((status) => status === 400).length, 300);
    }));

  it('T150: is on record', () =>
    withRegistrar(async (op) => {
      const client = await registered(op);
      op.clock.now += 1;
      const after = await updated(op, client, { ...METADATA, client_name: 'Clock' });
      op.clock.now += 1;
      await remove(op, after);
      const told = (await allOf(audits.list(op.store, []))).map(({ value }) => value).reverse();
      assertEquals(told.map(({ action }) => action), [
        'client.created',
        'client.changed',
        'client.removed',
      ]);
      assertEquals(told[1]?.changes['client_name'], { after: 'Clock' });
      assertEquals(told[2]?.actor, { kind: 'dcr', source: '203.0.113.7' });
      assertFalse(JSON.stringify(told).includes(after.registration_access_token));
    }));
});

describe('a client that was registered by itself', () => {
  const flow = { code_challenge: CHALLENGE, code_challenge_method: 'S256' };

  it('T081: stays once it was used, with its place', () =>
    withRegistrar(async (op) => {
      const client = await registered(op);
      const [redirect_uri] = METADATA.redirect_uris;
      await obtainCode(op, { client_id: client.client_id, redirect_uri, ...flow });
      op.clock.now += 90 * 86_400;
      assertEquals((await read(op, client)).status, 200);
      const response = await send(op, 'POST', '/register', METADATA);
      assertEquals(response.status, 503);
      const preflight = await op.fetch('/token', {
        method: 'OPTIONS',
        headers: { 'origin': 'https://rp.example', 'access-control-request-method': 'POST' },
      });
      // Its origin stays with it, too.
      const allowed = preflight.headers.get('access-control-allow-origin');
      assertEquals(allowed, 'https://rp.example');
      const entry = await clients.get(op.store, ISSUER, client.client_id);
      assertEquals([entry?.expiresAtSeconds, entry?.value.unused_until], [undefined, undefined]);
    }, { mode: 'open', max_clients: 1, unused_client_lifetime: '1d' }));

  it('T081: is used on a device, too', () =>
    withRegistrar(async (op) => {
      const client = await registered(op, { ...METADATA, grant_types: [DEVICE_CODE_GRANT] });
      const { client_id, client_secret } = client;
      const credentials = basic(client_id, client_secret);
      const started = await op.post('/device_authorization', { scope: 'openid' }, credentials);
      const { device_code, user_code } = await started.json() as Record<string, string>;
      const poll = () =>
        op.post('/token', { grant_type: DEVICE_CODE_GRANT, device_code }, credentials);
      assertEquals((await poll()).status, 400);
      assert(
        (await clients.get(op.store, ISSUER, client_id))?.value.unused_until !== undefined,
        'a device that waits is no use yet',
      );
      await approve(op, user_code ?? '');
      op.clock.now += 10;
      assertEquals((await poll()).status, 200);
      op.clock.now += 90 * 86_400;
      assertEquals((await read(op, client)).status, 200);
    }, { mode: 'open', unused_client_lifetime: '1d' }));

  it('T081: is not used by asking in vain', () =>
    withRegistrar(async (op) => {
      const client = await registered(op);
      const [redirect_uri] = METADATA.redirect_uris;
      await op.fetch(authorizationUrl({ client_id: client.client_id, redirect_uri, ...flow }));
      const credentials = basic(client.client_id, client.client_secret);
      await op.post('/token', { grant_type: 'authorization_code', code: 'x' }, credentials);
      await op.post('/introspect', { token: 'x' }, credentials);
      op.clock.now += 86_400;
      assertEquals((await read(op, client)).status, 401);
    }, { mode: 'open', unused_client_lifetime: '1d' }));

  it('T086: takes its codes, grants, tokens, consents and pending flows with it', () =>
    withRegistrar(async (op) => {
      const sent = {
        ...METADATA,
        grant_types: ['authorization_code', 'refresh_token', DEVICE_CODE_GRANT],
      };
      const client = await registered(op, sent, await plantToken(op, { policy: 'saving' }));
      const { client_id, client_secret } = client;
      assertEquals(client['consent_mode'], 'pre-configured');
      const [redirect_uri] = METADATA.redirect_uris;
      const credentials = basic(client_id, client_secret);
      const asked = { client_id, redirect_uri, scope: 'openid offline_access', ...flow };
      const redeem = (code: string) =>
        op.post('/token', {
          grant_type: 'authorization_code',
          code,
          redirect_uri,
          code_verifier: VERIFIER,
        }, credentials);
      const browser = op.browser();
      const page = await browser.authorize(authorizationUrl(asked), { ...ALICE, remember: true });
      const first = page.url.searchParams.get('code') ?? '';
      const tokens = await (await redeem(first)).json() as Record<string, string>;
      assert(tokens['refresh_token'] !== undefined, JSON.stringify(tokens));
      const code = await obtainCode(op, asked, browser);
      const pushed = await (await op.post('/par', {
        response_type: 'code',
        redirect_uri,
        scope: 'openid',
        ...flow,
      }, credentials)).json() as { request_uri: string };
      const device = await (await op.post('/device_authorization', {}, credentials)).json() as {
        device_code: string;
        user_code: string;
      };
      assertEquals((await userinfo(op, tokens['access_token'] ?? '')).status, 200);
      const waiting = op.browser();
      await waiting.get(authorizationUrl(asked));

      assertEquals((await allOf(grants.list(op.store, [ISSUER]))).length, 1);
      assertEquals((await allOf(consents.list(op.store, [ISSUER]))).length, 1);
      assertEquals((await remove(op, client)).status, 204);

      assertEquals((await redeem(code)).status, 401);
      assertEquals((await userinfo(op, tokens['access_token'] ?? '')).status, 401);
      assertEquals(await allOf(grants.list(op.store, [ISSUER])), []);
      assertEquals(await allOf(consents.list(op.store, [ISSUER])), []);
      const refresh = { grant_type: 'refresh_token', refresh_token: tokens['refresh_token'] };
      assertEquals((await op.post('/token', refresh, credentials)).status, 401);
      const { request_uri } = pushed;
      const resumed = await op.browser().get(
        `/authorize?${new URLSearchParams({ client_id, request_uri })}`,
      );
      assertEquals(resumed.status, 400);
      await approve(op, device.user_code).catch(() => {});
      const poll = { grant_type: DEVICE_CODE_GRANT, device_code: device.device_code };
      assertEquals((await op.post('/token', poll, credentials)).status, 401);
      assertEquals((await waiting.get(authorizationUrl(asked))).status, 400);
      assertEquals((await read(op, client)).status, 401);
      assertEquals((await remove(op, client)).status, 401);
      for await (const { key } of op.store.list([])) {
        if (key[0] === 'audit') continue;
        assertFalse(key.includes(client_id), key.join(' '));
      }
    }, {
      policies: {
        saving: {
          defaults: { consent_mode: 'pre-configured', pre_configured_consent_duration: '7d' },
        },
      },
    }));
});
