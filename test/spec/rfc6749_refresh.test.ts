/** RFC 6749 §6: what a refresh yields of that which was granted. */
import { describe, it } from 'node:test';
import { requireConfig } from '../../src/config/parse.ts';
import { endSessionsOf } from '../../src/engine/logout/end_session.ts';
import { assertEquals } from '../support/assert.ts';
import {
  API,
  APP,
  EXCHANGE_GRANT,
  exchangeConfig,
  exchanged,
  type ExchangeOptions,
  FILES,
  introspected,
  subjectTokens,
  typeOf,
} from '../support/exchange.ts';
import { assertRefused, claimsOf, obtainCode, redeem, refresh, tokensOf } from '../support/flow.ts';
import { basic, ISSUER, type Op, openOp } from '../support/op.ts';

const DETAIL = { type: 'payment', actions: ['pay'] };

const TYPES = { authorization_details_types: { payment: { fields: [] } } };

/** What the app has while nobody has taken anything away. */
const WHOLE: ExchangeOptions = {
  app: { authorization_details_types: ['payment'], audience: [API, FILES] },
  config: TYPES,
};

async function reconfigured(op: Op, options: ExchangeOptions): Promise<void> {
  const config = { issuer: ISSUER, storage: { engine: 'memory' }, ...exchangeConfig(options) };
  assertEquals(await op.instance.reload(requireConfig(config)), []);
}

describe('RFC 6749 §6, T033: what an administrator has taken from a client', () => {
  async function granted() {
    const op = await openOp({ config: exchangeConfig(WHOLE) });
    const authorization_details = JSON.stringify([DETAIL]);
    const tokens = await subjectTokens(op, { authorization_details, audience: FILES });
    assertEquals(tokens.scope, 'openid profile email read');
    return { op, tokens };
  }

  it('a scope, a resource, a type of details: a refresh yields what is left, and all of it again when it is given back', async () => {
    const { op, tokens } = await granted();
    await reconfigured(op, { app: { scope: 'openid read', audience: [FILES] }, config: TYPES });
    const left = await tokensOf(await refresh(op, tokens.refresh_token));
    const told = await introspected(op, left.access_token, 'app');
    assertEquals([left.scope, told['scope'], told['aud'], told['authorization_details']], [
      'openid read',
      'openid read',
      [FILES, ISSUER],
      undefined,
    ]);
    for (
      const [asked, code] of [
        [{ scope: 'openid email' }, 'invalid_scope'],
        [{ resource: API }, 'invalid_target'],
        [{ authorization_details: JSON.stringify([DETAIL]) }, 'invalid_authorization_details'],
      ] as const
    ) await assertRefused(await refresh(op, left.refresh_token, asked), code);
    await reconfigured(op, WHOLE);
    const again = await tokensOf(await refresh(op, left.refresh_token));
    const whole = await introspected(op, again.access_token, 'app');
    assertEquals([whole['scope'], whole['aud'], whole['authorization_details']], [
      tokens.scope,
      [API, FILES, ISSUER],
      [DETAIL],
    ]);
  });

  it('RFC 8707 §2.2: all its resources: then no token is good for UserInfo in their place', async () => {
    const { op, tokens } = await granted();
    await reconfigured(op, { app: { audience: ['elsewhere'] }, config: TYPES });
    await assertRefused(await refresh(op, tokens.refresh_token), 'invalid_target');
    await reconfigured(op, WHOLE);
    await tokensOf(await refresh(op, tokens.refresh_token));
  });

  it('RFC 6749 §4.1.3: a code that is on its way yields what is left, too', async () => {
    const op = await openOp({ config: exchangeConfig(WHOLE) });
    const code = await obtainCode(op, { scope: 'openid email read' });
    await reconfigured(op, { app: { scope: 'openid read' } });
    assertEquals((await tokensOf(await redeem(op, code))).scope, 'openid read');
  });

  it('Core §11: offline access: what was granted ends with its session, and is there again when it is given back', async () => {
    const whole = { consent_mode: 'explicit' };
    const less = { ...whole, scope: 'openid read' };
    const op = await openOp({ config: exchangeConfig({ app: whole }) });
    const { refresh_token } = await subjectTokens(op, {
      scope: 'openid read offline_access',
      prompt: 'consent',
    });
    const alice = await op.instance.directory.findByUsername('alice');
    const signOut = () => endSessionsOf(alice?.id ?? '', 'logout', op.instance.engine());
    await reconfigured(op, { app: less });
    const within = await tokensOf(await refresh(op, refresh_token));
    await reconfigured(op, { app: whole });
    await signOut();
    const after = await tokensOf(await refresh(op, within.refresh_token));
    await reconfigured(op, { app: less });
    await assertRefused(await refresh(op, after.refresh_token), 'invalid_grant');
    await reconfigured(op, { app: whole });
    await tokensOf(await refresh(op, after.refresh_token));
  });

  it('RFC 8693 §2.1: an ID token or a refresh token is exchanged for what is left, too', async () => {
    const policy = { subject_token_types: ['id_token', 'refresh_token'] };
    const exchanging = {
      grant_types: [...APP.grant_types, EXCHANGE_GRANT],
      token_exchange_policy: 'gateway',
    };
    const op = await openOp({ config: exchangeConfig({ policy, app: exchanging }) });
    const { id_token, refresh_token } = await subjectTokens(op);
    await reconfigured(op, { policy, app: { ...exchanging, scope: 'openid read' } });
    for (
      const [kind, token, client_id] of [
        ['id_token', id_token, 'gateway'],
        ['refresh_token', refresh_token, 'app'],
      ] as const
    ) {
      const asked = { subject_token_type: typeOf(kind) };
      assertEquals((await exchanged(op, token, asked, basic(client_id))).scope, 'openid read');
    }
  });
});

describe('RFC 9700 §4.14.2, T143: the grace of the token before', () => {
  it('is no longer for a clock that was set back, and a second of that costs nobody anything', async () => {
    const op = await openOp({ config: exchangeConfig() });
    const { refresh_token } = await subjectTokens(op);
    const { refresh_token: second } = await tokensOf(await refresh(op, refresh_token));
    op.clock.now -= 1;
    assertEquals((await tokensOf(await refresh(op, refresh_token))).refresh_token, second);
    op.clock.now -= 30;
    await assertRefused(await refresh(op, refresh_token), 'invalid_grant');
    await assertRefused(await refresh(op, second), 'invalid_grant');
  });
});

describe('RFC 6749 §6: a refresh for less', () => {
  it('Core §5.4: its ID token tells no more than its access token', async () => {
    const op = await openOp({ config: exchangeConfig({ app: { claims_in_id_token: true } }) });
    const { id_token, refresh_token } = await subjectTokens(op);
    assertEquals(typeof claimsOf(id_token)['email'], 'string');
    const less = await tokensOf(await refresh(op, refresh_token, { scope: 'openid read' }));
    assertEquals(claimsOf(less.id_token)['email'], undefined);
    const again = await tokensOf(await refresh(op, less.refresh_token));
    assertEquals(claimsOf(again.id_token)['email'], claimsOf(id_token)['email']);
  });
});
