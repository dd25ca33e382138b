import type { Site } from '../endpoints/site.ts';
import { findSession, type Session } from '../engine/session.ts';
import { type PageOptions, seeOther } from '../http/respond.ts';
import type { Params } from '../spec/params.ts';
import { accountUrl } from './account_pages.ts';
import type { ClientCard } from './client_card.ts';
import type { BrowserCookies } from './cookies.ts';
import type { Step } from './errands/kind.ts';
import { ERRAND_KINDS, kindOf, type SomeErrand } from './errands/kinds.ts';
import { type Frame, frameOf, languageOf } from './frame.ts';

/**
 * What somebody signs in or signs up for. It travels sealed, so nothing is stored before, and nobody but us says where
 * a sign-in leads.
 */
export type Errand = SomeErrand | { readonly kind: 'none' };

/** The errand that a query or a form brings. @throws {OAuthError} `invalid_request` when it is over, or not of this browser */
export async function openErrand(
  params: Params,
  cookies: BrowserCookies,
  site: Site,
): Promise<Errand> {
  for (const { parameter, open } of Object.values(ERRAND_KINDS)) {
    const value = params.get(parameter);
    const errand = value === undefined ? undefined : await open(value, cookies, site);
    if (errand !== undefined) return errand;
  }
  return { kind: 'none' };
}

/** Whether nothing but a sign-in can come next. */
export async function isSignInDue(
  errand: Errand,
  cookies: BrowserCookies,
  site: Site,
): Promise<boolean> {
  return (await stepFor(errand, cookies, site)).kind === 'login';
}

/** The session that has to prove a second factor now; undefined when none has to. */
export async function findSessionToRaise(
  errand: Errand,
  cookies: BrowserCookies,
  site: Site,
): Promise<Session | undefined> {
  const step = await stepFor(errand, cookies, site);
  return step.kind === 'second_factor' ? step.session : undefined;
}

async function stepFor(errand: Errand, cookies: BrowserCookies, site: Site): Promise<Step> {
  if (errand.kind !== 'none') return await kindOf(errand).step(errand, cookies, site);
  const session = await findSession(cookies.session, site.engine);
  return { kind: session === undefined ? 'login' : 'ready' };
}

/** On with it, signed in. */
export async function resumeErrand(
  errand: Errand,
  cookies: BrowserCookies,
  setCookies: readonly string[],
  site: Site,
): Promise<Response> {
  return errand.kind === 'none'
    ? seeOther(accountUrl('overview', site.engine.settings.issuer), setCookies)
    : await kindOf(errand).resume(errand, { cookies, setCookies }, site);
}

/** What forms for it are bound to. */
export function errandId(errand: Errand): string {
  return errand.kind === 'none' ? 'sign-in' : kindOf(errand).idOf(errand);
}

/** The field, of a form or a query, that carries it. */
export function errandFields(errand: Errand): Readonly<Record<string, string>> {
  if (errand.kind === 'none') return {};
  const { parameter, valueOf } = kindOf(errand);
  return { [parameter]: valueOf(errand) };
}

/** Pages on the way. */
export type ErrandPage =
  | 'login'
  | 'login/second-factor'
  | 'select-account'
  | 'sign-up'
  | 'account/totp'
  | 'account/passkey'
  | 'account/recovery-codes';

/** One of our pages, with the errand in its query. */
export function errandUrl(page: ErrandPage, errand: Errand, site: Site): string {
  const query = new URLSearchParams(errandFields(errand)).toString();
  return `${site.engine.settings.issuer}/${page}${query === '' ? '' : `?${query}`}`;
}

/** The frame of such a page, in the language that the application asks for. */
export function errandFrame(nonce: string, page: ErrandPage, errand: Errand, site: Site): Frame {
  const { issuer } = site.engine.settings;
  return frameOf(
    nonce,
    site,
    localesOf(errand),
    errandUrl(page, errand, site).slice(issuer.length),
  );
}

function localesOf(errand: Errand): string | undefined {
  return errand.kind === 'none' ? undefined : kindOf(errand).localesOf?.(errand);
}

/** Who asks; absent when nobody but the person does. */
export function errandCard(errand: Errand, site: Site): ClientCard | undefined {
  if (errand.kind === 'none') return undefined;
  return kindOf(errand).cardOf?.(errand, languageOf(site, localesOf(errand)));
}

/** What a page on the way may load, and where its form may lead in the end. */
export function errandPageOptions(errand: Errand, site: Site): Partial<PageOptions> {
  if (errand.kind === 'none') return {};
  return kindOf(errand).pageOptionsOf?.(errand, languageOf(site, localesOf(errand))) ?? {};
}
