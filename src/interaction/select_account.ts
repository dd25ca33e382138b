import { queryParams } from '../endpoints/params.ts';
import type { Site } from '../endpoints/site.ts';
import type { Session } from '../engine/session.ts';
import { newNonce, page, seeOther } from '../http/respond.ts';
import type { RequestContext } from '../http/router.ts';
import { OAuthError } from '../spec/oauth_error.ts';
import { liveSessions } from './choose_session.ts';
import {
  accountCookies,
  type BrowserCookies,
  cookiesOf,
  nameBrowser,
  withActive,
} from './cookies.ts';
import {
  type Errand,
  errandCard,
  errandFrame,
  errandPageOptions,
  errandUrl,
  openErrand,
  resumeErrand,
} from './errand.ts';
import { errandHidden, readErrandForm } from './errand_form.ts';
import { selectAccountView } from './views/select_account.ts';

/** Which of the accounts that are signed in here. Core §3.1.2.1, prompt=select_account */
export async function selectAccount(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  const cookies = cookiesOf(request, context, site);
  const errand = await openErrand(queryParams(context.query), cookies, site);
  const live = await liveSessions(cookies, site);
  return live.length === 0
    ? seeOther(errandUrl('login', errand, site))
    : showAccounts(errand, live, cookies, site);
}

export async function submitSelectAccount(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  const { params, cookies, errand } = await readErrandForm(
    'select-account',
    request,
    context,
    site,
  );
  const sid = params.get('account_session');
  if (sid === undefined) throw new OAuthError('invalid_request', 'the form names no account');
  const live = await liveSessions(cookies, site);
  if (!live.some(({ record }) => record.sid === sid)) {
    return seeOther(errandUrl('select-account', errand, site));
  }
  const after = withActive(cookies, sid);
  return await resumeErrand(
    errand.kind === 'authorization'
      ? { ...errand, pending: { ...errand.pending, selected: sid } }
      : errand,
    after,
    accountCookies(cookies, after, site),
    site,
  );
}

function showAccounts(
  errand: Errand,
  live: readonly Session[],
  cookies: BrowserCookies,
  site: Site,
): Response {
  const nonce = newNonce();
  const { browser, setCookie } = nameBrowser(cookies, site);
  const client = errandCard(errand, site);
  const other = new URL(errandUrl('login', errand, site));
  other.searchParams.set('switch', 'yes');
  const view = selectAccountView({
    ...errandFrame(nonce, 'select-account', errand, site),
    action: `${site.engine.settings.issuer}/select-account`,
    hidden: errandHidden('select-account', errand, browser, site),
    ...(client === undefined ? {} : { client }),
    accounts: live.map(({ record: { sid }, user: { username, claims } }) => ({
      sid,
      username,
      ...(typeof claims['name'] === 'string' ? { name: claims['name'] } : {}),
    })),
    otherUrl: other.href,
  });
  return page(view, {
    ...errandPageOptions(errand, site),
    nonce,
    cookies: setCookie,
    hsts: site.isSecure,
  });
}
