import { createHmac } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { describe, it } from 'node:test';
import { assert, assertEquals, assertMatch, assertStringIncludes } from '../support/assert.ts';
import { approve, DEVICE_CODE_GRANT, obtainDeviceCodes, openDeviceOp } from '../support/device.ts';
import { jws, newProofKey, type ProofChanges, proofFor, userinfoWith } from '../support/dpop.ts';
import {
  assertRefused,
  authorizationUrl,
  CHALLENGE,
  claimsOf,
  isActive,
  obtainCode,
  REDIRECT_URI,
  type Tokens,
  tokensOf,
  userinfo,
  VERIFIER,
} from '../support/flow.ts';
import { basic, CLIENT, ISSUER, type Op, openOp } from '../support/op.ts';
import { SIGNING_ALGS } from '../../src/spec/identifiers.ts';

const MACHINE = {
  ...CLIENT,
  client_id: 'machine',
  grant_types: ['client_credentials'],
  scope: 'groups',
};
const STRICT = { ...MACHINE, client_id: 'strict', dpop_bound_access_tokens: true };
const SPA = {
  client_id: 'spa',
  token_endpoint_auth_method: 'none',
  redirect_uris: [REDIRECT_URI],
  grant_types: ['authorization_code', 'refresh_token'],
  scope: 'openid offline_access',
};
const CLIENTS = { clients: [CLIENT, MACHINE, STRICT, SPA] };

const KEY = newProofKey();
const OTHER_KEY = newProofKey();

async function machineToken(
  op: Op,
  dpop: string | undefined,
  client_id = 'machine',
): Promise<Response> {
  const headers = { ...basic(client_id), ...(dpop === undefined ? {} : { dpop }) };
  return await op.post('/token', { grant_type: 'client_credentials' }, headers);
}

async function boundTokens(op: Op): Promise<Tokens> {
  const code = await obtainCode(op);
  const form = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI };
  const dpop = await proofFor(op, await KEY);
  return await tokensOf(await op.post('/token', form, { ...basic('app'), dpop }));
}

async function introspect(op: Op, token: string, client_id = 'app') {
  const response = await op.post('/introspect', { token }, basic(client_id));
  return await response.json() as Record<string, unknown>;
}

