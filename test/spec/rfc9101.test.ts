/** RFC 9101: JWT-Secured Authorization Request; OpenID Connect Core §6. */
import {
  CompactEncrypt,
  CompactSign,
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  type JSONWebKeySet,
  type JWK,
  SignJWT,
  UnsecuredJWT,
} from 'jose';
import { describe, it } from 'node:test';
import { assert, assertEquals, assertFalse } from '../support/assert.ts';
import { has, textOf } from '../support/browser.ts';
import { ALICE, answerOf, REDIRECT_URI } from '../support/flow.ts';
import { basic, CLIENT, CLIENT_SECRET, ISSUER, type Op, openOp } from '../support/op.ts';

const pair = await generateKeyPair('ES256', { extractable: true });
const JWKS = { keys: [{ ...await exportJWK(pair.publicKey), kid: 'k1', use: 'sig' }] };
const SIGNING = { ...CLIENT, jwks: JWKS };
const NOW = 1_800_000_000;

const PARAMETERS = {
  client_id: 'app',
  redirect_uri: REDIRECT_URI,
  response_type: 'code',
  scope: 'openid email',
  state: 'object-state',
};

function open(
  client: Readonly<Record<string, unknown>> = {},
  config: Readonly<Record<string, unknown>> = {},
): Promise<Op> {
  return openOp({ config: { clients: [{ ...SIGNING, ...client }], ...config } });
}

interface Signing {
  readonly alg?: string;
  readonly key?: CryptoKey | Uint8Array;
  readonly header?: Readonly<Record<string, unknown>>;
}

/** A request object of the client's, as good as can be, with changes; undefined takes a member away. */
async function object(
  changes: Readonly<Record<string, unknown>> = {},
  { alg = 'ES256', key = pair.privateKey, header = {} }: Signing = {},
): Promise<string> {
  const claims = {
    iss: 'app',
    aud: ISSUER,
    exp: NOW + 300,
    nbf: NOW,
    ...PARAMETERS,
    ...changes,
  };
  const own = Object.entries(claims).filter(([, value]) => value !== undefined);
  return await new SignJWT(Object.fromEntries(own))
    .setProtectedHeader({ alg, kid: 'k1', typ: 'oauth-authz-req+jwt', ...header })
    .sign(key);
}

function url(request: string, beside: Readonly<Record<string, string>> = {}): string {
  return `/authorize?${new URLSearchParams({ client_id: 'app', request, ...beside })}`;
}

const secret = new TextEncoder().encode(CLIENT_SECRET);

