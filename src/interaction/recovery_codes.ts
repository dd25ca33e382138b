import { formParams, queryParams } from '../endpoints/params.ts';
import type { Site } from '../endpoints/site.ts';
import { noteActivity } from '../engine/activity.ts';
import { hasSecondFactor } from '../engine/factors/factors.ts';
import { newRecoveryCodes, remainingRecoveryCodes } from '../engine/factors/recovery.ts';
import { newNonce, page, seeOther } from '../http/respond.ts';
import type { RequestContext } from '../http/router.ts';
import type { Params } from '../spec/params.ts';
import { accountUrl } from './account_pages.ts';
import {
  type Enrolment,
  enrolmentBinding,
  enrolmentForm,
  enrolmentFrame,
  enrolmentOf,
  nextUrl,
} from './enrolment.ts';
import { errandPageOptions } from './errand.ts';
import { errorPage } from './error_page.ts';
import { checkForm } from './form_guard.ts';
import { newRecoveryCodesView, recoveryCodesView } from './views/recovery_codes.ts';

/** `/account/recovery-codes`: how many are left, and new ones, which are shown once. */
export async function recoveryCodes(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  try {
    const params = queryParams(context.query);
    const enrolment = await codesOf(params, request, context, site);
    if (enrolment instanceof Response) return enrolment;
    const nonce = newNonce();
    const view = recoveryCodesView({
      ...enrolmentFrame(nonce, enrolment, site),
      ...enrolmentForm(enrolment, site),
      remaining: await remainingRecoveryCodes(enrolment.session.user.id, site.engine),
      nextUrl: nextUrl(enrolment, site),
    });
    return page(view, { ...errandPageOptions(enrolment.errand), nonce, hsts: site.isSecure });
  } catch (error) {
    return errorPage(error, context, site);
  }
}

export async function submitRecoveryCodes(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  try {
    const params = await formParams(request, site.maxBodyBytes);
    const enrolment = await codesOf(params, request, context, site);
    if (enrolment instanceof Response) return enrolment;
    checkForm(request, params, enrolmentBinding(enrolment), site);
    const { session: { user }, cookies: { place } } = enrolment;
    const codes = await newRecoveryCodes(user.id, site.engine);
    await noteActivity(user.id, { kind: 'recovery_codes_made', ...place }, site.engine);
    const nonce = newNonce();
    const view = newRecoveryCodesView({
      ...enrolmentFrame(nonce, enrolment, site),
      codes,
      nextUrl: nextUrl(enrolment, site),
    });
    return page(view, { ...errandPageOptions(enrolment.errand), nonce, hsts: site.isSecure });
  } catch (error) {
    return errorPage(error, context, site);
  }
}

/** Codes stand in for a second factor. Made before there is one, they would wait for whoever made them. T100 */
async function codesOf(
  params: Params,
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Enrolment | Response> {
  const enrolment = await enrolmentOf('recovery-codes', params, request, context, site);
  if (enrolment instanceof Response) return enrolment;
  return await hasSecondFactor(enrolment.session.user.id, site.engine)
    ? enrolment
    : seeOther(accountUrl('factors', site.engine.settings.issuer));
}
