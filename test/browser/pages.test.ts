import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { assert, assertEquals, assertMatch, assertStringIncludes } from '../support/assert.ts';
import { BROWSER_TIMEOUT, openChromium, withProfile } from '../support/chromium.ts';
import { createHolder } from '../support/holder.ts';
import { PASSWORD } from '../support/op.ts';
import { type RunningOp, startOp } from '../support/running_op.ts';
import { type SinglePageApp, startSinglePageApp } from './single_page_app.ts';

const holder = createHolder();
let app: SinglePageApp;
let op: RunningOp;
let chromium: Browser;

describe('the pages in Chromium', () => {
  before(() =>
    holder.open(async (hold) => {
      app = await hold(startSinglePageApp());
      op = await hold(startOp({ clients: [clientOf(app.url)] }));
      chromium = await hold(openChromium());
    })
  );
  after(() => holder.close());

  for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? 'with scripts' : 'without scripts';

    it(`Core §3.1.2: sign-in and consent ${how}`, BROWSER_TIMEOUT, async () => {
      await withProfile(chromium, async ({ context, complaints }) => {
        const page = await context.newPage();
        await page.goto(authorizationUrl());
        assertStringIncludes(await page.title(), 'The App');
        await page.waitForFunction(() =>
          document.querySelector<HTMLImageElement>('#client-logo')?.naturalWidth === 8
        );
        await signIn(page);
        assertEquals(await page.getAttribute('#client-policy', 'href'), `${app.url}/policy`);
        assertEquals(await page.getAttribute('#client-tos', 'href'), `${app.url}/terms`);
        await page.uncheck('[name=scope][value=phone]');
        await page.click('#accept');
        await page.waitForURL(`${app.url}/callback?*`);
        const answer = new URL(page.url()).searchParams;
        assertEquals([answer.get('state'), answer.get('iss')], ['xyz', op.issuer]);
        assertMatch(answer.get('code') ?? '', /^[\w-]{20,}$/);
        assertEquals(complaints, []);
      }, { javaScriptEnabled });
    });

    it(
      `Form Post Response Mode §2: the answer arrives as a form ${how}`,
      BROWSER_TIMEOUT,
      async () => {
        await withProfile(chromium, async ({ context, complaints }) => {
          const page = await context.newPage();
          await page.goto(authorizationUrl({ response_mode: 'form_post', state: 'a "state" <b>' }));
          await signIn(page);
          await page.click('#accept');
          if (!javaScriptEnabled) await page.click('button');
          await page.waitForURL(`${app.url}/callback`);
          const fields = new Map(
            (await page.textContent('#fields') ?? '').split('\n').map((line) => {
              const [name = '', ...value] = line.split('=');
              return [name, value.join('=')];
            }),
          );
          assertEquals([...fields.keys()].sort(), ['code', 'iss', 'session_state', 'state']);
          assertEquals([fields.get('state'), fields.get('iss')], ['a "state" <b>', op.issuer]);
          assertEquals(complaints, []);
        }, { javaScriptEnabled });
      },
    );
  }

  it(
    'T112: declining leads back with access_denied, and leaves the session',
    BROWSER_TIMEOUT,
    async () => {
      await withProfile(chromium, async ({ context }) => {
        const page = await context.newPage();
        await page.goto(authorizationUrl());
        await signIn(page);
        await page.click('#deny');
        await page.waitForURL(`${app.url}/callback?*`);
        assertEquals(new URL(page.url()).searchParams.get('error'), 'access_denied');
        await page.goto(authorizationUrl());
        await page.waitForSelector('#accept');
      });
    },
  );

  it(
    'T109: consent is asked once in a browser session, and again for more',
    BROWSER_TIMEOUT,
    async () => {
      await withProfile(chromium, async ({ context }) => {
        const page = await context.newPage();
        await page.goto(authorizationUrl({ scope: 'openid email' }));
        await signIn(page);
        await page.click('#accept');
        await page.waitForURL(`${app.url}/callback?*`);
        await page.goto(authorizationUrl({ scope: 'openid email' }));
        assertEquals(new URL(page.url()).origin, app.url);
        await page.goto(authorizationUrl({ scope: 'openid email phone' }));
        await page.waitForSelector('#accept');
      });
    },
  );

  it(
    'a wrong password is told on the page, without taking what was typed as the name',
    BROWSER_TIMEOUT,
    async () => {
      await withProfile(chromium, async ({ context, complaints }) => {
        const page = await context.newPage();
        await page.goto(authorizationUrl());
        await page.fill('#username', 'alice');
        await page.fill('#password', 'not the password');
        await page.press('#password', 'Enter');
        await page.waitForSelector('[role=alert]');
        assertEquals(await page.inputValue('#username'), 'alice');
        assertEquals(await page.inputValue('#password'), '');
        assertEquals(complaints, []);
        await page.fill('#password', PASSWORD);
        await page.press('#password', 'Enter');
        await page.waitForSelector('#accept');
      });
    },
  );

  it(
    'the session ends with the browser, unless the person wants to be remembered',
    BROWSER_TIMEOUT,
    async () => {
      await withProfile(chromium, async ({ context }) => {
        const page = await context.newPage();
        await page.goto(authorizationUrl());
        await signIn(page);
        assertEquals(await sessionExpiry(page), -1);
        await context.clearCookies();
        await page.goto(authorizationUrl());
        await page.check('#remember');
        await signIn(page);
        assert(await sessionExpiry(page) > Date.now() / 1000 + 29 * 24 * 3600);
      });
    },
  );

  for (
    const [name, path] of [
      ['home page', '/'],
      ['sign-in page', '/login'],
      ['error page', '/authorize?client_id=nobody'],
      ['setup page, closed', '/setup?token=none'],
      ['page of an unknown address', '/nothing/here'],
    ] as const
  ) {
    it(`T108: the ${name} keeps to its own policy`, BROWSER_TIMEOUT, async () => {
      await withProfile(chromium, async ({ context, complaints }) => {
        const page = await context.newPage();
        const response = await page.goto(op.issuer + path);
        // An error status is what Chromium complains of, too.
        const status = response?.status() ?? 0;
        assertEquals(complaints.filter((text) => !text.includes(`status of ${status}`)), []);
        assertEquals(
          await page.evaluate(() => getComputedStyle(document.body).display),
          'flex',
          'the style sheet counts',
        );
        assertEquals(await page.evaluate(() => document.querySelectorAll('main h1').length), 1);
      });
    });
  }

  it('T108: what slips into a page does not run', BROWSER_TIMEOUT, async () => {
    await withProfile(chromium, async ({ context, complaints }) => {
      const page = await context.newPage();
      await page.goto(authorizationUrl());
      assertEquals(complaints, []);
      const [ran, refused] = await page.evaluate(async () => {
        const refused = new Set<string>();
        const three = new Promise<void>((resolve) => {
          document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
            if (refused.add(effectiveDirective).size === 3) resolve();
          });
        });
        const script = document.createElement('script');
        script.textContent = 'globalThis.ran = true';
        const image = document.createElement('img');
        image.src = 'https://images.example/pixel';
        const form = document.createElement('form');
        // Clients redirect on to wherever they like under https, so that alone is open to forms.
        form.action = 'http://forms.example/';
        document.body.append(script, image, form);
        form.submit();
        await three;
        return ['ran' in globalThis, [...refused]] as const;
      });
      assertEquals(ran, false);
      assertEquals([...refused].sort(), ['form-action', 'img-src', 'script-src-elem']);
      // The same things are what the other tests would hear of.
      assert(complaints.length >= 2);
    });
  });

  it('T107: no page of ours opens in the frame of another', BROWSER_TIMEOUT, async () => {
    await withProfile(chromium, async ({ context, complaints }) => {
      const page = await context.newPage();
      await page.goto(app.url);
      await page.evaluate((url) => {
        const frame = document.createElement('iframe');
        frame.src = url;
        const loaded = new Promise((resolve) => frame.addEventListener('load', resolve));
        document.body.append(frame);
        return loaded;
      }, authorizationUrl());
      assertMatch(complaints.join('\n'), /frame-ancestors|X-Frame-Options/);
      const frames = await Promise.all(page.frames().map((frame) => frame.content()));
      assertEquals(frames.filter((content) => content.includes('id="username"')), []);
    });
  });

  it(
    'T106: a page of another site cannot send our forms in a person’s name',
    BROWSER_TIMEOUT,
    async () => {
      await withProfile(chromium, async ({ context }) => {
        const page = await context.newPage();
        await page.goto(authorizationUrl());
        await signIn(page);
        const fields = await page.evaluate(() =>
          Array.from(
            document.querySelectorAll<HTMLInputElement>('form input[type=hidden]'),
            ({ name, value }) => [name, value] as const,
          )
        );
        const action = await page.getAttribute('form', 'action') ?? '';
        // Even one that knows the hidden fields.
        await page.goto(app.url);
        await page.evaluate(([action, fields]) => {
          const form = document.createElement('form');
          Object.assign(form, { method: 'post', action });
          for (const [name, value] of [...fields, ['decision', 'accept']]) {
            const input = document.createElement('input');
            Object.assign(input, { type: 'hidden', name, value });
            form.append(input);
          }
          document.body.append(form);
          form.submit();
        }, [action, fields] as const);
        await page.waitForSelector('#error');
        assertEquals(new URL(page.url()).origin, op.issuer);
      });
    },
  );
});