describe('RFC 9449 §4.3: checking proofs', () => {
  for (const alg of SIGNING_ALGS) {
    it(`§4.2: a proof signed with ${alg} binds the token`, async () => {
      const op = await openOp({ config: CLIENTS });
      const key = await newProofKey(alg);
      const response = await machineToken(op, await proofFor(op, key));
      const tokens = await tokensOf(response);
      assertEquals(tokens.token_type, 'DPoP');
      const told = await introspect(op, tokens.access_token, 'machine');
      assertEquals(told['cnf'], { jkt: key.jkt });
      assertEquals(told['token_type'], 'DPoP');
    });
  }

  const payloads: readonly [string, (now: number) => Record<string, unknown>][] = [
    ['no jti', () => ({ jti: undefined })],
    ['an empty jti', () => ({ jti: '' })],
    ['a jti that is no text', () => ({ jti: 5 })],
    ['a jti of over 255 characters', () => ({ jti: 'x'.repeat(256) })],
    ['no htm', () => ({ htm: undefined })],
    ['another method', () => ({ htm: 'GET' })],
    ['the method in other letters', () => ({ htm: 'post' })],
    ['no htu', () => ({ htu: undefined })],
    ['another endpoint', () => ({ htu: `${ISSUER}/userinfo` })],
    ['another host', () => ({ htu: 'https://evil.example/token' })],
    ['another scheme', () => ({ htu: 'http://op.example/token' })],
    ['another port', () => ({ htu: 'https://op.example:8443/token' })],
    ['a path in other letters', () => ({ htu: `${ISSUER}/TOKEN` })],
    ['a path with a slash more', () => ({ htu: `${ISSUER}/token/` })],
    ['a user in htu', () => ({ htu: 'https://x@op.example/token' })],
    ['a backslash in htu', () => ({ htu: 'https://op.example\\token' })],
    ['a line break in htu', () => ({ htu: `${ISSUER}/to\nken` })],
    ['a path alone', () => ({ htu: '/token' })],
    ['a list as htu', () => ({ htu: [`${ISSUER}/token`] })],
    ['no iat', () => ({ iat: undefined })],
    ['iat as a text', (now) => ({ iat: String(now) })],
    ['iat of 61 seconds ago', (now) => ({ iat: now - 61 })],
    ['T143: iat over a minute ahead', (now) => ({ iat: now + 61 })],
  ];
  for (const [name, payload] of payloads) {
    it(`T054: refuses ${name}`, async () => {
      const op = await openOp({ config: CLIENTS });
      const dpop = await proofFor(op, await KEY, { payload: payload(op.clock.now) });
      await assertRefused(await machineToken(op, dpop), 'invalid_dpop_proof');
    });
  }

  const accepted: readonly [string, (now: number) => Record<string, unknown>][] = [
    ['htu with query and fragment', () => ({ htu: `${ISSUER}/token?x=1#y` })],
    ['scheme and host in any letters', () => ({ htu: 'HTTPS://OP.example/token' })],
    ['the default port', () => ({ htu: 'https://op.example:443/token' })],
    ['escapes that mean the same', () => ({ htu: `${ISSUER}/%74oken` })],
    ['dot segments', () => ({ htu: `${ISSUER}/x/../token` })],
    ['T143: iat ten seconds ahead', (now) => ({ iat: now + 10 })],
    ['iat a minute ago', (now) => ({ iat: now - 60 })],
    ['iat with a fraction', (now) => ({ iat: now - 0.25 })],
    ['a jti of 255 characters', () => ({ jti: 'x'.repeat(255) })],
    ['claims nobody knows', () => ({ extra: { a: 1 }, nonce: 'of somebody else' })],
  ];
  for (const [name, payload] of accepted) {
    it(`accepts ${name}`, async () => {
      const op = await openOp({ config: CLIENTS });
      const dpop = await proofFor(op, await KEY, { payload: payload(op.clock.now) });
      assertEquals((await tokensOf(await machineToken(op, dpop))).token_type, 'DPoP');
    });
  }

  it('T054: refuses another typ, and none', async () => {
    const op = await openOp({ config: CLIENTS });
    for (const typ of [undefined, 'JWT', 'at+jwt', 'DPoP', 'dpop']) {
      const dpop = await proofFor(op, await KEY, { header: { typ } });
      await assertRefused(await machineToken(op, dpop), 'invalid_dpop_proof');
    }
  });

  it('T054: refuses a jwk that is missing, private, symmetric, weak, or another’s', async () => {
    const op = await openOp({ config: CLIENTS });
    const key = await KEY;
    const privateJwk = await exportJWK(key.privateKey);
    const weak = { kty: 'RSA', e: 'AQAB', n: 'x'.repeat(170) };
    const jwks = [
      undefined,
      null,
      'text',
      [],
      {},
      privateJwk,
      { kty: 'oct', k: 'c2VjcmV0' },
      { ...key.jwk, kty: 'oct' },
      { ...key.jwk, x: (await OTHER_KEY).jwk.x },
      { ...key.jwk, crv: 'P-384' },
      (await OTHER_KEY).jwk,
      weak,
    ];
    for (const jwk of jwks) {
      const dpop = await proofFor(op, key, { header: { jwk } });
      await assertRefused(await machineToken(op, dpop), 'invalid_dpop_proof');
    }
  });

  it('T054: refuses none, HMAC with the public key, and a signature over something else', async () => {
    const op = await openOp({ config: CLIENTS });
    const { jwk } = await KEY;
    const payload = { jti: 'j', htm: 'POST', htu: `${ISSUER}/token`, iat: op.clock.now };
    const good = await proofFor(op, await KEY);
    const [header = '', , signature = ''] = good.split('.');
    const input = jws({ alg: 'HS256', typ: 'dpop+jwt', jwk }, payload).slice(0, -1);
    const tag = createHmac('sha256', JSON.stringify(jwk)).update(input).digest('base64url');
    const proofs = [
      jws({ alg: 'none', typ: 'dpop+jwt', jwk }, payload),
      `${input}.${tag}`,
      `${header}.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.${signature}`,
      jws({ alg: 'ES256', typ: 'dpop+jwt', jwk, crit: ['x'], x: 1 }, payload, signature),
      `${good}.x`,
      good.slice(0, -4),
      `${good} `.repeat(2).trim(),
    ];
    for (const dpop of proofs) {
      await assertRefused(await machineToken(op, dpop), 'invalid_dpop_proof');
    }
  });

  it('T054: refuses what is no JWT, of any form and length, without a server error', async () => {
    const op = await openOp({ config: CLIENTS });
    const proofs = [
      'x',
      '.',
      '..',
      'a.b.c',
      '%%%',
      'null',
      '{}',
      'e30.e30.',
      `${'x'.repeat(20_000)}`,
    ];
    for (const dpop of proofs) {
      await assertRefused(await machineToken(op, dpop), 'invalid_dpop_proof');
    }
    assertEquals(op.log.filter((line) => line.includes('"level":"error"')), []);
  });

  it('§4.3: refuses two headers, both of them good', async () => {
    const op = await openOp({ config: CLIENTS });
    const headers = new Headers(basic('machine'));
    headers.append('dpop', await proofFor(op, await KEY));
    headers.append('dpop', await proofFor(op, await KEY));
    headers.set('content-type', 'application/x-www-form-urlencoded');
    const response = await op.fetch('/token', {
      method: 'POST',
      headers,
      body: 'grant_type=client_credentials',
    });
    await assertRefused(response, 'invalid_dpop_proof');
  });

  it('§4.3: a proof is checked even where no token would be bound', async () => {
    const op = await openOp({ config: CLIENTS });
    await assertRefused(await machineToken(op, 'x'), 'invalid_dpop_proof');
  });

  it('T118: htu is compared with the issuer’s address, whatever Host and forwarding headers say', async () => {
    const op = await openOp({ config: CLIENTS });
    const request = async (htu: string): Promise<Response> =>
      await op.fetch(
        new Request('http://internal.example:8080/token', {
          method: 'POST',
          body: new URLSearchParams({ grant_type: 'client_credentials' }),
          headers: {
            ...basic('machine'),
            dpop: await proofFor(op, await KEY, { payload: { htu } }),
            'x-forwarded-host': 'evil.example',
            'forwarded': 'host=evil.example;proto=https',
          },
        }),
      );
    await tokensOf(await request(`${ISSUER}/token`));
    for (const htu of ['http://internal.example:8080/token', 'https://evil.example/token']) {
      await assertRefused(await request(htu), 'invalid_dpop_proof');
    }
  });

  it('the path of an issuer that has one is part of htu', async () => {
    const issuer = 'https://op.example/auth';
    const op = await openOp({ config: { ...CLIENTS, issuer } });
    const token = async (htu: string): Promise<Response> => {
      const dpop = await proofFor(op, await KEY, { payload: { htu } });
      const headers = { ...basic('machine'), dpop };
      return await op.post('/auth/token', { grant_type: 'client_credentials' }, headers);
    };
    await tokensOf(await token(`${issuer}/token`));
    await assertRefused(await token('https://op.example/token'), 'invalid_dpop_proof');
  });
});

