import { describe, it } from 'node:test';
import { createRegulation, type Regulation } from '../../src/accounts/regulation.ts';
import {
  openRegulationMemory,
  type RegulationMemory,
  storedAccount,
} from '../../src/accounts/regulation_memory.ts';
import { openMemoryStore } from '../../src/store/memory.ts';
import type { Change, Store } from '../../src/store/store.ts';
import { assert, assertEquals, assertFalse, assertRejects } from '../support/assert.ts';

const HOME = '192.0.2.1';
const ELSEWHERE = '2001:db8:1:2::/64';

interface Started {
  readonly regulation: Regulation;
  readonly memory: RegulationMemory;
}

interface Fixture {
  readonly clock: { seconds: number };
  readonly store: Store;
  readonly commits: Change[];
  /** What the store says to the next commits instead of writing. */
  readonly failures: Error[];
  /** As a process does: with what the store has. */
  readonly start: (maxStored?: number) => Promise<Started>;
  readonly stored: () => Promise<readonly (readonly string[])[]>;
}

function setUp(): Fixture {
  const clock = { seconds: 1_700_000_000 };
  const now = () => clock.seconds;
  const inner = openMemoryStore({ now });
  const commits: Change[] = [];
  const failures: Error[] = [];
  const store: Store = {
    ...inner,
    async commit(change) {
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      commits.push(change);
      return await inner.commit(change);
    },
  };
  return {
    clock,
    store,
    commits,
    failures,
    async start(maxStored = 2000) {
      const options = { store, now, maxStored, intervalSeconds: 3600, log: () => {} };
      const memory = await openRegulationMemory(options);
      return { memory, regulation: createRegulation({ now, memory }) };
    },
    async stored() {
      const keys: (readonly string[])[] = [];
      for await (const { key } of store.list(['regulation'])) keys.push(key);
      return keys;
    },
  };
}

function fail(regulation: Regulation, account: string, source: string, times: number): void {
  for (let time = 0; time < times; time += 1) regulation.failed(account, source);
}

