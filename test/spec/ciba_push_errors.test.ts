/** CIBA Core 1.0 §12: what clients in mode push are told when there are no tokens. */
import { describe, it } from 'node:test';
import { addClient, removeClient } from '../../src/engine/administration/clients.ts';
import { revokeGrantById } from '../../src/engine/administration/grants.ts';
import { tendBackchannelRequests } from '../../src/engine/ciba/push.ts';
import { endSessionsOf } from '../../src/engine/logout/end_session.ts';
import { backchannelDue, endedDeliveries } from '../../src/store/collections.ts';
import { openMemoryStore } from '../../src/store/memory.ts';
import type { Change, Store } from '../../src/store/store.ts';
import { assert, assertEquals } from '../support/assert.ts';
import { answerAsAlice, openCibaOp, openRequests, pollCiba } from '../support/ciba.ts';
import { asked, bodyOf, openTold, PUSH, settled, TOKEN } from '../support/ciba_told.ts';
import { assertRefused } from '../support/flow.ts';
import { basic, CLI, CLIENT_SECRET, ISSUER, type Op } from '../support/op.ts';
import { type Posts, recordPosts } from '../support/posts.ts';
import { eventually } from '../store/directories.ts';

async function tend(op: Op): Promise<void> {
  await tendBackchannelRequests(op.instance.engine());
  await settled(op);
}

async function marksIn({ store }: Pick<Op, 'store'>): Promise<number> {
  let count = 0;
  for await (const _ of backchannelDue.list(store, [ISSUER])) count += 1;
  return count;
}

function told({ all }: Posts): readonly (readonly unknown[])[] {
  return all.map(bodyOf).map(({ auth_req_id, error }) => [auth_req_id, error]);
}

/** Looks once more at what did not get through. */
async function again(op: Op): Promise<void> {
  op.clock.now += 3;
  op.instance.engine().deliveries.soon();
  await settled(op);
}

describe('CIBA §12: expired_token', () => {
  it('is told once nobody has answered in time, and not before', async () => {
    const posts = recordPosts(() => 204);
    const op = await openTold(posts);
    const { auth_req_id, expires_in } = await asked(op, 'push', { requested_expiry: '60' });
    assertEquals(expires_in, 60);
    op.clock.now += 59;
    await tend(op);
    assertEquals([told(posts), await marksIn(op)], [[], 1]);
    op.clock.now += 1;
    await tend(op);
    await tend(op);
    const [only] = posts.all;
    assertEquals(posts.all.length, 1);
    assertEquals(JSON.parse(only?.body ?? ''), {
      auth_req_id,
      error: 'expired_token',
      error_description: 'the person has not answered in time',
    });
    assertEquals(only?.headers['authorization'], `Bearer ${TOKEN}`);
    assertEquals(await marksIn(op), 0);
    const late = await openRequests(op.browser());
    assert(late.text.includes('id="no-requests"'));
    await op.close();
  });

  it('whoever answers in time leaves nothing of it; whoever polls or is pinged hears nothing', async () => {
    const posts = recordPosts(() => 204);
    const op = await openTold(posts);
    for (const answer of ['accept', 'deny'] as const) {
      await asked(op, 'push');
      await answerAsAlice(op, answer);
      op.clock.now += 10;
    }
    assertEquals(await marksIn(op), 0);
    const { auth_req_id } = await asked(op, 'ping');
    await settled(op);
    const before = posts.all.length;
    op.clock.now += 301;
    await tend(op);
    assertEquals(posts.all.length, before);
    await assertRefused(await pollCiba(op, auth_req_id, {}, basic('ping')), 'expired_token');
    await op.close();
  });

  it('is told of many at once, and by one of two processes', async () => {
    const inner = openMemoryStore({ now: () => 1_800_000_000 });
    const store = { ...inner, close: () => Promise.resolve() };
    const posts = recordPosts(() => 204);
    const one = await openTold(posts, { store });
    const two = await openTold(posts, { store, people: false });
    const ids: string[] = [];
    for (let i = 0; i < 5; i += 1) {
      ids.push((await asked(one, 'push', { requested_expiry: String(60 + i) })).auth_req_id);
    }
    for (const { clock } of [one, two]) clock.now += 64;
    await Promise.all([one, two].map(tend));
    for (const op of [one, two]) await settled(op);
    assertEquals(told(posts).toSorted(), ids.map((id) => [id, 'expired_token']).toSorted());
    await one.close();
    await two.close();
  });

  it('an answer in the moment of expiry and the expiry: one of them counts, and one is told', async () => {
    const memory = openMemoryStore({ now: () => 1_800_000_000 });
    const expiry: { run?: () => Promise<void> } = {};
    const store = before(
      memory,
      ({ put = [] }) => put.some(({ key }) => key[0] === 'grant'),
      () => {
        const { run } = expiry;
        delete expiry.run;
        return run?.() ?? Promise.resolve();
      },
    );
    const posts = recordPosts(() => 204);
    const op = await openTold(posts, { store });
    const { auth_req_id } = await asked(op, 'push');
    const browser = op.browser();
    const page = await openRequests(browser);
    expiry.run = async () => {
      op.clock.now += 300;
      await tendBackchannelRequests(op.instance.engine());
    };
    const done = await browser.submit(page, { decision: 'accept', scope: ['profile'] });
    assertEquals(done.url.searchParams.get('done'), 'request_over');
    await settled(op);
    assertEquals(told(posts), [[auth_req_id, 'expired_token']]);
    await op.close();
  });

  it('what expired while no server ran is told by the next, unless too long ago to be known', async () => {
    for (const [seconds, expected] of [[400, 1], [1000, 0]] as const) {
      const clock = { now: 1_800_000_000 };
      const inner = openMemoryStore({ now: () => clock.now });
      const store = { ...inner, close: () => Promise.resolve() };
      const first = await openTold(recordPosts(), { store });
      await asked(first, 'push');
      await first.close();
      const posts = recordPosts(() => 204);
      const second = await openTold(posts, { store, people: false });
      second.clock.now += seconds;
      clock.now += seconds;
      await tend(second);
      assertEquals(posts.all.length, expected);
      await second.close();
    }
  });

  it('is looked after by a server from its start', async () => {
    const posts = recordPosts(() => 204);
    const op = await openTold(posts);
    await asked(op, 'push');
    op.clock.now += 300;
    await eventually(() => Promise.resolve(posts.all.length === 1));
    await op.close();
  });
});

