import { MIN_PASSWORD_CHARACTERS, type PasswordProblem } from '../accounts/password_policy.ts';
import { canonicalUsername } from '../accounts/username.ts';
import { formParams, queryParams } from '../endpoints/params.ts';
import { senderOf, type Site } from '../endpoints/site.ts';
import { findReset, newResetLink, redeemReset } from '../engine/password_reset.ts';
import { newNonce, page, retryAfter, seeOther } from '../http/respond.ts';
import type { RequestContext } from '../http/router.ts';
import { sha256 } from '../keys/digest.ts';
import type { Params } from '../spec/params.ts';
import type { UserRecord } from '../store/records.ts';
import { type BrowserCookies, cookiesOf, nameBrowser } from './cookies.ts';
import { notFoundPage } from './error_page.ts';
import { checkForm, csrfToken, type FormBinding } from './form_guard.ts';
import { frameOf } from './frame.ts';
import { notify, tell } from './notices.ts';
import {
  askResetView,
  type NewPasswordProblem,
  newPasswordView,
  resetSentView,
  voidResetView,
} from './views/reset_password.ts';

/** Seconds until another link may be asked for. */
const RETRY_SECONDS = 600;

/** Asks for a username or, behind a link, for the new password; looking uses nothing up. */
export async function resetPassword(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  const token = queryParams(context.query).get('token');
  const cookies = cookiesOf(request, context, site);
  if (token === undefined) {
    return offersReset(site) ? showAsk(cookies, site) : notFoundPage(request, context, site);
  }
  const user = await findReset(token, site.engine);
  return user === undefined ? showVoid(site) : showNew({ token, user }, cookies, site);
}

export async function submitResetPassword(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  const params = await formParams(request, site.maxBodyBytes);
  const token = params.get('token');
  const cookies = cookiesOf(request, context, site);
  if (token === undefined && !offersReset(site)) return notFoundPage(request, context, site);
  checkForm(request, params, bindingOf(cookies.browser ?? '', token), site);
  return token === undefined
    ? ask(params.get('username') ?? '', senderOf(request, context, site), cookies, site)
    : await save(token, params, cookies, site);
}

/** Nobody is looked up before the answer, which is the same in words and time whoever was named. T093, T094 */
function ask(username: string, source: string, cookies: BrowserCookies, site: Site): Response {
  const { resetTries, outbox, settings } = site.engine;
  const isWelcome = resetTries.ofSource.take(source) &&
    resetTries.ofAccount.take(canonicalUsername(username) ?? '');
  if (!isWelcome) return showAsk(cookies, site, RETRY_SECONDS);
  outbox.post(() => sendLink(username, site));
  const nonce = newNonce();
  const view = resetSentView({
    ...frameOf(nonce, site),
    lifetimeSeconds: settings.password_reset.lifetime,
    loginUrl: `${settings.issuer}/login`,
  });
  return page(view, { nonce, hsts: site.isSecure });
}

async function sendLink(username: string, { engine }: Site): Promise<void> {
  const user = await engine.directory.findByUsername(username);
  if (user === undefined || user.disabled) return;
  const { url } = newResetLink(user, engine);
  const { lifetime } = engine.settings.password_reset;
  await tell(user, { kind: 'reset_link', url, lifetimeSeconds: lifetime }, engine);
}

async function save(
  token: string,
  params: Params,
  cookies: BrowserCookies,
  site: Site,
): Promise<Response> {
  const { engine, productName } = site;
  const user = await findReset(token, engine);
  if (user === undefined) return showVoid(site);
  const password = params.get('password');
  const shown = { token, user };
  if (password === undefined) return showNew({ ...shown, problem: 'missing' }, cookies, site);
  const result = params.get('repeat') === password
    ? await redeemReset({ token, password, product: productName }, engine)
    : undefined;
  switch (result?.kind) {
    case undefined:
      return showNew({ ...shown, problem: 'differs' }, cookies, site);
    case 'weak':
      return showNew({ ...shown, problem: refusalOf(result.weakness) }, cookies, site);
    case 'busy':
      return showNew({ ...shown, isBusy: true }, cookies, site);
    case 'void':
      return showVoid(site);
    case 'done':
      notify(result.user, 'password_reset', engine);
      return seeOther(`${engine.settings.issuer}/login?switch=yes&notice=password_reset`);
  }
}

function refusalOf({ reason, count }: PasswordProblem): NewPasswordProblem {
  return { id: `password.${reason}`, count };
}

/** Where passwords can be changed, and the operator wants people to do so. */
export function offersReset({ engine: { settings, directory } }: Site): boolean {
  return settings.password_reset.enabled && directory.writable.password;
}

function showAsk(cookies: BrowserCookies, site: Site, retryAfterSeconds?: number): Response {
  const nonce = newNonce();
  const { browser, setCookie } = nameBrowser(cookies, site);
  const { issuer } = site.engine.settings;
  const view = askResetView({
    ...frameOf(nonce, site),
    action: `${issuer}/reset-password`,
    hidden: { csrf: csrfToken(bindingOf(browser, undefined), site) },
    loginUrl: `${issuer}/login`,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
  return page(view, {
    nonce,
    status: retryAfterSeconds === undefined ? 200 : 429,
    cookies: setCookie,
    hsts: site.isSecure,
    headers: retryAfter(retryAfterSeconds),
  });
}

interface NewPasswordPage {
  readonly token: string;
  readonly user: UserRecord;
  readonly problem?: NewPasswordProblem;
  readonly isBusy?: boolean;
}

function showNew(
  { token, user, problem, isBusy = false }: NewPasswordPage,
  cookies: BrowserCookies,
  site: Site,
): Response {
  const nonce = newNonce();
  const { browser, setCookie } = nameBrowser(cookies, site);
  const view = newPasswordView({
    ...frameOf(nonce, site, undefined, `/reset-password?${new URLSearchParams({ token })}`),
    action: `${site.engine.settings.issuer}/reset-password`,
    hidden: { csrf: csrfToken(bindingOf(browser, token), site), token },
    username: user.username,
    minPasswordCharacters: MIN_PASSWORD_CHARACTERS,
    ...(problem === undefined ? {} : { problem }),
    isBusy,
  });
  return page(view, {
    nonce,
    status: isBusy ? 503 : 200,
    cookies: setCookie,
    hsts: site.isSecure,
    headers: retryAfter(isBusy ? 1 : undefined),
  });
}

function showVoid(site: Site): Response {
  const nonce = newNonce();
  const askUrl = `${site.engine.settings.issuer}/reset-password`;
  // Another language is no reason to bring the link back.
  const frame = frameOf(nonce, site, undefined, '/reset-password');
  const view = voidResetView({ ...frame, ...(offersReset(site) ? { askUrl } : {}) });
  return page(view, { nonce, status: 410, hsts: site.isSecure });
}

function bindingOf(browser: string, token: string | undefined): FormBinding {
  const about = token === undefined ? 'a link' : sha256(token);
  return { page: 'reset-password', browser, about };
}
