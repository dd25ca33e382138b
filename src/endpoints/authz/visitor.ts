import { findHostSession } from '../../engine/forward_auth/host_session.ts';
import type { Bearer } from '../../engine/forward_auth/host_token.ts';
import type { Target } from '../../engine/forward_auth/target.ts';
import { acceptHostToken } from '../../engine/forward_auth/token.ts';
import { noteSessionUse } from '../../engine/session.ts';
import type { LiveToken } from '../../engine/tokens/live.ts';
import { isTrustedProxy } from '../../http/client_address.ts';
import type { RequestContext } from '../../http/router.ts';
import type { Who } from '../../policy/match.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import { headerToken, shownToken } from '../shown_token.ts';
import { placeOf, type Site } from '../site.ts';
import { hostCookie } from './cookies.ts';

/** Whoever stands before a protected host. */
export interface Visitor {
  readonly who: Who;
  /** What was proven; absent: nobody has come forward. */
  readonly acr?: string;
  /** Absent for a client that acts for itself, too. */
  readonly person?: Bearer['person'];
  /** What came in the Authorization header and counts. */
  readonly token?: LiveToken;
  /** Why that does not count. */
  readonly refusal?: OAuthError;
}

/**
 * A token comes before the cookie. One that does not count is as good as none: the application may have tokens of its
 * own, for people who are signed in here.
 */
export async function visitorOf(
  request: Request,
  target: Target,
  context: RequestContext,
  site: Site,
): Promise<Visitor> {
  const address = addressOf(request, context, site);
  const token = await tokenOf(request, target, context, site);
  if (token !== undefined && !(token instanceof OAuthError)) return visitorBy(token, address);
  const cookie = hostCookie('ostiary_host', request, target.origin, site);
  const found = await findHostSession(cookie, target.origin, site.engine);
  if (found === undefined) {
    return { who: { address }, ...token !== undefined && { refusal: token } };
  }
  const { session: { user, record }, acr } = found;
  await noteSessionUse(found.session, site.engine);
  const { username, groups } = user;
  return {
    who: { username, groups, address },
    acr,
    person: { user, authentication: { ...record, acr } },
  };
}

/** The token that was shown, or why it does not count. */
async function tokenOf(
  request: Request,
  target: Target,
  context: RequestContext,
  site: Site,
): Promise<LiveToken | OAuthError | undefined> {
  const authorization = request.headers.get('authorization');
  if (authorization === null || !/^(?:bearer|dpop)(?: |$)/i.test(authorization)) return undefined;
  try {
    const token = headerToken(authorization) ?? '';
    const url = target.origin + (target.uri.split('?', 1)[0] ?? '');
    const about = { method: target.method, urls: [url] };
    const shown = await shownToken(token, request, context, site, about);
    return await acceptHostToken(shown, target, site.engine);
  } catch (error) {
    if (error instanceof OAuthError && error.status < 500) return error;
    throw error;
  }
}

function visitorBy(token: LiveToken, address: string | undefined): Visitor {
  if (token.person === undefined) {
    return { who: { client_id: token.token.client_id, address }, acr: 'one_factor', token };
  }
  const { user, grant: { grant_type, authentication } } = token.person;
  const { username, groups } = user;
  const person = grant_type === 'jwt_bearer' ? { user } : { user, authentication };
  return { who: { username, groups, address }, acr: authentication.acr, person, token };
}

/** Where no rule asks, nobody looks. Nobody is where a proxy is: one that does not say for whom it asks opens no network. */
export function addressOf(
  request: Request,
  context: RequestContext,
  site: Site,
): string | undefined {
  const { rules } = site.engine.settings.access_control;
  if (!rules.some(({ networks }) => networks !== undefined)) return undefined;
  const { address } = placeOf(request, context, site);
  return isTrustedProxy(address, site.trustedProxies) ? undefined : address;
}
