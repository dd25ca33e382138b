/** Session Management 1.0 with the application and the provider on two sites: 127.0.0.1 and localhost, over https. */
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { type RunningServer, startServer } from '../../src/runtime/serve.ts';
import { assert, assertEquals } from '../support/assert.ts';
import {
  BROWSER_TIMEOUT,
  openChromium,
  withProfile,
  withThirdPartyCookies,
} from '../support/chromium.ts';
import { createHolder } from '../support/holder.ts';
import { CLIENT, PASSWORD } from '../support/op.ts';
import { type RunningOp, startOp } from '../support/running_op.ts';
import { TEST_TLS } from '../support/tls.ts';

const holder = createHolder();
let app: { readonly url: string; close(): Promise<void> };
let op: RunningOp;
let chromium: Browser;

describe('Session Management in Chromium, across sites', () => {
  before(() =>
    holder.open(async (hold) => {
      app = await hold(startApplication());
      op = await hold(startOp({ clients: [clientOf(app.url)] }, '/op', TEST_TLS));
      chromium = await hold(openChromium());
    })
  );
  after(() => holder.close());

  it(
    '§3.2: unchanged, then changed after signing out, where frames have cookies',
    BROWSER_TIMEOUT,
    async () => {
      await withThirdPartyCookies(async (context) => {
        const page = await context.newPage();
        const session_state = await signIn(page);
        assertEquals(await ask(page, `app ${session_state}`), 'unchanged');
        assertEquals(await ask(page, `other ${session_state}`), 'changed');
        assertEquals(await ask(page, 'nonsense'), 'error');
        assertEquals(await askFromFrame(page, `app ${session_state}`), 'unchanged');
        await signOut(await context.newPage());
        assertEquals(await ask(page, `app ${session_state}`), 'changed');
        const again = await signIn(page);
        assertEquals(await ask(page, `app ${again}`), 'unchanged');
      }, { ignoreHTTPSErrors: true });
    },
  );

  it(
    'error where they have none, instead of changed for ever',
    BROWSER_TIMEOUT,
    async () => {
      await withProfile(chromium, async ({ context, complaints }) => {
        const page = await context.newPage();
        const session_state = await signIn(page);
        assertEquals(await ask(page, `app ${session_state}`), 'error');
        await signOut(await context.newPage());
        assertEquals(await ask(page, `app ${session_state}`), 'error');
        assertEquals(complaints, []);
      }, { ignoreHTTPSErrors: true });
    },
  );

  it('T107: no other page of ours can be framed', BROWSER_TIMEOUT, async () => {
    await withProfile(chromium, async ({ context }) => {
      const page = await context.newPage();
      await page.goto(`${app.url}/`);
      for (const path of ['login', 'end_session', 'end_session/confirm', 'account']) {
        const frame = await framed(page, `${op.issuer}/${path}`);
        assert(!frame.includes('Ostiary'), `${path}: ${frame.slice(0, 200)}`);
      }
      assert((await framed(page, `${op.issuer}/check_session`)).includes('postMessage'));
    }, { ignoreHTTPSErrors: true });
  });
});

/** What stands in a frame. */
async function framed(page: Page, url: string): Promise<string> {
  await page.setContent(`<iframe name="it" src="${url}"></iframe>`, { waitUntil: 'load' });
  return await page.frame('it')?.content() ?? '';
}

/** To the application's page; the session_state of the answer. */
async function signIn(page: Page): Promise<string> {
  const request = new URLSearchParams({
    client_id: 'app',
    redirect_uri: `${app.url}/callback`,
    response_type: 'code',
    scope: 'openid',
  });
  await page.goto(`${op.issuer}/authorize?${request}`);
  if (await page.isVisible('#login')) {
    await page.fill('#username', 'alice');
    await page.fill('#password', PASSWORD);
    await page.click('#login');
  }
  await page.waitForURL(`${app.url}/callback?*`);
  return new URL(page.url()).searchParams.get('session_state') ?? '';
}

async function signOut(page: Page): Promise<void> {
  await page.goto(`${op.issuer}/end_session`);
  await page.click('#logout');
  await page.waitForSelector('#logged-out');
}

/** The RP iframe's part: the frame is loaded once, and asked as often as the application likes. */
async function ask(page: Page, message: string): Promise<unknown> {
  return await page.evaluate(async ({ url, message }) => {
    let frame = document.querySelector('iframe');
    if (frame === null) {
      frame = document.createElement('iframe');
      frame.src = url;
      const loaded = new Promise((resolve) => frame?.addEventListener('load', resolve));
      document.body.append(frame);
      await loaded;
    }
    const answer = new Promise((resolve) =>
      addEventListener('message', (event) => resolve(event.data), { once: true })
    );
    frame.contentWindow?.postMessage(message, new URL(url).origin);
    return await answer;
  }, { url: `${op.issuer}/check_session`, message });
}

/** The same by a frame beside it, as the specification draws it. */
async function askFromFrame(page: Page, message: string): Promise<unknown> {
  await page.evaluate(async (url) => {
    const frame = document.createElement('iframe');
    frame.name = 'rp';
    frame.src = url;
    const loaded = new Promise((resolve) => frame.addEventListener('load', resolve));
    document.body.append(frame);
    await loaded;
  }, `${app.url}/rp_iframe`);
  return await page.frame('rp')?.evaluate(async ({ origin, message }) => {
    const answer = new Promise((resolve) =>
      addEventListener('message', (event) => resolve(event.data), { once: true })
    );
    parent.frames[0]?.postMessage(message, origin);
    return await answer;
  }, { origin: new URL(op.issuer).origin, message });
}

/** Pages without content, on another site than the provider's. */
async function startApplication(): Promise<typeof app> {
  const server: RunningServer = await startServer({
    host: '127.0.0.1',
    port: 0,
    tls: TEST_TLS,
    fetch: () =>
      new Response('<!doctype html><title>Application</title><link rel="icon" href="data:,">', {
        headers: { 'content-type': 'text/html; charset=utf-8' },
      }),
  });
  return { url: `https://127.0.0.1:${server.port}`, close: () => server.close(1) };
}

function clientOf(url: string) {
  return { ...CLIENT, redirect_uris: [`${url}/callback`], consent_mode: 'implicit' };
}
