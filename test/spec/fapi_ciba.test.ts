/** FAPI-CIBA §5.2.2, with FAPI 1.0 Advanced and with FAPI 2.0: the certification modules, by their names, and the clauses. */
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { assert, assertEquals } from '../support/assert.ts';
import { answerAsAlice, CIBA_GRANT } from '../support/ciba.ts';
import {
  CERTIFICATE,
  FAPI_CLIENTS,
  type FapiClient,
  fapiClient,
  type Making,
  newSigningKey,
  openFapi,
  OTHER_KEY,
} from '../support/fapi.ts';
import { assertRefused, claimsOf, tokensOf } from '../support/flow.ts';
import { ISSUER, type Op } from '../support/op.ts';
import { recordPosts } from '../support/posts.ts';

type Claims = Readonly<Record<string, unknown>>;

const NOW = 1_800_000_000;
const TOKEN = 'notification-token-0123456789';

const CIBA = {
  redirect_uris: undefined,
  response_types: undefined,
  grant_types: [CIBA_GRANT, 'refresh_token'],
  backchannel_token_delivery_mode: 'poll',
} as const;
const ADVANCED = { ...FAPI_CLIENTS[4], ...CIBA };
const CLIENTS = [
  ADVANCED,
  { ...ADVANCED, client_id: 'other', jwks: { keys: [OTHER_KEY.jwk] } },
  {
    ...ADVANCED,
    client_id: 'pinged',
    backchannel_token_delivery_mode: 'ping',
    backchannel_client_notification_endpoint: 'https://app.example/told',
  },
  { ...FAPI_CLIENTS[0], ...CIBA, client_id: 'second' },
];

async function open(client_id = 'advanced', op?: Op): Promise<FapiClient> {
  const config = JSON.parse(JSON.stringify({ clients: CLIENTS })) as Claims;
  const isBoundToCertificate = client_id !== 'second';
  const options = { client_id, isBoundToCertificate };
  return await fapiClient(op ?? await openFapi(config), options);
}

/** CIBA §7.1.1; undefined takes a claim away. */
function requestOf(client: FapiClient, claims: Claims = {}, making?: Making): Promise<string> {
  const none = Object.fromEntries(
    ['redirect_uri', 'response_type', 'state', 'nonce', 'code_challenge', 'code_challenge_method']
      .concat('client_id').map((name) => [name, undefined]),
  );
  const ciba = {
    iat: NOW,
    jti: randomUUID(),
    login_hint: 'alice',
    binding_message: '1234',
    scope: 'openid profile',
  };
  return client.requestObject({ ...none, ...ciba, ...claims }, making);
}

async function send(
  client: FapiClient,
  form: Readonly<Record<string, string>>,
  assertion: Claims | null = {},
): Promise<Response> {
  const proof = assertion === null ? {} : {
    client_assertion: await client.assertion(assertion),
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  };
  return await client.op.post('/backchannel_authentication', { ...form, ...proof }, CERTIFICATE);
}

async function ask(client: FapiClient, claims: Claims = {}, making?: Making): Promise<Response> {
  return await send(client, { request: await requestOf(client, claims, making) });
}

async function acknowledged(client: FapiClient, claims: Claims = {}): Promise<string> {
  const response = await ask(client, claims);
  const body = await response.json() as { readonly auth_req_id: string };
  assertEquals(response.status, 200, JSON.stringify(body));
  return body.auth_req_id;
}

function poll(client: FapiClient, auth_req_id: string): Promise<Response> {
  return client.token({ grant_type: CIBA_GRANT, auth_req_id });
}

