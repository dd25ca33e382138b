import { describe, it } from 'node:test';
import { TOTP } from 'otpauth';
import { pageDeliveries } from '../../src/engine/administration/deliveries.ts';
import {
  disablePerson,
  removePerson,
  resetFactors,
  setPersonPassword,
} from '../../src/engine/administration/people.ts';
import { revokeSessionById, revokeSessions } from '../../src/engine/administration/sessions.ts';
import { enrolTotp, newTotp } from '../../src/engine/factors/totp.ts';
import type { SessionEnd } from '../../src/engine/logout/end_session.ts';
import { newResetLink, redeemReset } from '../../src/engine/password_reset.ts';
import { findSession, startSession } from '../../src/engine/session.ts';
import { assert, assertEquals, assertFalse, assertNotEquals } from '../support/assert.ts';
import { type Browser, has } from '../support/browser.ts';
import { authorizationUrl, obtainCode, tokensOf, userinfo } from '../support/flow.ts';
import { CLI, CLIENT, PASSWORD } from '../support/op.ts';
import {
  type Held,
  leftOf,
  openSessionWorld,
  redeemAs,
  SESSION_CLIENTS,
  SESSION_COOKIE,
  type SessionWorld,
  sidIn,
  standingOf,
} from '../support/session_world.ts';

interface Cause {
  readonly name: string;
  readonly reason: SessionEnd;
  /** The person loses everything from before, be it for offline access or not. */
  readonly isCut?: true;
  readonly run: (world: SessionWorld) => Promise<void>;
}

const NEW_PASSWORD = 'a new and longer passphrase';
const STRICT = { ...CLIENT, client_id: 'strict', authorization_policy: 'two_factor' } as const;

const CAUSES: readonly Cause[] = [
  {
    name: 'signing out',
    reason: 'logout',
    async run({ browser }) {
      const page = await browser.submit(await browser.get('/account'), {});
      assertEquals(page.url.pathname, '/login');
    },
  },
  {
    name: 'signing out of another browser',
    reason: 'logout',
    async run({ op, sid }) {
      const elsewhere = op.browser();
      await signIn(elsewhere, 'alice');
      const page = await elsewhere.get('/account/sessions');
      await elsewhere.submit(page, { end: sid });
    },
  },
  {
    name: 'an administrator, of one session',
    reason: 'administrator',
    async run({ op, sid }) {
      assertEquals((await revokeSessionById(sid, CLI, op.instance.engine())).kind, 'done');
    },
  },
  {
    name: 'an administrator, of all of a person',
    reason: 'administrator',
    async run({ op, user }) {
      assertEquals(await revokeSessions(user.id, CLI, op.instance.engine()), 1);
    },
  },
  {
    name: 'wrong second factors',
    reason: 'second_factor',
    async run({ op, user, browser }) {
      const engine = op.instance.engine();
      const { sealed, secret } = newTotp(user, engine);
      const code = new TOTP({ secret }).generate({ timestamp: op.clock.now * 1000 });
      assertEquals(await enrolTotp(user, { sealed, code, name: '' }, engine), 'enrolled');
      let page = await browser.get(authorizationUrl({ client_id: STRICT.client_id }));
      for (let i = 0; i < 5; i += 1) {
        page = await browser.submit(page, { totp: '000000' }, {}, 'id="totp"');
        op.clock.now += 1;
      }
      assertEquals(page.url.pathname, '/login');
    },
  },
  {
    name: 'more accounts than a browser keeps',
    reason: 'replaced',
    async run({ op, browser, sid }) {
      for (const username of ['bob', 'carl', 'dora', 'emil', 'fred']) {
        await op.instance.directory.create({
          username,
          password: `quick:${PASSWORD}`,
          provenance: 'cli',
        });
        assert((browser.cookies.get(SESSION_COOKIE) ?? '').includes(sid));
        await signIn(browser, username);
      }
    },
  },
  {
    name: 'an administrator who takes the second factors away',
    reason: 'factors_reset',
    async run({ op, user }) {
      assertEquals((await resetFactors(user.id, CLI, op.instance.engine())).sessions, 1);
    },
  },
  {
    name: 'a new password by an administrator',
    reason: 'password',
    isCut: true,
    async run({ op, user }) {
      const engine = op.instance.engine();
      assertEquals((await setPersonPassword(user, NEW_PASSWORD, CLI, engine)).kind, 'done');
    },
  },
  {
    name: 'a new password by a link',
    reason: 'password',
    isCut: true,
    async run({ op, user }) {
      const engine = op.instance.engine();
      const token = new URL(newResetLink(user, engine).url).searchParams.get('token') ?? '';
      const reset = { token, password: NEW_PASSWORD, product: 'Ostiary' };
      assertEquals((await redeemReset(reset, engine)).kind, 'done');
    },
  },
  {
    name: 'disabling the person',
    reason: 'disabled',
    isCut: true,
    async run({ op, user }) {
      assertEquals((await disablePerson(user.id, CLI, op.instance.engine())).kind, 'done');
    },
  },
  {
    name: 'removing the person',
    reason: 'removed',
    isCut: true,
    async run({ op, user }) {
      const outcome = await removePerson(user, CLI, op.instance.engine());
      assertEquals(outcome, { kind: 'done', value: { removed: 'alice', sessions: 1, grants: 8 } });
    },
  },
];

