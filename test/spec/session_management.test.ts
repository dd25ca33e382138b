/** OpenID Connect Session Management 1.0; test/browser/session_management.test.ts tries it out in a browser. */
import { Buffer } from 'node:buffer';
import { createHash, randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertNotEquals,
} from '../support/assert.ts';
import { type Browser, hiddenFields } from '../support/browser.ts';
import {
  APP_ORIGIN,
  ask,
  type Frame,
  STATE_COOKIE,
  stateCookieOf,
} from '../support/check_session.ts';
import { ALICE, answerOf, authorizationUrl, claimsOf, obtainTokens } from '../support/flow.ts';
import { CLIENT, ISSUER, type Op, openOp, PASSWORD } from '../support/op.ts';

const NATIVE = 'com.example.app:/callback';
const CLIENTS = [
  { ...CLIENT, redirect_uris: [...CLIENT.redirect_uris, NATIVE] },
  { ...CLIENT, client_id: 'other' },
];

async function withOp(work: (op: Op, browser: Browser) => Promise<void>): Promise<void> {
  const op = await openOp({ config: { clients: CLIENTS } });
  try {
    await work(op, op.browser());
  } finally {
    await op.close();
  }
}

async function sessionState(
  browser: Browser,
  changes: Readonly<Record<string, string | undefined>> = {},
): Promise<string> {
  const page = await browser.authorize(authorizationUrl(changes), ALICE);
  return answerOf(page)['session_state'] ?? '';
}

