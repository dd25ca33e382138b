import { describe, it } from 'node:test';
import { assert, assertEquals, assertFalse, assertStringIncludes } from '../../support/assert.ts';
import { type Browser, has, type Page, textOf } from '../../support/browser.ts';
import {
  ALICE,
  answerOf,
  authorizationUrl,
  obtainCode,
  redeem,
  refresh,
  type Tokens,
  tokensOf,
  userinfo,
} from '../../support/flow.ts';
import { CLIENT, type Op, openOp, PASSWORD } from '../../support/op.ts';

const NEW_PASSWORD = 'a wholly other sentence';
const PAGES = ['', '/profile', '/password', '/sessions', '/applications', '/activity'] as const;

interface Home {
  readonly op: Op;
  readonly browser: Browser;
}

/** A provider whose client asks nobody, and a browser in which alice is signed in. */
async function openHome(): Promise<Home> {
  const op = await openOp({
    config: { clients: [{ ...CLIENT, consent_mode: 'implicit' }] },
  });
  const browser = op.browser();
  await signIn(browser);
  return { op, browser };
}

async function signIn(browser: Browser, password: string = PASSWORD): Promise<Page> {
  const page = await browser.get('/login');
  return await browser.submit(page, { username: 'alice', password }, {}, 'id="username"');
}

async function tokensIn({ op, browser }: Home): Promise<Tokens> {
  return await tokensOf(await redeem(op, await obtainCode(op, {}, browser)));
}

async function aliceOf({ instance }: Op) {
  const user = await instance.directory.findByUsername('alice');
  assert(user !== undefined);
  return user;
}

describe('the pages of the account', () => {
  for (const path of PAGES) {
    it(`/account${path} is for whoever is signed in, and comes back after signing in`, async () => {
      const op = await openOp();
      const browser = op.browser();
      const login = await browser.get(`/account${path}`);
      assertEquals(login.url.pathname, '/login');
      const page = await browser.submit(login, ALICE, {}, 'id="username"');
      assertEquals([page.url.pathname, page.status], [`/account${path}`, 200]);
      assertStringIncludes(page.text, 'alice');
    });

    it(`T107: /account${path} is not framed, kept or shared`, async () => {
      const { browser } = await openHome();
      const { headers } = await browser.get(`/account${path}`);
      assertEquals(headers.get('x-frame-options'), 'DENY');
      assertEquals(headers.get('cache-control'), 'no-store');
      assertEquals(headers.get('referrer-policy'), 'no-referrer');
    });
  }

  for (const path of ['/profile', '/password', '/sessions', '/applications'] as const) {
    it(`T106: a form to /account${path} without its token is refused`, async () => {
      const { browser } = await openHome();
      const body = new URLSearchParams({ others: 'yes', current: PASSWORD, revoke: 'app' });
      assertEquals((await browser.post(`/account${path}`, body)).status, 403);
    });

    it(`T106: a form to /account${path} from another site is refused`, async () => {
      const { browser } = await openHome();
      const page = await browser.get(`/account${path}`);
      const sent = await browser.submit(
        page,
        {},
        { origin: 'https://evil.example' },
        `action="https://op.example/account${path}"`,
      );
      assertEquals(sent.status, 403);
    });
  }

  it('news come from a closed list', async () => {
    const { browser } = await openHome();
    assertStringIncludes(
      (await browser.get('/account/sessions?done=session_ended')).text,
      'role="status"',
    );
    for (const done of ['%3Cb%3E', 'constructor', 'nothing']) {
      const page = await browser.get(`/account/sessions?done=${done}`);
      assertFalse(page.text.includes('role="status"'));
    }
  });
});

describe('/account', () => {
  it('signs this browser out, and nobody else', async () => {
    const home = await openHome();
    const elsewhere = home.op.browser();
    await signIn(elsewhere);
    const page = await home.browser.get('/account');
    const login = await home.browser.submit(page, {}, {}, 'id="sign-out"');
    assertEquals(login.url.pathname, '/login');
    assert(has(login, 'username'));
    assertEquals((await elsewhere.get('/account')).url.pathname, '/account');
  });
});