describe('RFC 9449 §11.1: replay', () => {
  it('T055: a proof is good once', async () => {
    const op = await openOp({ config: CLIENTS });
    const dpop = await proofFor(op, await KEY);
    await tokensOf(await machineToken(op, dpop));
    await assertRefused(await machineToken(op, dpop), 'invalid_dpop_proof');
    op.clock.now += 60;
    await assertRefused(await machineToken(op, dpop), 'invalid_dpop_proof');
  });

  it('T055: the same jti in another proof of the key is a repeat; of another key, it is not', async () => {
    const op = await openOp({ config: CLIENTS });
    const payload = { jti: 'the same' };
    await tokensOf(await machineToken(op, await proofFor(op, await KEY, { payload })));
    await tokensOf(await machineToken(op, await proofFor(op, await OTHER_KEY, { payload })));
    const again = await proofFor(op, await KEY, { payload });
    await assertRefused(await machineToken(op, again), 'invalid_dpop_proof');
  });

  it('T055: a proof from ten seconds ahead is remembered until it is too old', async () => {
    const op = await openOp({ config: CLIENTS });
    const dpop = await proofFor(op, await KEY, { payload: { iat: op.clock.now + 10 } });
    await tokensOf(await machineToken(op, dpop));
    op.clock.now += 70;
    await assertRefused(await machineToken(op, dpop), 'invalid_dpop_proof');
  });

  it('T055: a request that was refused for another reason has used its proof up', async () => {
    const op = await openOp({ config: CLIENTS });
    const dpop = await proofFor(op, await KEY);
    const headers = { ...basic('machine'), dpop };
    const form = { grant_type: 'client_credentials', scope: 'openid' };
    await assertRefused(await op.post('/token', form, headers), 'invalid_scope');
    await assertRefused(await machineToken(op, dpop), 'invalid_dpop_proof');
  });

  it('whoever has proven nothing makes nothing stored, however many proofs it sends', async () => {
    const op = await openOp({ config: CLIENTS });
    const dpop = await proofFor(op, await KEY);
    const form = { grant_type: 'authorization_code', code: 'x', client_id: 'spa' };
    await assertRefused(await op.post('/token', form, { dpop }), 'invalid_grant');
    const wrong = { ...basic('machine', 'wrong'), dpop: await proofFor(op, await KEY) };
    await assertRefused(
      await op.post('/token', { grant_type: 'client_credentials' }, wrong),
      'invalid_client',
      401,
    );
    await userinfoWith(op, 'unknown', await KEY);
    const stored: string[] = [];
    for await (const { key } of op.store.list(['jti'])) stored.push(key.join(' '));
    assertEquals(stored, []);
  });
});

