import { after, before, describe, it } from 'node:test';
import type * as oidcClient from 'oidc-client-ts';
import type { Browser, Page } from 'playwright-core';
import { assert, assertEquals, assertStringIncludes } from '../support/assert.ts';
import { BROWSER_TIMEOUT, openChromium, withProfile } from '../support/chromium.ts';
import { createHolder } from '../support/holder.ts';
import { CLAIMS, PASSWORD } from '../support/op.ts';
import { type RunningOp, startOp } from '../support/running_op.ts';
import { type SinglePageApp, startSinglePageApp } from './single_page_app.ts';

/** What the page has once the application is set up in it. */
declare const oidc: typeof oidcClient;
declare const manager: oidcClient.UserManager;

const SCOPE = 'openid profile email';

const holder = createHolder();
let app: SinglePageApp;
let op: RunningOp;
let chromium: Browser;

describe('oidc-client-ts in Chromium', () => {
  before(() =>
    holder.open(async (hold) => {
      app = await hold(startSinglePageApp());
      const clients = [clientOf('refreshing', true), clientOf('framing', false)];
      op = await hold(startOp({ clients }));
      chromium = await hold(openChromium());
    })
  );
  after(() => holder.close());

  it(
    'Core §3.1: the code flow with PKCE, sign-in and consent, userinfo by CORS',
    BROWSER_TIMEOUT,
    async () => {
      await withProfile(chromium, async ({ context, complaints }) => {
        const page = await context.newPage();
        const user = await signIn(page, 'refreshing');
        assertEquals([user.profile['name'], user.profile['email']], [
          CLAIMS['name'],
          CLAIMS['email'],
        ]);
        assertEquals(user.profile['iss'], op.issuer);
        assertEquals(user.scope, `${SCOPE} offline_access`);
        assertEquals(complaints, []);
      });
    },
  );

  it('Multiple Response Types §2.1: the answer in the fragment', BROWSER_TIMEOUT, async () => {
    await withProfile(chromium, async ({ context, complaints }) => {
      const page = await context.newPage();
      const user = await signIn(page, 'refreshing', { response_mode: 'fragment' });
      assertEquals(user.profile['name'], CLAIMS['name']);
      assertEquals(complaints, []);
    });
  });

  it(
    'RFC 6749 §6: silent renewal with a refresh token, for which the page calls the token endpoint',
    BROWSER_TIMEOUT,
    async () => {
      await withProfile(chromium, async ({ context, complaints }) => {
        const page = await context.newPage();
        const first = await signIn(page, 'refreshing');
        const second = await renew(page);
        assert(first.refresh_token !== undefined && second.refresh_token !== undefined);
        assert(second.refresh_token !== first.refresh_token);
        assert(second.access_token !== first.access_token);
        assertEquals(second.profile['sub'], first.profile['sub']);
        assertEquals(complaints, []);
      });
    },
  );

  it('Core §3.1.2.1: silent renewal with prompt none in an iframe', BROWSER_TIMEOUT, async () => {
    await withProfile(chromium, async ({ context, complaints }) => {
      const page = await context.newPage();
      const first = await signIn(page, 'framing');
      assertEquals(first.refresh_token, undefined);
      const second = await renew(page);
      assert(second.access_token !== first.access_token);
      assertEquals(second.profile['sub'], first.profile['sub']);
      assertEquals(complaints, []);
    });
  });

  it(
    'Core §3.1.2.1: signing in in a popup, which comes back to the page that opened it',
    BROWSER_TIMEOUT,
    async () => {
      await withProfile(chromium, async ({ context, complaints }) => {
        const page = await context.newPage();
        await openApplication(page, '/', 'framing', {});
        const [popup, user] = await Promise.all([
          page.waitForEvent('popup').then(async (popup) => {
            await popup.fill('#username', 'alice');
            await popup.fill('#password', PASSWORD);
            await popup.click('#login');
            await popup.click('#accept');
            return popup;
          }),
          page.evaluate(async () => (await manager.signinPopup()) as unknown as User),
        ]);
        assertEquals(user.profile['name'], CLAIMS['name']);
        assert(popup.isClosed());
        assertEquals(complaints, []);
      });
    },
  );

  it(
    'Core §3.1.2.6: silent renewal without a session tells the application to sign in',
    BROWSER_TIMEOUT,
    async () => {
      await withProfile(chromium, async ({ context }) => {
        const page = await context.newPage();
        await signIn(page, 'framing');
        await context.clearCookies();
        const error = await page.evaluate(() =>
          manager.signinSilent().then(
            () => 'no error',
            (reason: { error?: string }) => reason.error,
          )
        );
        assertEquals(error, 'login_required');
      });
    },
  );

  it(
    'RP-Initiated Logout §2: signing out, and back to the application',
    BROWSER_TIMEOUT,
    async () => {
      await withProfile(chromium, async ({ context, complaints }) => {
        const page = await context.newPage();
        await signIn(page, 'framing');
        await page.evaluate(
          (url) => void manager.signoutRedirect({ post_logout_redirect_uri: url, state: 'mine' }),
          `${app.url}/signed-out`,
        );
        await page.waitForURL(`${app.url}/signed-out?*`);
        await setUp(page, 'framing', {});
        // It throws when the state is not the one that it sent.
        const error = await page.evaluate(async () =>
          (await manager.signoutRedirectCallback() as { error: unknown }).error
        );
        assertEquals(error, null);
        assertEquals(complaints, []);
      });
    },
  );

  it(
    'Session Management §3.2: the page learns that somebody signed out',
    BROWSER_TIMEOUT,
    async () => {
      await withProfile(chromium, async ({ context, complaints }) => {
        const page = await context.newPage();
        await signIn(page, 'framing', { monitorSession: true, checkSessionIntervalInSeconds: 1 });
        const learning = page.evaluate(() => {
          return new Promise((resolve) =>
            manager.events.addUserSignedOut(() => resolve('signed out'))
          );
        });
        const elsewhere = await context.newPage();
        await elsewhere.goto(`${op.issuer}/end_session`);
        await elsewhere.click('#logout');
        await elsewhere.waitForSelector('#logged-out');
        assertEquals(await learning, 'signed out');
        assertEquals(complaints, []);
      });
    },
  );

  it('RFC 7009 §2.3: the page revokes its tokens by CORS', BROWSER_TIMEOUT, async () => {
    await withProfile(chromium, async ({ context, complaints }) => {
      const page = await context.newPage();
      const { access_token } = await signIn(page, 'refreshing');
      await page.evaluate(() => manager.revokeTokens(['refresh_token']));
      assertEquals(complaints, []);
      assertEquals(await userinfoFrom(page, access_token), '401');
    });
  });

  it(
    'T120: a page of an origin that no client is registered with cannot read userinfo',
    BROWSER_TIMEOUT,
    async () => {
      await withProfile(chromium, async ({ context, complaints }) => {
        const page = await context.newPage();
        const { access_token } = await signIn(page, 'refreshing');
        assertEquals(await userinfoFrom(page, access_token), '200');
        await page.goto(app.url.replace('localhost', '127.0.0.1'));
        assertEquals(await userinfoFrom(page, access_token), 'TypeError');
        assertStringIncludes(complaints.join(), 'blocked by CORS policy');
      });
    },
  );
});

