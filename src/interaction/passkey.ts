import type { Site } from '../endpoints/site.ts';
import { enrolPasskey, registrationOptions } from '../engine/factors/passkey.ts';
import { newNonce, page } from '../http/respond.ts';
import {
  enrolled,
  type Enrolment,
  enrolmentForm,
  enrolmentFrame,
  onEnrolment,
  onEnrolmentForm,
} from './enrolment.ts';
import { errandPageOptions } from './errand.ts';
import { passkeyResponse } from './passkey_form.ts';
import { type PasskeyProblem, passkeyView } from './views/passkey.ts';

/** `/account/passkey`: a new passkey. */
export const passkey = onEnrolment(
  'passkey',
  (enrolment, site) => showPasskey(enrolment, {}, site),
);

export const submitPasskey = onEnrolmentForm('passkey', async (enrolment, params, site) => {
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
});

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
    ...errandPageOptions(enrolment.errand, site),
    nonce,
    scriptNonce: true,
    hsts: site.isSecure,
  });
}

/** A challenge is for this session alone. T101 */
function passkeyBinding({ session }: Enrolment): string {
  return `new passkey ${session.record.sid}`;
}
