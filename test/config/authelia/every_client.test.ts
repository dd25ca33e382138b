/** Each client of an Authelia configuration works once it was imported: as it did there, or as docs/import.md says. */
import { compactDecrypt, createLocalJWKSet, type JSONWebKeySet, jwtVerify, SignJWT } from 'jose';
import { createHash, createHmac, randomUUID } from 'node:crypto';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { after, describe, it } from 'node:test';
import { createPasswordHasher, type PasswordHasher } from '../../../src/accounts/password.ts';
import { readAuthelia } from '../../../src/config/authelia/read.ts';
import { applyImport } from '../../../src/engine/administration/import.ts';
import { enrolPasskey, registrationOptions } from '../../../src/engine/factors/passkey.ts';
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from '../../support/assert.ts';
import { createAuthenticator } from '../../support/authenticator.ts';
import { type Browser, has, openBrowser, type Page } from '../../support/browser.ts';
import { approve, DEVICE_CODE_GRANT, obtainDeviceCodes } from '../../support/device.ts';
import {
  ALICE,
  answerOf,
  assertRefused,
  authorizationUrl,
  CHALLENGE,
  claimsOf,
  headerOf,
  type Tokens,
  tokensOf,
  userinfo,
  VERIFIER,
} from '../../support/flow.ts';
import { basic, type Form, ISSUER, quickHasher } from '../../support/op.ts';
import { openOp } from '../../support/op.ts';
import { TEST_TLS } from '../../support/tls.ts';
import { readFixture } from './fixture.ts';

const SECRET = 'insecure_secret';
const REDIRECT_URI = 'https://app.example/callback';
const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

const sector = createServer(TEST_TLS, (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify([REDIRECT_URI]));
});
await new Promise<void>((resolve) => sector.listen(0, '127.0.0.1', resolve));
const { port } = sector.address() as AddressInfo;

const { text, users, clientKey } = await readFixture(`https://localhost:${port}/list.json`);
const plan = await readAuthelia(text, { users });
const hasher = foreignDigests();
const op = await openOp({
  hasher,
  config: {
    clients: [],
    outbound: { allow_networks: ['127.0.0.0/8'], ca_file: TEST_TLS.cert },
  },
});
const rows = await applyImport(plan, {
  by: { kind: 'import' },
  isDry: false,
  engine: () => op.instance.engine(),
});
const { directory } = op.instance;
const alice = await directory.findByUsername('alice');
await directory.update(alice?.id ?? '', { attributes: { badge: 7 } });
/** One sign-in for all clients, unless a test wants another. */
const session = op.browser();

after(async () => {
  await op.close();
  await hasher.close();
  sector.closeAllConnections();
  await new Promise((resolve) => sector.close(resolve));
});

/** Slow digests as they are; alice's password without waiting for it. */
function foreignDigests(): PasswordHasher {
  const [quick, real] = [quickHasher(), createPasswordHasher()];
  return {
    ...quick,
    verify: (secret, digest) => (digest.startsWith('quick') ? quick : real).verify(secret, digest),
    close: () => real.close(),
  };
}

type Changes = Readonly<Record<string, string | undefined>>;

interface Flow {
  /** Of the authorization request. */
  readonly request?: Changes;
  /** Of the token request. */
  readonly form?: Changes;
  readonly headers?: Record<string, string>;
  readonly browser?: Browser;
}

function authorize(client_id: string, request: Changes = {}, browser = session): Promise<Page> {
  const url = authorizationUrl({ client_id, redirect_uri: REDIRECT_URI, ...request });
  return browser.authorize(url, ALICE);
}

async function codeOf(
  client_id: string,
  request: Changes = {},
  browser = session,
): Promise<string> {
  const page = await authorize(client_id, request, browser);
  const { code } = answerOf(page);
  assert(code !== undefined, `${client_id}: ${page.url} ${page.text.slice(0, 800)}`);
  return code;
}

function redeem(
  client_id: string,
  code: string,
  { form, headers, request }: Flow,
): Promise<Response> {
  return op.post('/token', {
    grant_type: 'authorization_code',
    code,
    redirect_uri: request?.['redirect_uri'] ?? REDIRECT_URI,
    ...form,
  }, headers ?? basic(client_id, SECRET));
}

