/**
 * FAPI 2.0 Message Signing (final): signed requests, responses and introspection, as the OpenID Foundation's plan
 * `fapi2-message-signing-final` looks at it: each `it` begins with the module's name, where there is one.
 */
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { describe, it } from 'node:test';
import { assert, assertEquals } from '../support/assert.ts';
import {
  ASSERTION_TYPE,
  FAPI_CLIENTS,
  type FapiClient,
  fapiClient,
  newSigningKey,
  openFapi,
  OTHER_KEY,
} from '../support/fapi.ts';
import { ALICE, answerOf, assertRefused, REDIRECT_URI, tokensOf } from '../support/flow.ts';
import { ISSUER, type Op } from '../support/op.ts';
import { jws } from '../support/dpop.ts';
import { claimsOf } from '../support/flow.ts';

const NOW = 1_800_000_000;

async function open(config: Readonly<Record<string, unknown>> = {}): Promise<FapiClient> {
  return await fapiClient(await openFapi(config), { client_id: 'signed' });
}

type Claims = Readonly<Record<string, unknown>>;

async function pushObject(
  client: FapiClient,
  claims: Claims,
  header: Claims = {},
): Promise<Response> {
  const request = await client.requestObject({ response_mode: 'jwt', ...claims }, { header });
  return await client.push({ request });
}

/** What a signed response says, after every check of JARM §2.4. */
async function responseOf(op: Op, response: string): Promise<Readonly<Record<string, unknown>>> {
  const jwks = await (await op.fetch('/jwks')).json() as JSONWebKeySet;
  const { payload, protectedHeader } = await jwtVerify(response, createLocalJWKSet(jwks), {
    issuer: ISSUER,
    audience: 'signed',
    currentDate: new Date(op.clock.now * 1000),
  });
  assertEquals(protectedHeader.alg, 'ES256');
  assert((payload.exp ?? Infinity) <= op.clock.now + 600);
  return payload;
}

