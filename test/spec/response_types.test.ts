/** OAuth 2.0 Multiple Response Type Encoding Practices; OpenID Connect Core §3.2 (implicit) and §3.3 (hybrid). */
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { assertEquals, assertFalse } from '../support/assert.ts';
import {
  assertRefused,
  claimsOf,
  redeem,
  REDIRECT_URI,
  tokensOf,
  userinfo,
} from '../support/flow.ts';
import { EVERY_RESPONSE_TYPE, HYBRID_CLIENT, respond } from '../support/front_channel.ts';
import { basic, CLIENT, ISSUER, type Op, openOp } from '../support/op.ts';

function openHybrid(config: Readonly<Record<string, unknown>> = {}): Promise<Op> {
  return openOp({ config: { clients: [CLIENT, HYBRID_CLIENT], ...config } });
}

function redeemHybrid(op: Op, code: string | undefined): Promise<Response> {
  return op.post('/token', {
    grant_type: 'authorization_code',
    code,
    redirect_uri: REDIRECT_URI,
  }, basic('hybrid'));
}

function halfHash(text: string): string {
  return createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url');
}

describe('Multiple Response Types §3, §4, §5: what each response type yields', () => {
  for (const response_type of EVERY_RESPONSE_TYPE) {
    const parts = response_type.split(' ');
    const isFront = parts.includes('token') || parts.includes('id_token');

    it(`${response_type}: just that, in the ${isFront ? 'fragment' : 'query'}`, async () => {
      const op = await openHybrid();
      const { place, fields } = await respond(op, { response_type });
      assertEquals(place, isFront ? 'fragment' : 'query');
      const expected = [
        ...parts.includes('code') ? ['code'] : [],
        ...parts.includes('token') ? ['access_token', 'token_type', 'expires_in', 'scope'] : [],
        ...parts.includes('id_token') ? ['id_token'] : [],
        'session_state',
        'state',
        'iss',
      ];
      assertEquals(Object.keys(fields).sort(), expected.sort());
      assertEquals([fields['state'], fields['iss']], ['AbCdE12345', ISSUER]);
    });

    it(`RFC 6749 §3.1.1: ${response_type} in any order of its parts`, async () => {
      const op = await openHybrid();
      const { fields } = await respond(op, { response_type: parts.toReversed().join(' ') });
      assertFalse('error' in fields, JSON.stringify(fields));
    });

    it(`T022: ${response_type} is refused to a client that is not registered for it`, async () => {
      const others = EVERY_RESPONSE_TYPE.filter((each) => each !== response_type);
      const client = { ...HYBRID_CLIENT, response_types: others };
      const op = await openHybrid({ clients: [client] });
      const { place, fields } = await respond(op, { response_type });
      assertEquals(place, isFront ? 'fragment' : 'query');
      assertEquals(fields['error'], 'unauthorized_client');
      for (const name of ['code', 'access_token', 'id_token']) assertFalse(name in fields);
    });

    it(`T006: a refusal of ${response_type} carries iss and state where its answer would be`, async () => {
      const op = await openHybrid();
      const { place, fields } = await respond(op, { response_type, prompt: 'none' });
      assertEquals(place, isFront ? 'fragment' : 'query');
      assertEquals([fields['error'], fields['state'], fields['iss']], [
        'login_required',
        'AbCdE12345',
        ISSUER,
      ]);
    });
  }

  it('T031: front-channel tokens are off unless a client is registered for them', async () => {
    const op = await openOp();
    const { fields } = await respond(op, { client_id: 'app', response_type: 'id_token token' });
    assertEquals(fields['error'], 'unauthorized_client');
  });

  const unknown = ['token', 'code code', 'code none', 'id_token none', 'password', 'constructor'];
  for (const response_type of unknown) {
    it(`${response_type} is unsupported_response_type`, async () => {
      const { fields } = await respond(await openHybrid(), { response_type });
      assertEquals(fields['error'], 'unsupported_response_type');
    });
  }
});

describe('Multiple Response Types §3: response modes', () => {
  for (const response_type of ['id_token', 'code token', 'code id_token token']) {
    it(`${response_type} never travels in a query`, async () => {
      const { place, fields } = await respond(await openHybrid(), {
        response_type,
        response_mode: 'query',
      });
      assertEquals([place, fields['error']], ['fragment', 'invalid_request']);
    });
  }

  it('a client’s response_modes are all that it may ask for, the default mode included', async () => {
    const client = { ...HYBRID_CLIENT, response_modes: ['form_post'] };
    const op = await openHybrid({ clients: [client] });
    assertEquals(
      (await respond(op, { response_type: 'code' })).fields['error'],
      'unauthorized_client',
    );
    const posted = await respond(op, { response_type: 'code', response_mode: 'form_post' });
    assertEquals([posted.place, 'code' in posted.fields], ['form_post', true]);
  });

  it('code may travel in the fragment, where it is asked to', async () => {
    const { place, fields } = await respond(await openHybrid(), {
      response_type: 'code',
      response_mode: 'fragment',
    });
    assertEquals([place, 'code' in fields], ['fragment', true]);
  });
});