async function tokens(client_id: string, flow: Flow = {}): Promise<Tokens> {
  const code = await codeOf(client_id, flow.request, flow.browser);
  return await tokensOf(await redeem(client_id, code, flow));
}

async function errorOf(
  client_id: string,
  request: Changes = {},
  browser = session,
): Promise<string> {
  const page = await authorize(client_id, request, browser);
  const { error } = answerOf(page);
  return error ?? `${page.status} ${/id="error"[^>]*>([^<]*)</.exec(page.text)?.[1] ?? page.url}`;
}

async function introspect(
  token: string,
  form: Form,
  headers: Record<string, string> = {},
): Promise<Response> {
  return await op.post('/introspect', { ...form, token } as Form, headers);
}

async function assertion(
  client_id: string,
  alg: string,
  key: Parameters<SignJWT['sign']>[0],
  kid?: string,
): Promise<Changes> {
  const { now } = op.clock;
  const jwt = await new SignJWT({ jti: randomUUID() }).setIssuer(client_id).setSubject(client_id)
    .setAudience(ISSUER).setExpirationTime(now + 60)
    .setProtectedHeader({ alg, ...kid !== undefined && { kid } }).sign(key);
  return { client_assertion: jwt, client_assertion_type: ASSERTION };
}

/** Signed by us, whatever it is. */
async function verified(jwt: string): Promise<void> {
  const jwks = await (await op.fetch('/jwks')).json() as JSONWebKeySet;
  await jwtVerify(jwt, createLocalJWKSet(jwks), {
    issuer: ISSUER,
    currentDate: new Date(op.clock.now * 1000),
  });
}

const OCTETS = new TextEncoder().encode(SECRET);

function basicOf(client_id: string): (secret?: string) => Promise<void> {
  return async (secret = SECRET) => {
    const wrong = await codeOf(client_id);
    await assertRefused(
      await redeem(client_id, wrong, { headers: basic(client_id, `${secret}x`) }),
      'invalid_client',
      401,
    );
    const issued = await tokens(client_id, { headers: basic(client_id, secret) });
    assertEquals(issued.expires_in, 3600);
    await verified(issued.id_token);
  };
}

