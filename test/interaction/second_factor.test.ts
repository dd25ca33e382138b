import { TOTP } from 'otpauth';
import { describe, it } from 'node:test';
import { listFactors } from '../../src/engine/factors/factors.ts';
import { newRecoveryCodes } from '../../src/engine/factors/recovery.ts';
import { enrolTotp, newTotp } from '../../src/engine/factors/totp.ts';
import { enrolPasskey, registrationOptions } from '../../src/engine/factors/passkey.ts';
import { assert, assertEquals, assertFalse, assertNotEquals } from '../support/assert.ts';
import { type Authenticator, createAuthenticator } from '../support/authenticator.ts';
import { type Browser, has, type Page } from '../support/browser.ts';
import { ALICE, answerOf, authorizationUrl, claimsOf, redeem, tokensOf } from '../support/flow.ts';
import { CLIENT, ISSUER, type Op, openOp } from '../support/op.ts';

const STRICT = {
  ...CLIENT,
  consent_mode: 'implicit',
  authorization_policy: 'two_factor',
} as const;
const SESSION = '__Host-ostiary_session';

interface Home {
  readonly op: Op;
  readonly browser: Browser;
  readonly secret: string;
  readonly authenticator: Authenticator;
}

/** A provider whose client wants two factors. */
function openStrictOp(changes: Readonly<Record<string, unknown>> = {}): Promise<Op> {
  return openOp({ config: { clients: [{ ...STRICT, ...changes }] } });
}

async function aliceOf({ instance }: Op) {
  const alice = await instance.directory.findByUsername('alice');
  assert(alice !== undefined);
  return alice;
}

function codeAt(secret: string, seconds: number): string {
  return new TOTP({ secret }).generate({ timestamp: seconds * 1000 });
}

/** Alice with an authenticator app and a passkey, and a browser in which nobody is signed in. */
async function openHome(changes: Readonly<Record<string, unknown>> = {}): Promise<Home> {
  const op = await openStrictOp(changes);
  const engine = op.instance.engine();
  const alice = await aliceOf(op);
  const { sealed, secret } = newTotp(alice, engine);
  const code = codeAt(secret, op.clock.now);
  assertEquals(await enrolTotp(alice, { sealed, code, name: '' }, engine), 'enrolled');
  const authenticator = createAuthenticator({ origin: ISSUER });
  const response = authenticator.create(await registrationOptions(alice, 'test', engine));
  assertEquals(await enrolPasskey(alice, { response, name: '' }, 'test', engine), 'enrolled');
  op.clock.now += 60;
  return { op, browser: op.browser(), secret, authenticator };
}

/** The second-factor page of an authorization request, after the password. */
async function atSecondFactor(
  { browser }: Pick<Home, 'browser'>,
  changes: Readonly<Record<string, string | undefined>> = {},
): Promise<Page> {
  const login = await browser.get(authorizationUrl(changes));
  const page = await browser.submit(login, ALICE, {}, 'id="username"');
  assertEquals(page.url.pathname, '/login/second-factor');
  return page;
}

/** What the script on a page is given. */
function optionsIn(page: Page): unknown {
  const [, text = ''] = /data-options="([^"]*)"/.exec(page.text) ?? [];
  return JSON.parse(text.replaceAll('&quot;', '"').replaceAll('&amp;', '&'));
}

async function idTokenOf(op: Op, page: Page): Promise<Record<string, unknown>> {
  const { code, error } = answerOf(page);
  assert(code !== undefined, `${error} ${page.url} ${page.text.slice(0, 300)}`);
  return claimsOf((await tokensOf(await redeem(op, code))).id_token);
}

