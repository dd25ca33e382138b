import { describe, it } from 'node:test';
import { listApplications, withdrawApplication } from '../../src/engine/applications.ts';
import { endSessionById } from '../../src/engine/logout/end_session.ts';
import { tendSessions } from '../../src/engine/logout/tend_sessions.ts';
import { listOwnSessions } from '../../src/engine/own_sessions.ts';
import { userGrants, userSessions } from '../../src/store/collections.ts';
import { assert, assertEquals, assertFalse } from '../support/assert.ts';
import { has } from '../support/browser.ts';
import {
  authorizationUrl,
  obtainCode,
  obtainTokens,
  redeem,
  refresh,
  userinfo,
} from '../support/flow.ts';
import { CLIENT, ISSUER, type Op, openOp } from '../support/op.ts';

const OFFLINE = { scope: 'openid email offline_access', prompt: 'consent' } as const;

async function aliceOf({ instance }: Op): Promise<string> {
  return (await instance.directory.findByUsername('alice'))?.id ?? '';
}

async function keysBelow(op: Op, name: string): Promise<number> {
  let count = 0;
  for await (const _ of op.store.list([name, ISSUER])) count += 1;
  return count;
}

describe('the applications of a person', () => {
  it('are those that hold something, with what they were granted, when, and last used', async () => {
    const op = await openOp();
    const { refresh_token } = await obtainTokens(op, OFFLINE);
    const granted = op.clock.now;
    op.clock.now += 3600;
    await refresh(op, refresh_token);
    const [application, ...others] = await listApplications(
      await aliceOf(op),
      op.instance.engine(),
    );
    assertEquals(others, []);
    assertEquals(application?.client_id, CLIENT.client_id);
    assertEquals(application?.client?.client_name, CLIENT.client_name);
    assertEquals(application?.scope, ['openid', 'email', 'offline_access']);
    assertEquals(application?.granted_at, granted);
    assertEquals(application?.last_used_at, op.clock.now);
  });

  it('are gone when nothing they hold is alive', async () => {
    const op = await openOp();
    await obtainTokens(op, OFFLINE);
    op.clock.now += 40 * 86_400;
    assertEquals(await listApplications(await aliceOf(op), op.instance.engine()), []);
    assertEquals(await keysBelow(op, userGrants.name), 0);
  });

  it('are nobody else’s', async () => {
    const op = await openOp();
    await obtainTokens(op, OFFLINE);
    assertEquals(await listApplications('somebody else', op.instance.engine()), []);
  });
});

describe('a person takes back what an application may do', () => {
  it('its tokens end, refresh tokens and access tokens alike', async () => {
    const op = await openOp();
    const tokens = await obtainTokens(op, OFFLINE);
    await withdrawApplication(await aliceOf(op), CLIENT.client_id, op.instance.engine());
    assertEquals((await refresh(op, tokens.refresh_token)).status, 400);
    assertEquals((await userinfo(op, tokens.access_token)).status, 401);
    assertEquals(await keysBelow(op, 'grant'), 0);
    assertEquals(await keysBelow(op, userGrants.name), 0);
  });

  it('a code that is on its way no longer redeems', async () => {
    const op = await openOp();
    const code = await obtainCode(op);
    await withdrawApplication(await aliceOf(op), CLIENT.client_id, op.instance.engine());
    const answer = await redeem(op, code);
    assertEquals([answer.status, (await answer.json()).error], [400, 'invalid_grant']);
  });

  it('of a redemption at the very same time nothing remains', async () => {
    for (let round = 0; round < 20; round++) {
      const op = await openOp();
      const code = await obtainCode(op, OFFLINE);
      const engine = op.instance.engine();
      const [answer] = await Promise.all([
        redeem(op, code),
        withdrawApplication(await aliceOf(op), CLIENT.client_id, engine),
      ]);
      if (answer.status === 200) {
        const { refresh_token } = await answer.json();
        assertEquals((await refresh(op, refresh_token)).status, 400);
      }
      assertEquals(await keysBelow(op, 'grant'), 0);
    }
  });

  it('the person is asked again, and may grant it anew at once', async () => {
    const op = await openOp();
    const browser = op.browser();
    await obtainCode(op, {}, browser);
    await withdrawApplication(await aliceOf(op), CLIENT.client_id, op.instance.engine());
    assert(has(await browser.get(authorizationUrl()), 'accept'));
    op.clock.now += 1;
    const answer = await redeem(op, await obtainCode(op, {}, browser));
    assertEquals(answer.status, 200);
  });

  it('other applications, and the same one of other people, stay', async () => {
    const other = { ...CLIENT, client_id: 'other' };
    const op = await openOp({ config: { clients: [CLIENT, other] } });
    const { refresh_token } = await obtainTokens(op, OFFLINE);
    await withdrawApplication(await aliceOf(op), 'other', op.instance.engine());
    await withdrawApplication('somebody else', CLIENT.client_id, op.instance.engine());
    assertEquals((await refresh(op, refresh_token)).status, 200);
  });
});

describe('the sessions of a person', () => {
  it('are listed with where they come from, last used first', async () => {
    const op = await openOp();
    await obtainCode(op);
    op.clock.now += 60;
    await obtainCode(op);
    const found = await listOwnSessions(await aliceOf(op), op.instance.engine());
    assertEquals(found.map(({ record }) => record.last_used_at), [
      op.clock.now,
      op.clock.now - 60,
    ]);
    assertEquals(found.map(({ record }) => record.address), ['203.0.113.7', '203.0.113.7']);
  });

  it('end one by one, and only by whom they belong to', async () => {
    const op = await openOp();
    const browser = op.browser();
    await obtainCode(op, {}, browser);
    const engine = op.instance.engine();
    const [session] = await listOwnSessions(await aliceOf(op), engine);
    const sid = session?.record.sid ?? '';
    const user = await aliceOf(op);
    assertFalse(await endSessionById({ sid, user: 'somebody else' }, 'logout', engine));
    assert(await endSessionById({ sid, user }, 'logout', engine));
    assertFalse(await endSessionById({ sid, user }, 'logout', engine));
    assert(has(await browser.get(authorizationUrl()), 'username'));
    assertEquals(await keysBelow(op, userSessions.name), 0);
  });

  it('T102: are not listed, nor kept, beyond their limits', async () => {
    const op = await openOp();
    await obtainCode(op);
    op.clock.now += 8 * 86_400;
    const engine = op.instance.engine();
    assertEquals(await listOwnSessions(await aliceOf(op), engine), []);
    await tendSessions(engine, { isWhole: false });
    assertEquals(await keysBelow(op, userSessions.name), 0);
  });
});
