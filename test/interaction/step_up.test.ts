import { TOTP } from 'otpauth';
import { describe, it } from 'node:test';
import { newRecoveryCodes, remainingRecoveryCodes } from '../../src/engine/factors/recovery.ts';
import { enrolTotp, newTotp } from '../../src/engine/factors/totp.ts';
import { sessions } from '../../src/store/collections.ts';
import { openMemoryStore } from '../../src/store/memory.ts';
import type { SessionRecord } from '../../src/store/records.ts';
import type { Change, Store } from '../../src/store/store.ts';
import { assert, assertEquals, assertNotEquals } from '../support/assert.ts';
import { type Browser, type Page } from '../support/browser.ts';
import { ALICE, answerOf, authorizationUrl, claimsOf, redeem, tokensOf } from '../support/flow.ts';
import { CLIENT, ISSUER, type Op, openOp, PASSWORD } from '../support/op.ts';

const STRICT = { ...CLIENT, consent_mode: 'implicit', authorization_policy: 'two_factor' } as const;
const BOB = { username: 'bob', password: PASSWORD } as const;
const REMEMBERED = '__Host-ostiary_remembered';

interface House {
  readonly op: Op;
  readonly browser: Browser;
  /** Of alice's authenticator app; bob has none. */
  readonly secret: string;
  /** What another request changes right before this one writes a session that it has read. */
  readonly race: { with: ((change: Change) => Promise<void>) | undefined };
}

/** A provider with alice and bob, whose store can be overtaken once. */
async function openHouse(): Promise<House> {
  const clock = { now: () => 0 };
  const store = openMemoryStore({ now: () => clock.now() });
  const race: House['race'] = { with: undefined };
  const raced: Store = {
    ...store,
    async commit(change) {
      const overtake = race.with;
      if (overtake !== undefined && change.check?.some(({ key }) => key[0] === 'session')) {
        race.with = undefined;
        await overtake(change);
      }
      return await store.commit(change);
    },
  };
  const op = await openOp({ config: { clients: [STRICT] }, store: raced });
  clock.now = () => op.clock.now;
  const { directory } = op.instance;
  await directory.create({ username: 'bob', password: `quick:${PASSWORD}`, provenance: 'cli' });
  const secret = await addTotp(op);
  op.clock.now += 60;
  return { op, browser: op.browser(), secret, race };
}

async function userOf({ instance }: Op, username: string) {
  const user = await instance.directory.findByUsername(username);
  assert(user !== undefined);
  return user;
}

async function addTotp(op: Op): Promise<string> {
  const alice = await userOf(op, 'alice');
  const engine = op.instance.engine();
  const { sealed, secret } = newTotp(alice, engine);
  const code = codeAt(secret, op);
  assertEquals(await enrolTotp(alice, { sealed, code, name: '' }, engine), 'enrolled');
  return secret;
}

function codeAt(secret: string, { clock }: Op): string {
  return new TOTP({ secret }).generate({ timestamp: clock.now * 1000 });
}

async function signIn(browser: Browser, who: typeof ALICE | typeof BOB, remember = false) {
  const form = { ...who, ...(remember ? { remember: 'yes' } : {}) };
  return await browser.submit(await browser.get('/login?switch=yes'), form, {}, 'id="username"');
}

async function sessionsOf({ op }: House): Promise<ReadonlyMap<string, SessionRecord>> {
  const names = new Map(
    await Promise.all(
      ['alice', 'bob'].map(async (name) => [(await userOf(op, name)).id, name] as const),
    ),
  );
  const found = new Map<string, SessionRecord>();
  for await (const { value } of sessions.list(op.store, [ISSUER])) {
    found.set(names.get(value.user) ?? '', value);
  }
  return found;
}

/** As another tab of the same account does: the record is another one, and says the same. */
async function touch({ op }: House, change: Change): Promise<void> {
  const key = change.check?.find((each) => each.key[0] === 'session')?.key;
  const entry = key && await sessions.get(op.store, key[1] ?? '', key[2] ?? '');
  assert(entry !== undefined);
  const { sid } = entry.value;
  await op.store.commit({ put: [sessions.put([ISSUER, sid], entry.value)] });
}

async function idTokenOf(op: Op, page: Page): Promise<Record<string, unknown>> {
  const { code = '' } = answerOf(page);
  return claimsOf((await tokensOf(await redeem(op, code))).id_token);
}

