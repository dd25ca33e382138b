import { findHostSession } from '../../engine/forward_auth/host_session.ts';
import type { Target } from '../../engine/forward_auth/target.ts';
import { noteSessionUse, type Session } from '../../engine/session.ts';
import { isTrustedProxy } from '../../http/client_address.ts';
import type { RequestContext } from '../../http/router.ts';
import type { Who } from '../../policy/match.ts';
import { placeOf, type Site } from '../site.ts';
import { hostCookie } from './cookies.ts';

/** Whoever stands before a protected host. */
export interface Visitor {
  readonly who: Who;
  /** What was proven; absent: nobody is signed in. */
  readonly acr?: string;
  readonly session?: Session;
}

export async function visitorOf(
  request: Request,
  target: Target,
  context: RequestContext,
  site: Site,
): Promise<Visitor> {
  const address = addressOf(request, context, site);
  const cookie = hostCookie('ostiary_host', request, target.origin, site);
  const found = await findHostSession(cookie, target.origin, site.engine);
  if (found === undefined) return { who: { address } };
  const { session, acr } = found;
  await noteSessionUse(session, site.engine);
  const { username, groups } = session.user;
  return { who: { username, groups, address }, acr, session };
}

/** Nobody is where a proxy is: one that does not say for whom it asks opens no network. */
function addressOf(request: Request, context: RequestContext, site: Site): string | undefined {
  const { address } = placeOf(request, context, site);
  return isTrustedProxy(address, site.trustedProxies) ? undefined : address;
}
