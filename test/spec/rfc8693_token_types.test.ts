/** RFC 8693 §3: refresh tokens and ID tokens as subject tokens, and ID tokens as what is made. */
import { exportJWK, generateKeyPair } from 'jose';
import { describe, it } from 'node:test';
import { assert, assertEquals, assertFalse, assertNotEquals } from '../support/assert.ts';
import { has } from '../support/browser.ts';
import { newProofKey, proofFor } from '../support/dpop.ts';
import {
  API,
  APP,
  exchange,
  EXCHANGE_GRANT,
  exchanged,
  type ExchangeOptions,
  GATEWAY,
  introspected,
  openExchange,
  ownToken,
  subjectTokens,
  typeOf,
} from '../support/exchange.ts';
import {
  ALICE,
  answerOf,
  assertRefused,
  authorizationUrl,
  claimsOf,
  refresh,
} from '../support/flow.ts';
import { basic, ISSUER, type Op } from '../support/op.ts';

const REFRESH = { subject_token_type: typeOf('refresh_token') };
const ID = { subject_token_type: typeOf('id_token') };

/** The app exchanges its own. */
function openForApp(options: ExchangeOptions = {}): Promise<Op> {
  return openExchange({
    ...options,
    policy: { subject_token_types: ['refresh_token', 'id_token'], ...options.policy },
    app: {
      grant_types: [...APP.grant_types, EXCHANGE_GRANT],
      token_exchange_policy: 'gateway',
      ...options.app,
    },
  });
}

describe('RFC 8693 §2.1: a refresh token as the subject token', () => {
  it('is good for what was granted, and stays as it is', async () => {
    const op = await openForApp();
    const tokens = await subjectTokens(op);
    const made = await exchanged(op, tokens.refresh_token, REFRESH, basic('app'));
    const told = await introspected(op, made.access_token, 'app');
    assertEquals([made.scope, told['aud']], ['openid profile email read', [API, ISSUER]]);
    assertEquals('refresh_token' in made, false);
    const again = await refresh(op, tokens.refresh_token);
    assertEquals(again.status, 200, 'it was not used up');
  });

  it('RFC 6749 §10.4: only of the client that shows it, whatever the policy says', async () => {
    const op = await openForApp({ policy: { subject_clients: ['app', 'gateway'] } });
    const { refresh_token } = await subjectTokens(op);
    await assertRefused(await exchange(op, refresh_token, REFRESH), 'invalid_request');
    assertEquals((await refresh(op, refresh_token)).status, 200, 'and harms nobody');
  });

  it('RFC 9700 §4.14.2: one that was used before ends its grant', async () => {
    const op = await openForApp();
    const { refresh_token, access_token } = await subjectTokens(op);
    await refresh(op, refresh_token);
    await exchanged(op, refresh_token, REFRESH, basic('app'));
    op.clock.now += 60;
    await assertRefused(
      await exchange(op, refresh_token, REFRESH, basic('app')),
      'invalid_request',
    );
    assertEquals((await introspected(op, access_token, 'app'))['active'], false);
  });

  it('offline_access is not handed on, though its grant outlives the session', async () => {
    const op = await openForApp({ app: { consent_mode: 'explicit' } });
    const tokens = await subjectTokens(op, {
      scope: 'openid read offline_access',
      prompt: 'consent',
    });
    for await (const { key } of op.store.list(['session'])) {
      await op.store.commit({ remove: [key] });
    }
    const made = await exchanged(op, tokens.refresh_token, REFRESH, basic('app'));
    assertEquals(made.scope, 'openid read');
    await op.post('/revoke', { token: tokens.refresh_token }, basic('app'));
    assertEquals((await introspected(op, made.access_token, 'app'))['active'], false);
  });

  it('no actor is a refresh token of others', async () => {
    const op = await openForApp({
      policy: { subject_token_types: ['access_token'], actors: ['user:alice'] },
    });
    const { access_token, refresh_token } = await subjectTokens(op);
    const asked = { actor_token: refresh_token, actor_token_type: typeOf('refresh_token') };
    await assertRefused(await exchange(op, access_token, asked), 'invalid_request');
  });
});

