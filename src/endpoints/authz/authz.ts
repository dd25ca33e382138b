import { parseTarget, type Target } from '../../engine/forward_auth/target.ts';
import { isTrustedProxy } from '../../http/client_address.ts';
import { headersOnly, noStore, notFoundText, plainText, seeOther } from '../../http/respond.ts';
import type { RequestContext } from '../../http/router.ts';
import { forbiddenPage } from '../../interaction/authz/forbidden.ts';
import { decideAccess } from '../../policy/access.ts';
import { satisfiesAcr } from '../../spec/acr.ts';
import type { AccessControl } from '../../spec/access_control.ts';
import { errorDescription, OAuthError } from '../../spec/oauth_error.ts';
import { refusalOf } from '../error_response.ts';
import { challengeOf, NO_TOKEN } from '../shown_token.ts';
import { pageHandler, type Site } from '../site.ts';
import { GATE, gate, signInUrl } from './gate.ts';
import { identityHeaders } from './identity.ts';
import { type Implementation, implementationOf } from './told.ts';
import { type Visitor, visitorOf } from './visitor.ts';

/** What proxies ask about each request: whether it may pass, and as whose. Any method. */
export async function authz(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  const implementation = implementationOf(context.path);
  if (implementation === undefined) return notFoundText();
  try {
    checkProxy(context, site);
    const target = parseTarget(implementation.told(request, context, site), !site.isSecure);
    if (!target.uri.startsWith(GATE)) {
      return await judge({ implementation, target, request, context }, site);
    }
    if (!implementation.isSubrequest) return await gate(target, request, context, site);
    throw new OAuthError('access_denied', `${GATE} must be proxied: see docs/forward_auth.md`);
  } catch (error) {
    return refuse(error, implementation, context, site);
  }
}

interface Question {
  readonly implementation: Implementation;
  readonly target: Target;
  readonly request: Request;
  readonly context: RequestContext;
}

/** @throws {OAuthError} `access_denied`: what anybody else says of a request is worth nothing. T119 */
function checkProxy({ peerAddress }: RequestContext, { trustedProxies }: Site): void {
  if (isTrustedProxy(peerAddress, trustedProxies)) return;
  throw new OAuthError('access_denied', `${peerAddress} is none of trusted_proxies`);
}

async function judge(question: Question, site: Site): Promise<Response> {
  const { target, request, context } = question;
  const visitor = await visitorOf(request, target, context, site);
  switch (standingOf(target, visitor, site.engine.settings.access_control)) {
    case 'granted':
      return headersOnly(identityHeaders(visitor.session?.user), noStore);
    case 'sign_in':
      return signInAnswer(question, site);
    case 'denied':
      return deniedAnswer(question, visitor, site);
  }
}

/** @throws {OAuthError} when the rules cannot tell */
function standingOf(
  target: Target,
  { who, acr }: Visitor,
  control: AccessControl,
): 'granted' | 'sign_in' | 'denied' {
  const verdict = decideAccess(control, target, who);
  switch (verdict.kind) {
    case 'ambiguous':
      throw new OAuthError('access_denied', 'servers may read this URL in several ways');
    case 'too_long':
      throw new OAuthError('access_denied', 'this URL is too long for the access rules');
    case 'level':
      if (verdict.level === 'bypass') return 'granted';
      if (verdict.level === 'deny') return verdict.dependsOnPerson ? 'sign_in' : 'denied';
      return acr !== undefined && satisfiesAcr(acr, verdict.level) ? 'granted' : 'sign_in';
  }
}

/** Browsers on their way to a page are sent to sign in; programs, and scripts of pages, learn that they would have to. */
function signInAnswer(question: Question, site: Site): Response {
  const { implementation, target, request } = question;
  const location = signInUrl(target);
  if (!implementation.isSubrequest && isNavigation(target, request)) return seeOther(location);
  const refusal = new OAuthError('invalid_token', NO_TOKEN);
  const { headers } = challengeOf(refusal, request, site, []);
  return plainText('Sign in first.\n', 401, { ...headers, location });
}

async function deniedAnswer(
  { implementation, target, request, context }: Question,
  { session }: Visitor,
  site: Site,
): Promise<Response> {
  const { host } = target;
  site.engine.log('info', 'forward_auth.denied', { host, user: session?.user.id });
  if (implementation.isSubrequest || !isNavigation(target, request)) {
    return plainText('Access denied.\n', 403, noStore);
  }
  const model = {
    host,
    username: session?.user.username,
    otherAccountUrl: session && signInUrl(target, '&switch=yes'),
  };
  return await pageHandler((_request, _context, own) => forbiddenPage(model, own), site)(
    request,
    context,
  );
}

function isNavigation({ method }: Target, { headers }: Request): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  const accept = headers.get('accept') ?? '*/*';
  return /text\/html|\*\/\*/.test(accept) && headers.get('x-requested-with') === null &&
    (headers.get('sec-fetch-mode') ?? 'navigate') === 'navigate';
}

/** In words, for whoever reads the log of the proxy. */
function refuse(
  error: unknown,
  { isSubrequest }: Implementation,
  { correlationId }: RequestContext,
  { engine }: Site,
): Response {
  const refusal = refusalOf(error, engine.log, correlationId);
  const description = errorDescription(refusal, engine.settings.client_debug_messages);
  const status = isSubrequest && refusal.status < 500 ? 403 : refusal.status;
  return plainText(`${description}\n`, status, noStore);
}
