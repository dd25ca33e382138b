import type { Site } from '../endpoints/site.ts';
import { parseLocales } from '../engine/authorize/request.ts';
import { acceptedLanguages } from '../http/accept_language.ts';
import { languageChoice } from './language_cookie.ts';
import type { Look } from './look.ts';
import type { Messages } from './messages.ts';

/** What every view is given for the frame around it. */
export interface Frame {
  readonly nonce: string;
  readonly messages: Messages;
  readonly product: string;
  /** What every address of ours starts with. */
  readonly issuer: string;
  readonly look: Look;
  /** Absent where there is nothing to choose. */
  readonly picker?: LanguagePicker | undefined;
}

/** For another language. */
export interface LanguagePicker {
  readonly languages: readonly { readonly tag: string; readonly name: string }[];
  readonly current: string;
  /** What the application asks for, which a choice overrules. */
  readonly over: readonly string[];
  /** Path and query of the page to come back to. */
  readonly back: string;
}

/**
 * `ui_locales` is what the application asks for (Core §3.1.2.1); `back`, below the issuer, where the page can be had
 * again, by default at the address that was asked for.
 */
export function frameOf(nonce: string, site: Site, ui_locales?: string, back?: string): Frame {
  const { languages, look, productName, engine: { settings: { issuer } } } = site;
  const over = parseLocales(ui_locales) ?? [];
  const current = languageOf(site, ui_locales);
  const messages = languages.messages(current);
  const frame = { nonce, messages, product: productName, issuer, look };
  if (languages.rows.length < 2) return frame;
  const path = site.basePath + addressOf(site, back);
  return { ...frame, picker: { languages: languages.rows, current, over, back: path } };
}

/** The tag of the language that a page is in. */
export function languageOf(site: Site, ui_locales?: string): string {
  return site.languages.find(readersTags(site, parseLocales(ui_locales) ?? []))?.tag ?? 'en';
}

/** Best first. What somebody picked comes before what the application asks for only where they saw that and picked another. */
function readersTags({ asked, ...site }: Site, over: readonly string[]): readonly string[] {
  if (asked === undefined) return over;
  const { headers } = asked.request;
  const choice = languageChoice(headers.get('cookie'), site);
  const accepted = acceptedLanguages(headers.get('accept-language'));
  if (choice === undefined) return [...over, ...accepted];
  const isOverruled = over.length > 0 && choice.over.join() !== over.join();
  return [...isOverruled ? over : [], choice.tag, ...over, ...accepted];
}

/** What a query may hold to come back with: where somebody is on the way, in our own words. */
const OWN_FIELDS = /^(?:pending|device|host_request|account|use)=[A-Za-z0-9_.~-]+$/;

/** Nothing else that was sent is shown again (T065). */
function addressOf({ asked }: Site, back: string | undefined): string {
  if (asked === undefined || back !== undefined) return back ?? '/';
  const { path, query } = asked.context;
  const own = query.split('&').filter((pair) => OWN_FIELDS.test(pair));
  return own.length === 0 ? path : `${path}?${own.join('&')}`;
}
