import { describe, it } from 'node:test';
import type { Engine } from '../../../src/engine/engine.ts';
import { endSessionById } from '../../../src/engine/logout/end_session.ts';
import { startSessionUpkeep } from '../../../src/engine/logout/session_upkeep.ts';
import { tendSessions } from '../../../src/engine/logout/tend_sessions.ts';
import { sessionsDue } from '../../../src/store/collections.ts';
import { openMemoryStore } from '../../../src/store/memory.ts';
import type { Change, Store } from '../../../src/store/store.ts';
import { assert, assertEquals } from '../../support/assert.ts';
import { obtainCode, obtainTokens, refresh } from '../../support/flow.ts';
import { basic, CLIENT, ISSUER, type Op, openOp } from '../../support/op.ts';
import {
  endsIn,
  leftOf,
  openSessionOp,
  openSessionWorld,
  redeemAs,
  SESSION_COOKIE,
  standingOf,
} from '../../support/session_world.ts';
import { eventually } from '../../store/directories.ts';

const LIMITS = { idle: '30m', absolute: '2h', remember: '3h' } as const;

function dueOnly(op: Op): Promise<void> {
  return tendSessions(op.instance.engine(), { isWhole: false });
}

function whole(op: Op): Promise<void> {
  return tendSessions(op.instance.engine(), { isWhole: true });
}

async function marksIn(store: Store): Promise<number> {
  let count = 0;
  for await (const _ of sessionsDue.list(store, [ISSUER])) count += 1;
  return count;
}

/** The same store, with something done before each commit that the test names. */
function before(store: Store, names: (change: Change) => boolean, run: () => Promise<void>): Store {
  let isDone = false;
  return {
    ...store,
    async commit(change) {
      if (!isDone && names(change)) {
        isDone = true;
        await run();
      }
      return await store.commit(change);
    },
  };
}

