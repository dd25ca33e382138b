import { describe, it } from 'node:test';
import { openPassage, targetOf } from '../../src/engine/forward_auth/passage.ts';
import { assert, assertEquals, assertStringIncludes } from '../support/assert.ts';
import { has } from '../support/browser.ts';
import { ISSUER, type Op, PASSWORD } from '../support/op.ts';
import { ask, openSurfer, PERSON, withProxied } from '../support/proxied.ts';

const APP = 'https://app.example';

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

  it('goes on with one that an earlier version began, which did not note the method', () =>
    withProxied((op) => {
      const engine = op.instance.engine();
      const before = { id: 'one', origin: APP, uri: '/mine', state_digest: '', at: op.clock.now };
      const passage = openPassage(
        engine.keys.seal('forward auth request', JSON.stringify(before)),
        engine,
      );
      assertEquals(targetOf(passage).method, 'GET');
      return Promise.resolve();
    }));

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

  const ENDS: readonly (readonly [string, (op: Op) => Promise<unknown>])[] = [
    ['its session has ended', async ({ store }) => {
      for await (const { key } of store.list(['session'])) await store.commit({ remove: [key] });
    }],
    [
      'the person is disabled',
      async ({ instance: { directory } }) =>
        await directory.disable((await directory.findByUsername('alice'))?.id ?? ''),
    ],
    [
      'the person has a new password',
      async ({ instance: { directory } }) =>
        await directory.setPassword(
          (await directory.findByUsername('alice'))?.id ?? '',
          'quick:another',
        ),
    ],
  ];
  for (const [name, end] of ENDS) {
    it(`T117: opens nothing by a ticket once ${name}, and says nothing of it`, () =>
      withProxied(async (op) => {
        const { state, callback } = await ticketFor(op, `${APP}/`);
        op.clock.now += 1;
        await end(op);
        const answer = await ask(op, callback, { cookie: state });
        assertEquals([answer.status, answer.headers.get('location')], [303, `${APP}/mine`]);
        assertEquals(answer.headers.getSetCookie(), []);
      }));
  }

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

  it('leads back to the root whoever asked for more than a header carries', () =>
    withProxied(async (op) => {
      for (const long of [`/x?y=${'|'.repeat(1024)}`, `/${'x'.repeat(1536)}`]) {
        const answer = await ask(op, APP + long);
        assertEquals(answer.headers.get('location'), `${APP}/.ostiary/sign-in?rd=%2F`);
      }
      for (const most of [`/x?y=${'|'.repeat(1000)}`, `/${'x'.repeat(1535)}`]) {
        const page = await openSurfer(op).signIn(APP + most);
        assertEquals([page.url.href, page.status], [APP + most, 200]);
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

  it('asks for what the host asks for, wherever the issuer sees the person', () =>
    withProxied(async (op) => {
      const surfer = openSurfer(op);
      const page = await surfer.signIn('https://near.example/');
      assertEquals([page.status, page.url.href], [200, 'https://near.example/']);
      const strict = await surfer.get('https://far.example/');
      assertStringIncludes(strict.url.pathname, '/login/second-factor');
    }, {
      access_control: {
        rules: [
          { domain: 'near.example', policy: 'one_factor', networks: [PERSON] },
          // Where the issuer sees everybody in these tests.
          { domain: 'far.example', policy: 'one_factor', networks: ['203.0.113.7'] },
          { domain: '*.example', policy: 'two_factor' },
        ],
      },
    }));

  it('does not go round for ever where a proxy asks about the issuer itself', () =>
    withProxied(async (op) => {
      const first = await ask(op, `${ISSUER}/account`);
      const second = await ask(op, first.headers.get('location') ?? '');
      const third = await ask(op, second.headers.get('location') ?? '');
      assertEquals([first.status, second.status, third.status], [303, 303, 403]);
      assertStringIncludes(await third.text(), 'the issuer itself');
    }, {
      access_control: { rules: [{ domain: '*.example', policy: 'one_factor' }] },
    }));

  it('begins with a form that was sent as well, and leads back to its URL by GET', () =>
    withProxied(async (op) => {
      const method = { 'x-forwarded-method': 'POST' };
      for (const [path, place] of [['/edit?id=1', '/login'], ['/lock', '/login/second-factor']]) {
        const surfer = openSurfer(op);
        await surfer.signIn(`${APP}/`);
        const sent = await ask(op, APP + path, method);
        assertEquals(sent.status, 303);
        const location = sent.headers.get('location') ?? '';
        assertEquals(
          location,
          `${APP}/.ostiary/sign-in?rd=${encodeURIComponent(path ?? '')}&rm=POST`,
        );
        const page = await surfer.get(location);
        if (place === '/login') assertEquals(page.url.href, APP + path);
        // By GET, nobody would be asked for it.
        else assertEquals(page.url.pathname, new URL(ISSUER).pathname.replace(/\/$/, '') + place);
      }
      const odd = await openSurfer(op).signIn(`${APP}/.ostiary/sign-in?rd=%2Fx&rm=no%20method`);
      assertEquals(odd.url.href, `${APP}/x`);
    }, {
      access_control: {
        rules: [
          { domain: 'app.example', policy: 'two_factor', methods: 'POST', resources: '^/lock$' },
          { domain: 'app.example', policy: 'one_factor' },
        ],
      },
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
