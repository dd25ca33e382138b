import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { assert, assertEquals } from '../support/assert.ts';
import { BROWSER_TIMEOUT, openChromium, withProfile } from '../support/chromium.ts';
import { openPlace, type Place, type Served } from '../support/cli.ts';
import { createHolder } from '../support/holder.ts';

const PASSWORD = 'a door opens inwards';

const holder = createHolder();
let place: Place;
let served: Served;
let chromium: Browser;

/** The server is the one that a person starts: a process of its own, with nothing configured. */
describe('setup in Chromium', () => {
  before(() =>
    holder.open(async (hold) => {
      place = await hold(openPlace());
      served = await place.serve();
      chromium = await hold(openChromium());
    })
  );
  after(() => holder.close());

  it(
    'T104: the first administrator signs up with the printed link, which then is spent',
    BROWSER_TIMEOUT,
    async () => {
      const { setup } = JSON.parse(served.output().stdout) as { setup: string };
      await withProfile(chromium, async ({ context, complaints }) => {
        const page = await context.newPage();
        await page.goto(setup);
        await page.fill('#username', 'root');
        await page.fill('#email', 'root@example.com');
        await page.fill('#password', PASSWORD);
        await page.fill('#repeat', 'something else');
        await page.click('#create');
        await page.waitForSelector('#repeat[aria-invalid=true]');
        assertEquals(await page.inputValue('#username'), 'root');
        assertEquals(await page.inputValue('#password'), '');
        await page.fill('#password', PASSWORD);
        await page.fill('#repeat', PASSWORD);
        await page.click('#create');
        await page.waitForSelector('.copy');
        assertEquals(complaints, []);
        assertEquals(
          await page.textContent('.steps li:nth-child(2) .copy'),
          `${served.issuer}/.well-known/openid-configuration`,
        );
        const again = await page.goto(setup);
        assertEquals(again?.status(), 410);
        assertEquals(await page.$('#create'), null);
      });
      const user = await place.json(['user', 'show', 'root']) as {
        groups: readonly string[];
        claims: { email?: string };
      };
      assertEquals(user.groups, ['admins']);
    },
  );

  it('the new administrator signs in', BROWSER_TIMEOUT, async () => {
    await withProfile(chromium, async ({ context, complaints }) => {
      const page = await context.newPage();
      await page.goto(`${served.issuer}/login`);
      await page.fill('#username', 'root');
      await page.fill('#password', PASSWORD);
      await page.click('#login');
      await page.waitForSelector('main :text("root")');
      assertEquals(complaints, []);
    });
  });

  it(
    'the command that the setup’s end shows adds a client, which then is known',
    BROWSER_TIMEOUT,
    async () => {
      const { code, stderr } = await place.run([
        'client',
        'add',
        'my-app',
        '--redirect-uri',
        'https://my-app.example/callback',
      ]);
      assertEquals([code, stderr], [0, '']);
      await withProfile(chromium, async ({ context }) => {
        const page = await context.newPage();
        const query = new URLSearchParams({
          client_id: 'my-app',
          redirect_uri: 'https://my-app.example/callback',
          response_type: 'code',
          scope: 'openid',
        });
        await page.goto(`${served.issuer}/authorize?${query}`);
        assert((await page.title()).includes('my-app'));
        await page.waitForSelector('#username');
      });
    },
  );
});