describe('FAPI 2.0 MS §5.3.1: signed authorization requests', () => {
  it('happy-flow: a signed request is pushed, a signed response comes back', async () => {
    const client = await open();
    const request = await client.requestObject({ response_mode: 'jwt' });
    const page = await client.visit(await client.pushed({ request }));
    assertEquals([...page.url.searchParams.keys()], ['response']);
    const answer = await responseOf(client.op, page.url.searchParams.get('response') ?? '');
    assertEquals(answer['state'], 'a state');
    const tokens = await tokensOf(await client.redeem(String(answer['code'])));
    assertEquals(tokens.token_type, 'DPoP');
  });

  for (
    const [name, claims, header] of [
      ['ensure-request-object-with-multiple-aud-succeeds', { aud: ['https://x.example', ISSUER] }],
      ['ensure-request-object-with-nbf-8-seconds-in-the-future-is-accepted', { nbf: NOW + 8 }],
      ['§5.3.1-5: typ oauth-authz-req+jwt', {}, { typ: 'oauth-authz-req+jwt' }],
      ['§5.3.1-3, -4: an hour old, and good for an hour (T020)', { nbf: NOW - 3599, exp: NOW + 1 }],
      ['ensure-authorization-request-without-state-success', { state: undefined }],
    ] as const
  ) {
    it(`${name}`, async () => {
      assertEquals((await pushObject(await open(), claims, header)).status, 201);
    });
  }

  for (
    const [name, claims, error] of [
      [
        'ensure-request-object-without-exp-fails (T020)',
        { exp: undefined },
        'invalid_request_object',
      ],
      [
        'ensure-request-object-without-nbf-fails (T020)',
        { nbf: undefined },
        'invalid_request_object',
      ],
      [
        'ensure-expired-request-object-fails',
        { nbf: NOW - 600, exp: NOW - 300 },
        'invalid_request_object',
      ],
      [
        'ensure-request-object-with-bad-aud-fails',
        { aud: 'https://other.example' },
        'invalid_request_object',
      ],
      ['§5.3.1-2: no aud', { aud: undefined }, 'invalid_request_object'],
      [
        'ensure-request-object-with-exp-over-60-fails (T020)',
        { exp: NOW + 3601 },
        'invalid_request_object',
      ],
      [
        'ensure-request-object-with-nbf-over-60-fails (T020)',
        { nbf: NOW - 3601, exp: NOW + 1 },
        'invalid_request_object',
      ],
      ['§5.3.2.1-13: nbf over a minute ahead', { nbf: NOW + 61 }, 'invalid_request_object'],
      [
        'ensure-request-object-without-redirect-uri-fails',
        { redirect_uri: undefined },
        'invalid_request',
      ],
      [
        'ensure-response-type-code-idtoken-fails',
        { response_type: 'code id_token' },
        'unsupported_response_type',
      ],
      [
        'par-ensure-pkce-required',
        { code_challenge: undefined, code_challenge_method: undefined },
        'invalid_request',
      ],
      [
        'par-authorization-request-containing-request_uri',
        { request_uri: 'urn:x' },
        'invalid_request_object',
      ],
    ] as const
  ) {
    it(`${name}`, async () => {
      await assertRefused(await pushObject(await open(), claims), error);
    });
  }

  it('ensure-unsigned-request-at-par-endpoint-fails', async () => {
    await assertRefused(await (await open()).push({ response_mode: 'jwt' }), 'invalid_request');
  });

  it('ensure-request-object-signature-algorithm-is-not-none', async () => {
    const client = await open();
    const payload = claimsOf(await client.requestObject({ response_mode: 'jwt' }));
    const request = jws({ alg: 'none', typ: 'oauth-authz-req+jwt' }, payload);
    await assertRefused(await client.push({ request }), 'invalid_request_object');
  });

  it('ensure-request-object-with-invalid-signature-fails', async () => {
    const client = await open();
    const request = await client.requestObject({ response_mode: 'jwt' });
    const [header, payload] = request.split('.');
    const forged = `${header}.${payload}.${'A'.repeat(86)}`;
    await assertRefused(await client.push({ request: forged }), 'invalid_request_object');
  });

  it('ensure-matching-key-in-authorization-request: the key of another client', async () => {
    const client = await open();
    const request = await client.requestObject({ response_mode: 'jwt' }, { key: OTHER_KEY });
    await assertRefused(await client.push({ request }), 'invalid_request_object');
  });

  it('ensure-signed-request-object-with-RS256-fails', async () => {
    const rsa = await newSigningKey('RS256');
    const [, , , signed] = FAPI_CLIENTS;
    const jwks = { keys: [...signed.jwks.keys, { ...rsa.jwk, alg: undefined }] };
    const client = await open({ clients: [{ ...signed, jwks }] });
    const request = await client.requestObject({ response_mode: 'jwt' }, { key: rsa });
    const refusal = await assertRefused(await client.push({ request }), 'invalid_request_object');
    assertEquals(refusal['error_description']?.includes('ES256, PS256, EdDSA'), true);
  });

  it('ensure-different-state-inside-and-outside-request-object: what is signed counts', async () => {
    const client = await open();
    const request = await client.requestObject({ response_mode: 'jwt', state: 'inside' });
    const url = `${await client.pushed({ request, state: 'beside' })}&state=outside`;
    const page = await client.visit(url);
    const answer = await responseOf(client.op, page.url.searchParams.get('response') ?? '');
    assertEquals(answer['state'], 'inside');
  });

  it('state-only-outside-request-object-not-used', async () => {
    const client = await open();
    const request = await client.requestObject({ response_mode: 'jwt', state: undefined });
    const page = await client.visit(`${await client.pushed({ request })}&state=outside`);
    const answer = await responseOf(client.op, page.url.searchParams.get('response') ?? '');
    assertEquals('state' in answer, false);
  });
});

