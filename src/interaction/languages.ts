import { english, type Language, type Messages, messagesOf } from './messages.ts';

/** A language that pages can be in; its table is loaded when it is first needed. */
export interface LanguageRow {
  /** The tag by which it is asked for (BCP 47). */
  readonly tag: string;
  /** In its own words. */
  readonly name: string;
  readonly load: () => Promise<Language>;
}

/** In the order of the picker. English is there for what others do not cover. */
export const LANGUAGES: readonly LanguageRow[] = [
  { tag: 'en', name: 'English', load: () => Promise.resolve(english) },
  { tag: 'de', name: 'Deutsch', load: async () => (await import('./messages/de.ts')).de },
  { tag: 'fr', name: 'Français', load: async () => (await import('./messages/fr.ts')).fr },
  { tag: 'es', name: 'Español', load: async () => (await import('./messages/es.ts')).es },
  { tag: 'pt', name: 'Português', load: async () => (await import('./messages/pt.ts')).pt },
  { tag: 'it', name: 'Italiano', load: async () => (await import('./messages/it.ts')).it },
  { tag: 'nl', name: 'Nederlands', load: async () => (await import('./messages/nl.ts')).nl },
  { tag: 'pl', name: 'Polski', load: async () => (await import('./messages/pl.ts')).pl },
  { tag: 'ja', name: '日本語', load: async () => (await import('./messages/ja.ts')).ja },
  { tag: 'zh', name: '简体中文', load: async () => (await import('./messages/zh.ts')).zh },
  { tag: 'ar', name: 'العربية', load: async () => (await import('./messages/ar.ts')).ar },
];

/** The languages of one instance. */
export interface Languages {
  readonly rows: readonly LanguageRow[];
  /** The first of these tags that there is a language for, or a wider tag of it. RFC 4647 §3.4 */
  find(tags: readonly string[]): LanguageRow | undefined;
  /** By the tag of a row; English until the tables are loaded. */
  messages(tag: string): Messages;
  /** Loads the tables, once; undefined when they are there. */
  load(): Promise<void> | undefined;
}

/** None of the tables is loaded before the first page: machines that ask for tokens only never need them. */
export function createLanguages(rows: readonly LanguageRow[] = LANGUAGES): Languages {
  let loaded: ReadonlyMap<string, Messages> | undefined;
  let loading: Promise<void> | undefined;
  const fallback = messagesOf(english);

  async function loadAll(): Promise<void> {
    try {
      loaded = new Map(
        await Promise.all(
          rows.map(async ({ tag, load }) => [tag, messagesOf(await load())] as const),
        ),
      );
    } finally {
      // So that a failure, such as too many open files, is not for ever.
      loading = undefined;
    }
  }

  return {
    rows,
    find: (tags) => lookUp(tags, rows),
    messages: (tag) => loaded?.get(tag) ?? fallback,
    load: () => loaded === undefined ? loading ??= loadAll() : undefined,
  };
}

/** For what is not a page, such as mail. */
export async function loadMessages(
  tags: readonly string[],
  rows: readonly LanguageRow[] = LANGUAGES,
): Promise<Messages> {
  return messagesOf(await lookUp(tags, rows)?.load() ?? english);
}

function lookUp(tags: readonly string[], rows: readonly LanguageRow[]): LanguageRow | undefined {
  for (const tag of tags) {
    for (let range = tag.toLowerCase(); range !== ''; range = wider(range)) {
      const row = rows.find((each) => each.tag === range);
      if (row !== undefined) return row;
    }
  }
  return undefined;
}

/** Without the last subtag, nor a single letter before it, which means nothing alone. */
function wider(range: string): string {
  return range.replace(/(?:-[^-])?(?:^|-)[^-]*$/, '');
}