describe('RFC 9101 §5.1: a request object by value', () => {
  it('is the request, and nothing beside it counts (§6.3, T019)', async () => {
    const op = await open();
    const page = await op.browser().authorize(
      url(await object(), { state: 'other', scope: 'openid phone', nonce: 'beside' }),
      ALICE,
    );
    const { code, state } = answerOf(page);
    assertEquals(state, 'object-state');
    const form = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI };
    const tokens = await (await op.post('/token', form, basic('app'))).json() as {
      scope: string;
      id_token: string;
    };
    assertEquals(tokens.scope, 'openid email');
    assertFalse(atob(tokens.id_token.split('.')[1] ?? '').includes('beside'));
  });

  it('T129: members that are nested deeper than a stack are refused', async () => {
    const op = await open({ authorization_details_types: ['files'] }, {
      authorization_details_types: { files: { fields: ['path'] } },
    });
    const marked = JSON.stringify({
      ...PARAMETERS,
      iss: 'app',
      aud: ISSUER,
      exp: NOW + 300,
      nbf: NOW,
      authorization_details: [{ type: 'files', path: 'here' }],
    });
    const text = marked.replace('"here"', '['.repeat(5600) + ']'.repeat(5600));
    const request = await new CompactSign(new TextEncoder().encode(text))
      .setProtectedHeader({ alg: 'ES256', kid: 'k1', typ: 'oauth-authz-req+jwt' })
      .sign(pair.privateKey);
    const pushed = await op.post('/par', { request }, basic('app'));
    assertEquals(pushed.status, 400, await pushed.text());
  });

  it('§4: numbers and JSON members are what they would be as parameters', async () => {
    const op = await open();
    const request = await object({
      max_age: 300,
      claims: { userinfo: { name: { essential: true } } },
    });
    assert(has(await op.browser().get(url(request)), 'login'));
  });

  it('Core §6.1: by POST, too', async () => {
    const op = await open();
    const body = new URLSearchParams({ client_id: 'app', request: await object() });
    assert(has(await op.browser().post('/authorize', body), 'login'));
  });

  const refusals: readonly {
    name: string;
    changes?: Record<string, unknown>;
    signing?: Signing;
  }[] = [
    { name: 'iss of another', changes: { iss: 'other' } },
    { name: 'aud of another', changes: { aud: 'https://other.example' } },
    { name: 'expired', changes: { exp: NOW } },
    { name: 'not valid yet', changes: { nbf: NOW + 61 } },
    { name: 'from the future', changes: { iat: NOW + 61 } },
    { name: 'exp that is no number', changes: { exp: 'soon' } },
    { name: 'client_id of another', changes: { client_id: 'other' } },
    { name: 'a nested request', changes: { request: 'x' } },
    { name: 'a nested request_uri', changes: { request_uri: 'https://app.example/r' } },
    { name: 'a parameter that is an object', changes: { state: { a: 1 } } },
    { name: 'a parameter that is a list', changes: { scope: ['openid'] } },
    { name: 'jti that is no string', changes: { jti: 7 } },
    {
      name: 'typ of a client assertion',
      signing: { header: { typ: 'client-authentication+jwt' } },
    },
    { name: 'typ of an access token', signing: { header: { typ: 'at+jwt' } } },
    { name: 'HS256 with a public key for a secret', signing: { alg: 'HS256', key: secret } },
  ];
  for (const { name, changes, signing } of refusals) {
    it(`T018: ${name} is invalid_request_object`, async () => {
      // The last row: this client has no secret that anybody could sign with.
      const op = await open({
        client_secret: '$2b$04$abcdefghijklmnopqrstuuM1Q5Vjd0T4YF4rRr9C6zW0hYQ9oKq3G',
      });
      const request = await object(changes, signing);
      const page = await op.browser().get(url(request));
      assertEquals([page.status, textOf(page, 'error')], [400, 'invalid_request_object']);
      const beside = await op.browser().get(url(request, { redirect_uri: REDIRECT_URI }));
      assertEquals(answerOf(beside)['error'], 'invalid_request_object');
    });
  }

  it('T018: signed by a key that is not the client’s', async () => {
    const op = await open();
    const other = await generateKeyPair('ES256');
    const page = await op.browser().get(url(await object({}, { key: other.privateKey })));
    assertEquals(textOf(page, 'error'), 'invalid_request_object');
  });

  it('T048: keys in the header count for nothing', async () => {
    const op = await open();
    const other = await generateKeyPair('ES256', { extractable: true });
    const jwk = await exportJWK(other.publicKey) as JWK;
    const request = await object({}, { key: other.privateKey, header: { jwk } });
    assertEquals(
      textOf(await op.browser().get(url(request)), 'error'),
      'invalid_request_object',
    );
  });

  it('T046: unsigned, of a client that is not registered for that', async () => {
    const request = new UnsecuredJWT(PARAMETERS).encode();
    const page = await (await open()).browser().get(url(request));
    assertEquals(textOf(page, 'error'), 'invalid_request_object');
    const other = await open({ request_object_signing_alg: 'ES256' });
    assertEquals(
      textOf(await other.browser().get(url(request)), 'error'),
      'invalid_request_object',
    );
  });

  it('unsigned, of a client that is registered for none; then signed ones are not', async () => {
    const op = await open({ request_object_signing_alg: 'none' });
    const request = new UnsecuredJWT(PARAMETERS).encode();
    assert(has(await op.browser().get(url(request)), 'login'));
    assertEquals(
      textOf(await op.browser().get(url(await object())), 'error'),
      'invalid_request_object',
    );
    const signedLooking = `${request}AAAA`;
    assertEquals(
      textOf(await op.browser().get(url(signedLooking)), 'error'),
      'invalid_request_object',
    );
  });

  it('signed with the client secret, where it is registered for that', async () => {
    const op = await open({ request_object_signing_alg: 'HS256' });
    const request = await object({}, { alg: 'HS256', key: secret });
    assert(has(await op.browser().get(url(request)), 'login'));
    assertEquals(
      textOf(await op.browser().get(url(await object())), 'error'),
      'invalid_request_object',
    );
  });

  it('a redirect_uri inside that is not registered becomes a page', async () => {
    const op = await open();
    const page = await op.browser().get(
      url(await object({ redirect_uri: 'https://evil.example/' }), { redirect_uri: REDIRECT_URI }),
    );
    assertEquals([page.status, textOf(page, 'error')], [400, 'invalid_request']);
  });

  it('oidcc-ensure-request-object-with-redirect-uri: the one inside is used', async () => {
    const op = await open();
    const page = await op.browser().authorize(
      url(await object(), { redirect_uri: 'https://app.example/wrong' }),
      ALICE,
    );
    assert(page.url.href.startsWith(`${REDIRECT_URI}?`));
  });

  it('§5: without client_id beside it, and with both forms at once, it is no request', async () => {
    const op = await open();
    const request = await object();
    const nameless = await op.browser().get(`/authorize?${new URLSearchParams({ request })}`);
    assertEquals(textOf(nameless, 'error'), 'invalid_request');
    const both = await op.browser().get(url(request, { request_uri: 'https://app.example/r' }));
    assertEquals(textOf(both, 'error'), 'invalid_request');
  });

  it('§10.5: require_signed_request_object refuses every other request', async () => {
    const op = await open({ require_signed_request_object: true });
    const plain = `/authorize?${new URLSearchParams(PARAMETERS)}`;
    assertEquals(answerOf(await op.browser().get(plain))['error'], 'invalid_request');
    assert(has(await op.browser().get(url(await object())), 'login'));
  });

  it('T129: what is too long is not looked at', async () => {
    const op = await open();
    const body = new URLSearchParams({ client_id: 'app', request: `${'x'.repeat(40_000)}.y.z` });
    const page = await op.browser().post('/authorize', body);
    assertEquals(textOf(page, 'error'), 'invalid_request_object');
  });
});