describe('a policy that wants two factors', () => {
  it('steps up with a code, and goes on with the request', async () => {
    const home = await openHome();
    const { op, browser, secret } = home;
    const page = await atSecondFactor(home);
    const code = codeAt(secret, op.clock.now);
    const claims = await idTokenOf(op, await browser.submit(page, { totp: code }, {}, 'id="totp"'));
    assertEquals([claims['acr'], claims['amr']], ['two_factor', ['pwd', 'otp', 'mfa']]);
    // The session has it now.
    assert('code' in answerOf(await browser.get(authorizationUrl({ prompt: 'none' }))));
  });

  it('steps up with a passkey', async () => {
    const home = await openHome();
    const page = await atSecondFactor(home);
    const answer = JSON.stringify(home.authenticator.get(optionsIn(page)));
    const after = await home.browser.submit(page, { passkey_response: answer }, {}, 'passkey-form');
    const claims = await idTokenOf(home.op, after);
    assertEquals(claims['acr'], 'two_factor');
    assertEquals(claims['amr'], ['pwd', 'pop', 'hwk', 'user', 'mfa']);
  });

  it('steps up with a recovery code, once', async () => {
    const home = await openHome();
    const { op, browser } = home;
    const [code = ''] = await newRecoveryCodes((await aliceOf(op)).id, op.instance.engine());
    const page = await atSecondFactor(home);
    const [, link = ''] = /id="use-recovery" href="([^"]+)"/.exec(page.text) ?? [];
    const recovery = await browser.get(link.replaceAll('&amp;', '&'));
    const claims = await idTokenOf(
      op,
      await browser.submit(recovery, { recovery: code }, {}, 'id="recovery"'),
    );
    assertEquals([claims['acr'], claims['amr']], ['two_factor', ['pwd', 'kba', 'mfa']]);
    const elsewhere = { browser: op.browser() };
    const again = await atSecondFactor(elsewhere);
    const [, other = ''] = /id="use-recovery" href="([^"]+)"/.exec(again.text) ?? [];
    const form = await elsewhere.browser.get(other.replaceAll('&amp;', '&'));
    const refused = await elsewhere.browser.submit(form, { recovery: code }, {}, 'id="recovery"');
    assert(has(refused, 'problem'));
  });

  it('Core §3.1.2.6: silently it is interaction_required', async () => {
    const home = await openHome();
    await atSecondFactor(home);
    const page = await home.browser.get(authorizationUrl({ prompt: 'none' }));
    assertEquals(answerOf(page)['error'], 'interaction_required');
  });

  it('T098: the session has another secret after each step', async () => {
    const home = await openHome();
    const { op, browser, secret } = home;
    const page = await atSecondFactor(home);
    const before = browser.cookies.get(SESSION) ?? '';
    await browser.submit(page, { totp: codeAt(secret, op.clock.now) }, {}, 'id="totp"');
    const after = browser.cookies.get(SESSION) ?? '';
    assertNotEquals(after, before);
    const old = op.browser();
    old.cookies.set(SESSION, before);
    assert(has(await old.get(authorizationUrl()), 'username'));
  });

  it('leads whoever has no second factor to one, and goes on with the request', async () => {
    const op = await openStrictOp();
    const browser = op.browser();
    const needed = await atSecondFactor({ browser });
    const [, link = ''] = /id="enrol-totp" href="([^"]+)"/.exec(needed.text) ?? [];
    const enrol = await browser.get(link.replaceAll('&amp;', '&'));
    const [, spaced = ''] = /id="totp-secret"[^>]*>([^<]+)</.exec(enrol.text) ?? [];
    const code = codeAt(spaced.replaceAll(/\s/g, ''), op.clock.now);
    const codes = await browser.submit(enrol, { totp: code, name: 'Phone' }, {}, 'id="totp"');
    assertEquals(codes.url.pathname, '/account/recovery-codes');
    const made = await browser.submit(codes, {}, {}, 'id="make"');
    assertEquals(made.text.split('<li><code>').length, 11);
    const [, next = ''] = /id="next" href="([^"]+)"/.exec(made.text) ?? [];
    const claims = await idTokenOf(op, await browser.get(next.replaceAll('&amp;', '&')));
    assertEquals([claims['acr'], claims['amr']], ['two_factor', ['pwd', 'otp', 'mfa']]);
    assertEquals((await listFactors((await aliceOf(op)).id, op.instance.engine())).length, 1);
  });

  it('the same with a passkey', async () => {
    const op = await openStrictOp();
    const browser = op.browser();
    const needed = await atSecondFactor({ browser });
    const [, link = ''] = /id="enrol-passkey" href="([^"]+)"/.exec(needed.text) ?? [];
    const enrol = await browser.get(link.replaceAll('&amp;', '&'));
    const authenticator = createAuthenticator({ origin: ISSUER });
    const answer = JSON.stringify(authenticator.create(optionsIn(enrol)));
    const codes = await browser.submit(enrol, { passkey_response: answer }, {}, 'passkey-form');
    const [, skip = ''] = /id="skip" href="([^"]+)"/.exec(codes.text) ?? [];
    const claims = await idTokenOf(op, await browser.get(skip.replaceAll('&amp;', '&')));
    assertEquals([claims['acr'], claims['amr']], ['two_factor', ['pwd', 'pop', 'mfa']]);
  });

  it('T100: whoever has a factor cannot add another on the way without showing it', async () => {
    const home = await openHome();
    const page = await atSecondFactor(home);
    const pending = page.url.searchParams.get('pending') ?? '';
    for (const path of ['/account/totp', '/account/passkey', '/account/recovery-codes']) {
      const there = await home.browser.get(`${path}?pending=${pending}`);
      assertEquals(there.url.pathname, '/login/second-factor', path);
    }
  });
});