describe('RFC 8693 §2.1: an ID token as the subject token', () => {
  it('is good for what was granted with it', async () => {
    const op = await openExchange({ policy: { subject_token_types: ['id_token'] } });
    const { id_token } = await subjectTokens(op);
    for (const kind of ['id_token', 'jwt']) {
      const made = await exchanged(op, id_token, {
        subject_token_type: typeOf(kind),
        scope: 'read',
      });
      const told = await introspected(op, made.access_token);
      assertEquals([told['sub'], told['scope']], [claimsOf(id_token)['sub'], 'read']);
    }
  });

  it('§4.4: its may_act is honoured, and of a refresh token what the client is registered for', async () => {
    const policy = {
      subject_token_types: ['id_token', 'refresh_token'],
      subject_clients: ['app', 'gateway'],
    };
    const op = await openForApp({
      policy,
      app: { may_act: 'gateway' },
      clients: [{ ...GATEWAY, client_id: 'other' }],
    });
    const { id_token, refresh_token } = await subjectTokens(op);
    await exchanged(op, id_token, ID);
    const refusals = [
      await exchange(op, id_token, ID, basic('other')),
      await exchange(op, refresh_token, REFRESH, basic('app')),
    ];
    for (const response of refusals) {
      const body = await assertRefused(response, 'invalid_request');
      assertEquals(body['error_description'], 'may_act of subject_token names another party');
    }
  });

  it('subject_audience looks at its aud', async () => {
    const policy = {
      subject_token_types: ['id_token'],
      subject_clients: undefined,
      subject_audience: ['app'],
    };
    const op = await openExchange({ policy });
    const { id_token } = await subjectTokens(op);
    await exchanged(op, id_token, ID);
    const other = await openExchange({ policy: { ...policy, subject_audience: ['another'] } });
    await assertRefused(
      await exchange(other, (await subjectTokens(other)).id_token, ID),
      'invalid_request',
    );
  });

  const ENDS: readonly (readonly [string, (op: Op, refresh_token: string) => Promise<unknown>])[] =
    [
      ['it has expired', (op) => Promise.resolve(op.clock.now += 3601)],
      ['its grant was revoked', (op, token) => op.post('/revoke', { token }, basic('app'))],
      ['its session is over', async (op) => {
        for await (const { key } of op.store.list(['session'])) {
          await op.store.commit({ remove: [key] });
        }
      }],
      ['the person is disabled', async (op) => {
        const alice = await op.instance.directory.findByUsername('alice');
        await op.instance.directory.disable(alice?.id ?? '');
      }],
    ];
  for (const [name, end] of ENDS) {
    it(`T075: not when ${name}; and what was made of it is over, too`, async () => {
      const op = await openExchange({ policy: { subject_token_types: ['id_token'] } });
      const { id_token, refresh_token } = await subjectTokens(op);
      const made = await exchanged(op, id_token, ID);
      await end(op, refresh_token);
      await assertRefused(await exchange(op, id_token, ID), 'invalid_request');
      assertEquals((await introspected(op, made.access_token))['active'], false);
    });
  }

  it('T075: not one that is signed with a client’s secret, altered, or for another type', async () => {
    const op = await openExchange({
      policy: { subject_token_types: ['id_token', 'access_token'] },
      app: { id_token_signed_response_alg: 'HS256', access_token_format: 'jwt' },
    });
    const { id_token, access_token } = await subjectTokens(op);
    await assertRefused(await exchange(op, id_token, ID), 'invalid_request');
    await assertRefused(await exchange(op, access_token, ID), 'invalid_request');
    const sound = await openExchange({ policy: { subject_token_types: ['id_token'] } });
    const good = (await subjectTokens(sound)).id_token;
    const altered = good.replace(/.(?=[^.]*$)/, (character) => character === 'A' ? 'B' : 'A');
    await assertRefused(await exchange(sound, altered, ID), 'invalid_request');
    await assertRefused(
      await exchange(sound, good, { subject_token_type: typeOf('access_token') }),
      'invalid_request',
    );
  });

  it('Core §10.2: not one that is encrypted, to whom it may be', async () => {
    const { publicKey } = await generateKeyPair('ECDH-ES', { extractable: true });
    const jwks = { keys: [{ ...await exportJWK(publicKey), use: 'enc' }] };
    for (const [alg, metadata] of [['dir', {}], ['ECDH-ES', { jwks }]] as const) {
      const op = await openExchange({
        policy: { subject_token_types: ['id_token'] },
        app: { ...metadata, id_token_encrypted_response_alg: alg },
      });
      const { id_token } = await subjectTokens(op);
      assertEquals(id_token.split('.').length, 5);
      for (const kind of ['id_token', 'jwt']) {
        const asked = { subject_token_type: typeOf(kind) };
        await assertRefused(await exchange(op, id_token, asked), 'invalid_request');
      }
    }
  });

  it('Core §3.2: not one that no grant came with', async () => {
    const op = await openExchange({
      policy: { subject_token_types: ['id_token'] },
      app: {
        grant_types: [...APP.grant_types, 'implicit'],
        response_types: ['code', 'id_token'],
      },
    });
    const asked = { response_type: 'id_token', nonce: 'a nonce', scope: 'openid' };
    const { id_token = '' } = answerOf(
      await op.browser().authorize(authorizationUrl(asked), ALICE),
    );
    assert(id_token !== '');
    await assertRefused(await exchange(op, id_token, ID), 'invalid_request');
  });
});

