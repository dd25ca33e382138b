/** OpenID Connect RP-Initiated Logout 1.0. */
import { CompactEncrypt, decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { parseConfig, requireConfig } from '../../src/config/parse.ts';
import { assert, assertEquals, assertFalse, assertStringIncludes } from '../support/assert.ts';
import { type Browser, checkBoxes, has, type Page, textOf } from '../support/browser.ts';
import {
  ALICE,
  authorizationUrl,
  claimsOf,
  isActive,
  obtainTokens,
  REDIRECT_URI,
  userinfo,
} from '../support/flow.ts';
import {
  METADATA,
  refusalOf,
  register,
  registered,
  withRegistrar,
} from '../support/registration.ts';
import { CLIENT, CLIENT_SECRET, ISSUER, type Op, openOp, PASSWORD } from '../support/op.ts';

const LOGGED_OUT = 'https://app.example/signed-out?from=op';
const NATIVE = 'com.example.app:/signed-out';
const APP = {
  ...CLIENT,
  client_uri: 'https://app.example/',
  post_logout_redirect_uris: [LOGGED_OUT, NATIVE],
};
const OTHER = { ...CLIENT, client_id: 'other', client_name: 'Other' };
const HMAC = { ...APP, client_id: 'hmac', id_token_signed_response_alg: 'HS256' };
const CLIENTS = [APP, OTHER, HMAC];

interface World {
  readonly op: Op;
  readonly browser: Browser;
  /** Of alice, by the client `app`, in this browser. */
  readonly id_token: string;
  readonly access_token: string;
}

async function withWorld(
  work: (world: World) => Promise<void>,
  changes: Readonly<Record<string, string | undefined>> = {},
  config: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const op = await openOp({ config: { clients: CLIENTS, ...config } });
  try {
    const browser = op.browser();
    const { id_token, access_token } = await obtainTokens(op, changes, browser);
    await work({ op, browser, id_token, access_token });
  } finally {
    await op.close();
  }
}

type Parameters = Readonly<Record<string, string>>;

function addressOf(parameters: Parameters): string {
  return `/end_session?${new URLSearchParams(parameters)}`;
}

/** Whether the browser can still have a code without a page. */
async function isSignedIn(browser: Browser, client_id = 'app'): Promise<boolean> {
  const page = await browser.get(authorizationUrl({ prompt: 'none', client_id }));
  return page.url.searchParams.has('code');
}

function assertError(page: Page, description: string): void {
  assertEquals([page.status, page.url.origin], [400, ISSUER]);
  assertEquals(page.headers.get('location'), null);
  assertEquals(textOf(page, 'error'), 'invalid_request');
  assertStringIncludes(textOf(page, 'error_description'), description);
}

describe('RP-Initiated Logout §2', () => {
  it('an ID token of this session ends it at once, by GET', () =>
    withWorld(async ({ op, browser, id_token, access_token }) => {
      const page = await browser.get(addressOf({ id_token_hint: id_token }));
      assertEquals(page.status, 200);
      assert(has(page, 'logged-out'));
      assertFalse(await isSignedIn(browser));
      assertFalse(await isActive(op, access_token));
      assertEquals((await userinfo(op, access_token)).status, 401);
    }));

  it('POST does the same', () =>
    withWorld(async ({ browser, id_token }) => {
      const form = { id_token_hint: id_token, post_logout_redirect_uri: LOGGED_OUT, state: 's' };
      const page = await browser.post('/end_session', new URLSearchParams(form));
      assertEquals([page.status, page.url.href], [303, `${LOGGED_OUT}&state=s`]);
      assertFalse(await isSignedIn(browser));
    }));

  it('a POST from another site comes without cookies, and ends the session after a redirect', () =>
    withWorld(async ({ op, browser, id_token }) => {
      const form = { id_token_hint: id_token, post_logout_redirect_uri: LOGGED_OUT, state: 'äß +' };
      const response = await op.post('/end_session', form, { origin: 'https://app.example' });
      const location = response.headers.get('location') ?? '';
      assertEquals(response.status, 303);
      assert(location.startsWith(`${ISSUER}/end_session/confirm?pending=`), location);
      assertFalse(location.includes(id_token));
      assert(await isSignedIn(browser));
      const page = await browser.get(location);
      assertEquals(page.url.searchParams.get('state'), 'äß +');
      assertFalse(await isSignedIn(browser));
    }));

  it('an expired ID token will do', () =>
    withWorld(
      async ({ op, browser, id_token }) => {
        op.clock.now += 3 * 3600;
        assert((decodeJwt(id_token).exp ?? 0) < op.clock.now);
        assert(has(await browser.get(addressOf({ id_token_hint: id_token })), 'logged-out'));
      },
      {},
      { lifespans: { id_token: '1h' } },
    ));

  it('Core §10.1: one that is signed with the client’s secret will do', () =>
    withWorld(async ({ op, browser }) => {
      const { id_token } = await hmacTokens(op, browser);
      const page = await browser.get(addressOf({ id_token_hint: id_token }));
      assert(has(page, 'logged-out'));
      assertFalse(await isSignedIn(browser));
    }));

  it('one of before a change from one algorithm with the secret to another will do', () =>
    withWorld(async ({ op, browser }) => {
      const { id_token } = await hmacTokens(op, browser);
      assertEquals(decodeProtectedHeader(id_token).alg, 'HS256');
      const changed = { ...HMAC, id_token_signed_response_alg: 'HS512' };
      const mistakes = await op.instance.reload(
        requireConfig({ issuer: ISSUER, storage: { engine: 'memory' }, clients: [APP, changed] }),
      );
      assertEquals(mistakes, []);
      assert(has(await browser.get(addressOf({ id_token_hint: id_token })), 'logged-out'));
    }));

  it('Core §3.1.2.1: the authorization endpoint takes such a hint, too', () =>
    withWorld(async ({ op, browser }) => {
      const { id_token } = await hmacTokens(op, browser);
      const request = { client_id: 'hmac', prompt: 'none', id_token_hint: id_token };
      const page = await browser.get(authorizationUrl(request));
      assert(page.url.searchParams.has('code'), page.url.href);
      const forged = `${id_token.slice(0, -4)}AAAA`;
      const refused = await browser.get(authorizationUrl({ ...request, id_token_hint: forged }));
      assertEquals(refused.url.searchParams.get('error'), 'invalid_request');
    }));

  it('RFC 8725 §3.1: nor does it take one by the secret where that signs no ID tokens', () =>
    withWorld(async ({ browser, id_token }) => {
      const bySecret = await new SignJWT(claimsOf(id_token))
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .sign(new TextEncoder().encode(CLIENT_SECRET));
      const request = { prompt: 'none', id_token_hint: bySecret };
      const page = await browser.get(authorizationUrl(request));
      assertEquals(page.url.searchParams.get('error'), 'invalid_request');
    }));

  it('Core §10.2: one that is encrypted with the client’s secret needs a client_id beside it', () =>
    withWorld(
      async ({ op, browser }) => {
        const { id_token } = await hmacTokens(op, browser);
        assertEquals(id_token.split('.').length, 5);
        assertError(await browser.get(addressOf({ id_token_hint: id_token })), 'needs a client_id');
        const page = await browser.get(addressOf({ id_token_hint: id_token, client_id: 'hmac' }));
        assert(has(page, 'logged-out'));
      },
      {},
      {
        clients: [APP, { ...HMAC, id_token_encrypted_response_alg: 'A256KW' }],
      },
    ));

  it('one whose key has left is nobody’s word: the person is asked, and it leads nowhere', () =>
    withWorld(async ({ op, browser, id_token }) => {
      const { keys } = op.instance.engine();
      await keys.rotate('RS256', { isNow: true });
      for (const { kid, state } of keys.describe()) {
        if (state === 'retiring') await keys.remove(kid);
      }
      const hint = { id_token_hint: id_token, post_logout_redirect_uri: LOGGED_OUT };
      const page = await browser.get(addressOf(hint));
      const done = await browser.submit(page, { decision: 'logout' });
      assert(has(done, 'logged-out'));
      assertFalse(await isSignedIn(browser));
      // The client is named by other means.
      const named = await browser.get(addressOf({ ...hint, client_id: 'app' }));
      assertEquals(named.url.href, LOGGED_OUT);
    }));

  it('one signed with a key that is retiring will do', () =>
    withWorld(async ({ op, browser, id_token }) => {
      await op.instance.engine().keys.rotate('RS256', { isNow: true });
      assert(has(await browser.get(addressOf({ id_token_hint: id_token })), 'logged-out'));
    }));

  it('client_id must be the client that the ID token was issued to', () =>
    withWorld(async ({ browser, id_token }) => {
      const page = await browser.get(addressOf({ id_token_hint: id_token, client_id: 'other' }));
      assertError(page, 'issued to another client');
      const right = await browser.get(addressOf({ id_token_hint: id_token, client_id: 'app' }));
      assert(has(right, 'logged-out'));
    }));

  it('what is wrong becomes a page that leads nowhere, and the session stays', () =>
    withWorld(async ({ op, browser, id_token, access_token }) => {
      const address = { post_logout_redirect_uri: LOGGED_OUT, state: 's' };
      const [header = '', payload = '', signature = ''] = id_token.split('.');
      const none = btoa(JSON.stringify({ alg: 'none', typ: 'JWT' })).replaceAll('=', '');
      const forged = await new SignJWT(claimsOf(id_token))
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .sign(new TextEncoder().encode('a secret that is not the client’s, at all'));
      const foreign = await new SignJWT({ ...claimsOf(id_token), iss: 'https://evil.example' })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .sign(new TextEncoder().encode(CLIENT_SECRET));
      const bySecret = await new SignJWT(claimsOf(id_token))
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .sign(new TextEncoder().encode(CLIENT_SECRET));
      const toSecret = await new CompactEncrypt(new TextEncoder().encode(id_token))
        .setProtectedHeader({ alg: 'A256KW', enc: 'A128CBC-HS256', cty: 'JWT' })
        .encrypt(createHash('sha256').update(CLIENT_SECRET).digest());
      const rows: readonly [Parameters, string][] = [
        [{ id_token_hint: 'garbage' }, 'not an ID token'],
        [{ id_token_hint: `${none}.${payload}.` }, 'not an ID token'],
        [{ id_token_hint: `${header}.${payload}.${signature.slice(0, -4)}AAAA` }, 'not an ID'],
        [{ id_token_hint: forged }, 'not an ID token'],
        [{ id_token_hint: foreign }, 'not an ID token'],
        // RFC 8725 §3.1: the secret signs and encrypts no ID tokens of this client.
        [{ id_token_hint: bySecret }, 'not an ID token'],
        [{ id_token_hint: toSecret, client_id: 'app' }, 'cannot be decrypted'],
        [{ id_token_hint: access_token }, 'not an ID token'],
        [{ id_token_hint: 'a.b.c.d.e', client_id: 'app' }, 'cannot be decrypted'],
        [{ id_token_hint: 'x'.repeat(9000) }, 'not an ID token'],
        [{ client_id: 'nobody' }, 'no client is registered'],
        [{ client_id: 'constructor' }, 'no client is registered'],
        [{ id_token_hint: id_token, state: 's'.repeat(2049) }, 'state has more than'],
      ];
      for (const [parameters, description] of rows) {
        assertError(await browser.get(addressOf({ ...address, ...parameters })), description);
      }
      assertError(await browser.get(addressOf(address)), 'needs an id_token_hint or a client_id');
      assert(await isSignedIn(browser));
      const form = new URLSearchParams({ ...address, id_token_hint: forged });
      assertError(await browser.post('/end_session', form), 'not an ID token');
      const json = await op.fetch('/end_session', { method: 'POST', body: '{}' });
      assert(json.status >= 400 && json.status < 500, String(json.status));
    }));

  it('RFC 6749 §3.1: repeated parameters are refused', () =>
    withWorld(async ({ browser, id_token }) => {
      const query = new URLSearchParams({ id_token_hint: id_token });
      for (const name of ['id_token_hint', 'client_id', 'state', 'ui_locales', 'logout_hint']) {
        const twice = new URLSearchParams([...query, [name, 'a'], [name, 'b']]);
        assertError(await browser.get(`/end_session?${twice}`), `parameter ${name} is repeated`);
      }
      assert(await isSignedIn(browser));
    }));

  it('ui_locales says the language of the question and of the end', () =>
    withWorld(async ({ browser }) => {
      const page = await browser.get(addressOf({ ui_locales: 'xx fr-CA de', client_id: 'app' }));
      assertStringIncludes(page.text, '<html lang="fr"');
      const done = await browser.submit(page, { decision: 'logout' });
      assertStringIncludes(done.text, '<html lang="fr"');
    }));
});

function hmacTokens(op: Op, browser: Browser) {
  return obtainTokensOf('hmac', op, browser);
}

async function obtainTokensOf(client_id: string, op: Op, browser: Browser) {
  const page = await browser.authorize(authorizationUrl({ client_id }), ALICE);
  const code = page.url.searchParams.get('code') ?? '';
  const response = await op.post('/token', {
    grant_type: 'authorization_code',
    code,
    redirect_uri: REDIRECT_URI,
  }, { authorization: `Basic ${btoa(`${client_id}:${encodeURIComponent(CLIENT_SECRET)}`)}` });
  return await response.json() as { id_token: string };
}

describe('RP-Initiated Logout §3', () => {
  it('T113: leads to the registered URI, with the state as it came and nothing else', async () => {
    for (
      const state of [
        undefined,
        'x',
        `${'-._~Az09'.repeat(16)}`,
        'a b&c=d#e%"<ü\n',
        'あ'.repeat(682),
      ]
    ) {
      await withWorld(async ({ browser, id_token }) => {
        const page = await browser.get(addressOf({
          id_token_hint: id_token,
          post_logout_redirect_uri: LOGGED_OUT,
          ...state !== undefined && { state },
        }));
        const expected = [['from', 'op'], ...state === undefined ? [] : [['state', state]]];
        assertEquals([...page.url.searchParams], expected);
        if (state === undefined) assertEquals(page.url.href, LOGGED_OUT);
      });
    }
  });

  it('RFC 8252 §7.1: leads to a native application', () =>
    withWorld(async ({ browser, id_token }) => {
      const form = { id_token_hint: id_token, post_logout_redirect_uri: NATIVE, state: 's' };
      assertEquals((await browser.get(addressOf(form))).url.href, `${NATIVE}?state=s`);
    }));

  it('T113: anything but a registered URI, character by character, leads nowhere', () =>
    withWorld(async ({ browser, id_token }) => {
      const wrong = [
        'https://evil.example/',
        REDIRECT_URI,
        LOGGED_OUT.slice(0, -1),
        `${LOGGED_OUT}&x=y`,
        `${LOGGED_OUT}#`,
        LOGGED_OUT.replace('app', 'APP'),
        LOGGED_OUT.replace('signed', '%73igned'),
        'https://app.example/signed-out',
        'https://app.example@evil.example/signed-out?from=op',
        'javascript:alert(1)',
        `${LOGGED_OUT}\r\nx: y`,
      ];
      for (const post_logout_redirect_uri of wrong) {
        for (const by of [{ id_token_hint: id_token }, { client_id: 'app' }]) {
          const page = await browser.get(addressOf({ ...by, post_logout_redirect_uri }));
          assertError(page, 'not registered for this client');
        }
      }
      // Registered, yet not for the client that is named.
      const others = { client_id: 'other', post_logout_redirect_uri: LOGGED_OUT };
      assertError(await browser.get(addressOf(others)), 'not registered for this client');
      assert(await isSignedIn(browser));
    }));

  it('§4: with no session it still leads to the URI of a client that is named', async () => {
    await withWorld(async ({ op, id_token }) => {
      for (const by of [{ id_token_hint: id_token }, { client_id: 'app' }]) {
        const address = addressOf({ ...by, post_logout_redirect_uri: LOGGED_OUT, state: 's' });
        assertEquals((await op.browser().get(address)).url.href, `${LOGGED_OUT}&state=s`);
      }
      assert(has(await op.browser().get('/end_session'), 'logged-out'));
      const after = await op.browser().post('/end_session', new URLSearchParams());
      assert(has(after, 'logged-out'));
    });
  });
});

describe('RP-Initiated Logout §3.1', () => {
  it('post_logout_redirect_uris keep to the rules of redirect URIs', () => {
    const wrong = [
      'http://app.example/out',
      'https://app.example/out#top',
      'https://user@app.example/',
      'javascript:alert(1)',
      'myapp:/out',
      '/out',
    ];
    for (const uri of wrong) {
      const clients = [{ ...APP, post_logout_redirect_uris: [LOGGED_OUT, uri] }];
      const parsed = parseConfig({ issuer: ISSUER, clients });
      assertFalse(parsed.ok, uri);
      assertStringIncludes(JSON.stringify(parsed.mistakes), 'post_logout_redirect_uris');
    }
  });

  it('T082: a web application that registers itself has https ones only, a native one its own', () =>
    withRegistrar(async (op) => {
      const native = [NATIVE, 'http://127.0.0.1/out'];
      for (const uri of native) {
        const refusal = await refusalOf(
          await register(op, { ...METADATA, post_logout_redirect_uris: [uri] }),
        );
        assertEquals(refusal.error, 'invalid_client_metadata');
        assertStringIncludes(refusal.error_description, 'post_logout_redirect_uris must use https');
      }
      const web = await registered(op, { ...METADATA, post_logout_redirect_uris: [LOGGED_OUT] });
      assertEquals(web['post_logout_redirect_uris'], [LOGGED_OUT]);
      const app = await registered(op, {
        ...METADATA,
        application_type: 'native',
        post_logout_redirect_uris: native,
      });
      assertEquals(app['post_logout_redirect_uris'], native);
      const address = addressOf({ client_id: app.client_id, post_logout_redirect_uri: NATIVE });
      assertEquals((await op.browser().get(address)).url.href, NATIVE);
    }));
});

describe('T114: who is asked', () => {
  it('without an ID token the person is, and stays signed in when they say so', () =>
    withWorld(async ({ browser }) => {
      const page = await browser.get(addressOf({
        client_id: 'app',
        post_logout_redirect_uri: LOGGED_OUT,
      }));
      assert(has(page, 'logout') && has(page, 'stay'));
      assertStringIncludes(page.text, 'The App');
      assert(await isSignedIn(browser));
      const stayed = await browser.submit(page, { decision: 'stay' });
      assert(has(stayed, 'stayed') && has(stayed, 'to-client'));
      assert(await isSignedIn(browser));
      const gone = await browser.submit(page, { decision: 'logout' });
      assertEquals([gone.status, gone.url.href], [303, LOGGED_OUT]);
      assertFalse(await isSignedIn(browser));
    }));

  it('with an ID token of somebody else, or of an earlier session, the person is', () =>
    withWorld(async ({ op, browser, id_token }) => {
      await addPerson(op, 'bob');
      const other = op.browser();
      await other.authorize(authorizationUrl(), { username: 'bob', password: PASSWORD });
      // The attacker’s own ID token does not sign anybody else out.
      assert(has(await other.get(addressOf({ id_token_hint: id_token })), 'logout'));
      assert(await isSignedIn(other));
      // Alice again, in a session of its own.
      await browser.get(addressOf({ id_token_hint: id_token }));
      await obtainTokens(op, {}, browser);
      const page = await browser.get(addressOf({ id_token_hint: id_token }));
      assert(has(page, 'logout'));
      assert(await isSignedIn(browser));
    }));

  it('T106: pictures, frames, scripts and prefetches end nothing, ID token or not', () =>
    withWorld(async ({ browser, id_token }) => {
      const address = addressOf({ id_token_hint: id_token });
      const headers: readonly Parameters[] = [
        ...['image', 'iframe', 'empty', 'script', 'object', 'embed'].map((destination) => ({
          'sec-fetch-dest': destination,
        })),
        { 'sec-purpose': 'prefetch' },
        { 'sec-fetch-dest': 'document', 'sec-purpose': 'prefetch;prerender' },
      ];
      for (const each of headers) {
        await browser.get(address, each);
        assert(await isSignedIn(browser), JSON.stringify(each));
      }
      assert(has(await browser.get(address, { 'sec-fetch-dest': 'document' }), 'logged-out'));
    }));

  it('HEAD ends nothing', () =>
    withWorld(async ({ op, browser, id_token }) => {
      const cookie = [...browser.cookies].map((pair) => pair.join('=')).join('; ');
      await op.fetch(addressOf({ id_token_hint: id_token }), {
        method: 'HEAD',
        headers: { cookie },
      });
      assert(await isSignedIn(browser));
    }));

  it('T106: the answer counts only from our own form, in the browser that was asked', () =>
    withWorld(async ({ op, browser }) => {
      const page = await browser.get('/end_session');
      const answer = { decision: 'logout' };
      const stranger = op.browser();
      await obtainTokens(op, {}, stranger);
      for (
        const refused of [
          await browser.submit(page, answer, { origin: 'https://evil.example' }),
          await browser.submit({
            ...page,
            text: page.text.replace(/(name="csrf" value=").../, '$1xxx'),
          }, answer),
          await stranger.submit(page, answer),
          await browser.submit(page, {}),
          await browser.submit(page, { decision: 'maybe' }),
        ]
      ) assert([400, 403].includes(refused.status), String(refused.status));
      op.clock.now += 3600;
      const late = await browser.submit(page, answer);
      assertEquals(late.status, 400);
      assert(await isSignedIn(browser) && await isSignedIn(stranger));
    }));

  it('T107: the question cannot be framed, and says where the form may lead', () =>
    withWorld(async ({ browser }) => {
      const page = await browser.get(addressOf({
        client_id: 'app',
        post_logout_redirect_uri: NATIVE,
      }));
      const policy = page.headers.get('content-security-policy') ?? '';
      assertStringIncludes(policy, "frame-ancestors 'none'");
      assertStringIncludes(policy, "form-action 'self' com.example.app: https:");
      assertEquals(page.headers.get('x-frame-options'), 'DENY');
      assertStringIncludes(page.headers.get('cache-control') ?? '', 'no-store');
    }));
});

async function addPerson(op: Op, username: string): Promise<void> {
  await op.instance.directory.create({
    username,
    password: await op.instance.hasher.hash(PASSWORD) ?? '',
    groups: [],
    claims: { email: `${username}@example.com` },
    attributes: {},
    provenance: 'cli',
  });
}

describe('several accounts in one browser', () => {
  async function withTwo(work: (world: World) => Promise<void>): Promise<void> {
    await withWorld(async (world) => {
      const { op, browser } = world;
      await addPerson(op, 'bob');
      op.clock.now += 10;
      const page = await browser.get(authorizationUrl({ prompt: 'login' }));
      await browser.submit(page, { username: 'bob', password: PASSWORD });
      await work(world);
    });
  }

  const accountsOf = async (browser: Browser): Promise<readonly string[]> => {
    const page = await browser.get('/select-account?account=overview');
    return Array.from(page.text.matchAll(/<bdi>(alice|bob)<\/bdi>/g), ([, name]) => name ?? '')
      .toSorted();
  };

  it('an ID token ends the session that it is of, and the other stays', () =>
    withTwo(async ({ browser, id_token }) => {
      const page = await browser.get(addressOf({ id_token_hint: id_token }));
      assert(has(page, 'logged-out'));
      assertStringIncludes(page.text, 'Still signed in here: <bdi>bob</bdi>');
      assertEquals(await accountsOf(browser), ['bob']);
    }));

  it('the question is about all, save where logout_hint names one', () =>
    withTwo(async ({ browser }) => {
      const all = await browser.get('/end_session');
      assertEquals(checkBoxes(all.text, 'session').length, 2);
      assertEquals(all.text.match(/type="checkbox"[^>]* checked/g)?.length, 2);
      for (const logout_hint of ['BOB', 'bob@example.com']) {
        const one = await browser.get(addressOf({ logout_hint }));
        assertEquals(one.text.match(/type="checkbox"[^>]* checked/g)?.length, 1, logout_hint);
        const [, sid = ''] = /value="([^"]*)"[^>]* checked/.exec(one.text) ?? [];
        assertStringIncludes(one.text.slice(one.text.indexOf(sid)), '<bdi>bob</bdi>');
      }
    }));

  it('those that are ticked end, and only those', () =>
    withTwo(async ({ browser, id_token }) => {
      const page = await browser.get(addressOf({ logout_hint: 'bob' }));
      assertEquals((await browser.submit(page, { decision: 'logout' })).status, 400);
      const [, sid = ''] = /value="([^"]*)"[^>]* checked/.exec(page.text) ?? [];
      await browser.submit(page, { decision: 'logout', session: [sid, 'nonsense'] });
      assertEquals(await accountsOf(browser), ['alice']);
      assert(has(await browser.get(addressOf({ id_token_hint: id_token })), 'logged-out'));
      assertEquals(await accountsOf(browser), []);
    }));

  it('all of them end together', () =>
    withTwo(async ({ browser }) => {
      const page = await browser.get('/end_session');
      const session = checkBoxes(page.text, 'session');
      const done = await browser.submit(page, { decision: 'logout', session });
      assert(has(done, 'logged-out'));
      assertEquals(await accountsOf(browser), []);
      assertEquals(
        [...browser.cookies.keys()].filter((name) => /session|remembered/.test(name)),
        [],
      );
    }));
});