describe('acr', () => {
  const asked = (essential: boolean) =>
    JSON.stringify({ id_token: { acr: { essential, value: 'two_factor' } } });
  const loose = { authorization_policy: 'one_factor' };

  it('that is only wished for is left at that for whoever has no second factor', async () => {
    const op = await openStrictOp(loose);
    const page = await op.browser().authorize(
      authorizationUrl({ acr_values: 'two_factor' }),
      ALICE,
    );
    assertEquals((await idTokenOf(op, page))['acr'], 'one_factor');
  });

  it('that is only wished for is asked of whoever has one', async () => {
    const home = await openHome(loose);
    await atSecondFactor(home, { acr_values: 'two_factor' });
  });

  it('that is essential leads to a second factor', async () => {
    const op = await openStrictOp(loose);
    assert(
      has(await atSecondFactor({ browser: op.browser() }, { claims: asked(true) }), 'enrol-totp'),
    );
  });

  it('RFC 9470 §5: a client’s default_acr_values are as good as asked for', async () => {
    const home = await openHome({ ...loose, default_acr_values: ['two_factor'] });
    await atSecondFactor(home);
  });
});

describe('T099: guesses at a second factor', () => {
  it('a used code does not count again', async () => {
    const home = await openHome();
    const code = codeAt(home.secret, home.op.clock.now);
    await home.browser.submit(await atSecondFactor(home), { totp: code }, {}, 'id="totp"');
    const browser = home.op.browser();
    const again = await browser.submit(
      await atSecondFactor({ browser }),
      { totp: code },
      {},
      'id="totp"',
    );
    assert(has(again, 'problem'));
  });

  it('the fifth wrong one ends the session', async () => {
    const home = await openHome();
    const { browser, op } = home;
    let page = await atSecondFactor(home);
    for (let i = 0; i < 4; i++) {
      page = await browser.submit(page, { totp: '000000' }, {}, 'id="totp"');
      assertEquals(page.url.pathname, '/login/second-factor');
      assert(has(page, 'problem'));
      op.clock.now += 1;
    }
    page = await browser.submit(page, { totp: '000000' }, {}, 'id="totp"');
    assertEquals(page.url.pathname, '/login');
    assert(has(page, 'problem'));
    assertFalse(browser.cookies.has(SESSION));
    // The request is still there, for whoever knows the password.
    const next = await browser.submit(page, ALICE, {}, 'id="username"');
    assertEquals(next.url.pathname, '/login/second-factor');
  });

  it('are slowed across sessions, per person and source', async () => {
    const home = await openHome();
    const statuses = new Set<number>();
    for (let i = 0; i < 4; i++) {
      const browser = home.op.browser();
      const page = await atSecondFactor({ browser });
      for (let j = 0; j < 2; j++) {
        statuses.add((await browser.submit(page, { totp: '000000' }, {}, 'id="totp"')).status);
      }
    }
    assert(statuses.has(429));
  });

  it('nonsense is wrong, and breaks nothing', async () => {
    const home = await openHome();
    const page = await atSecondFactor(home);
    const forms: readonly Readonly<Record<string, string>>[] = [
      { passkey_response: '{}' },
      { passkey_response: 'x' },
      { totp: '\u0000' },
    ];
    for (const form of forms) {
      const answer = await home.browser.submit(page, form);
      assert(answer.status === 200 || answer.status === 400, `${answer.status}`);
    }
  });
});

describe('T106: the forms of factors', () => {
  it('do nothing without their token', async () => {
    const home = await openHome();
    await atSecondFactor(home);
    for (const path of ['/login/second-factor', '/login/passkey', '/account/factors']) {
      const body = new URLSearchParams({ totp: '123456', passkey_response: '{}', remove: 'x' });
      const page = await home.browser.post(path, body);
      assert([403, 200].includes(page.status) && page.url.search.indexOf('done') === -1, path);
      if (path !== '/login/second-factor') assertEquals(page.status, 403, path);
    }
  });

  it('belong to one session', async () => {
    const home = await openHome();
    const page = await atSecondFactor(home);
    const elsewhere = home.op.browser();
    for (const [name, value] of home.browser.cookies) elsewhere.cookies.set(name, value);
    const login = await elsewhere.get('/login?switch=yes');
    await elsewhere.submit(login, ALICE, {}, 'id="username"');
    const code = codeAt(home.secret, home.op.clock.now);
    const answer = await home.browser.submit(page, { totp: code }, {}, 'id="totp"');
    assertFalse('code' in answerOf(answer));
  });
});

