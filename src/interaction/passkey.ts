import { formParams, queryParams } from '../endpoints/params.ts';
import type { Site } from '../endpoints/site.ts';
import { enrolPasskey, registrationOptions } from '../engine/factors/passkey.ts';
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
import { passkeyResponse } from './passkey_form.ts';
import { type PasskeyProblem, passkeyView } from './views/passkey.ts';

/** `/account/passkey`: a new passkey. */
export async function passkey(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  try {
    const params = queryParams(context.query);
    const enrolment = await enrolmentOf('passkey', params, request, context, site);
    return enrolment instanceof Response ? enrolment : await showPasskey(enrolment, {}, site);
  } catch (error) {
    return errorPage(error, context, site);
  }
}

export async function submitPasskey(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  try {
    const params = await formParams(request, site.maxBodyBytes);
    const enrolment = await enrolmentOf('passkey', params, request, context, site);
    if (enrolment instanceof Response) return enrolment;
    checkForm(request, params, enrolmentBinding(enrolment), site);
    const name = params.get('name') ?? '';
    const outcome = await enrolPasskey(
      enrolment.session.user,
      { response: passkeyResponse(params), name },
      passkeyBinding(enrolment),
      site.engine,
    );
    // What kind of key it is shows when it signs; that there is one was just shown.
    return outcome === 'enrolled'
      ? await enrolled(enrolment, ['pop'], site)
      : await showPasskey(enrolment, { name, problem: outcome }, site);
  } catch (error) {
    return errorPage(error, context, site);
  }
}

interface PasskeyPage {
  readonly name?: string;
  readonly problem?: PasskeyProblem;
}

async function showPasskey(
  enrolment: Enrolment,
  { name, problem }: PasskeyPage,
  site: Site,
): Promise<Response> {
  const nonce = newNonce();
  const { user } = enrolment.session;
  const options = await registrationOptions(user, passkeyBinding(enrolment), site.engine);
  const view = passkeyView({
    ...enrolmentFrame(nonce, enrolment, site),
    passkey: { ...enrolmentForm(enrolment, site), options },
    ...(name === undefined ? {} : { name }),
    ...(problem === undefined ? {} : { problem }),
  });
  return page(view, {
    ...errandPageOptions(enrolment.errand),
    nonce,
    scriptNonce: true,
    hsts: site.isSecure,
  });
}

/** A challenge is for this session alone. T101 */
function passkeyBinding({ session }: Enrolment): string {
  return `new passkey ${session.record.sid}`;
}
