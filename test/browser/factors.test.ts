import { TOTP } from 'otpauth';
import { after, before, describe, it } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { assert, assertEquals, assertFalse } from '../support/assert.ts';
import { BROWSER_TIMEOUT, openChromium, withProfile } from '../support/chromium.ts';
import { claimsOf } from '../support/flow.ts';
import { createHolder } from '../support/holder.ts';
import { basic, CLIENT, PASSWORD } from '../support/op.ts';
import { type RunningOp, startOp } from '../support/running_op.ts';
import { addVirtualAuthenticator } from '../support/virtual_authenticator.ts';
import { type SinglePageApp, startSinglePageApp } from './single_page_app.ts';

/** A client that wants two factors. */
function strict() {
  return {
    ...CLIENT,
    redirect_uris: [callback()],
    consent_mode: 'implicit',
    authorization_policy: 'two_factor',
  };
}

const holder = createHolder();
let chromium: Browser;
let app: SinglePageApp;

interface Visit {
  readonly op: RunningOp;
  readonly context: BrowserContext;
  readonly page: Page;
}

/** A provider of its own, whose client wants two factors, and a browser with nothing in it. */
async function withVisit(visit: (visit: Visit) => Promise<void>): Promise<void> {
  const op = await startOp({ clients: [strict()] });
  try {
    await withProfile(chromium, async ({ context, complaints }) => {
      await visit({ op, context, page: await context.newPage() });
      assertEquals(complaints, []);
    });
  } finally {
    await op.close();
  }
}

function callback(): string {
  return `${app.url}/callback`;
}

async function signIn(page: Page): Promise<void> {
  await page.fill('#username', 'alice');
  await page.fill('#password', PASSWORD);
  await page.click('#login');
}

function authorizationUrl({ issuer }: RunningOp): string {
  const query = { client_id: CLIENT.client_id, redirect_uri: callback(), response_type: 'code' };
  return `${issuer}/authorize?${new URLSearchParams({ ...query, scope: 'openid', state: 's' })}`;
}

/** The claims of the ID token that the code at the callback is good for. */
async function idTokenAt(page: Page, { issuer }: RunningOp): Promise<Record<string, unknown>> {
  await page.waitForURL(`${callback()}?**`);
  const code = new URL(page.url()).searchParams.get('code') ?? '';
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    code,
    redirect_uri: callback(),
  });
  const answer = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: basic(CLIENT.client_id),
    body,
  });
  const tokens = await answer.json() as { readonly id_token: string };
  assertEquals(answer.status, 200);
  return claimsOf(tokens.id_token);
}

/** A code of the app that has this secret, of the next step: each is good once. */
function nextCode(secret: string, { clock }: RunningOp): string {
  clock.aheadSeconds += 30;
  return new TOTP({ secret }).generate({ timestamp: Date.now() + clock.aheadSeconds * 1000 });
}

/** Adds an authenticator app on the page at hand, and keeps the recovery codes that are offered then. */
async function enrolTotp(
  page: Page,
  op: RunningOp,
): Promise<{ readonly secret: string; readonly codes: readonly string[] }> {
  const secret = (await page.textContent('#totp-secret') ?? '').replaceAll(/\s/g, '');
  await page.fill('#totp', nextCode(secret, op));
  await page.fill('#name', 'Phone');
  await page.click('#add');
  await page.click('#make');
  const codes = await page.locator('#codes code').allTextContents();
  await page.click('#next');
  return { secret, codes };
}

async function enrolPasskey(page: Page, { issuer }: RunningOp): Promise<void> {
  await page.goto(`${issuer}/account/passkey`);
  await signIn(page);
  await page.waitForURL(`${issuer}/account/passkey`);
  await page.fill('#name', 'This computer');
  await page.click('#passkey');
  await page.waitForURL(/recovery-codes/);
  await page.click('#skip');
  await page.waitForURL(/\/account\/factors/);
}

