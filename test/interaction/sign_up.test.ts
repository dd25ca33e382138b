import { describe, it } from 'node:test';
import {
  assert,
  assertEquals,
  assertFalse,
  assertNotEquals,
  assertStringIncludes,
} from '../support/assert.ts';
import { checkBoxes, has, hiddenFields, type Page, textOf } from '../support/browser.ts';
import { obtainDeviceCodes, openDeviceOp, poll, TV } from '../support/device.ts';
import {
  ALICE,
  answerOf,
  authorizationUrl,
  claimsOf,
  redeem,
  tokensOf,
  userinfo,
} from '../support/flow.ts';
import { CLIENT, type Op, openOp, PASSWORD } from '../support/op.ts';

const SESSION = '__Host-ostiary_session';
const OPEN = { sign_up: 'open' } as const;
const BOB = {
  username: 'bob',
  name: 'Bob Builder',
  email: 'bob@bob.example',
  password: 'a bridge of stone',
  repeat: 'a bridge of stone',
} as const;

function openSignUpOp(): Promise<Op> {
  return openOp({ config: OPEN });
}

async function names(op: Op): Promise<readonly string[]> {
  return (await op.instance.directory.list()).map(({ username }) => username);
}

function linkOf(page: Page, id: string): string {
  const [, href = ''] = new RegExp(`id="${id}" href="([^"]*)"`).exec(page.text) ?? [];
  return href.replaceAll('&amp;', '&');
}

describe('Initiating User Registration 1.0 §4: prompt=create', () => {
  it('leads to the sign-up page, and from there to the client, signed in', async () => {
    const op = await openSignUpOp();
    const browser = op.browser();
    const scope = 'openid profile email';
    const page = await browser.get(authorizationUrl({ prompt: 'create', scope }));
    assertEquals(page.url.pathname, '/sign-up');
    assertStringIncludes(page.text, 'The App');
    const consent = await browser.submit(page, BOB);
    const { code } = answerOf(
      await browser.submit(consent, { decision: 'accept', scope: checkBoxes(consent.text) }),
    );
    const tokens = await tokensOf(await redeem(op, code ?? ''));
    const claims = await (await userinfo(op, tokens.access_token)).json() as Record<
      string,
      unknown
    >;
    assertEquals(
      [claims['preferred_username'], claims['name'], claims['email'], claims['groups']],
      ['bob', BOB.name, BOB.email, undefined],
    );
    assertEquals(claims['email_verified'] ?? false, false);
    assertEquals(claimsOf(tokens.id_token)['amr'], ['pwd']);
    const bob = await op.instance.directory.findByUsername('bob');
    assertEquals([bob?.provenance, bob?.groups], ['sign_up', []]);
  });

  it('leads there also when somebody is signed in', async () => {
    const op = await openSignUpOp();
    const browser = op.browser();
    await browser.submit(await browser.get('/login'), ALICE);
    op.clock.now += 1;
    const page = await browser.get(authorizationUrl({ prompt: 'create' }));
    assertEquals(page.url.pathname, '/sign-up');
    const before = browser.cookies.get(SESSION)?.split('.')[0];
    const consent = await browser.submit(page, BOB);
    assertStringIncludes(consent.text, 'bob');
    assertNotEquals(browser.cookies.get(SESSION)?.split('.')[0], before);
  });

  it('who has an account after all signs in from there', async () => {
    const op = await openSignUpOp();
    const browser = op.browser();
    const page = await browser.get(authorizationUrl({ prompt: 'create' }));
    const login = await browser.get(linkOf(page, 'have-account'));
    assert(has(login, 'login'));
    assert(has(await browser.submit(login, ALICE), 'accept'));
  });

  it('prompt=none create is refused, and none alone shows no page', async () => {
    const op = await openSignUpOp();
    const both = await op.browser().get(authorizationUrl({ prompt: 'none create' }));
    assertEquals(answerOf(both)['error'], 'invalid_request');
    const none = await op.browser().get(authorizationUrl({ prompt: 'none' }));
    assertEquals(answerOf(none)['error'], 'login_required');
  });

  it('§5: discovery lists create exactly when it is open', async () => {
    for (const [config, isListed] of [[OPEN, true], [{}, false]] as const) {
      const op = await openOp({ config });
      const metadata = await (await op.fetch('/.well-known/openid-configuration')).json() as {
        prompt_values_supported: readonly string[];
      };
      assertEquals(metadata.prompt_values_supported.includes('create'), isListed);
    }
  });
});

