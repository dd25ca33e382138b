/** Debian's Chromium, driven by playwright-core: for what only a real browser does. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type LaunchOptions,
} from 'playwright-core';

const EXECUTABLE = '/usr/bin/chromium';

/** Milliseconds for a test in a browser, on a machine that has much else to do. */
export const BROWSER_TIMEOUT = { timeout: 300_000 } as const;

/** @throws {Error} that says what to install, where there is none: browser tests are never left out silently */
export async function openChromium(): Promise<Browser> {
  return await chromium.launch(launchOptions());
}

/** Where frames of other sites have their cookies, which Debian’s Chromium refuses them unless it is told otherwise. */
export async function withThirdPartyCookies(
  visit: (context: BrowserContext) => Promise<void>,
  options: BrowserContextOptions = {},
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'ostiary-chromium-'));
  try {
    await mkdir(join(directory, 'Default'));
    const preferences = { profile: { cookie_controls_mode: 0 } };
    await writeFile(join(directory, 'Default', 'Preferences'), JSON.stringify(preferences));
    const context = await chromium.launchPersistentContext(directory, {
      ...launchOptions(),
      ...options,
    });
    await visit(context).finally(() => context.close());
  } finally {
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

function launchOptions(): LaunchOptions {
  if (!existsSync(EXECUTABLE)) {
    throw new Error(
      `Cannot test in a browser: install Debian’s chromium, so that ${EXECUTABLE} exists`,
    );
  }
  return {
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
  };
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