function clientOf(client_id: string, refreshes: boolean): Readonly<Record<string, unknown>> {
  return {
    client_id,
    client_name: 'Single-page application',
    redirect_uris: ['callback', 'silent', 'popup'].map((path) => `${app.url}/${path}`),
    post_logout_redirect_uris: [`${app.url}/signed-out`],
    grant_types: ['authorization_code', ...(refreshes ? ['refresh_token'] : [])],
    scope: `${SCOPE} offline_access`,
    token_endpoint_auth_method: 'none',
    id_token_signed_response_alg: 'ES256',
  };
}

interface Settings {
  readonly response_mode?: 'query' | 'fragment';
  readonly monitorSession?: boolean;
  readonly checkSessionIntervalInSeconds?: number;
}

interface User {
  readonly access_token: string;
  readonly refresh_token?: string;
  readonly scope?: string;
  readonly profile: { readonly [claim: string]: unknown };
}

/** From the application through the provider's pages, and back. */
async function signIn(page: Page, client_id: string, settings: Settings = {}): Promise<User> {
  await openApplication(page, '/', client_id, settings);
  // Not waited for: the page that would answer goes away.
  await page.evaluate(() => void manager.signinRedirect());
  await page.fill('#username', 'alice');
  await page.fill('#password', PASSWORD);
  await page.click('#login');
  await page.click('#accept');
  await page.waitForURL(`${app.url}/callback*`);
  await setUp(page, client_id, settings);
  return await page.evaluate(async () => (await manager.signinCallback()) as unknown as User);
}

async function openApplication(
  page: Page,
  path: string,
  client_id: string,
  settings: Settings,
): Promise<void> {
  await page.goto(app.url + path);
  await setUp(page, client_id, settings);
}

/** What an application's own script would do. */
async function setUp(page: Page, client_id: string, settings: Settings): Promise<void> {
  await page.evaluate(
    ([authority, url, client_id, scope, settings]) => {
      Object.assign(globalThis, {
        manager: new oidc.UserManager({
          authority,
          client_id,
          scope,
          redirect_uri: `${url}/callback`,
          silent_redirect_uri: `${url}/silent`,
          popup_redirect_uri: `${url}/popup`,
          loadUserInfo: true,
          automaticSilentRenew: false,
          ...settings,
        }),
      });
    },
    [op.issuer, app.url, client_id, `${SCOPE} offline_access`, settings] as const,
  );
}

/** With the refresh token where there is one, else in an iframe. */
async function renew(page: Page): Promise<User> {
  return await page.evaluate(async () => (await manager.signinSilent()) as unknown as User);
}

function userinfoFrom(page: Page, access_token: string): Promise<string> {
  return page.evaluate(
    ([url, access_token]) =>
      fetch(url, { headers: { authorization: `Bearer ${access_token}` } })
        .then(({ status }) => String(status), (error: Error) => error.name),
    [`${op.issuer}/userinfo`, access_token] as const,
  );
}
