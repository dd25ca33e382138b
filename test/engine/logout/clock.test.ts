/** T102: what a new password cuts off, whatever becomes of the clock. */
import { describe, it } from 'node:test';
import { answerBackchannelRequest } from '../../../src/engine/administration/backchannel_requests.ts';
import { setPersonPassword } from '../../../src/engine/administration/people.ts';
import { sha256 } from '../../../src/keys/digest.ts';
import { assert, assertEquals, assertFalse } from '../../support/assert.ts';
import { acknowledged, openCibaOp, pollCiba } from '../../support/ciba.ts';
import { ALICE, isActive, obtainTokens, refresh, tokensOf, userinfo } from '../../support/flow.ts';
import { CLI, type Op, openOp, PASSWORD } from '../../support/op.ts';
import { openSurfer, withProxied } from '../../support/proxied.ts';
import { leftOf } from '../../support/session_world.ts';

const HOUR = 3600;
const OFFLINE = { scope: 'openid offline_access', prompt: 'consent' } as const;

async function withOp(work: (op: Op) => Promise<void>): Promise<void> {
  const op = await openOp();
  try {
    await work(op);
  } finally {
    await op.close();
  }
}

/** The same one, so that whoever signs in afterwards still can. */
async function setPassword(op: Op): Promise<void> {
  const user = await op.instance.directory.findByUsername(ALICE.username);
  assert(user !== undefined);
  const outcome = await setPersonPassword(user, PASSWORD, CLI, op.instance.engine());
  assertEquals(outcome.kind, 'done');
}

describe('T102: a clock that was set back', () => {
  it('after a new password: who signs in anew is granted what counts at once', () =>
    withOp(async (op) => {
      await setPassword(op);
      op.clock.now -= HOUR;
      const { access_token, refresh_token } = await obtainTokens(op, OFFLINE);
      assertEquals((await userinfo(op, access_token)).status, 200);
      const next = await tokensOf(await refresh(op, refresh_token));
      assert(await isActive(op, next.access_token));
    }));

  it('after a new password: an administrator may answer what a client asks of the person', async () => {
    const op = await openCibaOp();
    await setPassword(op);
    op.clock.now -= HOUR;
    const { auth_req_id } = await acknowledged(op);
    const id = sha256(auth_req_id);
    const outcome = await answerBackchannelRequest(id, 'approve', CLI, op.instance.engine());
    assertEquals(outcome.kind, 'done', JSON.stringify(outcome));
    const { access_token } = await tokensOf(await pollCiba(op, auth_req_id));
    assertEquals((await userinfo(op, access_token)).status, 200);
    await op.close();
  });

  it('after a new password: who comes to a protected host gets in', () =>
    withProxied(async (op) => {
      await setPassword(op);
      op.clock.now -= HOUR;
      const page = await openSurfer(op).signIn('https://app.example/');
      assertEquals([page.status, page.headers.get('remote-user')], [200, 'alice']);
    }));

  it('before a new password: what began by the clock that was ahead ends, too', () =>
    withOp(async (op) => {
      op.clock.now += HOUR;
      const { access_token, refresh_token } = await obtainTokens(op, OFFLINE);
      op.clock.now -= HOUR;
      assert(await isActive(op, access_token));
      await setPassword(op);
      assertEquals(await leftOf(op), { sessions: 0, grants: 0 });
      op.clock.now += 2 * HOUR;
      assertEquals((await refresh(op, refresh_token)).status, 400);
    }));

  it('between two new passwords: what began after the first ends with the second', () =>
    withOp(async (op) => {
      await setPassword(op);
      for (const back of [0, HOUR]) {
        op.clock.now -= back;
        const { access_token } = await obtainTokens(op, OFFLINE);
        assert(await isActive(op, access_token));
        await setPassword(op);
        assertFalse(await isActive(op, access_token));
        assertEquals(await leftOf(op), { sessions: 0, grants: 0 });
      }
    }));
});