async function signIn(browser: Browser, username: string): Promise<void> {
  const form = { username, password: PASSWORD };
  await browser.submit(await browser.get('/login?switch=yes'), form, {}, 'id="username"');
}

/** Whether a thing is to outlive its session, by its client and by the issuer's option. */
function outlives({ client_id, isOffline }: Held, issuerEnds: boolean): boolean {
  if (!isOffline) return false;
  return client_id === 'stays' || client_id !== 'ends' && !issuerEnds;
}

/** One of them has a server, where nobody may be asked; that it is to be told is in the store all the same. */
const TOLD = { backchannel_logout_uri: 'https://127.0.0.1:1/logout' };
const clients = [
  ...SESSION_CLIENTS.map((each) => ({ ...each, ...each.client_id === 'jwt' && TOLD })),
  STRICT,
];
const config = { clients };

describe('Back-Channel Logout §2.7: what came from a session ends with it', () => {
  it('and not before', async () => {
    const world = await openSessionWorld(config);
    for (const each of world.held) {
      assertEquals(await standingOf(world, each), [true, true, true, true, true]);
    }
    await world.op.close();
  });

  for (const { name, reason, isCut = false, run } of CAUSES) {
    for (const issuerEnds of [false, true]) {
      const how = issuerEnds ? 'with offline access ending, too' : 'without offline access';
      it(`T036, T117: by ${name}, ${how}`, async () => {
        const sessions = { end_offline_access: issuerEnds };
        const ended = await openSessionWorld({ ...config, sessions });
        const cookie = ended.browser.cookies.get(SESSION_COOKIE) ?? '';
        await run(ended);
        // In the store at once, not only when it is asked for.
        const kept = isCut ? [] : ended.held.filter((each) => outlives(each, issuerEnds));
        assertEquals((await leftOf(ended.op)).grants, kept.length);
        assertFalse(await hasSession(ended));
        for (const each of ended.held) {
          const stands = kept.includes(each);
          assertEquals(
            await standingOf(ended, each),
            [stands, stands, stands, stands, stands],
            `${each.client_id} ${each.isOffline}`,
          );
        }
        const old = ended.op.browser();
        old.cookies.set(SESSION_COOKIE, cookie);
        assert(has(await old.get(authorizationUrl()), 'username'));
        const told = ended.op.log.filter((line) => line.includes('"session.ended"'));
        assertEquals(told.length, 1);
        assert(told[0]?.includes(`"reason":"${reason}"`) && told[0].includes(ended.sid), told[0]);
        assertEquals(await toldOf(ended), [['jwt', ended.sid]]);
        await ended.op.close();
      });
    }
  }
});

/** T115: who is to be told of the end of which session. */
async function toldOf({ op }: SessionWorld): Promise<readonly (readonly unknown[])[]> {
  const engine = op.instance.engine();
  await engine.deliveries.settled();
  const { items } = await pageDeliveries({}, { limit: 10 }, engine);
  return items.map(({ client_id, sid }) => [client_id, sid]);
}