describe('RFC 9101 §10.2: a request object with a jti answers once', () => {
  it('the second use, in this browser or another, is refused', async () => {
    const op = await open();
    const request = await object({ jti: 'once' });
    const browser = op.browser();
    assert('code' in answerOf(await browser.authorize(url(request), ALICE)));
    const again = await browser.get(url(request, { redirect_uri: REDIRECT_URI }));
    assertEquals(answerOf(again)['error'], 'invalid_request_object');
    const other = await op.browser().authorize(url(request), ALICE);
    assertEquals(textOf(other, 'error'), 'invalid_request_object');
  });

  it('pushed, it is used up at once', async () => {
    const op = await open();
    const form = { request: await object({ jti: 'pushed' }) };
    assertEquals((await op.post('/par', form, basic('app'))).status, 201);
    const again = await op.post('/par', form, basic('app'));
    assertEquals([again.status, (await again.json() as { error: string }).error], [
      400,
      'invalid_request_object',
    ]);
  });
});

describe('RFC 9126 §3: a request object that is pushed', () => {
  it('counts as signed and as pushed', async () => {
    const op = await open({
      require_signed_request_object: true,
      require_pushed_authorization_requests: true,
    });
    const pushed = await op.post('/par', { request: await object() }, basic('app'));
    assertEquals(pushed.status, 201);
    const { request_uri } = await pushed.json() as { request_uri: string };
    const page = await op.browser().authorize(
      `/authorize?${new URLSearchParams({ client_id: 'app', request_uri })}`,
      ALICE,
    );
    assertEquals(answerOf(page)['state'], 'object-state');
  });

  it('of another client is refused', async () => {
    const op = await open({}, { clients: [SIGNING, { ...CLIENT, client_id: 'other' }] });
    const response = await op.post('/par', { request: await object() }, basic('other'));
    assertEquals([response.status, (await response.json() as { error: string }).error], [
      400,
      'invalid_request_object',
    ]);
  });
});

describe('RFC 9101 §6.1: an encrypted request object', () => {
  async function encrypted(op: Op, alg: string, enc: string, jwt: string): Promise<string> {
    // Nobody has asked for a key of this kind before: it is made for the client that is registered for it.
    const { keys } = await (await op.fetch('/jwks')).json() as JSONWebKeySet;
    const key = keys.find((each) => each.use === 'enc' && each.alg === alg);
    assert(key !== undefined, `no key for ${alg}`);
    return await new CompactEncrypt(new TextEncoder().encode(jwt))
      .setProtectedHeader({ alg, enc, kid: key.kid ?? '', cty: 'oauth-authz-req+jwt' })
      .encrypt(key);
  }

  for (const alg of ['ECDH-ES', 'ECDH-ES+A256KW', 'RSA-OAEP-256']) {
    it(`${alg}: opened, then verified`, async () => {
      const op = await open({
        request_object_encryption_alg: alg,
        request_object_encryption_enc: 'A256GCM',
      });
      const request = await encrypted(op, alg, 'A256GCM', await object());
      assert(has(await op.browser().get(url(request)), 'login'));
      const other = await encrypted(op, alg, 'A128GCM', await object());
      assertEquals(
        textOf(await op.browser().get(url(other)), 'error'),
        'invalid_request_object',
      );
    });
  }

  it('a client that is registered for encryption must encrypt', async () => {
    const op = await open({ request_object_encryption_alg: 'ECDH-ES' });
    assertEquals(
      textOf(await op.browser().get(url(await object())), 'error'),
      'invalid_request_object',
    );
  });

  it('T051: whatever is wrong with it, the answer is the same', async () => {
    const op = await open({ request_object_encryption_alg: 'ECDH-ES' });
    const good = await encrypted(op, 'ECDH-ES', 'A128CBC-HS256', await object());
    const parts = good.split('.');
    const broken = [
      [...parts.slice(0, 3), 'AAAA', parts[4]].join('.'),
      [...parts.slice(0, 4), 'AAAAAAAAAAAAAAAAAAAAAA'].join('.'),
      `${btoa('{"alg":"RSA1_5","enc":"A256GCM"}').replace(/=+$/, '')}.a.b.c.d`,
      `${btoa('{"alg":"ECDH-ES","enc":"A256GCM","zip":"DEF"}').replace(/=+$/, '')}.a.b.c.d`,
      '....',
    ];
    const answers = await Promise.all(broken.map(async (request) => {
      const page = await op.browser().get(url(request));
      return [page.status, textOf(page, 'error'), textOf(page, 'error_description')].join(' ');
    }));
    assertEquals(new Set(answers).size, 1, answers.join('\n'));
  });
});