describe('/account/profile', () => {
  const form = 'id="save"';

  it('shows what there is, and keeps what is typed', async () => {
    const { op, browser } = await openHome();
    const page = await browser.get('/account/profile');
    assertStringIncludes(page.text, 'value="Alice Example"');
    const saved = await browser.submit(
      page,
      {
        ...valuesIn(page),
        nickname: 'Ally',
        gender: '',
        locality: 'Berlin',
      },
      {},
      form,
    );
    assertEquals(saved.url.search, '?done=profile_saved');
    const { claims } = await aliceOf(op);
    assertEquals([claims['nickname'], claims['gender']], ['Ally', undefined]);
    assertEquals(claims['name'], 'Alice Example');
    assertEquals(claims['email_verified'], true);
  });

  it('an address that was not touched stays whole', async () => {
    const { op, browser } = await openHome();
    const before = (await aliceOf(op)).claims['address'];
    const page = await browser.get('/account/profile');
    await browser.submit(page, { ...valuesIn(page), nickname: 'Ally' }, {}, form);
    assertEquals((await aliceOf(op)).claims['address'], before);
  });

  it('says at each field what is wrong, and saves nothing', async () => {
    const { op, browser } = await openHome();
    const page = await browser.get('/account/profile');
    const wrong = { email: 'nobody', birthdate: 'yesterday', website: 'javascript:alert(1)' };
    const again = await browser.submit(page, { ...valuesIn(page), ...wrong }, {}, form);
    for (const field of Object.keys(wrong)) assert(has(again, `${field}-remark`), field);
    assertFalse(again.text.includes('href="javascript'));
    assertEquals((await aliceOf(op)).claims['email'], 'alice@alice.example');
  });

  it('a new e-mail address is not verified, and needs a fresh proof (T100)', async () => {
    const { op, browser } = await openHome();
    op.clock.now += 3600;
    const page = await browser.get('/account/profile');
    const fields = { ...valuesIn(page), email: 'alice@elsewhere.example' };
    const login = await browser.submit(page, fields, {}, form);
    assertEquals(login.url.pathname, '/login');
    assertEquals((await aliceOf(op)).claims['email'], 'alice@alice.example');
    const fresh = await browser.submit(login, ALICE, {}, 'id="username"');
    assertEquals(fresh.url.pathname, '/account/profile');
    await browser.submit(fresh, fields, {}, form);
    const { claims } = await aliceOf(op);
    assertEquals([claims['email'], claims['email_verified']], [
      'alice@elsewhere.example',
      undefined,
    ]);
  });
});

