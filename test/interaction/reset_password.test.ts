import { describe, it } from 'node:test';
import type { Message } from '../../src/net/notifier/notifier.ts';
import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertNotMatch,
  assertStringIncludes,
} from '../support/assert.ts';
import { type Browser, has, hiddenFields, type Page } from '../support/browser.ts';
import { ALICE, authorizationUrl, redeem, tokensOf, userinfo } from '../support/flow.ts';
import { CLAIMS, type Op, openOp, type OpOptions, PASSWORD } from '../support/op.ts';

const NEXT = 'a bridge of stone';
const BOTH = { password: NEXT, repeat: NEXT };

interface Mailed extends Op {
  readonly mails: readonly Message[];
}

async function openMailed(options: OpOptions = {}): Promise<Mailed> {
  const mails: Message[] = [];
  const notifier = {
    takesNames: false,
    send(message: Message) {
      mails.push(message);
      return Promise.resolve();
    },
  };
  return { ...await openOp({ notifier, ...options }), mails };
}

function settled(op: Op): Promise<void> {
  return op.instance.engine().outbox.settled();
}

async function ask(browser: Browser, username: string): Promise<Page> {
  return await browser.submit(await browser.get('/reset-password'), { username });
}

async function linkFor(op: Mailed, username = 'alice'): Promise<string> {
  await ask(op.browser(), username);
  await settled(op);
  const [link = ''] = /https:\S+/.exec(op.mails.at(-1)?.text ?? '') ?? [];
  return link;
}

/** The page without what is new each time. */
function shownBy({ text }: Page): string {
  return text.replace(/nonce="[^"]*"/g, '').replace(/name="csrf" value="[^"]*"/, '');
}

