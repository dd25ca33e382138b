import { describe, it } from 'node:test';
import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from '../support/assert.ts';
import { checkBoxes, has, hiddenFields, type Page, textOf } from '../support/browser.ts';
import {
  ALICE,
  answerOf,
  authorizationUrl,
  isActive,
  obtainTokens,
  redeem,
  REDIRECT_URI,
  refresh,
  tokensOf,
  userinfo,
} from '../support/flow.ts';
import { CLIENT, ISSUER, type Op, openOp, PASSWORD, quickHasher } from '../support/op.ts';

const SESSION = '__Host-ostiary_session';
const SCOPES = 'openid profile email';

async function consentPage(op: Op, changes: Record<string, string> = {}) {
  const browser = op.browser();
  const page = await browser.submit(
    await browser.get(authorizationUrl({ scope: SCOPES, ...changes })),
    ALICE,
  );
  assert(has(page, 'accept'));
  return { browser, page };
}

async function records(op: Op): Promise<number> {
  let count = 0;
  for (const name of ['session', 'code', 'grant', 'consent', 'par', 'subject', 'revoked']) {
    for await (const _ of op.store.list([name])) count += 1;
  }
  return count;
}

describe('sign-in page', () => {
  it('nothing is stored before somebody signs in', async () => {
    const op = await openOp();
    for (let i = 0; i < 20; i += 1) await op.browser().get(authorizationUrl({ state: `s${i}` }));
    assertEquals(await records(op), 0);
  });

  it('says who asks, by name, logo, policy and terms, and returns to', async () => {
    const client = {
      ...CLIENT,
      logo_uri: 'https://app.example/logo.png',
      policy_uri: 'https://app.example/policy',
      tos_uri: 'https://app.example/tos',
    };
    const op = await openOp({ config: { clients: [client] } });
    const { page: consent } = await consentPage(op);
    for (const page of [await op.browser().get(authorizationUrl()), consent]) {
      for (const id of ['client-logo', 'client-policy', 'client-tos']) assert(has(page, id), id);
      for (const text of ['The App', 'app.example']) assertStringIncludes(page.text, text);
      assertStringIncludes(
        page.headers.get('content-security-policy') ?? '',
        "img-src 'self' data: https://app.example",
      );
    }
  });

  it('T093: unknown, wrong, without password and disabled look and cost the same', async () => {
    const verified: string[] = [];
    const quick = quickHasher();
    const hasher = {
      ...quick,
      verify: (
        password: string,
        digest: string,
      ) => (verified.push(digest), quick.verify(password, digest)),
    };
    const op = await openOp({ hasher });
    const { directory } = op.instance;
    await directory.create({ username: 'nopassword', provenance: 'cli' });
    const disabled = await directory.create({
      username: 'disabled',
      password: `quick:${PASSWORD}`,
      provenance: 'cli',
    });
    if (disabled.kind === 'created') await directory.disable(disabled.user.id);
    const pages: string[] = [];
    for (
      const [username, password] of [
        ['alice', 'wrong'],
        ['nobody', 'wrong'],
        ['nopassword', 'x'],
        ['disabled', PASSWORD],
        ['\u0000"<', 'x'],
        ['', ''],
        ['__proto__', 'x'],
      ] as const
    ) {
      const browser = op.browser();
      const page = await browser.submit(await browser.get(authorizationUrl()), {
        username,
        password,
      });
      assertEquals(page.status, 200);
      assertEquals(browser.cookies.has(SESSION), false);
      // A passkey’s challenge is another each time.
      pages.push(page.text.replace(/(?:value|nonce|data-options)="[^"]*"/g, ''));
    }
    assertEquals(
      new Set(
        pages.map((text) =>
          text.replace(/autofocus/g, '').replace(/\s+/g, ' ').replace(/ >/g, '>')
        ),
      ).size,
      1,
    );
    assertEquals(verified.length, 7);
  });

  it('T094, T095: guesses are slowed by 429 however the name is written; elsewhere the owner gets in', async () => {
    const op = await openOp();
    const typed = ['alice', 'ALICE', ' alice ', 'ａｌｉｃｅ', 'Alice'];
    let page: Page | undefined;
    const browser = op.browser();
    for (let i = 0; i < 8; i += 1) {
      page = await browser.submit(await browser.get(authorizationUrl()), {
        username: typed[i % typed.length] ?? '',
        password: 'wrong',
      });
    }
    assertEquals(page?.status, 429);
    assert(Number(page?.headers.get('retry-after')) >= 1);
    assertEquals((await browser.submit(await browser.get(authorizationUrl()), ALICE)).status, 429);
    const elsewhere = op.browser();
    const form = await elsewhere.get(authorizationUrl());
    const cookie = [...elsewhere.cookies].map((pair) => pair.join('=')).join('; ');
    const response = await op.fetch('/login', {
      method: 'POST',
      headers: { cookie, origin: ISSUER },
      body: new URLSearchParams([...hiddenFields(form.text).map((pair) => [...pair]), [
        'username',
        'alice',
      ], ['password', PASSWORD]]),
      peer: '198.51.100.77',
    });
    assertEquals(response.status, 303);
    op.clock.now += 1000;
    assert(has(await browser.submit(await browser.get(authorizationUrl()), ALICE), 'accept'));
  });

  it('T096: a password over the cap is wrong, not cut, and never an error', async () => {
    const op = await openOp({ hasher: undefined as never });
    for (const password of ['x'.repeat(1025), PASSWORD + 'x'.repeat(60_000)]) {
      const browser = op.browser();
      const page = await browser.submit(await browser.get(authorizationUrl()), {
        username: 'alice',
        password,
      });
      assert(has(page, 'login'));
    }
    await op.close();
  });

  it('T106: needs the token of this browser, this passage and this page, and our own Origin', async () => {
    const op = await openOp();
    const browser = op.browser();
    const page = await browser.get(authorizationUrl());
    const fields = Object.fromEntries(hiddenFields(page.text));
    const good: Record<string, string> = { ...fields, ...ALICE };
    const other = op.browser();
    const otherFields = Object.fromEntries(
      hiddenFields((await other.get(authorizationUrl())).text),
    );
    const refused: readonly [string, Record<string, string>, Record<string, string>][] = [
      ['no token', { ...good, csrf: '' }, {}],
      ['a made-up token', { ...good, csrf: `${good['csrf']}x` }, {}],
      ['another browser’s token', { ...good, csrf: otherFields['csrf'] ?? '' }, {}],
      ['another browser’s request', { ...good, pending: otherFields['pending'] ?? '' }, {}],
      ['a foreign Origin', good, { origin: 'https://evil.example' }],
      ['a null Origin without Sec-Fetch-Site', good, { origin: 'null' }],
      ['a cross-site form', good, { origin: 'null', 'sec-fetch-site': 'cross-site' }],
      ['no token for the page alone', { ...good, pending: '' }, {}],
    ];
    for (const [name, form, headers] of refused) {
      const answer = await browser.post('/login', new URLSearchParams(form), headers);
      assert(answer.status === 403 || answer.status === 400, `${name}: ${answer.status}`);
      assertFalse(browser.cookies.has(SESSION), name);
    }
    const own = await browser.post('/login', new URLSearchParams(good), {
      origin: 'null',
      'sec-fetch-site': 'same-origin',
    });
    assert(has(own, 'accept'));
  });

  it('the sealed request is good for its browser and for an hour', async () => {
    const op = await openOp();
    const browser = op.browser();
    const page = await browser.get(authorizationUrl());
    const [sealed] = page.url.searchParams.getAll('pending');
    assert(sealed !== undefined && sealed.length > 100);
    assertFalse(page.text.includes('xyz"'));
    assertEquals((await op.browser().get(page.url.href)).status, 400);
    assertEquals((await browser.get(page.url.href.slice(0, -3) + 'AAA')).status, 400);
    assertEquals((await browser.get(page.url.href)).status, 200);
    op.clock.now += 3600;
    const late = await browser.get(page.url.href);
    assertStringIncludes(textOf(late, 'error_description'), 'expired');
  });

  it('a client that is removed meanwhile is noticed', async () => {
    const op = await openOp();
    const browser = op.browser();
    const page = await browser.get(authorizationUrl());
    const { parseConfig } = await import('../../src/config/parse.ts');
    const without = parseConfig({ issuer: ISSUER, storage: { engine: 'memory' } });
    assert(without.ok);
    await op.instance.reload(without.config);
    assertEquals((await browser.submit(page, ALICE)).status, 400);
  });

  it('opened on its own it signs in, and then says so', async () => {
    const op = await openOp();
    const browser = op.browser();
    const page = await browser.submit(await browser.get('/login'), ALICE);
    assertStringIncludes(page.text, 'alice');
    assertFalse(has(page, 'password'));
  });
});

describe('RFC 6749 §3.1: an authorization request as a form from another site', () => {
  it('comes without the SameSite cookie, and finds the session all the same', async () => {
    const op = await openOp();
    const browser = op.browser();
    await obtainTokens(op, {}, browser);
    const session = browser.cookies.get(SESSION) ?? '';
    browser.cookies.delete(SESSION);
    const body = new URLSearchParams(authorizationUrl().split('?')[1]);
    const login = await browser.post('/authorize', body, { origin: 'https://app.example' });
    assert(has(login, 'password'));
    browser.cookies.set(SESSION, session);
    assert('code' in answerOf(await browser.get(login.url.href)));
  });

  it('who is not the one signed in can still sign in as another', async () => {
    const op = await openOp();
    const { browser, page } = await consentPage(op);
    const [, link = ''] = /href="([^"]*switch=yes)"/.exec(page.text) ?? [];
    assert(has(await browser.get(link.replaceAll('&amp;', '&')), 'password'));
  });
});

