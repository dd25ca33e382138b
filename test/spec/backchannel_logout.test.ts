/** OpenID Connect Back-Channel Logout 1.0, towards servers of relying parties on loopback. */
import {
  compactDecrypt,
  createLocalJWKSet,
  type CryptoKey,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  type JSONWebKeySet,
  type JWK,
  type JWTPayload,
  jwtVerify,
} from 'jose';
import type { ServerResponse } from 'node:http';
import { describe, it } from 'node:test';
import { addClient, removeClient } from '../../src/engine/administration/clients.ts';
import { pageDeliveries } from '../../src/engine/administration/deliveries.ts';
import { revokeSessionById } from '../../src/engine/administration/sessions.ts';
import { withdrawApplication } from '../../src/engine/applications.ts';
import { deliveries, endedDeliveries } from '../../src/store/collections.ts';
import { assert, assertEquals, assertFalse, assertMatch } from '../support/assert.ts';
import { type Browser, textOf } from '../support/browser.ts';
import { approve, obtainDeviceCodes, poll, TV } from '../support/device.ts';
import {
  answerOf,
  authorizationUrl,
  claimsOf,
  obtainCode,
  REDIRECT_URI,
  type Tokens,
  tokensOf,
} from '../support/flow.ts';
import { HYBRID_CLIENT, respond } from '../support/front_channel.ts';
import { type LogoutRp, OUTBOUND_TO_RP, startLogoutRp } from '../support/logout_rp.ts';
import { basic, CLI, CLIENT, CLIENT_SECRET, ISSUER, type Op, openOp } from '../support/op.ts';
import {
  METADATA,
  refusalOf,
  register,
  registered,
  withRegistrar,
} from '../support/registration.ts';
import { sidIn } from '../support/session_world.ts';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

interface World {
  readonly op: Op;
  readonly rp: LogoutRp;
  readonly browser: Browser;
  /** Signs alice in at a client. */
  tokens(client_id: string): Promise<Tokens>;
  /** Ends the session of the browser. */
  end(): Promise<void>;
}

type Clients = (origin: string) => readonly Readonly<Record<string, unknown>>[];

async function withWorld(clients: Clients, work: (world: World) => Promise<void>): Promise<void> {
  const rp = await startLogoutRp();
  const op = await openOp({ config: { clients: clients(rp.origin), outbound: OUTBOUND_TO_RP } });
  const browser = op.browser();
  try {
    await work({
      op,
      rp,
      browser,
      tokens: (client_id) => tokensFor(op, browser, client_id),
      async end() {
        const engine = op.instance.engine();
        assertEquals((await revokeSessionById(sidIn(browser), CLI, engine)).kind, 'done');
        await engine.deliveries.settled();
      },
    });
  } finally {
    await op.close();
    await rp.close();
  }
}

async function tokensFor(op: Op, browser: Browser, client_id: string): Promise<Tokens> {
  const code = await obtainCode(op, { client_id }, browser);
  const grant = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI };
  return await tokensOf(await op.post('/token', grant, basic(client_id)));
}

/** §2.6 as a client does it, by jose. */
async function validated(
  { op }: Pick<World, 'op'>,
  token: string,
  client_id: string,
): Promise<JWTPayload> {
  const isSecret = String(decodeProtectedHeader(token).alg).startsWith('HS');
  const options = {
    issuer: ISSUER,
    audience: client_id,
    typ: 'logout+jwt',
    requiredClaims: ['iat', 'exp', 'jti', 'events'],
    maxTokenAge: 120,
    currentDate: new Date(op.clock.now * 1000),
  };
  const jwks = await (await op.fetch('/jwks')).json() as JSONWebKeySet;
  const { payload } = isSecret
    ? await jwtVerify(token, new TextEncoder().encode(CLIENT_SECRET), options)
    : await jwtVerify(token, createLocalJWKSet(jwks), options);
  assert('sub' in payload || 'sid' in payload);
  assertEquals(payload['events'], { [EVENT]: {} });
  assertFalse('nonce' in payload);
  return payload;
}

