/** design.md §5: people are those of all issuers together; what they have at each of them is not. */
import { TOTP } from 'otpauth';
import { describe, it } from 'node:test';
import { withdrawApplication } from '../../src/engine/applications.ts';
import { listAudits } from '../../src/engine/administration/audits.ts';
import { addClient } from '../../src/engine/administration/clients.ts';
import { forgetConsents, pageConsents } from '../../src/engine/administration/consents.ts';
import { pageGrants, revokeGrantById } from '../../src/engine/administration/grants.ts';
import {
  disablePerson,
  removePerson,
  resetFactors,
  setPersonPassword,
} from '../../src/engine/administration/people.ts';
import { pageSessions, revokeSessionById } from '../../src/engine/administration/sessions.ts';
import { findClient } from '../../src/engine/clients.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { checkRecoveryCode, newRecoveryCodes } from '../../src/engine/factors/recovery.ts';
import { checkTotp, enrolTotp, newTotp } from '../../src/engine/factors/totp.ts';
import { findReset, newResetLink } from '../../src/engine/password_reset.ts';
import { DIGEST_PURPOSES } from '../../src/keys/peppers.ts';
import { MAC_PURPOSES, SEAL_PURPOSES } from '../../src/keys/purposes.ts';
import type { UserRecord } from '../../src/store/records.ts';
import { assert, assertEquals, assertNotEquals } from '../support/assert.ts';
import { type Browser, has } from '../support/browser.ts';
import { ALICE, authorizationUrl, claimsOf, tokensOf } from '../support/flow.ts';
import { cookieOf } from '../support/issuer_world.ts';
import {
  answerAt,
  HOST,
  type Issuers,
  openIssuers,
  PAIRS,
  PATH,
  redeemAt,
  ROOT,
  tokensAt,
  URLS,
  userinfoStatus,
} from '../support/issuers.ts';
import { basic, CLI, CLIENT, PASSWORD } from '../support/op.ts';

const APP = {
  ...CLIENT,
  consent_mode: 'pre-configured',
  pre_configured_consent_duration: '7d',
};
const STRICT = { ...CLIENT, client_id: 'strict', authorization_policy: 'two_factor' };
const PAIRWISE = { ...CLIENT, client_id: 'pairwise', subject_type: 'pairwise' };
const LIMIT = 100;

async function withIssuers(work: (issuers: Issuers) => Promise<void>): Promise<void> {
  const issuers = await openIssuers({
    issuers: URLS.map((issuer) => ({ issuer, clients: [APP, STRICT, PAIRWISE] })),
  });
  try {
    await work(issuers);
  } finally {
    await issuers.close();
  }
}

async function aliceOf({ instance }: Issuers): Promise<UserRecord> {
  const alice = await instance.directory.findByUsername('alice');
  assert(alice !== undefined);
  return alice;
}

/** One browser at the issuers of one host, with a way to be at another host, too. */
function everywhere(issuers: Issuers): (issuer: string) => Browser {
  const browsers = new Map<string, Browser>();
  return (issuer) => {
    const { origin } = new URL(issuer);
    const browser = browsers.get(origin) ?? issuers.browser(issuer);
    browsers.set(origin, browser);
    return browser;
  };
}

async function isSignedIn(browser: Browser, issuer: string): Promise<boolean> {
  return has(await browser.get(`${issuer}/account`), 'sign-out');
}

async function addPerson({ instance }: Issuers, username: string): Promise<void> {
  const password = await instance.hasher.hash(PASSWORD) ?? '';
  await instance.directory.create({ username, password, provenance: 'cli' });
}

async function signIn(browser: Browser, issuer: string, username: string): Promise<void> {
  const page = await browser.get(`${issuer}/login?switch=yes`);
  const fields = { username, password: PASSWORD, remember: 'yes' };
  await browser.submit(page, fields, {}, 'id="username"');
}

