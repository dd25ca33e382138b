/** RFC 7523 §2.2, §3 and OpenID Connect Core §9: clients that prove who they are by a signed assertion. */
import {
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  type JWTPayload,
  SignJWT,
  UnsecuredJWT,
} from 'jose';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { assert, assertEquals } from '../support/assert.ts';
import { assertRefused, obtainCode, REDIRECT_URI, userinfo } from '../support/flow.ts';
import { basic, CLI, CLIENT, CLIENT_SECRET, ISSUER, type Op, openOp } from '../support/op.ts';

const NOW = 1_800_000_000;
const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

const pair = await generateKeyPair('ES256', { extractable: true });
const other = await generateKeyPair('ES256', { extractable: true });
const PUBLIC_JWK = { ...await exportJWK(pair.publicKey), kid: 'k1', use: 'sig' };
const SECRET_BYTES = new TextEncoder().encode(CLIENT_SECRET);

const SIGNING = {
  client_id: 'signing',
  redirect_uris: [REDIRECT_URI],
  grant_types: ['authorization_code', 'client_credentials'],
  token_endpoint_auth_method: 'private_key_jwt',
  jwks: { keys: [PUBLIC_JWK] },
};
const SHARING = {
  ...CLIENT,
  client_id: 'sharing',
  grant_types: ['client_credentials'],
  token_endpoint_auth_method: 'client_secret_jwt',
};

function open(changes: Readonly<Record<string, unknown>> = {}): Promise<Op> {
  return openOp({ config: { clients: [CLIENT, { ...SIGNING, ...changes }, SHARING] } });
}

interface Making {
  readonly alg?: string;
  readonly key?: CryptoKey | Uint8Array;
  readonly header?: Readonly<Record<string, unknown>>;
}

/** As good as can be, with changes; undefined takes a claim away. */
async function assertion(
  changes: JWTPayload = {},
  { alg = 'ES256', key = pair.privateKey, header = {} }: Making = {},
): Promise<string> {
  const claims = {
    iss: 'signing',
    sub: 'signing',
    aud: ISSUER,
    exp: NOW + 60,
    jti: randomUUID(),
    ...changes,
  };
  const own = Object.entries(claims).filter(([, value]) => value !== undefined);
  return await new SignJWT(Object.fromEntries(own))
    .setProtectedHeader({ alg, ...header }).sign(key);
}

function form(
  client_assertion: string,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return {
    grant_type: 'client_credentials',
    client_assertion,
    client_assertion_type: TYPE,
    ...more,
  };
}

describe('Core §9: private_key_jwt and client_secret_jwt', () => {
  it('private_key_jwt: a signature by a registered key', async () => {
    const op = await open();
    assertEquals((await op.post('/token', form(await assertion()))).status, 200);
    assertEquals(
      (await op.post('/token', form(await assertion(), { client_id: 'signing' }))).status,
      200,
    );
  });

  for (const alg of ['HS256', 'HS384', 'HS512']) {
    it(`client_secret_jwt: ${alg} with the octets of the secret (Core §10.1)`, async () => {
      const op = await open();
      const jwt = await assertion(
        { iss: 'sharing', sub: 'sharing' },
        { alg, key: SECRET_BYTES },
      );
      assertEquals((await op.post('/token', form(jwt))).status, 200);
    });
  }

  for (const aud of [ISSUER, `${ISSUER}/token`, ['https://other.example', ISSUER]]) {
    it(`RFC 7523 §3: aud ${JSON.stringify(aud)} is us`, async () => {
      const op = await open();
      assertEquals((await op.post('/token', form(await assertion({ aud })))).status, 200);
    });
  }

  it('the URL of the endpoint that is called is us, too', async () => {
    const op = await open();
    const jwt = await assertion({ aud: `${ISSUER}/introspect` });
    const { grant_type: _, ...credentials } = form(jwt);
    assertEquals((await op.post('/introspect', { ...credentials, token: 'x' })).status, 200);
    await assertRefused(
      await op.post('/token', form(await assertion({ aud: `${ISSUER}/introspect` }))),
      'invalid_client',
      401,
    );
  });

  it('token_endpoint_auth_signing_alg: that one alone', async () => {
    const op = await open({ token_endpoint_auth_signing_alg: 'PS256' });
    await assertRefused(await op.post('/token', form(await assertion())), 'invalid_client', 401);
  });
});

describe('T041: assertion_audience issuer', () => {
  const rows: readonly [aud: string | string[], status: number][] = [
    [ISSUER, 200],
    [[ISSUER], 401],
    [`${ISSUER}/token`, 401],
    [[ISSUER, `${ISSUER}/token`], 401],
    [`${ISSUER}/`, 401],
  ];
  for (const [aud, status] of rows) {
    it(`${JSON.stringify(aud)} is ${status}`, async () => {
      const op = await open({ assertion_audience: 'issuer' });
      assertEquals((await op.post('/token', form(await assertion({ aud })))).status, status);
    });
  }
});