describe('sign-up page', () => {
  it('is linked from the sign-in page, with what was pending', async () => {
    const op = await openSignUpOp();
    const browser = op.browser();
    const page = await browser.get(linkOf(await browser.get(authorizationUrl()), 'sign-up'));
    assertStringIncludes(page.text, 'The App');
    assert(has(await browser.submit(page, BOB), 'accept'));
  });

  it('closed, there is nothing, by GET or by POST', async () => {
    const op = await openOp();
    const browser = op.browser();
    const page = await browser.get('/sign-up');
    assertEquals([page.status, textOf(page, 'error')], [404, 'not_found']);
    const login = await browser.get('/login');
    const form = new URLSearchParams({ ...Object.fromEntries(hiddenFields(login.text)), ...BOB });
    assertEquals((await browser.post('/sign-up', form)).status, 404);
    assertEquals(await names(op), ['alice']);
  });

  it('on its own it makes an account, and signs in', async () => {
    const op = await openSignUpOp();
    const browser = op.browser();
    const { name: _name, ...nameless } = BOB;
    const page = await browser.submit(await browser.get('/sign-up'), { ...nameless, name: '' });
    assertStringIncludes(page.text, 'bob');
    assert(browser.cookies.has(SESSION));
    assertEquals((await browser.get('/sign-up')).url.pathname, '/account');
    const elsewhere = op.browser();
    const login = await elsewhere.get('/login');
    await elsewhere.submit(login, { username: 'bob', password: BOB.password });
    assert(elsewhere.cookies.has(SESSION));
  });

  it('on the way to a device, leads back to it', async () => {
    const op = await openDeviceOp([], OPEN);
    const { user_code, device_code } = await obtainDeviceCodes(op);
    const browser = op.browser();
    const login = await browser.submit(await browser.get('/device'), { user_code });
    const page = await browser.get(linkOf(login, 'sign-up'));
    assertStringIncludes(page.text, TV.client_name);
    const confirm = await browser.submit(page, BOB);
    assertEquals(textOf(confirm, 'shown-code'), user_code);
    await browser.submit(confirm, { decision: 'accept' });
    assertEquals((await tokensOf(await poll(op, device_code))).scope, 'openid');
  });

  const refusals: readonly {
    readonly name: string;
    readonly form: Record<string, string>;
    readonly field: string;
  }[] = [
    { name: 'no username', form: { username: '' }, field: 'username' },
    { name: 'an impossible username', form: { username: 'b b' }, field: 'username' },
    { name: 'a username of somebody', form: { username: 'ALICE' }, field: 'username' },
    { name: 'a username that looks like one', form: { username: 'a1ice' }, field: 'username' },
    { name: 'one with an accent more', form: { username: 'älice' }, field: 'username' },
    { name: 'no email address', form: { email: '' }, field: 'email' },
    { name: 'what is no email address', form: { email: 'bob' }, field: 'email' },
    { name: 'a name over the cap', form: { name: 'x'.repeat(5000) }, field: 'name' },
    { name: 'no password', form: { password: '' }, field: 'password' },
    { name: 'a short password', form: { password: 'short', repeat: 'short' }, field: 'password' },
    {
      name: 'the username as password',
      form: { username: 'bobbobbob', password: 'bobbobbob' },
      field: 'password',
    },
    {
      name: 'a password that many people use',
      form: { password: 'Password123', repeat: 'Password123' },
      field: 'password',
    },
    {
      name: 'the email address as password',
      form: { password: 'bob@bob.example', repeat: 'bob@bob.example' },
      field: 'password',
    },
    { name: 'two passwords', form: { repeat: 'another bridge' }, field: 'repeat' },
  ];
  for (const { name, form, field } of refusals) {
    it(`refuses ${name}, and keeps all but the passwords`, async () => {
      const op = await openSignUpOp();
      const browser = op.browser();
      const page = await browser.submit(await browser.get('/sign-up'), { ...BOB, ...form });
      assertEquals(page.status, 200);
      const [input = ''] = new RegExp(`<input[^>]*\\bid="${field}"[^>]*>`).exec(page.text) ?? [];
      assertStringIncludes(input, 'aria-invalid="true"');
      if (field !== 'email') assertStringIncludes(page.text, `value="${BOB.email}"`);
      assertFalse(page.text.includes(BOB.password));
      assertFalse(browser.cookies.has(SESSION));
      assertEquals(await names(op), ['alice']);
    });
  }

  it('gives no groups, attributes or verification, whatever the form says', async () => {
    const op = await openSignUpOp();
    const browser = op.browser();
    await browser.submit(await browser.get('/sign-up'), {
      ...BOB,
      groups: 'admins',
      group: 'admins',
      email_verified: 'true',
      department: 'doors',
      provenance: 'cli',
    });
    const bob = await op.instance.directory.findByUsername('bob');
    assertEquals([bob?.groups, bob?.attributes, bob?.provenance], [[], {}, 'sign_up']);
    assertEquals(bob?.claims, { name: BOB.name, email: BOB.email });
  });

  it('tells of others only that a name is taken: an email address may be anybody’s', async () => {
    const op = await openSignUpOp();
    const browser = op.browser();
    await browser.submit(await browser.get('/sign-up'), { ...BOB, email: 'alice@alice.example' });
    assertEquals(await names(op), ['alice', 'bob']);
  });

  it('of two who want one name at once, one gets it', async () => {
    const op = await openSignUpOp();
    const pages = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const browser = op.browser();
        const page = await browser.submit(await browser.get('/sign-up'), BOB);
        return { browser, page };
      }),
    );
    assertEquals(pages.filter(({ browser }) => browser.cookies.has(SESSION)).length, 1);
    assertEquals(pages.filter(({ page }) => has(page, 'create')).length, 5);
  });

  it('accounts of one source are slowed by 429, and what was typed stays', async () => {
    const op = await openSignUpOp();
    let page: Page | undefined;
    for (let i = 0; i < 21; i += 1) {
      const browser = op.browser();
      page = await browser.submit(await browser.get('/sign-up'), { ...BOB, username: `bob${i}x` });
    }
    assertEquals([page?.status, page?.headers.get('retry-after')], [429, '60']);
    assertStringIncludes(page?.text ?? '', 'value="bob20x"');
    assertEquals((await names(op)).length, 21);
    op.clock.now += 60;
    const browser = op.browser();
    await browser.submit(await browser.get('/sign-up'), BOB);
    assert(browser.cookies.has(SESSION));
  });

  it('so is asking whether names are taken', async () => {
    const op = await openSignUpOp();
    const statuses = new Set<number>();
    for (let i = 0; i < 21; i += 1) {
      const browser = op.browser();
      const taken = { ...BOB, username: 'alice' };
      statuses.add((await browser.submit(await browser.get('/sign-up'), taken)).status);
    }
    assertEquals([...statuses], [200, 429]);
  });

  it('the first account is the administrator’s', async () => {
    const op = await openOp({ config: OPEN, people: false });
    const link = await op.instance.setupLink() ?? '';
    const browser = op.browser();
    const page = await browser.get('/sign-up');
    assertEquals([page.status, textOf(page, 'error')], [403, 'access_denied']);
    const setup = await browser.get(link);
    const root = { username: 'root', password: PASSWORD, repeat: PASSWORD };
    await browser.submit(setup, root);
    assertEquals((await browser.get('/sign-up')).status, 200);
  });

  it('T106: needs the token of this browser, this passage and this page, and our own Origin', async () => {
    const op = await openSignUpOp();
    const browser = op.browser();
    const page = await browser.get(authorizationUrl({ prompt: 'create' }));
    const good: Record<string, string> = { ...Object.fromEntries(hiddenFields(page.text)), ...BOB };
    const other = op.browser();
    const foreign = Object.fromEntries(
      hiddenFields((await other.get(authorizationUrl({ prompt: 'create' }))).text),
    );
    const login = Object.fromEntries(hiddenFields((await browser.get('/login')).text));
    for (
      const [form, headers] of [
        [{ ...good, csrf: '' }, {}],
        [{ ...good, csrf: foreign['csrf'] ?? '' }, {}],
        [{ ...good, csrf: login['csrf'] ?? '' }, {}],
        [{ ...good, pending: foreign['pending'] ?? '' }, {}],
        [{ ...good, pending: '' }, {}],
        [good, { origin: 'https://evil.example' }],
      ] as const
    ) {
      const answered = await browser.post('/sign-up', new URLSearchParams(form), headers);
      assert(answered.status === 403 || answered.status === 400, String(answered.status));
    }
    assertEquals(await names(op), ['alice']);
    assert(has(await browser.post('/sign-up', new URLSearchParams(good)), 'accept'));
  });

  it('T107: forbids frames, and shows the client’s logo', async () => {
    const op = await openOp({
      config: { ...OPEN, clients: [{ ...CLIENT, logo_uri: 'https://app.example/logo.png' }] },
    });
    const page = await op.browser().get(authorizationUrl({ prompt: 'create' }));
    assertEquals(page.headers.get('x-frame-options'), 'DENY');
    const policy = page.headers.get('content-security-policy') ?? '';
    assertStringIncludes(policy, "frame-ancestors 'none'");
    assertStringIncludes(policy, 'https://app.example');
  });

  it('when hashing is busy it says so, and makes nothing', async () => {
    const op = await openOp({
      config: OPEN,
      hasher: {
        hash: () => Promise.resolve(undefined),
        verify: () => Promise.resolve(false),
        needsRehash: () => false,
        dummy: 'none',
        close: () => Promise.resolve(),
      },
    });
    const browser = op.browser();
    const page = await browser.submit(await browser.get('/sign-up'), BOB);
    assertEquals(page.status, 503);
    assertEquals(await op.instance.directory.findByUsername('bob'), undefined);
  });
});
