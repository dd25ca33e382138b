import { cookieName, readCookies, serializeCookie } from '../http/cookies.ts';
import { randomToken } from '../keys/digest.ts';
import type { Site } from '../endpoints/site.ts';

/** The two cookies we set: who is signed in, and which browser a pending request belongs to. */
export interface BrowserCookies {
  readonly session: string | undefined;
  /** Absent until the first page. */
  readonly browser: string | undefined;
}

export function cookiesOf(request: Request, site: Site): BrowserCookies {
  const cookies = readCookies(request.headers.get('cookie'));
  const browser = cookies.get(nameOf('ostiary_browser', site));
  return {
    session: cookies.get(nameOf('ostiary_session', site)),
    browser: browser !== undefined && /^[A-Za-z0-9_-]{22}$/.test(browser) ? browser : undefined,
  };
}

/** The browser's name, given one if it has none; `setCookie` is empty when nothing changes. */
export function nameBrowser(
  cookies: BrowserCookies,
  site: Site,
): { browser: string; setCookie: readonly string[] } {
  if (cookies.browser !== undefined) return { browser: cookies.browser, setCookie: [] };
  const browser = randomToken(16);
  return { browser, setCookie: [setCookie('ostiary_browser', browser, site)] };
}

/** `maxAgeSeconds` absent: until the browser closes. */
export function sessionCookie(
  value: string,
  maxAgeSeconds: number | undefined,
  site: Site,
): string {
  return setCookie('ostiary_session', value, site, maxAgeSeconds);
}

function setCookie(base: string, value: string, site: Site, maxAgeSeconds?: number): string {
  const path = site.isSecure ? '/' : site.basePath || '/';
  return serializeCookie(nameOf(base, site), value, {
    secure: site.isSecure,
    path,
    ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
  });
}

function nameOf(base: string, site: Site): string {
  return cookieName(base, site.isSecure, site.basePath);
}