describe('RFC 9449 §5: access tokens', () => {
  it('without a proof a token stays a bearer’s', async () => {
    const op = await openOp({ config: CLIENTS });
    const { token_type, access_token } = await tokensOf(await machineToken(op, undefined));
    assertEquals(token_type, 'Bearer');
    assertEquals('cnf' in await introspect(op, access_token, 'machine'), false);
  });

  it('§5.2: a client with dpop_bound_access_tokens must send one', async () => {
    const op = await openOp({ config: CLIENTS });
    await assertRefused(await machineToken(op, undefined, 'strict'), 'invalid_request');
    const dpop = await proofFor(op, await KEY);
    assertEquals((await tokensOf(await machineToken(op, dpop, 'strict'))).token_type, 'DPoP');
  });

  it('§5.2: such a client cannot register for tokens from the authorization endpoint', async () => {
    const client = {
      ...CLIENT,
      grant_types: ['authorization_code', 'implicit'],
      response_types: ['code', 'code token'],
    };
    await openOp({ config: { clients: [client] } });
    for (const name of ['dpop_bound_access_tokens', 'tls_client_certificate_bound_access_tokens']) {
      let problem: unknown;
      try {
        await openOp({ config: { clients: [{ ...client, [name]: true }] } });
      } catch (error) {
        problem = error;
      }
      assertStringIncludes(String(problem), 'response_types');
    }
  });

  it('§6.1: a JWT access token names the key in cnf', async () => {
    const client = { ...MACHINE, access_token_format: 'jwt' };
    const op = await openOp({ config: { clients: [client] } });
    const { access_token } = await tokensOf(await machineToken(op, await proofFor(op, await KEY)));
    assertEquals(claimsOf(access_token)['cnf'], { jkt: (await KEY).jkt });
    assertEquals((await introspect(op, access_token, 'machine'))['cnf'], { jkt: (await KEY).jkt });
  });

  it('§5: a confidential client may refresh with another key, to which the new token is bound', async () => {
    const op = await openOp({ config: CLIENTS });
    const { refresh_token } = await boundTokens(op);
    const form = { grant_type: 'refresh_token', refresh_token };
    const dpop = await proofFor(op, await OTHER_KEY);
    const tokens = await tokensOf(await op.post('/token', form, { ...basic('app'), dpop }));
    const { cnf } = await introspect(op, tokens.access_token);
    assertEquals(cnf, { jkt: (await OTHER_KEY).jkt });
    assertEquals(tokens.token_type, 'DPoP');
  });

  it('§5: a refresh token of a public client needs the key it was given to', async () => {
    const op = await openOp({ config: CLIENTS });
    const code = await obtainCode(op, {
      client_id: 'spa',
      scope: 'openid offline_access',
      code_challenge: CHALLENGE,
      code_challenge_method: 'S256',
    });
    const key = await KEY;
    const first = await tokensOf(
      await op.post('/token', {
        grant_type: 'authorization_code',
        client_id: 'spa',
        code,
        redirect_uri: REDIRECT_URI,
        code_verifier: VERIFIER,
      }, { dpop: await proofFor(op, key) }),
    );
    const form = {
      grant_type: 'refresh_token',
      client_id: 'spa',
      refresh_token: first.refresh_token,
    };
    await assertRefused(await op.post('/token', form), 'invalid_grant');
    const stolen = { dpop: await proofFor(op, await OTHER_KEY) };
    await assertRefused(await op.post('/token', form, stolen), 'invalid_grant');
    const second = await tokensOf(
      await op.post('/token', form, { dpop: await proofFor(op, key) }),
    );
    assertEquals(second.token_type, 'DPoP');
    op.clock.now += 60;
    // A thief who brings the old one without the key does not even end the grant.
    await assertRefused(await op.post('/token', form), 'invalid_grant');
    await tokensOf(
      await op.post('/token', { ...form, refresh_token: second.refresh_token }, {
        dpop: await proofFor(op, key),
      }),
    );
  });
});

