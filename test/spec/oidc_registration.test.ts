/** OpenID Connect Dynamic Client Registration 1.0, and what the certification of dynamic OPs looks at. */
import {
  createLocalJWKSet,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  type JSONWebKeySet,
  type JWK,
  jwtVerify,
  SignJWT,
} from 'jose';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from '../support/assert.ts';
import { has, type Page } from '../support/browser.ts';
import { ALICE, answerOf, claimsOf, obtainCode, tokensOf, userinfo } from '../support/flow.ts';
import { basic, ISSUER, type Op } from '../support/op.ts';
import {
  bearer,
  type Information,
  METADATA,
  type Metadata,
  refusalOf,
  register,
  registered,
  send,
  withRegistrar,
} from '../support/registration.ts';
import { TEST_TLS } from '../support/tls.ts';

const REDIRECT_URI = METADATA.redirect_uris[0];

interface Site {
  readonly origin: string;
  /** What was fetched. */
  readonly seen: string[];
  /** By path: JSON, or a text as it is. */
  readonly pages: Map<string, unknown>;
}

/** A provider, and the client's own https server, which it may fetch from. */
async function withSite(work: (op: Op, site: Site) => Promise<void>): Promise<void> {
  const seen: string[] = [];
  const pages = new Map<string, unknown>();
  const server = createServer(TEST_TLS, (request, response) => {
    const path = request.url ?? '';
    seen.push(path);
    const content = pages.get(path);
    const isText = typeof content === 'string';
    response.statusCode = content === undefined ? 404 : 200;
    response.setHeader('content-type', isText ? 'application/jwt' : 'application/json');
    response.end(isText ? content : JSON.stringify(content));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `https://localhost:${(server.address() as AddressInfo).port}`;
  try {
    const outbound = { allow_networks: ['127.0.0.0/8'], ca_file: TEST_TLS.cert };
    await withRegistrar((op) => work(op, { origin, seen, pages }), { mode: 'open' }, { outbound });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

async function signIn(
  op: Op,
  client: Information,
  changes: Readonly<Record<string, string | undefined>> = {},
  credentials?: Readonly<Record<string, string>>,
) {
  const { client_id, client_secret } = client;
  const code = await obtainCode(op, { client_id, redirect_uri: REDIRECT_URI, ...changes });
  const form = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI };
  const headers = credentials === undefined ? basic(client_id, client_secret) : {};
  return await tokensOf(await op.post('/token', { ...form, ...credentials }, headers));
}

function page(op: Op, client: Information, headers: Record<string, string> = {}): Promise<Page> {
  const query = new URLSearchParams({
    client_id: client.client_id,
    redirect_uri: REDIRECT_URI,
    response_type: 'code',
    scope: 'openid email',
    ...headers,
  });
  return op.browser().get(`/authorize?${query}`);
}

async function pair(alg: string) {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { privateKey, jwk: await exportJWK(publicKey) };
}

describe('Registration §3: what the certification suite sends', () => {
  it('is registered and echoed, a key without kid included; GET shows it, DELETE ends it', () =>
    withRegistrar(async (op) => {
      const { jwk } = await pair('RS256');
      const sent = {
        client_name: 'OIDF suite',
        grant_types: ['authorization_code', 'implicit'],
        response_types: ['code id_token token'],
        redirect_uris: [REDIRECT_URI],
        contacts: ['certification@oidf.org'],
        token_endpoint_auth_method: 'client_secret_basic',
        jwks: { keys: [{ ...jwk, use: 'sig', alg: 'RS256' }] },
        initiate_login_uri: 'https://rp.example/login',
        logo_uri: 'https://rp.example/logo.png',
        policy_uri: 'https://rp.example/policy',
        tos_uri: 'https://rp.example/tos',
        client_uri: 'https://rp.example/',
        request_uris: ['https://rp.example/request#AbC'],
        default_max_age: 3600,
        require_auth_time: true,
        default_acr_values: ['urn:ostiary:one-factor', '0'],
        subject_type: 'pairwise',
        id_token_signed_response_alg: 'ES256',
        userinfo_signed_response_alg: 'RS256',
        id_token_encrypted_response_alg: 'RSA-OAEP',
        id_token_encrypted_response_enc: 'A256GCM',
        request_object_signing_alg: 'RS256',
        token_endpoint_auth_signing_alg: 'RS256',
      };
      const client = await registered(op, sent);
      for (const [field, value] of Object.entries(sent)) assertEquals(client[field], value, field);
      assertMatch(client.registration_client_uri, /^https:/);
      assertEquals(client.client_secret_expires_at, 0);
      const headers = bearer(client.registration_access_token);
      const read = await op.fetch(client.registration_client_uri, { headers });
      assertEquals([read.status, read.headers.get('content-type')], [200, 'application/json']);
      const shown = await read.json() as Metadata;
      for (const [field, value] of Object.entries(sent)) assertEquals(shown[field], value, field);
      const options = { method: 'DELETE', headers };
      assertEquals((await op.fetch(client.registration_client_uri, options)).status, 204);
    }));

  it('§2: auth_time, max_age, signed UserInfo and the alg of ID tokens are as registered', () =>
    withRegistrar(async (op) => {
      const client = await registered(op, {
        ...METADATA,
        require_auth_time: true,
        default_max_age: 60,
        id_token_signed_response_alg: 'ES256',
        userinfo_signed_response_alg: 'RS256',
      });
      const { id_token, access_token } = await signIn(op, client);
      assertEquals(decodeProtectedHeader(id_token).alg, 'ES256');
      assertEquals(claimsOf(id_token)['auth_time'], op.clock.now);
      const response = await userinfo(op, access_token);
      assertEquals(response.headers.get('content-type'), 'application/jwt');
      assertEquals(decodeProtectedHeader(await response.text()).alg, 'RS256');
      const browser = op.browser();
      const { client_id } = client;
      await obtainCode(op, { client_id, redirect_uri: REDIRECT_URI }, browser);
      op.clock.now += 61;
      const query = {
        client_id,
        redirect_uri: REDIRECT_URI,
        response_type: 'code',
        scope: 'openid',
      };
      assert(has(await browser.get(`/authorize?${new URLSearchParams(query)}`), 'login'));
    }));

  it('§2: what an alg without its enc means is registered', () =>
    withRegistrar(async (op) => {
      const { jwk } = await pair('RS256');
      const client = await registered(op, {
        ...METADATA,
        jwks: { keys: [jwk] },
        id_token_encrypted_response_alg: 'RSA-OAEP',
        userinfo_encrypted_response_alg: 'RSA-OAEP',
        userinfo_encrypted_response_enc: 'A256GCM',
      });
      assertEquals(client['id_token_encrypted_response_enc'], 'A128CBC-HS256');
      assertEquals(client['userinfo_encrypted_response_enc'], 'A256GCM');
      assertFalse('request_object_encryption_enc' in client);
    }));

  it('ID tokens are signed with RS256 where nothing was registered, with a kid', () =>
    withRegistrar(async (op) => {
      const { id_token } = await signIn(op, await registered(op));
      const { alg, kid } = decodeProtectedHeader(id_token);
      assertEquals([alg, typeof kid], ['RS256', 'string']);
    }));
});

describe('Registration §2: what is fetched from the client', () => {
  it('jwks_uri: keys are fetched when they are needed, and follow the client’s rotation', () =>
    withSite(async (op, { origin, seen, pages }) => {
      const [first, second] = [await pair('ES256'), await pair('ES256')];
      pages.set('/jwks', { keys: [first.jwk] });
      const client = await registered(op, {
        ...METADATA,
        token_endpoint_auth_method: 'private_key_jwt',
        jwks_uri: `${origin}/jwks`,
      });
      assertFalse('client_secret' in client);
      assertEquals(seen, []);
      const assertionBy = async ({ privateKey }: typeof first) => {
        const { client_id } = client;
        const jwt = new SignJWT({ jti: randomUUID() }).setProtectedHeader({ alg: 'ES256' })
          .setIssuer(client_id).setSubject(client_id).setAudience(ISSUER)
          .setExpirationTime(op.clock.now + 60);
        return {
          client_assertion: await jwt.sign(privateKey),
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        };
      };
      await signIn(op, client, {}, await assertionBy(first));
      assertEquals(seen, ['/jwks']);
      pages.set('/jwks', { keys: [second.jwk] });
      op.clock.now += 60;
      await signIn(op, client, {}, await assertionBy(second));
      assertEquals(seen, ['/jwks', '/jwks']);
    }));

  it('§5: sector_identifier_uri is fetched at once, and must list every redirect URI', () =>
    withSite(async (op, { origin, seen, pages }) => {
      const redirect_uris = ['https://a.example/cb', 'https://b.example/cb'];
      const sent = {
        redirect_uris,
        subject_type: 'pairwise',
        sector_identifier_uri: `${origin}/sector`,
      };
      pages.set('/sector', redirect_uris.slice(0, 1));
      const refusal = await refusalOf(await register(op, sent));
      assertEquals([refusal.status, refusal.error], [400, 'invalid_client_metadata']);
      assertStringIncludes(refusal.error_description, 'sector_identifier_uri');
      pages.set('/sector', redirect_uris);
      const client = await registered(op, sent);
      assertEquals(client['sector_identifier_uri'], sent.sector_identifier_uri);
      assertEquals(seen, ['/sector', '/sector']);
      const { client_id } = client;
      const more = {
        ...sent,
        client_id,
        redirect_uris: [...redirect_uris, 'https://c.example/cb'],
      };
      const token = client.registration_access_token;
      const update = await send(op, 'PUT', client.registration_client_uri, more, token);
      assertEquals((await refusalOf(update)).error, 'invalid_client_metadata');
    }));

  it('Core §8.1: clients of other hosts know a person by other names', () =>
    withRegistrar(async (op) => {
      const sent = { ...METADATA, subject_type: 'pairwise' };
      const one = claimsOf((await signIn(op, await registered(op, sent))).id_token)['sub'];
      const twin = claimsOf((await signIn(op, await registered(op, sent))).id_token)['sub'];
      const open = claimsOf((await signIn(op, await registered(op))).id_token)['sub'];
      assertEquals(one, twin);
      assertNotEquals(one, open);
    }));

  it('Core §6.2: a request_uri that was registered is fetched, and no other', () =>
    withSite(async (op, { origin, seen, pages }) => {
      const { privateKey, jwk } = await pair('RS256');
      const client = await registered(op, {
        ...METADATA,
        request_uris: [`${origin}/request`],
        request_object_signing_alg: 'RS256',
        jwks: { keys: [jwk] },
      });
      const { client_id } = client;
      const claims = {
        client_id,
        response_type: 'code',
        redirect_uri: REDIRECT_URI,
        scope: 'openid',
        state: 'of the object',
      };
      const object = await new SignJWT(claims).setProtectedHeader({ alg: 'RS256' })
        .setIssuer(client_id).setAudience(ISSUER).setExpirationTime(op.clock.now + 60)
        .sign(privateKey);
      pages.set('/request', object);
      pages.set('/other', object);
      const ask = (path: string) =>
        op.browser().authorize(
          `/authorize?${new URLSearchParams({
            client_id,
            response_type: 'code',
            scope: 'openid',
            redirect_uri: REDIRECT_URI,
            request_uri: `${origin}${path}`,
          })}`,
          ALICE,
        );
      const answer = answerOf(await ask('/request'));
      assertEquals([answer['state'], typeof answer['code']], ['of the object', 'string']);
      assertEquals(answerOf(await ask('/other'))['error'], 'invalid_request_uri');
      assertEquals(seen, ['/request']);
    }));

  it('T091: logo, policy, terms, home page and initiate_login_uri are not', () =>
    withSite(async (op, { origin, seen }) => {
      const client = await registered(op, {
        ...METADATA,
        logo_uri: `${origin}/logo`,
        'logo_uri#de': `${origin}/logo/de`,
        policy_uri: `${origin}/policy`,
        tos_uri: `${origin}/tos`,
        client_uri: `${origin}/`,
        initiate_login_uri: `${origin}/login`,
      });
      await signIn(op, client);
      const { client_id } = client;
      await send(
        op,
        'PUT',
        client.registration_client_uri,
        { ...METADATA, client_id, logo_uri: `${origin}/new` },
        client.registration_access_token,
      );
      assertEquals(seen, []);
    }));
});

describe('Registration §2: what people see', () => {
  const SHOWN = {
    client_name: 'Clock',
    'client_name#de': 'Uhr',
    'client_name#ja': '時計',
    logo_uri: 'https://rp.example/logo.png',
    'logo_uri#de-AT': 'https://cdn.example/at.png',
    policy_uri: 'https://rp.example/policy',
    'policy_uri#de': 'https://rp.example/datenschutz',
    tos_uri: 'https://rp.example/tos',
  };

  it('logo, policy and terms are shown where people sign in and where they agree', () =>
    withRegistrar(async (op) => {
      const client = await registered(op, { ...METADATA, ...SHOWN });
      const browser = op.browser();
      const query = new URLSearchParams({
        client_id: client.client_id,
        redirect_uri: REDIRECT_URI,
        response_type: 'code',
        scope: 'openid email',
      });
      const login = await browser.get(`/authorize?${query}`);
      const consent = await browser.submit(login, { ...ALICE });
      assert(has(login, 'login') && has(consent, 'accept'));
      for (const { text, headers } of [login, consent]) {
        for (const part of ['Clock', SHOWN.logo_uri, SHOWN.policy_uri, SHOWN.tos_uri]) {
          assertStringIncludes(text, part);
        }
        for (const id of ['client-logo', 'client-policy', 'client-tos']) {
          assertStringIncludes(text, `id="${id}"`);
        }
        assertMatch(
          headers.get('content-security-policy') ?? '',
          /img-src[^;]*https:\/\/rp\.example/,
        );
      }
    }));

  it('RFC 7591 §2.2: in the language of the page', () =>
    withRegistrar(async (op) => {
      const client = await registered(op, { ...METADATA, ...SHOWN });
      const german = await page(op, client, { ui_locales: 'de' });
      for (const part of ['Uhr', SHOWN['policy_uri#de'], SHOWN.tos_uri, SHOWN['logo_uri#de-AT']]) {
        assertStringIncludes(german.text, part);
      }
      assertFalse(german.text.includes('Clock'));
      assertMatch(german.headers.get('content-security-policy') ?? '', /https:\/\/cdn\.example/);
      assertStringIncludes((await page(op, client, { ui_locales: 'ja' })).text, '時計');
      assertStringIncludes((await page(op, client, { ui_locales: 'fr' })).text, 'Clock');
    }));

  it('a name in other languages alone is better than none', () =>
    withRegistrar(async (op) => {
      const client = await registered(op, { ...METADATA, 'client_name#ja': '時計' });
      assertStringIncludes((await page(op, client, { ui_locales: 'fr' })).text, '時計');
    }));

  it('markup in what a client says is text', () =>
    withRegistrar(async (op) => {
      const client_name = '<script>alert(1)</script>';
      const client = await registered(op, {
        ...METADATA,
        client_name,
        'client_name#de': client_name,
      });
      for (const ui_locales of ['en', 'de']) {
        assertFalse((await page(op, client, { ui_locales })).text.includes(client_name));
      }
    }));
});

describe('Core §10.1.1: rotation of our keys', () => {
  it('what was signed before and after it verifies with what is published', () =>
    withRegistrar(async (op) => {
      const client = await registered(op);
      const published = async () => await (await op.fetch('/jwks')).json() as JSONWebKeySet;
      const verify = async (jwt: string, keys: JSONWebKeySet) =>
        await jwtVerify(jwt, createLocalJWKSet(keys), {
          issuer: ISSUER,
          audience: client.client_id,
          currentDate: new Date(op.clock.now * 1000),
        });
      const before = (await signIn(op, client)).id_token;
      await op.instance.engine().keys.rotate('RS256', { isNow: true });
      const after = (await signIn(op, client)).id_token;
      const keys = await published();
      await verify(before, keys);
      await verify(after, keys);
      assertNotEquals(decodeProtectedHeader(before).kid, decodeProtectedHeader(after).kid);
      assert(keys.keys.every((key: JWK) => key.kid !== undefined));
    }));
});
