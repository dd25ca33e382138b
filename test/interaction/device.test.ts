import { describe, it } from 'node:test';
import { parseConfig } from '../../src/config/parse.ts';
import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertStringIncludes,
} from '../support/assert.ts';
import { checkBoxes, has, hiddenFields, textOf } from '../support/browser.ts';
import {
  answer,
  approve,
  DEVICE_CODE_GRANT,
  type DeviceCodes,
  enterCode,
  obtainDeviceCodes,
  openDeviceOp,
  openInterruptedStore,
  poll,
  TV,
} from '../support/device.ts';
import { ALICE, assertRefused, authorizationUrl, CHALLENGE, tokensOf } from '../support/flow.ts';
import { CLIENT, type Op, PASSWORD } from '../support/op.ts';

const SESSION = '__Host-ostiary_session';

/** The client of the device as it is after the grant was taken from it. */
const WITHOUT_GRANT = {
  ...TV,
  grant_types: ['authorization_code', 'refresh_token'],
  redirect_uris: ['https://tv.example/callback'],
};

/** A browser that stands before the confirmation, and the codes it is about. */
async function confirmation(op: Op, form: Record<string, string> = {}) {
  const codes = await obtainDeviceCodes(op, form);
  const browser = op.browser();
  return { codes, browser, page: await enterCode(browser, codes.user_code) };
}

async function statusOf(op: Op, { device_code }: DeviceCodes): Promise<string> {
  op.clock.now += 60;
  const body = await (await poll(op, device_code)).json() as { error?: string };
  return body.error ?? 'tokens';
}

describe('device page', () => {
  it('has #user_code and #continue, and stores nothing', async () => {
    const op = await openDeviceOp();
    const page = await op.browser().get('/device');
    assertEquals(page.status, 200);
    assert(has(page, 'user_code') && has(page, 'continue'));
    for (const name of ['session', 'device', 'user_code', 'grant']) {
      for await (const _ of op.store.list([name])) assert(false, name);
    }
  });

  it('T064: opening the link with the code fills it in, and approves nothing', async () => {
    const op = await openDeviceOp();
    const codes = await obtainDeviceCodes(op);
    const browser = op.browser();
    await browser.submit(await browser.get('/login'), ALICE);
    const page = await browser.get(codes.verification_uri_complete);
    assertStringIncludes(page.text, `value="${codes.user_code}"`);
    assertFalse(has(page, 'accept'));
    assertEquals(await statusOf(op, codes), 'authorization_pending');
    const confirm = await browser.submit(page, { user_code: codes.user_code });
    await browser.get(confirm.url.href);
    assertEquals(await statusOf(op, codes), 'authorization_pending');
    await answer(browser, confirm, 'accept');
    assertEquals(await statusOf(op, codes), 'tokens');
  });

  it('T065: takes the code in any case, with spaces or dashes', async () => {
    const op = await openDeviceOp();
    for (
      const write of [
        (code: string) => code.toLowerCase(),
        (code: string) => code.replace('-', ' '),
        (code: string) => ` ${code.replace('-', '').split('').join(' ')} `,
        (code: string) => code.replace('-', '--'),
      ]
    ) {
      const { user_code } = await obtainDeviceCodes(op);
      assert(has(await enterCode(op.browser(), write(user_code)), 'accept'));
    }
  });

  it('T065: what was typed is never shown again, unless it is a code', async () => {
    const op = await openDeviceOp();
    const raw = '"><img src=x onerror=alert(1)>';
    const linked = await op.browser().get(`/device?user_code=${encodeURIComponent(raw)}`);
    assertFalse(linked.text.includes('onerror'));
    for (const typed of [raw, 'x'.repeat(10_000), 'hello']) {
      const browser = op.browser();
      const page = await browser.submit(await browser.get('/device'), { user_code: typed });
      assert(has(page, 'problem'));
      assertFalse(page.text.includes(typed), typed.slice(0, 20));
      assertMatch(page.text, /id="user_code"[^>]*\bvalue=""/);
    }
    const browser = op.browser();
    const page = await browser.submit(await browser.get('/device'), { user_code: 'bbbb bbbb' });
    assertStringIncludes(page.text, 'value="BBBB-BBBB"');
  });

  it('T061: wrong entries of one browser come to an end in 429, and go on later', async () => {
    const op = await openDeviceOp();
    const { user_code } = await obtainDeviceCodes(op);
    const browser = op.browser();
    const statuses = [];
    for (let i = 0; i < 12; i += 1) {
      const page = await browser.submit(await browser.get('/device'), { user_code: 'BBBB-BBBB' });
      statuses.push(page.status);
    }
    assertEquals(statuses, [...Array.from({ length: 10 }, () => 200), 429, 429]);
    const refused = await browser.submit(await browser.get('/device'), { user_code });
    assertEquals([refused.status, refused.headers.get('retry-after')], [429, '60']);
    op.clock.now += 60;
    const { user_code: fresh } = await obtainDeviceCodes(op);
    assert(has(await enterCode(browser, fresh), 'accept'));
  });

  it('T061: wrong entries of one source come to an end, however many browsers send them', async () => {
    const op = await openDeviceOp();
    const answers = await Promise.all(Array.from({ length: 40 }, async () => {
      const browser = op.browser();
      return await browser.submit(await browser.get('/device'), { user_code: 'BBBB-BBBB' });
    }));
    assertEquals(answers.filter(({ status }) => status === 200).length, 20);
    assertEquals(answers.filter(({ status }) => status === 429).length, 20);
  });

  it('T106: takes its form from its own page in the same browser only', async () => {
    const op = await openDeviceOp();
    const { user_code } = await obtainDeviceCodes(op);
    const browser = op.browser();
    const fields = Object.fromEntries(hiddenFields((await browser.get('/device')).text));
    const other = op.browser();
    const foreign = Object.fromEntries(hiddenFields((await other.get('/device')).text));
    for (
      const [form, headers] of [
        [{ user_code }, {}],
        [{ ...foreign, user_code }, {}],
        [{ ...fields, user_code }, { origin: 'https://evil.example' }],
      ] as const
    ) {
      const page = await browser.post('/device', new URLSearchParams(form), headers);
      assertEquals(page.status, 403);
    }
  });
});