describe('RFC 8693 §2.2.1: an ID token is what is made', () => {
  const ASKED = { requested_token_type: typeOf('id_token') };
  const POLICY = {
    requested_token_types: ['id_token'],
    subject_token_types: ['access_token', 'id_token'],
  };

  it('for the client, with who acts, and without a part in the session', async () => {
    const op = await openExchange({ policy: POLICY, gateway: { subject_type: 'pairwise' } });
    const subject = await subjectTokens(op);
    const body = await exchanged(op, subject.access_token, ASKED);
    assertEquals([body.issued_token_type, body.token_type, body.expires_in], [
      typeOf('id_token'),
      'N_A',
      600,
    ]);
    const claims = claimsOf(body.access_token);
    assertEquals([claims['iss'], claims['aud'], claims['azp'], claims['act']], [
      ISSUER,
      'gateway',
      'gateway',
      { sub: 'gateway', client_id: 'gateway' },
    ]);
    assertEquals(claims['auth_time'], claimsOf(subject.id_token)['auth_time']);
    assertNotEquals(claims['sub'], claimsOf(subject.id_token)['sub']);
    assertFalse('sid' in claims || 'jti' in claims || 'nonce' in claims);
    assertEquals('id_token' in body || 'refresh_token' in body, false);
  });

  it('T114: as id_token_hint it ends no session that nobody was asked about', async () => {
    const op = await openExchange({ policy: POLICY });
    const browser = op.browser();
    const { access_token, id_token } = await subjectTokens(op, {}, browser);
    const made = (await exchanged(op, access_token, ASKED)).access_token;
    const leave = async (hint: string) =>
      await browser.get(`/end_session?${new URLSearchParams({ id_token_hint: hint })}`);
    assert(has(await leave(made), 'logout'), 'the person is asked');
    assert(has(await leave(id_token), 'logged-out'), 'and by the app’s own nobody needs to be');
  });

  it('it is not exchanged again', async () => {
    const op = await openExchange({ policy: { ...POLICY, subject_clients: ['app', 'gateway'] } });
    const { access_token } = await subjectTokens(op);
    const made = await exchanged(op, access_token, ASKED);
    await assertRefused(
      await exchange(op, made.access_token, { ...ASKED, ...ID }),
      'invalid_request',
    );
  });

  it('only of people, and with openid', async () => {
    const op = await openExchange({ policy: POLICY });
    const own = await ownToken(op, 'app', { scope: 'read' });
    await assertRefused(await exchange(op, own, ASKED), 'invalid_scope');
    const { access_token } = await subjectTokens(op);
    await assertRefused(
      await exchange(op, access_token, { ...ASKED, scope: 'read' }),
      'invalid_scope',
    );
  });

  it('RFC 9449 §5: it is bound to no key, whatever comes with the request', async () => {
    const op = await openExchange({ policy: POLICY });
    const { access_token } = await subjectTokens(op);
    const headers = { ...basic('gateway'), dpop: await proofFor(op, await newProofKey()) };
    assertEquals((await exchanged(op, access_token, ASKED, headers)).token_type, 'N_A');
  });
});
