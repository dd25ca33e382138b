import type { LanguageRow } from '../../src/interaction/languages.ts';
import type { MessageId } from '../../src/interaction/messages.ts';
import { en } from '../../src/interaction/messages/en.ts';

/** A language in which every text is English with the tag before it: there in full, and told from any other. */
export function foreign(tag: string, lang: string = tag, dir: 'ltr' | 'rtl' = 'ltr'): LanguageRow {
  const texts = Object.fromEntries(
    Object.entries(en).map(([id, text]) => [id, `${tag}: ${text}`]),
  ) as Record<MessageId, string>;
  return { tag, name: `Language ${tag}`, load: () => Promise.resolve({ lang, dir, texts }) };
}
