import { noteActivity } from '../engine/activity.ts';
import { newRecoveryCodes, remainingRecoveryCodes } from '../engine/factors/recovery.ts';
import { newNonce, page } from '../http/respond.ts';
import {
  enrolmentForm,
  enrolmentFrame,
  nextUrl,
  onEnrolment,
  onEnrolmentForm,
} from './enrolment.ts';
import { errandPageOptions } from './errand.ts';
import { newRecoveryCodesView, recoveryCodesView } from './views/recovery_codes.ts';

/** `/account/recovery-codes`: how many are left, and new ones, which are shown once. */
export const recoveryCodes = onEnrolment('recovery-codes', async (enrolment, site) => {
  const nonce = newNonce();
  const view = recoveryCodesView({
    ...enrolmentFrame(nonce, enrolment, site),
    ...enrolmentForm(enrolment, site),
    remaining: await remainingRecoveryCodes(enrolment.session.user.id, site.engine),
    nextUrl: nextUrl(enrolment, site),
  });
  return page(view, { ...errandPageOptions(enrolment.errand, site), nonce, hsts: site.isSecure });
});

export const submitRecoveryCodes = onEnrolmentForm(
  'recovery-codes',
  async (enrolment, _params, site) => {
    const { session: { user }, cookies: { place } } = enrolment;
    const codes = await newRecoveryCodes(user.id, site.engine);
    await noteActivity(user.id, { kind: 'recovery_codes_made', ...place }, site.engine);
    const nonce = newNonce();
    const view = newRecoveryCodesView({
      ...enrolmentFrame(nonce, enrolment, site),
      codes,
      nextUrl: nextUrl(enrolment, site),
    });
    return page(view, { ...errandPageOptions(enrolment.errand, site), nonce, hsts: site.isSecure });
  },
);
