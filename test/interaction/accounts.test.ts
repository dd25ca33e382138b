import { describe, it } from 'node:test';
import { assert, assertEquals, assertFalse, assertNotEquals } from '../support/assert.ts';
import { type Browser, has, type Page } from '../support/browser.ts';
import { ALICE, answerOf, authorizationUrl, claimsOf, redeem, tokensOf } from '../support/flow.ts';
import { CLIENT, type Op, openOp, PASSWORD } from '../support/op.ts';

const SESSION = '__Host-ostiary_session';
const REMEMBERED = '__Host-ostiary_remembered';
const IMPLICIT = { ...CLIENT, consent_mode: 'implicit' } as const;

interface House {
  readonly op: Op;
  readonly browser: Browser;
}

/** A provider with alice and bob, and a browser in which both are signed in, bob last. */
async function openHouse(remember: readonly string[] = []): Promise<House> {
  const op = await openOp({ config: { clients: [IMPLICIT] } });
  await addBob(op);
  const browser = op.browser();
  for (const username of ['alice', 'bob']) {
    await signIn(browser, username, remember.includes(username));
    op.clock.now += 10;
  }
  return { op, browser };
}

async function addBob({ instance: { directory, hasher } }: Op): Promise<void> {
  const password = await hasher.hash(PASSWORD);
  const created = await directory.create({
    username: 'bob',
    claims: { name: 'Bob Builder' },
    provenance: 'cli',
    ...(password === undefined ? {} : { password }),
  });
  assertEquals(created.kind, 'created');
}

async function signIn(browser: Browser, username: string, remember = false): Promise<Page> {
  const page = await browser.get('/login?switch=yes');
  return await browser.submit(
    page,
    { username, password: PASSWORD, ...(remember ? { remember: 'yes' } : {}) },
    {},
    'id="username"',
  );
}

/** Whose ID token an answer leads to, by their public subject. */
async function subOf(op: Op, page: Page): Promise<string> {
  const tokens = await tokensOf(await redeem(op, answerOf(page)['code'] ?? ''));
  return String(claimsOf(tokens.id_token)['sub']);
}

async function subsOf({ op }: House): Promise<{ readonly alice: string; readonly bob: string }> {
  const [alice, bob] = await Promise.all(['alice', 'bob'].map(async (username) => {
    const page = await op.browser().authorize(authorizationUrl(), { username, password: PASSWORD });
    return await subOf(op, page);
  }));
  assert(alice !== undefined && bob !== undefined && alice !== bob);
  return { alice, bob };
}

describe('several accounts in one browser', () => {
  it('answers for the account that signed in last', async () => {
    const house = await openHouse();
    const { bob } = await subsOf(house);
    assertEquals(await subOf(house.op, await house.browser.get(authorizationUrl())), bob);
  });

  it('Core §3.1.2.1: prompt=select_account shows those signed in, and goes on with the choice', async () => {
    const house = await openHouse();
    const { alice, bob } = await subsOf(house);
    const page = await house.browser.get(authorizationUrl({ prompt: 'select_account' }));
    assertEquals(page.url.pathname, '/select-account');
    assert(page.text.includes('Bob Builder') && page.text.includes('alice'));
    const answer = await house.browser.submit(page, choiceOf(page, 'alice'));
    assertEquals(await subOf(house.op, answer), alice);
    // From now on that is the account in use.
    const next = await house.browser.get(authorizationUrl());
    assertEquals(await subOf(house.op, next), alice);
    assertNotEquals(alice, bob);
  });

  it('the choice asks once, and somebody else can sign in instead', async () => {
    const { browser } = await openHouse();
    const page = await browser.get(authorizationUrl({ prompt: 'select_account' }));
    const [, other] = /id="other-account" href="([^"]+)"/.exec(page.text) ?? [];
    const login = await browser.get((other ?? '').replaceAll('&amp;', '&'));
    assert(has(login, 'username'));
  });

  it('a session of another browser cannot be chosen', async () => {
    const { op, browser } = await openHouse();
    const elsewhere = op.browser();
    await signIn(elsewhere, 'alice');
    const foreign = (elsewhere.cookies.get(SESSION) ?? '').split('.')[0] ?? '';
    const page = await browser.get(authorizationUrl({ prompt: 'select_account' }));
    const again = await browser.submit(page, { account_session: foreign });
    assertEquals(again.url.pathname, '/select-account');
  });

  it('T106: a choice without the token of the form changes nothing', async () => {
    const { browser } = await openHouse();
    const page = await browser.get(authorizationUrl({ prompt: 'select_account' }));
    const before = browser.cookies.get(SESSION);
    const body = new URLSearchParams(choiceOf(page, 'alice'));
    assertEquals((await browser.post('/select-account', body)).status, 403);
    assertEquals(browser.cookies.get(SESSION), before);
  });

  it('Core §3.1.2.1: id_token_hint takes the account it names, also silently', async () => {
    const house = await openHouse();
    const { alice } = await subsOf(house);
    const chosen = await house.browser.get(authorizationUrl({ prompt: 'select_account' }));
    const answer = await house.browser.submit(chosen, choiceOf(chosen, 'alice'));
    const tokens = await tokensOf(await redeem(house.op, answerOf(answer)['code'] ?? ''));
    await signIn(house.browser, 'bob');
    const before = house.browser.cookies.get(SESSION);
    const silent = await house.browser.get(
      authorizationUrl({ prompt: 'none', id_token_hint: tokens.id_token }),
    );
    assertEquals(await subOf(house.op, silent), alice);
    // T012: nothing in the browser has changed.
    assertEquals(house.browser.cookies.get(SESSION), before);
  });

  it('Core §3.1.2.1: login_hint takes the account it names', async () => {
    const house = await openHouse();
    const { alice } = await subsOf(house);
    const page = await house.browser.get(authorizationUrl({ login_hint: 'Alice' }));
    assertEquals(await subOf(house.op, page), alice);
  });

  it('Core §3.1.2.6: silently, with nothing to tell which, account_selection_required', async () => {
    const { browser } = await openHouse();
    const page = await browser.get(authorizationUrl({ prompt: 'none' }));
    assertEquals(answerOf(page)['error'], 'account_selection_required');
  });

  it('silently, the one account that uses the client is meant', async () => {
    const house = await openHouse();
    const { bob } = await subsOf(house);
    await house.browser.get(authorizationUrl());
    const page = await house.browser.get(authorizationUrl({ prompt: 'none' }));
    assertEquals(await subOf(house.op, page), bob);
  });

  it('each account is there once, with a new secret after each sign-in', async () => {
    const { browser } = await openHouse();
    const before = browser.cookies.get(SESSION) ?? '';
    await signIn(browser, 'alice');
    const after = browser.cookies.get(SESSION) ?? '';
    assertEquals(after.split('~').length, 2);
    assertEquals(sidsOf(after).toSorted(), sidsOf(before).toSorted());
    assertFalse(before.split('~').some((value) => after.split('~')[0] === value));
  });

  it('at most five accounts stay', async () => {
    const { op, browser } = await openHouse();
    for (let i = 0; i < 6; i++) {
      await op.instance.directory.create({
        username: `person${i}`,
        provenance: 'cli',
        password: await op.instance.hasher.hash(PASSWORD) ?? '',
      });
      await signIn(browser, `person${i}`);
    }
    assertEquals((browser.cookies.get(SESSION) ?? '').split('~').length, 5);
  });
});