describe('RFC 9449 §5: every grant', () => {
  it('RFC 8628: a device’s tokens are bound, and its refresh token to the same key', async () => {
    const op = await openDeviceOp();
    const { device_code, user_code } = await obtainDeviceCodes(op, { scope: 'openid' });
    const form = { grant_type: DEVICE_CODE_GRANT, client_id: 'tv', device_code };
    const waiting = await op.post('/token', form, { dpop: await proofFor(op, await KEY) });
    await assertRefused(waiting, 'authorization_pending');
    await approve(op, user_code);
    op.clock.now += 5;
    const dpop = await proofFor(op, await KEY);
    const { token_type, refresh_token } = await tokensOf(await op.post('/token', form, { dpop }));
    assertEquals(token_type, 'DPoP');
    const again = { grant_type: 'refresh_token', client_id: 'tv', refresh_token };
    await assertRefused(await op.post('/token', again), 'invalid_grant');
    const proof = await proofFor(op, await KEY);
    await tokensOf(await op.post('/token', again, { dpop: proof }));
  });

  it('the answer to a lost answer is bound to the key of the second request', async () => {
    const op = await openOp({ config: CLIENTS });
    const { refresh_token } = await boundTokens(op);
    const form = { grant_type: 'refresh_token', refresh_token };
    for (const key of [await KEY, await OTHER_KEY]) {
      const dpop = await proofFor(op, key);
      const tokens = await tokensOf(await op.post('/token', form, { ...basic('app'), dpop }));
      assertEquals((await introspect(op, tokens.access_token))['cnf'], { jkt: key.jkt });
    }
  });

  it('introspection of a bound refresh token names its key', async () => {
    const client = {
      ...CLIENT,
      token_endpoint_auth_method: 'none',
      introspection_endpoint_auth_method: 'client_secret_basic',
    };
    const op = await openOp({ config: { clients: [client] } });
    const code = await obtainCode(op, {
      code_challenge: CHALLENGE,
      code_challenge_method: 'S256',
    });
    const form = {
      grant_type: 'authorization_code',
      client_id: 'app',
      code,
      redirect_uri: REDIRECT_URI,
      code_verifier: VERIFIER,
    };
    const dpop = await proofFor(op, await KEY);
    const { refresh_token } = await tokensOf(await op.post('/token', form, { dpop }));
    const told = await introspect(op, refresh_token);
    assertEquals([told['active'], told['cnf']], [true, { jkt: (await KEY).jkt }]);
  });
});

