/**
 * Pictures of every page, phone and desktop, light and dark, into `screenshots/`, and what eyes judge badly: contrast
 * (WCAG 2.2 §1.4.3, §1.4.11), sideways scrolling at 320 px and with text at 200 % (§1.4.10, §1.4.4), the order of keyboard
 * focus (§2.4.3), the size of targets (§2.5.8). Ends with 1 when something falls short. Needs Debian's chromium.
 */
import { mkdir, rm } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { leaveScript } from '../src/interaction/leave_script.ts';
import { frame, shots } from '../test/interaction/models.ts';
import { openChromium } from '../test/support/chromium.ts';
import { focusStops, lowContrasts, smallTargets } from './page_measures.ts';

const SIZES = {
  phone: { width: 390, height: 844 },
  desktop: { width: 1280, height: 800 },
} as const;
const only = process.argv[2];
const problems: string[] = [];

await rm('screenshots', { recursive: true, force: true });
await mkdir('screenshots');
const browser = await openChromium();
try {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [size, viewport] of Object.entries(SIZES)) {
      const page = await openPage(browser, { viewport, colorScheme });
      for (const name of wanted()) {
        await show(page, name);
        await page.screenshot({
          path: `screenshots/${name}.${size}.${colorScheme}.png`,
          fullPage: true,
        });
        await measure(page, `${name}, ${size}, ${colorScheme}`);
      }
      await page.context().close();
    }
  }
  const narrow = await openPage(browser, { viewport: { width: 320, height: 640 } });
  for (const name of wanted()) {
    await show(narrow, name);
    await checkWidth(narrow, `${name}, 320 px`);
    console.log(`${name}: ${(await focusOrder(narrow)).join(' → ')}`);
  }
  const enlarged = await openPage(browser, { viewport: { width: 1280, height: 800 } });
  for (const name of wanted()) {
    await show(enlarged, name);
    await enlarged.addStyleTag({ content: 'html{font-size:200%!important}' });
    await checkWidth(enlarged, `${name}, text at 200 %`);
    await enlarged.screenshot({ path: `screenshots/${name}.enlarged.png`, fullPage: true });
  }
} finally {
  await browser.close();
}
for (const problem of problems) console.error(problem);
console.log(problems.length === 0 ? 'nothing falls short' : `${problems.length} fall short`);
process.exitCode = problems.length === 0 ? 0 : 1;

function wanted(): readonly string[] {
  return Object.keys(shots).filter((name) => only === undefined || name.startsWith(only));
}

interface PageOptions {
  readonly viewport: { readonly width: number; readonly height: number };
  readonly colorScheme?: 'light' | 'dark';
}

/** Requests for logos are answered here; nothing leaves the machine. */
async function openPage(from: Browser, options: PageOptions): Promise<Page> {
  const context = await from.newContext(options);
  await context.route('**/*', (route) => {
    const { host, pathname } = new URL(route.request().url());
    return host === 'logo.example'
      ? route.fulfill({ contentType: 'image/svg+xml', body: decodeURIComponent(pathname.slice(1)) })
      : route.abort();
  });
  return await context.newPage();
}

async function show(page: Page, name: string): Promise<void> {
  const markup = shots[name]?.(frame).markup ?? '';
  // Without the scripts by which a page would leave before it is photographed.
  const staying = markup.replace('document.forms[0].submit();', '').replace(leaveScript, '');
  await page.setContent(staying, { waitUntil: 'load' });
  // Such a page is no secure context, in which alone there are passkeys: as if it were one.
  await page.evaluate(() => {
    document.getElementById('passkey')?.removeAttribute('hidden');
    document.getElementById('passkey-unsupported')?.setAttribute('hidden', '');
  });
}

async function measure(page: Page, where: string): Promise<void> {
  problems.push(...(await page.evaluate(lowContrasts)).map((each) => `${where}: ${each}`));
  problems.push(...(await page.evaluate(smallTargets)).map((each) => `${where}: ${each}`));
}

async function checkWidth(page: Page, where: string): Promise<void> {
  const [inner, outer] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  if ((inner ?? 0) > (outer ?? 0)) problems.push(`${where}: ${inner} px wide in ${outer}`);
}

/** What Tab reaches, in order. */
async function focusOrder(page: Page): Promise<readonly string[]> {
  const count = await page.evaluate(focusStops);
  const order: string[] = [];
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  for (let i = 0; i < count; i++) {
    await page.keyboard.press('Tab');
    order.push(
      await page.evaluate(() => {
        const element = document.activeElement;
        return element?.id || element?.getAttribute('value') ||
          element?.textContent?.slice(0, 20) || '?';
      }),
    );
  }
  return order;
}
