import { describe, it } from 'node:test';
import {
  pageGrants,
  revokeGrantById,
  revokeGrants,
} from '../../../src/engine/administration/grants.ts';
import {
  pageSessions,
  revokeAllSessions,
  revokeSessionById,
  revokeSessions,
} from '../../../src/engine/administration/sessions.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import {
  audits,
  grants,
  sessions,
  userGrants,
  userSessions,
} from '../../../src/store/collections.ts';
import type { GrantRecord, SessionRecord } from '../../../src/store/records.ts';
import { assert, assertEquals } from '../../support/assert.ts';
import { CLI, openOp } from '../../support/op.ts';

async function withEngine(work: (engine: Engine) => Promise<void>): Promise<void> {
  const op = await openOp();
  await work(op.instance.engine());
  await op.close();
}

async function plantGrants(engine: Engine, count: number, user: string, client_id: string) {
  for (let index = 0; index < count; index++) {
    const id = `${user}-${client_id}-${String(index).padStart(4, '0')}`;
    const grant = { id, user, client_id, scope: ['openid'] } as unknown as GrantRecord;
    const { issuer } = engine.settings;
    await engine.store.commit({
      put: [grants.put([issuer, id], grant), userGrants.put([issuer, user, id], true)],
    });
  }
}

async function plantSessions(engine: Engine, count: number, user: string) {
  for (let index = 0; index < count; index++) {
    const sid = `${user}-${String(index).padStart(4, '0')}`;
    const record = { sid, user, secret_digest: 'digest', clients: [] } as unknown as SessionRecord;
    const { issuer } = engine.settings;
    await engine.store.commit({
      put: [sessions.put([issuer, sid], record), userSessions.put([issuer, user, sid], true)],
    });
  }
}

describe('grants, for an administrator', () => {
  it('are listed by person, by client, by both, and up to a limit', () =>
    withEngine(async (engine) => {
      await plantGrants(engine, 3, 'ann', 'app');
      await plantGrants(engine, 2, 'bob', 'app');
      await plantGrants(engine, 1, 'bob', 'web');
      const count = async (owner: object, limit = 100): Promise<readonly [number, boolean]> => {
        const { items, next } = await pageGrants(owner, { limit }, engine);
        return [items.length, next !== undefined];
      };
      assertEquals(await count({}), [6, false]);
      assertEquals(await count({}, 6), [6, false]);
      assertEquals(await count({}, 5), [5, true]);
      assertEquals(await count({ user: 'bob' }), [3, false]);
      assertEquals(await count({ client_id: 'app' }), [5, false]);
      assertEquals(await count({ user: 'bob', client_id: 'app' }), [2, false]);
      assertEquals(await count({ user: 'nobody' }), [0, false]);
    }));

  it('end one by one, or all of an owner however many there are', () =>
    withEngine(async (engine) => {
      await plantGrants(engine, 250, 'ann', 'app');
      await plantGrants(engine, 2, 'bob', 'app');
      assertEquals((await revokeGrantById('ann-app-0007', CLI, engine)).kind, 'done');
      assertEquals((await revokeGrantById('ann-app-0007', CLI, engine)).kind, 'refused');
      assertEquals(await revokeGrants({ user: 'ann' }, CLI, engine), 249);
      assertEquals((await pageGrants({}, { limit: 100 }, engine)).items.map(({ user }) => user), [
        'bob',
        'bob',
      ]);
    }));
});

describe('sessions, for an administrator', () => {
  it('are listed without what opens them', () =>
    withEngine(async (engine) => {
      await plantSessions(engine, 3, 'ann');
      await plantSessions(engine, 1, 'bob');
      const all = await pageSessions(undefined, { limit: 3 }, engine);
      assertEquals([all.items.length, all.next !== undefined], [3, true]);
      assert(!JSON.stringify(all).includes('digest'));
      assertEquals(
        (await pageSessions('bob', { limit: 100 }, engine)).items.map(({ sid }) => sid),
        [
          'bob-0000',
        ],
      );
    }));

  it('end one by one, or all of a person', () =>
    withEngine(async (engine) => {
      await plantSessions(engine, 150, 'ann');
      await plantSessions(engine, 1, 'bob');
      assertEquals((await revokeSessionById('ann-0000', CLI, engine)).kind, 'done');
      assertEquals((await revokeSessionById('ann-0000', CLI, engine)).kind, 'refused');
      assertEquals(await revokeSessions('ann', CLI, engine), 149);
      assertEquals((await pageSessions(undefined, { limit: 100 }, engine)).items.length, 1);
    }));

  it('end all together, with one record of it', () =>
    withEngine(async (engine) => {
      assertEquals(await revokeAllSessions(CLI, engine), 0);
      await plantSessions(engine, 70, 'ann');
      await plantSessions(engine, 60, 'bob');
      assertEquals(await revokeAllSessions(CLI, engine), 130);
      assertEquals((await pageSessions(undefined, { limit: 1 }, engine)).items, []);
      const records: unknown[] = [];
      for await (const { value } of audits.list(engine.store, [])) {
        if (value.action === 'sessions.revoked') records.push(value.target);
      }
      assertEquals(records, [engine.settings.issuer]);
    }));
});
