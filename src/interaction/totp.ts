import type { Site } from '../endpoints/site.ts';
import { enrolTotp, newTotp, reopenTotp } from '../engine/factors/totp.ts';
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
import { type TotpProblem, totpView } from './views/totp.ts';

/** `/account/totp`: a new secret for an authenticator app; it counts once a code has come back. */
export const totp = onEnrolment('totp', (enrolment, site) => showTotp(enrolment, {}, site));

export const submitTotp = onEnrolmentForm('totp', async (enrolment, params, site) => {
  const sealed = params.get('secret') ?? '';
  const name = params.get('name') ?? '';
  const code = params.get('totp') ?? '';
  const { user } = enrolment.session;
  const outcome = await enrolTotp(user, { sealed, code, name }, site.engine);
  if (outcome === 'enrolled') return await enrolled(enrolment, ['otp'], site);
  // A form that was used, or is too old, is not shown again.
  const shown = outcome === 'expired' ? {} : { sealed };
  return showTotp(enrolment, { ...shown, name, problem: outcome }, site);
});

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
  return page(view, { ...errandPageOptions(enrolment.errand, site), nonce, hsts: site.isSecure });
}