describe('T102: who stays when the browser is closed', () => {
  it('only accounts that asked for it', async () => {
    const house = await openHouse(['alice']);
    const { alice } = await subsOf(house);
    house.browser.cookies.delete(SESSION);
    const page = await house.browser.get(authorizationUrl());
    assertEquals(await subOf(house.op, page), alice);
  });

  it('the account in use comes first, wherever it is kept', async () => {
    const house = await openHouse(['bob']);
    const { bob } = await subsOf(house);
    assert(house.browser.cookies.has(REMEMBERED));
    // The list names who is kept in the other cookie, without the secret.
    const listed = (house.browser.cookies.get(SESSION) ?? '').split('~');
    assertEquals(listed.map((value) => value.includes('.')), [false, true]);
    assertEquals(await subOf(house.op, await house.browser.get(authorizationUrl())), bob);
  });

  it('with all of them remembered there is one cookie', async () => {
    const { browser } = await openHouse(['alice', 'bob']);
    assertFalse(browser.cookies.has(SESSION));
    assertEquals((browser.cookies.get(REMEMBERED) ?? '').split('~').length, 2);
  });

  it('hostile cookies are nobody', async () => {
    const { op } = await openHouse();
    const values = ['~', 'a~b~c', '.', `${'x'.repeat(3000)}.y`, '~~~~~~~~', 'a.b~a.b'];
    for (const value of values) {
      const browser = op.browser();
      browser.cookies.set(SESSION, value);
      browser.cookies.set(REMEMBERED, value);
      const page = await browser.get(authorizationUrl());
      assert(has(page, 'username'), `${value} gave ${page.status}`);
    }
  });

  it('remembered accounts that are signed in as before keep what the session was', async () => {
    const { op, browser } = await openHouse(['alice', 'bob']);
    const page = await browser.authorize(authorizationUrl(), ALICE);
    assert(answerOf(page)['code'] !== undefined);
    op.clock.now += 30 * 86_400;
    assert(has(await browser.get(authorizationUrl()), 'username'));
  });
});

function sidsOf(cookie: string): string[] {
  return cookie.split('~').map((value) => value.split('.')[0] ?? '');
}

function choiceOf(page: Page, username: string): { readonly account_session: string } {
  const buttons = page.text.split('<button').slice(1);
  const button = buttons.find((each) => each.includes(`<bdi>${username}</bdi>`)) ?? '';
  const [, sid] = /value="([^"]+)"/.exec(button) ?? [];
  assert(sid !== undefined, `${username} is not on the page`);
  return { account_session: sid };
}