describe('session', () => {
  it('T098: its cookie is __Host-, Secure, HttpOnly, Lax, and new at each sign-in', async () => {
    const op = await openOp();
    const browser = op.browser();
    await obtainTokens(op, {}, browser);
    const first = browser.cookies.get(SESSION);
    op.clock.now += 1;
    const page = await browser.get(authorizationUrl({ prompt: 'login' }));
    const response = await op.fetch('/login', {
      method: 'POST',
      headers: {
        cookie: [...browser.cookies].map((pair) => pair.join('=')).join('; '),
        origin: ISSUER,
      },
      body: new URLSearchParams([...hiddenFields(page.text).map((pair) => [...pair]), [
        'username',
        'alice',
      ], ['password', PASSWORD]]),
    });
    const cookie = response.headers.getSetCookie().find((each) => each.startsWith(SESSION)) ?? '';
    assertMatch(cookie, /^__Host-ostiary_session=[^;]+; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
    assertNotEquals(cookie.split(/[=;]/)[1], first);
    // The secret of before opens nothing any more.
    const old = op.browser();
    old.cookies.set(SESSION, first ?? '');
    assertEquals(
      answerOf(await old.get(authorizationUrl({ prompt: 'none' })))['error'],
      'login_required',
    );
  });

  it('T098: a cookie that somebody planted is never made a session', async () => {
    const op = await openOp();
    const browser = op.browser();
    for (
      const value of [
        'a.b',
        '.',
        'x',
        `${'a'.repeat(22)}.${'b'.repeat(43)}`,
        '__proto__.x',
        '%00.%00',
      ]
    ) {
      browser.cookies.set(SESSION, value);
      assertEquals(
        answerOf(await browser.get(authorizationUrl({ prompt: 'none' })))['error'],
        'login_required',
      );
    }
    const planted = browser.cookies.get(SESSION);
    await obtainTokens(op, {}, browser);
    assertNotEquals(browser.cookies.get(SESSION), planted);
  });

  it('under http loopback the cookie has no prefix and stays with the issuer’s port and path', async () => {
    const op = await openOp({ config: { issuer: 'http://localhost:9091/auth' } });
    const response = await op.fetch(authorizationUrl({}, '/auth/authorize'));
    const [cookie] = response.headers.getSetCookie();
    assertMatch(
      cookie ?? '',
      /^ostiary_browser-9091\.auth=[^;]+; Path=\/auth; HttpOnly; SameSite=Lax$/,
    );
  });

  it('T102: ends when idle, and at its absolute end whatever its use', async () => {
    const op = await openOp({ config: { sessions: { idle: '1h', absolute: '3h' } } });
    const browser = op.browser();
    await obtainTokens(op, {}, browser);
    const silent = async () =>
      'code' in answerOf(await browser.get(authorizationUrl({ prompt: 'none' })));
    for (const minutes of [50, 50, 50]) {
      op.clock.now += minutes * 60;
      assert(await silent());
    }
    op.clock.now += 31 * 60;
    assertFalse(await silent());
    await obtainTokens(op, {}, browser);
    op.clock.now += 3601;
    assertFalse(await silent());
  });

  it('T102: remembered, it outlives the browser and idleness, to its own end', async () => {
    const op = await openOp({
      config: { sessions: { idle: '1h', absolute: '3h', remember: '7d' } },
    });
    const browser = op.browser();
    const page = await browser.submit(await browser.get(authorizationUrl()), {
      ...ALICE,
      remember: 'yes',
    });
    await browser.submit(page, { decision: 'accept', scope: checkBoxes(page.text) });
    op.clock.now += 6 * 86_400;
    assert('code' in answerOf(await browser.get(authorizationUrl({ prompt: 'none' }))));
    op.clock.now += 86_400;
    assert('error' in answerOf(await browser.get(authorizationUrl({ prompt: 'none' }))));
  });

  it('T102: a new password, and disabling, end all sessions and grants at once', async () => {
    for (const end of ['password', 'disable', 'remove'] as const) {
      const op = await openOp();
      const { directory } = op.instance;
      const browser = op.browser();
      const tokens = await obtainTokens(op, { scope: 'openid offline_access' }, browser);
      op.clock.now += 1;
      const id = (await directory.findByUsername('alice'))?.id ?? '';
      if (end === 'password') await directory.setPassword(id, 'quick:another');
      else if (end === 'disable') await directory.disable(id);
      else await directory.remove(id);
      assertEquals(
        answerOf(await browser.get(authorizationUrl({ prompt: 'none' })))['error'],
        'login_required',
      );
      assertFalse(await isActive(op, tokens.access_token));
      assertEquals((await userinfo(op, tokens.access_token)).status, 401);
      assertEquals((await refresh(op, tokens.refresh_token)).status, 400);
    }
  });

  it('T034: a code from before a new password is worth nothing', async () => {
    const op = await openOp();
    const page = await op.browser().authorize(
      authorizationUrl({ scope: 'openid offline_access' }),
      ALICE,
    );
    op.clock.now += 1;
    const id = (await op.instance.directory.findByUsername('alice'))?.id ?? '';
    await op.instance.directory.setPassword(id, 'quick:another');
    assertEquals((await redeem(op, answerOf(page)['code'] ?? '')).status, 400);
  });
});

describe('consent page', () => {
  it('shows every scope in words, and a box for each that may be left out', async () => {
    const op = await openOp();
    const { page } = await consentPage(op, { scope: 'openid profile email offline_access' });
    assertEquals(checkBoxes(page.text), ['openid', 'profile', 'email', 'offline_access']);
    assertMatch(page.text, /value="openid"[^>]* disabled/);
    assertStringIncludes(page.text, 'alice');
  });

  it('T110: grants at most what was asked for, whatever the form says', async () => {
    const op = await openOp();
    const { browser, page } = await consentPage(op);
    const answer = answerOf(
      await browser.submit(page, {
        decision: 'accept',
        scope: ['profile', 'phone', 'offline_access', 'admin'],
      }),
    );
    assertEquals((await tokensOf(await redeem(op, answer['code'] ?? ''))).scope, 'openid profile');
  });

  it('T109: what was left out is left out of tokens, userinfo and memory; anything new is asked for', async () => {
    const op = await openOp();
    const { browser, page } = await consentPage(op);
    const answer = answerOf(await browser.submit(page, { decision: 'accept', scope: 'profile' }));
    const tokens = await tokensOf(await redeem(op, answer['code'] ?? ''));
    assertEquals(tokens.scope, 'openid profile');
    const claims = await (await userinfo(op, tokens.access_token)).json() as Record<
      string,
      unknown
    >;
    assertFalse('email' in claims);
    const silent = answerOf(await browser.get(authorizationUrl({ scope: SCOPES, prompt: 'none' })));
    const again = await tokensOf(await redeem(op, silent['code'] ?? ''));
    assertEquals(again.scope, 'openid profile');
    assertEquals(
      answerOf(await browser.get(authorizationUrl({ scope: `${SCOPES} phone`, prompt: 'none' })))[
        'error'
      ],
      'consent_required',
    );
  });

  it('T109: is per client, and per resource', async () => {
    const clients = [{ ...CLIENT, scope: `${CLIENT.scope} read` }, {
      ...CLIENT,
      client_id: 'other',
    }];
    const op = await openOp({
      config: { clients, resources: [{ resource: 'https://api.example/', scope: 'read' }] },
    });
    const browser = op.browser();
    await obtainTokens(op, {}, browser);
    assertEquals(
      answerOf(
        await browser.get(authorizationUrl({ client_id: 'other', prompt: 'none' })),
      )['error'],
      'consent_required',
    );
    const resource = { resource: 'https://api.example/', prompt: 'none' };
    assertEquals(
      answerOf(await browser.get(authorizationUrl(resource)))['error'],
      'consent_required',
    );
  });

  it('T106: needs the token of this session and passage', async () => {
    const op = await openOp();
    const { browser, page } = await consentPage(op);
    const fields = Object.fromEntries(hiddenFields(page.text));
    for (const csrf of ['', 'x', `${fields['csrf']}x`]) {
      const answer = await browser.post(
        '/consent',
        new URLSearchParams({ ...fields, csrf, decision: 'accept' }),
      );
      assertEquals(answer.status, 403);
    }
    const login = Object.fromEntries(
      hiddenFields((await browser.get(authorizationUrl({ prompt: 'login' }))).text),
    );
    const swapped = await browser.post(
      '/consent',
      new URLSearchParams({ ...fields, csrf: login['csrf'] ?? '', decision: 'accept' }),
    );
    assertEquals(swapped.status, 403);
    assertEquals(
      (await browser.post('/consent', new URLSearchParams({ ...fields, decision: 'maybe' })))
        .status,
      400,
    );
    assertEquals(
      (await browser.post('/consent', new URLSearchParams({ ...fields, decision: 'accept' }), {
        origin: 'https://evil.example',
      })).status,
      403,
    );
  });

  it('T106: GET changes nothing', async () => {
    const op = await openOp();
    const { browser, page } = await consentPage(op);
    const before = await records(op);
    for (let i = 0; i < 3; i += 1) {
      assert(has(await browser.get(`${page.url.href}&decision=accept&scope=openid`), 'accept'));
    }
    assertEquals(await records(op), before);
  });

  it('signed out meanwhile, it leads back to signing in', async () => {
    const op = await openOp();
    const { browser, page } = await consentPage(op);
    browser.cookies.delete(SESSION);
    assert(has(await browser.submit(page, { decision: 'accept', scope: 'profile' }), 'password'));
  });

  it('implicit mode never asks, and says so to prompt consent', async () => {
    const op = await openOp({ config: { clients: [{ ...CLIENT, consent_mode: 'implicit' }] } });
    const browser = op.browser();
    const page = await browser.submit(
      await browser.get(authorizationUrl({ scope: SCOPES })),
      ALICE,
    );
    assertEquals(page.url.origin, new URL(REDIRECT_URI).origin);
    const asked = answerOf(await browser.get(authorizationUrl({ prompt: 'consent' })));
    assertEquals(asked['error'], 'consent_required');
  });
});

describe('headers of every page', () => {
  async function pages(op: Op): Promise<readonly Page[]> {
    const { page } = await consentPage(op);
    const browser = op.browser();
    return [
      page,
      await browser.get(authorizationUrl()),
      await browser.get('/login'),
      await browser.get('/'),
      await browser.get('/setup?token=x'),
      await browser.get('/nowhere'),
      await browser.get(authorizationUrl({ client_id: 'nobody' })),
      await (await openOp()).browser().authorize(
        authorizationUrl({ response_mode: 'form_post' }),
        ALICE,
      ),
    ];
  }

  it('T107, T108, T111, T125: no frames, no inline anything, no referrer, nothing from elsewhere', async () => {
    for (const page of await pages(await openOp())) {
      const csp = page.headers.get('content-security-policy') ?? '';
      assertStringIncludes(csp, "default-src 'none'");
      assertStringIncludes(csp, "frame-ancestors 'none'");
      assertFalse(/unsafe-inline|unsafe-eval|\*/.test(csp), csp);
      assertEquals(page.headers.get('x-frame-options'), 'DENY');
      assertEquals(page.headers.get('referrer-policy'), 'no-referrer');
      assertEquals(page.headers.get('x-content-type-options'), 'nosniff');
      assertEquals(page.headers.get('cross-origin-opener-policy'), 'same-origin');
      assertEquals(page.headers.get('strict-transport-security'), 'max-age=31536000');
      assertEquals(page.headers.get('cache-control'), 'no-store');
      assertFalse(/ style="| on[a-z]+="/.test(page.text));
      const [, nonce = '?'] = /style-src 'nonce-([^']+)'/.exec(csp) ?? [];
      assertStringIncludes(page.text, `<style nonce="${nonce}">`);
    }
  });

  it('Core §3.1.2.1: a popup that the client asked for is not cut off from its opener', async () => {
    const op = await openOp();
    const { page } = await consentPage(op, { display: 'popup' });
    const form = { display: 'popup', response_mode: 'form_post' };
    for (
      const each of [
        page,
        await op.browser().get(authorizationUrl({ display: 'popup' })),
        await op.browser().authorize(authorizationUrl(form), ALICE),
        await op.browser().get(authorizationUrl({ ...form, prompt: 'none' })),
      ]
    ) assertEquals(each.headers.get('cross-origin-opener-policy'), null);
  });

  it('T108: names and hints are text wherever they stand', async () => {
    const hostile = `"><script>alert(1)</script><img src=x onerror=alert(1)>'`;
    const client = { ...CLIENT, client_name: hostile };
    const op = await openOp({ config: { clients: [client], name: hostile.slice(0, 60) } });
    const { page } = await consentPage(op);
    for (
      const text of [
        page.text,
        (await op.browser().get(authorizationUrl({ login_hint: hostile }))).text,
      ]
    ) {
      assertFalse(text.includes('<script>alert'));
      assertFalse(text.includes('<img src=x'));
    }
    const error = await op.browser().get(authorizationUrl({ client_id: hostile }));
    assertFalse(error.text.includes('<script>alert'));
  });

  it('no page runs a script, except the form that sends itself and where passkeys are used', async () => {
    const all = await pages(await openOp());
    const scripted = all.filter(({ text }) => /<script/.test(text));
    assertEquals(scripted.filter(({ text }) => !text.includes('id="passkey-form"')).length, 1);
    for (const { text } of scripted) assertEquals(text.split('<script nonce=').length, 2);
  });
});