describe('signing in with a passkey alone', () => {
  it('is two factors at once', async () => {
    const { op, browser, authenticator } = await openHome();
    const login = await browser.get(authorizationUrl());
    const answer = JSON.stringify(authenticator.get(optionsIn(login)));
    const page = await browser.submit(login, { passkey_response: answer }, {}, 'passkey-form');
    const claims = await idTokenOf(op, page);
    assertEquals(claims['acr'], 'two_factor');
    assertEquals(claims['amr'], ['pop', 'hwk', 'user', 'mfa']);
    assertEquals(claims['auth_time'], op.clock.now);
  });

  it('needs user verification, this browser, and an answer that was not used', async () => {
    const { op, browser, authenticator } = await openHome();
    const login = await browser.get(authorizationUrl());
    const options = optionsIn(login);
    const elsewhere = await op.browser().get(authorizationUrl());
    const answers = [
      authenticator.get(options, { flags: 0x01 }),
      authenticator.get(optionsIn(elsewhere)),
      authenticator.get(options, { userHandle: null }),
    ];
    for (const answer of answers) {
      const form = { passkey_response: JSON.stringify(answer) };
      const page = await browser.submit(login, form, {}, 'passkey-form');
      assert(has(page, 'problem') && has(page, 'username'));
    }
    const good = { passkey_response: JSON.stringify(authenticator.get(options)) };
    assert('code' in answerOf(await browser.submit(login, good, {}, 'passkey-form')));
    const again = await browser.submit(login, good, {}, 'passkey-form');
    assertFalse('code' in answerOf(again));
  });

  it('T095: works while guesses at the password are slowed', async () => {
    const { op, browser, authenticator } = await openHome();
    let login = await browser.get(authorizationUrl());
    for (let i = 0; i < 8; i++) {
      const wrong = { username: 'alice', password: `wrong ${i}` };
      login = await browser.submit(login, wrong, {}, 'id="username"');
    }
    assertEquals(login.status, 429);
    const answer = JSON.stringify(authenticator.get(optionsIn(login)));
    const page = await browser.submit(login, { passkey_response: answer }, {}, 'passkey-form');
    assertEquals((await idTokenOf(op, page))['acr'], 'two_factor');
  });

  it('a disabled person is refused in the words of any failure', async () => {
    const { op, browser, authenticator } = await openHome();
    await op.instance.directory.disable((await aliceOf(op)).id);
    const login = await browser.get(authorizationUrl());
    const answer = JSON.stringify(authenticator.get(optionsIn(login)));
    const page = await browser.submit(login, { passkey_response: answer }, {}, 'passkey-form');
    assert(has(page, 'problem') && has(page, 'username'));
  });

  it('T108: its script alone may run, by its nonce', async () => {
    const { browser } = await openHome();
    const page = await browser.get('/login');
    const policy = page.headers.get('content-security-policy') ?? '';
    const [, nonce = ''] = /script-src 'nonce-([^']+)'/.exec(policy) ?? [];
    assert(nonce !== '' && page.text.includes(`<script nonce="${nonce}">`));
    assertEquals(page.text.split('<script').length, 2);
    assertFalse(/unsafe|\son\w+=/.test(policy + page.text));
  });
});

describe('/account/factors', () => {
  it('T100: a removal needs fresh proof of a factor', async () => {
    const home = await openHome();
    const { op, browser, secret } = home;
    await browser.submit(await browser.get('/login'), ALICE, {}, 'id="username"');
    const page = await browser.get('/account/factors');
    const [first] = await listFactors((await aliceOf(op)).id, op.instance.engine());
    const stopped = await browser.submit(page, { remove: first?.id ?? '' }, {}, 'name="remove"');
    assertEquals(stopped.url.pathname, '/login/second-factor');
    const code = codeAt(secret, op.clock.now);
    const back = await browser.submit(stopped, { totp: code }, {}, 'id="totp"');
    assertEquals(back.url.pathname, '/account/factors');
    const removed = await browser.submit(back, { remove: first?.id ?? '' }, {}, 'name="remove"');
    assertEquals(removed.url.search, '?done=factor_removed');
    assertEquals((await listFactors((await aliceOf(op)).id, op.instance.engine())).length, 1);
    op.clock.now += 601;
    const late = await browser.submit(removed, { remove: 'x' }, {}, 'name="remove"');
    assertEquals(late.url.pathname, '/login/second-factor');
  });

  it('T100: the first factor needs a fresh password', async () => {
    const op = await openStrictOp();
    const browser = op.browser();
    await browser.submit(await browser.get('/login'), ALICE, {}, 'id="username"');
    assertEquals((await browser.get('/account/totp')).url.pathname, '/account/totp');
    op.clock.now += 601;
    const login = await browser.get('/account/totp');
    assertEquals(login.url.pathname, '/login');
    const page = await browser.submit(login, ALICE, {}, 'id="username"');
    assertEquals(page.url.pathname, '/account/totp');
  });
});
