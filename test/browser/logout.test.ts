/** Two relying parties on `openid-client`: signing out at one signs out at the other. */
import { after, before, describe, it } from 'node:test';
import * as oidc from 'openid-client';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { assert, assertEquals, assertRejects } from '../support/assert.ts';
import { BROWSER_TIMEOUT, openChromium, withProfile } from '../support/chromium.ts';
import { createHolder } from '../support/holder.ts';
import { PASSWORD } from '../support/op.ts';
import { type RunningOp, startOp } from '../support/running_op.ts';
import { type RelyingParty, startRelyingParty, type Tokens } from './relying_party.ts';

const holder = createHolder();
let first: RelyingParty;
let byBack: RelyingParty;
let byFront: RelyingParty;
let slow: RelyingParty;
let offline: RelyingParty;
let ending: RelyingParty;
let op: RunningOp;
let chromium: Browser;

describe('signing out at one of two relying parties', () => {
  before(() =>
    holder.open(async (hold) => {
      const start = (options: Parameters<typeof startRelyingParty>[0]) =>
        hold(startRelyingParty(options));
      first = await start({ client_id: 'first', host: '127.0.0.1', channel: 'none' });
      byBack = await start({ client_id: 'by-back', host: '127.0.0.1', channel: 'back' });
      byFront = await start({ client_id: 'by-front', host: '127.0.0.1', channel: 'front' });
      slow = await start({
        client_id: 'slow',
        host: 'localhost',
        channel: 'front',
        frameDelay: 12_000,
      });
      const scope = 'openid offline_access';
      offline = await start({ client_id: 'offline', host: 'localhost', channel: 'none', scope });
      ending = await start({
        client_id: 'ending',
        host: 'localhost',
        channel: 'none',
        scope,
        metadata: { offline_access_ends_with_session: true },
      });
      const parties = [first, byBack, byFront, slow, offline, ending];
      op = await hold(startOp({
        clients: parties.map(({ client }) => client),
        outbound: { allow_networks: ['127.0.0.0/8', '::1/128'] },
      }));
      for (const party of parties) await party.connect(op.issuer);
      chromium = await hold(openChromium());
    })
  );
  after(() => holder.close());

  it('Back-Channel Logout §2.5: the other is told by its server', BROWSER_TIMEOUT, async () => {
    await withProfile(chromium, async ({ context, complaints }) => {
      const page = await context.newPage();
      const tokens = await signIn(page, first);
      const others = await signIn(await context.newPage(), byBack);
      const sid = others.claims()?.['sid'];
      await page.goto(`${first.url}/logout`);
      assertEquals(await page.textContent('#state'), 'a state of its own');
      await until(() => byBack.told.includes(`back ${sid}`));
      assertEquals(await who(context, byBack), 'nobody');
      await assertEnded(first, tokens);
      await assertEnded(byBack, others);
      assertEquals(complaints, []);
    });
  });

  it('Front-Channel Logout §3: the other is told in a frame', BROWSER_TIMEOUT, async () => {
    await withProfile(chromium, async ({ context, complaints }) => {
      const page = await context.newPage();
      const tokens = await signIn(page, first);
      const others = await signIn(await context.newPage(), byFront);
      const sid = others.claims()?.['sid'];
      await page.goto(`${first.url}/logout`);
      await page.waitForURL(`${first.url}/signed-out?*`);
      assertEquals(await page.textContent('#state'), 'a state of its own');
      // Before the browser went on.
      assert(byFront.told.includes(`front ${sid}`));
      assertEquals(await who(context, byFront), 'nobody');
      await assertEnded(first, tokens);
      await assertEnded(byFront, others);
      assertEquals(complaints, []);
    });
  });

  it('RP-Initiated Logout §2: by a form from another site, too', BROWSER_TIMEOUT, async () => {
    await withProfile(chromium, async ({ context, complaints }) => {
      const page = await context.newPage();
      const tokens = await signIn(page, first);
      await page.goto(`${first.url}/logout?by=form`);
      await page.click('#go');
      await page.waitForURL(`${first.url}/signed-out?*`);
      await assertEnded(first, tokens);
      assertEquals(complaints, []);
    });
  });

  for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? 'with scripts' : 'without scripts';

    it(
      `T114: who is asked says yes, is led back, and the other is told, ${how}`,
      BROWSER_TIMEOUT,
      async () => {
        await withProfile(chromium, async ({ context, complaints }) => {
          const page = await context.newPage();
          await signIn(page, first);
          const others = await signIn(await context.newPage(), byFront);
          const query = new URLSearchParams({
            client_id: 'first',
            post_logout_redirect_uri: `${first.url}/signed-out`,
            state: 's',
          });
          await page.goto(`${op.issuer}/end_session?${query}`);
          await page.click('#stay');
          await page.waitForSelector('#stayed');
          await page.goto(`${op.issuer}/end_session?${query}`);
          await page.click('#logout');
          await page.waitForURL(`${first.url}/signed-out?state=s`);
          const sid = others.claims()?.['sid'];
          await until(() => byFront.told.includes(`front ${sid}`));
          assertEquals(complaints, []);
        }, { javaScriptEnabled });
      },
    );
  }

  it('T114: a picture or a frame with an ID token ends nothing', BROWSER_TIMEOUT, async () => {
    await withProfile(chromium, async ({ context }) => {
      const page = await context.newPage();
      const { id_token = '' } = await signIn(page, first);
      // Of the provider's own site, so that its cookies come along.
      await page.goto(`${slow.url}/`);
      const address = `${op.issuer}/end_session?id_token_hint=${id_token}`;
      for (const element of ['img', 'iframe']) {
        await page.setContent(`<${element} src="${address}"></${element}>`, {
          waitUntil: 'networkidle',
        });
      }
      await page.goto(`${op.issuer}/account`);
      await page.waitForSelector('#sign-out');
    });
  });

  it('one that does not answer in its frame holds nobody up', BROWSER_TIMEOUT, async () => {
    await withProfile(chromium, async ({ context }) => {
      const page = await context.newPage();
      const tokens = await signIn(page, first);
      await signIn(await context.newPage(), slow);
      await page.goto(`${first.url}/logout`, { waitUntil: 'commit' });
      await page.waitForURL(`${first.url}/signed-out?*`);
      await assertEnded(first, tokens);
      assertEquals(slow.told, []);
    });
  });

  it('signing out on the account page tells them as well', BROWSER_TIMEOUT, async () => {
    await withProfile(chromium, async ({ context, complaints }) => {
      const page = await context.newPage();
      const others = await signIn(page, byFront);
      await page.goto(`${op.issuer}/account`);
      await page.click('#sign-out');
      await page.waitForURL(`${op.issuer}/login`);
      const sid = others.claims()?.['sid'];
      await until(() => byFront.told.includes(`front ${sid}`));
      assertEquals(complaints, []);
    });
  });

  it('Core §11: what is for offline access stays, unless configured', BROWSER_TIMEOUT, async () => {
    await withProfile(chromium, async ({ context }) => {
      const page = await context.newPage();
      const others = await signIn(page, ending);
      const tokens = await signIn(page, offline);
      await page.goto(`${offline.url}/logout`);
      await page.waitForURL(`${offline.url}/signed-out?*`);
      const { config } = offline;
      assertEquals((await oidc.tokenIntrospection(config, tokens.access_token)).active, true);
      const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '');
      const { sub = '' } = tokens.claims() ?? {};
      assertEquals((await oidc.fetchUserInfo(config, refreshed.access_token, sub)).sub, sub);
      await assertEnded(ending, others);
    });
  });
});