describe('FAPI-CIBA-ID1: what succeeds', () => {
  it('fapi-ciba-id1: poll, tokens bound to the certificate, acr', async () => {
    const client = await open();
    const auth_req_id = await acknowledged(client, { acr_values: 'one_factor' });
    assert(/^[A-Za-z0-9._-]{27,}$/.test(auth_req_id), 'CIBA §7.3: 160 bits of these characters');
    await assertRefused(await poll(client, auth_req_id), 'authorization_pending');
    await answerAsAlice(client.op);
    const tokens = await tokensOf(await poll(client, auth_req_id));
    assertEquals(tokens.token_type, 'Bearer');
    assertEquals(claimsOf(tokens.id_token)['acr'], 'one_factor');
    assertEquals((await client.userinfo(tokens.access_token)).status, 200);
    const without = { authorization: `Bearer ${tokens.access_token}` };
    assertEquals((await client.op.fetch('/userinfo', { headers: without })).status, 401);
  });

  it('fapi-ciba-id1, ping: told with its token and the auth_req_id alone', async () => {
    const posts = recordPosts(() => 204);
    const clients = JSON.parse(JSON.stringify(CLIENTS)) as object[];
    const told = await openFapi({ clients }, { outbound: posts.outbound });
    const client = await open('pinged', told);
    const auth_req_id = await acknowledged(client, { client_notification_token: TOKEN });
    await answerAsAlice(told);
    await told.instance.engine().deliveries.settled();
    assertEquals(posts.all.map(({ body, headers }) => [body, headers]), [
      [JSON.stringify({ auth_req_id }), { authorization: `Bearer ${TOKEN}` }],
    ]);
    await tokensOf(await poll(client, auth_req_id));
  });

  const rows: readonly (readonly [string, Claims])[] = [
    ['ensure-requested-expiry-as-string-succeeds', { requested_expiry: '30' }],
    ['requested_expiry as a number', { requested_expiry: 30 }],
    ['ensure-other-scope-order-succeeds', { scope: 'profile openid' }],
    ['§5.3: request_context', { request_context: { geo: { lat: 1.5 }, list: [null] } }],
    ['CIBA §7.1: what nobody knows', { unheard_of: { of: 1.5 } }],
  ];
  for (const [name, claims] of rows) {
    it(name, async () => {
      await acknowledged(await open(), claims);
    });
  }

  it('CIBA §7.1: an assertion for the issuer', async () => {
    const client = await open();
    const request = await requestOf(client);
    assertEquals((await send(client, { request }, { aud: ISSUER })).status, 200);
  });

  it('auth-req-id-expired', async () => {
    const client = await open();
    const auth_req_id = await acknowledged(client, { requested_expiry: 30 });
    client.op.clock.now += 30;
    await assertRefused(await poll(client, auth_req_id), 'expired_token');
  });

  it('multiple-call-to-token-endpoint', async () => {
    const client = await open();
    const auth_req_id = await acknowledged(client);
    await assertRefused(await poll(client, auth_req_id), 'authorization_pending');
    for (let i = 0; i < 19; i += 1) {
      await assertRefused(await poll(client, auth_req_id), 'slow_down');
    }
  });

  it('user-rejects-authentication', async () => {
    const client = await open();
    const auth_req_id = await acknowledged(client);
    await answerAsAlice(client.op, 'deny');
    await assertRefused(await poll(client, auth_req_id), 'access_denied');
  });
});