describe('FAPI 2.0 MS §5.4.1: signed authorization responses', () => {
  for (const response_mode of [undefined, 'query', 'fragment', 'form_post'] as const) {
    it(`none without a signature: response_mode ${response_mode}`, async () => {
      await assertRefused(await pushObject(await open(), { response_mode }), 'invalid_request');
    });
  }

  it('user-rejects-authentication: refusals are signed, too, and hold iss inside alone', async () => {
    const client = await open();
    const request = await client.requestObject({ response_mode: 'jwt' });
    const browser = client.op.browser();
    const login = await browser.get(await client.pushed({ request }));
    const consent = await browser.submit(login, ALICE);
    const page = await browser.submit(consent, { decision: 'deny' });
    assertEquals([...page.url.searchParams.keys()], ['response']);
    const answer = await responseOf(client.op, page.url.searchParams.get('response') ?? '');
    assertEquals([answer['error'], answer['iss']], ['access_denied', ISSUER]);
  });

  for (const mode of ['query.jwt', 'fragment.jwt', 'form_post.jwt']) {
    it(`JARM §2.3: ${mode}`, async () => {
      const client = await open();
      const request = await client.requestObject({ response_mode: mode });
      const page = await client.visit(await client.pushed({ request }));
      const response = mode === 'form_post.jwt'
        ? /name="response" value="([^"]+)"/.exec(page.text)?.[1]
        : answerOf(page)['response'];
      assert('code' in await responseOf(client.op, response ?? ''), page.url.href);
    });
  }

  it('an unsigned request at the authorization endpoint gets a refusal that is signed', async () => {
    const client = await open();
    for (const response_mode of ['', 'query', 'form_post']) {
      const params = {
        client_id: 'signed',
        response_type: 'code',
        redirect_uri: REDIRECT_URI,
        ...response_mode !== '' && { response_mode },
      };
      const page = await client.visit(`/authorize?${new URLSearchParams(params)}`);
      assertEquals([...page.url.searchParams.keys()], ['response']);
      const answer = await responseOf(client.op, page.url.searchParams.get('response') ?? '');
      assertEquals([answer['error'], 'code' in answer], ['invalid_request', false]);
    }
  });
});

describe('FAPI 2.0 MS §5.5.1: signed introspection responses', () => {
  async function introspect(client: FapiClient, token: string, accept?: string): Promise<Response> {
    const form = {
      token,
      client_id: client.client_id,
      client_assertion: await client.assertion(),
      client_assertion_type: ASSERTION_TYPE,
    };
    return await client.op.post('/introspect', form, accept === undefined ? {} : { accept });
  }

  it('whoever asks for a JWT gets one that is signed as the profile wants', async () => {
    const client = await fapiClient(await openFapi());
    const { access_token } = await client.tokens();
    const type = 'application/token-introspection+jwt';
    const response = await introspect(client, access_token, type);
    assertEquals(response.headers.get('content-type'), type);
    const jwks = await (await client.op.fetch('/jwks')).json() as JSONWebKeySet;
    const { payload, protectedHeader } = await jwtVerify(
      await response.text(),
      createLocalJWKSet(jwks),
      { issuer: ISSUER, audience: 'fapi', typ: 'token-introspection+jwt' },
    );
    assertEquals(protectedHeader.alg, 'ES256');
    const { active, cnf } = payload['token_introspection'] as Record<string, unknown>;
    assertEquals([active, cnf], [true, { jkt: client.proofKey.jkt }]);
  });

  it('a client that registers for it gets nothing else, unless it asks', async () => {
    const [FAPI] = FAPI_CLIENTS;
    const op = await openFapi({
      clients: [{ ...FAPI, introspection_signed_response_alg: 'PS256' }],
    });
    const client = await fapiClient(op);
    const { access_token } = await client.tokens();
    const signed = await introspect(client, access_token);
    assertEquals(signed.headers.get('content-type'), 'application/token-introspection+jwt');
    const plain = await introspect(client, access_token, 'application/json');
    assertEquals(plain.headers.get('content-type'), 'application/json');
  });

  it('another client learns nothing, in JWTs as little as in JSON', async () => {
    const client = await fapiClient(await openFapi());
    const mallory = await fapiClient(client.op, { client_id: 'mallory', key: OTHER_KEY });
    const { access_token } = await client.tokens();
    const jwt = await introspect(mallory, access_token, 'application/token-introspection+jwt');
    assertEquals(claimsOf(await jwt.text())['token_introspection'], { active: false });
  });
});
