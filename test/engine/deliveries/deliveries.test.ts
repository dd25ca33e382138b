import { describe, it } from 'node:test';
import {
  addClient,
  removeClient,
  updateClient,
} from '../../../src/engine/administration/clients.ts';
import {
  pageDeliveries,
  retryDelivery,
  showDelivery,
} from '../../../src/engine/administration/deliveries.ts';
import { createCourier, withDeliveries } from '../../../src/engine/deliveries/deliveries.ts';
import { deliveryPuts, MAX_WAITING } from '../../../src/engine/deliveries/new_delivery.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import type { Collection } from '../../../src/store/collection.ts';
import { deliveries, endedDeliveries } from '../../../src/store/collections.ts';
import { CIBA_GRANT } from '../../../src/spec/identifiers.ts';
import { openMemoryStore } from '../../../src/store/memory.ts';
import type { DeliveryRecord, EndedDeliveryRecord } from '../../../src/store/records.ts';
import type { Key, ListOptions, Store } from '../../../src/store/store.ts';
import { assert, assertEquals, assertStringIncludes } from '../../support/assert.ts';
import { openIssuers, PATH, ROOT } from '../../support/issuers.ts';
import { CLI, CLIENT, ISSUER, type Op, openOp } from '../../support/op.ts';
import { type Posts, recordPosts } from '../../support/posts.ts';

const APP = { ...CLIENT, backchannel_logout_uri: 'https://app.example/logout' };

async function withOp(
  posts: Posts,
  work: (op: Op, engine: Engine) => Promise<void>,
): Promise<void> {
  const op = await openOp({ config: { clients: [APP] }, outbound: posts.outbound });
  try {
    await work(op, op.instance.engine());
  } finally {
    await op.close();
  }
}

/** Has the client told of the end of a session. */
async function tell(engine: Engine, sid = 'sid', client_id = 'app'): Promise<void> {
  const delivery = { kind: 'backchannel_logout', client_id, sid, content: { sid } } as const;
  assertEquals(await engine.store.commit({ put: deliveryPuts(delivery, engine) }), 'committed');
}

function waiting({ store }: Pick<Op, 'store'>): Promise<readonly DeliveryRecord[]> {
  return valuesOf(deliveries, store);
}

function ended({ store }: Pick<Op, 'store'>): Promise<readonly EndedDeliveryRecord[]> {
  return valuesOf(endedDeliveries, store);
}

async function valuesOf<V>(collection: Collection<V>, store: Store): Promise<readonly V[]> {
  const values: V[] = [];
  for await (const { value } of collection.list(store, [ISSUER])) values.push(value);
  return values;
}

