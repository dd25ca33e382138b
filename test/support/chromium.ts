/** Debian's Chromium, driven by playwright-core: for what only a real browser does. */
import { existsSync } from 'node:fs';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
} from 'playwright-core';

const EXECUTABLE = '/usr/bin/chromium';

/** Milliseconds for a test in a browser, on a machine that has much else to do. */
export const BROWSER_TIMEOUT = { timeout: 120_000 } as const;

/** @throws {Error} that says what to install, where there is none: browser tests are never left out silently */
export async function openChromium(): Promise<Browser> {
  if (!existsSync(EXECUTABLE)) {
    throw new Error(
      `Cannot test in a browser: install Debian’s chromium, so that ${EXECUTABLE} exists`,
    );
  }
  return await chromium.launch({
    executablePath: EXECUTABLE,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-quic',
    ],
  });
}

export interface Profile {
  readonly context: BrowserContext;
  /** What pages complained of: refused by a policy, failed to load, thrown by a script. */
  readonly complaints: string[];
}

/** Like another person's browser: no cookies, nothing stored; closed at the end, whatever happened. */
export async function withProfile(
  browser: Browser,
  visit: (profile: Profile) => Promise<void>,
  options: BrowserContextOptions = {},
): Promise<void> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(30_000);
  const complaints: string[] = [];
  context.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  context.on('weberror', (error) => complaints.push(String(error.error())));
  try {
    await visit({ context, complaints });
  } finally {
    await context.close();
  }
}