describe('device confirmation', () => {
  it('T064: shows the client, the code, the scopes and a warning', async () => {
    const op = await openDeviceOp();
    const { page, codes } = await confirmation(op, { scope: 'openid profile email' });
    assertEquals(textOf(page, 'shown-code'), codes.user_code);
    for (const text of ['The TV', 'alice', 'See your profile', 'do not allow it']) {
      assertStringIncludes(page.text, text);
    }
    assertEquals(checkBoxes(page.text), ['openid', 'profile', 'email']);
    assert(has(page, 'accept') && has(page, 'deny'));
  });

  it('T107: each page forbids frames', async () => {
    const op = await openDeviceOp();
    const { page, browser } = await confirmation(op);
    for (
      const each of [await browser.get('/device'), page, await answer(browser, page, 'accept')]
    ) {
      assertEquals(each.headers.get('x-frame-options'), 'DENY');
      assertStringIncludes(
        each.headers.get('content-security-policy') ?? '',
        "frame-ancestors 'none'",
      );
    }
  });

  it('always asks, whatever was allowed before and however trusted the client is', async () => {
    const op = await openDeviceOp([{
      ...CLIENT,
      client_id: 'tv2',
      consent_mode: 'implicit',
      grant_types: [...CLIENT.grant_types, DEVICE_CODE_GRANT],
    }]);
    const browser = op.browser();
    for (let i = 0; i < 2; i += 1) {
      const { user_code } = await obtainDeviceCodes(op);
      await approve(op, user_code, browser);
    }
  });

  it('T109: what a device was allowed is not thereby allowed elsewhere', async () => {
    const { client_secret: _secret, ...open } = CLIENT;
    const op = await openDeviceOp([{
      ...open,
      token_endpoint_auth_method: 'none',
      grant_types: [...CLIENT.grant_types, DEVICE_CODE_GRANT],
    }]);
    const browser = op.browser();
    const { user_code } = await obtainDeviceCodes(op, { client_id: 'app' });
    await approve(op, user_code, browser);
    const url = authorizationUrl({
      scope: 'openid profile',
      code_challenge: CHALLENGE,
      code_challenge_method: 'S256',
    });
    assert(has(await browser.get(url), 'accept'));
  });

  it('T110: grants at most what was asked for, and openid always', async () => {
    const op = await openDeviceOp();
    const { page, browser, codes } = await confirmation(op, { scope: 'openid profile email' });
    const everything = ['email', 'offline_access', 'groups', 'phone'];
    await browser.submit(page, { decision: 'accept', scope: everything });
    const tokens = await tokensOf(await poll(op, codes.device_code));
    assertEquals(tokens.scope, 'openid email');
  });

  it('T106: takes its answer only with the token of this browser, session and code', async () => {
    const op = await openDeviceOp();
    const { page, browser, codes } = await confirmation(op);
    const other = await confirmation(op);
    const fields = Object.fromEntries(hiddenFields(page.text));
    const foreign = Object.fromEntries(hiddenFields(other.page.text));
    const good = { ...fields, decision: 'accept' };
    const refused = [
      [{ ...good, csrf: '' }, {}],
      [{ ...good, csrf: foreign['csrf'] ?? '' }, {}],
      [{ ...good, device: foreign['device'] ?? '' }, {}],
      [{ ...good, device: '' }, {}],
      [good, { origin: 'https://evil.example' }],
      [{ ...fields, decision: 'maybe' }, {}],
    ] as const;
    for (const [form, headers] of refused) {
      const answered = await browser.post('/device/confirm', new URLSearchParams(form), headers);
      assert(answered.status === 403 || answered.status === 400, String(answered.status));
    }
    assertEquals(await statusOf(op, codes), 'authorization_pending');
    // Another code in the same browser has a form of its own.
    const second = await obtainDeviceCodes(op);
    const own = Object.fromEntries(hiddenFields((await enterCode(browser, second.user_code)).text));
    const crossed = { ...own, csrf: fields['csrf'] ?? '', decision: 'accept' };
    const answered = await browser.post('/device/confirm', new URLSearchParams(crossed));
    assertEquals(answered.status, 403);
    assertEquals(await statusOf(op, second), 'authorization_pending');
  });

  it('a link to the confirmation is nothing in another browser', async () => {
    const op = await openDeviceOp();
    const { page, browser } = await confirmation(op);
    const known = op.browser();
    await known.submit(await known.get('/login'), ALICE);
    for (const path of [page.url.href, page.url.href.replace('/device/confirm', '/login')]) {
      for (const other of [op.browser(), known]) {
        const elsewhere = await other.get(path);
        assertEquals([elsewhere.status, has(elsewhere, 'error')], [400, true]);
      }
    }
    assert(has(await browser.get(page.url.href), 'accept'));
  });

  it('what was sealed for a sign-in is nothing here, nor the other way', async () => {
    const op = await openDeviceOp([CLIENT]);
    const { page, browser } = await confirmation(op);
    const device = page.url.searchParams.get('device') ?? '';
    const login = await browser.get(authorizationUrl({ prompt: 'login' }));
    const pending = login.url.searchParams.get('pending') ?? '';
    assert(device !== '' && pending !== '');
    for (
      const path of [
        `/device/confirm?device=${pending}`,
        `/login?device=${pending}`,
        `/login?pending=${device}`,
        `/consent?pending=${device}`,
      ]
    ) {
      assertEquals((await browser.get(path)).status, 400, path);
    }
  });

  it('T062: who answers too late hears so, and the device, too', async () => {
    const op = await openDeviceOp();
    const { page, browser, codes } = await confirmation(op);
    op.clock.now += codes.expires_in;
    assert(has(await browser.get(page.url.href), 'problem'));
    const late = await answer(browser, page, 'accept');
    assert(has(late, 'problem') && !has(late, 'device-done'));
    await assertRefused(await poll(op, codes.device_code), 'expired_token');
  });

  it('of two browsers that answer one code, one wins', async () => {
    const op = await openDeviceOp();
    for (const decisions of [['accept', 'accept'], ['accept', 'deny']] as const) {
      const codes = await obtainDeviceCodes(op);
      const pages = [];
      for (const decision of decisions) {
        const browser = op.browser();
        pages.push({ browser, decision, page: await enterCode(browser, codes.user_code) });
      }
      const answers = await Promise.all(
        pages.map(({ browser, page, decision }) => answer(browser, page, decision)),
      );
      const won = answers.filter((page) => has(page, 'device-done') || has(page, 'device-denied'));
      assertEquals(won.length, 1);
      assertEquals(answers.filter((page) => has(page, 'problem')).length, 1);
    }
  });

  it('T063: what was denied cannot be approved any more, nor the other way', async () => {
    const op = await openDeviceOp();
    for (
      const [first, second, end] of [
        ['deny', 'accept', 'access_denied'],
        ['accept', 'deny', 'tokens'],
      ] as const
    ) {
      const { page, browser, codes } = await confirmation(op);
      await answer(browser, page, first);
      const late = await answer(browser, page, second);
      assert(has(late, 'problem') && !has(late, 'device-done') && !has(late, 'device-denied'));
      const again = await browser.submit(await browser.get('/device'), {
        user_code: codes.user_code,
      });
      assert(has(again, 'problem'));
      assertEquals(await statusOf(op, codes), end);
    }
  });

  it('polls between the page and the answer do not lose it', async () => {
    const op = await openDeviceOp();
    const { page, browser, codes } = await confirmation(op);
    for (let i = 0; i < 3; i += 1) await poll(op, codes.device_code);
    const [done] = await Promise.all([
      answer(browser, page, 'accept'),
      ...Array.from({ length: 5 }, () => poll(op, codes.device_code)),
    ]);
    assert(has(done, 'device-done'));
    assertEquals(await statusOf(op, codes), 'tokens');
  });

  it('signed out meanwhile, it leads to signing in and back', async () => {
    const op = await openDeviceOp();
    const { page, browser, codes } = await confirmation(op);
    browser.cookies.delete(SESSION);
    const login = await answer(browser, page, 'accept');
    assert(has(login, 'login'));
    assertEquals(await statusOf(op, codes), 'authorization_pending');
    const confirm = await browser.submit(login, ALICE);
    assertEquals(textOf(confirm, 'shown-code'), codes.user_code);
    await answer(browser, confirm, 'accept');
    assertEquals(await statusOf(op, codes), 'tokens');
  });

  it('T034: a session that ends while the answer is written answers nothing', async () => {
    const { store, interrupt } = openInterruptedStore();
    const op = await openDeviceOp([], {}, { store });
    const { page, browser, codes } = await confirmation(op);
    let ended = 0;
    interrupt(async () => {
      for await (const { key } of store.list(['session'])) {
        ended += 1;
        await store.commit({ remove: [key] });
      }
    });
    assert(has(await answer(browser, page, 'accept'), 'login'));
    assertEquals(ended, 1);
    assertEquals(await statusOf(op, codes), 'authorization_pending');
  });

  it('the sign-in on the way says who asks, and a wrong password keeps the way', async () => {
    const op = await openDeviceOp();
    const { user_code } = await obtainDeviceCodes(op);
    const browser = op.browser();
    const login = await browser.submit(await browser.get('/device'), { user_code });
    assertStringIncludes(login.text, 'The TV');
    const wrong = await browser.submit(login, { username: 'alice', password: 'wrong' });
    assert(has(wrong, 'problem'));
    const confirm = await browser.submit(wrong, ALICE);
    assertEquals(textOf(confirm, 'shown-code'), user_code);
  });

  it('who is not the one signed in can still sign in as another', async () => {
    const op = await openDeviceOp();
    await op.instance.directory.create({
      username: 'bob',
      password: `quick:${PASSWORD}`,
      provenance: 'cli',
    });
    const { page, browser } = await confirmation(op);
    const [, link = ''] = /href="([^"]*switch=yes)"/.exec(page.text) ?? [];
    const login = await browser.get(link.replaceAll('&amp;', '&'));
    const confirm = await browser.submit(login, { username: 'bob', password: PASSWORD });
    assertStringIncludes(confirm.text, 'bob');
    // The form that alice was shown is not bob’s.
    assertEquals((await answer(browser, page, 'accept')).status, 403);
    assert(has(await answer(browser, confirm, 'accept'), 'device-done'));
  });

  it('OpenID Registration §2: default_max_age asks for a new sign-in', async () => {
    const bank = {
      client_id: 'bank',
      token_endpoint_auth_method: 'none',
      grant_types: [DEVICE_CODE_GRANT],
      scope: 'openid',
      default_max_age: 60,
    };
    const op = await openDeviceOp([bank]);
    const browser = op.browser();
    await browser.submit(await browser.get('/login'), ALICE);
    op.clock.now += 61;
    assert(has(await enterCode(browser, (await obtainDeviceCodes(op)).user_code), 'accept'));
    const { user_code } = await obtainDeviceCodes(op, { client_id: 'bank', scope: 'openid' });
    const login = await browser.submit(await browser.get('/device'), { user_code });
    assert(has(login, 'login'));
    assert(has(await browser.submit(login, ALICE), 'accept'));
  });

  it('a client that is no longer there, or no longer may, is noticed', async () => {
    for (
      const [client, code, status] of [
        [CLIENT, 'invalid_client', 401],
        [WITHOUT_GRANT, 'unauthorized_client', 400],
      ] as const
    ) {
      const op = await openDeviceOp();
      const { page, browser, codes } = await confirmation(op);
      const without = parseConfig({
        issuer: 'https://op.example',
        storage: { engine: 'memory' },
        clients: [client],
      });
      assert(without.ok);
      await op.instance.reload(without.config);
      assert(has(await answer(browser, page, 'accept'), 'problem'));
      await assertRefused(await poll(op, codes.device_code), code, status);
    }
  });
});
