import { describe, it } from 'node:test';
import { identityHeaders } from '../../src/endpoints/authz/identity.ts';
import type { UserRecord } from '../../src/store/records.ts';
import { assert, assertEquals, assertMatch, assertStringIncludes } from '../support/assert.ts';
import { has } from '../support/browser.ts';
import { ISSUER, type Op, PASSWORD } from '../support/op.ts';
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
