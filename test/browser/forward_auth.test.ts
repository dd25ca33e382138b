import { Buffer } from 'node:buffer';
import { after, before, describe, it } from 'node:test';
import { TOTP } from 'otpauth';
import type { Browser, Page } from 'playwright-core';
import { freePort } from '../../src/cli/free_port.ts';
import { assertEquals, assertStringIncludes } from '../support/assert.ts';
import { BROWSER_TIMEOUT, openChromium, withProfile } from '../support/chromium.ts';
import { createHolder } from '../support/holder.ts';
import { hasNginx, type Proxied, startNginx } from '../support/nginx.ts';
import { PASSWORD } from '../support/op.ts';
import { type RunningOp, startOp } from '../support/running_op.ts';

const holder = createHolder();
let op: RunningOp;
let nginx: Proxied;
let chromium: Browser;

async function signIn(page: Page): Promise<void> {
  await page.waitForURL(`${op.issuer}/login?**`);
  await page.fill('#username', 'alice');
  await page.fill('#password', PASSWORD);
  await page.click('#login');
}

/** What reached the page behind nginx. */
async function headersOf(page: Page): Promise<Readonly<Record<string, string>>> {
  const text = await page.textContent('#shown') ?? '';
  return (JSON.parse(text) as { headers: Record<string, string> }).headers;
}

async function acrOf(page: Page): Promise<unknown> {
  const [, payload = ''] = (await headersOf(page))['x-ostiary-token']?.split('.') ?? [];
  return JSON.parse(Buffer.from(payload, 'base64url').toString()).acr;
}

describe(
  'a page behind nginx in Chromium',
  { skip: hasNginx.has ? false : hasNginx.gap },
  () => {
    before(() =>
      holder.open(async (hold) => {
        op = await hold(startOp({
          trusted_proxies: ['127.0.0.1'],
          forward_auth: { token: { header: 'X-Ostiary-Token' } },
          access_control: {
            rules: [
              { domain: 'app.localhost', policy: 'two_factor', resources: '^/admin' },
              { domain: 'app.localhost', policy: 'one_factor' },
              { domain: 'other.localhost', policy: 'one_factor', subject: 'user:bob' },
            ],
          },
        }));
        const authz = `${op.issuer.replace('localhost', '127.0.0.1')}/authz`;
        nginx = await hold(startNginx(await freePort('127.0.0.1'), authz));
        chromium = await hold(openChromium());
      })
    );
    after(() => holder.close());

    it(
      'opens after signing in, asks for more where a rule does, and closes with the sign-out',
      BROWSER_TIMEOUT,
      () =>
        withProfile(chromium, async ({ context, complaints }) => {
          const page = await context.newPage();
          const { appOrigin, otherOrigin } = nginx;
          await page.goto(`${appOrigin}/a?x=1`);
          assertStringIncludes(await page.textContent('body') ?? '', new URL(appOrigin).host);
          await signIn(page);
          await page.waitForURL(`${appOrigin}/a?x=1`);
          assertEquals((await headersOf(page))['remote-user'], 'alice');
          assertEquals(await acrOf(page), 'one_factor');

          await page.goto(`${appOrigin}/admin/x`);
          await page.click('#enrol-totp');
          const secret = (await page.textContent('#totp-secret') ?? '').replaceAll(/\s/g, '');
          await page.fill('#totp', new TOTP({ secret }).generate());
          await page.click('#add');
          await page.click('#skip');
          await page.waitForURL(`${appOrigin}/admin/x`);
          assertEquals(await acrOf(page), 'two_factor');

          await page.goto(`${otherOrigin}/`);
          await page.waitForSelector('#forbidden');
          assertStringIncludes(await page.textContent('#signed-in-as') ?? '', 'alice');

          await page.goto(`${op.issuer}/account`);
          await page.click('#sign-out');
          await page.goto(`${appOrigin}/a`);
          await page.waitForURL(`${op.issuer}/login?**`);
          // Pages that are refused are what was asked for.
          assertEquals(complaints.filter((each) => !each.includes('403')), []);
        }),
    );

    it(
      'opens two pages at once, whichever of them signs in first',
      BROWSER_TIMEOUT,
      () =>
        withProfile(chromium, async ({ context }) => {
          const { appOrigin } = nginx;
          const [one, two] = [await context.newPage(), await context.newPage()];
          await one.goto(`${appOrigin}/one`);
          await two.goto(`${appOrigin}/two`);
          await signIn(one);
          await one.waitForURL(`${appOrigin}/one`);
          await signIn(two);
          await two.waitForURL(`${appOrigin}/two`);
          assertEquals((await headersOf(one))['remote-user'], 'alice');
        }),
    );
  },
);