function told(origin: string, client_id: string, changes: object = {}) {
  const backchannel_logout_uri = `${origin}/${client_id}`;
  return { ...CLIENT, client_id, client_name: client_id, backchannel_logout_uri, ...changes };
}

describe('Back-Channel Logout §2.1: discovery', () => {
  it('says that it is supported, with the session', async () => {
    await withWorld(() => [CLIENT], async ({ op }) => {
      const response = await op.fetch('/.well-known/openid-configuration');
      const metadata = await response.json() as Readonly<Record<string, unknown>>;
      assertEquals(metadata['backchannel_logout_supported'], true);
      assertEquals(metadata['backchannel_logout_session_supported'], true);
    });
  });
});

describe('Back-Channel Logout §2.2: registration', () => {
  const ROWS: readonly (readonly [uri: string, problem: RegExp | undefined, changes?: object])[] = [
    ['https://rp.example/logout', undefined],
    ['https://rp.example:8443/logout?tenant=a%20b', undefined],
    ['http://localhost:3000/logout', undefined],
    ['http://127.0.0.1:3000/logout', undefined],
    ['http://localhost:3000/logout', /public client/, { token_endpoint_auth_method: 'none' }],
    ['https://rp.example/logout#part', /fragment/],
    ['https://user:secret@rp.example/logout', /user information/],
    ['http://rp.example/logout', /https/],
    ['http://localhost.rp.example/logout', /https/],
    ['/logout', /https/],
    ['com.example.app:/logout', /https/],
    [`https://rp.example/${'x'.repeat(512)}`, /512/],
  ];
  for (const [uri, problem, changes = {}] of ROWS) {
    it(`${uri.slice(0, 60)} is ${problem === undefined ? 'taken' : `refused: ${problem}`}`, () =>
      withWorld(() => [CLIENT], async ({ op }) => {
        const { redirect_uris } = CLIENT;
        const metadata = { redirect_uris, backchannel_logout_uri: uri, ...changes };
        const credential = 'token_endpoint_auth_method' in changes ? 'none' : 'mint';
        const engine = op.instance.engine();
        const kind = { kind: credential } as { kind: 'mint' };
        const outcome = await addClient('new', metadata, kind, CLI, engine);
        if (problem === undefined) return assertEquals(outcome.kind, 'done');
        assertMatch(JSON.stringify(outcome), problem);
      }));
  }

  it('a client that registers itself says so, and reads it back', () =>
    withRegistrar(async (op) => {
      const sent = {
        ...METADATA,
        backchannel_logout_uri: 'https://rp.example/logout',
        backchannel_logout_session_required: true,
      };
      const client = await registered(op, sent) as unknown as Readonly<Record<string, unknown>>;
      assertEquals(client['backchannel_logout_uri'], sent.backchannel_logout_uri);
      assertEquals(client['backchannel_logout_session_required'], true);
      const insecure = { ...sent, backchannel_logout_uri: 'http://rp.example/logout' };
      const { status, error } = await refusalOf(await register(op, insecure));
      assertEquals([status, error], [400, 'invalid_client_metadata']);
    }));
});

