import type { Place } from '../engine/session.ts';
import { placeOf, type Site } from '../endpoints/site.ts';
import { readCookies, serializeCookie } from '../http/cookies.ts';
import type { RequestContext } from '../http/router.ts';
import { randomToken, sha256 } from '../keys/digest.ts';

/** What a browser brings along: who is signed in there, and its name, to which pending requests are bound. */
export interface BrowserCookies {
  /** Of the account in use. */
  readonly session: string | undefined;
  /** All that are signed in, as the browser says, that in use first. */
  readonly accounts: readonly AccountCookie[];
  /** Absent until the first page. */
  readonly browser: string | undefined;
  /** What our frames read of who is signed in; '' for nobody. Session Management §4.2 */
  readonly state: string;
  readonly place: Place;
}

/** The cookie value of one session. */
export interface AccountCookie {
  /** `sid.secret` */
  readonly value: string;
  /** Stays when the browser is closed. */
  readonly remember: boolean;
}

/** Accounts in one browser; of more, the one longest unused leaves. */
const MAX_ACCOUNTS = 5;

/**
 * Sessions that end with the browser are in one cookie, those that stay in another. The first lists all of them in the
 * order of use, and of one that is in the other only its sid.
 */
const JARS = { session: 'ostiary_session', remembered: 'ostiary_remembered' } as const;

const STATE = 'ostiary_state';

export function cookiesOf(request: Request, context: RequestContext, site: Site): BrowserCookies {
  const cookies = readCookies(request.headers.get('cookie'));
  const browser = cookies.get(site.cookieName('ostiary_browser'));
  const accounts = accountsIn(
    cookies.get(site.cookieName(JARS.session)),
    cookies.get(site.cookieName(JARS.remembered)),
  );
  return {
    session: accounts[0]?.value,
    accounts,
    browser: browser !== undefined && /^[A-Za-z0-9_-]{22}$/.test(browser) ? browser : undefined,
    state: cookies.get(stateCookieName(site)) ?? '',
    place: placeOf(request, context, site),
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

/** With this session in use, in place of an earlier one of its sid. */
export function withAccount(cookies: BrowserCookies, account: AccountCookie): BrowserCookies {
  const sid = sidOf(account.value);
  const others = cookies.accounts.filter(({ value }) => sidOf(value) !== sid);
  return withAccounts(cookies, [account, ...others].slice(0, MAX_ACCOUNTS));
}

/** With another of the browser's sessions in use. */
export function withActive(cookies: BrowserCookies, sid: string): BrowserCookies {
  const account = cookies.accounts.find(({ value }) => sidOf(value) === sid);
  return account === undefined ? cookies : withAccount(cookies, account);
}

export function withoutAccount(cookies: BrowserCookies, sid: string): BrowserCookies {
  return withAccounts(cookies, cookies.accounts.filter(({ value }) => sidOf(value) !== sid));
}

/** With these sessions alone. */
export function withOnly(cookies: BrowserCookies, sids: ReadonlySet<string>): BrowserCookies {
  return withAccounts(cookies, cookies.accounts.filter(({ value }) => sids.has(sidOf(value))));
}

/** The OP browser state: another one after each sign-in and sign-out, and no secret. Session Management §4.2 */
export function browserStateOf({ accounts }: BrowserCookies): string {
  if (accounts.length === 0) return '';
  return sha256(`browser state ${accounts.map(({ value }) => sidOf(value)).toSorted().join(' ')}`);
}

export function stateCookieName(site: Site): string {
  return site.cookieName(STATE);
}

/** What a browser whose state is another one must be told. Frames on other sites read it, too, where browsers let them. */
export function stateCookies(cookies: BrowserCookies, site: Site): readonly string[] {
  const state = browserStateOf(cookies);
  if (state === cookies.state) return [];
  const stays = cookies.accounts.some(({ remember }) => remember);
  const age = state === '' ? 0 : stays ? site.engine.settings.sessions.remember : undefined;
  return [serializeCookie(stateCookieName(site), state, {
    ...whereOf(site),
    ...site.isSecure && { sameSite: 'None' },
    isReadable: true,
    ...age !== undefined && { maxAgeSeconds: age },
  })];
}

/** What a browser must be told so that it brings these sessions next time. */
export function accountCookies(
  before: BrowserCookies,
  after: BrowserCookies,
  site: Site,
): readonly string[] {
  const { accounts } = after;
  const remembered = accounts.filter(({ remember }) => remember).map(({ value }) => value);
  const isMixed = remembered.length > 0 && remembered.length < accounts.length;
  const all = isMixed
    ? accounts.map(({ value, remember }) => remember ? sidOf(value) : value)
    : remembered.length > 0
    ? []
    : accounts.map(({ value }) => value);
  const wasRemembered = before.accounts.some(({ remember }) => remember);
  const wasListed = before.accounts.some(({ remember }) => !remember);
  return [
    ...all.length > 0 || wasListed
      ? [setCookie(JARS.session, all.join('~'), site, all.length === 0 ? 0 : undefined)]
      : [],
    ...remembered.length > 0 || wasRemembered
      ? [setCookie(
        JARS.remembered,
        remembered.join('~'),
        site,
        remembered.length === 0 ? 0 : site.engine.settings.sessions.remember,
      )]
      : [],
    ...stateCookies(after, site),
  ];
}

export function sidOf(value: string): string {
  return value.split('.', 1)[0] ?? '';
}

function withAccounts(
  cookies: BrowserCookies,
  accounts: readonly AccountCookie[],
): BrowserCookies {
  return { ...cookies, session: accounts[0]?.value, accounts };
}

function accountsIn(
  listed: string | undefined,
  remembered: string | undefined,
): readonly AccountCookie[] {
  const stays = new Map(valuesIn(remembered).map((value) => [sidOf(value), value]));
  const accounts = valuesIn(listed).flatMap((value): readonly AccountCookie[] => {
    if (value.includes('.')) return [{ value, remember: false }];
    const kept = stays.get(value);
    stays.delete(value);
    return kept === undefined ? [] : [{ value: kept, remember: true }];
  });
  const rest = [...stays.values()].map((value) => ({ value, remember: true }));
  return [...accounts, ...rest].slice(0, MAX_ACCOUNTS);
}

function valuesIn(cookie: string | undefined): readonly string[] {
  return cookie === undefined || cookie === '' ? [] : cookie.split('~', MAX_ACCOUNTS + 1);
}

function setCookie(base: string, value: string, site: Site, maxAgeSeconds?: number): string {
  return serializeCookie(site.cookieName(base), value, {
    ...whereOf(site),
    ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
  });
}

function whereOf(
  { isSecure, basePath }: Site,
): { readonly secure: boolean; readonly path: string } {
  return { secure: isSecure, path: isSecure ? '/' : basePath || '/' };
}
