/** One start tag of a page. */
export interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** Up to the next tag, entities decoded. */
  readonly text: string;
}

/**
 * The start tags of markup that is written as ours is: lower case, attributes in double quotes or without a value.
 * @throws {Error} at anything else, so that no markup hides in what this does not understand
 */
export function elementsOf(markup: string): readonly Element[] {
  const elements: Element[] = [];
  const tag =
    /<(style|script)( nonce="[^"<>]*")>[^<]*<\/\1>|<!doctype html>|<\/[a-z0-9]+>|<([a-z][a-z0-9]*)((?:\s+[a-z-]+(?:="[^"<>]*")?|\s+[a-zA-Z]+="[^"<>]*")*)\s*\/?>|[<>]/g;
  for (const match of markup.matchAll(tag)) {
    const [whole, special] = match;
    const name = match[3] ?? special;
    const attributes = match[4] ?? match[2] ?? '';
    if (whole.length === 1) {
      throw new Error(`Not our markup: ${markup.slice(match.index, match.index + 80)}`);
    }
    if (name === undefined) continue;
    const end = match.index + whole.length;
    const text = special === undefined ? markup.slice(end, markup.indexOf('<', end)) : '';
    elements.push({ name, attributes: attributesOf(attributes), text: decode(text).trim() });
  }
  return elements;
}

export function withId(elements: readonly Element[], id: string): Element | undefined {
  return elements.find((element) => element.attributes.get('id') === id);
}

export function named(elements: readonly Element[], name: string): readonly Element[] {
  return elements.filter((element) => element.name === name);
}

/** What a person sees of a page: the text between the tags, in one line. */
export function textOf(markup: string): string {
  const visible = markup.replace(/<(style|script|title)\b[^>]*>[^<]*<\/\1>/g, ' ');
  const spaced = visible.replace(/<\/?(?:li|p|div|h\d|d[td]|ul|button)\b[^>]*>/g, ' ');
  return decode(spaced.replace(/<[^>]*>/g, '')).replace(/\s+/g, ' ').trim();
}

function attributesOf(text: string): ReadonlyMap<string, string> {
  const pairs = Array.from(
    text.matchAll(/([a-zA-Z-]+)(?:="([^"]*)")?/g),
    ([, name = '', value = '']) => [name, decode(value)] as const,
  );
  if (new Set(pairs.map(([name]) => name)).size !== pairs.length) {
    throw new Error(`An attribute twice: ${text}`);
  }
  return new Map(pairs);
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&amp;', '&'],
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&#39;', "'"],
  ['&#96;', '`'],
]);

function decode(text: string): string {
  return text.replace(/&[^;]*;/g, (entity) => ENTITIES.get(entity) ?? entity);
}