describe('T115: Back-Channel Logout §2.3, §2.5: who is told, and how', () => {
  it('each client of the session once, by a form; no client of another session, and none without a URI', () =>
    withWorld(
      (origin) => [told(origin, 'a'), told(origin, 'b'), told(origin, 'c'), CLIENT],
      async ({ op, rp, tokens, end }) => {
        for (const client_id of ['a', 'b', 'app']) await tokens(client_id);
        await tokens('a');
        const other = op.browser();
        await tokensFor(op, other, 'c');
        await end();
        assertEquals(rp.received.map(({ path }) => path).toSorted(), ['/a', '/b']);
        for (const { method, contentType, body, token, path } of rp.received) {
          assertEquals([method, contentType], ['POST', 'application/x-www-form-urlencoded']);
          assertEquals([...new URLSearchParams(body).keys()], ['logout_token']);
          await validated({ op }, token, path.slice(1));
        }
        assertEquals((await tokensFor(op, other, 'c')).token_type, 'Bearer');
      },
    ));

  it('the query of the URI stays as it is', () =>
    withWorld(
      (origin) => [
        told(origin, 'a', { backchannel_logout_uri: `${origin}/logout?tenant=a%20b&x=` }),
      ],
      async ({ rp, tokens, end }) => {
        await tokens('a');
        await end();
        assertEquals(rp.received.map(({ path }) => path), ['/logout?tenant=a%20b&x=']);
      },
    ));

  it('a client on a device is told of the session of whoever approved it', () =>
    withWorld(
      (origin) => [{ ...TV, backchannel_logout_uri: `${origin}/tv` }],
      async ({ op, rp, browser, end }) => {
        const { device_code, user_code } = await obtainDeviceCodes(op, { scope: 'openid' });
        await approve(op, user_code, browser);
        const { id_token } = await tokensOf(await poll(op, device_code));
        await end();
        const [only] = await rp.at('/tv');
        const { sid, sub } = await validated({ op }, only?.token ?? '', 'tv');
        assertEquals([sid, sub], [claimsOf(id_token)['sid'], claimsOf(id_token)['sub']]);
      },
    ));

  it('T086: a later client of the same name is told nothing of the earlier one’s sessions', () =>
    withWorld(() => [CLIENT], async ({ op, rp, browser, end }) => {
      const engine = op.instance.engine();
      const { client_id: _id, client_secret: _secret, ...metadata } = told(rp.origin, 'later');
      const secret = { kind: 'given', secret: CLIENT_SECRET } as const;
      const add = () => addClient('later', metadata, secret, CLI, engine);
      assertEquals((await add()).kind, 'done');
      op.clock.now += 10;
      await tokensFor(op, browser, 'later');
      op.clock.now += 10;
      assertEquals((await removeClient('later', CLI, engine)).kind, 'done');
      assertEquals((await add()).kind, 'done');
      await end();
      assertEquals(rp.received, []);
      assertEquals((await pageDeliveries({}, { limit: 1 }, engine)).items, []);
    }));

  it('T086: a later client of the same name is told of the sessions that it took part in itself', () =>
    withWorld(() => [CLIENT], async ({ op, rp, browser, end }) => {
      const engine = op.instance.engine();
      const { client_id: _id, client_secret: _secret, ...metadata } = told(rp.origin, 'later', {
        consent_mode: 'implicit',
      });
      const secret = { kind: 'given', secret: CLIENT_SECRET } as const;
      const add = () => addClient('later', metadata, secret, CLI, engine);
      assertEquals((await add()).kind, 'done');
      await tokensFor(op, browser, 'later');
      op.clock.now += 10;
      assertEquals((await removeClient('later', CLI, engine)).kind, 'done');
      assertEquals((await add()).kind, 'done');
      op.clock.now += 10;
      await tokensFor(op, browser, 'later');
      await end();
      assertEquals(rp.received.length, 1);
    }));

  it('a client that the person takes out of a session is told at that time', () =>
    withWorld((origin) => [told(origin, 'a'), told(origin, 'b')], async (world) => {
      const { op, rp, tokens, end } = world;
      for (const client_id of ['a', 'b']) await tokens(client_id);
      const engine = op.instance.engine();
      const alice = await engine.directory.findByUsername('alice');
      assert(alice !== undefined);
      await withdrawApplication(alice.id, 'a', engine);
      await engine.deliveries.settled();
      assertEquals(rp.received.map(({ path }) => path), ['/a']);
      await end();
      assertEquals(rp.received.map(({ path }) => path), ['/a', '/b']);
    }));
});

