import { describe, it } from 'node:test';
import { setPersonPassword } from '../../../src/engine/administration/people.ts';
import { pageDeliveries } from '../../../src/engine/administration/deliveries.ts';
import {
  pageSessions,
  revokeAllSessions,
  revokeSessionById,
} from '../../../src/engine/administration/sessions.ts';
import { tendSessions } from '../../../src/engine/logout/tend_sessions.ts';
import { assert, assertEquals } from '../../support/assert.ts';
import {
  HOST,
  type Issuers,
  openIssuers,
  PATH,
  ROOT,
  tokensAt,
  URLS,
} from '../../support/issuers.ts';
import { CLI, CLIENT } from '../../support/op.ts';
import { type Left, leftOf } from '../../support/session_world.ts';

const ENDING = [ROOT, HOST];

/** At two of them, offline access ends with the session. */
const ISSUERS = {
  issuers: URLS.map((issuer) => ({
    issuer,
    clients: [{ ...CLIENT, backchannel_logout_uri: 'https://app.example/told' }],
    sessions: { idle: '1h', end_offline_access: ENDING.includes(issuer) },
  })),
};

async function withIssuers(work: (issuers: Issuers) => Promise<void>): Promise<void> {
  const issuers = await openIssuers(ISSUERS);
  for (const issuer of URLS) {
    await tokensAt(issuers, issuer);
    await tokensAt(issuers, issuer, { scope: 'openid' });
  }
  await work(issuers);
  await issuers.close();
}

async function endAllAt(issuers: Issuers, issuer: string): Promise<void> {
  const engine = issuers.engine(issuer);
  for (const { sid } of (await pageSessions(undefined, { limit: 10 }, engine)).items) {
    assertEquals((await revokeSessionById(sid, CLI, engine)).kind, 'done');
  }
}

describe('T036: several issuers', () => {
  it('each has its own word on offline access, and its sessions end alone', () =>
    withIssuers(async (issuers) => {
      const all = new Map<string, Left>(
        URLS.map((issuer) => [issuer, { sessions: 2, grants: 2 }]),
      );
      for (const issuer of URLS) {
        await endAllAt(issuers, issuer);
        all.set(issuer, { sessions: 0, grants: ENDING.includes(issuer) ? 0 : 1 });
        for (const [each, left] of all) assertEquals(await leftOf(issuers, each), left, each);
      }
    }));

  it('T102: what cuts a person off ends all at all', () =>
    withIssuers(async (issuers) => {
      const alice = await issuers.instance.directory.findByUsername('alice');
      assert(alice !== undefined);
      const engine = issuers.engine(PATH);
      assertEquals((await setPersonPassword(alice, 'another good one', CLI, engine)).kind, 'done');
      for (const issuer of URLS) {
        assertEquals(await leftOf(issuers, issuer), { sessions: 0, grants: 0 });
      }
    }));

  it('an administrator ends all of one before it is taken away, and its clients are told', () =>
    withIssuers(async (issuers) => {
      const engine = issuers.engine(HOST);
      assertEquals(await revokeAllSessions(CLI, engine), 2);
      const page = await pageDeliveries({}, { limit: 9 }, engine);
      assertEquals(page.items.map(({ kind }) => kind), [
        'backchannel_logout',
        'backchannel_logout',
      ]);
      for (const issuer of URLS) {
        const { sessions } = await leftOf(issuers, issuer);
        assertEquals(sessions, issuer === HOST ? 0 : 2);
      }
    }));

  it('sessions of one that is taken away rest, and their time runs on', () =>
    withIssuers(async (issuers) => {
      await issuers.reload({ issuers: ISSUERS.issuers.filter(({ issuer }) => issuer !== HOST) });
      const resting = (): number =>
        issuers.log.filter((line) => line.includes('"sessions.resting"')).length;
      assertEquals(resting(), 1);
      issuers.clock.now += 3661;
      for (const engine of issuers.instance.engines()) {
        await tendSessions(engine, { isWhole: true });
      }
      for (const issuer of URLS) {
        const { sessions } = await leftOf(issuers, issuer);
        assertEquals(sessions, issuer === HOST ? 2 : 0);
      }
      await issuers.reload(ISSUERS);
      await tendSessions(issuers.engine(HOST), { isWhole: true });
      assertEquals(await leftOf(issuers, HOST), { sessions: 0, grants: 0 });
      await issuers.reload({ issuers: ISSUERS.issuers.filter(({ issuer }) => issuer !== HOST) });
      assertEquals(resting(), 1, 'there are none any more');
    }));
});
