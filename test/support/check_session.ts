/** What the OP iframe's own script answers, run in a bare context. */
import { runInNewContext } from 'node:vm';
import { assertEquals } from './assert.ts';
import type { Browser } from './browser.ts';
import type { Op } from './op.ts';

export const STATE_COOKIE = '__Host-ostiary_state';

/** Of the page that frames it, unless a test says otherwise. */
export const APP_ORIGIN = 'https://app.example';

export interface Message {
  readonly data: unknown;
  readonly origin?: string;
  /** Which window posts it; default: the page that has framed it. */
  readonly from?: 'parent' | 'sibling';
}

export interface Frame {
  readonly cookie: string;
  /** Whether the browser lets frames of other sites have their cookies; absent: it does not tell. */
  readonly hasAccess?: boolean;
  /** By which the browser tells who frames it: absent, it does not tell. */
  readonly ancestorOrigins?: readonly string[];
  readonly referrer?: string;
  /** A window of its own, which nobody frames. */
  readonly isTop?: boolean;
}

/** The answer, or `silence`. */
export async function ask(op: Op, message: Message, frame: Frame): Promise<unknown> {
  const text = await (await op.fetch('/check_session')).text();
  const [, script = ''] = /<script>([\s\S]*)<\/script>/.exec(text) ?? [];
  const { data, origin = APP_ORIGIN, from = 'parent' } = message;
  const { cookie, hasAccess, ancestorOrigins, referrer = '', isTop = false } = frame;
  const answers: unknown[] = [];
  const source = {
    postMessage(answer: string, target: string) {
      assertEquals(target, origin);
      answers.push(answer);
    },
  };
  const window = {};
  const parent = isTop ? window : from === 'parent' ? source : {};
  runInNewContext(script, {
    window,
    parent,
    location: { ...ancestorOrigins !== undefined && { ancestorOrigins } },
    document: {
      cookie: `theme=dark; ${cookie}; x=${STATE_COOKIE}=y`,
      referrer,
      ...hasAccess !== undefined && { hasStorageAccess: () => Promise.resolve(hasAccess) },
    },
    TextEncoder,
    btoa,
    addEventListener: (_: string, listener: (event: object) => void) =>
      listener({ data, origin, source }),
  });
  // The script waits for nothing but promises that are settled.
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(answers.length <= 1, true);
  return answers.length === 0 ? 'silence' : answers[0];
}

/** As the browser has it. */
export function stateCookieOf({ cookies }: Browser): string {
  const value = cookies.get(STATE_COOKIE);
  return value === undefined ? 'none=1' : `${STATE_COOKIE}=${value}`;
}