describe('RFC 9449 §7: a bound token at UserInfo', () => {
  it('T056: with the DPoP scheme and a proof of the key, by GET and POST', async () => {
    const op = await openOp({ config: CLIENTS });
    const { access_token } = await boundTokens(op);
    const response = await userinfoWith(op, access_token, await KEY);
    assertEquals(response.status, 200);
    assertEquals(typeof (await response.json() as { sub: string }).sub, 'string');
    const dpop = await proofFor(op, await KEY, {
      accessToken: access_token,
      payload: { htu: `${ISSUER}/userinfo` },
    });
    const headers = { authorization: `dpop ${access_token}`, dpop };
    assertEquals((await op.fetch('/userinfo', { method: 'POST', headers })).status, 200);
  });

  it('T056: never under the Bearer scheme, and not in a form', async () => {
    const op = await openOp({ config: CLIENTS });
    const { access_token } = await boundTokens(op);
    const responses = [
      await userinfo(op, access_token),
      await op.post('/userinfo', { access_token }),
      await op.fetch('/userinfo', {
        headers: {
          authorization: `Bearer ${access_token}`,
          dpop: await proofFor(op, await KEY, {
            accessToken: access_token,
            payload: { htm: 'GET', htu: `${ISSUER}/userinfo` },
          }),
        },
      }),
    ];
    for (const response of responses) {
      await assertRefused(response, 'invalid_token', 401);
      const challenge = response.headers.get('www-authenticate') ?? '';
      assertMatch(challenge, /^Bearer realm="ostiary", error="invalid_token"/);
      assertStringIncludes(challenge, `DPoP realm="ostiary", algs="${SIGNING_ALGS.join(' ')}"`);
    }
  });

  it('§7.1: a bearer’s token does not pass under the DPoP scheme', async () => {
    const op = await openOp({ config: CLIENTS });
    const code = await obtainCode(op);
    const form = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI };
    const { access_token } = await tokensOf(await op.post('/token', form, basic('app')));
    const response = await userinfoWith(op, access_token, await KEY);
    await assertRefused(response, 'invalid_token', 401);
    const challenge = response.headers.get('www-authenticate') ?? '';
    assertMatch(challenge, /^DPoP realm="ostiary", algs="[^"]+", error="invalid_token"/);
    assertEquals((await userinfo(op, access_token)).status, 200);
  });

  const refusals: readonly [string, 'own' | 'other', ProofChanges, string][] = [
    ['another key', 'other', {}, 'invalid_token'],
    ['no ath', 'own', { payload: { ath: undefined } }, 'invalid_dpop_proof'],
    ['ath of another token', 'own', { accessToken: 'another' }, 'invalid_dpop_proof'],
    ['another method', 'own', { payload: { htm: 'POST' } }, 'invalid_dpop_proof'],
    ['another address', 'own', { payload: { htu: `${ISSUER}/token` } }, 'invalid_dpop_proof'],
    ['another typ', 'own', { header: { typ: 'JWT' } }, 'invalid_dpop_proof'],
    ['an old iat', 'own', { payload: { iat: 1_799_999_939 } }, 'invalid_dpop_proof'],
  ];
  for (const [name, whose, changes, code] of refusals) {
    it(`T056: refuses a proof with ${name}`, async () => {
      const op = await openOp({ config: CLIENTS });
      const { access_token } = await boundTokens(op);
      const key = await (whose === 'own' ? KEY : OTHER_KEY);
      const response = await userinfoWith(op, access_token, key, changes);
      await assertRefused(response, code, 401);
      const challenge = response.headers.get('www-authenticate') ?? '';
      assertMatch(challenge, new RegExp(`^DPoP .*error="${code}", error_description="[^"]+"`));
    });
  }

  it('T056: refuses the DPoP scheme without a proof', async () => {
    const op = await openOp({ config: CLIENTS });
    const { access_token } = await boundTokens(op);
    const headers = { authorization: `DPoP ${access_token}` };
    await assertRefused(await op.fetch('/userinfo', { headers }), 'invalid_dpop_proof', 401);
  });

  it('T055: refuses a proof that was used before', async () => {
    const op = await openOp({ config: CLIENTS });
    const { access_token } = await boundTokens(op);
    const changes = { payload: { jti: 'once' } };
    assertEquals((await userinfoWith(op, access_token, await KEY, changes)).status, 200);
    const again = await userinfoWith(op, access_token, await KEY, changes);
    await assertRefused(again, 'invalid_dpop_proof', 401);
  });

  it('§7.2: who sends no token learns of both schemes', async () => {
    const op = await openOp();
    const response = await op.fetch('/userinfo');
    assertEquals(
      response.headers.get('www-authenticate'),
      `Bearer realm="ostiary", DPoP realm="ostiary", algs="${SIGNING_ALGS.join(' ')}"`,
    );
  });
});

