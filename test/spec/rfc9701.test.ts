/** RFC 9701: JWT Response for OAuth Token Introspection. */
import { compactDecrypt, createLocalJWKSet, exportJWK, generateKeyPair } from 'jose';
import { type JSONWebKeySet, jwtVerify } from 'jose';
import { describe, it } from 'node:test';
import { assertEquals } from '../support/assert.ts';
import { assertRefused, claimsOf, headerOf, obtainTokens, type Tokens } from '../support/flow.ts';
import { basic, CLIENT, ISSUER, type Op, openOp } from '../support/op.ts';

const RESOURCE = 'https://api.example/';
const OWNER = { ...CLIENT, scope: `${CLIENT.scope} read` };
const API = {
  ...CLIENT,
  client_id: 'api',
  grant_types: ['client_credentials'],
  redirect_uris: undefined,
};
const JWT_TYPE = 'application/token-introspection+jwt';

function open(api: Readonly<Record<string, unknown>> = {}): Promise<Op> {
  return openOp({
    config: {
      clients: [OWNER, { ...API, ...api }, { ...API, client_id: 'stranger' }],
      resources: [{ resource: RESOURCE, scope: 'read', introspection_clients: ['api'] }],
    },
  });
}

function obtain(op: Op): Promise<Tokens> {
  return obtainTokens(op, { scope: 'openid read', resource: RESOURCE });
}

async function ask(
  op: Op,
  token: string,
  accept: string | undefined,
  client_id = 'api',
): Promise<Response> {
  const headers = { ...basic(client_id), ...(accept === undefined ? {} : { accept }) };
  return await op.post('/introspect', { token }, headers);
}

async function verified(op: Op, jwt: string, audience = 'api') {
  const jwks = await (await op.fetch('/jwks')).json() as JSONWebKeySet;
  return await jwtVerify(jwt, createLocalJWKSet(jwks), {
    issuer: ISSUER,
    audience,
    typ: 'token-introspection+jwt',
    currentDate: new Date(op.clock.now * 1000),
  });
}

describe('RFC 9701 §4, §5: an answer as a JWT', () => {
  it('§5: signed for whoever asks: iss, aud, iat, and what RFC 7662 tells within', async () => {
    const op = await open();
    const { access_token, id_token } = await obtain(op);
    const response = await ask(op, access_token, JWT_TYPE);
    assertEquals(response.status, 200);
    assertEquals(response.headers.get('content-type'), JWT_TYPE);
    assertEquals(response.headers.get('cache-control'), 'no-store');
    const { payload, protectedHeader } = await verified(op, await response.text());
    assertEquals(protectedHeader.alg, 'RS256');
    const { token_introspection, ...rest } = payload;
    assertEquals(rest, { iss: ISSUER, aud: 'api', iat: op.clock.now });
    const plain = await (await ask(op, access_token, 'application/json')).json() as object;
    assertEquals(token_introspection as object, plain);
    assertEquals((plain as { sub: string }).sub, claimsOf(id_token)['sub'] as string);
    // §8.1: no claim of the token stands where those of the JWT stand.
    assertEquals('sub' in rest || 'exp' in rest, false);
  });

  it('§5: a dead token, and one that the caller may not know, are inactive in a JWT, too', async () => {
    const op = await open();
    const { access_token } = await obtain(op);
    for (const [token, caller] of [['x', 'api'], [access_token, 'stranger']] as const) {
      const response = await ask(op, token, JWT_TYPE, caller);
      const { payload } = await verified(op, await response.text(), caller);
      assertEquals(payload['token_introspection'], { active: false });
    }
  });

  const accepts: readonly [string | undefined, boolean, boolean][] = [
    [undefined, false, true],
    ['*/*', false, true],
    ['application/json', false, false],
    [JWT_TYPE, true, true],
    ['Application/Token-Introspection+JWT; q=0.9', true, true],
    [`application/json, ${JWT_TYPE};q=0.5`, true, true],
    [`application/json, ${JWT_TYPE};q=0`, false, false],
    ['application/jwt', false, true],
  ];
  for (const [accept, plainClient, registeredClient] of accepts) {
    it(`§4: Accept: ${accept} is answered as asked, or as registered`, async () => {
      for (
        const [client, isJwt] of [
          [{}, plainClient],
          [{ introspection_signed_response_alg: 'ES256' }, registeredClient],
        ] as const
      ) {
        const op = await open(client);
        const response = await ask(op, 'x', accept);
        assertEquals(response.status, 200);
        assertEquals(
          response.headers.get('content-type'),
          isJwt ? JWT_TYPE : 'application/json',
        );
      }
    });
  }

  it('§6: signed by the registered algorithm, and encrypted to the registered key', async () => {
    const pair = await generateKeyPair('RSA-OAEP-256', { extractable: true });
    const op = await open({
      jwks: { keys: [{ ...await exportJWK(pair.publicKey), use: 'enc', kid: 'e1' }] },
      introspection_signed_response_alg: 'PS256',
      introspection_encrypted_response_alg: 'RSA-OAEP-256',
      introspection_encrypted_response_enc: 'A256GCM',
    });
    const { access_token } = await obtain(op);
    const response = await ask(op, access_token, undefined);
    assertEquals(response.headers.get('content-type'), JWT_TYPE);
    const jwe = await response.text();
    const { alg, enc, cty, kid } = headerOf(jwe);
    assertEquals([alg, enc, cty, kid], ['RSA-OAEP-256', 'A256GCM', 'JWT', 'e1']);
    const { plaintext } = await compactDecrypt(jwe, pair.privateKey);
    const { payload, protectedHeader } = await verified(op, new TextDecoder().decode(plaintext));
    assertEquals(protectedHeader.alg, 'PS256');
    assertEquals((payload['token_introspection'] as { active: boolean }).active, true);
  });

  it('refusals stay JSON', async () => {
    const op = await open();
    const wrong = { ...basic('api', 'wrong'), accept: JWT_TYPE };
    await assertRefused(await op.post('/introspect', { token: 'x' }, wrong), 'invalid_client', 401);
    const right = { ...basic('api'), accept: JWT_TYPE };
    await assertRefused(await op.post('/introspect', {}, right), 'invalid_request');
  });

  it('T076: a client that proves nothing at this endpoint learns nothing, whatever it is elsewhere', async () => {
    const op = await open({ introspection_endpoint_auth_method: 'none' });
    const response = await op.post('/introspect', { token: 'x', client_id: 'api' });
    await assertRefused(response, 'invalid_client', 401);
  });
});
