import { signIn, type SignInResult } from '../accounts/sign_in.ts';
import { formParams, queryParams } from '../endpoints/params.ts';
import { senderOf, type Site } from '../endpoints/site.ts';
import { openPending, type Pending } from '../engine/authorize/pending.ts';
import { findSession, startSession } from '../engine/session.ts';
import { newNonce, page, retryAfter, seeOther } from '../http/respond.ts';
import type { RequestContext } from '../http/router.ts';
import type { UserRecord } from '../store/records.ts';
import { clientCard, formTargets, logoOrigins } from './client_card.ts';
import { continueAuthorization, needsSignIn } from './continue.ts';
import { type BrowserCookies, cookiesOf, nameBrowser, sessionCookie } from './cookies.ts';
import { errorPage } from './error_page.ts';
import { checkForm, csrfToken, type FormBinding } from './form_guard.ts';
import { frameOf } from './frame.ts';
import { loginView } from './views/login.ts';
import { signedInView } from './views/signed_in.ts';

/** The sign-in page: for a pending authorization request, or on its own. */
export async function login(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  try {
    const params = queryParams(context.query);
    const sealed = params.get('pending');
    const cookies = cookiesOf(request, site);
    if (sealed !== undefined) {
      const pending = await openPending(sealed, cookies.browser, site.engine);
      // A request that came as a form from the client’s site came without our session cookie, which is here now.
      const isWanted = params.get('switch') !== undefined ||
        await needsSignIn({ pending, cookies }, site);
      if (!isWanted) return await continueAuthorization({ pending, cookies }, site);
      return showLogin({ sealed, pending, username: pending.request.login_hint }, cookies, site);
    }
    const session = await findSession(cookies.session, site.engine);
    return session === undefined ? showLogin({}, cookies, site) : showSignedIn(session.user, site);
  } catch (error) {
    return errorPage(error, context, site);
  }
}

export async function submitLogin(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  try {
    const params = await formParams(request, site.maxBodyBytes);
    const cookies = cookiesOf(request, site);
    const sealed = params.get('pending');
    const pending = sealed === undefined
      ? undefined
      : await openPending(sealed, cookies.browser, site.engine);
    checkForm(request, params, bindingOf(pending, cookies.browser ?? ''), site);
    const { directory, hasher, regulation } = site.engine;
    const username = params.get('username') ?? '';
    const result = await signIn({
      username,
      password: params.get('password') ?? '',
      source: senderOf(request, context, site),
      directory,
      hasher,
      regulation,
    });
    if (result.kind !== 'ok') {
      site.engine.log('info', 'sign_in.refused', {
        kind: result.kind,
        correlationId: context.correlationId,
      });
      return showLogin({ sealed, pending, username, result }, cookies, site);
    }
    return await signedIn(
      result.user,
      params.get('remember') !== undefined,
      pending,
      cookies,
      site,
    );
  } catch (error) {
    return errorPage(error, context, site);
  }
}

/** A new session for the person, then on with what was pending. */
async function signedIn(
  user: UserRecord,
  remember: boolean,
  pending: Pending | undefined,
  cookies: BrowserCookies,
  site: Site,
): Promise<Response> {
  const previous = await findSession(cookies.session, site.engine);
  const started = startSession(
    { user, remember, amr: ['pwd'], acr: 'one_factor', previous },
    site.engine,
  );
  await site.engine.store.commit(started.change);
  site.engine.log('info', 'sign_in.accepted', { user: user.id, sid: started.record.sid });
  const lifetime = remember ? site.engine.settings.sessions.remember : undefined;
  const setCookies = [sessionCookie(started.cookie, lifetime, site)];
  if (pending === undefined) return seeOther(`${site.engine.settings.issuer}/login`, setCookies);
  return await continueAuthorization({
    pending,
    cookies: { ...cookies, session: started.cookie },
    setCookies,
  }, site);
}

interface LoginPage {
  readonly sealed?: string | undefined;
  readonly pending?: Pending | undefined;
  readonly username?: string | undefined;
  readonly result?: Exclude<SignInResult, { readonly kind: 'ok' }>;
}

function showLogin(
  { sealed, pending, username, result }: LoginPage,
  cookies: BrowserCookies,
  site: Site,
): Response {
  const nonce = newNonce();
  const { browser, setCookie } = nameBrowser(cookies, site);
  const csrf = csrfToken(bindingOf(pending, browser), site);
  const client = pending?.address.client;
  const retryAfterSeconds = result?.kind === 'slow_down' ? result.retryAfterSeconds : undefined;
  const view = loginView({
    ...frameOf(nonce, site),
    action: `${site.engine.settings.issuer}/login`,
    hidden: { csrf, ...(sealed === undefined ? {} : { pending: sealed }) },
    ...(pending === undefined ? {} : { client: clientCard(pending.address) }),
    ...(username === undefined ? {} : { username }),
    ...(result === undefined ? {} : { problem: result.kind === 'refused' ? 'wrong' : result.kind }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
  return page(view, {
    nonce,
    status: STATUS[result?.kind ?? 'refused'],
    formAction: pending === undefined ? [] : formTargets(pending.address),
    imgOrigins: client === undefined ? [] : logoOrigins(client),
    popup: pending?.address.isPopup ?? false,
    cookies: setCookie,
    hsts: site.isSecure,
    headers: retryAfter(retryAfterSeconds),
  });
}

const STATUS = { refused: 200, slow_down: 429, busy: 503 } as const;

function showSignedIn(user: UserRecord, site: Site): Response {
  const nonce = newNonce();
  return page(signedInView({ ...frameOf(nonce, site), username: user.username }), {
    nonce,
    hsts: site.isSecure,
  });
}

function bindingOf(pending: Pending | undefined, browser: string): FormBinding {
  return { page: 'login', browser, about: pending?.id ?? 'sign-in' };
}
