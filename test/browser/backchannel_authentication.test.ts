import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { assertEquals, assertStringIncludes } from '../support/assert.ts';
import { BROWSER_TIMEOUT, openChromium, withProfile } from '../support/chromium.ts';
import { BANK, CIBA_GRANT } from '../support/ciba.ts';
import { createHolder } from '../support/holder.ts';
import { basic, PASSWORD } from '../support/op.ts';
import { type RunningOp, startOp } from '../support/running_op.ts';

const holder = createHolder();
let op: RunningOp;
let chromium: Browser;

describe('backchannel authentication in Chromium', () => {
  before(() =>
    holder.open(async (hold) => {
      op = await hold(startOp({ clients: [BANK] }));
      chromium = await hold(openChromium());
    })
  );
  after(() => holder.close());

  for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? 'with scripts' : 'without scripts';

    it(`a sign-in, a look at the message, an approval ${how}`, BROWSER_TIMEOUT, async () => {
      const auth_req_id = await ask('W4SCT');
      await withProfile(chromium, async ({ context, complaints }) => {
        const page = await context.newPage();
        await page.goto(`${op.issuer}/account/requests`);
        await signIn(page);
        assertEquals(await page.textContent('#binding-message'), 'W4SCT');
        assertStringIncludes(await page.textContent('#request') ?? '', BANK.client_name);
        await page.uncheck('[name=scope][value=profile]');
        await page.click('#approve');
        await page.waitForURL(/done=request_approved/);
        await page.waitForSelector('#no-requests');
        assertEquals(complaints, []);
      }, { javaScriptEnabled });
      assertEquals(await poll(auth_req_id), 'openid');
    });
  }

  it('two that wait, looked at one after the other; No is no', BROWSER_TIMEOUT, async () => {
    const first = await ask('first');
    const second = await ask('second');
    await withProfile(chromium, async ({ context, complaints }) => {
      const page = await context.newPage();
      await page.goto(`${op.issuer}/account`);
      await signIn(page);
      assertStringIncludes(await page.textContent('#waiting') ?? '', '2');
      await page.click('a[href$="/account/requests"]');
      await page.click('li:has-text("second") a.button');
      assertEquals(await page.textContent('#binding-message'), 'second');
      await page.click('#deny');
      await page.waitForURL(/done=request_denied/);
      assertEquals(await page.textContent('#binding-message'), 'first');
      await page.fill('#user_code', '4711');
      await page.press('#user_code', 'Enter');
      await page.waitForURL(/done=user_code_set/);
      await page.click('#remove-user-code');
      await page.waitForURL(/done=user_code_removed/);
      assertEquals(complaints, []);
    });
    assertEquals(await poll(second), 'access_denied');
    assertEquals(await poll(first), 'authorization_pending');
  });
});

function post(path: string, form: Readonly<Record<string, string>>): Promise<Response> {
  const body = new URLSearchParams(form);
  return fetch(`${op.issuer}${path}`, { method: 'POST', headers: basic('bank'), body });
}

async function ask(binding_message: string): Promise<string> {
  const form = { scope: 'openid profile', login_hint: 'alice', binding_message };
  const response = await post('/backchannel_authentication', form);
  assertEquals(response.status, 200);
  return (await response.json() as { readonly auth_req_id: string }).auth_req_id;
}

/** The scope that was granted, or why nothing was. */
async function poll(auth_req_id: string): Promise<string | undefined> {
  const response = await post('/token', { grant_type: CIBA_GRANT, auth_req_id });
  const { scope, error } = await response.json() as Record<string, string>;
  return scope ?? error;
}

async function signIn(page: Page): Promise<void> {
  await page.fill('#username', 'alice');
  await page.fill('#password', PASSWORD);
  await page.click('#login');
}
