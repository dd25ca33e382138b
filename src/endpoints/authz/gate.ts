import { carriedUri, sealPassage } from '../../engine/forward_auth/passage.ts';
import { type Target } from '../../engine/forward_auth/target.ts';
import { redeemTicket } from '../../engine/forward_auth/ticket.ts';
import { notFoundText, seeOther } from '../../http/respond.ts';
import type { RequestContext } from '../../http/router.ts';
import { errorPage } from '../../interaction/error_page.ts';
import { randomToken } from '../../keys/digest.ts';
import { isGuarded } from '../../policy/access.ts';
import { isMethod } from '../../spec/access_control.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import { queryParams } from '../params.ts';
import { pageHandler, type Site } from '../site.ts';
import { atHost } from './at_host.ts';
import { hostCookie, setHostCookie } from './cookies.ts';
import { addressOf } from './visitor.ts';

/** What is ours at every protected host. */
export const GATE = '/.ostiary/';

/** Where a protected host sends people who have to sign in; it is at that very host. */
export function signInUrl({ origin, uri, method }: Target, more = ''): string {
  const rm = ['GET', 'HEAD'].includes(method) ? '' : `&rm=${method}`;
  return `${origin}${GATE}sign-in?rd=${encodeURIComponent(carriedUri(uri))}${rm}${more}`;
}

/** Answers for what is ours at a protected host; only what a rule names is one. */
export async function gate(
  target: Target,
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  const show = GATES.get(target.uri.split('?', 1)[0] ?? '');
  if (show === undefined || !['GET', 'HEAD'].includes(target.method)) return notFoundText();
  const answer = pageHandler(async (request, context, site) => {
    try {
      if (!isGuarded(site.engine.settings.access_control, target.host)) {
        throw new OAuthError('access_denied', `no rule has anybody sign in at ${target.host}`);
      }
      return await show(target, { request, context }, site);
    } catch (error) {
      // The router would make the same page, but one of the issuer's own host.
      return errorPage(error, context, site);
    }
  }, site);
  return atHost(await answer(request, context));
}

interface Asked {
  readonly request: Request;
  readonly context: RequestContext;
}

type Gate = (target: Target, asked: Asked, site: Site) => Promise<Response> | Response;

const GATES: ReadonlyMap<string, Gate> = new Map<string, Gate>([
  [`${GATE}sign-in`, startSignIn],
  [`${GATE}callback`, finishSignIn],
]);

/** On to the issuer, with something to know this browser by when it comes back. */
function startSignIn(target: Target, { request, context }: Asked, site: Site): Response {
  const { origin } = target;
  const query = queryOf(target);
  const rd = query.get('rd') ?? '/';
  const rm = query.get('rm') ?? 'GET';
  const kept = hostCookie('ostiary_host_state', request, origin, site);
  const state = kept !== undefined && /^[A-Za-z0-9_-]{22}$/.test(kept) ? kept : randomToken(16);
  const uri = isLocal(rd) ? rd : '/';
  const address = addressOf(request, context, site);
  const method = isMethod(rm) ? rm : 'GET';
  const passage = sealPassage({ origin, uri, method, address }, state, site.engine);
  const more = query.get('switch') === undefined ? '' : '&switch=yes';
  return seeOther(
    `${site.engine.settings.issuer}/authz/sign-in?host_request=${passage}${more}`,
    [setHostCookie('ostiary_host_state', state, origin, site)],
  );
}

async function finishSignIn(target: Target, { request }: Asked, site: Site): Promise<Response> {
  const { origin } = target;
  const state = hostCookie('ostiary_host_state', request, origin, site);
  const ticket = queryOf(target).get('ticket') ?? '';
  const redeemed = await redeemTicket(ticket, origin, state, site.engine);
  if (redeemed.kind === 'over') return seeOther(origin + redeemed.uri);
  const { cookie, session: { record }, uri } = redeemed;
  const { remember } = site.engine.settings.sessions;
  const age = record.remember ? remember : undefined;
  return seeOther(origin + uri, [setHostCookie('ostiary_host', cookie, origin, site, age)]);
}

function queryOf({ uri }: Target) {
  return queryParams(uri.slice(uri.indexOf('?') + 1 || uri.length));
}

/** A path of the same host, which no browser takes for another host. */
function isLocal(rd: string): boolean {
  return /^\/[\x21-\x7e]*$/.test(rd) && !/[\\#]/.test(rd) && !rd.startsWith('//') &&
    !rd.startsWith(GATE);
}
