import { after, before, describe, it } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { assert, assertEquals, assertStringIncludes } from '../support/assert.ts';
import { BROWSER_TIMEOUT, openChromium, withProfile } from '../support/chromium.ts';
import { createHolder } from '../support/holder.ts';
import { basic, CLIENT, PASSWORD } from '../support/op.ts';
import { type RunningOp, startOp } from '../support/running_op.ts';
import { type SinglePageApp, startSinglePageApp } from './single_page_app.ts';

const NEW_PASSWORD = 'another sentence of words';

const holder = createHolder();
let chromium: Browser;
let app: SinglePageApp;

interface Visit {
  readonly op: RunningOp;
  readonly context: BrowserContext;
  readonly page: Page;
}

/** A provider of its own, and a browser in which alice is signed in. */
async function withVisit(visit: (visit: Visit) => Promise<void>): Promise<void> {
  const op = await startOp({ clients: [{ ...CLIENT, redirect_uris: [callback()] }] });
  try {
    await withProfile(chromium, async ({ context, complaints }) => {
      const page = await context.newPage();
      await page.goto(`${op.issuer}/login`);
      await signIn(page, PASSWORD);
      await page.waitForURL(`${op.issuer}/account`);
      await visit({ op, context, page });
      assertEquals(complaints, []);
    });
  } finally {
    await op.close();
  }
}

function callback(): string {
  return `${app.url}/callback`;
}

async function signIn(page: Page, password: string, username = 'alice'): Promise<void> {
  await page.fill('#username', username);
  await page.fill('#password', password);
  await page.click('#login');
}

/** Another browser of alice. */
async function elsewhere(
  op: RunningOp,
  look: (page: Page) => Promise<void>,
): Promise<void> {
  await withProfile(chromium, async ({ context }) => {
    const page = await context.newPage();
    await page.goto(`${op.issuer}/login`);
    await signIn(page, PASSWORD);
    await page.waitForURL(`${op.issuer}/account`);
    await look(page);
  });
}

function authorizationUrl({ issuer }: RunningOp, more: Readonly<Record<string, string>>): string {
  const query = { client_id: CLIENT.client_id, redirect_uri: callback(), response_type: 'code' };
  return `${issuer}/authorize?${new URLSearchParams({ ...query, ...more })}`;
}

async function tokens({ issuer }: RunningOp, form: Readonly<Record<string, string>>) {
  const answer = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: basic(CLIENT.client_id),
    body: new URLSearchParams(form),
  });
  return { status: answer.status, body: await answer.json() as Record<string, string> };
}

describe('the account page in Chromium', () => {
  before(() =>
    holder.open(async (hold) => {
      app = await hold(startSinglePageApp());
      chromium = await hold(openChromium());
    })
  );
  after(() => holder.close());

  it('the profile is changed', BROWSER_TIMEOUT, () =>
    withVisit(async ({ op, page }) => {
      await page.goto(`${op.issuer}/account/profile`);
      await page.fill('#nickname', 'Ally');
      await page.fill('#locality', 'Potsdam');
      await page.click('#save');
      await page.waitForURL(/done=profile_saved/);
      assertEquals(await page.inputValue('#nickname'), 'Ally');
      assertEquals(await page.inputValue('#locality'), 'Potsdam');
    }));

  it(
    'T102: a new password signs other browsers out',
    BROWSER_TIMEOUT,
    () =>
      withVisit(async ({ op, page }) => {
        await elsewhere(op, async (other) => {
          await page.goto(`${op.issuer}/account/password`);
          await page.fill('#current', PASSWORD);
          await page.fill('#password', NEW_PASSWORD);
          await page.fill('#repeat', NEW_PASSWORD);
          await page.click('#change');
          await page.waitForURL(/done=password_changed/);
          await other.goto(`${op.issuer}/account`);
          assertStringIncludes(other.url(), '/login');
          await signIn(other, NEW_PASSWORD);
          await other.waitForURL(`${op.issuer}/account`);
        });
      }),
  );

  it('a session elsewhere is ended', BROWSER_TIMEOUT, () =>
    withVisit(async ({ op, page }) => {
      await elsewhere(op, async (other) => {
        await page.goto(`${op.issuer}/account/sessions`);
        assertEquals(await page.locator('[name=end]').count(), 2);
        await page.click('#end-others');
        await page.waitForURL(/done=sessions_ended/);
        assertEquals(await page.locator('[name=end]').count(), 1);
        await other.goto(`${op.issuer}/account`);
        assertStringIncludes(other.url(), '/login');
      });
    }));

  it(
    'an application is revoked, and its refresh fails',
    BROWSER_TIMEOUT,
    () =>
      withVisit(async ({ op, page }) => {
        await page.goto(
          authorizationUrl(op, { scope: 'openid offline_access', prompt: 'consent' }),
        );
        await page.click('#accept');
        await page.waitForURL(`${callback()}?**`);
        const code = new URL(page.url()).searchParams.get('code') ?? '';
        const form = { grant_type: 'authorization_code', code, redirect_uri: callback() };
        const granted = await tokens(op, form);
        const refresh = {
          grant_type: 'refresh_token',
          refresh_token: granted.body['refresh_token'] ?? '',
        };
        const refreshed = await tokens(op, refresh);
        assertEquals(refreshed.status, 200);
        await page.goto(`${op.issuer}/account/applications`);
        assertStringIncludes(await page.textContent('main') ?? '', 'The App');
        await page.click('[name=revoke]');
        await page.waitForURL(/done=application_revoked/);
        const after = await tokens(op, {
          grant_type: 'refresh_token',
          refresh_token: refreshed.body['refresh_token'] ?? '',
        });
        assertEquals([after.status, after.body['error']], [400, 'invalid_grant']);
      }),
  );

  it(
    'prompt=select_account: one of two accounts is chosen',
    BROWSER_TIMEOUT,
    () =>
      withVisit(async ({ op, page }) => {
        const password = await op.instance.hasher.hash(PASSWORD) ?? '';
        await op.instance.directory.create({ username: 'bob', password, provenance: 'cli' });
        await page.goto(`${op.issuer}/login?switch=yes`);
        await signIn(page, PASSWORD, 'bob');
        await page.waitForURL(`${op.issuer}/account`);
        await page.goto(authorizationUrl(op, { scope: 'openid', prompt: 'select_account' }));
        assertEquals(await page.locator('[name=account_session]').count(), 2);
        await page.locator('[name=account_session]', { hasText: 'Alice' }).click();
        await page.waitForSelector('#accept');
        assertStringIncludes(await page.textContent('.person') ?? '', 'alice');
      }),
  );

  it(
    'the language is chosen at the foot of the page, and stays',
    BROWSER_TIMEOUT,
    () =>
      withVisit(async ({ op, page }) => {
        await page.selectOption('#language', 'ar');
        await page.click('#set-language');
        await page.waitForURL(`${op.issuer}/account`);
        assertEquals(await page.getAttribute('html', 'dir'), 'rtl');
        await page.goto(`${op.issuer}/account/sessions`);
        assertEquals(await page.getAttribute('html', 'lang'), 'ar');
        assert((await page.textContent('h1') ?? '').trim() !== 'Sessions');
      }),
  );
});