describe('a forgotten password', () => {
  it('is replaced by way of the sign-in page, a mail and its link', async () => {
    const op = await openMailed();
    const browser = op.browser();
    const login = await browser.get('/login');
    assertStringIncludes(login.text, 'id="forgot" href="https://op.example/reset-password"');
    assert(has(await ask(browser, 'alice'), 'sent'));
    await settled(op);
    assertEquals(op.mails.map(({ to }) => to), ['alice@alice.example']);
    const [link = ''] = /https:\S+/.exec(op.mails[0]?.text ?? '') ?? [];
    const page = await browser.get(link);
    assertStringIncludes(page.text, 'alice');
    const after = await browser.submit(page, BOTH);
    assertEquals(after.url.pathname, '/login');
    assert(has(after, 'reset-done'));
    const signedIn = await browser.submit(after, { username: 'alice', password: NEXT });
    assertFalse(has(signedIn, 'login'));
    const other = op.browser();
    assert(has(await other.submit(await other.get('/login'), ALICE), 'problem'));
  });

  it('the person is told of the new password by mail', async () => {
    const op = await openMailed();
    const browser = op.browser();
    await browser.submit(await browser.get(await linkFor(op)), BOTH);
    await settled(op);
    assertEquals(op.mails.length, 2);
    assertNotMatch(op.mails[1]?.text ?? '', /https:|a bridge of stone/);
    assertStringIncludes(op.mails[1]?.text ?? '', 'op.example');
  });

  it('a link is ours alone: to the issuer, whatever Host and forwarding headers say', async () => {
    const op = await openMailed();
    const browser = op.browser();
    const headers = { 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' };
    await browser.submit(
      await browser.get('/reset-password', headers),
      { username: 'alice' },
      headers,
    );
    await settled(op);
    assertMatch(op.mails[0]?.text ?? '', /https:\/\/op\.example\/reset-password\?token=[\w-]+\n/);
    assertNotMatch(op.mails[0]?.text ?? '', /evil/);
  });

  it('the mail has no name that anybody could have chosen', async () => {
    const op = await openMailed();
    const user = await op.instance.directory.findByUsername('alice');
    await op.instance.directory.update(user?.id ?? '', {
      claims: { name: 'Win a car at x.example' },
    });
    await linkFor(op);
    assertNotMatch(op.mails[0]?.text ?? '', /Win a car/);
  });

  it('leads to the sign-in page also where somebody else is signed in', async () => {
    const op = await openMailed();
    const { directory } = op.instance;
    await directory.create({ username: 'bob', password: 'quick:bob', provenance: 'cli' });
    const browser = op.browser();
    await browser.submit(await browser.get('/login'), { username: 'bob', password: 'bob' });
    const after = await browser.submit(await browser.get(await linkFor(op)), BOTH);
    assert(has(after, 'login'));
    assert(has(after, 'reset-done'));
  });

  it('T102: sessions and grants from before end at once', async () => {
    const op = await openMailed();
    const browser = op.browser();
    const answer = await browser.authorize(authorizationUrl(), ALICE);
    const tokens = await tokensOf(await redeem(op, answer.url.searchParams.get('code') ?? ''));
    assertEquals((await userinfo(op, tokens.access_token)).status, 200);
    const link = await linkFor(op);
    op.clock.now += 1;
    const other = op.browser();
    await other.submit(await other.get(link), BOTH);
    assertEquals((await userinfo(op, tokens.access_token)).status, 401);
    const again = await browser.get(authorizationUrl());
    assert(has(again, 'login'));
  });
});

describe('T093: who exists is not told', () => {
  const names: readonly { name: string; username: string; isMailed: boolean }[] = [
    { name: 'somebody', username: 'alice', isMailed: true },
    { name: 'nobody', username: 'nobody', isMailed: false },
    { name: 'what is no username', username: ' \u0000<b>', isMailed: false },
    { name: 'nothing', username: '', isMailed: false },
    { name: 'a disabled person', username: 'disabled', isMailed: false },
    { name: 'a person without an address', username: 'homeless', isMailed: false },
  ];
  for (const { name, username, isMailed } of names) {
    it(`${name}: the same answer, before anybody was looked up`, async () => {
      const op = await openMailed();
      const { directory } = op.instance;
      const claims = { email: 'disabled@alice.example' };
      await directory.create({ username: 'disabled', claims, disabled: true, provenance: 'cli' });
      await directory.create({ username: 'homeless', provenance: 'cli' });
      const reference = await ask(op.browser(), 'reference');
      const reads: string[] = [];
      const { findByUsername } = directory;
      const browser = op.browser();
      const page = await browser.get('/reset-password');
      Object.assign(directory, {
        findByUsername: (typed: string) => {
          reads.push(typed);
          return findByUsername(typed);
        },
      });
      const answer = await browser.submit(page, { username });
      assertEquals(reads, []);
      assertEquals([answer.status, shownBy(answer)], [200, shownBy(reference)]);
      assertEquals(op.mails, []);
      await settled(op);
      assertEquals(op.mails.length, isMailed ? 1 : 0);
    });
  }

  it('a mail server that is away changes nothing of the answer', async () => {
    const send = () => Promise.reject(new Error('away'));
    const op = await openOp({ notifier: { takesNames: false, send } });
    const answer = await ask(op.browser(), 'alice');
    assert(has(answer, 'sent'));
    await settled(op);
    const failure = op.log.find((line) => line.includes('notification.failed')) ?? '';
    assertStringIncludes(failure, 'away');
    assertNotMatch(op.log.join('\n'), /reset-password\?token=/);
  });

  it('T094: of one account, however it is written, links are limited; so for nobody', async () => {
    for (const variants of [['alice', 'Alice', 'ALICE', 'ａｌｉｃｅ'], ['x', 'X', 'x', 'x']]) {
      const op = await openMailed();
      const statuses: number[] = [];
      for (const username of variants) statuses.push((await ask(op.browser(), username)).status);
      assertEquals(statuses, [200, 200, 200, 429]);
      const refused = await ask(op.browser(), variants[0] ?? '');
      assertEquals(refused.headers.get('retry-after'), '600');
      assert(has(refused, 'problem'));
      await settled(op);
      assertEquals(op.mails.length, variants[0] === 'alice' ? 3 : 0);
      assertEquals((await ask(op.browser(), 'another')).status, 200);
      op.clock.now += 600;
      assertEquals((await ask(op.browser(), variants[0] ?? '')).status, 200);
    }
  });

  it('from one place they are limited, too, whoever is named', async () => {
    const op = await openMailed();
    const statuses: number[] = [];
    for (let i = 0; i < 21; i++) statuses.push((await ask(op.browser(), `person${i}`)).status);
    assertEquals(statuses.filter((status) => status === 200).length, 20);
    assertEquals(statuses.at(-1), 429);
    const browser = op.browser();
    const page = await browser.get('/reset-password');
    const cookie = [...browser.cookies].map((pair) => pair.join('=')).join('; ');
    const body = new URLSearchParams([...hiddenFields(page.text).map(([n, v]) => [n, v]), [
      'username',
      'alice',
    ]]);
    const elsewhere = await op.fetch('/reset-password', {
      method: 'POST',
      headers: { origin: 'https://op.example', cookie },
      body,
      peer: '198.51.100.9',
    });
    assertEquals(elsewhere.status, 200);
  });
});

describe('the page behind the link', () => {
  it('T107: goes into no cache and no Referer, and looking at it changes nothing', async () => {
    const op = await openMailed();
    const link = await linkFor(op);
    for (let i = 0; i < 2; i++) {
      const page = await op.browser().get(link);
      assertEquals(page.status, 200);
      assertEquals(page.headers.get('cache-control'), 'no-store');
      assertEquals(page.headers.get('referrer-policy'), 'no-referrer');
      const fields = new Map(hiddenFields(page.text));
      assertEquals(fields.get('token'), new URL(link).searchParams.get('token') ?? '');
    }
    const browser = op.browser();
    assertEquals((await browser.submit(await browser.get(link), BOTH)).url.pathname, '/login');
  });

  const refusals: readonly { name: string; fields: Record<string, string>; says: string }[] = [
    { name: 'two that differ', fields: { password: NEXT, repeat: 'x' }, says: 'repeat-remark' },
    { name: 'none', fields: { password: '', repeat: '' }, says: 'password-remark' },
    { name: 'a short one', fields: { password: 'short', repeat: 'short' }, says: 'At least 8' },
    {
      name: 'one with a control character',
      fields: { password: 'a long\u0007password', repeat: 'a long\u0007password' },
      says: 'password-remark',
    },
  ];
  for (const { name, fields, says } of refusals) {
    it(`${name}: refused with the reason, and the link stays`, async () => {
      const op = await openMailed();
      const browser = op.browser();
      const page = await browser.submit(await browser.get(await linkFor(op)), fields);
      assertEquals(page.url.pathname, '/reset-password');
      assertStringIncludes(page.text, says);
      assert(has(page, 'problem'));
      assertNotMatch(page.text, /value="short"/);
      const user = await op.instance.directory.findByUsername('alice');
      assertEquals(user?.password, `quick:${PASSWORD}`);
      assertEquals((await browser.submit(page, BOTH)).url.pathname, '/login');
    });
  }

  it('1,024 characters are taken, one more is not', async () => {
    const op = await openMailed();
    const browser = op.browser();
    const longest = Array.from({ length: 400 }, (_, i) => i * 7919).join('-').slice(0, 1024);
    const tooLong = `${longest}x`;
    const page = await browser.get(await linkFor(op));
    const refused = await browser.submit(page, { password: tooLong, repeat: tooLong });
    assertStringIncludes(refused.text, '1,024');
    const taken = await browser.submit(refused, { password: longest, repeat: longest });
    assertEquals(taken.url.pathname, '/login');
  });

  it('used, expired or of somebody disabled, it says so and where to ask again', async () => {
    const op = await openMailed();
    const used = await linkFor(op);
    const browser = op.browser();
    const open = await browser.get(used);
    await browser.submit(open, BOTH);
    op.clock.now += 1;
    const expired = await linkFor(op);
    op.clock.now += 3600;
    const disabled = await linkFor(op);
    const user = await op.instance.directory.findByUsername('alice');
    await op.instance.directory.disable(user?.id ?? '');
    for (const link of [used, expired, disabled, '/reset-password?token=nonsense']) {
      const page = await op.browser().get(link);
      assertEquals(page.status, 410);
      assert(has(page, 'void'));
      assertStringIncludes(page.text, 'id="again" href="https://op.example/reset-password"');
    }
    assertEquals((await browser.submit(open, BOTH)).status, 410);
  });

  it('of two who send it at once, one is through', async () => {
    const op = await openMailed();
    const link = await linkFor(op);
    const passwords = ['a bridge of stone', 'a tunnel of wood'];
    const pages = await Promise.all(passwords.map(async (password) => {
      const browser = op.browser();
      const page = await browser.get(link);
      return await browser.submit(page, { password, repeat: password });
    }));
    assertEquals(pages.map(({ status }) => status).sort(), [200, 410]);
    const winner = passwords[pages.findIndex(({ status }) => status === 200)];
    const user = await op.instance.directory.findByUsername('alice');
    assertEquals(user?.password, `quick:${winner}`);
  });

  it('a form of another browser, page or link is refused', async () => {
    const op = await openMailed();
    const link = await linkFor(op);
    const token = new URL(link).searchParams.get('token') ?? '';
    const browser = op.browser();
    const asking = await browser.get('/reset-password');
    const csrf = new Map(hiddenFields(asking.text)).get('csrf') ?? '';
    const forged = await browser.post(
      '/reset-password',
      new URLSearchParams({ csrf, token, ...BOTH }),
    );
    assertEquals(forged.status, 403);
    const page = await browser.get(link);
    const other = op.browser();
    await other.get('/login');
    assertEquals((await other.submit(page, BOTH)).status, 403);
    const across = await browser.submit(page, BOTH, { origin: 'https://evil.example' });
    assertEquals(across.status, 403);
    const user = await op.instance.directory.findByUsername('alice');
    assertEquals(user?.password, `quick:${PASSWORD}`);
  });
});

describe('where it is not offered', () => {
  it('there is no link and no page to ask; links of the operator work', async () => {
    const op = await openMailed({ config: { password_reset: { enabled: false } } });
    const browser = op.browser();
    assertFalse(has(await browser.get('/login'), 'forgot'));
    assertEquals((await browser.get('/reset-password')).status, 404);
    const form = new URLSearchParams({ username: 'alice' });
    assertEquals((await browser.post('/reset-password', form)).status, 404);
    const { newResetLink } = await import('../../src/engine/password_reset.ts');
    const user = await op.instance.directory.findByUsername('alice');
    assert(user !== undefined);
    const { url } = newResetLink(user, op.instance.engine());
    assertEquals((await browser.submit(await browser.get(url), BOTH)).url.pathname, '/login');
    const gone = await browser.get(url);
    assertEquals(gone.status, 410);
    assertFalse(has(gone, 'again'));
  });
});

describe('messages to people', () => {
  it('the claims of the test have an address and a language, as the tests above need', () => {
    assertEquals([CLAIMS['email'], CLAIMS['locale']], ['alice@alice.example', 'de-DE']);
  });

  it('without a configured notifier and with nothing kept, a public server drops them', async () => {
    const op = await openOp();
    await ask(op.browser(), 'alice');
    await settled(op);
    assertMatch(op.log.join('\n'), /"warn","event":"notification\.dropped"/);
    assertNotMatch(op.log.join('\n'), /reset-password\?token=/);
  });

  it('and one on loopback, for development, shows them in the log', async () => {
    const op = await openOp({ config: { issuer: 'http://localhost:9091' } });
    await ask(op.browser(), 'alice');
    await settled(op);
    assertMatch(op.log.join('\n'), /localhost:9091\/reset-password\?token=/);
  });
});