describe('CIBA §12: transaction_failed', () => {
  type End = (op: Op, user: string) => Promise<unknown>;
  const ENDS: Readonly<Record<string, End>> = {
    'the person is disabled': (op, user) => op.instance.directory.disable(user),
    'the session ends': (op, user) => endSessionsOf(user, 'logout', op.instance.engine()),
    async 'the grant is revoked'(op) {
      for await (const { key } of op.store.list(['grant'])) {
        await revokeGrantById(key.at(-1) ?? '', CLI, op.instance.engine());
      }
    },
  };
  for (const [name, end] of Object.entries(ENDS)) {
    it(`${name} before what was approved has got through`, async () => {
      const posts = recordPosts(() => 503);
      const op = await openTold(posts);
      const { auth_req_id } = await asked(op, 'push', { scope: 'openid profile' });
      await answerAsAlice(op);
      await settled(op);
      assertEquals(told(posts), [[auth_req_id, undefined]]);
      const alice = await op.instance.directory.findByUsername('alice');
      await end(op, alice?.id ?? '');
      await again(op);
      assertEquals(posts.all.slice(1).map(({ body }) => JSON.parse(body)), [{
        auth_req_id,
        error: 'transaction_failed',
        error_description: 'what the person approved has ended',
      }]);
      await op.close();
    });
  }
});

describe('CIBA §10.3.1: a client that is changed before what was approved has got through', () => {
  /** What it is told at last, of what was approved before. */
  async function toldAfter(changes: object): Promise<Readonly<Record<string, unknown>>> {
    const first = await openTold(recordPosts(() => 503));
    await asked(first, 'push', { scope: 'openid profile' });
    await answerAsAlice(first);
    await settled(first);
    const store = { ...first.store, close: () => Promise.resolve() };
    const posts = recordPosts(() => 204);
    const options = { store, people: false, outbound: posts.outbound };
    const later = await openCibaOp([{ ...PUSH, ...changes }], {}, options);
    await again(later);
    assertEquals(posts.all.length, 1);
    return JSON.parse(posts.all[0]?.body ?? '{}') as Record<string, unknown>;
  }

  it('gets no scope that was taken from it', async () => {
    const { scope, error } = await toldAfter({ scope: 'openid email' });
    assertEquals([scope, error], ['openid', undefined]);
  });

  it('whose tokens must be bound by now gets none: transaction_failed', async () => {
    const poll = { backchannel_token_delivery_mode: 'poll', dpop_bound_access_tokens: true };
    assertEquals((await toldAfter(poll))['error'], 'transaction_failed');
  });
});

describe('T086: a later client of the same name', () => {
  /** Another of the name, by the time that the earlier one's request is to be answered. */
  async function withSuccessor(run: (op: Op, posts: Posts) => Promise<void>): Promise<void> {
    const posts = recordPosts(() => 204);
    const op = await openCibaOp([], {}, { outbound: posts.outbound });
    const engine = op.instance.engine();
    const { client_id, client_secret: _, ...metadata } = PUSH;
    const secret = { kind: 'given', secret: CLIENT_SECRET } as const;
    const add = () => addClient(client_id, metadata, secret, CLI, engine);
    assertEquals((await add()).kind, 'done');
    op.clock.now += 10;
    await asked(op, 'push', { scope: 'openid profile' });
    op.clock.now += 10;
    assertEquals((await removeClient(client_id, CLI, engine)).kind, 'done');
    assertEquals((await add()).kind, 'done');
    op.clock.now += 10;
    await run(op, posts);
    assertEquals(posts.all, []);
    await op.close();
  }

  it('is not what a person approves: nobody is asked for the earlier one', () =>
    withSuccessor(async (op) => {
      const page = await openRequests(op.browser());
      assert(page.text.includes('id="no-requests"'));
    }));

  it('is not told that nobody has answered the earlier one', () =>
    withSuccessor(async (op) => {
      op.clock.now += 300;
      await tend(op);
      assertEquals(await marksIn(op), 0);
    }));
});

describe('CIBA §10.3.1: the notification endpoint of mode push', () => {
  for (const status of [301, 307, 400, 401, 403, 404]) {
    it(`${status} ends it: nothing is sent again, nor to anywhere else`, async () => {
      const posts = recordPosts(() => status);
      const op = await openTold(posts);
      await asked(op, 'push');
      await answerAsAlice(op);
      await settled(op);
      await again(op);
      assertEquals(posts.all.length, 1);
      const outcomes: string[] = [];
      for await (const { value } of endedDeliveries.list(op.store, [ISSUER])) {
        outcomes.push(`${value.outcome} ${value.last?.status}`);
      }
      assertEquals(outcomes, [`given_up ${status}`]);
      await op.close();
    });
  }
});

/** The same store, with something done before each commit that the test names. */
function before(store: Store, names: (change: Change) => boolean, run: () => Promise<void>): Store {
  return {
    ...store,
    async commit(change) {
      if (names(change)) await run();
      return await store.commit(change);
    },
  };
}
