import type { Site } from '../endpoints/site.ts';
import { readCookies, serializeCookie } from '../http/cookies.ts';

/** A language that somebody picked. */
export interface LanguageChoice {
  readonly tag: string;
  /** What the application asked for on that page: asking for the same again, it does not get it. */
  readonly over: readonly string[];
}

type NamedSite = Pick<Site, 'cookieName'>;

const YEAR_SECONDS = 365 * 24 * 3600;

export function languageChoice(
  cookieHeader: string | null,
  site: NamedSite,
): LanguageChoice | undefined {
  if (cookieHeader?.includes('ostiary_language') !== true) return undefined;
  const value = readCookies(cookieHeader).get(nameOf(site)) ?? '';
  const [tag, ...over] = value.split('.', 11);
  return tag === undefined || !/^[a-z]{2,3}$/.test(tag) ? undefined : { tag, over };
}

/** @throws {TypeError} when what is in it has other characters than language tags have */
export function languageCookie({ tag, over }: LanguageChoice, site: Site): string {
  return serializeCookie(nameOf(site), [tag, ...over].join('.'), {
    secure: site.isSecure,
    path: site.isSecure ? '/' : site.basePath || '/',
    maxAgeSeconds: YEAR_SECONDS,
  });
}

function nameOf({ cookieName }: NamedSite): string {
  return cookieName('ostiary_language');
}