describe('Core §3.2.2.1, §3.3.2.11: nonce', () => {
  for (const response_type of EVERY_RESPONSE_TYPE) {
    const isNeeded = response_type.includes('id_token');
    it(`T021: ${response_type} ${isNeeded ? 'needs' : 'does not need'} one`, async () => {
      const { fields } = await respond(await openHybrid(), { response_type, nonce: undefined });
      assertEquals(fields['error'], isNeeded ? 'invalid_request' : undefined);
    });
  }

  it('T021: is in the ID token unchanged, from both endpoints', async () => {
    const op = await openHybrid();
    const nonce = '-._~'.repeat(10) + 'abc';
    const { fields } = await respond(op, { response_type: 'code id_token', nonce });
    assertEquals(claimsOf(fields['id_token'] ?? '')['nonce'], nonce);
    const tokens = await tokensOf(await redeemHybrid(op, fields['code']));
    assertEquals(claimsOf(tokens.id_token)['nonce'], nonce);
  });
});

describe('Core §3.3.2.11: hashes in the ID token of the authorization endpoint', () => {
  it('at_hash, c_hash and s_hash are of the token, the code and the state that came with it', async () => {
    const op = await openHybrid();
    const { fields } = await respond(op, { response_type: 'code id_token token' });
    const claims = claimsOf(fields['id_token'] ?? '');
    assertEquals(claims['at_hash'], halfHash(fields['access_token'] ?? ''));
    assertEquals(claims['c_hash'], halfHash(fields['code'] ?? ''));
    assertEquals(claims['s_hash'], halfHash('AbCdE12345'));
  });

  it('there is none of what did not come', async () => {
    const op = await openHybrid();
    const { fields } = await respond(op, { response_type: 'id_token', state: undefined });
    const claims = claimsOf(fields['id_token'] ?? '');
    for (const name of ['at_hash', 'c_hash', 's_hash']) assertFalse(name in claims, name);
  });
});

describe('Core §3.3.3: tokens of the hybrid flow', () => {
  it('§3.3.3.6: both ID tokens are of one iss and sub, both access tokens work', async () => {
    const op = await openHybrid();
    const { fields } = await respond(op, {
      response_type: 'code id_token token',
      scope: 'openid email',
    });
    const tokens = await tokensOf(await redeemHybrid(op, fields['code']));
    const [front, back] = [claimsOf(fields['id_token'] ?? ''), claimsOf(tokens.id_token)];
    assertEquals([front['iss'], front['sub']], [back['iss'], back['sub']]);
    for (const access_token of [fields['access_token'] ?? '', tokens.access_token]) {
      const response = await userinfo(op, access_token);
      assertEquals(response.status, 200);
      assertEquals((await response.json() as { email: string }).email, 'alice@alice.example');
    }
  });

  it('T024: a code used twice ends the token from the authorization endpoint, too', async () => {
    const op = await openHybrid();
    const { fields } = await respond(op, { response_type: 'code token' });
    assertEquals((await redeemHybrid(op, fields['code'])).status, 200);
    await assertRefused(await redeemHybrid(op, fields['code']), 'invalid_grant');
    assertEquals((await userinfo(op, fields['access_token'] ?? '')).status, 401);
  });

  it('a code whose grant was revoked meanwhile yields nothing', async () => {
    const op = await openHybrid();
    const { fields } = await respond(op, { response_type: 'code token' });
    for await (const { key } of op.store.list(['grant'])) await op.store.commit({ remove: [key] });
    await assertRefused(await redeemHybrid(op, fields['code']), 'invalid_grant');
  });

  it('a code of this flow is the client’s own: another cannot use it', async () => {
    const op = await openHybrid();
    const { fields } = await respond(op, { response_type: 'code id_token' });
    await assertRefused(await redeem(op, fields['code'] ?? ''), 'invalid_grant');
  });

  it('the front-channel token dies with the session, and with its own lifespan', async () => {
    const op = await openHybrid({
      clients: [{ ...HYBRID_CLIENT, lifespan: 'brief' }],
      lifespans: { custom: { brief: { grants: { implicit: { access_token: '5m' } } } } },
    });
    const { fields } = await respond(op, { response_type: 'id_token token' });
    assertEquals(fields['expires_in'], '300');
    op.clock.now += 301;
    assertEquals((await userinfo(op, fields['access_token'] ?? '')).status, 401);
  });

  it('offline_access means nothing where no refresh token can come of it', async () => {
    const op = await openHybrid();
    const { fields } = await respond(op, {
      response_type: 'id_token token',
      scope: 'openid offline_access',
    });
    assertEquals(fields['scope'], 'openid');
  });
});

describe('Core §5.4: claims of scopes where there is no UserInfo to ask', () => {
  it('id_token alone: they are in the ID token', async () => {
    const { fields } = await respond(await openHybrid(), {
      response_type: 'id_token',
      scope: 'openid email',
    });
    assertEquals(claimsOf(fields['id_token'] ?? '')['email'], 'alice@alice.example');
  });

  it('with an access token or a code: they are not', async () => {
    for (const response_type of ['id_token token', 'code id_token']) {
      const { fields } = await respond(await openHybrid(), {
        response_type,
        scope: 'openid email',
      });
      assertFalse('email' in claimsOf(fields['id_token'] ?? ''), response_type);
    }
  });
});
