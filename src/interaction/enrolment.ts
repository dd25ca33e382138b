import { formParams, queryParams } from '../endpoints/params.ts';
import type { Site, SiteHandler } from '../endpoints/site.ts';
import { noteActivity } from '../engine/activity.ts';
import { hasSecondFactor } from '../engine/factors/factors.ts';
import { remainingRecoveryCodes } from '../engine/factors/recovery.ts';
import { missingProof } from '../engine/fresh.ts';
import { findSession, type Session } from '../engine/session.ts';
import { seeOther } from '../http/respond.ts';
import type { RequestContext } from '../http/router.ts';
import type { Params } from '../spec/params.ts';
import { type AccountPage, accountUrl } from './account_pages.ts';
import { type BrowserCookies, cookiesOf } from './cookies.ts';
import {
  type Errand,
  errandCard,
  errandFields,
  errandFrame,
  errandId,
  errandUrl,
  findSessionToRaise,
  openErrand,
  resumeErrand,
} from './errand.ts';
import { checkForm, csrfToken, type FormBinding } from './form_guard.ts';
import { notify } from './notices.ts';
import { raise } from './raise.ts';
import type { FactorPage } from './views/factor_layout.ts';

export type EnrolmentPage = Extract<AccountPage, 'totp' | 'passkey' | 'recovery-codes'>;

/** Somebody who may add what proves who they are: for an application that asks for it, or on their own. */
export interface Enrolment {
  readonly page: EnrolmentPage;
  readonly errand: Errand;
  readonly session: Session;
  readonly cookies: BrowserCookies;
}

type Show = (enrolment: Enrolment, site: Site) => Response | Promise<Response>;
type Act = (enrolment: Enrolment, params: Params, site: Site) => Promise<Response>;

/** A page for whoever may add a factor; others go where that is found out, and come back to it. T100 */
export function onEnrolment(page: EnrolmentPage, show: Show): SiteHandler {
  return async (request, context, site) => {
    const params = queryParams(context.query);
    const enrolment = await enrolmentOf(page, params, request, context, site);
    return enrolment instanceof Response ? enrolment : await show(enrolment, site);
  };
}

/** The form of such a page, and of this very session (T106). */
export function onEnrolmentForm(page: EnrolmentPage, act: Act): SiteHandler {
  return async (request, context, site) => {
    const params = await formParams(request, site.maxBodyBytes);
    const enrolment = await enrolmentOf(page, params, request, context, site);
    if (enrolment instanceof Response) return enrolment;
    checkForm(request, params, bindingOf(enrolment), site);
    return await act(enrolment, params, site);
  };
}

/** A factor was added, and proven by that: on to recovery codes where there are none, else to what it was for. */
export async function enrolled(
  { errand, session, cookies }: Enrolment,
  amr: readonly string[],
  site: Site,
): Promise<Response> {
  const { user } = session;
  const { engine } = site;
  await noteActivity(user.id, { kind: 'factor_added', ...cookies.place }, engine);
  notify(user, 'factor_added', engine);
  const raised = await raise(session, amr, cookies, site);
  if (await remainingRecoveryCodes(user.id, engine) === 0) {
    return seeOther(errandUrl('account/recovery-codes', errand, site), raised.setCookies);
  }
  return errand.kind === 'account'
    ? seeOther(`${engine.settings.issuer}/account/factors?done=factor_added`, raised.setCookies)
    : await resumeErrand(errand, raised.cookies, raised.setCookies, site);
}

/** Where whoever is done with a page of enrolment goes on. */
export function nextUrl({ errand }: Enrolment, site: Site): string {
  return errand.kind === 'account'
    ? `${site.engine.settings.issuer}/account/factors`
    : errandUrl('login/second-factor', errand, site);
}

/** What the views of enrolment have in common. */
export function enrolmentFrame(
  nonce: string,
  { page, errand, session }: Enrolment,
  site: Site,
): FactorPage {
  const client = errandCard(errand, site);
  return {
    ...errandFrame(nonce, `account/${page}`, errand, site),
    username: session.user.username,
    ...(client === undefined ? {} : { client }),
  };
}

/** Where its form goes, and what it is bound to. */
export function enrolmentForm(
  enrolment: Enrolment,
  site: Site,
): { readonly action: string; readonly hidden: Readonly<Record<string, string>> } {
  const { page, errand } = enrolment;
  return {
    action: `${site.engine.settings.issuer}/account/${page}`,
    hidden: { csrf: csrfToken(bindingOf(enrolment), site), ...errandFields(errand) },
  };
}

/** Or where somebody has to go first: to sign in, or to prove a factor that they have. T100 */
async function enrolmentOf(
  page: EnrolmentPage,
  params: Params,
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Enrolment | Response> {
  const cookies = cookiesOf(request, context, site);
  const given = await openErrand(params, cookies, site);
  const errand: Errand = given.kind === 'none' ? { kind: 'account', page } : given;
  // On the way to an application it may be another of the accounts here.
  const session = await findSessionToRaise(errand, cookies, site) ??
    await findSession(cookies.session, site.engine);
  const switched = `${errandUrl('login', errand, site)}${
    errand.kind === 'account' ? '' : '&switch=yes'
  }`;
  if (session === undefined) return seeOther(errandUrl('login', errand, site));
  switch (await missingProof(session, site.engine)) {
    case 'password':
      return seeOther(switched);
    case 'second_factor':
      return seeOther(errandUrl('login/second-factor', errand, site));
    case undefined:
      return page === 'recovery-codes' && !await hasSecondFactor(session.user.id, site.engine)
        // Codes stand in for a factor. Made before there is one, they would wait for whoever made them.
        ? seeOther(accountUrl('factors', site.engine.settings.issuer))
        : { page, errand, session, cookies };
  }
}

function bindingOf({ page, errand, session, cookies }: Enrolment): FormBinding {
  return {
    page: `account/${page}`,
    browser: cookies.browser ?? '',
    about: errandId(errand),
    sid: session.record.sid,
  };
}