describe('T098: a session that changes while its second factor is proven', () => {
  it('is read again and raised, with the factor asked for once', async () => {
    const house = await openHouse();
    const { op, browser, secret, race } = house;
    await signIn(browser, ALICE);
    const page = await browser.get(authorizationUrl());
    race.with = (change) => touch(house, change);
    const answer = await browser.submit(page, { totp: codeAt(secret, op) }, {}, 'id="totp"');
    assertEquals(race.with, undefined);
    assertEquals((await idTokenOf(op, answer))['amr'], ['pwd', 'otp', 'mfa']);
  });

  it('raises nobody else who is signed in here', async () => {
    const house = await openHouse();
    const { op, browser, secret, race } = house;
    await signIn(browser, ALICE);
    await signIn(browser, BOB);
    const page = await browser.get(authorizationUrl({ login_hint: 'alice' }));
    // In another tab bob's account is taken into use meanwhile.
    const other = await browser.get(authorizationUrl({ login_hint: 'bob' }));
    assert(other.text.includes('id="enrol-totp"'));
    race.with = (change) => touch(house, change);
    const answer = await browser.submit(page, { totp: codeAt(secret, op) }, {}, 'id="totp"');
    assertEquals(race.with, undefined);
    const live = await sessionsOf(house);
    assertEquals([live.get('bob')?.acr, live.get('bob')?.amr], ['one_factor', ['pwd']]);
    assertEquals(live.get('alice')?.acr, 'two_factor');
    assertEquals((await idTokenOf(op, answer))['acr'], 'two_factor');
  });

  it('that ended meanwhile stays ended', async () => {
    const house = await openHouse();
    const { op, browser, secret, race } = house;
    await signIn(browser, ALICE);
    const page = await browser.get(authorizationUrl());
    race.with = async (change) => {
      const key = change.check?.find((each) => each.key[0] === 'session')?.key;
      await op.store.commit({ remove: key === undefined ? [] : [key] });
    };
    const answer = await browser.submit(page, { totp: codeAt(secret, op) }, {}, 'id="totp"');
    assertEquals('code' in answerOf(answer), false);
    assertEquals((await sessionsOf(house)).size, 0);
  });
});

describe('a session that is raised', () => {
  it('stays as long as it was to stay', async () => {
    const { op, browser, secret } = await openHouse();
    await signIn(browser, ALICE, true);
    const before = browser.cookies.get(REMEMBERED) ?? '';
    const page = await browser.get(authorizationUrl());
    await browser.submit(page, { totp: codeAt(secret, op) }, {}, 'id="totp"');
    const after = browser.cookies.get(REMEMBERED) ?? '';
    assertEquals(after.split('.')[0], before.split('.')[0]);
    assertNotEquals(after, before);
  });
});

describe('T106: /login/second-factor', () => {
  it('takes a code only with the token of its form, and from our own origin', async () => {
    const { op, browser, secret } = await openHouse();
    await signIn(browser, ALICE);
    const page = await browser.get(authorizationUrl());
    const pending = page.url.searchParams.get('pending') ?? '';
    const totp = codeAt(secret, op);
    const bare = await browser.post(
      '/login/second-factor',
      new URLSearchParams({ pending, totp }),
    );
    assertEquals(bare.status, 403);
    const foreign = { origin: 'https://evil.example' };
    assertEquals((await browser.submit(page, { totp }, foreign, 'id="totp"')).status, 403);
    // Neither used the code up.
    assert('code' in answerOf(await browser.submit(page, { totp }, {}, 'id="totp"')));
  });
});

describe('T100: recovery codes', () => {
  it('are not made for whoever has no second factor, so that none wait for one', async () => {
    const { op, browser } = await openHouse();
    await signIn(browser, BOB);
    const page = await browser.get('/account/recovery-codes');
    assertEquals(page.url.pathname, '/account/factors');
    const posted = await browser.post('/account/recovery-codes', new URLSearchParams());
    assertEquals(posted.url.pathname, '/account/factors');
    const { id } = await userOf(op, 'bob');
    assertEquals(await remainingRecoveryCodes(id, op.instance.engine()), 0);
  });

  it('that were made are told from new ones', async () => {
    const { op, browser, secret } = await openHouse();
    const { id } = await userOf(op, 'alice');
    await newRecoveryCodes(id, op.instance.engine());
    await signIn(browser, ALICE);
    const asked = await browser.get('/account/recovery-codes');
    assertEquals(asked.url.pathname, '/login/second-factor');
    const page = await browser.submit(asked, { totp: codeAt(secret, op) }, {}, 'id="totp"');
    assertEquals(page.url.pathname, '/account/recovery-codes');
    assert(page.text.includes('id="make"'));
  });
});
