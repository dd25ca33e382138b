import { formParams, queryParams } from '../../endpoints/params.ts';
import type { Site, SiteHandler } from '../../endpoints/site.ts';
import { missingProof } from '../../engine/fresh.ts';
import { listWaitingRequests } from '../../engine/ciba/answer.ts';
import { findSession, type Session } from '../../engine/session.ts';
import type { Html } from '../../http/html.ts';
import { newNonce, page as pageResponse, seeOther } from '../../http/respond.ts';
import type { RequestContext } from '../../http/router.ts';
import type { Params } from '../../spec/params.ts';
import { type AccountPage, accountUrl } from '../account_pages.ts';
import { type BrowserCookies, cookiesOf, nameBrowser } from '../cookies.ts';
import { errandUrl } from '../errand.ts';
import { checkForm, csrfToken, type FormBinding } from '../form_guard.ts';
import { type Frame, frameOf } from '../frame.ts';

/** Somebody at a page of their account. */
export interface Visit {
  readonly page: AccountPage;
  readonly session: Session;
  readonly cookies: BrowserCookies;
  readonly request: Request;
  readonly context: RequestContext;
  /** Requests of applications that wait for the person's answer. */
  readonly waiting: number;
}

/** What a page has just done, told once: the query names which of these sentences. */
export const NOTICES = [
  'profile_saved',
  'password_changed',
  'session_ended',
  'sessions_ended',
  'application_revoked',
  'consent_removed',
  'factor_added',
  'factor_removed',
  'request_approved',
  'request_denied',
  'request_over',
  'user_code_set',
  'user_code_removed',
] as const;
export type AccountNotice = (typeof NOTICES)[number];

export interface VisitOptions {
  /** Whether whoever comes must have proven lately who they are. */
  readonly isFresh?: boolean;
}

type Show = (visit: Visit, site: Site) => Promise<Response>;
type Act = (visit: Visit, params: Params, site: Site) => Promise<Response>;

/** A page for whoever is signed in; others sign in first, and come back to it. */
export function onVisit(page: AccountPage, show: Show, options: VisitOptions = {}): SiteHandler {
  return async (request, context, site) => {
    const visit = await visitOf(page, request, context, options, site);
    return visit instanceof Response ? visit : await show(visit, site);
  };
}

/** A form of such a page, and of this very session (T106). */
export function onForm(page: AccountPage, act: Act, options: VisitOptions = {}): SiteHandler {
  return async (request, context, site) => {
    const params = await formParams(request, site.maxBodyBytes);
    const visit = await visitOf(page, request, context, {}, site);
    if (visit instanceof Response) return visit;
    checkVisitForm(visit, params, site);
    const detour = options.isFresh === true ? await proofFor(visit, site) : undefined;
    return detour ?? await act(visit, params, site);
  };
}

/** T106. @throws {OAuthError} `invalid_request` when the form is not of this page and session */
export function checkVisitForm(visit: Visit, params: Params, site: Site): void {
  checkForm(visit.request, params, bindingOf(visit, visit.cookies.browser ?? ''), site);
}

/** Where to prove anew who one is; undefined when that was done lately. T100 */
export async function proofFor(
  { page, session }: Visit,
  site: Site,
): Promise<Response | undefined> {
  const errand = { kind: 'account', page } as const;
  switch (await missingProof(session, site.engine)) {
    case 'password':
      return seeOther(errandUrl('login', errand, site));
    case 'second_factor':
      return seeOther(errandUrl('login/second-factor', errand, site));
    case undefined:
      return undefined;
  }
}

/** What the views of the account are given besides what they show. */
export interface AccountFrame extends Frame {
  readonly section: AccountPage;
  readonly username: string;
  readonly action: string;
  readonly hidden: Readonly<Record<string, string>>;
  readonly notice?: string;
  readonly waiting?: number;
}

/** A page of the account, made by a view. */
export function accountPage(
  visit: Visit,
  view: (frame: AccountFrame) => Html,
  site: Site,
  { status = 200, headers = {} }: {
    readonly status?: number;
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): Response {
  const nonce = newNonce();
  const { page, session, cookies, context } = visit;
  const { browser, setCookie } = nameBrowser(cookies, site);
  const frame = frameOf(nonce, site);
  const done = NOTICES.find((each) => each === queryParams(context.query).get('done'));
  const body = view({
    ...frame,
    section: page,
    username: session.user.username,
    action: accountUrl(page, site.engine.settings.issuer),
    waiting: visit.waiting,
    hidden: { csrf: csrfToken(bindingOf(visit, browser), site) },
    ...(done === undefined ? {} : { notice: frame.messages.text(`account_done.${done}`) }),
  });
  return pageResponse(body, { nonce, status, headers, cookies: setCookie, hsts: site.isSecure });
}

/** Back to the page, with the news. */
export function doneWith(
  visit: Visit,
  notice: AccountNotice,
  site: Site,
  setCookies: readonly string[] = [],
): Response {
  const url = accountUrl(visit.page, site.engine.settings.issuer);
  return seeOther(`${url}?done=${notice}`, setCookies);
}

/** Whoever is signed in, or the way to sign in. */
export async function visitOf(
  page: AccountPage,
  request: Request,
  context: RequestContext,
  { isFresh = false }: VisitOptions,
  site: Site,
): Promise<Visit | Response> {
  const cookies = cookiesOf(request, context, site);
  const session = await findSession(cookies.session, site.engine);
  if (session === undefined) {
    return seeOther(errandUrl('login', { kind: 'account', page }, site));
  }
  const waiting = (await listWaitingRequests(session.user.id, site.engine)).length;
  const visit = { page, session, cookies, request, context, waiting };
  return (isFresh ? await proofFor(visit, site) : undefined) ?? visit;
}

function bindingOf({ page, session }: Visit, browser: string): FormBinding {
  const { sid } = session.record;
  return { page: `account/${page}`, browser, about: session.user.id, sid };
}
