import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { assert, assertEquals, assertStringIncludes } from '../support/assert.ts';
import { BROWSER_TIMEOUT, openChromium, withProfile } from '../support/chromium.ts';
import { DEVICE_CODE_GRANT, type DeviceCodes, TV } from '../support/device.ts';
import { createHolder } from '../support/holder.ts';
import { PASSWORD } from '../support/op.ts';
import { type RunningOp, startOp } from '../support/running_op.ts';

const holder = createHolder();
let op: RunningOp;
let chromium: Browser;

describe('the device flow and sign-up in Chromium', () => {
  before(() =>
    holder.open(async (hold) => {
      op = await hold(startOp({ clients: [TV], sign_up: 'open' }));
      chromium = await hold(openChromium());
    })
  );
  after(() => holder.close());

  for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? 'with scripts' : 'without scripts';

    it(`RFC 8628 §3.3: a code typed, a sign-in, an approval ${how}`, BROWSER_TIMEOUT, async () => {
      const codes = await obtainCodes();
      await withProfile(chromium, async ({ context, complaints }) => {
        const page = await context.newPage();
        await page.goto(codes.verification_uri);
        await page.fill('#user_code', codes.user_code.toLowerCase().replace('-', ' '));
        await page.click('#continue');
        await signIn(page);
        assertEquals(await page.textContent('#shown-code'), codes.user_code);
        await page.uncheck('[name=scope][value=email]');
        assertEquals(await poll(codes), 'authorization_pending');
        await page.click('#accept');
        await page.waitForSelector('#device-done');
        assertEquals(complaints, []);
      }, { javaScriptEnabled });
      assertEquals(await poll(codes), 'openid profile');
    });
  }

  it(
    'T064: the link with the code in it asks all the same, and No is no',
    BROWSER_TIMEOUT,
    async () => {
      const codes = await obtainCodes();
      await withProfile(chromium, async ({ context, complaints }) => {
        const page = await context.newPage();
        await page.goto(codes.verification_uri_complete);
        assertEquals(await page.inputValue('#user_code'), codes.user_code);
        await page.press('#user_code', 'Enter');
        await signIn(page);
        assertEquals(await poll(codes), 'authorization_pending');
        await page.click('#deny');
        await page.waitForSelector('#device-denied');
        assertEquals(complaints, []);
      });
      assertEquals(await poll(codes), 'access_denied');
    },
  );

  it('a new account is made on the way to a device', BROWSER_TIMEOUT, async () => {
    const codes = await obtainCodes();
    await withProfile(chromium, async ({ context, complaints }) => {
      const page = await context.newPage();
      await page.goto(codes.verification_uri_complete);
      await page.click('#continue');
      await page.click('#sign-up');
      assertStringIncludes(await page.title(), TV.client_name);
      await page.fill('#username', 'alice');
      await page.fill('#email', 'grace@example.com');
      await page.fill('#password', 'a door opens inwards');
      await page.fill('#repeat', 'a door opens inwards');
      await page.click('#create');
      await page.waitForSelector('#username[aria-invalid=true]');
      assertEquals(await page.inputValue('#email'), 'grace@example.com');
      assertEquals(await page.inputValue('#password'), '');
      await page.fill('#username', 'grace');
      await page.fill('#password', 'a door opens inwards');
      await page.fill('#repeat', 'a door opens inwards');
      await page.click('#create');
      await page.waitForSelector('#shown-code');
      assertStringIncludes(await page.textContent('.person') ?? '', 'grace');
      await page.click('#accept');
      await page.waitForSelector('#device-done');
      assertEquals(complaints, []);
    });
    assertEquals(await poll(codes), 'openid profile email');
    const grace = await op.instance.directory.findByUsername('grace');
    assertEquals(grace?.claims, { email: 'grace@example.com' });
  });
});

async function obtainCodes(): Promise<DeviceCodes> {
  const response = await fetch(`${op.issuer}/device_authorization`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: TV.client_id, scope: 'openid profile email' }),
  });
  assert(response.ok);
  return await response.json() as DeviceCodes;
}

/** What a poll brings: the error, or the scope of tokens. Each comes long after the one before. */
async function poll({ device_code }: DeviceCodes): Promise<string | undefined> {
  op.clock.aheadSeconds += 30;
  const response = await fetch(`${op.issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: DEVICE_CODE_GRANT,
      device_code,
      client_id: TV.client_id,
    }),
  });
  const body = await response.json() as { error?: string; scope?: string };
  return body.error ?? body.scope;
}

async function signIn(page: Page): Promise<void> {
  await page.fill('#username', 'alice');
  await page.fill('#password', PASSWORD);
  await page.click('#login');
  await page.waitForSelector('#shown-code');
}
