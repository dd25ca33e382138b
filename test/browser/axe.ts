/** axe-core's judgement of a page, as violations that people can read. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { AssertionError } from '../support/assert.ts';

/** Rules of WCAG 2.0 to 2.2, A and AA, and what axe-core calls best practice. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

const SCRIPT = fileURLToPath(import.meta.resolve('axe-core/axe.min.js'));

let source: Promise<string> | undefined;

/** In a context with `bypassCSP`, as our pages run no scripts but their own. @throws {AssertionError} that lists what axe-core finds */
export async function checkAccessible(page: Page, where: string): Promise<void> {
  const found = await violations(page);
  if (found.length === 0) return;
  throw new AssertionError({ message: [`${where}:`, ...found].join('\n  ') });
}

/** Rules that the colours alone decide: for a second look at the same page in another scheme. */
export const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];

/** One line for each element that breaks a rule; of all rules, or of these. */
export async function violations(
  page: Page,
  rules?: readonly string[],
): Promise<readonly string[]> {
  source ??= readFile(SCRIPT, 'utf8');
  await page.evaluate(await source);
  const runOnly = rules === undefined
    ? { type: 'tag', values: TAGS }
    : { type: 'rule', values: rules };
  const results = await page.evaluate(
    (options) => (globalThis as unknown as { axe: Axe }).axe.run(options),
    { resultTypes: ['violations'], runOnly },
  );
  return results.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) =>
      `${id}: ${help}: ${html.slice(0, 200)} (${failureSummary?.replace(/\s+/g, ' ')})`
    )
  );
}

interface Axe {
  run(options: object): Promise<{
    readonly violations: readonly {
      readonly id: string;
      readonly help: string;
      readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
    }[];
  }>;
}