describe('Session Management §3.1', () => {
  it('the authentication response has a session_state, salted anew each time', () =>
    withOp(async (_, browser) => {
      const [first, second] = [await sessionState(browser), await sessionState(browser)];
      for (const each of [first, second]) assertMatch(each, /^[\w-]{43}\.[\w-]{22}$/);
      assertNotEquals(first, second);
    }));

  it('it is the hash of client_id, origin, browser state and salt', () =>
    withOp(async (_, browser) => {
      const [digest, salt] = (await sessionState(browser)).split('.');
      const text = `app ${APP_ORIGIN} ${browser.cookies.get(STATE_COOKIE)} ${salt}`;
      assertEquals(digest, createHash('sha256').update(text).digest('base64url'));
    }));

  it('in every response mode, also in what is refused to a request in silence', () =>
    withOp(async (_, browser) => {
      await sessionState(browser);
      const silent = authorizationUrl({ prompt: 'none', client_id: 'other' });
      const { error, session_state } = answerOf(await browser.get(silent));
      assertEquals(error, 'consent_required');
      assertMatch(session_state ?? '', /^[\w-]{43}\.[\w-]{22}$/);
      const jwt = answerOf(await browser.get(authorizationUrl({ response_mode: 'query.jwt' })));
      assertMatch(String(claimsOf(jwt['response'] ?? '')['session_state']), /^[\w-]{43}\./);
      const form = await browser.get(authorizationUrl({ response_mode: 'form_post' }));
      assertMatch(form.text, /name="session_state" value="[\w-]{43}\./);
    }));

  it('none for what is no OpenID request, nor where no page could ask', () =>
    withOp(async (_, browser) => {
      const plain = await browser.authorize(authorizationUrl({ scope: 'email' }), ALICE);
      assert('code' in answerOf(plain) && !('session_state' in answerOf(plain)));
      const native = await browser.authorize(authorizationUrl({ redirect_uri: NATIVE }), ALICE);
      assert('code' in answerOf(native) && !('session_state' in answerOf(native)));
    }));
});

describe('Session Management §3.2: the OP iframe', () => {
  it('may be framed by anybody, and runs its own script alone', () =>
    withOp(async (op) => {
      const response = await op.fetch('/check_session');
      const [, script = ''] = /<script>([\s\S]*)<\/script>/.exec(await response.text()) ?? [];
      const hash = createHash('sha256').update(script).digest('base64');
      assertEquals(
        response.headers.get('content-security-policy'),
        `default-src 'none'; script-src 'sha256-${hash}'; base-uri 'none'`,
      );
      assertEquals(response.headers.get('x-frame-options'), null);
      assertEquals(response.headers.getSetCookie(), []);
    }));

  it('unchanged while the person stays, changed after sign-in and sign-out', () =>
    withOp(async (op, browser) => {
      const { id_token } = await obtainTokens(op, {}, browser);
      const message = { data: `app ${await sessionState(browser)}` };
      assertEquals(await ask(op, message, { cookie: stateCookieOf(browser) }), 'unchanged');
      await sessionState(browser, { client_id: 'other' });
      assertEquals(await ask(op, message, { cookie: stateCookieOf(browser) }), 'unchanged');
      await browser.get(`/end_session?id_token_hint=${id_token}`);
      assertEquals(browser.cookies.has(STATE_COOKIE), false);
      assertEquals(await ask(op, message, { cookie: stateCookieOf(browser) }), 'changed');
    }));

  it('a session_state is of one client and one origin', () =>
    withOp(async (op, browser) => {
      const state = await sessionState(browser);
      const frame = { cookie: stateCookieOf(browser) };
      assertEquals(await ask(op, { data: `other ${state}` }, frame), 'changed');
      const elsewhere = { data: `app ${state}`, origin: 'https://evil.example' };
      assertEquals(await ask(op, elsewhere, frame), 'changed');
    }));

  it('a page that was told nothing cannot find out whether anybody is signed in', () =>
    withOp(async (op, browser) => {
      const nobody = answerOf(await browser.get(authorizationUrl({ prompt: 'none' })));
      assertEquals([nobody['error'], nobody['session_state']], ['login_required', undefined]);
      const digest = createHash('sha256').update(`app ${APP_ORIGIN}  salt`).digest('base64url');
      const guess = { data: `app ${digest}.salt` };
      assertEquals(await ask(op, guess, { cookie: stateCookieOf(browser) }), 'changed');
      assertEquals(await ask(op, guess, { cookie: `${STATE_COOKIE}=` }), 'changed');
      await sessionState(browser);
      assertEquals(await ask(op, guess, { cookie: stateCookieOf(browser) }), 'changed');
    }));

  it('error for what is no such message, silence towards those who have no origin', () =>
    withOp(async (op, browser) => {
      const state = await sessionState(browser);
      const frame = { cookie: stateCookieOf(browser) };
      for (
        const data of ['', 'app', state, `app ${state} x`, 'app a.b', null, {}, ['app', state]]
      ) {
        assertEquals(await ask(op, { data }, frame), 'error', JSON.stringify(data));
      }
      assertEquals(await ask(op, { data: `app ${state}`, origin: 'null' }, frame), 'silence');
    }));

  it('answers others than the page that frames it only when they are of its origin', () =>
    withOp(async (op, browser) => {
      const data = `app ${await sessionState(browser)}`;
      const cookie = stateCookieOf(browser);
      const sibling = { data, from: 'sibling' } as const;
      const page = `${APP_ORIGIN}/page?x=https://evil.example/`;
      const rows: readonly (readonly [string, Omit<Frame, 'cookie'>, string])[] = [
        ['by the ancestor', { ancestorOrigins: [APP_ORIGIN, 'https://evil.example'] }, 'unchanged'],
        ['by the referrer', { referrer: page }, 'unchanged'],
        ['by both', { ancestorOrigins: [APP_ORIGIN], referrer: '' }, 'unchanged'],
        [
          'of another ancestor',
          { ancestorOrigins: ['https://evil.example'], referrer: page },
          'silence',
        ],
        ['of a hidden one', { ancestorOrigins: ['null'] }, 'silence'],
        ['of another referrer', { referrer: `https://evil.example/?${APP_ORIGIN}` }, 'silence'],
        ['of another port', { referrer: `${APP_ORIGIN}:8443/` }, 'silence'],
        ['of nobody knows whom', {}, 'silence'],
        ['no frame at all', { isTop: true, referrer: page }, 'silence'],
      ];
      for (const [name, frame, answer] of rows) {
        assertEquals(await ask(op, sibling, { cookie, ...frame }), answer, name);
      }
      assertEquals(await ask(op, { data }, { cookie, ancestorOrigins: ['null'] }), 'unchanged');
    }));

  it('error where the browser keeps cookies from frames, so that nobody is asked for ever', () =>
    withOp(async (op, browser) => {
      const message = { data: `app ${await sessionState(browser)}` };
      const kept = { cookie: '', hasAccess: false };
      assertEquals(await ask(op, message, kept), 'error');
      const given = { cookie: stateCookieOf(browser), hasAccess: true };
      assertEquals(await ask(op, message, given), 'unchanged');
    }));

  it('FIPS 180-4: its SHA-256 is that of the platform, across block limits and beyond ASCII', () =>
    withOp(async (op) => {
      const names = [
        'a',
        'ü→🚪 with spaces',
        ...[1, 7, 8, 9, 63, 64, 65, 300].map((length) => randomBytes(length).toString('hex')),
      ];
      for (const name of names) {
        const salt = Buffer.from(name).toString('base64url').slice(0, 40);
        const digest = createHash('sha256').update(`${name} ${APP_ORIGIN} xyz ${salt}`);
        const data = `${name} ${digest.digest('base64url')}.${salt}`;
        assertEquals(await ask(op, { data }, { cookie: `${STATE_COOKIE}=xyz` }), 'unchanged', name);
      }
    }));
});

describe('Session Management §4.2: the OP browser state', () => {
  it('scripts and frames may read the cookie, and it opens nothing', () =>
    withOp(async (op, browser) => {
      const page = await browser.get(authorizationUrl());
      const response = await op.post('/login', [
        ...hiddenFields(page.text),
        ...Object.entries(ALICE),
      ], {
        origin: ISSUER,
        cookie: [...browser.cookies].map((pair) => pair.join('=')).join('; '),
      });
      const setCookies = response.headers.getSetCookie();
      const state = setCookies.find((each) => each.startsWith(`${STATE_COOKIE}=`)) ?? '';
      const session = setCookies.find((each) => each.includes('ostiary_session=')) ?? '';
      assertMatch(state, new RegExp(`^${STATE_COOKIE}=[\\w-]{43}; Path=/; SameSite=None; Secure$`));
      assertMatch(session, /; HttpOnly; SameSite=Lax; Secure$/);
      const [, value = ''] = /=([\w-]+);/.exec(state) ?? [];
      const [, sid = '', secret = ''] = /=([\w-]+)\.([\w-]+);/.exec(session) ?? [];
      for (const part of [sid, secret]) assertFalse(part === '' || value.includes(part));
    }));

  it('changes when another account signs in or out', () =>
    withOp(async (op, browser) => {
      const states = new Set<string | undefined>();
      await sessionState(browser);
      states.add(browser.cookies.get(STATE_COOKIE));
      await op.instance.directory.create({
        username: 'bob',
        password: await op.instance.hasher.hash(PASSWORD) ?? '',
        groups: [],
        claims: {},
        attributes: {},
        provenance: 'cli',
      });
      op.clock.now += 10;
      const page = await browser.get(authorizationUrl({ prompt: 'login' }));
      await browser.submit(page, { username: 'bob', password: PASSWORD });
      states.add(browser.cookies.get(STATE_COOKIE));
      const question = await browser.get('/end_session?logout_hint=alice');
      const [, session = ''] = /value="([^"]*)"[^>]* checked/.exec(question.text) ?? [];
      await browser.submit(question, { decision: 'logout', session });
      states.add(browser.cookies.get(STATE_COOKIE));
      assertEquals(states.size, 3);
      assertFalse(states.has(undefined));
    }));

  it('a browser that lost it gets it again with the next answer', () =>
    withOp(async (op, browser) => {
      await sessionState(browser);
      const before = browser.cookies.get(STATE_COOKIE);
      browser.cookies.delete(STATE_COOKIE);
      const message = { data: `app ${await sessionState(browser)}` };
      assertEquals(browser.cookies.get(STATE_COOKIE), before);
      assertEquals(await ask(op, message, { cookie: stateCookieOf(browser) }), 'unchanged');
    }));
});