describe('regulation across restarts', () => {
  for (const account of ['user:1', 'name:nobody', 'client:app', `name:${'x'.repeat(400)}`]) {
    it(`T094: failures of ${account.slice(0, 12)} count after a restart`, async () => {
      const { start } = setUp();
      const before = await start();
      fail(before.regulation, account, HOME, 7);
      await before.memory.close();
      const { regulation } = await start();
      assertEquals(regulation.waitOf(account, HOME), 4);
      assertEquals(regulation.waitOf(account, ELSEWHERE), 0);
      assertEquals(regulation.waitOf('user:2', HOME), 0);
      fail(regulation, account, HOME, 1);
      assertEquals(regulation.waitOf(account, HOME), 8);
    });
  }

  it('T094: parallel guesses right after a restart are still reserved one by one', async () => {
    const { start, clock } = setUp();
    const before = await start();
    fail(before.regulation, 'user:1', HOME, 6);
    await before.memory.flush();
    clock.seconds += 2;
    const { regulation } = await start();
    const waits = Array.from({ length: 20 }, () => regulation.check('user:1', HOME));
    assertEquals(waits.filter((wait) => wait === 0).length, 1);
  });

  it('T094: a source, and an account under pressure, are known after a restart, too', async () => {
    const { start, clock } = setUp();
    const before = await start();
    for (let user = 0; user < 110; user += 1) before.regulation.failed(`user:${user}`, HOME);
    for (let host = 0; host < 60; host += 1) {
      before.regulation.failed('user:x', `198.51.100.${host}`);
    }
    await before.memory.close();
    const { regulation } = await start();
    assert(regulation.waitOf('user:new', HOME) > 0);
    regulation.failed('user:x', ELSEWHERE);
    assertEquals(regulation.waitOf('user:x', ELSEWHERE), 60);
    clock.seconds += 3600;
    assertEquals(regulation.waitOf('user:x', ELSEWHERE), 0);
  });

  it('T095: a source that an account signed in from stays proven', async () => {
    const { start } = setUp();
    const before = await start();
    before.regulation.check('user:owner', HOME);
    before.regulation.succeeded('user:owner', HOME);
    for (let user = 0; user < 120; user += 1) before.regulation.failed(`user:${user}`, HOME);
    await before.memory.close();
    const { regulation } = await start();
    assert(regulation.waitOf('user:other', HOME) > 0);
    assertEquals(regulation.check('user:owner', HOME), 0);
  });

  it('T095: nothing is remembered for longer than it counts', async () => {
    const { start, clock, stored } = setUp();
    const before = await start();
    fail(before.regulation, 'user:1', HOME, 5);
    await before.memory.close();
    assert((await stored()).length > 0);
    clock.seconds += 5 * 900 + 1;
    assertEquals(await stored(), []);
    const { regulation } = await start();
    fail(regulation, 'user:1', HOME, 4);
    assertEquals(regulation.check('user:1', HOME), 0);
  });

  it('T095: success clears what was stored', async () => {
    const { start, clock } = setUp();
    const before = await start();
    fail(before.regulation, 'user:1', HOME, 6);
    await before.memory.flush();
    clock.seconds += 2;
    assertEquals(before.regulation.check('user:1', HOME), 0);
    before.regulation.succeeded('user:1', HOME);
    await before.memory.close();
    const { regulation } = await start();
    fail(regulation, 'user:1', HOME, 4);
    assertEquals(regulation.check('user:1', HOME), 0);
  });

  it('T132: a flood of guesses makes no write by itself, and one commit for all of it', async () => {
    const { start, commits } = setUp();
    const { regulation, memory } = await start();
    fail(regulation, 'user:1', HOME, 10_000);
    assertEquals(commits.length, 0);
    await memory.flush();
    assertEquals(commits.length, 1);
    assertEquals(commits[0]?.put?.length, 3);
  });

  it('T132: sign-ins from where somebody signs in anyway make no write', async () => {
    const { start, commits } = setUp();
    const { regulation, memory } = await start();
    for (let day = 0; day < 100; day += 1) {
      assertEquals(regulation.check('user:1', HOME), 0);
      regulation.succeeded('user:1', HOME);
      await memory.flush();
    }
    assertEquals(commits.length, 1);
  });

  it('T132: guesses that say nothing yet, and attempts without outcome, are not stored', async () => {
    const { start, commits } = setUp();
    const { regulation, memory } = await start();
    for (let host = 0; host < 5; host += 1) {
      regulation.failed(`name:${host}`, `198.51.100.${host}`);
      regulation.check('user:1', HOME);
      regulation.released('user:1', HOME);
    }
    await memory.close();
    assertEquals(commits, []);
  });

  it('T132: the store holds so many and no more, in commits of at most a hundred writes', async () => {
    const { start, commits, stored } = setUp();
    const { regulation, memory } = await start(200);
    for (let round = 0; round < 5; round += 1) {
      for (let host = 0; host < 300; host += 1) {
        fail(regulation, `name:${round}`, `198.51.${round}.${host}`, 3);
      }
      await memory.flush();
      assert((await stored()).length <= 200);
    }
    for (const { put = [], remove = [] } of commits) assert(put.length + remove.length <= 100);
    const { regulation: after } = await start(200);
    assert(after.size() === 0);
  });

  it('keeps what a failing store did not take, and writes it later', async () => {
    const { start, failures } = setUp();
    const before = await start();
    fail(before.regulation, 'user:1', HOME, 7);
    failures.push(new Error('disk full'));
    await assertRejects(() => before.memory.flush(), Error, 'disk full');
    await before.memory.close();
    assertEquals((await start()).regulation.waitOf('user:1', HOME), 4);
  });

  it('a store that fails at the end keeps nobody from closing', async () => {
    const { start, failures, commits } = setUp();
    const { regulation, memory } = await start();
    fail(regulation, 'user:1', HOME, 7);
    failures.push(new Error('disk full'));
    await memory.close();
    assertEquals(commits, []);
  });

  it('T093: what was typed is not in the store, where a password may be among it', async () => {
    const { start, store } = setUp();
    const { regulation, memory } = await start();
    fail(regulation, 'name:hunter2-my-password', HOME, 6);
    fail(regulation, 'client:hunter2-my-secret', HOME, 6);
    fail(regulation, 'user:00000000-0000-4000-8000-000000000000', HOME, 6);
    await memory.close();
    const all: string[] = [];
    for await (const entry of store.list([])) all.push(JSON.stringify(entry));
    assert(all.some((text) => text.includes('user:00000000')));
    assert(all.some((text) => text.includes(storedAccount('name:hunter2-my-password'))));
    assertFalse(all.some((text) => text.includes('hunter2')));
  });
});

