const trusted: unique symbol = Symbol('trusted markup');

/** Markup that may go on a page as it is; only `html` and `trustedHtml` make it, so no parsed JSON can pass for it. */
export interface Html {
  readonly markup: string;
  readonly [trusted]: true;
}

export type HtmlValue = Html | string | number | boolean | null | undefined | readonly Html[];

/**
 * Markup with every value escaped, for text and for attributes in quotes. null, undefined and false leave nothing.
 * Escaping does not make a URL safe to follow: `href` and `src` take only values whose scheme was checked.
 */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  let markup = strings[0] ?? '';
  for (let i = 0; i < values.length; i++) markup += render(values[i]) + (strings[i + 1] ?? '');
  return trustedHtml(markup);
}

/** For constants of ours alone (icons, style sheets): nothing that came from outside may pass here. */
export function trustedHtml(markup: string): Html {
  return { markup, [trusted]: true };
}

function render(value: HtmlValue): string {
  if (value === null || value === undefined || value === false) return '';
  if (Array.isArray(value)) return value.map(markupOf).join('');
  if (typeof value === 'object') return markupOf(value);
  return escape(String(value));
}

function markupOf(value: unknown): string {
  if (typeof value === 'object' && value !== null && trusted in value && 'markup' in value) {
    return String(value.markup);
  }
  throw new TypeError('Cannot put a value on a page that is neither text nor html`…`');
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
  ['`', '&#96;'],
]);

function escape(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => ENTITIES.get(character) ?? '');
}
