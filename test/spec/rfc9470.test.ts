/** RFC 9470: step-up authentication challenges, at our own UserInfo endpoint. */
import { describe, it } from 'node:test';
import { assertEquals, assertFalse, assertMatch } from '../support/assert.ts';
import {
  ALICE,
  answerOf,
  authorizationUrl,
  obtainTokens,
  redeem,
  refresh,
  tokensOf,
  userinfo,
} from '../support/flow.ts';
import { openOp } from '../support/op.ts';

describe('RFC 9470 §3: what the challenge says', () => {
  it('without a requirement, any sign-in will do', async () => {
    const op = await openOp();
    const { access_token } = await obtainTokens(op);
    op.clock.now += 3000;
    assertEquals((await userinfo(op, access_token)).status, 200);
  });

  it('max_age: 401 once the sign-in is too old, and how old it may be', async () => {
    const op = await openOp({ config: { userinfo: { max_age: '10m' } } });
    const { access_token } = await obtainTokens(op);
    op.clock.now += 600;
    assertEquals((await userinfo(op, access_token)).status, 200);
    op.clock.now += 1;
    const response = await userinfo(op, access_token);
    assertEquals(response.status, 401);
    const challenge = response.headers.get('www-authenticate') ?? '';
    assertMatch(challenge, /Bearer [^,]*realm="ostiary", error="insufficient_user_authentication"/);
    assertMatch(challenge, /max_age="600"/);
    assertFalse(challenge.includes('acr_values'));
    const body = await response.json() as { error: string };
    assertEquals(body.error, 'insufficient_user_authentication');
  });

  it('acr_values: 401 for a weaker sign-in, and what would do', async () => {
    const op = await openOp({ config: { userinfo: { acr_values: ['urn:example:gold'] } } });
    const { access_token } = await obtainTokens(op);
    const response = await userinfo(op, access_token);
    assertEquals(response.status, 401);
    const challenge = response.headers.get('www-authenticate') ?? '';
    assertMatch(challenge, /acr_values="urn:example:gold"/);
    assertFalse(challenge.includes('max_age'));
  });

  it('acr_values that the sign-in meets', async () => {
    const op = await openOp({ config: { userinfo: { acr_values: ['one_factor'] } } });
    const { access_token } = await obtainTokens(op);
    assertEquals((await userinfo(op, access_token)).status, 200);
  });
});

describe('RFC 9470 §4: the way out', () => {
  it('a request with that max_age leads to a token that is good again', async () => {
    const op = await openOp({ config: { userinfo: { max_age: '10m' } } });
    const browser = op.browser();
    const { access_token } = await obtainTokens(op, {}, browser);
    op.clock.now += 700;
    assertEquals((await userinfo(op, access_token)).status, 401);
    const page = await browser.authorize(authorizationUrl({ max_age: '600' }), ALICE);
    const again = await tokensOf(await redeem(op, answerOf(page)['code'] ?? ''));
    assertEquals((await userinfo(op, again.access_token)).status, 200);
  });

  it('refreshing does not help: it is the sign-in that counts', async () => {
    const op = await openOp({ config: { userinfo: { max_age: '10m' } } });
    const first = await obtainTokens(op);
    op.clock.now += 700;
    const refreshed = await tokensOf(await refresh(op, first.refresh_token));
    assertEquals((await userinfo(op, refreshed.access_token)).status, 401);
  });
});
