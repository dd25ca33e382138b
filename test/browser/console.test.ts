import { TOTP } from 'otpauth';
import { after, before, describe, it } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { addClient } from '../../src/engine/administration/clients.ts';
import { assert, assertEquals, assertFalse, assertStringIncludes } from '../support/assert.ts';
import { BROWSER_TIMEOUT, openChromium, withProfile } from '../support/chromium.ts';
import { openPlace, type Place, type Served } from '../support/cli.ts';
import { type ConsoleOp, exampleRows, openConsole } from '../support/console.ts';
import { createHolder } from '../support/holder.ts';
import { basic, CLI } from '../support/op.ts';
import { COLOUR_RULES, violations } from './axe.ts';

const PASSWORD = 'a door opens inwards';
const LONG_ID = 'a-client-of-a-very-long-name.'.repeat(8);

const holder = createHolder();
let chromium: Browser;

describe('the pages of the console in Chromium', () => {
  let op: ConsoleOp;
  before(() =>
    holder.open(async (hold) => {
      chromium = await hold(openChromium());
      op = await hold(openConsole());
      const metadata = {
        client_name: 'W'.repeat(200),
        redirect_uris: [`https://app.example/${'x'.repeat(600)}`],
      };
      const engine = op.instance.engine();
      assertEquals(
        (await addClient(LONG_ID, metadata, { kind: 'mint' }, CLI, engine)).kind,
        'done',
      );
    })
  );
  after(() => holder.close());

  /** Every page of the table, and what they look like when there is nothing, or too much, or something wrong. */
  async function everyPage(): Promise<ReadonlyMap<string, string>> {
    const paths = [
      ...exampleRows(op.examples).map(({ path }) => path),
      '/admin/clients/new?kind=web',
      '/admin/clients/shop/claims?user=bob&scope=openid+profile+email',
      '/admin/clients?query=nothing-at-all',
      '/admin/clients/nothing',
      '/admin/grants?kind=consents',
      `/admin/clients/${LONG_ID}`,
      `/admin/clients/${LONG_ID}/edit`,
      '/admin/people/alice',
    ];
    const pages = new Map<string, string>();
    for (const path of paths) pages.set(path, (await op.admin.get(path)).text);
    const form = await op.admin.get('/admin/clients/new?kind=web');
    const wrong = { client_id: 'a b', client_name: 'n'.repeat(300), redirect_uris: 'no uri' };
    pages.set('a form with mistakes', (await op.admin.submit(form, wrong, {}, 'csrf')).text);
    const set = await op.admin.get('/admin/configuration/set');
    const odd = { path: 'lifespans.access_token', value: 'for long' };
    pages.set('an option with mistakes', (await op.admin.submit(set, odd, {}, 'csrf')).text);
    return pages;
  }

  async function judge(
    options: BrowserContextOptions,
    of: (page: Page) => Promise<readonly string[]>,
  ): Promise<void> {
    await withProfile(chromium, async ({ context }) => {
      await context.route('**/*', (route) => route.abort());
      const page = await context.newPage();
      const found: string[] = [];
      for (const [path, text] of await everyPage()) {
        await page.setContent(text);
        await page.evaluate(() =>
          document.querySelectorAll('details').forEach((each) => each.open = true)
        );
        found.push(...(await of(page)).map((each) => `${path}: ${each}`));
      }
      assertEquals(found, []);
    }, { ...options, bypassCSP: true });
  }

  it('WCAG 2.2 AA: as axe-core sees them, on a phone', { timeout: 240_000 }, async () => {
    await judge({ viewport: { width: 390, height: 844 } }, (page) => violations(page));
  });

  it('WCAG 2.2 §1.4.3: in the dark, on a desktop', { timeout: 240_000 }, async () => {
    await judge(
      { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
      (page) => violations(page, COLOUR_RULES),
    );
  });

  it('WCAG 2.2 §1.4.10: none scrolls sideways at 320 px', BROWSER_TIMEOUT, async () => {
    await judge({ viewport: { width: 320, height: 640 } }, async (page) => {
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      return width > 320 ? [`${width} px wide`] : [];
    });
  });
});

describe('an administrator at the console in Chromium', () => {
  const own = createHolder();
  let place: Place;
  let served: Served;
  before(() =>
    own.open(async (hold) => {
      chromium = await hold(openChromium());
      place = await hold(openPlace());
      served = await place.serve();
    })
  );
  after(() => own.close());

  it(
    'sets up, adds a factor, and looks after clients, people, sessions and keys; all of it is on record',
    { timeout: 240_000 },
    async () => {
      const { setup } = JSON.parse(served.output().stdout) as { setup: string };
      await withProfile(chromium, async ({ context, complaints }) => {
        const page = await context.newPage();
        await setUp(page, setup);
        await page.goto(`${served.issuer}/admin`);
        await signIn(page, 'root');
        await enrol(page);
        await page.waitForURL(`${served.issuer}/admin`);
        const secret = await makeClient(page);
        await makePerson(page);
        const tokens = await useClient(secret);
        assertEquals(tokens.status, 200);
        await editClient(page);
        await previewClaims(page);
        await revokeSession(page);
        await rotateKey(page);
        await readAudit(page);
        // Of the mistake that was made on purpose.
        assertEquals(complaints.map((each) => /status of (\d+)/.exec(each)?.[1]), ['400']);
      });
    },
  );

  async function setUp(page: Page, url: string): Promise<void> {
    await page.goto(url);
    await page.fill('#username', 'root');
    await page.fill('#password', PASSWORD);
    await page.fill('#repeat', PASSWORD);
    await page.click('#create');
    await page.waitForSelector('.copy');
  }

  async function signIn(page: Page, username: string): Promise<void> {
    await page.fill('#username', username);
    await page.fill('#password', PASSWORD);
    await page.click('#login');
  }

  /** As the console leads there, and back. */
  async function enrol(page: Page): Promise<void> {
    await page.click('#enrol-totp');
    const text = await page.textContent('#totp-secret') ?? '';
    const totp = new TOTP({ secret: text.replace(/\s/g, '') });
    await page.fill('#totp', totp.generate());
    await page.click('#add');
    await page.click('#make');
    await page.click('#next');
  }

  async function makeClient(page: Page): Promise<string> {
    await page.click('nav >> text=Clients');
    await page.click('text=New client');
    await page.click('#kind-web');
    await page.fill('#client_id', 'shop');
    await page.fill('#client_name', 'The Shop');
    await page.fill('#redirect_uris', `${served.issuer}/healthz`);
    await page.selectOption('#consent_mode', 'implicit');
    await page.click('#save');
    const secret = await page.textContent('#client_secret') ?? '';
    assertEquals(secret.length, 64);
    assertFalse(page.url().includes(secret));
    await page.click('text=Done');
    assertFalse((await page.content()).includes(secret));
    return secret;
  }

  async function makePerson(page: Page): Promise<void> {
    await page.goto(`${served.issuer}/admin/people/new`);
    await page.fill('#username', 'dora');
    await page.fill('#password', PASSWORD);
    await page.fill('#email', 'dora@example.com');
    await page.click('#save');
    await page.waitForSelector('.good');
  }

  /** Somebody signs in to the client elsewhere; the code is redeemed with the secret that was shown. */
  async function useClient(secret: string): Promise<Response> {
    let tokens: Response | undefined;
    await withProfile(chromium, async ({ context }) => {
      const page = await context.newPage();
      const redirect_uri = `${served.issuer}/healthz`;
      const query = {
        client_id: 'shop',
        redirect_uri,
        response_type: 'code',
        scope: 'openid email',
      };
      await page.goto(`${served.issuer}/authorize?${new URLSearchParams(query)}`);
      await signIn(page, 'dora');
      await page.waitForURL(`${redirect_uri}?**`);
      const code = new URL(page.url()).searchParams.get('code') ?? '';
      const body = new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri });
      const headers = basic('shop', secret);
      tokens = await fetch(`${served.issuer}/token`, { method: 'POST', headers, body });
    });
    assert(tokens !== undefined);
    return tokens;
  }

  async function editClient(page: Page): Promise<void> {
    await page.goto(`${served.issuer}/admin/clients/shop`);
    await page.click('text=Edit');
    await page.fill('#client_name', '');
    await page.fill('#redirect_uris', 'nowhere');
    await page.click('#save');
    await page.waitForSelector('#redirect_uris-problem');
    await page.fill('#redirect_uris', `${served.issuer}/healthz`);
    await page.fill('#client_name', 'The Better Shop');
    await page.click('summary:has-text("Tokens")');
    await page.selectOption('#access_token_format', 'jwt');
    await page.click('#save');
    await page.waitForSelector('.good');
    assertStringIncludes(await page.textContent('h1') ?? '', 'The Better Shop');
  }

  async function previewClaims(page: Page): Promise<void> {
    await page.click('text=Preview claims');
    await page.fill('#user', 'dora');
    await page.fill('#scope', 'openid email');
    await page.click('text=Preview >> nth=-1');
    await page.waitForSelector('text=dora@example.com');
  }

  async function revokeSession(page: Page): Promise<void> {
    await page.click('nav >> text=Sessions');
    await page.fill('#user', 'dora');
    await page.click('button:has-text("Search")');
    await page.click('a:has-text("Sign out")');
    await page.click('#confirm');
    await page.waitForSelector('.good');
    await page.goto(`${served.issuer}/admin/sessions?user=dora`);
    await page.waitForSelector('text=Nobody is signed in.');
  }

  async function rotateKey(page: Page): Promise<void> {
    await page.click('nav >> text=Keys');
    await page.click('a:has-text("Rotate") >> nth=0');
    await page.click('#confirm');
    await page.waitForSelector('text=pending');
  }

  async function readAudit(page: Page): Promise<void> {
    await page.click('nav >> text=Audit');
    await page.fill('#actor', 'root');
    await page.click('button:has-text("Search")');
    const names = await page.locator('.items .name a').allTextContents();
    assertEquals(names, [
      'key.rotated',
      'session.revoked',
      'client.changed',
      'user.created',
      'client.created',
      'user.created',
    ]);
    await page.click('text=client.changed');
    assertStringIncludes(await page.textContent('.was') ?? '', 'The Shop');
    assertStringIncludes(await page.textContent('.is') ?? '', 'The Better Shop');
  }
});