describe('Deliveries', () => {
  it('what is committed is sent at once, and what became of it is kept for two weeks', async () => {
    const posts = recordPosts(() => 204);
    await withOp(posts, async (op, engine) => {
      await tell(engine);
      await engine.deliveries.settled();
      assertEquals(posts.all.map(({ url }) => url), ['https://app.example/logout']);
      assertEquals(await waiting(op), []);
      const [only] = await ended(op);
      assertEquals(
        [only?.outcome, only?.attempts, only?.client_id, only?.sid, only?.last?.status],
        ['delivered', 1, 'app', 'sid', 204],
      );
      // Nothing of the person stays.
      assertEquals(only?.content, {});
      op.clock.now += 14 * 86_400 + 1;
      assertEquals(await ended(op), []);
    });
  });

  it('what is not committed is not sent', async () => {
    const posts = recordPosts();
    await withOp(posts, async (op, engine) => {
      const delivery = {
        kind: 'backchannel_logout',
        client_id: 'app',
        content: { sid: 'sid' },
      } as const;
      const outcome = await engine.store.commit({
        check: [{ key: ['nothing'], version: '1' }],
        put: deliveryPuts(delivery, engine),
      });
      engine.deliveries.soon();
      await engine.deliveries.settled();
      assertEquals([outcome, posts.all.length, await waiting(op)], ['conflict', 0, []]);
    });
  });

  const answers = [
    { name: '500', answer: 500, isRetried: true },
    { name: '503', answer: 503, isRetried: true },
    { name: '408', answer: 408, isRetried: true },
    { name: '429', answer: 429, isRetried: true },
    { name: 'no answer', answer: { ok: false, problem: 'the request failed' }, isRetried: true },
    { name: '400', answer: 400, isRetried: false },
    { name: '404', answer: 404, isRetried: false },
    { name: 'a redirect', answer: 307, isRetried: false },
  ] as const;
  for (const { name, answer, isRetried } of answers) {
    it(`T073: after ${name} it is ${isRetried ? 'tried again' : 'given up'}`, async () => {
      const posts = recordPosts(() => answer);
      await withOp(posts, async (op, engine) => {
        await tell(engine);
        await engine.deliveries.settled();
        const [record] = isRetried ? await waiting(op) : await ended(op);
        assertEquals([record?.attempts, posts.all.length], [1, 1]);
        assert(record?.last?.problem !== undefined);
        assertEquals((await ended(op)).length, isRetried ? 0 : 1);
      });
    });
  }

  it('Back-Channel Logout §2.8: the error code of a refusal is kept, and nothing else of its body', async () => {
    const bodies = [
      '{"error":"invalid_request","error_description":"secret"}',
      '{"error":7}',
      '<p>',
    ];
    const posts = recordPosts(() => ({ ok: true, status: 400, body: bodies.shift() ?? '' }));
    await withOp(posts, async (op, engine) => {
      for (const sid of ['a', 'b', 'c']) {
        await tell(engine, sid);
        await engine.deliveries.settled();
        op.clock.now += 1;
      }
      assertEquals((await ended(op)).map(({ last }) => last?.problem).toReversed(), [
        'the answer has status 400: invalid_request',
        'the answer has status 400',
        'the answer has status 400',
      ]);
    });
  });

  it('T073: attempts come ever more rarely, each a little early or late, and end', async () => {
    const posts = recordPosts(() => 500);
    await withOp(posts, async (op, engine) => {
      await tell(engine);
      await engine.deliveries.settled();
      const pauses: number[] = [];
      for (let [record] = await waiting(op); record !== undefined; [record] = await waiting(op)) {
        const count = posts.all.length;
        const failed = op.log.findLast((line) => line.includes('"delivery.failed"')) ?? '';
        const { next_at, at } = JSON.parse(failed) as { next_at: string; at?: number };
        assertEquals([next_at, at], [new Date(record.due_at * 1000).toISOString(), undefined]);
        pauses.push(record.due_at - op.clock.now);
        op.clock.now = record.due_at - 0.01;
        engine.deliveries.soon();
        await engine.deliveries.settled();
        assertEquals(posts.all.length, count);
        op.clock.now = record.due_at;
        engine.deliveries.soon();
        await engine.deliveries.settled();
        assertEquals(posts.all.length, count + 1);
      }
      const nominal = [5, 30, 120, 600, 1800, 7200];
      assertEquals(pauses.length, nominal.length);
      for (const [i, pause] of pauses.entries()) {
        const seconds = nominal[i] ?? 0;
        assert(pause >= 0.8 * seconds && pause <= 1.2 * seconds, `${pause} is not near ${seconds}`);
      }
      const [only] = await ended(op);
      assertEquals([only?.outcome, only?.attempts, posts.all.length], ['given_up', 7, 7]);
      assert(op.log.some((line) => line.includes('"delivery.given_up"')));
    });
  });

  it('T073: a client that is dead for long has a bounded number waiting; others are told as ever', async () => {
    const posts = recordPosts(({ url }) => url.includes('app.example') ? 500 : 200);
    const other = { ...APP, client_id: 'other', backchannel_logout_uri: 'https://other.example/l' };
    const op = await openOp({ config: { clients: [APP, other] }, outbound: posts.outbound });
    try {
      const engine = op.instance.engine();
      for (let i = 0; i < MAX_WAITING + 3; i += 1) await tell(engine, `sid${i}`);
      await tell(engine, 'sid', 'other');
      await engine.deliveries.settled();
      assertEquals((await waiting(op)).length, MAX_WAITING);
      const all = await ended(op);
      const givenUp = all.filter(({ outcome }) => outcome === 'given_up');
      assertEquals(givenUp.map(({ attempts }) => attempts), [0, 0, 0]);
      assertEquals(
        all.filter(({ client_id }) => client_id === 'other').map((each) => each.outcome),
        [
          'delivered',
        ],
      );
    } finally {
      await op.close();
    }
  });

  it('T115: a client that never answers delays nobody, and gets no more than two at once', async () => {
    const never = Promise.withResolvers<number>();
    const posts = recordPosts(({ url }) => url.includes('dead.example') ? never.promise : 200);
    const dead = { ...APP, client_id: 'dead', backchannel_logout_uri: 'https://dead.example/l' };
    const op = await openOp({ config: { clients: [APP, dead] }, outbound: posts.outbound });
    try {
      const engine = op.instance.engine();
      for (let i = 0; i < 5; i += 1) await tell(engine, `sid${i}`, 'dead');
      for (let i = 0; i < 5; i += 1) await tell(engine, `sid${i}`);
      while ((await ended(op)).length < 5) await new Promise((resolve) => setTimeout(resolve, 1));
      assertEquals((await ended(op)).map(({ client_id }) => client_id), Array(5).fill('app'));
      assertEquals(posts.all.filter(({ url }) => url.includes('dead.example')).length, 2);
      never.resolve(200);
      await engine.deliveries.settled();
      assertEquals((await ended(op)).length, 10);
    } finally {
      never.resolve(200);
      await op.close();
    }
  });

  it('T115: where a client never answers of one kind, it is told of the others as ever', async () => {
    const never = Promise.withResolvers<number>();
    const posts = recordPosts(({ url }) => url.endsWith('/logout') ? never.promise : 200);
    const bank = {
      ...APP,
      client_id: 'bank',
      grant_types: [...CLIENT.grant_types, CIBA_GRANT],
      backchannel_token_delivery_mode: 'ping',
      backchannel_client_notification_endpoint: 'https://app.example/ping',
    };
    const op = await openOp({ config: { clients: [bank] }, outbound: posts.outbound });
    try {
      const engine = op.instance.engine();
      for (let i = 0; i < MAX_WAITING; i += 1) await tell(engine, `sid${i}`, 'bank');
      const ping = { kind: 'ciba_ping', client_id: 'bank', content: { request: 'gone' } } as const;
      await engine.store.commit({ put: deliveryPuts(ping, engine) });
      while ((await ended(op)).length < 1) await new Promise((resolve) => setTimeout(resolve, 1));
      // It has had its turn, and found that the request is over.
      const [only] = await ended(op);
      assertEquals([only?.kind, only?.attempts], ['ciba_ping', 1]);
    } finally {
      never.resolve(200);
      await op.close();
    }
  });

  it('the client’s current URL counts, and what it does not want any more falls', async () => {
    const posts = recordPosts(() => 500);
    await withOp(posts, async (op, engine) => {
      const again = async (): Promise<void> => {
        op.clock.now = (await waiting(op))[0]?.due_at ?? 0;
        engine.deliveries.soon();
        await engine.deliveries.settled();
      };
      const at = (path: string) => ({ backchannel_logout_uri: `https://stored.example/${path}` });
      const metadata = { redirect_uris: APP.redirect_uris, ...at('a') };
      await addClient('stored', metadata, { kind: 'mint' }, CLI, engine);
      await tell(engine, 'sid', 'stored');
      await engine.deliveries.settled();
      await updateClient('stored', at('b'), CLI, engine);
      await again();
      await removeClient('stored', CLI, engine);
      op.clock.now += 1;
      // Of the same name, and not the one that the message is for.
      await addClient('stored', metadata, { kind: 'mint' }, CLI, engine);
      await again();
      assertEquals(posts.all.map(({ url }) => url), [
        'https://stored.example/a',
        'https://stored.example/b',
      ]);
      const [only] = await ended(op);
      assertEquals([only?.outcome, only?.last?.problem], ['given_up', 'there is no such client']);
    });
  });

  it('what had to wait for its turn goes to where the client wants it by then', async () => {
    const hold = Promise.withResolvers<number>();
    const posts = recordPosts(({ url }) => url.endsWith('/a') ? hold.promise : 200);
    await withOp(posts, async (op, engine) => {
      const at = (path: string) => ({ backchannel_logout_uri: `https://stored.example/${path}` });
      const metadata = { redirect_uris: APP.redirect_uris, ...at('a') };
      await addClient('stored', metadata, { kind: 'mint' }, CLI, engine);
      for (let i = 0; i < 3; i += 1) await tell(engine, `sid${i}`, 'stored');
      while (posts.all.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
      await updateClient('stored', at('b'), CLI, engine);
      hold.resolve(200);
      await engine.deliveries.settled();
      assertEquals(posts.all.map(({ url }) => url.slice(-2)), ['/a', '/a', '/b']);
      assertEquals((await ended(op)).map(({ outcome }) => outcome), Array(3).fill('delivered'));
    });
  });

  it('what cannot be made is tried again, and told', async () => {
    const posts = recordPosts();
    const keyless = {
      ...APP,
      jwks_uri: 'https://app.example/jwks',
      id_token_encrypted_response_alg: 'RSA-OAEP-256',
    };
    const op = await openOp({ config: { clients: [keyless] }, outbound: posts.outbound });
    try {
      const engine = op.instance.engine();
      await tell(engine);
      await engine.deliveries.settled();
      const [record] = await waiting(op);
      assertEquals([record?.attempts, posts.all.length], [1, 0]);
      assertStringIncludes(record?.last?.problem ?? '', 'no key for RSA-OAEP-256');
      assertEquals(posts.fetched.map(({ isForPost }) => isForPost), [true]);
    } finally {
      await op.close();
    }
  });

  it('messages of one issuer are nothing at another', async () => {
    const issuers = await openIssuers();
    try {
      const [one, other] = [issuers.engine(ROOT), issuers.engine(PATH)];
      const delivery = { kind: 'backchannel_logout', client_id: 'app', content: {} } as const;
      const [put] = deliveryPuts(delivery, one);
      assert(put !== undefined);
      await one.store.commit({ put: [put] });
      await one.deliveries.settled();
      const id = put.key[2] ?? '';
      assertEquals((await showDelivery(id, one)).kind, 'done');
      assertEquals((await showDelivery(id, other)).kind, 'refused');
      assertEquals((await retryDelivery(id, CLI, other)).kind, 'refused');
      assertEquals((await pageDeliveries({}, { limit: 9 }, other)).items, []);
      assertEquals((await pageDeliveries({}, { limit: 9 }, one)).items.length, 1);
    } finally {
      await issuers.close();
    }
  });

  it('what waited when a process ended is sent by the next one on the store', async () => {
    const store = openMemoryStore({ now: () => 1_800_000_000 });
    const kept = { ...store, close: () => Promise.resolve() };
    const first = recordPosts(() => 503);
    const one = await openOp({ config: { clients: [APP] }, outbound: first.outbound, store: kept });
    await tell(one.instance.engine());
    await one.instance.engine().deliveries.settled();
    assertEquals(first.all.length, 1);
    await one.close();
    const second = recordPosts();
    const two = await openOp({
      config: { clients: [APP] },
      outbound: second.outbound,
      store: kept,
      people: false,
    });
    try {
      const { deliveries } = two.instance.engine();
      await deliveries.settled();
      assertEquals(second.all.length, 0);
      two.clock.now += 10;
      deliveries.soon();
      await deliveries.settled();
      assertEquals([second.all.length, (await ended(two))[0]?.attempts], [1, 2]);
    } finally {
      await two.close();
    }
  });

  it('T073: two processes on one store send each message once, and one takes over what the other left', async () => {
    const store = openMemoryStore({ now: () => 1_800_000_000 });
    const kept = { ...store, close: () => Promise.resolve() };
    const hold = Promise.withResolvers<number>();
    const [first, second] = [recordPosts(() => hold.promise), recordPosts()];
    const config = { clients: [APP] };
    const one = await openOp({ config, outbound: first.outbound, store: kept });
    const two = await openOp({ config, outbound: second.outbound, store: kept, people: false });
    const [a, b] = [one.instance.engine(), two.instance.engine()];
    try {
      await tell(a);
      while (first.all.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      // What the other has under way is not touched, however often it is looked at …
      two.clock.now += 61;
      b.deliveries.soon();
      await b.deliveries.settled();
      assertEquals([first.all.length, second.all.length], [1, 0]);
      // … until nobody can be at it any more.
      two.clock.now += 100;
      b.deliveries.soon();
      await b.deliveries.settled();
      assertEquals([first.all.length, second.all.length], [1, 1]);
      hold.resolve(200);
      await a.deliveries.settled();
      assertEquals((await ended(two)).map(({ attempts }) => attempts), [2]);
      assertEquals(await waiting(two), []);
      for (let i = 0; i < 20; i += 1) await tell(i % 2 === 0 ? a : b, `sid${i}`);
      one.clock.now = two.clock.now += 61;
      a.deliveries.soon();
      b.deliveries.soon();
      await Promise.all([a.deliveries.settled(), b.deliveries.settled()]);
      assertEquals(first.all.length + second.all.length, 22);
    } finally {
      hold.resolve(200);
      await one.close();
      await two.close();
    }
  });

  it('a clock that is set back keeps nothing from being sent, nor from being found', async () => {
    const statuses = [503];
    const posts = recordPosts(() => statuses.shift() ?? 200);
    await withOp(posts, async (op, engine) => {
      op.clock.now += 86_400;
      await tell(engine);
      await engine.deliveries.settled();
      assertEquals(posts.all.length, 1);
      op.clock.now -= 86_400;
      // As another process writes it.
      const delivery = { kind: 'backchannel_logout', client_id: 'app', content: {} } as const;
      await op.store.commit({ put: deliveryPuts(delivery, engine) });
      engine.deliveries.soon();
      await engine.deliveries.settled();
      assertEquals([posts.all.length, await waiting(op)], [3, []]);
    });
  });

  for (const isAlone of [true, false]) {
    it(
      `all that waits is read ${
        isAlone ? 'once where nobody else can write' : 'again and again where others may write'
      }, and until it could be read`,
      async () => {
        const posts = recordPosts(() => 503);
        await withOp(posts, async (op, own) => {
          const reads: string[] = [];
          let isReadable = false;
          const courier = createCourier(own);
          const store: Store = {
            ...op.store,
            // What tells a file store, which is one process’s alone.
            ...isAlone && { verify: () => {}, compact: () => {} },
            list<V>(prefix: Key, options?: ListOptions) {
              if (prefix[0] === deliveries.name) reads.push(isReadable ? 'read' : 'failed');
              if (!isReadable) throw new Error('the disk is away');
              return op.store.list<V>(prefix, options);
            },
          };
          const look = async (): Promise<void> => {
            op.clock.now += 61;
            courier.soon();
            await courier.settled();
          };
          courier.follow([{ ...own, store: withDeliveries(store, courier), deliveries: courier }]);
          await courier.settled();
          await look();
          isReadable = true;
          for (let i = 0; i < 3; i += 1) await look();
          await courier.close(1);
          const again = isAlone ? [] : ['read', 'read'];
          assertEquals(reads, ['failed', 'failed', 'read', ...again]);
        });
      },
    );
  }

  it('T073: the more waits, the more seldom somebody looks at all of it', async () => {
    const posts = recordPosts();
    await withOp(posts, async (_op, own) => {
      let asked = 0;
      const courier = createCourier({
        now() {
          asked += 1;
          return own.now();
        },
        log: own.log,
      });
      courier.follow([own]);
      const message = (id: string) => ({
        key: deliveries.key(ISSUER, id),
        value: { kind: 'backchannel_logout', client_id: 'app', due_at: own.now() + 3600 },
      });
      courier.noted({ put: Array.from({ length: 50_000 }, (_, i) => message(`id${i}`)) });
      await courier.settled();
      asked = 0;
      for (let i = 0; i < 100; i += 1) {
        courier.noted({ put: [message('one more')] });
        await new Promise((resolve) => setImmediate(resolve));
      }
      await courier.settled();
      assert(asked < 100, String(asked));
      await courier.close(1);
    });
  });

  it('stopping waits for what is under way, and begins nothing more', async () => {
    const hold = Promise.withResolvers<number>();
    const posts = recordPosts(() => hold.promise);
    await withOp(posts, async (op, own) => {
      const courier = createCourier({ now: own.now, log: own.log });
      const engine: Engine = {
        ...own,
        store: withDeliveries(op.store, courier),
        deliveries: courier,
      };
      courier.follow([engine]);
      for (let i = 0; i < 4; i += 1) await tell(engine, `sid${i}`);
      while (posts.all.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
      const closed = courier.close(60);
      hold.resolve(200);
      await closed;
      assertEquals([posts.all.length, (await ended(op)).length], [2, 2]);
      assertEquals((await waiting(op)).map(({ attempts }) => attempts), [0, 0]);
    });
  });

  it('stopping does not wait for ever', async () => {
    const hold = Promise.withResolvers<number>();
    const posts = recordPosts(() => hold.promise);
    await withOp(posts, async (op, own) => {
      const courier = createCourier({ now: own.now, log: own.log });
      const engine: Engine = {
        ...own,
        store: withDeliveries(op.store, courier),
        deliveries: courier,
      };
      courier.follow([engine]);
      await tell(engine);
      while (posts.all.length < 1) await new Promise((resolve) => setTimeout(resolve, 1));
      await courier.close(0.01);
      assertEquals((await waiting(op)).map(({ claimed }) => claimed), [true]);
      hold.resolve(200);
      await courier.settled();
    });
  });
});
