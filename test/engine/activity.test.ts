import { describe, it } from 'node:test';
import { removePerson } from '../../src/engine/administration/people.ts';
import { listActivity, noteActivity } from '../../src/engine/activity.ts';
import type { ActivityEntry } from '../../src/store/records.ts';
import { openMemoryStore } from '../../src/store/memory.ts';
import { type Change, LIMITS, type Store } from '../../src/store/store.ts';
import { assert, assertEquals } from '../support/assert.ts';
import { CLI, openOp } from '../support/op.ts';

const PLACE = { address: '192.0.2.1', user_agent: 'Firefox' };

async function setUp() {
  const commits: Change[] = [];
  const failures: Error[] = [];
  const inner = openMemoryStore();
  const store: Store = {
    ...inner,
    async commit(change) {
      const isActivity = change.put?.some(({ key }) => key[0] === 'activity') === true;
      const failure = isActivity ? failures.shift() : undefined;
      if (failure !== undefined) throw failure;
      if (isActivity) commits.push(change);
      return await inner.commit(change);
    },
  };
  const op = await openOp({ store });
  const engine = op.instance.engine();
  const alice = await engine.directory.findByUsername('alice');
  assert(alice !== undefined);
  const list = () => listActivity(alice.id, engine);
  const kinds = async () => (await list()).map(({ kind, count = 1 }) => `${kind} ${count}`);
  const stored = async () =>
    (await store.get<{ entries: readonly ActivityEntry[] }>(['activity', alice.id]))?.value.entries;
  const fail = (address = PLACE.address, user = alice.id) =>
    noteActivity(user, { ...PLACE, kind: 'sign_in_failed', address }, engine);
  const note = (kind: ActivityEntry['kind']) => noteActivity(alice.id, { ...PLACE, kind }, engine);
  return { op, engine, alice, commits, failures, list, kinds, stored, fail, note };
}

describe('the activity of a person', () => {
  it('is kept newest first, with what is known of it', async () => {
    const { op, engine, alice, list, note } = await setUp();
    await noteActivity(alice.id, { ...PLACE, kind: 'signed_in', amr: ['pwd'] }, engine);
    op.clock.now += 5;
    await note('password_changed');
    assertEquals(await list(), [
      { ...PLACE, kind: 'password_changed', at: op.clock.now },
      { ...PLACE, kind: 'signed_in', at: op.clock.now - 5, amr: ['pwd'] },
    ]);
  });

  it('is the last fifty entries, each of bounded size', async () => {
    const { op, engine, alice, list, note } = await setUp();
    const user_agent = '🔑'.repeat(50_000);
    for (let each = 0; each < 60; each += 1) {
      await noteActivity(
        alice.id,
        { address: undefined, user_agent, kind: 'profile_changed' },
        engine,
      );
    }
    await note('session_ended');
    const entries = await list();
    assertEquals([entries.length, entries[0]?.kind], [50, 'session_ended']);
    assertEquals(entries[1]?.user_agent?.length, 200);
    assert(JSON.stringify(entries).length < LIMITS.valueBytes / 2);
    await noteActivity(
      alice.id,
      { ...PLACE, kind: 'signed_in', user_agent: 'x' + user_agent },
      engine,
    );
    assertEquals((await list())[0]?.user_agent?.isWellFormed(), true);
    await op.close();
  });

  it('T132: a flood of failures makes no write by itself, and one entry with a count', async () => {
    const { engine, commits, list, stored, fail } = await setUp();
    for (let guess = 0; guess < 1000; guess += 1) await fail();
    assertEquals(commits.length, 0);
    assertEquals((await list()).map(({ count }) => count), [1000]);
    await engine.activityLog.flush();
    assertEquals(commits.length, 1);
    assertEquals((await stored())?.map(({ count }) => count), [1000]);
  });

  it('T132: failures of many people are written together, of so many people', async () => {
    const { engine, commits, fail } = await setUp();
    for (let user = 0; user < 1500; user += 1) await fail(PLACE.address, `user-${user}`);
    await engine.activityLog.flush();
    assertEquals(commits.length, 20);
    assertEquals(commits.reduce((sum, { put = [] }) => sum + put.length, 0), 1000);
  });

  it('failures of one source count on, also after they were written, for an hour', async () => {
    const { op, engine, kinds, fail } = await setUp();
    await fail();
    await fail('192.0.2.2');
    await fail();
    await engine.activityLog.flush();
    assertEquals(await kinds(), ['sign_in_failed 2', 'sign_in_failed 1']);
    await fail();
    assertEquals(await kinds(), ['sign_in_failed 3', 'sign_in_failed 1']);
    await engine.activityLog.flush();
    op.clock.now += 3600;
    await fail();
    assertEquals(await kinds(), ['sign_in_failed 1', 'sign_in_failed 3', 'sign_in_failed 1']);
  });

  it('other things are written at once, with the failures before them', async () => {
    const { commits, kinds, stored, fail, note } = await setUp();
    await fail();
    await fail();
    await note('signed_in');
    assertEquals(commits.length, 1);
    assertEquals((await stored())?.map(({ kind }) => kind), ['signed_in', 'sign_in_failed']);
    await fail();
    assertEquals(await kinds(), ['sign_in_failed 1', 'signed_in 1', 'sign_in_failed 2']);
  });

  it('failures from anywhere push out no more than half of what there is', async () => {
    const { engine, kinds, fail, note } = await setUp();
    for (let each = 0; each < 40; each += 1) await note('signed_in');
    for (let host = 0; host < 500; host += 1) {
      await fail(`198.51.${host >> 8}.${host & 255}`);
      if (host % 10 === 9) await engine.activityLog.flush();
    }
    const all = await kinds();
    assertEquals(all.filter((each) => each === 'sign_in_failed 1').length, 25);
    assertEquals(all.filter((each) => each === 'signed_in 1').length, 25);
  });

  it('of parallel notes none is lost', async () => {
    const { kinds, note } = await setUp();
    await Promise.all(Array.from({ length: 6 }, () => note('factor_added')));
    assertEquals((await kinds()).length, 6);
  });

  it('what is held back is written when the server ends', async () => {
    const { op, commits, fail } = await setUp();
    await fail();
    await op.close();
    assertEquals(commits.length, 1);
  });

  it('ends with the person, and what is held back, too', async () => {
    const { engine, alice, commits, stored, fail, note } = await setUp();
    await note('signed_in');
    await fail();
    await removePerson(alice, CLI, engine);
    await engine.activityLog.flush();
    assertEquals([await stored(), commits.length], [undefined, 1]);
  });

  it('never fails, as a sign-in is worth more than its trace', async () => {
    const { op, failures, kinds, note } = await setUp();
    failures.push(new Error('disk full'));
    await note('signed_in');
    assertEquals(await kinds(), []);
    assert(op.log.some((line) => line.includes('activity.not_noted')));
  });
});