describe('several issuers: whatever is sealed, authenticated or digested for a purpose', () => {
  it('opens at none but its own', () =>
    withIssuers(async (issuers) => {
      await Promise.resolve();
      for (const { own, other } of PAIRS) {
        const [a, b] = [issuers.engine(own).keys, issuers.engine(other).keys];
        for (const purpose of SEAL_PURPOSES) {
          const sealed = a.seal(purpose, 'text');
          assertEquals([a.open(purpose, sealed), b.open(purpose, sealed)], ['text', undefined]);
        }
        for (const purpose of MAC_PURPOSES) {
          const mac = a.mac(purpose, 'text');
          assertEquals([a.isMac(purpose, 'text', mac), b.isMac(purpose, 'text', mac)], [
            true,
            false,
          ]);
        }
        for (const purpose of DIGEST_PURPOSES) {
          assertNotEquals(a.digest(purpose, 'text'), b.digest(purpose, 'text'));
        }
        const secret = a.sealSecret('secret');
        assertEquals([a.openSecret(secret), b.openSecret(secret)], ['secret', undefined]);
      }
    }));
});

describe('Core §8: the subject identifiers of one person', () => {
  it('differ at every issuer and sector, and stay', () =>
    withIssuers(async (issuers) => {
      const subs = new Map<string, string>();
      for (const round of [1, 2]) {
        for (const issuer of URLS) {
          for (const client_id of ['app', 'pairwise']) {
            const asked = { client_id, prompt: 'consent' };
            const answer = await answerAt(issuers.browser(issuer), issuer, asked);
            const redeemed = await redeemAt(issuers, issuer, answer['code'], basic(client_id));
            const { iss, sub } = claimsOf((await tokensOf(redeemed)).id_token);
            assertEquals([answer['iss'], iss], [issuer, issuer]);
            const name = `${issuer} ${client_id}`;
            if (round === 1) subs.set(name, String(sub));
            assertEquals(sub, subs.get(name), name);
          }
        }
      }
      assertEquals(new Set(subs.values()).size, 2 * URLS.length);
    }));
});

describe('several issuers: what somebody allowed at one', () => {
  it('is not allowed at another, and stays when it is taken back there', () =>
    withIssuers(async (issuers) => {
      const alice = await aliceOf(issuers);
      const browserAt = everywhere(issuers);
      const silent = { prompt: 'none', scope: 'openid email' };
      for (const own of URLS) {
        for (const other of URLS) {
          // Signed in at each, with an answer that is kept at the first alone.
          const scope = other === own ? silent.scope : 'openid';
          const url = authorizationUrl({ prompt: 'consent', scope }, `${other}/authorize`);
          await browserAt(other).authorize(url, { ...ALICE, remember: other === own });
        }
        for (const other of URLS) {
          const { code, error } = await answerAt(browserAt(other), other, silent);
          assertEquals(
            [code !== undefined, error],
            other === own ? [true, undefined] : [false, 'consent_required'],
            `${own} at ${other}`,
          );
        }
        const { items } = await pageConsents(
          { user: alice.id },
          { limit: LIMIT },
          issuers.engine(own),
        );
        assertEquals(items.length, 1);
        const tokens = await tokensAt(issuers, own);
        for (const other of URLS) {
          if (other !== own) await withdrawApplication(alice.id, 'app', issuers.engine(other));
        }
        assertEquals(await userinfoStatus(issuers, own, tokens.access_token), 200);
        await withdrawApplication(alice.id, 'app', issuers.engine(own));
        await forgetConsents({ user: alice.id }, issuers.engine(own));
        assertEquals(await userinfoStatus(issuers, own, tokens.access_token), 401);
        issuers.clock.now += 1;
      }
    }));
});

