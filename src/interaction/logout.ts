import { formPairs, queryParams } from '../endpoints/params.ts';
import type { Site } from '../endpoints/site.ts';
import { findMeantSession, type MeantSession } from '../engine/logout/meant_session.ts';
import {
  type LogoutRequest,
  openLogoutRequest,
  sealLogoutRequest,
} from '../engine/logout/request.ts';
import type { Session } from '../engine/session.ts';
import type { FormPairs } from '../http/form.ts';
import { isNavigation } from '../http/navigation.ts';
import { newNonce, page, seeOther } from '../http/respond.ts';
import type { RequestContext } from '../http/router.ts';
import { OAuthError } from '../spec/oauth_error.ts';
import { type Params, paramsOf } from '../spec/params.ts';
import { liveSessions } from './choose_session.ts';
import { clientCard, deviceCard, formTargets, logoOrigins } from './client_card.ts';
import { type BrowserCookies, cookiesOf, nameBrowser } from './cookies.ts';
import { checkForm, csrfToken, type FormBinding } from './form_guard.ts';
import { frameOf } from './frame.ts';
import { homeOf, signOut } from './sign_out.ts';
import { logoutView } from './views/logout.ts';
import { stayedView } from './views/stayed.ts';

const PATH = '/end_session/confirm';

/** The question whether to sign out. RP-Initiated Logout §2 */
export async function logout(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  const sealed = queryParams(context.query).get('pending');
  const asked = await openLogoutRequest(sealed, site.engine);
  return await continueLogout(asked, request, context, site);
}

/**
 * What follows from a request to sign out. Only an ID token of the session of this browser ends it at once (T114), and
 * only where a person is led here: not for pictures, frames and scripts of others (T106).
 */
export async function continueLogout(
  asked: LogoutRequest,
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  const cookies = cookiesOf(request, context, site);
  // A form from another site comes without our cookies: after a redirect there are some.
  if (request.method === 'POST' && cookies.accounts.length === 0) {
    const { issuer } = site.engine.settings;
    return seeOther(`${issuer}${PATH}?pending=${sealLogoutRequest(asked, site.engine)}`);
  }
  const live = await liveSessions(cookies, site);
  if (live.length === 0) return await signOut({ ...asked, live, ending: [], cookies }, site);
  const meant = await findMeantSession(asked, live, site.engine);
  if (meant?.isCertain === true && isNavigation(request)) {
    return await signOut({ ...asked, live, ending: [meant.session], cookies }, site);
  }
  return showQuestion({ asked, cookies, live, meant }, site);
}

export async function submitLogout(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  const pairs = await formPairs(request, site.maxBodyBytes);
  const params = paramsOf(pairs);
  const asked = await openLogoutRequest(params.get('pending'), site.engine);
  const cookies = cookiesOf(request, context, site);
  checkForm(request, params, bindingOf(asked, cookies.browser ?? ''), site);
  if (!isConfirmed(params)) return showStayed(asked, site);
  const live = await liveSessions(cookies, site);
  const ending = chosen(pairs, live);
  return await signOut({ ...asked, live, ending, cookies }, site);
}

/** @throws {OAuthError} `invalid_request` when neither button was pressed */
function isConfirmed(params: Params): boolean {
  const decision = params.get('decision');
  if (decision === 'logout') return true;
  if (decision === 'stay') return false;
  throw new OAuthError('invalid_request', 'the form says neither logout nor stay');
}

/** Those that were ticked; some may have ended meanwhile. @throws {OAuthError} `invalid_request` when there was no tick */
function chosen(pairs: FormPairs, live: readonly Session[]): readonly Session[] {
  const sids = pairs.filter(([name]) => name === 'session').map(([, value]) => value);
  if (sids.length === 0) throw new OAuthError('invalid_request', 'the form names no account');
  return live.filter(({ record }) => sids.includes(record.sid));
}

interface Question {
  readonly asked: LogoutRequest;
  readonly cookies: BrowserCookies;
  readonly live: readonly Session[];
  readonly meant: MeantSession | undefined;
}

function showQuestion({ asked, cookies, live, meant }: Question, site: Site): Response {
  const nonce = newNonce();
  const { browser, setCookie } = nameBrowser(cookies, site);
  const { client, address, ui_locales } = asked;
  const pending = sealLogoutRequest(asked, site.engine);
  const frame = frameOf(nonce, site, ui_locales, `${PATH}?pending=${pending}`);
  const { lang } = frame.messages;
  const target = address && { redirect_uri: address.post_logout_redirect_uri };
  const view = logoutView({
    ...frame,
    action: `${site.engine.settings.issuer}${PATH}`,
    hidden: { csrf: csrfToken(bindingOf(asked, browser), site), pending },
    ...client !== undefined && {
      client: target === undefined
        ? deviceCard(client, lang)
        : clientCard({ client, ...target }, lang),
    },
    accounts: live.map((session) => ({
      sid: session.record.sid,
      username: session.user.username,
      isMeant: meant === undefined || meant.session === session,
    })),
  });
  return page(view, {
    nonce,
    ...target !== undefined && { formAction: formTargets(target) },
    ...client !== undefined && { imgOrigins: logoOrigins(client, lang) },
    cookies: setCookie,
    hsts: site.isSecure,
  });
}

function showStayed({ client, ui_locales }: LogoutRequest, site: Site): Response {
  const nonce = newNonce();
  const frame = frameOf(nonce, site, ui_locales, '/account');
  const view = stayedView({
    ...frame,
    ...client !== undefined && { client: homeOf(client, frame.messages.lang) },
  });
  return page(view, { nonce, hsts: site.isSecure });
}

function bindingOf({ id }: LogoutRequest, browser: string): FormBinding {
  return { page: 'logout', browser, about: id };
}