describe('RFC 7523 §3, T040, T043, T143: refusals, all of one body', () => {
  const rows: readonly { name: string; changes?: JWTPayload; making?: Making }[] = [
    { name: 'iss of another', changes: { iss: 'app' } },
    { name: 'sub of another', changes: { sub: 'app' } },
    { name: 'an unknown client', changes: { iss: 'nobody', sub: 'nobody' } },
    { name: 'aud of another server', changes: { aud: 'https://other.example' } },
    { name: 'no aud', changes: { aud: undefined } as unknown as JWTPayload },
    { name: 'expired', changes: { exp: NOW } },
    { name: 'no exp', changes: { exp: undefined } as unknown as JWTPayload },
    { name: 'good for over an hour', changes: { exp: NOW + 3700 } },
    { name: 'exp that is text', changes: { exp: 'soon' } as unknown as JWTPayload },
    { name: 'iat over a minute ahead', changes: { iat: NOW + 61 } },
    { name: 'nbf over a minute ahead', changes: { nbf: NOW + 61 } },
    { name: 'no jti', changes: { jti: undefined } as unknown as JWTPayload },
    { name: 'an empty jti', changes: { jti: '' } },
    { name: 'a jti of 256 characters', changes: { jti: 'x'.repeat(256) } },
    { name: 'another key', making: { key: other.privateKey } },
    { name: 'T047: HMAC with the public key', making: { alg: 'HS256', key: SECRET_BYTES } },
    {
      name: 'T048: a jwk of its own',
      making: { key: other.privateKey, header: { jwk: PUBLIC_JWK } },
    },
    {
      name: 'T048: a jku of its own',
      making: { key: other.privateKey, header: { jku: 'https://x.example' } },
    },
    { name: 'an unknown kid', making: { key: other.privateKey, header: { kid: 'k2' } } },
    { name: 'T050: the typ of an access token', making: { header: { typ: 'at+jwt' } } },
    { name: 'T050: the typ of a DPoP proof', making: { header: { typ: 'dpop+jwt' } } },
  ];
  for (const { name, changes, making } of rows) {
    it(`${name} is invalid_client`, async () => {
      const op = await open();
      const response = await op.post('/token', form(await assertion(changes, making)));
      const body = await assertRefused(response, 'invalid_client', 401);
      assertEquals(body['error_description'], 'client authentication failed');
    });
  }

  it('T046: unsigned, tampered, or no JWT at all', async () => {
    const op = await open();
    const good = await assertion();
    const unsigned = new UnsecuredJWT({ iss: 'signing', sub: 'signing', jti: 'x' }).encode();
    for (const jwt of [unsigned, `${good}x`, good.replace('.', '.e30'), 'x', 'x.y.z', '..']) {
      await assertRefused(await op.post('/token', form(jwt)), 'invalid_client', 401);
    }
  });

  it('another client_assertion_type, or none', async () => {
    const op = await open();
    const { client_assertion_type: _, ...untyped } = form(await assertion());
    await assertRefused(await op.post('/token', untyped), 'invalid_client', 401);
    const saml = 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer';
    await assertRefused(
      await op.post('/token', form(await assertion(), { client_assertion_type: saml })),
      'invalid_client',
      401,
    );
  });

  it('T129: one that is too long is not even parsed', async () => {
    const op = await open();
    const jwt = await assertion({ padding: 'x'.repeat(20_000) });
    await assertRefused(await op.post('/token', form(jwt)), 'invalid_client', 401);
  });

  it('iat and nbf up to ten seconds ahead are clocks that differ', async () => {
    const op = await open();
    const jwt = await assertion({ iat: NOW + 10, nbf: NOW + 10 });
    assertEquals((await op.post('/token', form(jwt))).status, 200);
  });
});