describe('several issuers: an administrator of one', () => {
  it('sees and ends the sessions and grants of that one alone', () =>
    withIssuers(async (issuers) => {
      const tokens = new Map<string, string>();
      for (const issuer of URLS) {
        tokens.set(issuer, (await tokensAt(issuers, issuer)).access_token);
      }
      for (const { own, other } of PAIRS) {
        const [a, b] = [issuers.engine(own), issuers.engine(other)];
        const sessions = await pageSessions(undefined, { limit: LIMIT }, a);
        const grants = await pageGrants({}, { limit: LIMIT }, a);
        assertEquals([sessions.items.length, grants.items.length], [1, 1], own);
        const [sid, grant] = [sessions.items[0]?.sid ?? '', grants.items[0]?.id ?? ''];
        assertEquals((await revokeSessionById(sid, CLI, b)).kind, 'refused');
        assertEquals((await revokeGrantById(grant, CLI, b)).kind, 'refused');
        assertEquals(await userinfoStatus(issuers, own, tokens.get(own) ?? ''), 200);
      }
    }));

  it('adds clients there, and it alone has the record', () =>
    withIssuers(async (issuers) => {
      const metadata = { redirect_uris: ['https://new.example/'] };
      const added = await addClient('new', metadata, { kind: 'mint' }, CLI, issuers.engine(PATH));
      assertEquals(added.kind, 'done', JSON.stringify(added));
      for (const issuer of URLS) {
        const engine = issuers.engine(issuer);
        const isOwn = issuer === PATH;
        assertEquals(await findClient('new', engine) !== undefined, isOwn, issuer);
        const { items } = await listAudits({ target: 'new' }, { limit: LIMIT }, engine);
        assertEquals(items.length, isOwn ? 1 : 0, issuer);
      }
      assertEquals(
        (await disablePerson((await aliceOf(issuers)).id, CLI, issuers.engine(PATH))).kind,
        'done',
      );
      for (const issuer of URLS) {
        const filter = { action: 'user.disabled' };
        const { items } = await listAudits(filter, { limit: LIMIT }, issuers.engine(issuer));
        assertEquals(items.length, 1, issuer);
      }
    }));
});

describe('several issuers: what ends with the person', () => {
  for (
    const [name, act] of [
      ['a new password', (alice, by) => setPersonPassword(alice, 'another good one', CLI, by)],
      ['disabling', (alice, by) => disablePerson(alice.id, CLI, by)],
      ['removal', (alice, by) => removePerson(alice, CLI, by)],
    ] as const satisfies readonly (readonly [
      string,
      (alice: UserRecord, by: Engine) => Promise<{ readonly kind: string }>,
    ])[]
  ) {
    it(`${name} at one ends sessions and grants at all, offline ones, too`, () =>
      withIssuers(async (issuers) => {
        const alice = await aliceOf(issuers);
        const browserAt = everywhere(issuers);
        const tokens = new Map<string, string>();
        for (const issuer of URLS) {
          await answerAt(browserAt(issuer), issuer, { prompt: 'consent' });
          tokens.set(issuer, (await tokensAt(issuers, issuer)).access_token);
          assertEquals(await isSignedIn(browserAt(issuer), issuer), true, issuer);
        }
        issuers.clock.now += 1;
        assertEquals((await act(alice, issuers.engine(HOST))).kind, 'done');
        for (const issuer of URLS) {
          assertEquals(await isSignedIn(browserAt(issuer), issuer), false, issuer);
          assertEquals(await userinfoStatus(issuers, issuer, tokens.get(issuer) ?? ''), 401);
        }
      }));
  }

  it('removal leaves no record of theirs at any, save their names', () =>
    withIssuers(async (issuers) => {
      const alice = await aliceOf(issuers);
      for (const issuer of URLS) {
        const url = { prompt: 'consent', scope: 'openid offline_access' };
        await tokensAt(issuers, issuer, url);
        await newRecoveryCodes(alice.id, issuers.engine(issuer));
      }
      const result = await removePerson(alice, CLI, issuers.engine(HOST));
      assert(result.kind === 'done');
      assertEquals([result.value.sessions, result.value.grants], [URLS.length, URLS.length]);
      const left: string[] = [];
      for (
        const name of ['session', 'user_session', 'grant', 'user_grant', 'consent', 'recovery']
      ) {
        for await (const { key } of issuers.store.list([name])) left.push(key.join(' '));
      }
      assertEquals(left, []);
      const subjects: unknown[] = [];
      for await (const { key } of issuers.store.list(['subject'])) subjects.push(key[1]);
      assertEquals(subjects.length, URLS.length);
    }));

  it('removal takes along what is kept of an issuer that is not served at present', () =>
    withIssuers(async (issuers) => {
      const alice = await aliceOf(issuers);
      await tokensAt(issuers, HOST);
      const all = { issuers: URLS.map((issuer) => ({ issuer, clients: [APP] })) };
      await issuers.reload({ issuers: all.issuers.filter(({ issuer }) => issuer !== HOST) });
      const removed = await removePerson(alice, CLI, issuers.engine(ROOT));
      assertEquals(removed.kind === 'done' && [removed.value.sessions, removed.value.grants], [
        1,
        1,
      ]);
      await issuers.reload(all);
      const engine = issuers.engine(HOST);
      assertEquals((await pageSessions(undefined, { limit: LIMIT }, engine)).items.length, 0);
      assertEquals((await pageGrants({}, { limit: LIMIT }, engine)).items.length, 0);
    }));

  it('taking their second factors away signs them out at all, one that is not served included', () =>
    withIssuers(async (issuers) => {
      const browserAt = everywhere(issuers);
      for (const issuer of URLS) await answerAt(browserAt(issuer), issuer, { prompt: 'consent' });
      const { id } = await aliceOf(issuers);
      const all = URLS.map((issuer) => ({ issuer, clients: [APP] }));
      await issuers.reload({ issuers: all.filter(({ issuer }) => issuer !== PATH) });
      assertEquals((await resetFactors(id, CLI, issuers.engine(HOST))).sessions, URLS.length);
      await issuers.reload({ issuers: all });
      for (const issuer of URLS) {
        assertEquals(await isSignedIn(browserAt(issuer), issuer), false, issuer);
      }
    }));
});

