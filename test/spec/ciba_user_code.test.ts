import { describe, it } from 'node:test';
import { removePerson } from '../../src/engine/administration/people.ts';
import { assert, assertEquals } from '../support/assert.ts';
import { type Browser, has, type Page } from '../support/browser.ts';
import {
  acknowledged,
  backchannelRequest,
  BANK,
  openCibaOp,
  openRequests,
} from '../support/ciba.ts';
import { assertRefused } from '../support/flow.ts';
import { basic, CLI, type Op, PASSWORD } from '../support/op.ts';

const CALLER = { ...BANK, client_id: 'caller', backchannel_user_code_parameter: true };

/** Of the several forms of the page, the one with the button. */
function formWith(button: string, page: Page): Page {
  const at = page.text.indexOf(`id="${button}"`);
  assert(at > 0, page.text.slice(0, 500));
  return { ...page, text: page.text.slice(page.text.lastIndexOf('<form', at)) };
}

async function setCode(
  browser: Browser,
  fields: Readonly<Record<string, string>>,
  page?: Page,
): Promise<Page> {
  const form = formWith('set-user-code', page ?? await openRequests(browser));
  return await browser.submit(form, { user_code_action: 'set', ...fields });
}

async function opWithCode(code = '4711'): Promise<Op> {
  const op = await openCibaOp([CALLER]);
  const done = await setCode(op.browser(), { user_code: code });
  assertEquals(done.url.searchParams.get('done'), 'user_code_set');
  return op;
}

describe('CIBA §7.1: user_code', () => {
  it('§13: missing_user_code and invalid_user_code, and the person hears nothing', async () => {
    const op = await opWithCode();
    const as = basic('caller');
    await assertRefused(await backchannelRequest(op, {}, as), 'missing_user_code');
    for (const user_code of ['4712', '47 11', 'x'.repeat(5000), '\ud800']) {
      await assertRefused(await backchannelRequest(op, { user_code }, as), 'invalid_user_code');
    }
    let waiting = 0;
    for await (const _ of op.store.list(['ciba'])) waiting += 1;
    assertEquals(waiting, 0);
    await acknowledged(op, { user_code: '4711' }, as);
  });

  it('§13: nobody who has set a code is reached by a client that knows no codes', async () => {
    const op = await opWithCode();
    await assertRefused(await backchannelRequest(op), 'missing_user_code');
    await assertRefused(await backchannelRequest(op, { user_code: '4711' }), 'invalid_request');
  });

  it('whoever has set none needs none', async () => {
    const op = await openCibaOp([CALLER]);
    await acknowledged(op, {}, basic('caller'));
    await assertRefused(
      await backchannelRequest(op, { user_code: '4711' }, basic('caller')),
      'invalid_user_code',
    );
  });

  it('guesses are slowed, the right one, too', async () => {
    const op = await opWithCode();
    const as = basic('caller');
    for (let i = 0; i < 5; i += 1) {
      await assertRefused(
        await backchannelRequest(op, { user_code: `000${i}` }, as),
        'invalid_user_code',
      );
    }
    for (const user_code of ['4711', '4712']) {
      const refused = await backchannelRequest(op, { user_code }, as);
      assert(Number(refused.headers.get('retry-after')) > 0);
      await assertRefused(refused, 'invalid_user_code', 429);
    }
    op.clock.now += 3600;
    await acknowledged(op, { user_code: '4711' }, as);
  });

  it('the code is set by whoever has just signed in, and kept as passwords are', async () => {
    const op = await opWithCode('a secret code');
    for await (const { value } of op.store.list(['ciba_user_code'])) {
      assertEquals(value, { digest: 'quick:a secret code' }, 'kept as passwords are');
    }
    const browser = op.browser();
    const page = await openRequests(browser);
    assert(has(page, 'has-user-code'));
    op.clock.now += 601;
    const fields = { user_code: 'other' };
    const login = await setCode(browser, fields, page);
    assert(has(login, 'login'));
    await browser.submit(login, { username: 'alice', password: PASSWORD });
    const done = await setCode(browser, fields);
    assertEquals(done.url.searchParams.get('done'), 'user_code_set');
    await acknowledged(op, { user_code: 'other' }, basic('caller'));
  });

  it('T106: a code is not set by a form of somebody else’s making', async () => {
    const op = await openCibaOp([CALLER]);
    const browser = op.browser();
    const page = await openRequests(browser);
    const refused = await setCode(browser, {
      user_code: '4711',
      csrf: 'x',
    }, page);
    assertEquals(refused.status, 403);
    await acknowledged(op, {}, basic('caller'));
  });

  for (const user_code of ['', '123', 'x'.repeat(65)]) {
    it(`${user_code.length} characters are refused`, async () => {
      const op = await openCibaOp([CALLER]);
      const page = await setCode(op.browser(), { user_code });
      assert(has(page, 'user_code-remark'));
      assert(page.text.includes('class="wrong"'));
      await acknowledged(op, {}, basic('caller'));
    });
  }

  it('a code is removed, and goes with its person', async () => {
    const op = await opWithCode();
    const browser = op.browser();
    const page = await openRequests(browser);
    const form = formWith('remove-user-code', page);
    const removed = await browser.submit(form, { user_code_action: 'remove' });
    assertEquals(removed.url.searchParams.get('done'), 'user_code_removed');
    await acknowledged(op, {}, basic('caller'));
    await setCode(browser, { user_code: '4711' });
    const engine = op.instance.engine();
    const alice = await op.instance.directory.findByUsername('alice');
    assert(alice !== undefined);
    await removePerson(alice, CLI, engine);
    for await (const _ of op.store.list(['ciba_user_code'])) assert(false, 'it is still there');
  });
});