describe('T115: Back-Channel Logout §2.4: logout tokens', () => {
  for (const alg of ['RS256', 'PS256', 'ES256', 'EdDSA', 'HS256']) {
    it(`are signed by ${alg} where ID tokens are, and name session and person as these do`, () =>
      withWorld(
        (origin) => [told(origin, 'a', { id_token_signed_response_alg: alg })],
        async ({ op, rp, tokens, end }) => {
          const { id_token } = await tokens('a');
          await end();
          const [only] = rp.received;
          assert(only !== undefined);
          assertEquals(decodeProtectedHeader(only.token).alg, alg);
          const payload = await validated({ op }, only.token, 'a');
          const known = claimsOf(id_token);
          assertEquals([payload.sub, payload['sid']], [known['sub'], known['sid']]);
          const { iat = 0, exp = 0 } = payload;
          assert(iat <= op.clock.now && exp > iat && exp - iat <= 120, `${iat} ${exp}`);
        },
      ));
  }

  it('are signed with the key of ours that ID tokens are signed with', () =>
    withWorld((origin) => [told(origin, 'a')], async ({ op, rp, tokens, end }) => {
      const { id_token } = await tokens('a');
      await end();
      const token = rp.received[0]?.token ?? '';
      assertEquals(decodeProtectedHeader(token).kid, decodeProtectedHeader(id_token).kid);
      await validated({ op }, token, 'a');
    }));

  it('Core §8.1: pairwise clients get their own sub, and their own sid', () => {
    const pairwise = (origin: string, client_id: string) =>
      told(origin, client_id, {
        subject_type: 'pairwise',
        redirect_uris: [REDIRECT_URI, `https://app.example/${client_id}`],
      });
    const elsewhere = { redirect_uris: [REDIRECT_URI], subject_type: 'public' };
    return withWorld(
      (origin) => [pairwise(origin, 'a'), told(origin, 'b', elsewhere)],
      async ({ op, rp, tokens, end }) => {
        const known = new Map<string, Readonly<Record<string, unknown>>>();
        for (const client_id of ['a', 'b']) {
          known.set(client_id, claimsOf((await tokens(client_id)).id_token));
        }
        await end();
        const seen = new Set<unknown>();
        for (const { token, path } of rp.received) {
          const client_id = path.slice(1);
          const { sub, sid } = await validated({ op }, token, client_id);
          assertEquals([sub, sid], [known.get(client_id)?.['sub'], known.get(client_id)?.['sid']]);
          seen.add(sub).add(sid);
        }
        assertEquals(seen.size, 4);
      },
    );
  });

  it('are encrypted where ID tokens are', async () => {
    const { publicKey, privateKey } = await generateKeyPair('RSA-OAEP-256', { extractable: true });
    const jwk: JWK = { ...await exportJWK(publicKey), kid: 'enc', use: 'enc' };
    await withWorld(
      (origin) => [
        told(origin, 'a', {
          id_token_encrypted_response_alg: 'RSA-OAEP-256',
          id_token_encrypted_response_enc: 'A256GCM',
          jwks: { keys: [jwk] },
        }),
      ],
      async ({ op, rp, tokens, end }) => {
        await tokens('a');
        await end();
        const token = await decrypted(rp.received[0]?.token ?? '', privateKey);
        await validated({ op }, token, 'a');
      },
    );
  });

  it('no two are the same, not even two of one message', async () => {
    const rp = await startLogoutRp({
      '/a': (response, count) => {
        response.statusCode = count === 1 ? 503 : 200;
        response.end();
      },
    });
    const clients = [told(rp.origin, 'a'), told(rp.origin, 'b')];
    const op = await openOp({ config: { clients, outbound: OUTBOUND_TO_RP } });
    try {
      const browser = op.browser();
      for (const client_id of ['a', 'b']) await tokensFor(op, browser, client_id);
      const engine = op.instance.engine();
      await revokeSessionById(sidIn(browser), CLI, engine);
      await engine.deliveries.settled();
      op.clock.now += 600;
      engine.deliveries.soon();
      await engine.deliveries.settled();
      const [first, second] = await rp.at('/a', 2);
      assert(first !== undefined && second !== undefined);
      // The first is no longer good by then.
      const { iat, exp = 0, jti } = claimsOf(first.token) as JWTPayload;
      assert(exp < op.clock.now);
      const again = await validated({ op }, second.token, 'a');
      assert(again.iat === op.clock.now && iat !== again.iat && jti !== again.jti);
      assert(claimsOf((await rp.at('/b'))[0]?.token ?? '')['jti'] !== jti);
    } finally {
      await op.close();
      await rp.close();
    }
  });
});

