/** FAPI 1.0 Part 2 (Advanced), as far as settings and checks of requests make it. */
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { assert, assertEquals } from '../support/assert.ts';
import { FAPI_CLIENTS, fapiClient, newSigningKey, openFapi } from '../support/fapi.ts';
import {
  answerOf,
  assertRefused,
  authorizationUrl,
  CHALLENGE,
  claimsOf,
  headerOf,
  tokensOf,
} from '../support/flow.ts';
import { authorize, openAdvanced, WITHOUT_PKCE } from '../support/fapi1.ts';
import { ISSUER } from '../support/op.ts';

const NOW = 1_800_000_000;

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url');
}

describe('FAPI 1.0 Advanced §5.2.2: the two kinds of responses', () => {
  it('§5.2.2.1: code id_token, with the ID token as a detached signature', async () => {
    const client = await openAdvanced();
    const { code = '', id_token = '', state } = await authorize(client, {
      response_type: 'code id_token',
    });
    assertEquals(state, 'a state');
    assertEquals(headerOf(id_token)['alg'], 'PS256');
    const { s_hash, c_hash, nonce } = claimsOf(id_token);
    assertEquals([s_hash, c_hash, nonce], [hashOf('a state'), hashOf(code), 'a nonce']);
    const tokens = await tokensOf(await client.redeem(code, { code_verifier: undefined }));
    assertEquals((await client.userinfo(tokens.access_token)).status, 200);
  });

  it('§5.2.2.2: code with response_mode jwt', async () => {
    const client = await openAdvanced();
    const { response = '' } = await authorize(client, { response_mode: 'jwt' });
    assertEquals(headerOf(response)['alg'], 'PS256');
    const { code, iss, aud } = claimsOf(response);
    assertEquals([iss, aud], [ISSUER, 'advanced']);
    const redeemed = await client.redeem(String(code), { code_verifier: undefined });
    assertEquals(redeemed.status, 200);
  });

  it('ensure-valid-pkce-succeeds: who wants PKCE has it, pushed or not', async () => {
    const client = await openAdvanced();
    const pkce = { code_challenge: CHALLENGE, code_challenge_method: 'S256' };
    const { code = '' } = await authorize(client, { response_type: 'code id_token', ...pkce });
    await assertRefused(await client.redeem(code, { code_verifier: undefined }), 'invalid_grant');
    assertEquals((await client.redeem(code)).status, 200);
  });

  for (
    const [name, claims, error] of [
      [
        'ensure-request-object-without-redirect-uri-fails, without openid (Baseline §5.2.2-9)',
        { scope: 'profile', redirect_uri: undefined },
        'invalid_request',
      ],
      [
        'ensure-request-object-without-scope-fails (§5.2.3-8)',
        { scope: undefined },
        'invalid_request',
      ],
      ['Baseline §5.2.2.2: openid without nonce', { nonce: undefined }, 'invalid_request'],
      [
        'Baseline §5.2.2.3: without openid, no state',
        { scope: 'profile', state: undefined },
        'invalid_request',
      ],
    ] as const
  ) {
    it(`refused: ${name}`, async () => {
      const { response = '' } = await authorize(await openAdvanced(), {
        response_mode: 'jwt',
        ...claims,
      });
      const said = claimsOf(response);
      assertEquals(said['error'], error);
      assertEquals('code' in said, false);
    });
  }

  for (
    const [name, claims, error] of [
      ['ensure-response-type-code-fails', {}, 'invalid_request'],
      [
        'ensure-response-type-code-fails: in the fragment',
        { response_mode: 'fragment' },
        'invalid_request',
      ],
      [
        'ensure-response-mode-query: code id_token',
        { response_type: 'code id_token', response_mode: 'query' },
        'invalid_request',
      ],
      ['ensure-response-mode-query: code', { response_mode: 'query' }, 'invalid_request'],
      ['§5.2.2-2: id_token', { response_type: 'id_token' }, 'unsupported_response_type'],
      [
        '§5.2.2-2: a token',
        { response_type: 'code id_token token' },
        'unsupported_response_type',
      ],
    ] as const
  ) {
    it(`refused: ${name}, whatever is registered, and in the clear as nothing else was asked for`, async () => {
      const registered = { response_types: ['code id_token'], response_modes: ['form_post'] };
      for (const fields of [{}, registered]) {
        const op = await openFapi({ clients: [{ ...FAPI_CLIENTS[4], ...fields }] });
        const client = await fapiClient(op, { client_id: 'advanced', isBoundToCertificate: true });
        const answer = await authorize(client, claims);
        assertEquals([answer['error'], answer['state']], [error, 'a state']);
        assertEquals('code' in answer, false);
      }
    });
  }
});

