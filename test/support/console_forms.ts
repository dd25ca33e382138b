/** Forms of the console, sent as a browser would, and the record that is left. */
import { assertEquals } from './assert.ts';
import type { Page } from './browser.ts';
import { auditOf, type ConsoleOp } from './console.ts';

type Fields = Readonly<Record<string, string | readonly string[]>>;

/** Submits the page’s own form, which stands behind the search. */
export async function send(op: ConsoleOp, path: string, fields: Fields = {}): Promise<Page> {
  op.clock.now += 1;
  return await op.admin.submit(await op.admin.get(path), fields, {}, 'name="csrf"');
}

/** Some action that must leave exactly this record, by alice at the console. */
export async function leaves(
  op: ConsoleOp,
  action: string,
  target: string,
  act: () => Promise<Page>,
): Promise<Page> {
  // Records of one moment are in no order.
  op.clock.now += 1;
  const before = (await auditOf(op)).length;
  const page = await act();
  const records = await auditOf(op);
  const made = records.slice(0, records.length - before);
  assertEquals(
    made.map((each) => [each.action, each.target, each.actor]),
    [[action, target, { kind: 'console', user: op.alice.id }]],
    page.text.slice(page.text.indexOf('<main')).slice(0, 1500),
  );
  return page;
}

/** A form as a browser would send it: all its fields with what stands in them. */
export function filled(text: string): Record<string, string> {
  const fields: Record<string, string> = {};
  const form = text.slice(text.indexOf('name="csrf"'));
  for (const [tag] of form.matchAll(/<input\b[^>]*>/g)) {
    const name = attribute(tag, 'name');
    const isBox = tag.includes('type="checkbox"');
    if (name === '' || tag.includes('type="hidden"') || (isBox && !/\schecked/.test(tag))) continue;
    fields[name] = attribute(tag, 'value');
  }
  for (
    const [, attributes = '', body = ''] of form.matchAll(
      /<textarea([^>]*)>\n?([^]*?)<\/textarea>/g,
    )
  ) {
    fields[attribute(attributes, 'name')] = unescaped(body);
  }
  for (const [, attributes = '', body = ''] of form.matchAll(/<select([^>]*)>([^]*?)<\/select>/g)) {
    const options = [...body.matchAll(/<option[^>]*>/g)].map(([tag]) => tag);
    const chosen = options.find((tag) => /\sselected/.test(tag)) ?? options[0] ?? '';
    fields[attribute(attributes, 'name')] = attribute(chosen, 'value');
  }
  delete fields['new_subs'];
  return fields;
}

function attribute(tag: string, name: string): string {
  return unescaped(new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? '');
}

function unescaped(text: string): string {
  const entities: Record<string, string> = {
    '&lt;': '<',
    '&gt;': '>',
    '&quot;': '"',
    '&#39;': "'",
    '&#96;': '`',
    '&amp;': '&',
  };
  return text.replace(/&(?:lt|gt|quot|#39|#96|amp);/g, (each) => entities[each] ?? each);
}
