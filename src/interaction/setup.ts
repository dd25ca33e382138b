import type { NewPerson } from '../accounts/directory.ts';
import { MIN_PASSWORD_CHARACTERS } from '../accounts/password_policy.ts';
import { formParams, queryParams } from '../endpoints/params.ts';
import type { Site } from '../endpoints/site.ts';
import { findSetup } from '../engine/setup.ts';
import { newNonce, page } from '../http/respond.ts';
import { creationRecord } from '../engine/administration/people.ts';
import type { RequestContext } from '../http/router.ts';
import { ADMINISTRATORS } from '../spec/administration.ts';
import { OAuthError } from '../spec/oauth_error.ts';
import { setups } from '../store/collections.ts';
import { type BrowserCookies, cookiesOf, nameBrowser } from './cookies.ts';
import { checkForm, csrfToken, type FormBinding } from './form_guard.ts';
import { frameOf } from './frame.ts';
import { accountProblems, NOT_TAKEN } from './new_account.ts';
import type { AccountProblem } from './views/account_form.ts';
import { setupClosedView, setupView } from './views/setup.ts';
import { setupDoneView } from './views/setup_done.ts';

/** Where the first administrator signs up, with the link that the start of the server printed. */
export async function setup(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  const token = queryParams(context.query).get('token');
  if (token === undefined || await findSetup(token, site.engine) === undefined) {
    return await showClosed(site);
  }
  return showSetup({ token }, cookiesOf(request, context, site), site);
}

export async function submitSetup(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  const params = await formParams(request, site.maxBodyBytes);
  const token = params.get('token');
  const invitation = await findSetup(token, site.engine);
  if (token === undefined || invitation === undefined) return await showClosed(site);
  const cookies = cookiesOf(request, context, site);
  checkForm(request, params, bindingOf(cookies.browser ?? ''), site);
  const typed = { token, username: params.get('username'), email: params.get('email') };
  const problems = accountProblems(params, {
    isEmailRequired: false,
    product: site.productName,
  });
  if (problems.length > 0) return showSetup({ ...typed, problems }, cookies, site);
  const digest = await site.engine.hasher.hash(params.get('password') ?? '');
  if (digest === undefined) {
    throw new OAuthError('temporarily_unavailable', 'too many sign-ins at once', {
      retryAfterSeconds: 1,
    });
  }
  const created = await site.engine.directory.create(administrator(typed, digest), (_, user) => ({
    check: [setups.check(invitation)],
    put: user === undefined
      ? []
      : [creationRecord(user, { kind: 'console', user: user.id }, site.engine)],
    remove: [setups.remove()],
  }));
  switch (created.kind) {
    case 'created':
      site.engine.log('info', 'setup.completed', { user: created.user.id });
      return showDone(created.user.username, site);
    case 'refused':
      site.engine.log('warn', 'setup.refused', { problems: created.problems });
      return showSetup({ ...typed, problems: NOT_TAKEN }, cookies, site);
    case 'taken':
    case 'conflict':
      return await showClosed(site);
  }
}

function administrator(
  { username = '', email }: Pick<SetupPage, 'username' | 'email'>,
  digest: string,
): NewPerson {
  return {
    username,
    password: digest,
    groups: [ADMINISTRATORS],
    ...(email === undefined ? {} : { claims: { email } }),
    provenance: 'setup',
  };
}

interface SetupPage {
  readonly token: string;
  readonly username?: string | undefined;
  readonly email?: string | undefined;
  readonly problems?: readonly AccountProblem[];
}

function showSetup(
  { token, username, email, problems = [] }: SetupPage,
  cookies: BrowserCookies,
  site: Site,
): Response {
  const nonce = newNonce();
  const { browser, setCookie } = nameBrowser(cookies, site);
  const view = setupView({
    ...frameOf(nonce, site, undefined, `/setup?${new URLSearchParams({ token })}`),
    action: `${site.engine.settings.issuer}/setup`,
    hidden: { csrf: csrfToken(bindingOf(browser), site), token },
    minPasswordCharacters: MIN_PASSWORD_CHARACTERS,
    ...(username === undefined ? {} : { username }),
    ...(email === undefined ? {} : { email }),
    problems,
  });
  return page(view, { nonce, cookies: setCookie, hsts: site.isSecure });
}

async function showClosed(site: Site): Promise<Response> {
  const nonce = newNonce();
  const reason = await site.engine.directory.isEmpty() ? 'expired' : 'used';
  return page(setupClosedView({ ...frameOf(nonce, site), reason }), {
    nonce,
    status: 410,
    hsts: site.isSecure,
  });
}

function showDone(username: string, site: Site): Response {
  const nonce = newNonce();
  const { issuer } = site.engine.settings;
  const view = setupDoneView({
    ...frameOf(nonce, site, undefined, '/'),
    username,
    command: 'npx ostiary client add my-app --redirect-uri https://my-app.example/callback',
    discoveryUrl: `${issuer}/.well-known/openid-configuration`,
  });
  return page(view, { nonce, hsts: site.isSecure });
}

function bindingOf(browser: string): FormBinding {
  return { page: 'setup', browser, about: 'first administrator' };
}