describe('FAPI 1.0 Advanced §5.2.2: request objects', () => {
  for (
    const [name, claims] of [
      ['-13: no exp', { exp: undefined }],
      ['-13: good for over an hour', { exp: NOW + 3601 }],
      ['-17: no nbf', { nbf: undefined }],
      ['-17: over an hour old', { nbf: NOW - 3601 }],
      ['-15: no aud', { aud: undefined }],
      ['-15: aud of another', { aud: 'https://other.example' }],
    ] as const
  ) {
    it(name, async () => {
      const answer = await authorize(await openAdvanced(), {
        response_type: 'code id_token',
        ...claims,
      });
      assertEquals(answer['error'], 'invalid_request_object');
    });
  }

  it('-15: ensure-server-accepts-request-object-with-multiple-aud', async () => {
    const aud = ['https://other.example', ISSUER];
    assert(
      'code' in await authorize(await openAdvanced(), { response_type: 'code id_token', aud }),
    );
  });

  it('-1: a request without one', async () => {
    const client = await openAdvanced();
    const url = authorizationUrl({
      client_id: 'advanced',
      response_type: 'code id_token',
      nonce: 'a nonce',
    });
    assertEquals(answerOf(await client.visit(url))['error'], 'invalid_request');
  });

  it('§8.6: RS256', async () => {
    const rsa = await newSigningKey('RS256');
    const advanced = FAPI_CLIENTS[4];
    const jwks = { keys: [{ ...rsa.jwk, alg: undefined }] };
    const op = await openFapi({ clients: [{ ...advanced, jwks }] });
    const client = await fapiClient(op, { client_id: 'advanced', key: rsa });
    const answer = await authorize(client, { response_type: 'code id_token' });
    assertEquals(answer['error'], 'invalid_request_object');
  });

  it('-18: a pushed one needs PKCE', async () => {
    const client = await openAdvanced();
    const claims = { response_type: 'code id_token' };
    const without = await client.requestObject({ ...claims, ...WITHOUT_PKCE });
    await assertRefused(await client.push({ request: without }), 'invalid_request');
    const request = await client.requestObject(claims);
    const { code = '' } = answerOf(await client.visit(await client.pushed({ request })));
    assertEquals((await client.redeem(code)).status, 200);
  });
});

describe('FAPI 1.0 Advanced §5.2.2-5, -6: tokens are bound to the certificate', () => {
  it('without one there are none, and DPoP is no substitute', async () => {
    const client = await openAdvanced();
    const bare = await fapiClient(client.op, { client_id: 'advanced' });
    const { code = '' } = await authorize(client, { response_type: 'code id_token' });
    const form = { code_verifier: undefined };
    await assertRefused(await bare.redeem(code, form), 'invalid_request');
    assertEquals((await client.redeem(code, form)).status, 200);
  });

  it('refresh tokens rotate here', async () => {
    const client = await openAdvanced();
    const { code = '' } = await authorize(client, { response_type: 'code id_token' });
    const first = await tokensOf(await client.redeem(code, { code_verifier: undefined }));
    const next = await tokensOf(await client.refresh(first.refresh_token));
    assertEquals(next.refresh_token === first.refresh_token, false);
  });
});