/** At a relying party, by the sign-in page where that comes; what it was given. */
async function signIn(page: Page, party: RelyingParty): Promise<Tokens> {
  const before = new Set(party.sessions.keys());
  await page.goto(`${party.url}/login`);
  if (await page.isVisible('#login')) {
    await page.fill('#username', 'alice');
    await page.fill('#password', PASSWORD);
    await page.click('#login');
  }
  if (await page.isVisible('#accept')) await page.click('#accept');
  await page.waitForURL(`${party.url}/`);
  assertEquals(await page.textContent('#who'), 'somebody');
  const [sid = ''] = [...party.sessions.keys()].filter((each) => !before.has(each));
  const tokens = party.sessions.get(sid);
  assert(tokens !== undefined, 'nobody signed in');
  return tokens;
}

async function who(context: BrowserContext, party: RelyingParty): Promise<string | null> {
  const page = await context.newPage();
  await page.goto(`${party.url}/`);
  return await page.textContent('#who');
}

/** Introspection, UserInfo and refresh know nothing of it any more. */
async function assertEnded({ config }: RelyingParty, tokens: Tokens): Promise<void> {
  assertEquals((await oidc.tokenIntrospection(config, tokens.access_token)).active, false);
  const { sub = '' } = tokens.claims() ?? {};
  await assertRejects(() => oidc.fetchUserInfo(config, tokens.access_token, sub));
  const { refresh_token } = tokens;
  assert(refresh_token !== undefined);
  await assertRejects(() => oidc.refreshTokenGrant(config, refresh_token));
}

async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; !isSo(); tries += 1) {
    assert(tries < 600, 'nobody was told');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
