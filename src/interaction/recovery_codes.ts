import { formParams, queryParams } from '../endpoints/params.ts';
import type { Site } from '../endpoints/site.ts';
import { noteActivity } from '../engine/activity.ts';
import { newRecoveryCodes, remainingRecoveryCodes } from '../engine/factors/recovery.ts';
import { newNonce, page } from '../http/respond.ts';
import type { RequestContext } from '../http/router.ts';
import {
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
    const enrolment = await enrolmentOf('recovery-codes', params, request, context, site);
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
    const enrolment = await enrolmentOf('recovery-codes', params, request, context, site);
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