describe('T036, T117: a session that is over by time', () => {
  it('ends when it was not used for so long, with what came from it', async () => {
    const world = await openSessionWorld({ sessions: LIMITS });
    const { op, held } = world;
    op.clock.now += 30 * 60 - 1;
    await dueOnly(op);
    assertEquals(await leftOf(op), { sessions: 1, grants: 8 });
    op.clock.now += 61;
    await dueOnly(op);
    assertEquals(endsIn(op), ['idle']);
    assertEquals(await leftOf(op), { sessions: 0, grants: 3 });
    assertEquals(await marksIn(op.store), 1);
    await dueOnly(op);
    assertEquals(await marksIn(op.store), 0);
    for (const each of held) {
      const stands = each.isOffline && each.client_id !== 'ends';
      const [active, , , refreshed] = await standingOf(world, each);
      assertEquals([active, refreshed], [stands, stands], each.client_id);
    }
    await op.close();
  });

  it('ends in time although it was used, and although the person asked to stay signed in', async () => {
    const { op, browser } = await openSessionWorld({ sessions: LIMITS });
    const kept = op.browser();
    const form = { username: 'alice', password: 'correct horse battery', remember: 'yes' };
    await kept.submit(await kept.get('/login'), form);
    const started = op.clock.now;
    while (op.clock.now < started + 2 * 3600 - 600) {
      op.clock.now += 600;
      await dueOnly(op);
      await obtainCode(op, {}, browser);
    }
    assertEquals((await leftOf(op)).sessions, 2);
    op.clock.now = started + 2 * 3600 + 60;
    await dueOnly(op);
    assertEquals([endsIn(op), (await leftOf(op)).sessions], [['absolute'], 1]);
    op.clock.now = started + 3 * 3600 + 60;
    await dueOnly(op);
    assertEquals([endsIn(op), (await leftOf(op)).sessions], [['absolute', 'absolute'], 0]);
    await op.close();
  });

  it('costs no write where it is used', async () => {
    const store = openMemoryStore();
    const written: string[] = [];
    const counting: Store = {
      ...store,
      commit(change) {
        written.push(...change.put?.map(({ key: [name] }) => name) ?? []);
        return store.commit(change);
      },
    };
    const { op, browser } = await openSessionWorld({}, counting);
    await obtainCode(op, {}, browser);
    written.length = 0;
    assertEquals((await redeemAs(op, 'app', await obtainCode(op, {}, browser))).status, 200);
    assertEquals(written.toSorted(), ['code', 'code', 'grant', 'user_grant']);
    await op.close();
  });

  it('is found by the next start when no server ran then, within 30 days', async () => {
    for (const { days, ends } of [{ days: 29, ends: ['idle'] }, { days: 31, ends: [] }]) {
      const clock = { now: 1_800_000_000 };
      const store = openMemoryStore({ now: () => clock.now });
      const { op } = await openSessionWorld({ sessions: LIMITS }, store);
      const again = await openSessionOp({ sessions: LIMITS }, store);
      clock.now += days * 86_400;
      again.clock.now = clock.now;
      await whole(again);
      await whole(again);
      assertEquals(endsIn(again), ends, `${days}`);
      assertEquals([(await leftOf(again)).sessions, await marksIn(store)], [0, 0]);
      await op.close();
    }
  });

  it('ends by limits that have become shorter, those that are not reached yet included', async () => {
    const { op } = await openSessionWorld({ sessions: { ...LIMITS, idle: '2h' } });
    const engine = op.instance.engine();
    const settings = { ...engine.settings, sessions: { ...engine.settings.sessions, idle: 1800 } };
    const shorter: Engine = { ...engine, settings };
    await tendSessions(shorter, { isWhole: true });
    op.clock.now += 1861;
    await tendSessions(shorter, { isWhole: false });
    assertEquals(endsIn(op), ['idle']);
    await op.close();
  });

  it('ends once, however many processes look after one store', async () => {
    const { op } = await openSessionWorld({ sessions: LIMITS });
    const other = await openSessionOp({ sessions: LIMITS }, op.store);
    op.clock.now += 3600;
    other.clock.now = op.clock.now;
    await Promise.all([dueOnly(op), whole(other), whole(op), dueOnly(other)]);
    assertEquals([...endsIn(op), ...endsIn(other)], ['idle']);
    assertEquals(await leftOf(op), { sessions: 0, grants: 3 });
    await op.close();
  });

  it('stays when it is used in the very moment in which somebody finds it over', async () => {
    const clock = { now: 1_800_000_000 };
    const memory = openMemoryStore({ now: () => clock.now });
    const { op, sid } = await openSessionWorld({ sessions: LIMITS }, memory);
    const entry = await memory.get<Readonly<Record<string, string>>>(['session', ISSUER, sid]);
    assert(entry !== undefined);
    clock.now += 1860;
    const used = { ...entry.value, last_used_at: clock.now };
    const store = before(
      memory,
      ({ remove = [] }) => remove.some(([name]) => name === 'session'),
      async () => {
        await memory.commit({ put: [{ key: entry.key, value: used as never }] });
      },
    );
    const engine: Engine = { ...op.instance.engine(), store, now: () => clock.now };
    await tendSessions(engine, { isWhole: false });
    assertEquals([endsIn(op), (await leftOf(op)).sessions], [[], 1]);
    await tendSessions(engine, { isWhole: false });
    assertEquals((await leftOf(op)).sessions, 1);
    clock.now += 1860;
    await tendSessions(engine, { isWhole: false });
    assertEquals(endsIn(op), ['idle']);
    await op.close();
  });

  it('is looked after by a server from its start, and again when the settings change', async () => {
    const { op } = await openSessionWorld({ sessions: LIMITS });
    op.clock.now += 3600;
    const served = { engine: op.instance.engine() };
    const upkeep = startSessionUpkeep(() => served.engine);
    upkeep.soon();
    await eventually(async () => (await leftOf(op)).sessions === 0);
    await obtainCode(op);
    op.clock.now += 3600;
    upkeep.soon();
    await eventually(async () => (await leftOf(op)).sessions === 0);
    await obtainCode(op);
    op.clock.now += 600;
    const { settings } = served.engine;
    const shorter = { ...settings, sessions: { ...settings.sessions, idle: 300 } };
    served.engine = { ...served.engine, settings: shorter };
    upkeep.soon();
    await eventually(async () => (await leftOf(op)).sessions === 0);
    await upkeep.close();
    assertEquals(endsIn(op), ['idle', 'idle', 'idle']);
    await op.close();
  });
});