describe('Back-Channel Logout §4.1: a logout token is no other token', () => {
  it('it signs nobody in, and is no hint, no access token and no grant', () =>
    withWorld((origin) => [told(origin, 'a')], async ({ op, rp, tokens, end }) => {
      await tokens('a');
      await end();
      const token = rp.received[0]?.token ?? '';
      const browser = op.browser();
      await tokensFor(op, browser, 'a');
      const query = { client_id: 'a', prompt: 'none', id_token_hint: token };
      assertEquals(
        answerOf(await browser.get(authorizationUrl(query)))['error'],
        'invalid_request',
      );
      const page = await browser.get(
        `/end_session?${new URLSearchParams({ id_token_hint: token })}`,
      );
      assertEquals(textOf(page, 'error'), 'invalid_request');
      const headers = { authorization: `Bearer ${token}` };
      assertEquals((await op.fetch('/userinfo', { headers })).status, 401);
      const introspected = await op.post('/introspect', { token }, basic('a'));
      assertEquals(await introspected.json(), { active: false });
    }));
});

describe('Back-Channel Logout §2.1: sid in ID tokens', () => {
  it('every ID token has it: from the token endpoint, at a refresh, from the authorization endpoint', () =>
    withWorld(
      (origin) => [told(origin, 'a', { ...HYBRID_CLIENT, client_id: 'a' })],
      async ({ op, browser }) => {
        const sids = new Set<unknown>();
        for (const response_type of ['code', 'id_token', 'code id_token', 'code id_token token']) {
          const { fields } = await respond(op, { client_id: 'a', response_type }, browser);
          if (fields['id_token'] !== undefined) sids.add(claimsOf(fields['id_token'])['sid']);
          const { code } = fields;
          if (code === undefined) continue;
          const grant = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI };
          const tokens = await tokensOf(await op.post('/token', grant, basic('a')));
          sids.add(claimsOf(tokens.id_token)['sid']);
          if (tokens.refresh_token === undefined) continue;
          const again = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token };
          const { id_token } = await tokensOf(await op.post('/token', again, basic('a')));
          sids.add(claimsOf(id_token)['sid']);
        }
        assertEquals([sids.size, sids.has(undefined)], [1, false]);
      },
    ));
});

