/** A session with more clients than it has room for, and than one commit can tell of its end. */
import { describe, it } from 'node:test';
import { withdrawApplication } from '../../../src/engine/applications.ts';
import { endSessionById } from '../../../src/engine/logout/end_session.ts';
import { tellRest } from '../../../src/engine/logout/notices.ts';
import { tendSessions } from '../../../src/engine/logout/tend_sessions.ts';
import { putSession } from '../../../src/engine/session.ts';
import {
  deliveries,
  endedDeliveries,
  sessions,
  sessionsUntold,
} from '../../../src/store/collections.ts';
import type { Store } from '../../../src/store/store.ts';
import { assert, assertEquals, assertRejects } from '../../support/assert.ts';
import { type Browser, has } from '../../support/browser.ts';
import { obtainCode } from '../../support/flow.ts';
import { CLIENT, ISSUER, type Op, openOp } from '../../support/op.ts';
import { sidIn } from '../../support/session_world.ts';

const IDS = Array.from({ length: 200 }, (_, index) => `app${index}`);
const [EARLIER, LATEST] = [IDS.slice(0, 150), IDS.slice(150)];
const CLIENTS = IDS.map((client_id) => ({
  ...CLIENT,
  client_id,
  backchannel_logout_uri: 'https://app.example/told',
  frontchannel_logout_uri: `https://app.example/framed/${client_id}`,
}));
const PORTAL = { ...CLIENT, client_id: 'portal' };

interface World {
  readonly op: Op;
  readonly browser: Browser;
  readonly sid: string;
  readonly user: string;
}

async function withWorld(work: (world: World) => Promise<void>): Promise<void> {
  const op = await openOp({ config: { clients: [PORTAL, ...CLIENTS] } });
  const browser = op.browser();
  await obtainCode(op, { client_id: 'portal' }, browser);
  const sid = sidIn(browser);
  const entry = await sessions.get(op.store, ISSUER, sid);
  assert(entry !== undefined);
  const at = op.clock.now;
  const session = {
    ...entry.value,
    earlier_clients: EARLIER.map((client_id) => ({ client_id, at })),
    clients: LATEST.map((client_id) => ({ client_id, at, scope: ['openid'], resource: [] })),
  };
  await op.store.commit({ put: putSession(session, op.instance.engine()) });
  await work({ op, browser, sid, user: session.user });
  await op.close();
}

/** Whom messages are for, waiting or ended. */
async function toldIn({ store }: Op): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const collection of [deliveries, endedDeliveries]) {
    for await (const { value } of collection.list(store, [ISSUER])) ids.push(value.client_id);
  }
  return ids.toSorted();
}

async function untoldIn({ store }: Op): Promise<number> {
  let count = 0;
  for await (const { value } of sessionsUntold.list(store, [ISSUER])) count += value.clients.length;
  return count;
}

describe('Back-Channel Logout §2.3: a session with very many clients', () => {
  it('each of them is told of its end, once', () =>
    withWorld(async ({ op, sid }) => {
      assert(await endSessionById({ sid }, 'logout', op.instance.engine()));
      assertEquals(await toldIn(op), IDS.toSorted());
      assertEquals(await untoldIn(op), 0);
      const line = op.log.find((each) => each.includes('"session.ended"')) ?? '{}';
      assertEquals((JSON.parse(line) as { clients: unknown }).clients, IDS);
    }));

  it('kill -9 in between: the next start tells the others', async () => {
    for (const made of [1, 2]) {
      await withWorld(async ({ op, sid }) => {
        const engine = op.instance.engine();
        const killed = { ...engine, store: killedAfter(made, engine.store) };
        await assertRejects(() => endSessionById({ sid }, 'logout', killed), Error, 'killed');
        assertEquals(await sessions.get(op.store, ISSUER, sid), undefined);
        const told = await toldIn(op);
        assertEquals([told.length, await untoldIn(op)], [80 * made, 200 - 80 * made]);
        await tendSessions(engine, { isWhole: true });
        assertEquals(await toldIn(op), IDS.toSorted());
        assertEquals(await untoldIn(op), 0);
      });
    }
  });

  it('T117: however many tell the others at once, each is told once', () =>
    withWorld(async ({ op, sid }) => {
      const engine = op.instance.engine();
      const killed = { ...engine, store: killedAfter(1, engine.store) };
      await assertRejects(() => endSessionById({ sid }, 'logout', killed), Error, 'killed');
      await Promise.all(Array.from({ length: 20 }, () => tellRest(sid, engine)));
      assertEquals(await toldIn(op), IDS.toSorted());
    }));

  it('one of the earliest is told when the person takes back what it may do, and not again', () =>
    withWorld(async ({ op, sid, user }) => {
      const engine = op.instance.engine();
      await withdrawApplication(user, 'app3', engine);
      assertEquals(await toldIn(op), ['app3']);
      assert(await endSessionById({ sid }, 'logout', engine));
      assertEquals(await toldIn(op), IDS.toSorted());
    }));

  it('T116: the page frames the fifty that were used last', () =>
    withWorld(async ({ op, browser }) => {
      const page = await browser.submit(await browser.get('/end_session'), { decision: 'logout' });
      assert(has(page, 'logged-out'));
      const framed = page.text.match(/(?<=framed\/)\w+/g) ?? [];
      assertEquals([...framed], LATEST.toReversed());
      const line = op.log.find((each) => each.includes('"logout.not_framed"')) ?? '{}';
      assertEquals((JSON.parse(line) as { count: number }).count, EARLIER.length);
    }));
});

/** The same store, for a process that is killed after so many commits. */
function killedAfter(made: number, store: Store): Store {
  let left = made;
  return {
    ...store,
    commit(change) {
      left -= 1;
      return left < 0 ? Promise.reject(new Error('killed')) : store.commit(change);
    },
  };
}