/** What each client of the file does that is its own. */
const WORKS: Readonly<Record<string, () => Promise<void>>> = {
  ...Object.fromEntries(
    ['pbkdf2-sha512', 'pbkdf2-sha384', 'pbkdf2-sha256', 'pbkdf2-sha1', 'argon2', 'bcrypt', 'scrypt']
      .map((kind) => [`digest-${kind}`, () => basicOf(`digest-${kind}`)()]),
  ),
  'digest-sha256-crypt': () => basicOf('digest-sha256-crypt')('Hello world!'),
  'digest-sha512-crypt': () => basicOf('digest-sha512-crypt')('Hello world!'),
  'digest-base64': () => basicOf('digest-base64')(),

  async post() {
    await tokens('post', { form: { client_id: 'post', client_secret: SECRET }, headers: {} });
    const code = await codeOf('post');
    await assertRefused(await redeem('post', code, {}), 'invalid_client', 401);
  },

  async 'secret-jwt'() {
    const form = await assertion('secret-jwt', 'HS384', OCTETS);
    await tokens('secret-jwt', { form, headers: {} });
    const other = await assertion('secret-jwt', 'HS256', OCTETS);
    const code = await codeOf('secret-jwt');
    const refused = await redeem('secret-jwt', code, { form: other, headers: {} });
    await assertRefused(refused, 'invalid_client', 401);
  },

  async 'key-jwt'() {
    const form = await assertion('key-jwt', 'ES256', clientKey, 'client-key');
    await tokens('key-jwt', { form, headers: {} });
  },

  async spa() {
    const request = { redirect_uri: 'https://spa.example.com/callback', scope: 'openid profile' };
    assertEquals(await errorOf('spa', request), 'invalid_request');
    const plain = { ...request, code_challenge: VERIFIER, code_challenge_method: 'plain' };
    assertEquals(await errorOf('spa', plain), 'invalid_request');
    const flow = {
      request: { ...request, code_challenge: CHALLENGE, code_challenge_method: 'S256' },
      form: { client_id: 'spa', code_verifier: VERIFIER },
      headers: {},
    };
    const { refresh_token } = await tokens('spa', flow);
    await tokensOf(
      await op.post('/token', { grant_type: 'refresh_token', refresh_token, client_id: 'spa' }),
    );
  },

  async 'plain-pkce'() {
    const s256 = { code_challenge: CHALLENGE, code_challenge_method: 'S256' };
    assertEquals(await errorOf('plain-pkce', s256), 'invalid_request');
    assertEquals(await errorOf('plain-pkce'), 'invalid_request');
    await tokens('plain-pkce', {
      request: { code_challenge: VERIFIER, code_challenge_method: 'plain' },
      form: { code_verifier: VERIFIER },
    });
  },

  async 'many-methods'() {
    const own = { client_id: 'many-methods', client_secret: SECRET };
    const { access_token } = await tokens('many-methods', { form: own });
    assertEquals((await introspect(access_token, own)).status, 200);
    const both = await introspect(access_token, {}, basic('many-methods', SECRET));
    assertEquals(both.status, 401);
    const pushed = await op.post('/par', {
      ...own,
      response_type: 'code',
      redirect_uri: REDIRECT_URI,
      scope: 'openid',
    });
    assertEquals(pushed.status, 201);
    assertEquals((await op.post('/revoke', { ...own, token: access_token })).status, 200);
  },

  async machine() {
    const headers = basic('machine', SECRET);
    const grant = { grant_type: 'client_credentials', scope: 'reports:read' };
    const issued = await tokensOf(await op.post('/token', grant, headers));
    assertEquals([issued.expires_in, issued.scope], [180, 'reports:read']);
    const answer = await introspect(issued.access_token, {}, headers);
    const { active, aud } = await answer.json() as { active: boolean; aud: unknown };
    assertEquals([active, [aud].flat().includes('https://api.example/')], [true, true]);
  },

  async 'machine-policy'() {
    const grant = { grant_type: 'client_credentials' };
    await tokensOf(await op.post('/token', grant, basic('machine-policy', SECRET)));
  },

  async refreshing() {
    const browser = op.browser();
    const issued = await tokens('refreshing', {
      request: { scope: 'openid offline_access email' },
      browser,
    });
    const { iat, exp } = claimsOf(issued.id_token) as { iat: number; exp: number };
    assertEquals([issued.expires_in, exp - iat], [420, 480]);
    const grant = { grant_type: 'refresh_token', refresh_token: issued.refresh_token };
    const again = await tokensOf(
      await op.post('/token', grant, basic('refreshing', SECRET)),
    );
    assertEquals(again.expires_in, 240);
    op.clock.now += 7201;
    await assertRefused(
      await op.post(
        '/token',
        { ...grant, refresh_token: again.refresh_token },
        basic('refreshing', SECRET),
      ),
      'invalid_grant',
    );
  },

  async tv() {
    const { device_code, user_code, expires_in } = await obtainDeviceCodes(op, { client_id: 'tv' });
    assertEquals(expires_in, 300);
    await approve(op, user_code);
    const poll = { grant_type: DEVICE_CODE_GRANT, device_code, client_id: 'tv' };
    const { refresh_token } = await tokensOf(await op.post('/token', poll));
    assertMatch(refresh_token, /^ost_rt_/);
  },

  async 'implicit-flow'() {
    const request = { response_type: 'id_token', nonce: 'a-nonce' };
    const { id_token = '' } = answerOf(await authorize('implicit-flow', request));
    await verified(id_token);
    const both = await authorize('implicit-flow', { ...request, response_type: 'id_token token' });
    assertMatch(both.url.hash, /access_token=ost_at_/);
    assertEquals(await errorOf('implicit-flow'), 'unauthorized_client');
  },

  async hybrid() {
    const request = { response_type: 'code id_token', nonce: 'a-nonce' };
    const { code = '', id_token = '' } = answerOf(await authorize('hybrid', request));
    await verified(id_token);
    await tokensOf(await redeem('hybrid', code, {}));
  },

  async pushing() {
    assertEquals(await errorOf('pushing'), 'invalid_request');
    const form = {
      response_type: 'code',
      redirect_uri: REDIRECT_URI,
      scope: 'openid',
      state: 'xyz',
    };
    const pushed = await op.post('/par', form, basic('pushing', SECRET));
    const { request_uri = '' } = await pushed.json() as Record<string, string>;
    const url = `/authorize?${new URLSearchParams({ client_id: 'pushing', request_uri })}`;
    const { code = '' } = answerOf(await session.authorize(url, ALICE));
    await tokensOf(await redeem('pushing', code, {}));
  },

  async 'request-object'() {
    const request = await new SignJWT({
      client_id: 'request-object',
      response_type: 'code',
      redirect_uri: REDIRECT_URI,
      scope: 'openid',
      state: 'xyz',
    }).setIssuer('request-object').setAudience(ISSUER).setExpirationTime(op.clock.now + 60)
      .setProtectedHeader({ alg: 'HS256' }).sign(OCTETS);
    const url = `/authorize?${new URLSearchParams({ client_id: 'request-object', request })}`;
    const { code = '' } = answerOf(await session.authorize(url, ALICE));
    await tokensOf(await redeem('request-object', code, {}));
  },

  async jarm() {
    const page = await authorize('jarm', { response_mode: 'query.jwt' });
    const { response = '' } = answerOf(page);
    assertEquals(headerOf(response)['alg'], 'ES256');
    await verified(response);
    await tokensOf(await redeem('jarm', String(claimsOf(response)['code']), {}));
    assertEquals(await errorOf('jarm', { response_mode: 'query' }), 'unauthorized_client');
  },

  async audience() {
    const { access_token } = await tokens('audience', {
      request: { audience: 'https://api.example/' },
    });
    assertEquals(headerOf(access_token)['alg'], 'RS256');
    assertEquals(claimsOf(access_token)['aud'], ['https://api.example/', ISSUER]);
    assertEquals(
      await errorOf('audience', { audience: 'https://other.example/' }),
      'invalid_target',
    );
  },

  async signed() {
    const { id_token, access_token } = await tokens('signed');
    assertEquals([headerOf(id_token)['kid'], headerOf(id_token)['alg']], ['curve', 'ES256']);
    assertEquals([headerOf(access_token)['kid'], headerOf(access_token)['alg']], ['main', 'RS256']);
    const info = await userinfo(op, access_token);
    assertEquals(info.headers.get('content-type'), 'application/jwt');
    assertEquals(headerOf(await info.text())['alg'], 'PS256');
    const answer = await introspect(access_token, {}, {
      ...basic('signed', SECRET),
      accept: 'application/token-introspection+jwt',
    });
    assertEquals(headerOf(await answer.text())['alg'], 'RS256');
  },

  async hmac() {
    const { id_token } = await tokens('hmac');
    const [header, payload, signature] = id_token.split('.');
    assertEquals(headerOf(id_token)['alg'], 'HS256');
    const expected = createHmac('sha256', OCTETS).update(`${header}.${payload}`).digest(
      'base64url',
    );
    assertEquals(signature, expected);
  },

  async encrypted() {
    const { id_token, access_token } = await tokens('encrypted');
    const key = createHash('sha256').update(OCTETS).digest();
    const opened = await compactDecrypt(id_token, key);
    assertEquals([opened.protectedHeader.alg, opened.protectedHeader.enc], ['dir', 'A256GCM']);
    await verified(new TextDecoder().decode(opened.plaintext));
    const info = await (await userinfo(op, access_token)).text();
    const inner = new TextDecoder().decode((await compactDecrypt(info, clientKey)).plaintext);
    assertStringIncludes(inner.startsWith('{') ? inner : JSON.stringify(claimsOf(inner)), '"sub"');
  },

  async asks() {
    const browser = op.browser();
    const page = await browser.get(
      authorizationUrl({ client_id: 'asks', redirect_uri: REDIRECT_URI }),
    );
    assert(has(await browser.submit(page, ALICE), 'accept'));
    await tokens('asks', { browser });
  },

  remembers: () => remembers('remembers'),
  automatic: () => remembers('automatic'),

  async sure() {
    const browser = op.browser();
    const url = authorizationUrl({ client_id: 'sure', redirect_uri: REDIRECT_URI });
    const stopped = await browser.authorize(url, ALICE);
    assertEquals(answerOf(stopped)['code'], undefined);
    const engine = op.instance.engine();
    const person = await directory.findByUsername('alice');
    assert(person !== undefined);
    const authenticator = createAuthenticator({ origin: ISSUER });
    const response = authenticator.create(await registrationOptions(person, 'import', engine));
    assertEquals(
      await enrolPasskey(person, { response, name: '' }, 'import', engine),
      'enrolled',
    );
    const { code = '' } = answerOf(await op.browser().authorize(url, { ...ALICE, authenticator }));
    const { id_token } = await tokensOf(await redeem('sure', code, {}));
    assertEquals(claimsOf(id_token)['acr'], 'two_factor');
  },

  async staff() {
    await tokens('staff');
    const created = await directory.create({
      username: 'mallory',
      password: 'quick:a long password',
      provenance: 'cli',
    });
    assertEquals(created.kind, 'created');
    const url = authorizationUrl({ client_id: 'staff', redirect_uri: REDIRECT_URI });
    const mallory = { username: 'mallory', password: 'a long password' };
    assertEquals(answerOf(await op.browser().authorize(url, mallory))['error'], 'access_denied');
  },

  async office() {
    await tokens('office');
    const away = openBrowser((request) => op.fetch(request, { peer: '198.51.100.1' }), ISSUER);
    assertEquals(await errorOf('office', {}, away), 'access_denied');
  },

  async closed() {
    assertEquals(await errorOf('closed'), 'access_denied');
  },

  async 'groups-in-token'() {
    const { id_token } = await tokens('groups-in-token', {
      request: { scope: 'openid profile email groups' },
    });
    const { groups, email, name } = claimsOf(id_token);
    assertEquals([groups, email, name], [['staff', 'admins'], 'alice@alice.example', undefined]);
  },

  async 'custom-claims'() {
    const request = { scope: 'openid groups badges', audience: 'https://api.example/' };
    const { id_token, access_token } = await tokens('custom-claims', { request });
    const { is_admin, label, aud } = claimsOf(id_token);
    assertEquals([is_admin, label], [true, 'Alice Example (display_name)']);
    assertEquals([...aud as string[]].toSorted(), [
      'custom-claims',
      'https://api.example/',
      ISSUER,
    ]);
    assertEquals(claimsOf(access_token)['groups'], ['staff', 'admins']);
    const told = await (await userinfo(op, access_token)).json() as Record<string, unknown>;
    assertEquals([told['number'], told['called']], [7, 'Alice Example']);
  },

  async pairwise() {
    const [own, others] = [
      await tokens('pairwise'),
      await tokens('post', {
        form: { client_id: 'post', client_secret: SECRET },
        headers: {},
      }),
    ];
    assertNotEquals(claimsOf(own.id_token)['sub'], claimsOf(others.id_token)['sub']);
  },

  async 'old-names'() {
    assertEquals(await errorOf('old-names'), 'invalid_request');
    const { id_token } = await tokens('old-names', {
      request: {
        scope: 'openid email groups',
        code_challenge: CHALLENGE,
        code_challenge_method: 'S256',
      },
      form: { code_verifier: VERIFIER },
    });
    const { email, groups } = claimsOf(id_token);
    assertEquals([email, groups], ['alice@alice.example', ['staff', 'admins']]);
  },
};

/** An answer that is saved holds in another browser, too. */
async function remembers(client_id: string): Promise<void> {
  const url = authorizationUrl({ client_id, redirect_uri: REDIRECT_URI });
  const first = await op.browser().authorize(url, { ...ALICE, remember: true });
  assert(answerOf(first)['code'] !== undefined, first.text.slice(0, 800));
  const other = op.browser();
  const page = await other.submit(await other.get(url), ALICE);
  assert(answerOf(page)['code'] !== undefined, page.text.slice(0, 800));
}

describe('each client of an Authelia configuration, once imported', () => {
  it('is here: all of them, and nothing in conflict', () => {
    assertEquals(rows.filter(({ state }) => state !== 'added'), []);
    assertEquals(
      plan.clients.map((client) => client.client_id).toSorted(),
      Object.keys(WORKS).toSorted(),
    );
  });

  for (const [client_id, works] of Object.entries(WORKS)) it(`${client_id} works`, works);
});