describe('/account/password', () => {
  const form = 'id="change"';
  const typed = { current: PASSWORD, password: NEW_PASSWORD, repeat: NEW_PASSWORD } as const;

  it('T102: all sessions and grants end at once, and this browser goes on', async () => {
    const home = await openHome();
    const { op, browser } = home;
    const elsewhere = op.browser();
    await signIn(elsewhere);
    const tokens = await tokensIn(home);
    const code = await obtainCode(op, {}, browser);
    const page = await browser.get('/account/password');
    const before = new Map(browser.cookies);
    const changed = await browser.submit(page, typed, {}, form);
    assertEquals(changed.url.search, '?done=password_changed');
    assertEquals((await userinfo(op, tokens.access_token)).status, 401);
    assertEquals((await refresh(op, tokens.refresh_token)).status, 400);
    assertEquals((await redeem(op, code)).status, 400);
    assertEquals((await elsewhere.get('/account')).url.pathname, '/login');
    // What was this browser's cookie opens nothing either.
    const old = op.browser();
    for (const [name, value] of before) old.cookies.set(name, value);
    assertEquals((await old.get('/account')).url.pathname, '/login');
    op.clock.now += 1;
    assertEquals((await browser.get('/account')).url.pathname, '/account');
    assert(has(await signIn(op.browser()), 'problem'));
    assertEquals((await signIn(op.browser(), NEW_PASSWORD)).url.pathname, '/account');
  });

  for (
    const { name, fields, remark } of [
      { name: 'a wrong current password', fields: { current: 'not it at all' }, remark: 'current' },
      { name: 'two that differ', fields: { repeat: 'something else' }, remark: 'repeat' },
      {
        name: 'one that is too short',
        fields: { password: 'x1', repeat: 'x1' },
        remark: 'password',
      },
      {
        name: 'one that everybody has',
        fields: { password: 'password1', repeat: 'password1' },
        remark: 'password',
      },
      { name: 'none', fields: { password: '', repeat: '' }, remark: 'password' },
    ]
  ) {
    it(`refuses ${name}, and says so at the field`, async () => {
      const { op, browser } = await openHome();
      const { password } = await aliceOf(op);
      const page = await browser.get('/account/password');
      const again = await browser.submit(page, { ...typed, ...fields }, {}, form);
      assert(textOf(again, `${remark}-remark`).length > 10);
      assertEquals((await aliceOf(op)).password, password);
    });
  }

  it('guesses at the current password are slowed like any (T094)', async () => {
    const { browser } = await openHome();
    const page = await browser.get('/account/password');
    const wrong = { ...typed, current: 'a wrong guess' };
    let last = page;
    for (let i = 0; i < 8; i++) last = await browser.submit(page, wrong, {}, form);
    assertEquals(last.status, 429);
    assert(Number(last.headers.get('retry-after')) > 0);
  });

  it('T100: needs a fresh proof, at the form, too', async () => {
    const { op, browser } = await openHome();
    const page = await browser.get('/account/password');
    op.clock.now += 3600;
    assertEquals((await browser.submit(page, typed, {}, form)).url.pathname, '/login');
    assertEquals((await browser.get('/account/password')).url.pathname, '/login');
  });
});

describe('/account/sessions', () => {
  it('shows each with device and address, and ends one', async () => {
    const { op, browser } = await openHome();
    const elsewhere = op.browser();
    const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
    const login = await elsewhere.get('/login');
    await elsewhere.submit(login, ALICE, { 'user-agent': agent }, 'id="username"');
    const page = await browser.get('/account/sessions');
    for (const text of ['Firefox', 'Linux', '203.0.113.7']) assertStringIncludes(page.text, text);
    const row = page.text.split('<li>').find((each) => each.includes('Firefox')) ?? '';
    const [, sid = ''] = /name="end" value="([^"]+)"/.exec(row) ?? [];
    const after = await browser.submit(page, { end: sid }, {}, 'name="end"');
    assertEquals(after.url.search, '?done=session_ended');
    assertFalse(after.text.includes('Firefox'));
    assertEquals((await elsewhere.get('/account')).url.pathname, '/login');
    assertEquals((await browser.get('/account')).url.pathname, '/account');
  });

  it('ends all the others', async () => {
    const { op, browser } = await openHome();
    const others = [op.browser(), op.browser()];
    for (const other of others) await signIn(other);
    const page = await browser.get('/account/sessions');
    await browser.submit(page, { others: 'yes' }, {}, 'name="end"');
    for (const other of others) {
      assertEquals((await other.get('/account')).url.pathname, '/login');
    }
    assertEquals((await browser.get('/account')).url.pathname, '/account');
  });

  it('somebody else’s session is not theirs to end', async () => {
    const { op, browser } = await openHome();
    await op.instance.directory.create({
      username: 'bob',
      provenance: 'cli',
      password: await op.instance.hasher.hash(PASSWORD) ?? '',
    });
    const bob = op.browser();
    await bob.submit(await bob.get('/login'), { username: 'bob', password: PASSWORD }, {}, 'login');
    const sid = (bob.cookies.get('__Host-ostiary_session') ?? '').split('.')[0] ?? '';
    const page = await browser.get('/account/sessions');
    await browser.submit(page, { end: sid }, {}, 'name="end"');
    assertEquals((await bob.get('/account')).url.pathname, '/account');
  });

  it('what a browser calls itself is text, whatever it is', async () => {
    const { op, browser } = await openHome();
    const elsewhere = op.browser();
    const login = await elsewhere.get('/login');
    const agent = `<script>alert(1)</script>${'x'.repeat(5000)}`;
    await elsewhere.submit(login, ALICE, { 'user-agent': agent }, 'id="username"');
    const page = await browser.get('/account/sessions');
    assertFalse(page.text.includes('<script>'));
    assert(page.text.length < 60_000);
  });
});