async function hasSession({ op, sid }: SessionWorld): Promise<boolean> {
  const { store, settings } = op.instance.engine();
  return await store.get(['session', settings.issuer, sid]) !== undefined;
}

describe('the end of a session', () => {
  it('T102: who changes their password goes on in a new session, and what came from the old one is gone', async () => {
    const world = await openSessionWorld();
    const { op, browser, sid } = world;
    const page = await browser.get('/account/password');
    const form = { current: PASSWORD, password: NEW_PASSWORD, repeat: NEW_PASSWORD };
    assertEquals((await browser.submit(page, form)).url.pathname, '/account/password');
    assertNotEquals(sidIn(browser), sid);
    assertFalse(await hasSession(world));
    assertEquals((await browser.get('/account')).url.pathname, '/account');
    assertEquals(await leftOf(op), { sessions: 1, grants: 0 });
    // In the very instant of the cut, too.
    const code = await obtainCode(op, { client_id: 'jwt' }, browser);
    const { access_token } = await tokensOf(await redeemAs(op, 'jwt', code));
    assertEquals((await userinfo(op, access_token)).status, 200);
    await op.close();
  });

  it('T117: two ends at once are one', async () => {
    const { op, sid } = await openSessionWorld();
    const engine = op.instance.engine();
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, () => revokeSessionById(sid, CLI, engine)),
    );
    assertEquals(outcomes.filter(({ kind }) => kind === 'done').length, 1);
    assertEquals(op.log.filter((line) => line.includes('"session.ended"')).length, 1);
    await op.close();
  });

  it('is no end of another session of the same person, nor of what came from it', async () => {
    const { op, sid, user } = await openSessionWorld();
    const other = op.browser();
    await signIn(other, 'alice');
    assertEquals((await revokeSessionById(sid, CLI, op.instance.engine())).kind, 'done');
    assertEquals((await other.get('/account')).url.pathname, '/account');
    assertEquals(await revokeSessions(user.id, CLI, op.instance.engine()), 1);
    await op.close();
  });

  it('T102: who signs out of all other browsers leaves none, however many there are', async () => {
    const { op, browser, sid, user } = await openSessionWorld();
    const engine = op.instance.engine();
    for (let i = 0; i < 210; i += 1) {
      const { change } = startSession({
        user,
        previous: undefined,
        remember: false,
        amr: ['pwd'],
        acr: 'one_factor',
        place: { address: undefined, user_agent: undefined },
      }, engine);
      assertEquals(await engine.store.commit(change), 'committed');
    }
    const page = await browser.get('/account/sessions');
    await browser.submit(page, { others: 'yes' }, {}, 'name="others"');
    assertEquals((await leftOf(op)).sessions, 1);
    assertEquals(sidIn(browser), sid);
    assertEquals((await browser.get('/account')).url.pathname, '/account');
    await op.close();
  });

  it('a sign-in in the moment of the end does not bring the session back', async () => {
    const { op, browser, sid } = await openSessionWorld();
    const engine = op.instance.engine();
    const previous = await findSession(browser.cookies.get(SESSION_COOKIE), engine);
    assert(previous !== undefined);
    const { user } = previous;
    const started = startSession({
      user,
      previous,
      remember: false,
      amr: ['pwd'],
      acr: 'one_factor',
      place: { address: undefined, user_agent: undefined },
    }, engine);
    assertEquals(started.record.sid, sid);
    assertEquals((await revokeSessionById(sid, CLI, engine)).kind, 'done');
    assertEquals(await engine.store.commit(started.change), 'conflict');
    await op.close();
  });

  it('of two sign-ins of one person in one browser at once, both count', async () => {
    const { op, browser, sid } = await openSessionWorld();
    const page = await browser.get('/login?switch=yes');
    const form = { username: 'alice', password: PASSWORD };
    const submit = () => browser.submit(page, form, {}, 'id="username"');
    const landed = await Promise.all([submit(), submit()]);
    assertEquals(landed.map(({ status }) => status), [200, 200]);
    assertEquals(sidIn(browser), sid);
    assertEquals((await leftOf(op)).sessions, 1);
    await op.close();
  });
});
