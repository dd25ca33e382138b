import type { Site } from '../endpoints/site.ts';
import { noteActivity } from '../engine/activity.ts';
import { remainingRecoveryCodes } from '../engine/factors/recovery.ts';
import { missingProof } from '../engine/fresh.ts';
import { findSession, type Session } from '../engine/session.ts';
import { seeOther } from '../http/respond.ts';
import type { RequestContext } from '../http/router.ts';
import type { Params } from '../spec/params.ts';
import type { AccountPage } from './account_pages.ts';
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
import { csrfToken, type FormBinding } from './form_guard.ts';
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

/** Or where somebody has to go first: to sign in, or to prove a factor that they have. T100 */
export async function enrolmentOf(
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
      return { page, errand, session, cookies };
  }
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
  const client = errandCard(errand);
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
    hidden: { csrf: csrfToken(enrolmentBinding(enrolment), site), ...errandFields(errand) },
  };
}

export function enrolmentBinding({ page, errand, session, cookies }: Enrolment): FormBinding {
  return {
    page: `account/${page}`,
    browser: cookies.browser ?? '',
    about: errandId(errand),
    sid: session.record.sid,
  };
}