describe('RFC 9449 §8, §9: nonces', () => {
  const config = { ...CLIENTS, dpop_nonce: 'required' };

  async function nonceOf(op: Op): Promise<string> {
    const response = await machineToken(op, await proofFor(op, await KEY));
    await assertRefused(response.clone(), 'use_dpop_nonce');
    return response.headers.get('dpop-nonce') ?? '';
  }

  it('§8: a proof without nonce is answered with one, and then accepted', async () => {
    const op = await openOp({ config });
    const nonce = await nonceOf(op);
    assertMatch(nonce, /^[\x21\x23-\x5b\x5d-\x7e]+$/);
    const response = await machineToken(op, await proofFor(op, await KEY, { payload: { nonce } }));
    assertEquals((await tokensOf(response.clone())).token_type, 'DPoP');
    assertEquals(response.headers.get('dpop-nonce'), nonce);
  });

  it('§8: an assertion beside the proof is not used up by the demand for a nonce', async () => {
    const pair = await generateKeyPair('ES256');
    const client = {
      ...MACHINE,
      client_id: 'asserting',
      client_secret: undefined,
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [await exportJWK(pair.publicKey)] },
    };
    const op = await openOp({ config: { ...config, clients: [client] } });
    const client_assertion = await new SignJWT({ jti: 'one' })
      .setProtectedHeader({ alg: 'ES256' }).setIssuer('asserting').setSubject('asserting')
      .setAudience(ISSUER).setExpirationTime(op.clock.now + 60).sign(pair.privateKey);
    const form = {
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion,
    };
    const asked = await op.post('/token', form, { dpop: await proofFor(op, await KEY) });
    await assertRefused(asked.clone(), 'use_dpop_nonce');
    const payload = { nonce: asked.headers.get('dpop-nonce') };
    const dpop = await proofFor(op, await KEY, { payload });
    assertEquals((await tokensOf(await op.post('/token', form, { dpop }))).token_type, 'DPoP');
    const again = await proofFor(op, await KEY, { payload });
    await assertRefused(await op.post('/token', form, { dpop: again }), 'invalid_client', 401);
  });

  it('§9: the same at UserInfo, with 401', async () => {
    const op = await openOp({ config });
    const payload = { nonce: await nonceOf(op) };
    const form = {
      grant_type: 'authorization_code',
      code: await obtainCode(op),
      redirect_uri: REDIRECT_URI,
    };
    const dpop = await proofFor(op, await KEY, { payload });
    const tokens = await tokensOf(await op.post('/token', form, { ...basic('app'), dpop }));
    const asked = await userinfoWith(op, tokens.access_token, await KEY);
    assertStringIncludes(asked.headers.get('www-authenticate') ?? '', 'error="use_dpop_nonce"');
    await assertRefused(asked.clone(), 'use_dpop_nonce', 401);
    const nonce = asked.headers.get('dpop-nonce') ?? '';
    const answered = await userinfoWith(op, tokens.access_token, await KEY, { payload: { nonce } });
    assertEquals(answered.status, 200);
    assertEquals(typeof answered.headers.get('dpop-nonce'), 'string');
  });

  it('§8: a nonce goes stale within two minutes, and was good for one at least', async () => {
    const op = await openOp({ config });
    const payload = { nonce: await nonceOf(op) };
    op.clock.now += 60;
    await tokensOf(await machineToken(op, await proofFor(op, await KEY, { payload })));
    op.clock.now += 60;
    const stale = await machineToken(op, await proofFor(op, await KEY, { payload }));
    await assertRefused(stale.clone(), 'use_dpop_nonce');
    const fresh = { nonce: stale.headers.get('dpop-nonce') };
    await tokensOf(await machineToken(op, await proofFor(op, await KEY, { payload: fresh })));
  });

  it('refuses nonces that are not ours, of any form', async () => {
    const op = await openOp({ config });
    const nonce = await nonceOf(op);
    for (const other of ['', 'x', `${nonce}x`, nonce.slice(1), 5, [nonce], 'x'.repeat(5000)]) {
      const dpop = await proofFor(op, await KEY, { payload: { nonce: other } });
      await assertRefused(await machineToken(op, dpop), 'use_dpop_nonce');
    }
  });

  it('T058: a nonce outlives a restart, and a clock that was set back costs one retry', async () => {
    const op = await openOp({ config });
    const payload = { nonce: await nonceOf(op) };
    const restarted = await openOp({ config, store: op.store, people: false });
    await tokensOf(
      await machineToken(restarted, await proofFor(restarted, await KEY, { payload })),
    );
    restarted.clock.now -= 3600;
    const late = await machineToken(restarted, await proofFor(restarted, await KEY, { payload }));
    await assertRefused(late.clone(), 'use_dpop_nonce');
    const fresh = { nonce: late.headers.get('dpop-nonce') };
    const retry = await proofFor(restarted, await KEY, { payload: fresh });
    await tokensOf(await machineToken(restarted, retry));
  });

  it('T058: a sealing key that has changed costs nothing', async () => {
    const op = await openOp({ config });
    const payload = { nonce: await nonceOf(op) };
    await op.instance.engine().keys.rotate('seal', { isNow: true });
    await tokensOf(await machineToken(op, await proofFor(op, await KEY, { payload })));
  });

  it('says nothing of nonces while none are needed', async () => {
    const op = await openOp({ config: CLIENTS });
    const response = await machineToken(op, await proofFor(op, await KEY));
    assertEquals(response.headers.get('dpop-nonce'), null);
    assertEquals((await op.fetch('/userinfo')).headers.get('dpop-nonce'), null);
  });
});

