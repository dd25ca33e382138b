import { describe, it } from 'node:test';
import { identityHeaders } from '../../src/endpoints/authz/identity.ts';
import { changeOptions } from '../../src/engine/administration/configuration.ts';
import { liveSession, raiseSession } from '../../src/engine/session.ts';
import { sessions } from '../../src/store/collections.ts';
import type { UserRecord } from '../../src/store/records.ts';
import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertStringIncludes,
} from '../support/assert.ts';
import { has } from '../support/browser.ts';
import { CLI, ISSUER, type Op } from '../support/op.ts';
import { ask, openSurfer, withProxied } from '../support/proxied.ts';

const APP = 'https://app.example';

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
      // Whether all that is at a host is https is for that host to say, or for us at our own.
      const wrong = await ask(op, `${APP}/.ostiary/callback?ticket=x`);
      assertEquals(wrong.status, 400);
      const hsts = [page, shut, wrong].map(({ headers }) =>
        headers.has('strict-transport-security')
      );
      assertEquals(hsts, [true, false, false]);
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
        { 'x-forwarded-method': 'POST', 'accept': '*/*' },
        { 'x-forwarded-method': 'POST', 'sec-fetch-mode': 'cors' },
        { 'x-forwarded-method': 'PUT' },
        { 'x-forwarded-method': 'OPTIONS', 'accept': '*/*', 'sec-fetch-mode': 'cors' },
        { 'sec-fetch-mode': 'websocket' },
        { 'accept': 'application/json' },
        { 'x-requested-with': 'XMLHttpRequest' },
        { 'accept': '*/*', 'sec-fetch-mode': 'cors' },
      ];
      for (const headers of rows) {
        const answer = await ask(op, `${APP}/`, headers);
        assertEquals(answer.status, 401, JSON.stringify(headers));
        assertMatch(answer.headers.get('www-authenticate') ?? '', /^Bearer realm=/);
        assertMatch(answer.headers.get('location') ?? '', /^https:\/\/app\.example\/\.ostiary\//);
        assertEquals(answer.headers.get('x-ostiary-redirect'), null);
      }
      assertFalse(op.log.some((line) => line.includes('request.refused')), 'nothing was refused');
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
