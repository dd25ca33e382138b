import { senderOf, type Site } from '../endpoints/site.ts';
import { checkAssertion } from '../engine/factors/passkey.ts';
import type { RequestContext } from '../http/router.ts';
import { readErrandForm } from './errand_form.ts';
import { showLogin } from './login.ts';
import { passkeyBinding } from './passkey_offer.ts';
import { passkeyResponse } from './passkey_form.ts';
import { beginSession } from './signed_in.ts';

/** Signs in whoever the authenticator names, if it has verified them: two factors at once. */
export async function submitPasskeyLogin(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  const { params, cookies, errand } = await readErrandForm(
    'login/passkey',
    request,
    context,
    site,
  );
  const { engine } = site;
  const source = senderOf(request, context, site);
  // Nobody is named yet, so that only the source counts; what guesses at passwords have led to does not (T095).
  const account = `passkey:${source}`;
  const retryAfterSeconds = engine.regulation.check(account, source);
  if (retryAfterSeconds > 0) {
    const result = { kind: 'slow_down', retryAfterSeconds } as const;
    return await showLogin({ errand, result }, cookies, site);
  }
  let outcome: 'failed' | 'succeeded' | 'released' = 'released';
  try {
    const result = await checkAssertion({
      response: passkeyResponse(params),
      binding: passkeyBinding(cookies.browser ?? ''),
      requireUserVerification: true,
    }, engine);
    outcome = result.kind === 'ok' ? 'succeeded' : 'failed';
    if (result.kind === 'refused') {
      return await showLogin({ errand, notice: 'passkey_refused' }, cookies, site);
    }
    const { user, amr } = result;
    const remember = params.get('remember') !== undefined;
    const signedIn = { user, remember, amr, acr: 'two_factor' } as const;
    return await beginSession(signedIn, errand, cookies, site);
  } finally {
    engine.regulation[outcome](account, source);
  }
}