describe('T040: an assertion works once', () => {
  it('the second use is refused, at another endpoint, too', async () => {
    const op = await open();
    const jwt = await assertion();
    assertEquals((await op.post('/token', form(jwt))).status, 200);
    await assertRefused(await op.post('/token', form(jwt)), 'invalid_client', 401);
    const { grant_type: _, ...credentials } = form(jwt);
    for (
      const [path, more] of [['/introspect', { token: 'x' }], ['/revoke', { token: 'x' }], [
        '/par',
        {
          response_type: 'code',
          redirect_uri: REDIRECT_URI,
        },
      ]] as const
    ) {
      await assertRefused(await op.post(path, { ...credentials, ...more }), 'invalid_client', 401);
    }
  });

  it('used up at introspection, revocation or PAR, it is used up', async () => {
    const op = await open();
    for (
      const [path, more, status] of [
        ['/introspect', { token: 'x' }, 200],
        ['/revoke', { token: 'x' }, 200],
        ['/par', { response_type: 'code', redirect_uri: REDIRECT_URI }, 201],
      ] as const
    ) {
      const jwt = await assertion();
      const { grant_type: _, ...credentials } = form(jwt);
      assertEquals((await op.post(path, { ...credentials, ...more })).status, status);
      await assertRefused(await op.post('/token', form(jwt)), 'invalid_client', 401);
    }
  });

  it('a request that is refused for other reasons uses it up, too', async () => {
    const op = await open();
    for (
      const more of [
        { grant_type: 'authorization_code', code: 'unknown', redirect_uri: REDIRECT_URI },
        { grant_type: 'unheard_of' },
        { grant_type: 'refresh_token', refresh_token: 'x' },
      ]
    ) {
      const jwt = await assertion();
      const refused = await op.post('/token', { ...form(jwt), ...more });
      assertEquals(refused.status, 400);
      await assertRefused(await op.post('/token', form(jwt)), 'invalid_client', 401);
    }
  });

  it('so does a refusal at PAR and at the device endpoint', async () => {
    const op = await open();
    for (
      const [path, more] of [
        ['/par', { response_type: 'code', redirect_uri: `${REDIRECT_URI}/x` }],
        ['/device_authorization', {}],
      ] as const
    ) {
      const jwt = await assertion();
      const { grant_type: _, ...credentials } = form(jwt);
      assertEquals((await op.post(path, { ...credentials, ...more })).status, 400);
      await assertRefused(await op.post('/token', form(jwt)), 'invalid_client', 401);
    }
  });

  it('two clients may have one jti', async () => {
    const op = await openOp({
      config: { clients: [SIGNING, { ...SIGNING, client_id: 'twin' }] },
    });
    const jti = 'the-same';
    assertEquals((await op.post('/token', form(await assertion({ jti })))).status, 200);
    const twin = await assertion({ jti, iss: 'twin', sub: 'twin' });
    assertEquals((await op.post('/token', form(twin))).status, 200);
  });

  it('a code is redeemed with one, in one step', async () => {
    const op = await open();
    const code = await obtainCode(op, { client_id: 'signing' });
    const redemption = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI };
    const response = await op.post('/token', { ...form(await assertion()), ...redemption });
    assertEquals(response.status, 200);
  });

  it('a whole request that comes again ends nothing: its assertion is looked at first', async () => {
    const op = await open();
    const code = await obtainCode(op, { client_id: 'signing' });
    const whole = {
      ...form(await assertion()),
      grant_type: 'authorization_code',
      code,
      redirect_uri: REDIRECT_URI,
    };
    const first = await op.post('/token', whole);
    const { access_token } = await first.json() as { access_token: string };
    await assertRefused(await op.post('/token', whole), 'invalid_client', 401);
    assertEquals((await userinfo(op, access_token)).status, 200);
  });
});

describe('T042: secrets that HMAC needs', () => {
  it('of a client in the store, it is sealed at rest and works', async () => {
    const op = await open();
    const { addClient } = await import('../../src/engine/administration/clients.ts');
    const outcome = await addClient(
      'stored',
      {
        token_endpoint_auth_method: 'client_secret_jwt',
        grant_types: ['client_credentials'],
      },
      { kind: 'given', secret: CLIENT_SECRET },
      CLI,
      op.instance.engine(),
    );
    assertEquals(outcome.kind, 'done');
    for await (const { value } of op.store.list<{ client_secret: string }>(['client'])) {
      assert(value.client_secret.startsWith('$sealed$'));
      assert(!JSON.stringify(value).includes(CLIENT_SECRET));
    }
    const jwt = await assertion(
      { iss: 'stored', sub: 'stored' },
      { alg: 'HS256', key: SECRET_BYTES },
    );
    assertEquals((await op.post('/token', form(jwt))).status, 200);
  });

  it('a digest in the file is a mistake of the configuration', async () => {
    const { parseConfig } = await import('../../src/config/parse.ts');
    const digest = '$5$rounds=1000$saltsalt$' + 'x'.repeat(43);
    const result = parseConfig({ clients: [{ ...SHARING, client_secret: digest }] });
    assertEquals(result.ok, false);
  });
});

describe('T038: the registered method, and no other', () => {
  it('an assertion of a client that is registered for its secret', async () => {
    const op = await open();
    const jwt = await assertion(
      { iss: 'app', sub: 'app' },
      { alg: 'HS256', key: SECRET_BYTES },
    );
    await assertRefused(await op.post('/token', form(jwt)), 'invalid_client', 401);
  });

  it('a secret of a client that is registered for assertions', async () => {
    const op = await open();
    const own = { grant_type: 'client_credentials' };
    await assertRefused(await op.post('/token', own, basic('sharing')), 'invalid_client', 401);
    const posted = { ...own, client_id: 'sharing', client_secret: CLIENT_SECRET };
    await assertRefused(await op.post('/token', posted), 'invalid_client', 401);
  });

  it('RFC 6749 §2.3: both at once are invalid_request', async () => {
    const op = await open();
    const jwt = await assertion();
    const response = await op.post('/token', form(jwt), basic('signing'));
    assertEquals(response.status, 400);
    assertEquals((await response.json() as { error: string }).error, 'invalid_request');
  });
});
