import { formParams } from '../endpoints/params.ts';
import type { Site } from '../endpoints/site.ts';
import type { RequestContext } from '../http/router.ts';
import type { Params } from '../spec/params.ts';
import { type BrowserCookies, cookiesOf } from './cookies.ts';
import { type Errand, errandFields, errandId, openErrand } from './errand.ts';
import { checkForm, csrfToken, type FormBinding } from './form_guard.ts';

/** Pages whose forms go along with an errand, before anybody is signed in. */
type FormPage = 'login' | 'login/passkey' | 'select-account' | 'sign-up';

/** A form that was filled in on the way. */
export interface ErrandForm {
  readonly params: Params;
  readonly cookies: BrowserCookies;
  readonly errand: Errand;
}

/** What the form of a page on the way carries unseen. */
export function errandHidden(
  page: FormPage,
  errand: Errand,
  browser: string,
  site: Site,
): Readonly<Record<string, string>> {
  return { csrf: csrfToken(bindingOf(page, errand, browser), site), ...errandFields(errand) };
}

/** Such a form, sent. @throws {OAuthError} `invalid_request` when it is not ours, or what it was for is over */
export async function readErrandForm(
  page: FormPage,
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<ErrandForm> {
  const params = await formParams(request, site.maxBodyBytes);
  const cookies = cookiesOf(request, context, site);
  const errand = await openErrand(params, cookies, site);
  checkForm(request, params, bindingOf(page, errand, cookies.browser ?? ''), site);
  return { params, cookies, errand };
}

function bindingOf(page: FormPage, errand: Errand, browser: string): FormBinding {
  return { page, browser, about: errandId(errand) };
}