describe('setup page', () => {
  it('T104: the link works once, for its token only, and makes an administrator', async () => {
    const op = await openOp({ people: false });
    const link = await op.instance.setupLink();
    assert(link?.startsWith(`${ISSUER}/setup?token=`));
    assertEquals((await op.browser().get('/setup?token=wrong')).status, 410);
    assertEquals((await op.browser().get('/setup')).status, 410);
    const browser = op.browser();
    const form = {
      username: 'root',
      password: 'a good long password',
      repeat: 'a good long password',
      email: 'root@op.example',
    };
    const page = await browser.get(link ?? '');
    const done = await browser.submit(page, form);
    assertEquals(done.status, 200);
    assertStringIncludes(done.text, '/.well-known/openid-configuration');
    const root = await op.instance.directory.findByUsername('root');
    assertEquals([root?.groups, root?.claims['email'], root?.provenance], [
      ['admins'],
      'root@op.example',
      'setup',
    ]);
    assertEquals((await browser.submit(page, { ...form, username: 'second' })).status, 410);
    assertEquals((await op.browser().get(link ?? '')).status, 410);
    assertEquals(await op.instance.setupLink(), undefined);
  });

  it('T104: of parallel sign-ups one wins', async () => {
    const op = await openOp({ people: false });
    const link = await op.instance.setupLink();
    const results = await Promise.all(Array.from({ length: 10 }, async (_, i) => {
      const browser = op.browser();
      const page = await browser.get(link ?? '');
      return await browser.submit(page, {
        username: `user${i}x${'abcdefghij'[i]}`,
        password: 'a good long password',
        repeat: 'a good long password',
      });
    }));
    assertEquals(results.filter(({ status }) => status === 200).length, 1);
    assertEquals((await op.instance.directory.list()).length, 1);
  });

  it('T104: a new start makes the earlier link void', async () => {
    const op = await openOp({ people: false });
    const [first, second] = [await op.instance.setupLink(), await op.instance.setupLink()];
    assertEquals((await op.browser().get(first ?? '')).status, 410);
    assertEquals((await op.browser().get(second ?? '')).status, 200);
  });

  it('says what is wrong with what was typed, and keeps the rest', async () => {
    const op = await openOp({ people: false });
    const link = await op.instance.setupLink();
    const browser = op.browser();
    const forms: readonly Readonly<Record<string, string>>[] = [
      { username: 'root', password: 'short', repeat: 'short' },
      { username: 'root', password: 'Administrator1', repeat: 'Administrator1' },
      { username: 'rootofall', password: 'rootofall!', repeat: 'rootofall!' },
      { username: 'root', password: 'a good long password', repeat: 'another' },
      { username: 'a b', password: 'a good long password', repeat: 'a good long password' },
      { username: '', password: '', repeat: '' },
      {
        username: 'root',
        email: 'no address',
        password: 'a good long password',
        repeat: 'a good long password',
      },
    ];
    for (const form of forms) {
      const page = await browser.submit(await browser.get(link ?? ''), form);
      assertEquals(page.status, 200);
      assertStringIncludes(page.text, 'role="alert"');
      assertFalse(page.text.includes('a good long password'));
    }
    assert(await op.instance.directory.isEmpty());
  });

  it('T106: needs the form of this browser', async () => {
    const op = await openOp({ people: false });
    const link = await op.instance.setupLink();
    const fields = Object.fromEntries(hiddenFields((await op.browser().get(link ?? '')).text));
    const form = {
      ...fields,
      username: 'root',
      password: 'a good long password',
      repeat: 'a good long password',
    };
    assertEquals((await op.browser().post('/setup', new URLSearchParams(form))).status, 403);
    assert(await op.instance.directory.isEmpty());
  });

  it('is hinted at on the first page, without the link', async () => {
    const op = await openOp({ people: false });
    const link = await op.instance.setupLink();
    const home = await op.browser().get('/');
    assertFalse(home.text.includes(link?.split('=')[1] ?? '?'));
    assertStringIncludes(home.text, ISSUER);
  });
});