describe('several issuers: what proves who somebody is', () => {
  it('T099: a code of an app, or a recovery code, is good once, not once at each', () =>
    withIssuers(async (issuers) => {
      const alice = await aliceOf(issuers);
      const [a, b] = [issuers.engine(ROOT), issuers.engine(HOST)];
      const { sealed, secret } = newTotp(alice, a);
      const codeNow = () => new TOTP({ secret }).generate({ timestamp: issuers.clock.now * 1000 });
      const enrolment = { sealed, code: codeNow(), name: '' };
      assertEquals(await enrolTotp(alice, enrolment, b), 'expired');
      assertEquals(await enrolTotp(alice, enrolment, a), 'enrolled');
      issuers.clock.now += 60;
      const code = codeNow();
      const [inA, again, inB] = [
        await checkTotp(alice, code, a),
        await checkTotp(alice, code, a),
        await checkTotp(alice, code, b),
      ];
      assertEquals([inA, again, inB], [true, false, false]);
      issuers.clock.now += 60;
      assertEquals(await checkTotp(alice, codeNow(), b), true);
      const [first = '', second = ''] = await newRecoveryCodes(alice.id, a);
      assertEquals(await checkRecoveryCode(alice.id, first, a), true);
      assertEquals(await checkRecoveryCode(alice.id, first, b), false);
      assertEquals(await checkRecoveryCode(alice.id, second, b), true);
    }));

  it('T093: guesses at a password at one slow those at another down', () =>
    withIssuers(async (issuers) => {
      const wrong = { ...ALICE, password: 'wrong' };
      const guess = async (issuer: string) => {
        const browser = issuers.browser(issuer);
        return await browser.submit(await browser.get(`${issuer}/login`), wrong);
      };
      const statuses: number[] = [];
      for (let round = 0; round < 4; round++) {
        for (const issuer of URLS) statuses.push((await guess(issuer)).status);
      }
      assert(statuses.includes(429), statuses.join(' '));
      assertEquals(statuses.at(-1), 429);
    }));

  it('T099: guesses at a second factor at one slow those at another down', () =>
    withIssuers(async (issuers) => {
      const alice = await aliceOf(issuers);
      const { sealed, secret } = newTotp(alice, issuers.engine(ROOT));
      const code = new TOTP({ secret }).generate({ timestamp: issuers.clock.now * 1000 });
      const enrolment = { sealed, code, name: '' };
      assertEquals(await enrolTotp(alice, enrolment, issuers.engine(ROOT)), 'enrolled');
      const statuses: number[] = [];
      for (const issuer of URLS) {
        const browser = issuers.browser(issuer);
        const asked = authorizationUrl({ client_id: 'strict' }, `${issuer}/authorize`);
        let page = await browser.submit(await browser.get(asked), ALICE, {}, 'id="username"');
        for (let guesses = 0; guesses < 2; guesses++) {
          assertEquals(page.url.pathname.endsWith('/login/second-factor'), true, page.url.href);
          page = await browser.submit(page, { totp: '000000' }, {}, 'id="totp"');
          statuses.push(page.status);
        }
      }
      assertEquals([statuses[0], statuses.at(-1)], [200, 429], statuses.join(' '));
    }));

  it('a link for a new password of one is void once another was used', () =>
    withIssuers(async (issuers) => {
      const alice = await aliceOf(issuers);
      const links = URLS.map((issuer) => {
        const engine = issuers.engine(issuer);
        const token = new URL(newResetLink(alice, engine).url).searchParams.get('token') ?? '';
        return { token, engine };
      });
      for (const { token, engine } of links) assert(await findReset(token, engine) !== undefined);
      await setPersonPassword(alice, 'another good one', CLI, issuers.engine(ROOT));
      for (const { token, engine } of links) {
        assertEquals(await findReset(token, engine), undefined);
      }
    }));

  it('the link for the first administrator is good at any, once, as it makes a person of all', () =>
    withIssuers(async (issuers) => {
      await removePerson(await aliceOf(issuers), CLI, issuers.engine(ROOT));
      const { search, href } = new URL(await issuers.instance.setupLink() ?? '');
      assert(href.startsWith(`${ROOT}/setup?`));
      for (const issuer of URLS) {
        const page = await issuers.browser(issuer).get(`${issuer}/setup${search}`);
        assertEquals(has(page, 'username'), true, issuer);
      }
      const browser = issuers.browser(HOST);
      const done = await browser.submit(await browser.get(`${HOST}/setup${search}`), {
        username: 'first',
        email: 'first@example.com',
        password: PASSWORD,
        repeat: PASSWORD,
      });
      assertEquals(done.status < 400, true, done.text.slice(0, 300));
      for (const issuer of URLS) {
        const page = await issuers.browser(issuer).get(`${issuer}/setup${search}`);
        assertEquals(has(page, 'username'), false, issuer);
        const own = issuers.browser(issuer);
        await signIn(own, issuer, 'first');
        assertEquals(await isSignedIn(own, issuer), true, issuer);
      }
    }));
});

