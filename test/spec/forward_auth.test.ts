import { describe, it } from 'node:test';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { parseConfig } from '../../src/config/parse.ts';
import { identityHeaders } from '../../src/endpoints/authz/identity.ts';
import { describeMistake } from '../../src/spec/mistake.ts';
import { changeOptions } from '../../src/engine/administration/configuration.ts';
import { liveSession, raiseSession } from '../../src/engine/session.ts';
import { sessions } from '../../src/store/collections.ts';
import type { UserRecord } from '../../src/store/records.ts';
import { assert, assertEquals, assertMatch, assertStringIncludes } from '../support/assert.ts';
import { has } from '../support/browser.ts';
import { newProofKey, proofFor } from '../support/dpop.ts';
import { obtainCode, redeem, REDIRECT_URI, tokenRequest, tokensOf } from '../support/flow.ts';
import { basic, CLI, CLIENT, ISSUER, type Op, PASSWORD } from '../support/op.ts';
import { ask, openProxiedOp, openSurfer, PROXY, traefik } from '../support/proxied.ts';

const APP = 'https://app.example';

async function withProxied(
  work: (op: Op) => Promise<void>,
  config: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const op = await openProxiedOp(config);
  try {
    await work(op);
  } finally {
    await op.close();
  }
}

describe('a protected host', () => {
  it('sends people to sign in and back to what they asked for, and tells the application who they are', () =>
    withProxied(async (op) => {
      const surfer = openSurfer(op);
      const page = await surfer.signIn(`${APP}/a/b?x=1&y=%2F`);
      assertEquals([page.status, page.url.href], [200, `${APP}/a/b?x=1&y=%2F`]);
      assertEquals(page.headers.get('remote-user'), 'alice');
      assertEquals(page.headers.get('remote-groups'), 'staff,admins');
      assertEquals(page.headers.get('remote-name'), 'Alice Example');
      assertEquals(page.headers.get('remote-email'), 'alice@alice.example');
    }));

  it('has a cookie of its own, and no other host takes it', () =>
    withProxied(async (op) => {
      const surfer = openSurfer(op);
      await surfer.signIn(`${APP}/`);
      const jar = surfer.cookies.get(APP) ?? new Map<string, string>();
      assertEquals([...jar.keys()].sort(), ['__Host-ostiary_host', '__Host-ostiary_host_state']);
      const cookie = [...jar].map((pair) => pair.join('=')).join('; ');
      assertEquals((await ask(op, `${APP}/`, { cookie })).status, 200);
      for (const url of ['https://other.example/', 'https://app.example:8443/']) {
        assertEquals((await ask(op, url, { cookie })).status, 303, url);
      }
      const own = [...surfer.issuer.cookies].map((pair) => pair.join('=')).join('; ');
      assertEquals((await ask(op, `${APP}/`, { cookie: own })).status, 303);
    }));

  it('signs people in without another word where they have a session already', () =>
    withProxied(async (op) => {
      const surfer = openSurfer(op);
      await surfer.signIn(`${APP}/`);
      const other = await surfer.get('https://other.example/x');
      assertEquals([other.status, other.url.href], [200, 'https://other.example/x']);
      assertEquals(other.headers.get('remote-user'), 'alice');
    }));

  it('lets anybody through where a rule says so, as nobody', () =>
    withProxied(async (op) => {
      const answer = await ask(op, 'https://public.example/x', { 'remote-user': 'admin' });
      assertEquals(answer.status, 200);
      for (const name of ['remote-user', 'remote-groups', 'remote-name', 'remote-email']) {
        assertEquals(answer.headers.get(name), '', name);
      }
    }));

  it('keeps out those whom no rule lets in, and says so in the language of the reader', () =>
    withProxied(async (op) => {
      const surfer = openSurfer(op);
      const page = await surfer.signIn('https://closed.example/x');
      assertEquals(page.status, 403);
      assertEquals(page.url.origin, ISSUER);
      assert(has(page, 'forbidden') && has(page, 'other-account'), page.text);
      assertStringIncludes(page.text, 'alice');
      const headers = { 'accept-language': 'de' };
      const shut = await ask(op, 'https://shut.example/', headers);
      assertEquals(shut.status, 403);
      assertStringIncludes(await shut.text(), 'Kein Zugang');
      assertEquals((await ask(op, 'https://nowhere.example/')).status, 403);
    }));

  it('asks for a second factor where a rule does, of somebody who has one as well', () =>
    withProxied(async (op) => {
      const surfer = openSurfer(op);
      await surfer.signIn(`${APP}/`);
      const page = await surfer.get(`${APP}/admin`);
      assertEquals([page.url.origin, page.status], [ISSUER, 200]);
      assertStringIncludes(page.url.pathname, '/login/second-factor');
    }));

  it('answers programs and scripts with 401 and a challenge instead of a page', () =>
    withProxied(async (op) => {
      const rows: readonly Record<string, string>[] = [
        { 'x-forwarded-method': 'POST' },
        { 'accept': 'application/json' },
        { 'x-requested-with': 'XMLHttpRequest' },
        { 'accept': '*/*', 'sec-fetch-mode': 'cors' },
      ];
      for (const headers of rows) {
        const answer = await ask(op, `${APP}/`, headers);
        assertEquals(answer.status, 401, JSON.stringify(headers));
        assertMatch(answer.headers.get('www-authenticate') ?? '', /^Bearer realm=/);
        assertMatch(answer.headers.get('location') ?? '', /^https:\/\/app\.example\/\.ostiary\//);
      }
    }));
});

describe('a sign-in for a protected host', () => {
  const stateOf = (response: Response): string =>
    (response.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '';

  /** The way to a ticket, which is not redeemed. */
  async function ticketFor(op: Op, url: string) {
    const surfer = openSurfer(op);
    const login = await surfer.get(url);
    const started = await ask(op, `${new URL(url).origin}/.ostiary/sign-in?rd=%2Fmine`);
    const page = await surfer.issuer.get(started.headers.get('location') ?? '');
    assert(has(page, 'login') && has(login, 'login'));
    const end = await surfer.issuer.submit(page, { username: 'alice', password: PASSWORD });
    return { state: stateOf(started), callback: end.url.href, surfer };
  }

  it('hands a ticket over once, within a minute', () =>
    withProxied(async (op) => {
      const { state, callback } = await ticketFor(op, `${APP}/`);
      const first = await ask(op, callback, { cookie: state });
      assertEquals([first.status, first.headers.get('location')], [303, `${APP}/mine`]);
      assertEquals(first.headers.getSetCookie().length, 1);
      const second = await ask(op, callback, { cookie: state });
      assertEquals([second.status, second.headers.get('location')], [303, `${APP}/mine`]);
      assertEquals(second.headers.getSetCookie(), []);
      const late = await ticketFor(op, `${APP}/`);
      op.clock.now += 60;
      assertEquals(
        (await ask(op, late.callback, { cookie: late.state })).headers.getSetCookie(),
        [],
      );
    }));

  it('T110: takes a ticket in the browser that began alone, and does not use it up in another', () =>
    withProxied(async (op) => {
      const { state, callback } = await ticketFor(op, `${APP}/`);
      const other = stateOf(await ask(op, `${APP}/.ostiary/sign-in?rd=%2F`));
      for (const cookie of [other, '', `${state}x`, state.replace('_state', '_other')]) {
        const answer = await ask(op, callback, cookie === '' ? {} : { cookie });
        assertEquals(answer.status, 400, cookie);
        assertEquals(answer.headers.getSetCookie(), []);
      }
      assertEquals((await ask(op, callback, { cookie: state })).headers.getSetCookie().length, 1);
    }));

  it('takes a ticket at the host that it was made for alone', () =>
    withProxied(async (op) => {
      const { state, callback } = await ticketFor(op, `${APP}/`);
      for (const host of ['other.example', 'app.example:444', 'closed.example']) {
        const there = callback.replace('app.example', host);
        assertEquals((await ask(op, there, { cookie: state })).status, 400, host);
      }
    }));

  it('leads to no host that no rule has anybody sign in at', () =>
    withProxied(async (op) => {
      for (const host of ['evil.example', 'public.example']) {
        const answer = await ask(op, `https://${host}/.ostiary/sign-in?rd=%2F`);
        assertEquals([answer.status, answer.headers.get('location')], [403, null], host);
      }
    }));

  it('leads back to a path of the very host, whatever is asked for', () =>
    withProxied(async (op) => {
      const places = [
        'https://evil.example/',
        '//evil.example/',
        '/\\evil.example',
        '\\\\evil.example',
        'javascript:alert(1)',
        '/.ostiary/sign-in?rd=/',
        '/\r\nSet-Cookie: x=y',
        '/é',
      ];
      for (const place of places) {
        const surfer = openSurfer(op);
        const url = `${APP}/.ostiary/sign-in?rd=${encodeURIComponent(place)}`;
        const page = await surfer.signIn(url);
        assertEquals([page.url.href, page.status], [`${APP}/`, 200], place);
      }
    }));

  it('is nothing that others can make: what we did not seal leads nowhere', () =>
    withProxied(async (op) => {
      const browser = op.browser();
      for (const sealed of ['x', 'A'.repeat(200), '%00', '']) {
        const page = await browser.get(`/authz/sign-in?host_request=${sealed}`);
        assertEquals([page.status, page.url.origin], [400, ISSUER], sealed);
      }
      const started = await ask(op, `${APP}/.ostiary/sign-in?rd=%2F`);
      op.clock.now += 3601;
      const old = await browser.get(started.headers.get('location') ?? '');
      assertEquals(old.status, 400);
    }));

  it('goes on with another account where the person says so', () =>
    withProxied(async (op) => {
      const surfer = openSurfer(op);
      await surfer.signIn(`${APP}/`);
      const page = await surfer.get(`${APP}/.ostiary/sign-in?rd=%2Fx&switch=yes`);
      assertStringIncludes(page.url.pathname, '/select-account');
      assertStringIncludes(page.text, 'app.example');
    }));
});

describe('what a protected host takes for a session', () => {
  async function signedIn(op: Op) {
    const surfer = openSurfer(op);
    await surfer.signIn(`${APP}/`);
    const jar = surfer.cookies.get(APP) ?? new Map<string, string>();
    const cookie = [...jar].map((pair) => pair.join('=')).join('; ');
    assertEquals((await ask(op, `${APP}/`, { cookie })).status, 200);
    return { cookie, surfer };
  }

  const ENDS: readonly (readonly [string, (op: Op) => Promise<unknown> | unknown])[] = [
    ['its record is removed', async ({ store }) => {
      for await (const { key } of store.list(['session'])) await store.commit({ remove: [key] });
    }],
    ['it was not used for too long', ({ clock }) => {
      clock.now += 12 * 3600 + 1;
    }],
    ['the person is disabled', async ({ instance: { directory } }) => {
      const alice = await directory.findByUsername('alice');
      await directory.disable(alice?.id ?? '');
    }],
    ['the person has a new password', async ({ instance: { directory } }) => {
      const alice = await directory.findByUsername('alice');
      await directory.setPassword(alice?.id ?? '', 'quick:another one');
    }],
    ['the person is removed', async ({ instance: { directory } }) => {
      const alice = await directory.findByUsername('alice');
      await directory.remove(alice?.id ?? '');
    }],
    ['the keys that sealed it are gone', async ({ store, instance }) => {
      const { keys } = instance.engine();
      for (const { kid, use } of keys.describe()) if (use === 'seal') await keys.remove(kid);
      assert(store !== undefined);
    }],
  ];
  for (const [name, end] of ENDS) {
    it(`is over with the next request once ${name}`, () =>
      withProxied(async (op) => {
        const { cookie } = await signedIn(op);
        await end(op);
        assertEquals((await ask(op, `${APP}/`, { cookie })).status, 303);
      }));
  }

  it('is over once the person has signed out, at the account page', () =>
    withProxied(async (op) => {
      const { cookie, surfer } = await signedIn(op);
      const page = await surfer.issuer.get('/account');
      await surfer.issuer.submit(page, {}, {}, 'sign-out');
      assertEquals((await ask(op, `${APP}/`, { cookie })).status, 303);
    }));

  it('is noted as used seldom, and writes nothing else', () =>
    withProxied(async (op) => {
      const { cookie } = await signedIn(op);
      const versions = async () => {
        const all: string[] = [];
        for await (const { key, version } of op.store.list([] as never)) {
          all.push(`${key} ${version}`);
        }
        return all;
      };
      const before = await versions();
      for (let count = 0; count < 5; count += 1) await ask(op, `${APP}/x`, { cookie });
      assertEquals(await versions(), before);
      // Used every few hours, it goes on.
      for (let count = 0; count < 5; count += 1) {
        op.clock.now += 4 * 3600;
        assertEquals((await ask(op, `${APP}/x`, { cookie })).status, 200);
      }
    }));

  it('T098: does not rise with the person: whoever took the cookie before has one factor still', () =>
    withProxied(async (op) => {
      const { cookie } = await signedIn(op);
      const engine = op.instance.engine();
      for await (const entry of sessions.list(op.store, [ISSUER])) {
        const session = await liveSession(entry, engine);
        assert(session !== undefined);
        await op.store.commit(raiseSession(session, ['otp'], engine).change);
      }
      assertEquals((await ask(op, `${APP}/`, { cookie })).status, 200);
      assertEquals((await ask(op, `${APP}/admin`, { cookie })).status, 303);
    }));

  it('counts by rules that the store brings, from the next request on', () =>
    withProxied(async (op) => {
      const { cookie } = await signedIn(op);
      const engine = op.instance.engine();
      const outcome = await changeOptions(
        [{ path: 'forward_auth.token', value: { header: 'X-Token' } }],
        CLI,
        engine,
        { isDry: false },
      );
      assertEquals(outcome.kind, 'done');
      assertMatch((await ask(op, `${APP}/`, { cookie })).headers.get('x-token') ?? '', /^eyJ/);
    }));

  it('is nothing when the rules change, whatever the cookie says', () =>
    withProxied(async (op) => {
      const { cookie } = await signedIn(op);
      const alice = await op.instance.directory.findByUsername('alice');
      await op.instance.directory.update(alice?.id ?? '', { groups: [] });
      assertEquals((await ask(op, `${APP}/`, { cookie })).status, 403);
    }));
});

describe('a proxy', () => {
  it('T119: counts only from trusted_proxies', () =>
    withProxied(async (op) => {
      for (const address of ['10.9.8.8', '203.0.113.7', undefined]) {
        const answer = await op.instance.fetch(traefik('https://public.example/'), { address });
        assertEquals(answer.status, 403);
        assertStringIncludes(await answer.text(), 'trusted_proxies');
      }
    }));

  const TRAEFIK = {
    'x-forwarded-method': 'GET',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'public.example',
    'x-forwarded-uri': '/x',
  };
  const WRONG: readonly (readonly [string, string | undefined])[] = [
    ['x-forwarded-method', undefined],
    ['x-forwarded-method', 'get'],
    ['x-forwarded-method', 'GET, POST'],
    ['x-forwarded-proto', undefined],
    ['x-forwarded-proto', 'ftp'],
    ['x-forwarded-proto', 'http'],
    ['x-forwarded-proto', 'https, http'],
    ['x-forwarded-host', undefined],
    ['x-forwarded-host', ''],
    ['x-forwarded-host', 'public.example, app.example'],
    ['x-forwarded-host', 'public.example.'],
    ['x-forwarded-host', 'user@public.example'],
    ['x-forwarded-host', 'public.example/x'],
    ['x-forwarded-host', 'public.example:99999'],
    ['x-forwarded-host', '[::1'],
    ['x-forwarded-host', 'pub lic.example'],
    ['x-forwarded-uri', undefined],
    ['x-forwarded-uri', 'x'],
    ['x-forwarded-uri', 'https://public.example/x'],
    ['x-forwarded-uri', '*'],
    ['x-forwarded-uri', '/x, /y'],
    ['x-forwarded-uri', '/%0d%0aRemote-User:%20admin'],
    ['x-forwarded-uri', '/%zz'],
    ['x-forwarded-uri', '/\\evil'],
    ['x-forwarded-uri', '/x#y'],
  ];
  for (const [name, value] of WRONG) {
    it(`learns what is wrong with ${name}: ${value}`, () =>
      withProxied(async (op) => {
        const { [name]: _, ...rest } = TRAEFIK as Record<string, string>;
        const headers = value === undefined ? rest : { ...rest, [name]: value };
        const request = new Request('http://ostiary:9091/authz/forward-auth', { headers });
        const answer = await op.instance.fetch(request, { address: PROXY });
        assertEquals(answer.status, 400);
        assertStringIncludes((await answer.text()).toLowerCase(), name);
      }));
  }

  /** Each as it really asks, with all else that it sends. */
  const FORMS: readonly (readonly [string, string, Record<string, string>, string?])[] = [
    ['Traefik', '/authz/forward-auth', {
      ...TRAEFIK,
      'x-forwarded-port': '443',
      'x-forwarded-server': 'traefik-1',
      'x-real-ip': '203.0.113.9',
    }],
    ['Traefik, of a WebSocket', '/authz/forward-auth', { ...TRAEFIK, 'x-forwarded-proto': 'wss' }],
    ['Caddy', '/authz/forward-auth', { ...TRAEFIK, 'x-forwarded-for': '203.0.113.9' }],
    ['nginx', '/authz/auth-request', {
      'x-original-url': 'https://public.example/x?a=b,c',
      'x-original-method': 'POST',
      'connection': 'close',
    }],
    ['Envoy', '/authz/ext-authz//x?a=b', {
      'host': 'public.example',
      'x-forwarded-proto': 'https',
      'x-envoy-internal': 'true',
      'content-length': '0',
    }],
    ['Envoy, of another method', '/authz/ext-authz//x', {
      'host': 'public.example',
      'x-forwarded-proto': 'https',
    }, 'PROPFIND'],
    ['Envoy, of the root', '/authz/ext-authz//', {
      'host': 'public.example',
      'x-forwarded-proto': 'https',
    }, 'HEAD'],
  ];
  for (const [name, target, headers, method = 'GET'] of FORMS) {
    it(`may be ${name}`, () =>
      withProxied(async (op) => {
        const host = headers['host'] ?? 'ostiary:9091';
        const request = new Request(`http://${host}${target}`, { method, headers });
        const answer = await op.instance.fetch(request, { address: PROXY, target });
        assertEquals(answer.status, 200, await answer.text());
        assertEquals(answer.headers.get('remote-user'), '');
        const other = target.replace('public', 'app');
        const asked = Object.entries(headers).map(([key, value]) => [
          key,
          value.replace('public.example', 'app.example'),
        ]);
        const elsewhere = new Request(`http://${host.replace('public', 'app')}${other}`, {
          method,
          headers: Object.fromEntries(asked),
        });
        const refused = await op.instance.fetch(elsewhere, { address: PROXY, target: other });
        assert([303, 401].includes(refused.status), String(refused.status));
        assertStringIncludes(
          refused.headers.get('location') ?? '',
          'https://app.example/.ostiary/',
        );
      }));
  }

  it('that is nginx gets 401 and 403 alone, as it takes no other', () =>
    withProxied(async (op) => {
      const send = (headers: Record<string, string>) =>
        op.instance.fetch(new Request('http://o/authz/auth-request', { headers }), {
          address: PROXY,
        });
      const method = { 'x-original-method': 'GET', 'accept': 'text/html' };
      const urls: readonly (readonly [number, string])[] = [
        [401, 'https://app.example/'],
        [403, 'https://shut.example/'],
        [403, 'https://app.example/.ostiary/sign-in'],
        [403, 'nonsense'],
        [403, 'https://app.example/admin/../x'],
      ];
      for (const [status, url] of urls) {
        assertEquals((await send({ ...method, 'x-original-url': url })).status, status, url);
      }
      assertEquals((await send(method)).status, 403);
    }));

  it('that is Envoy is told of paths as they were sent, or asked to say', () =>
    withProxied(async (op) => {
      const headers = {
        'host': 'app.example',
        'x-forwarded-proto': 'https',
        'accept': 'text/plain',
      };
      const send = (target: string, more: Record<string, string> = {}, isRaw = true) =>
        op.instance.fetch(
          new Request(`http://app.example${target}`, { headers: { ...headers, ...more } }),
          {
            address: PROXY,
            ...isRaw && { target },
          },
        );
      assertEquals((await send('/authz/ext-authz//../../healthz')).status, 401);
      assertEquals((await send('/authz/ext-authz//admin/../x')).status, 403);
      assertEquals((await send('/authz/ext-authz/x')).status, 400);
      const untold = await send('/authz/ext-authz//x', {}, false);
      assertEquals(untold.status, 400);
      assertStringIncludes(await untold.text(), 'X-Ostiary-Original-Path');
      const named = { 'x-ostiary-original-path': '/../../healthz' };
      assertEquals((await send('/authz/ext-authz//x', named, false)).status, 401);
      // Resolved by the runtime, the path is that of another endpoint, whose 200 would be a yes.
      assertEquals((await send('/healthz', {}, false)).status, 200);
      assertEquals((await send('/healthz', named, false)).status, 400);
    }));

  it('that names nobody it asks for opens no network', () =>
    withProxied(async (op) => {
      const send = (xff?: string) => {
        const request = traefik('https://inside.example/');
        if (xff === undefined) request.headers.delete('x-forwarded-for');
        else request.headers.set('x-forwarded-for', xff);
        return op.instance.fetch(request, { address: PROXY });
      };
      assertEquals((await send('10.1.2.3')).status, 200);
      for (const xff of [undefined, PROXY, '203.0.113.9', '10.1.2.3, 203.0.113.9', 'x']) {
        assertEquals((await send(xff)).status, 403, xff);
      }
    }, {
      access_control: {
        rules: [{ domain: 'inside.example', policy: 'bypass', networks: ['10.0.0.0/8'] }],
      },
    }));
});

describe('what the application is told', () => {
  it('is UTF-8 on one line, and no group is another in its list', () =>
    withProxied(async (op) => {
      const alice = await op.instance.directory.findByUsername('alice');
      await op.instance.directory.update(alice?.id ?? '', {
        groups: ['staff', 'a,admins', '50%', 'Türsteher'],
        claims: { name: 'Ælfgifu 門番', email: 'alice@alice.example' },
      });
      const page = await openSurfer(op).signIn(`${APP}/`);
      const bytes = Uint8Array.from(page.headers.get('remote-name') ?? '', (each) =>
        each.charCodeAt(0));
      assertEquals(new TextDecoder().decode(bytes), 'Ælfgifu 門番');
      const groups = Uint8Array.from(page.headers.get('remote-groups') ?? '', (each) =>
        each.charCodeAt(0));
      assertEquals(new TextDecoder().decode(groups), 'staff,a%2Cadmins,50%25,Türsteher');
      assertEquals(page.headers.get('remote-user'), 'alice');
    }));

  it('begins no other header, whatever a claim holds', () => {
    const user = {
      username: 'alice',
      groups: ['a\r\nRemote-User: admin'],
      claims: { name: 'A\u0000\nB\ud800', email: 7 },
    } as unknown as UserRecord;
    assertEquals(identityHeaders(user), {
      'remote-user': 'alice',
      'remote-groups': 'a  Remote-User: admin',
      'remote-name': 'A  B\ufffd',
      'remote-email': '',
    });
  });
});

describe('an access token at a protected host', () => {
  const API = 'https://app.example/api/';
  const CONFIG = {
    resources: [
      { resource: APP, access_token_format: 'jwt' },
      { resource: API },
      { resource: 'https://other.example/' },
      { resource: 'https://elsewhere.example/' },
    ],
    clients: [
      { ...CLIENT, grant_types: ['authorization_code', 'refresh_token', 'client_credentials'] },
      { ...CLIENT, client_id: 'robot', grant_types: ['client_credentials'] },
    ],
    access_control: {
      rules: [
        { domain: 'app.example', policy: 'two_factor', resources: '^/admin' },
        { domain: 'app.example', policy: 'one_factor', subject: ['group:staff', 'client:robot'] },
        { domain: 'other.example', policy: 'one_factor' },
        { domain: 'public.example', policy: 'bypass' },
      ],
    },
  };

  async function tokenOf(op: Op, resource: string | undefined): Promise<string> {
    const code = await obtainCode(op, { resource });
    return (await tokensOf(await redeem(op, code, { resource }))).access_token;
  }

  async function ownToken(op: Op, client_id: string, resource: string): Promise<string> {
    const form = { grant_type: 'client_credentials', resource };
    return (await tokensOf(await tokenRequest(op, form, basic(client_id)))).access_token;
  }

  function show(op: Op, url: string, token: string, more: Record<string, string> = {}) {
    return ask(op, url, { authorization: `Bearer ${token}`, ...more });
  }

  function challengeIn(answer: Response): string {
    return answer.headers.get('www-authenticate') ?? '';
  }

  for (const resource of [APP, API]) {
    it(`of a person lets in what its audience ${resource} covers`, () =>
      withProxied(async (op) => {
        const token = await tokenOf(op, resource);
        const answer = await show(op, `${APP}/api/x?y`, token);
        assertEquals(answer.status, 200);
        assertEquals(answer.headers.get('remote-user'), 'alice');
        const outside = await show(op, `${APP}/apiary`, token);
        assertEquals(outside.status, resource === APP ? 200 : 401);
      }, CONFIG));
  }

  it('is refused for whatever it is not meant for, by RFC 6750 §3', () =>
    withProxied(async (op) => {
      const [none, other] = [
        await tokenOf(op, undefined),
        await tokenOf(op, 'https://elsewhere.example/'),
      ];
      for (const token of [none, other, 'ost_at_nonsense', `${other}x`]) {
        const answer = await show(op, `${APP}/`, token);
        assertEquals(answer.status, 401);
        assertMatch(challengeIn(answer), /^Bearer realm="ostiary", error="invalid_token"/);
      }
      const api = await tokenOf(op, API);
      for (const path of ['/api/../x', '/api/%2e%2e/x', '/api%2fx', '/api/..%2fx', '/api;x/y']) {
        assertEquals((await show(op, APP + path, api)).status, 401, path);
      }
      const malformed = await ask(op, `${APP}/`, { authorization: 'Bearer a b' });
      assertEquals(malformed.status, 400);
      assertMatch(challengeIn(malformed), /error="invalid_request"/);
    }, CONFIG));

  it('of a person is asked for a stronger sign-in, by RFC 9470 §3', () =>
    withProxied(async (op) => {
      const answer = await show(op, `${APP}/admin`, await tokenOf(op, APP));
      assertEquals(answer.status, 401);
      assertMatch(
        challengeIn(answer),
        /error="insufficient_user_authentication".*acr_values="two_factor"/,
      );
    }, CONFIG));

  it('that the rules do not let in is told so', () =>
    withProxied(async (op) => {
      const alice = await op.instance.directory.findByUsername('alice');
      const token = await tokenOf(op, APP);
      await op.instance.directory.update(alice?.id ?? '', { groups: [] });
      const answer = await show(op, `${APP}/`, token);
      assertEquals(answer.status, 403);
      assertMatch(challengeIn(answer), /error="insufficient_scope"/);
    }, CONFIG));

  it('of a client that acts for itself counts where a rule names the client, and is nobody’s', () =>
    withProxied(async (op) => {
      const robot = await ownToken(op, 'robot', APP);
      const answer = await show(op, `${APP}/x`, robot);
      assertEquals([answer.status, answer.headers.get('remote-user')], [200, '']);
      assertEquals((await show(op, `${APP}/x`, await ownToken(op, 'app', APP))).status, 403);
      const other = await ownToken(op, 'robot', 'https://other.example/');
      assertEquals((await show(op, 'https://other.example/', other)).status, 403);
      assertEquals((await show(op, `${APP}/admin`, robot)).status, 403);
    }, CONFIG));

  it('is over when it is revoked, or its session has ended', () =>
    withProxied(async (op) => {
      const [token, second] = [await tokenOf(op, APP), await tokenOf(op, APP)];
      assertEquals((await show(op, `${APP}/`, token)).status, 200);
      await op.post('/revoke', { token }, basic('app'));
      assertEquals((await show(op, `${APP}/`, token)).status, 401);
      for await (const { key } of op.store.list(['session'])) {
        await op.store.commit({ remove: [key] });
      }
      assertEquals((await show(op, `${APP}/`, second)).status, 401);
    }, CONFIG));

  it('that is bound to a key needs a proof about this very request, once', () =>
    withProxied(async (op) => {
      const key = await newProofKey();
      const code = await obtainCode(op, { resource: APP });
      const form = {
        grant_type: 'authorization_code',
        code,
        redirect_uri: REDIRECT_URI,
        resource: APP,
      };
      const headers = { ...basic('app'), dpop: await proofFor(op, key) };
      const { access_token, token_type } = await tokensOf(await tokenRequest(op, form, headers));
      assertEquals(token_type, 'DPoP');
      const proof = (payload: Record<string, unknown>) =>
        proofFor(op, key, { accessToken: access_token, payload: { htm: 'GET', ...payload } });
      const send = async (dpop: string, method = 'GET') =>
        await ask(op, `${APP}/x?y=1`, {
          authorization: `DPoP ${access_token}`,
          dpop,
          'x-forwarded-method': method,
        });
      const good = await proof({ htu: `${APP}/x` });
      assertEquals((await send(good)).status, 200);
      assertEquals((await send(good)).status, 401);
      for (const htu of [`${ISSUER}/authz/forward-auth`, `${APP}/y`, 'https://other.example/x']) {
        const answer = await send(await proof({ htu }));
        assertEquals(answer.status, 401, htu);
        assertMatch(challengeIn(answer), /^DPoP .*error="invalid_dpop_proof"/);
      }
      assertEquals((await send(await proof({ htu: `${APP}/x` }), 'POST')).status, 401);
      assertEquals((await show(op, `${APP}/x`, access_token)).status, 401);
    }, CONFIG));

  it('of the application’s own does not keep out who is signed in, nor whom nobody asks', () =>
    withProxied(async (op) => {
      const surfer = openSurfer(op);
      await surfer.signIn(`${APP}/`);
      const jar = surfer.cookies.get(APP) ?? new Map<string, string>();
      const cookie = [...jar].map((pair) => pair.join('=')).join('; ');
      const answer = await show(op, `${APP}/`, 'own-token', { cookie });
      assertEquals([answer.status, answer.headers.get('remote-user')], [200, 'alice']);
      assertEquals((await show(op, 'https://public.example/', 'own-token')).status, 200);
      const basicAuth = { authorization: 'Basic YWxpY2U6Y29ycmVjdCBob3JzZSBiYXR0ZXJ5' };
      assertEquals((await ask(op, `${APP}/`, basicAuth)).status, 303);
    }, CONFIG));
});

describe('the JWT for the application', () => {
  const HEADER = 'x-ostiary-token';
  const CONFIG = {
    resources: [{ resource: APP }],
    clients: [
      { ...CLIENT, grant_types: ['authorization_code', 'refresh_token', 'client_credentials'] },
    ],
    claims_policies: {
      upstream: {
        access_token: ['email', 'groups', 'level'],
        custom_claims: { level: { attribute: 'department' } },
      },
    },
    definitions: { user_attributes: { department: { value_type: 'string' } } },
    forward_auth: { token: { header: 'X-Ostiary-Token', claims_policy: 'upstream' } },
    access_control: {
      rules: [
        { domain: 'app.example', policy: 'one_factor', subject: ['group:staff', 'client:app'] },
        { domain: 'other.example', policy: 'one_factor' },
        { domain: 'public.example', policy: 'bypass' },
      ],
    },
  };
  const withToken = (changes: Record<string, unknown> = {}) => ({
    ...CONFIG,
    forward_auth: { token: { ...CONFIG.forward_auth.token, ...changes } },
  });

  async function verified(op: Op, jwt: string | null, audience: string, alg = 'ES256') {
    const jwks = await (await op.fetch('/jwks')).json() as JSONWebKeySet;
    return await jwtVerify(jwt ?? '', createLocalJWKSet(jwks), {
      issuer: ISSUER,
      audience,
      typ: 'at+jwt',
      algorithms: [alg],
      currentDate: new Date(op.clock.now * 1000),
    });
  }

  it('is signed by the issuer for that host, and holds what the policy says', () =>
    withProxied(async (op) => {
      const page = await openSurfer(op).signIn(`${APP}/`);
      const { payload } = await verified(op, page.headers.get(HEADER), APP);
      const { sub, iat, exp, jti, auth_time, ...rest } = payload;
      assertMatch(sub ?? '', /^[0-9a-f-]{36}$/);
      assertEquals([(exp ?? 0) - (iat ?? 0), typeof jti, typeof auth_time], [
        300,
        'string',
        'number',
      ]);
      assertEquals(rest, {
        iss: ISSUER,
        aud: APP,
        client_id: 'forward-auth',
        email: 'alice@alice.example',
        groups: ['staff', 'admins'],
        level: 'doors',
        acr: 'one_factor',
        amr: ['pwd'],
      });
    }, CONFIG));

  it('is the same until it is about to expire, and another for another host', () =>
    withProxied(async (op) => {
      const surfer = openSurfer(op);
      const first = (await surfer.signIn(`${APP}/`)).headers.get(HEADER);
      op.clock.now += 199;
      assertEquals((await surfer.get(`${APP}/x`)).headers.get(HEADER), first);
      op.clock.now += 2;
      const second = (await surfer.get(`${APP}/x`)).headers.get(HEADER);
      assert(second !== first);
      const alice = await op.instance.directory.findByUsername('alice');
      op.clock.now += 1;
      await op.instance.directory.update(alice?.id ?? '', { groups: ['staff'] });
      const third = await verified(op, (await surfer.get(`${APP}/x`)).headers.get(HEADER), APP);
      assertEquals(third.payload['groups'], ['staff']);
      const other = (await surfer.get('https://other.example/')).headers.get(HEADER);
      await verified(op, other, 'https://other.example');
    }, CONFIG));

  it('is empty where nobody comes forward, whatever the request brought', () =>
    withProxied(async (op) => {
      const answer = await ask(op, 'https://public.example/', { [HEADER]: 'forged' });
      assertEquals([answer.status, answer.headers.get(HEADER)], [200, '']);
    }, CONFIG));

  it('is worth nothing at our own endpoints, nor at a protected host', () =>
    withProxied(async (op) => {
      const jwt = (await openSurfer(op).signIn(`${APP}/`)).headers.get(HEADER) ?? '';
      const headers = { authorization: `Bearer ${jwt}` };
      assertEquals((await op.fetch('/userinfo', { headers })).status, 401);
      assertEquals((await ask(op, `${APP}/`, headers)).status, 401);
      const introspected = await op.post('/introspect', { token: jwt }, basic('app'));
      assertEquals(await introspected.json(), { active: false });
    }, CONFIG));

  it('says by which client and with which scope somebody comes with a token', () =>
    withProxied(async (op) => {
      const code = await obtainCode(op, { resource: APP, scope: 'openid email' });
      const { access_token } = await tokensOf(await redeem(op, code, { resource: APP }));
      const person = await ask(op, `${APP}/`, { authorization: `Bearer ${access_token}` });
      const { payload } = await verified(op, person.headers.get(HEADER), APP);
      assertEquals([payload['client_id'], payload['scope']], ['app', 'openid email']);
      const form = { grant_type: 'client_credentials', resource: APP };
      const own = await tokensOf(await tokenRequest(op, form));
      const client = await ask(op, `${APP}/`, { authorization: `Bearer ${own.access_token}` });
      const ofClient = await verified(op, client.headers.get(HEADER), APP);
      assertEquals([ofClient.payload.sub, ofClient.payload['auth_time']], ['app', undefined]);
    }, CONFIG));

  it('has audience, life, algorithm, sub and header as they are configured', () =>
    withProxied(
      async (op) => {
        const surfer = openSurfer(op);
        const read = async (page: { headers: Headers }) => {
          const [, jwt = ''] = /^Bearer (.*)$/.exec(page.headers.get('authorization') ?? '') ?? [];
          return (await verified(op, jwt, 'urn:upstream', 'EdDSA')).payload;
        };
        const app = await read(await surfer.signIn(`${APP}/`));
        const other = await read(await surfer.get('https://other.example/'));
        assert(app.sub !== other.sub);
        assertEquals((app.exp ?? 0) - (app.iat ?? 0), 60);
        assertEquals(app['email'], undefined);
      },
      withToken({
        header: 'Authorization',
        audience: 'urn:upstream',
        lifetime: '60s',
        claims_policy: undefined,
        subject_type: 'pairwise',
        signed_response_alg: 'EdDSA',
      }),
    ));

  const BAD: readonly (readonly [Record<string, unknown>, string])[] = [
    [{ header: 'Remote-User' }, 'begin with X-'],
    [{ header: 'Set-Cookie' }, 'begin with X-'],
    [{ header: 'X-Forwarded-Host' }, 'proxies ask with'],
    [{ header: 'X-A\r\nB' }, 'begin with X-'],
    [{ claims_policy: 'upstraem' }, 'did you mean upstream?'],
    [{ lifetime: '2h' }, 'from 30s to 1h'],
  ];
  for (const [changes, problem] of BAD) {
    it(`is not configured with ${JSON.stringify(changes)}`, () => {
      const parsed = parseConfig({ issuer: ISSUER, ...withToken(changes) });
      assert(!parsed.ok);
      assertStringIncludes(parsed.mistakes.map(describeMistake).join(), problem);
    });
  }
});