describe('FAPI-CIBA-ID1: requests that are refused', () => {
  const rows: readonly (readonly [string, Claims, (string | undefined)?, Making?])[] = [
    ['ensure-request-object-missing-aud-fails', { aud: undefined }],
    ['ensure-request-object-missing-iss-fails', { iss: undefined }],
    ['ensure-request-object-missing-exp-fails', { exp: undefined }],
    ['ensure-request-object-missing-iat-fails', { iat: undefined }],
    ['ensure-request-object-missing-nbf-fails', { nbf: undefined }],
    ['ensure-request-object-missing-jti-fails', { jti: undefined }],
    ['ensure-request-object-bad-aud-fails', { aud: 'https://other.example' }],
    ['ensure-request-object-bad-iss-fails', { iss: 'other' }],
    ['ensure-request-object-expired-exp-fails', { exp: NOW - 300 }],
    ['ensure-request-object-exp-is-70-minutes-in-future-fails', { exp: NOW + 4200 }],
    ['ensure-request-object-nbf-is-10-minutes-in-future-fails', { nbf: NOW + 600 }],
    ['ensure-request-object-nbf-is-70-minutes-in-past-fails', { nbf: NOW - 4200 }],
    ['ensure-request-object-signed-by-other-client-fails', {}, undefined, { key: OTHER_KEY }],
    ['ensure-authorization-request-with-multiple-hints-fails', { id_token_hint: 'x' }],
    ['ensure-requested-expiry-zero-fails', { requested_expiry: 0 }],
    ['ensure-requested-expiry-negative-fails', { requested_expiry: -1 }],
    ['an expiry that is no whole number', { requested_expiry: 1.5 }],
    ['a scope that is no text', { scope: ['openid'] }],
    ['a user_code of a client that sends none', { user_code: '1234' }],
    ['without binding_message', { binding_message: undefined }, 'invalid_binding_message'],
    [
      'ensure-authorization-request-with-potentially-bad-binding-message',
      { binding_message: `1234 \u{1F44D}\u{1F3FF} 品川 ${'Lorem ipsum dolor '.repeat(10)}` },
      'invalid_binding_message',
    ],
  ];
  for (const [name, claims, code = 'invalid_request', making] of rows) {
    it(name, async () => {
      const client = await open();
      await assertRefused(await ask(client, claims, making), code);
      for await (const _ of client.op.store.list(['ciba'])) assert(false, 'nobody is asked');
    });
  }

  it('ensure-request-object-signature-algorithm-is-RS256-fails, -none-fails, -bad-fails', async () => {
    const client = await open();
    const good = await requestOf(client);
    const [, payload = '', signature = ''] = good.split('.');
    const requests = [
      await requestOf(client, {}, { key: await newSigningKey('RS256') }),
      `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`,
      good.replace(signature, `${signature.slice(0, -8)}AAAAAAAA`),
    ];
    for (const request of requests) {
      await assertRefused(await send(client, { request }), 'invalid_request');
    }
  });

  it('§5.2.2-6: ensure-backchannel-authorization-request-without-request-fails', async () => {
    const form = { scope: 'openid', login_hint: 'alice', binding_message: '1234' };
    await assertRefused(await send(await open(), form), 'invalid_request');
  });

  it('ensure-without-client-assertion-in-backchannel-authorization-request-fails', async () => {
    const client = await open();
    const form = { request: await requestOf(client), client_id: 'advanced' };
    await assertRefused(await send(client, form, null), 'invalid_client', 401);
  });

  it('ensure-wrong-client-id-in-backchannel-authorization-request', async () => {
    const client = await open();
    const form = { request: await requestOf(client), client_id: 'other' };
    await assertRefused(await send(client, form), 'invalid_client', 401);
  });

  it('ensure-invalid-client-assertions-in-backchannel-authorization-request-fail', async () => {
    const client = await open();
    const assertions = [
      { exp: NOW - 300 },
      { exp: undefined },
      { aud: 'https://other.example' },
      { iss: 'other' },
      { sub: 'other' },
      { jti: undefined },
    ];
    for (const assertion of assertions) {
      const request = await requestOf(client);
      await assertRefused(await send(client, { request }, assertion), 'invalid_client', 401);
    }
  });

  it('ensure-wrong-auth-req-id-in-token-endpoint-request', async () => {
    const client = await open();
    const auth_req_id = await acknowledged(client);
    const options = { client_id: 'other', key: OTHER_KEY, isBoundToCertificate: true };
    const other = await fapiClient(client.op, options);
    await assertRefused(await poll(other, auth_req_id), 'invalid_grant');
  });

  it('ensure-mtls-holder-of-key-required', async () => {
    const client = await open();
    const auth_req_id = await acknowledged(client);
    await answerAsAlice(client.op);
    const form = {
      grant_type: CIBA_GRANT,
      auth_req_id,
      client_assertion: await client.assertion(),
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    };
    await assertRefused(await client.op.post('/token', form), 'invalid_request');
  });
});

describe('FAPI-CIBA §5.2.2 with FAPI 2.0', () => {
  it('-2: a binding message, signed or not', async () => {
    const client = await open('second');
    const form = { scope: 'openid', login_hint: 'alice' };
    await assertRefused(await send(client, form), 'invalid_binding_message');
    assertEquals((await send(client, { ...form, binding_message: '1234' })).status, 200);
    await acknowledged(client);
  });

  it('-2: or details of the authorization, which are context of their own', async () => {
    const clients = JSON.parse(JSON.stringify([
      {
        ...FAPI_CLIENTS[0],
        ...CIBA,
        client_id: 'second',
        authorization_details_types: ['payment'],
      },
    ])) as object[];
    const types = { payment: { fields: ['amount'] } };
    const op = await openFapi({ clients, authorization_details_types: types });
    const client = await open('second', op);
    const authorization_details = JSON.stringify([{ type: 'payment', amount: '5 EUR' }]);
    const form = { scope: 'openid', login_hint: 'alice', authorization_details };
    assertEquals((await send(client, form)).status, 200);
  });
});
