import { formParams, queryParams } from '../endpoints/params.ts';
import type { Site } from '../endpoints/site.ts';
import { enrolTotp, newTotp, reopenTotp } from '../engine/factors/totp.ts';
import { newNonce, page } from '../http/respond.ts';
import type { RequestContext } from '../http/router.ts';
import {
  enrolled,
  type Enrolment,
  enrolmentBinding,
  enrolmentForm,
  enrolmentFrame,
  enrolmentOf,
} from './enrolment.ts';
import { errandPageOptions } from './errand.ts';
import { errorPage } from './error_page.ts';
import { checkForm } from './form_guard.ts';
import { type TotpProblem, totpView } from './views/totp.ts';

/** `/account/totp`: a new secret for an authenticator app; it counts once a code has come back. */
export async function totp(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  try {
    const params = queryParams(context.query);
    const enrolment = await enrolmentOf('totp', params, request, context, site);
    return enrolment instanceof Response ? enrolment : showTotp(enrolment, {}, site);
  } catch (error) {
    return errorPage(error, context, site);
  }
}

export async function submitTotp(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  try {
    const params = await formParams(request, site.maxBodyBytes);
    const enrolment = await enrolmentOf('totp', params, request, context, site);
    if (enrolment instanceof Response) return enrolment;
    checkForm(request, params, enrolmentBinding(enrolment), site);
    const sealed = params.get('secret') ?? '';
    const name = params.get('name') ?? '';
    const code = params.get('totp') ?? '';
    const { user } = enrolment.session;
    const outcome = await enrolTotp(user, { sealed, code, name }, site.engine);
    return outcome === 'enrolled'
      ? await enrolled(enrolment, ['otp'], site)
      // A form that was used, or is too old, is not shown again.
      : showTotp(
        enrolment,
        { ...(outcome === 'expired' ? {} : { sealed }), name, problem: outcome },
        site,
      );
  } catch (error) {
    return errorPage(error, context, site);
  }
}

interface TotpPage {
  /** The secret that was shown before, to be shown again. */
  readonly sealed?: string;
  readonly name?: string;
  readonly problem?: TotpProblem;
}

function showTotp(enrolment: Enrolment, { sealed, name, problem }: TotpPage, site: Site): Response {
  const { user } = enrolment.session;
  const nonce = newNonce();
  const known = sealed === undefined ? undefined : reopenTotp(sealed, user, site.engine);
  const { secret, uri, sealed: travelling } = known ?? newTotp(user, site.engine);
  const { action, hidden } = enrolmentForm(enrolment, site);
  const view = totpView({
    ...enrolmentFrame(nonce, enrolment, site),
    action,
    hidden: { ...hidden, secret: travelling },
    uri,
    secret,
    ...(name === undefined ? {} : { name }),
    ...(problem === undefined ? {} : { problem }),
  });
  return page(view, { ...errandPageOptions(enrolment.errand), nonce, hsts: site.isSecure });
}
