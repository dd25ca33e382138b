import { after, before, describe, it } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { assert, assertEquals } from '../support/assert.ts';
import { BROWSER_TIMEOUT, openChromium, withProfile } from '../support/chromium.ts';
import { createHolder } from '../support/holder.ts';
import { PASSWORD } from '../support/op.ts';
import { type RunningOp, startOp } from '../support/running_op.ts';

const holder = createHolder();
let chromium: Browser;

/** At the root of a host, at a path of it, and below that. */
const PATHS = ['', '/staff', '/staff/night'];

function open(): Promise<RunningOp> {
  return startOp((root) =>
    Promise.resolve({
      issuers: PATHS.map((path) => ({ issuer: root + path, name: `House${path}` })),
    })
  );
}

async function signIn(page: Page, issuer: string): Promise<void> {
  await page.goto(`${issuer}/login`);
  await page.fill('#username', 'alice');
  await page.fill('#password', PASSWORD);
  await page.check('#remember');
  await page.click('#login');
  await page.waitForURL(`${issuer}/account`);
}

async function isSignedIn(page: Page, issuer: string): Promise<boolean> {
  await page.goto(`${issuer}/account`);
  const isAtLogin = page.url().startsWith(`${issuer}/login`);
  assert(isAtLogin || page.url() === `${issuer}/account`, page.url());
  return !isAtLogin;
}

async function cookiesOf(context: BrowserContext): Promise<readonly string[]> {
  return (await context.cookies()).map(({ name }) => name);
}

describe('T149: several issuers of one host in Chromium', () => {
  before(() =>
    holder.open(async (hold) => {
      chromium = await hold(openChromium());
    })
  );
  after(() => holder.close());

  it(
    'are signed in to and out of one by one, each with its own name',
    BROWSER_TIMEOUT,
    async () => {
      const op = await open();
      const issuers = PATHS.map((path) => op.issuer + path);
      await withProfile(chromium, async ({ context, complaints }) => {
        const page = await context.newPage();
        for (const [index, issuer] of issuers.entries()) {
          for (const [place, other] of issuers.entries()) {
            assertEquals(await isSignedIn(page, other), place < index, `${other} before ${issuer}`);
          }
          await signIn(page, issuer);
          assert((await page.title()).includes(`House${PATHS[index]}`), await page.title());
        }
        const names = await cookiesOf(context);
        assertEquals(new Set(names).size, names.length);
        for (const [index, issuer] of issuers.entries()) {
          await page.goto(`${issuer}/account`);
          await page.click('#sign-out');
          for (const [place, other] of issuers.entries()) {
            assertEquals(await isSignedIn(page, other), place > index, `${other} after ${issuer}`);
          }
        }
        assertEquals(complaints, []);
      });
      await op.close();
    },
  );

  it(
    'RFC 6265 §8.5: on two ports of it, too, as cookies know no ports',
    BROWSER_TIMEOUT,
    async () => {
      const [one, other] = [await startOp(), await startOp()];
      await withProfile(chromium, async ({ context, complaints }) => {
        const page = await context.newPage();
        await signIn(page, one.issuer);
        assertEquals(await isSignedIn(page, other.issuer), false);
        assertEquals(await isSignedIn(page, one.issuer), true);
        await signIn(page, other.issuer);
        assertEquals(await isSignedIn(page, one.issuer), true);
        assertEquals(complaints, []);
      });
      await one.close();
      await other.close();
    },
  );
});