describe('T115, T073: relying parties that answer badly', () => {
  it('delay nobody: those that answer are told while the others are still at it', async () => {
    const open = new Set<string>();
    const stuck = Promise.withResolvers<void>();
    const seen = Promise.withResolvers<readonly string[]>();
    const hold = (name: string, response: ServerResponse): void => {
      open.add(name);
      response.on('close', () => open.delete(name));
      if (open.size === 2) stuck.resolve();
    };
    const rp = await startLogoutRp({
      '/never': (response) => hold('never', response),
      '/drip': (response) => {
        hold('drip', response);
        response.writeHead(200);
        const timer = setInterval(() => response.write(' '), 20);
        response.on('close', () => clearInterval(timer));
      },
      '/huge': (response) => response.end('x'.repeat(5_000_000)),
      '/redirect': (response) => {
        response.writeHead(307, { location: `${rp.origin}/elsewhere` });
        response.end();
      },
      '/closing': (response) => response.destroy(),
      '/late': (response, count) => {
        response.statusCode = count === 1 ? 500 : 200;
        response.end();
      },
      '/refusing': (response) => {
        response.writeHead(400, { 'content-type': 'application/json' });
        response.end('{"error":"invalid_request"}');
      },
      '/good': (response) => {
        void stuck.promise.then(() => {
          seen.resolve([...open].toSorted());
          response.writeHead(204);
          response.end();
        });
      },
    });
    const names = ['never', 'drip', 'huge', 'redirect', 'closing', 'late', 'refusing', 'good'];
    const clients = [
      ...names.map((name) => told(rp.origin, name)),
      // No certificate for this name, and one that is served without TLS.
      told(`https://127.0.0.2:${rp.port}`, 'misnamed'),
      told('https://localhost:1', 'closed'),
    ];
    // Long enough for both to be at it at once, however slow this machine is.
    const outbound = { ...OUTBOUND_TO_RP, timeout: '5s' };
    const op = await openOp({ config: { clients, outbound } });
    try {
      const browser = op.browser();
      for (const { client_id } of clients) await tokensFor(op, browser, client_id);
      const engine = op.instance.engine();
      await revokeSessionById(sidIn(browser), CLI, engine);
      assertEquals(await seen.promise, ['drip', 'never']);
      await engine.deliveries.settled();
      const ended = new Map<string, readonly unknown[]>();
      for await (const { value } of endedDeliveries.list(op.store, [ISSUER])) {
        ended.set(value.client_id, [value.outcome, value.last?.status]);
      }
      const waiting = new Map<string, string>();
      for await (const { value } of deliveries.list(op.store, [ISSUER])) {
        waiting.set(value.client_id, value.last?.problem ?? '');
      }
      assertEquals(Object.fromEntries(ended), {
        drip: ['delivered', 200],
        huge: ['delivered', 200],
        good: ['delivered', 204],
        redirect: ['given_up', 307],
        refusing: ['given_up', 400],
      });
      assertEquals([...waiting.keys()].toSorted(), [
        'closed',
        'closing',
        'late',
        'misnamed',
        'never',
      ]);
      assertMatch(waiting.get('never') ?? '', /in time/);
      assertMatch(waiting.get('misnamed') ?? '', /request failed/);
      assertEquals(rp.received.some(({ path }) => path === '/elsewhere'), false);
      op.clock.now += 10;
      engine.deliveries.soon();
      await engine.deliveries.settled();
      assertEquals((await rp.at('/late', 2)).length, 2);
    } finally {
      await op.close();
      await rp.close();
    }
  });

  it('however many are dead, pages, fetches and others’ messages do not wait for them', async () => {
    let closed = 0;
    const count = (response: ServerResponse): void => void response.on('close', () => closed += 1);
    const dead = await Promise.all(
      Array.from({ length: 49 }, () => startLogoutRp({ '/dead': count })),
    );
    const seen = Promise.withResolvers<number>();
    const rp = await startLogoutRp({
      '/good': (response) => {
        seen.resolve(closed);
        response.end();
      },
      '/jwks': (response) => {
        response.setHeader('content-type', 'application/json');
        response.end('{"keys":[]}');
      },
    });
    const implicit = { consent_mode: 'implicit' };
    const clients = [
      ...dead.map(({ origin }, index) =>
        told(origin, `dead${index}`, { ...implicit, backchannel_logout_uri: `${origin}/dead` })
      ),
      told(rp.origin, 'good', implicit),
    ];
    const outbound = { ...OUTBOUND_TO_RP, timeout: '1m' };
    const op = await openOp({ config: { clients, outbound } });
    try {
      const browser = op.browser();
      for (const { client_id } of clients) await obtainCode(op, { client_id }, browser);
      const engine = op.instance.engine();
      await revokeSessionById(sidIn(browser), CLI, engine);
      assertEquals(await seen.promise, 0);
      await Promise.all(dead.map((each) => each.at('/dead')));
      const accept = ['application/json'];
      assert((await engine.outbound.fetchText(`${rp.origin}/jwks`, { accept })).ok);
      await obtainCode(op, { client_id: 'good' });
      assertEquals(closed, 0);
      for (const each of dead) await each.close();
      await engine.deliveries.settled();
    } finally {
      await op.close();
      await rp.close();
    }
  });
});

async function decrypted(jwe: string, key: CryptoKey): Promise<string> {
  const { plaintext, protectedHeader } = await compactDecrypt(jwe, key);
  assertEquals([protectedHeader.alg, protectedHeader.cty], ['RSA-OAEP-256', 'JWT']);
  return new TextDecoder().decode(plaintext);
}