function clientOf(url: string): Readonly<Record<string, unknown>> {
  return {
    client_id: 'app',
    client_name: 'The App',
    client_uri: url,
    policy_uri: `${url}/policy`,
    tos_uri: `${url}/terms`,
    logo_uri: `${url}/logo.svg`,
    redirect_uris: [`${url}/callback`],
    scope: 'openid profile email phone address groups',
    token_endpoint_auth_method: 'none',
  };
}

function authorizationUrl(changes: Readonly<Record<string, string>> = {}): string {
  const params = {
    client_id: 'app',
    redirect_uri: `${app.url}/callback`,
    response_type: 'code',
    scope: 'openid profile email phone',
    state: 'xyz',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    ...changes,
  };
  return `${op.issuer}/authorize?${new URLSearchParams(params)}`;
}

async function signIn(page: Page): Promise<void> {
  await page.fill('#username', 'alice');
  await page.fill('#password', PASSWORD);
  await page.click('#login');
  await page.waitForSelector('#accept');
}

/** Of the session cookie, in Unix seconds; -1: when the browser ends. */
async function sessionExpiry(page: Page): Promise<number> {
  const cookies = await page.context().cookies();
  const cookie = cookies.find(({ name }) => /session|remembered/.test(name));
  assert(cookie, 'there is no session cookie');
  assert(cookie.httpOnly);
  return cookie.expires;
}