describe('T117: an end that something else comes in between with', () => {
  it('a refresh: it yields nothing, and the grant is gone', async () => {
    const memory = openMemoryStore();
    const end: { run?: () => Promise<unknown> } = {};
    const store = before(
      memory,
      ({ check = [], put = [] }) => check.length > 0 && put.some(({ key }) => key[0] === 'grant'),
      async () => {
        await end.run?.();
      },
    );
    const { op, sid, held } = await openSessionWorld({}, memory);
    const racing = await openSessionOp({}, store);
    end.run = () => endSessionById({ sid }, 'logout', op.instance.engine());
    const { tokens } = held.find(({ client_id }) => client_id === 'app') ?? {};
    const response = await refresh(racing, tokens?.refresh_token ?? '');
    assertEquals([response.status, (await response.json()).error], [400, 'invalid_grant']);
    assertEquals(await leftOf(op), { sessions: 0, grants: 3 });
    await op.close();
  });

  it('a code that is redeemed: what it yields does not count, and does not stay', async () => {
    for (const wanted of ['app', 'ends']) {
      const memory = openMemoryStore();
      const end: { run?: () => Promise<unknown> } = {};
      const store = before(
        memory,
        ({ put = [] }) => put.some(({ key }) => key[0] === 'grant'),
        async () => {
          await end.run?.();
        },
      );
      const { op, sid, held } = await openSessionWorld({}, memory);
      const racing = await openSessionOp({}, store);
      end.run = () => endSessionById({ sid }, 'logout', op.instance.engine());
      const isOffline = wanted === 'ends';
      const { code = '' } = held.find((each) =>
        each.client_id === wanted && each.isOffline === isOffline
      ) ?? {};
      const { access_token } = await (await redeemAs(racing, wanted, code)).json();
      const told = await op.post('/introspect', { token: access_token }, basic(wanted));
      assertEquals((await told.json()).active, false);
      assertEquals((await leftOf(op)).grants, 4);
      await whole(op);
      assertEquals((await leftOf(op)).grants, 3);
      await op.close();
    }
  });

  it('by what became of the person while nobody could end it', async () => {
    const cases = [
      { reason: 'disabled', cut: (op: Op, id: string) => op.instance.directory.disable(id) },
      { reason: 'removed', cut: (op: Op, id: string) => op.instance.directory.remove(id) },
      {
        reason: 'password',
        cut: (op: Op, id: string) => op.instance.directory.setPassword(id, 'quick:another'),
      },
    ];
    for (const { reason, cut } of cases) {
      const { op, user } = await openSessionWorld();
      // As if the process had been killed right after.
      await cut(op, user.id);
      await dueOnly(op);
      assertEquals(await leftOf(op), { sessions: 1, grants: 8 });
      await whole(op);
      assertEquals(endsIn(op), [reason]);
      assertEquals(await leftOf(op), { sessions: 0, grants: 0 });
      await op.close();
    }
  });

  it('a session of a person who goes on after a new password stays', async () => {
    const { op, user } = await openSessionWorld();
    await op.instance.directory.setPassword(user.id, 'quick:another');
    const browser = op.browser();
    const form = { username: 'alice', password: 'another' };
    await browser.submit(await browser.get('/login'), form);
    assert(browser.cookies.has(SESSION_COOKIE));
    await whole(op);
    assertEquals([endsIn(op), (await leftOf(op)).sessions], [['password'], 1]);
    await op.close();
  });
});

describe('many sessions', () => {
  it('are all looked at, slice by slice, and each issuer has its own', async () => {
    const op = await openOp({ config: { clients: [CLIENT], sessions: LIMITS } });
    for (let index = 0; index < 120; index += 1) await obtainTokens(op);
    assertEquals(await leftOf(op), { sessions: 120, grants: 120 });
    const elsewhere: Engine = {
      ...op.instance.engine(),
      settings: { ...op.instance.engine().settings, issuer: 'https://other.example' },
    };
    op.clock.now += 3600;
    await tendSessions(elsewhere, { isWhole: true });
    assertEquals(await leftOf(op), { sessions: 120, grants: 120 });
    let pauses = 0;
    await tendSessions(op.instance.engine(), {
      isWhole: true,
      pause: () => Promise.resolve(void (pauses += 1)),
    });
    assertEquals([pauses, await leftOf(op)], [2, { sessions: 0, grants: 0 }]);
    await op.close();
  });

  it('none that cannot be ended keeps the others from it', async () => {
    const op = await openOp({ config: { clients: [CLIENT], sessions: LIMITS } });
    for (let index = 0; index < 3; index += 1) await obtainTokens(op);
    op.clock.now += 3600;
    const failing = before(
      op.store,
      () => true,
      () => Promise.reject(new Error('no such luck')),
    );
    await tendSessions({ ...op.instance.engine(), store: failing }, { isWhole: false });
    assertEquals([endsIn(op).length, (await leftOf(op)).sessions], [2, 1]);
    assert(op.log.some((line) => line.includes('no such luck')));
    await dueOnly(op);
    assertEquals((await leftOf(op)).sessions, 0);
    await op.close();
  });

  it('none ends because nobody can say for now who somebody is', async () => {
    const { op } = await openSessionWorld({ sessions: LIMITS });
    const engine = op.instance.engine();
    const findById = () => Promise.reject(new Error('the directory is away'));
    const blind: Engine = { ...engine, directory: { ...engine.directory, findById } };
    await tendSessions(blind, { isWhole: true });
    assertEquals(await leftOf(op), { sessions: 1, grants: 8 });
    assert(op.log.some((line) => line.includes('the directory is away')));
    await op.close();
  });
});
