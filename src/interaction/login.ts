import { signIn, type SignInResult } from '../accounts/sign_in.ts';
import { queryParams } from '../endpoints/params.ts';
import { senderOf, type Site } from '../endpoints/site.ts';
import { noteActivity } from '../engine/activity.ts';
import { newNonce, page, retryAfter } from '../http/respond.ts';
import type { RequestContext } from '../http/router.ts';
import type { Params } from '../spec/params.ts';
import { type BrowserCookies, cookiesOf, nameBrowser } from './cookies.ts';
import {
  type Errand,
  errandCard,
  errandFrame,
  errandPageOptions,
  errandUrl,
  isSignInDue,
  openErrand,
  resumeErrand,
} from './errand.ts';
import { errandHidden, readErrandForm } from './errand_form.ts';
import { passkeyOffer } from './passkey_offer.ts';
import { offersReset } from './reset_password.ts';
import { beginSession } from './signed_in.ts';
import { loginView } from './views/login.ts';

/** The sign-in page: for a pending authorization request or a device, or on its own. */
export async function login(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  const params = queryParams(context.query);
  const cookies = cookiesOf(request, context, site);
  const errand = await openErrand(params, cookies, site);
  if (errand.kind === 'none') {
    const isAnother = params.get('switch') !== undefined;
    return isAnother || await isSignInDue(errand, cookies, site)
      ? await showLogin({ errand, notice: noticeOf(params) }, cookies, site)
      : await resumeErrand(errand, cookies, [], site);
  }
  // A request that came as a form from the client’s site came without our session cookie, which is here now.
  const isWanted = params.get('switch') !== undefined || await isSignInDue(errand, cookies, site);
  if (!isWanted) return await resumeErrand(errand, cookies, [], site);
  const hint = errand.kind === 'authorization' ? errand.pending.request.login_hint : undefined;
  return await showLogin({ errand, username: hint, notice: noticeOf(params) }, cookies, site);
}

export async function submitLogin(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  const { params, cookies, errand } = await readErrandForm('login', request, context, site);
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
      ...result.kind === 'refused' && { user: result.user },
      address: cookies.place.address,
      correlationId: context.correlationId,
    });
    if (result.kind === 'refused' && result.user !== undefined) {
      // Nobody waits for it: how long an answer takes must not tell whether there is such an account (T093).
      void noteActivity(result.user, { kind: 'sign_in_failed', ...cookies.place }, site.engine);
    }
    return await showLogin({ errand, username, result }, cookies, site);
  }
  const remember = params.get('remember') !== undefined;
  const { user } = result;
  const signedIn = { user, remember, amr: ['pwd'], acr: 'one_factor' } as const;
  return await beginSession(signedIn, errand, cookies, site);
}

/** What has just happened: the query names which of these. */
const NOTICES = ['password_reset', 'ended'] as const;

function noticeOf(params: Params): (typeof NOTICES)[number] | undefined {
  return NOTICES.find((each) => each === params.get('notice'));
}

export interface LoginPage {
  readonly errand: Errand;
  readonly username?: string | undefined;
  readonly result?: Exclude<SignInResult, { readonly kind: 'ok' }>;
  readonly notice?: (typeof NOTICES)[number] | 'passkey_refused' | undefined;
}

/** The page, whatever was tried before. */
export async function showLogin(
  { errand, username, result, notice }: LoginPage,
  cookies: BrowserCookies,
  site: Site,
): Promise<Response> {
  const nonce = newNonce();
  const { browser, setCookie } = nameBrowser(cookies, site);
  const client = errandCard(errand, site);
  const { issuer, sign_up } = site.engine.settings;
  const isOpen = sign_up === 'open';
  const retryAfterSeconds = result?.kind === 'slow_down' ? result.retryAfterSeconds : undefined;
  const view = loginView({
    ...errandFrame(nonce, 'login', errand, site),
    action: `${issuer}/login`,
    hidden: errandHidden('login', errand, browser, site),
    ...(client === undefined ? {} : { client }),
    ...(username === undefined ? {} : { username }),
    ...(result === undefined ? {} : { problem: result.kind === 'refused' ? 'wrong' : result.kind }),
    ...(notice === undefined || notice === 'password_reset' ? {} : { problem: notice }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    ...(isOpen ? { signUpUrl: errandUrl('sign-up', errand, site) } : {}),
    ...(offersReset(site) ? { forgotUrl: `${issuer}/reset-password` } : {}),
    isReset: notice === 'password_reset',
    passkey: await passkeyOffer(errand, browser, site),
  });
  return page(view, {
    ...errandPageOptions(errand, site),
    nonce,
    scriptNonce: true,
    status: STATUS[result?.kind ?? 'refused'],
    cookies: setCookie,
    hsts: site.isSecure,
    headers: retryAfter(retryAfterSeconds),
  });
}

const STATUS = { refused: 200, slow_down: 429, busy: 503 } as const;