describe('/account/applications', () => {
  it('shows what was granted, and takes it back at once', async () => {
    const home = await openHome();
    const { op, browser } = home;
    const tokens = await tokensIn(home);
    const code = await obtainCode(op, {}, browser);
    const page = await browser.get('/account/applications');
    assertStringIncludes(page.text, 'The App');
    const after = await browser.submit(page, { revoke: CLIENT.client_id }, {}, 'name="revoke"');
    assertEquals(after.url.search, '?done=application_revoked');
    assertFalse(after.text.includes('The App'));
    assertEquals((await refresh(op, tokens.refresh_token)).status, 400);
    assertEquals((await userinfo(op, tokens.access_token)).status, 401);
    assertEquals((await redeem(op, code)).status, 400);
  });

  it('an application that nobody knows changes nothing', async () => {
    const home = await openHome();
    const tokens = await tokensIn(home);
    const page = await home.browser.get('/account/applications');
    for (const revoke of ['nobody', '__proto__', 'x'.repeat(1000)]) {
      const after = await home.browser.submit(page, { revoke }, {}, 'name="revoke"');
      assertEquals(after.status, 200);
    }
    const nameless = await home.browser.submit(page, { revoke: '' }, {}, 'name="revoke"');
    assertEquals(nameless.status, 400);
    assertEquals((await refresh(home.op, tokens.refresh_token)).status, 200);
  });

  it('may be allowed again', async () => {
    const home = await openHome();
    await tokensIn(home);
    const page = await home.browser.get('/account/applications');
    await home.browser.submit(page, { revoke: CLIENT.client_id }, {}, 'name="revoke"');
    home.op.clock.now += 1;
    const answer = answerOf(await home.browser.authorize(authorizationUrl(), ALICE));
    assertEquals((await redeem(home.op, answer['code'] ?? '')).status, 200);
  });
});

describe('/account/activity', () => {
  it('tells of sign-ins, failures and changes, newest first', async () => {
    const { op, browser } = await openHome();
    await signIn(op.browser(), 'wrong, and wrong');
    await signIn(op.browser());
    const page = await browser.get('/account/sessions');
    await browser.submit(page, { others: 'yes' }, {}, 'name="others"');
    const { text } = await browser.get('/account/activity');
    const items = text.slice(text.indexOf('class="items"'));
    const places = ['Device signed out', 'Signed in', 'Wrong password'].map((each) =>
      items.indexOf(each)
    );
    assertFalse(places.includes(-1));
    assertEquals(places, places.toSorted((left, right) => left - right));
  });

  it('the same failure again and again is one entry', async () => {
    const { op, browser } = await openHome();
    for (let i = 0; i < 4; i++) await signIn(op.browser(), `wrong ${i} and wrong`);
    const { text } = await browser.get('/account/activity');
    assertEquals(text.split('Wrong password').length, 2);
    assertStringIncludes(text.replaceAll(/\s+/g, ' '), '4 times');
  });
});

/** What the fields of the profile hold. */
function valuesIn({ text }: Page): Readonly<Record<string, string>> {
  const form = text.slice(text.indexOf('/account/profile"'));
  return Object.fromEntries(
    Array.from(
      form.matchAll(/<input\s+id="(\w+)"\s+name="\w+"\s+value="([^"]*)"/g),
      ([, name = '', value = '']) => [name, value],
    ),
  );
}
