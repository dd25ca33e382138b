import { after, before, describe, it } from 'node:test';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import type { Frame } from '../../src/interaction/frame.ts';
import { messagesOf } from '../../src/interaction/messages.ts';
import { frame, shots } from '../interaction/models.ts';
import { assert, assertEquals, assertRejects } from '../support/assert.ts';
import { BROWSER_TIMEOUT, openChromium, withProfile } from '../support/chromium.ts';
import { createHolder } from '../support/holder.ts';
import { foreign } from '../support/languages.ts';
import { checkAccessible, COLOUR_RULES, violations } from './axe.ts';

const holder = createHolder();
let chromium: Browser;

const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1280, height: 800 };

describe('the pages, as axe-core sees them', () => {
  before(() =>
    holder.open(async (hold) => {
      chromium = await hold(openChromium());
    })
  );
  after(() => holder.close());

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`WCAG 2.2 AA: on a phone, ${colorScheme}`, BROWSER_TIMEOUT, async () => {
      await checkShots(frame, { viewport: PHONE, colorScheme });
    });

    it(`WCAG 2.2 AA: on a desktop, ${colorScheme}`, BROWSER_TIMEOUT, async () => {
      await checkShots(frame, { viewport: DESKTOP, colorScheme });
    });
  }

  it('WCAG 2.2 AA: from right to left', BROWSER_TIMEOUT, async () => {
    const messages = messagesOf(await foreign('ar', 'ar', 'rtl').load());
    await checkShots({ ...frame, messages }, { viewport: PHONE, colorScheme: 'light' });
  });

  it('are seen: a page with faults has violations', BROWSER_TIMEOUT, async () => {
    await withProfile(chromium, async ({ context }) => {
      const page = await context.newPage();
      await page.setContent('<html><body><img src="x"><input><p style="color:#ccc">pale</p>');
      const found = (await violations(page)).map((each) => each.split(':')[0]);
      for (const rule of ['image-alt', 'label', 'color-contrast', 'html-has-lang']) {
        assert(found.includes(rule), rule);
      }
      const pale = (await violations(page, COLOUR_RULES)).map((each) => each.split(':')[0]);
      assertEquals(pale, ['color-contrast']);
      await assertRejects(() => checkAccessible(page, 'here'), Error, 'image-alt');
    }, { bypassCSP: true });
  });
});

/** All models in one page after another; what falls short of several is told at once. */
async function checkShots(frame: Frame, options: BrowserContextOptions): Promise<void> {
  await withProfile(chromium, async ({ context }) => {
    // Logos lie elsewhere; nothing leaves the machine.
    await context.route('**/*', (route) => route.abort());
    const page = await context.newPage();
    // Markup and sizes are the same in the dark.
    const rules = options.colorScheme === 'dark' ? COLOUR_RULES : undefined;
    const found: string[] = [];
    for (const [name, view] of Object.entries(shots)) {
      // Without scripts: one page would leave before it is looked at.
      const markup = view(frame).markup.replace(/<script\b[^>]*>[^<]*<\/script>/g, '');
      await page.setContent(markup, { waitUntil: 'domcontentloaded' });
      found.push(...(await violations(page, rules)).map((each) => `${name}: ${each}`));
    }
    assertEquals(found, []);
  }, { ...options, bypassCSP: true });
}