describe('RFC 9449 §10: codes bound to a key', () => {
  async function redeemBound(op: Op, code: string, dpop?: string): Promise<Response> {
    const form = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI };
    return await op.post('/token', form, { ...basic('app'), ...(dpop && { dpop }) });
  }

  it('T057: a code asked for with dpop_jkt needs that key', async () => {
    const op = await openOp({ config: CLIENTS });
    const code = await obtainCode(op, { dpop_jkt: (await KEY).jkt });
    await assertRefused(await redeemBound(op, code), 'invalid_grant');
    const foreign = await proofFor(op, await OTHER_KEY);
    await assertRefused(await redeemBound(op, code, foreign), 'invalid_grant');
    const tokens = await tokensOf(await redeemBound(op, code, await proofFor(op, await KEY)));
    assertEquals(tokens.token_type, 'DPoP');
    assert(await isActive(op, tokens.access_token));
  });

  async function push(
    op: Op,
    changes: Readonly<Record<string, string>>,
    dpop: string,
  ): Promise<Response> {
    const form = Object.fromEntries(new URL(authorizationUrl(changes), ISSUER).searchParams);
    return await op.post('/par', form, { ...basic('app'), dpop });
  }

  it('T057: §10.1: the key of the proof at the PAR endpoint is that of the code', async () => {
    const op = await openOp({ config: CLIENTS });
    const pushed = await push(
      op,
      {},
      await proofFor(op, await KEY, { payload: { htu: `${ISSUER}/par` } }),
    );
    assertEquals(pushed.status, 201);
    const { request_uri } = await pushed.json() as { request_uri: string };
    const code = await obtainCode(op, {
      request_uri,
      redirect_uri: undefined,
      response_type: undefined,
      scope: undefined,
      state: undefined,
    });
    await assertRefused(await redeemBound(op, code), 'invalid_grant');
    const foreign = await proofFor(op, await OTHER_KEY);
    await assertRefused(await redeemBound(op, code, foreign), 'invalid_grant');
    await tokensOf(await redeemBound(op, code, await proofFor(op, await KEY)));
  });

  it('§10.1: refuses a proof at the PAR endpoint that is bad, used, or of another key than dpop_jkt', async () => {
    const op = await openOp({ config: CLIENTS });
    const payload = { htu: `${ISSUER}/par` };
    await assertRefused(await push(op, {}, await proofFor(op, await KEY)), 'invalid_dpop_proof');
    const other = { dpop_jkt: (await OTHER_KEY).jkt };
    const proof = await proofFor(op, await KEY, { payload });
    await assertRefused(await push(op, other, proof), 'invalid_dpop_proof');
    const once = await proofFor(op, await KEY, { payload });
    assertEquals((await push(op, {}, once)).status, 201);
    await assertRefused(await push(op, {}, once), 'invalid_dpop_proof');
  });

  it('§8: the PAR endpoint asks for a nonce, too', async () => {
    const op = await openOp({ config: { ...CLIENTS, dpop_nonce: 'required' } });
    const htu = `${ISSUER}/par`;
    const asked = await push(op, {}, await proofFor(op, await KEY, { payload: { htu } }));
    await assertRefused(asked.clone(), 'use_dpop_nonce');
    const nonce = asked.headers.get('dpop-nonce');
    const proof = await proofFor(op, await KEY, { payload: { htu, nonce } });
    assertEquals((await push(op, {}, proof)).status, 201);
  });
});