describe('second factors in Chromium', () => {
  before(() =>
    holder.open(async (hold) => {
      app = await hold(startSinglePageApp());
      chromium = await hold(openChromium());
    })
  );
  after(() => holder.close());

  it(
    'an authenticator app: added, and asked for in the middle of a request',
    BROWSER_TIMEOUT,
    () =>
      withVisit(async ({ op, context, page }) => {
        await page.goto(`${op.issuer}/account/totp`);
        await signIn(page);
        const { secret } = await enrolTotp(page, op);
        await page.waitForURL(`${op.issuer}/account/factors`);
        assertEquals(await page.locator('.items .name').allTextContents(), ['Phone']);
        await context.clearCookies();
        await page.goto(authorizationUrl(op));
        await signIn(page);
        await page.fill('#totp', '000000');
        await page.click('#verify');
        await page.waitForSelector('#problem');
        await page.fill('#totp', nextCode(secret, op));
        await page.click('#verify');
        const claims = await idTokenAt(page, op);
        assertEquals([claims['acr'], claims['amr']], ['two_factor', ['pwd', 'otp', 'mfa']]);
      }),
  );

  it(
    'whoever has none is led to one, and the request goes on',
    BROWSER_TIMEOUT,
    () =>
      withVisit(async ({ op, page }) => {
        await page.goto(authorizationUrl(op));
        await signIn(page);
        await page.click('#enrol-totp');
        await enrolTotp(page, op);
        assertEquals((await idTokenAt(page, op))['acr'], 'two_factor');
      }),
  );

  it(
    'a recovery code, when all else is lost',
    BROWSER_TIMEOUT,
    () =>
      withVisit(async ({ op, context, page }) => {
        await page.goto(`${op.issuer}/account/totp`);
        await signIn(page);
        const { codes: [code = ''] } = await enrolTotp(page, op);
        await context.clearCookies();
        await page.goto(authorizationUrl(op));
        await signIn(page);
        await page.click('#use-recovery');
        await page.fill('#recovery', code.toUpperCase());
        await page.click('#verify');
        const claims = await idTokenAt(page, op);
        assertEquals([claims['acr'], claims['amr']], ['two_factor', ['pwd', 'kba', 'mfa']]);
      }),
  );

  it(
    'WebAuthn §5: a passkey as a second factor',
    BROWSER_TIMEOUT,
    () =>
      withVisit(async ({ op, context, page }) => {
        const authenticator = await addVirtualAuthenticator(page);
        await enrolPasskey(page, op);
        assertEquals(await authenticator.count(), 1);
        await context.clearCookies();
        // Or the sign-in page, which offers passkeys by itself, would need no password at all.
        await authenticator.setPresent(false);
        await page.goto(authorizationUrl(op));
        await signIn(page);
        await page.waitForURL(/second-factor/);
        await authenticator.setPresent(true);
        await page.click('#passkey');
        const claims = await idTokenAt(page, op);
        assertEquals(claims['acr'], 'two_factor');
        assertEquals(claims['amr'], ['pwd', 'pop', 'hwk', 'user', 'mfa']);
      }),
  );

  it(
    'WebAuthn §5.1.4: a passkey alone, offered by the browser itself',
    BROWSER_TIMEOUT,
    () =>
      withVisit(async ({ op, context, page }) => {
        await addVirtualAuthenticator(page);
        await enrolPasskey(page, op);
        await context.clearCookies();
        // Conditional mediation: nobody presses anything on the page.
        await page.goto(authorizationUrl(op));
        const claims = await idTokenAt(page, op);
        assertEquals(claims['acr'], 'two_factor');
      }),
  );

  it(
    'WebAuthn §5: a passkey alone, by the button, and not unverified',
    BROWSER_TIMEOUT,
    () =>
      withVisit(async ({ op, context, page }) => {
        const authenticator = await addVirtualAuthenticator(page);
        await enrolPasskey(page, op);
        await context.clearCookies();
        // As text: the types of a browser that Deno checks against know no passkeys.
        await page.addInitScript({
          content: 'PublicKeyCredential.isConditionalMediationAvailable = async () => false;',
        });
        await authenticator.setVerified(false);
        await page.goto(authorizationUrl(op));
        await page.click('#passkey');
        await page.waitForSelector('#passkey-failed:not([hidden])');
        await authenticator.setVerified(true);
        await page.click('#passkey');
        const claims = await idTokenAt(page, op);
        assertEquals(claims['acr'], 'two_factor');
        assertEquals(claims['amr'], ['pop', 'hwk', 'user', 'mfa']);
      }),
  );

  it(
    'T100: a removal asks for the factor, and then it is gone',
    BROWSER_TIMEOUT,
    () =>
      withVisit(async ({ op, context, page }) => {
        const authenticator = await addVirtualAuthenticator(page);
        await enrolPasskey(page, op);
        await context.clearCookies();
        await authenticator.setPresent(false);
        await page.goto(`${op.issuer}/login`);
        await signIn(page);
        await page.waitForURL(`${op.issuer}/account`);
        await authenticator.setPresent(true);
        await page.goto(`${op.issuer}/account/factors`);
        await page.click('[name=remove]');
        await page.waitForURL(/second-factor/);
        await page.click('#passkey');
        await page.waitForURL(/\/account\/factors/);
        await page.click('[name=remove]');
        await page.waitForURL(/done=factor_removed/);
        assert(await page.locator('[name=remove]').count() === 0);
      }),
  );

  it(
    'a browser without passkeys, or without scripts, is told so and shown no button',
    BROWSER_TIMEOUT,
    async () => {
      const op = await startOp({ clients: [strict()] });
      const look = async (told: string, page: Page) => {
        await page.goto(`${op.issuer}/account/passkey`);
        await signIn(page);
        await page.waitForURL(`${op.issuer}/account/passkey`);
        assert(await page.locator(told).isVisible());
        assertFalse(await page.locator('#passkey').isVisible());
      };
      try {
        await withProfile(chromium, async ({ context, complaints }) => {
          const page = await context.newPage();
          await page.addInitScript({ content: 'delete window.PublicKeyCredential;' });
          await look('#passkey-unsupported', page);
          assertEquals(complaints, []);
        });
        await withProfile(chromium, async ({ context }) => {
          await look('#passkey-form noscript', await context.newPage());
        }, { javaScriptEnabled: false });
      } finally {
        await op.close();
      }
    },
  );

  it('without scripts an authenticator app does all of it', BROWSER_TIMEOUT, async () => {
    const op = await startOp({ clients: [strict()] });
    try {
      await withProfile(chromium, async ({ context, complaints }) => {
        const page = await context.newPage();
        await page.goto(authorizationUrl(op));
        await signIn(page);
        await page.click('#enrol-totp');
        await enrolTotp(page, op);
        assertEquals((await idTokenAt(page, op))['acr'], 'two_factor');
        assertEquals(complaints, []);
      }, { javaScriptEnabled: false });
    } finally {
      await op.close();
    }
  });
});
