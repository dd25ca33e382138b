/** JWT Secured Authorization Response Mode for OAuth 2.0 (JARM). */
import {
  compactDecrypt,
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  type JSONWebKeySet,
  jwtVerify,
} from 'jose';
import { describe, it } from 'node:test';
import { assert, assertEquals, assertFalse } from '../support/assert.ts';
import { headerOf } from '../support/flow.ts';
import { type FrontResponse, HYBRID_CLIENT, respond } from '../support/front_channel.ts';
import { CLIENT_SECRET, ISSUER, type Op, openOp } from '../support/op.ts';

function open(client: Readonly<Record<string, unknown>> = {}): Promise<Op> {
  return openOp({ config: { clients: [{ ...HYBRID_CLIENT, ...client }] } });
}

async function verified(op: Op, response: FrontResponse): Promise<Record<string, unknown>> {
  assertEquals(Object.keys(response.fields), ['response']);
  const jwks = await (await op.fetch('/jwks')).json() as JSONWebKeySet;
  const { payload } = await jwtVerify(
    response.fields['response'] ?? '',
    createLocalJWKSet(jwks),
    { issuer: ISSUER, audience: 'hybrid', currentDate: new Date(op.clock.now * 1000) },
  );
  return payload;
}

describe('JARM §2.3: response modes', () => {
  const rows = [
    ['jwt', 'code', 'query'],
    ['jwt', 'code id_token', 'fragment'],
    ['query.jwt', 'code', 'query'],
    ['fragment.jwt', 'code', 'fragment'],
    ['form_post.jwt', 'code', 'form_post'],
    ['form_post.jwt', 'id_token token', 'form_post'],
  ] as const;
  for (const [response_mode, response_type, place] of rows) {
    it(`${response_mode} with ${response_type}: one JWT by ${place}`, async () => {
      const op = await open();
      const response = await respond(op, { response_type, response_mode });
      assertEquals(response.place, place);
      const claims = await verified(op, response);
      assertEquals(claims['state'], 'AbCdE12345');
      for (const part of response_type.split(' ')) {
        assert((part === 'token' ? 'access_token' : part) in claims, part);
      }
      assert(Number(claims['exp']) - op.clock.now <= 600);
    });

    it(`${response_mode} with ${response_type}: refusals travel so, too`, async () => {
      const op = await open();
      const response = await respond(op, { response_type, response_mode, prompt: 'none' });
      assertEquals(response.place, place);
      const claims = await verified(op, response);
      assertEquals([claims['error'], claims['state']], ['login_required', 'AbCdE12345']);
    });
  }

  it('§2.3.1: query.jwt is not for response types with tokens', async () => {
    const { place, fields } = await respond(await open(), {
      response_type: 'code id_token',
      response_mode: 'query.jwt',
    });
    assertEquals([place, fields['error']], ['fragment', 'invalid_request']);
  });

  for (const response_mode of ['jwt', 'query.jwt', 'form_post.jwt'] as const) {
    it(`${response_mode} of a client that is registered for nothing else`, async () => {
      const op = await open({ response_modes: [response_mode] });
      await verified(op, await respond(op, { response_type: 'code', response_mode }));
    });
  }

  it('a client that is not registered for them is refused', async () => {
    const op = await open({ response_modes: ['query'] });
    const { fields } = await respond(op, { response_type: 'code', response_mode: 'jwt' });
    assertEquals(fields['error'], 'unauthorized_client');
  });
});

describe('JARM §2.2, §3: how the JWT is protected', () => {
  for (const alg of ['PS256', 'ES256', 'EdDSA', 'HS256']) {
    it(`authorization_signed_response_alg ${alg}`, async () => {
      const op = await open({ authorization_signed_response_alg: alg });
      const { fields } = await respond(op, { response_type: 'code', response_mode: 'jwt' });
      const jwt = fields['response'] ?? '';
      assertEquals(headerOf(jwt)['alg'], alg);
      const currentDate = new Date(op.clock.now * 1000);
      const jwks = await (await op.fetch('/jwks')).json() as JSONWebKeySet;
      const { payload } = alg === 'HS256'
        ? await jwtVerify(jwt, new TextEncoder().encode(CLIENT_SECRET), { currentDate })
        : await jwtVerify(jwt, createLocalJWKSet(jwks), { currentDate });
      assert('code' in payload);
    });
  }

  it('RS256 where nothing is registered, and no typ that an ID token has (T050)', async () => {
    const op = await open();
    const { fields } = await respond(op, { response_type: 'code', response_mode: 'jwt' });
    const header = headerOf(fields['response'] ?? '');
    assertEquals([header['alg'], header['typ']], ['RS256', undefined]);
    const hinted = await respond(op, {
      response_type: 'code',
      id_token_hint: fields['response'],
    });
    assertEquals(hinted.fields['error'], 'invalid_request');
  });

  it('encrypted to the client, signed within', async () => {
    const pair = await generateKeyPair('ECDH-ES', { extractable: true });
    const jwk = { ...await exportJWK(pair.publicKey), use: 'enc', kid: 'enc-1' };
    const op = await open({
      jwks: { keys: [jwk] },
      authorization_encrypted_response_alg: 'ECDH-ES',
      authorization_encrypted_response_enc: 'A256GCM',
    });
    const response = await respond(op, { response_type: 'code', response_mode: 'jwt' });
    const jwe = response.fields['response'] ?? '';
    assertEquals([headerOf(jwe)['alg'], headerOf(jwe)['enc'], headerOf(jwe)['kid']], [
      'ECDH-ES',
      'A256GCM',
      'enc-1',
    ]);
    const { plaintext } = await compactDecrypt(jwe, pair.privateKey);
    const inner = { ...response, fields: { response: new TextDecoder().decode(plaintext) } };
    const claims = await verified(op, inner);
    assert('code' in claims);
    assertFalse(response.page.url.href.includes(String(claims['code'])));
  });
});