describe('bans', () => {
  it('list who has to wait where, known or not, and after a restart', async () => {
    const { start, clock } = setUp();
    const before = await start();
    fail(before.regulation, 'user:1', HOME, 6);
    fail(before.regulation, 'name:nobody', ELSEWHERE, 7);
    fail(before.regulation, 'user:2', HOME, 4);
    const expected = [
      { account: 'user:1', source: HOME, failures: 6, until: clock.seconds + 2 },
      {
        account: storedAccount('name:nobody'),
        source: ELSEWHERE,
        failures: 7,
        until: clock.seconds + 4,
      },
    ];
    assertEquals(before.regulation.bans(), expected);
    await before.memory.close();
    const { regulation } = await start();
    assertEquals(new Set(regulation.bans().map((ban) => JSON.stringify(ban))).size, 2);
    assertEquals(
      regulation.bans().map(({ source }) => source).sort(),
      [HOME, ELSEWHERE].sort(),
    );
    clock.seconds += 3;
    assertEquals(regulation.bans().map(({ source }) => source), [ELSEWHERE]);
  });

  it('list a source that fails across accounts', () => {
    const regulation = createRegulation({ now: () => 1_700_000_000 });
    for (let user = 0; user < 101; user += 1) regulation.failed(`user:${user}`, HOME);
    assertEquals(regulation.bans(), [{ source: HOME, failures: 101, until: 1_700_000_002 }]);
  });

  const everybody = [
    ['user:1', HOME],
    ['user:1', ELSEWHERE],
    ['client:app', HOME],
    ['client:app', ELSEWHERE],
  ] as const;
  for (
    const { choice, left } of [
      { choice: { account: 'user:1' }, left: [2, 3] },
      { choice: { source: HOME }, left: [1, 3] },
      { choice: { account: 'client:app', source: ELSEWHERE }, left: [0, 1, 2] },
      { choice: { account: 'user:3' }, left: [0, 1, 2, 3] },
      { choice: {}, left: [] },
    ]
  ) {
    for (const isRestarted of [false, true]) {
      const when = isRestarted ? ' after a restart' : '';
      it(`are lifted for ${JSON.stringify(choice)}${when}, for good`, async () => {
        const { start } = setUp();
        let { regulation, memory } = await start();
        for (const [account, source] of everybody) fail(regulation, account, source, 8);
        await memory.flush();
        if (isRestarted) ({ regulation, memory } = await start());
        assertEquals(regulation.lift(choice), everybody.length - left.length);
        await regulation.flush();
        for (const { regulation: each } of [{ regulation }, await start()]) {
          const waiting = everybody.flatMap(([account, source], index) =>
            each.waitOf(account, source) > 0 ? [index] : []
          );
          assertEquals(waiting, left);
        }
      });
    }
  }

  it('T095: a lift takes the pressure off an account, and leaves proven sources proven', async () => {
    const { start } = setUp();
    const { regulation } = await start();
    regulation.succeeded('user:1', HOME);
    for (let host = 0; host < 60; host += 1) regulation.failed('user:1', `198.51.100.${host}`);
    for (let user = 0; user < 120; user += 1) regulation.failed(`user:${user}`, HOME);
    regulation.lift({ account: 'user:1' });
    regulation.failed('user:1', ELSEWHERE);
    assertEquals(regulation.waitOf('user:1', ELSEWHERE), 0);
    assertEquals(regulation.check('user:1', HOME), 0);
  });
});
