import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { type Demo, startDemo } from '../../scripts/demo/demo.ts';
import { assert, assertEquals, assertMatch } from '../support/assert.ts';
import { BROWSER_TIMEOUT, openChromium, withProfile } from '../support/chromium.ts';
import { createHolder } from '../support/holder.ts';

const holder = createHolder();
let demo: Demo;
let chromium: Browser;

describe('the demo application in Chromium', () => {
  before(() =>
    holder.open(async (hold) => {
      const directory = await mkdtemp(join(tmpdir(), 'ostiary-demo-'));
      await hold(Promise.resolve({ close: () => rm(directory, { recursive: true }) }));
      const ports = { providerPort: 0, applicationPort: 0 };
      demo = await hold(startDemo({ directory, ...ports, log: () => {} }));
      chromium = await hold(openChromium());
    })
  );
  after(() => holder.close());

  it(
    'a newcomer signs in with what the first page says, and sees what came of it',
    BROWSER_TIMEOUT,
    async () => {
      await withProfile(chromium, async ({ context, complaints }) => {
        const page = await context.newPage();
        await signIn(page);
        assertEquals(await page.textContent('#name'), 'Dana Demo');
        assertEquals(await field(page, '#id-token', 'alg'), 'RS256');
        assertEquals(await field(page, '#id-token', 'iss'), demo.issuer);
        assertEquals(await field(page, '#id-token', 'aud'), 'demo');
        assertMatch(await field(page, '#id-token', 'nonce'), /^[\w-]{20,}$/);
        assertMatch(await field(page, '#id-token', 'exp'), /^\d+ \(\d{4}-\d\d-\d\d .* UTC\)$/);
        assertEquals(await field(page, '#userinfo', 'email'), 'dana@example.com');
        assertMatch(await field(page, '#userinfo', 'address'), /"locality": "Berlin"/);
        assertEquals(await field(page, '#tokens', 'expires_in'), '3600');
        assertEquals(complaints, []);
      });
    },
  );

  it('refresh, introspect and revoke show what they did', BROWSER_TIMEOUT, async () => {
    await withProfile(chromium, async ({ context, complaints }) => {
      const page = await context.newPage();
      await signIn(page);
      const before = await field(page, '#tokens', 'refresh_token');
      await press(page, '#refresh');
      assertMatch(await notice(page), /Refreshed/);
      assert(await field(page, '#tokens', 'refresh_token') !== before);
      assertEquals(await page.locator('#tokens .new').count(), 3);
      await press(page, '#introspect');
      assertMatch(await notice(page), /is good/);
      assertEquals(await field(page, '#introspection', 'username'), 'demo');
      await press(page, '#revoke');
      assertMatch(await notice(page), /Revoked/);
      await press(page, '#introspect');
      assertMatch(await notice(page), /not good any more/);
      assertEquals(await field(page, '#introspection', 'active'), 'false');
      await press(page, '#refresh');
      assertMatch(await notice(page), /invalid_grant/);
      assertEquals(complaints, []);
    });
  });

  it(
    'signing out here leaves the provider’s session, which lets the person in again',
    BROWSER_TIMEOUT,
    async () => {
      await withProfile(chromium, async ({ context }) => {
        const page = await context.newPage();
        await signIn(page);
        await press(page, '#sign-out');
        assertMatch(await notice(page), /Signed out here/);
        assertEquals(await page.locator('#id-token').count(), 0);
        await page.click('#sign-in');
        assertEquals(await page.textContent('#name'), 'Dana Demo');
      });
    },
  );

  it('signing out everywhere ends the provider’s session, too', BROWSER_TIMEOUT, async () => {
    await withProfile(chromium, async ({ context, complaints }) => {
      const page = await context.newPage();
      await signIn(page);
      await press(page, '#sign-out-everywhere');
      await page.waitForURL(`${demo.url}/`);
      assertMatch(await notice(page), /Signed out everywhere/);
      await page.click('#sign-in');
      await page.waitForSelector('input#password');
      assertEquals(complaints, []);
    });
  });

  it('who declines comes back to the first page, which says so', BROWSER_TIMEOUT, async () => {
    await withProfile(chromium, async ({ context }) => {
      const page = await context.newPage();
      await toConsent(page);
      await press(page, '#deny');
      assertMatch(await notice(page), /access_denied/);
      await page.waitForSelector('#sign-in');
    });
  });

  it(
    'what the person unticks is not there',
    BROWSER_TIMEOUT,
    async () => {
      await withProfile(chromium, async ({ context }) => {
        const page = await context.newPage();
        await toConsent(page);
        await page.uncheck('[name=scope][value=email]');
        await page.uncheck('[name=scope][value=offline_access]');
        await page.click('#accept');
        await page.waitForSelector('#userinfo');
        assertEquals(await page.locator('#userinfo [data-field=email]').count(), 0);
        assertEquals(await field(page, '#tokens', 'scope'), 'openid profile phone address groups');
      });
    },
  );

  it('an answer that this browser did not ask for is not taken', BROWSER_TIMEOUT, async () => {
    await withProfile(chromium, async ({ context }) => {
      const page = await context.newPage();
      await page.goto(
        `${demo.url}/callback?code=stolen&state=other&iss=${encodeURIComponent(demo.issuer)}`,
      );
      assertMatch(await notice(page), /has not asked for it/);
      await page.waitForSelector('#sign-in');
    });
  });

  it('nothing scrolls sideways on a narrow phone', BROWSER_TIMEOUT, async () => {
    await withProfile(chromium, async ({ context }) => {
      const page = await context.newPage();
      await signIn(page, async () => assertEquals(await sidewaysPixels(page), 0));
      await press(page, '#introspect');
      for (const summary of await page.locator('summary').all()) await summary.click();
      assertEquals(await sidewaysPixels(page), 0);
    }, { viewport: { width: 320, height: 640 } });
  });
});

/** As somebody would who reads the first page. */
async function toConsent(
  page: Page,
  onEachPage: () => Promise<void> = async () => {},
): Promise<void> {
  await page.goto(demo.url);
  await onEachPage();
  const username = await page.innerText('#username');
  const password = await page.innerText('#password');
  await page.click('#sign-in');
  await page.fill('input#username', username);
  await page.fill('input#password', password);
  await onEachPage();
  await page.click('#login');
  await page.waitForSelector('#accept');
  await onEachPage();
}

async function signIn(page: Page, onEachPage?: () => Promise<void>): Promise<void> {
  await toConsent(page, onEachPage);
  await page.click('#accept');
  await page.waitForSelector('#userinfo');
}

/** The page after it, not the one that is still there. */
async function press(page: Page, button: string): Promise<void> {
  await Promise.all([page.waitForEvent('load'), page.click(button)]);
}

function field(page: Page, section: string, name: string): Promise<string> {
  return page.innerText(`${section} [data-field="${name}"]`);
}

function notice(page: Page): Promise<string> {
  return page.innerText('#notice');
}

function sidewaysPixels(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}