describe('T149: the cookies of several issuers in one browser', () => {
  it('have names of their own', () => {
    assertEquals(new Set(URLS.map((url) => cookieOf('ostiary_session', url))).size, 4);
    assertEquals(cookieOf('ostiary_session', ROOT), cookieOf('ostiary_session', HOST));
  });

  it('do not sign out at another', () =>
    withIssuers(async (issuers) => {
      const browserAt = everywhere(issuers);
      for (const issuer of URLS) await answerAt(browserAt(issuer), issuer, { prompt: 'consent' });
      for (const [index, issuer] of URLS.entries()) {
        const browser = browserAt(issuer);
        const page = await browser.get(`${issuer}/account`);
        await browser.submit(page, {}, {}, 'id="sign-out"');
        for (const [place, other] of URLS.entries()) {
          assertEquals(await isSignedIn(browserAt(other), other), place > index, other);
        }
      }
    }));

  it('hold five accounts for each', () =>
    withIssuers(async (issuers) => {
      const names = ['one', 'two', 'three', 'four', 'five'];
      for (const name of names) await addPerson(issuers, name);
      const browser = issuers.browser(ROOT);
      for (const issuer of [ROOT, PATH]) {
        for (const name of names) await signIn(browser, issuer, name);
      }
      for (const issuer of [ROOT, PATH]) {
        const { text } = await browser.get(`${issuer}/account`);
        for (const name of names) assert(text.includes(name), `${name} at ${issuer}`);
      }
    }));
});
