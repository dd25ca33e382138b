import { hostTokenFor } from '../../engine/forward_auth/host_token.ts';
import { parseTarget, type Target } from '../../engine/forward_auth/target.ts';
import { isTrustedProxy } from '../../http/client_address.ts';
import { headersOnly, noStore, notFoundText, plainText, seeOther } from '../../http/respond.ts';
import type { RequestContext } from '../../http/router.ts';
import { forbiddenPage } from '../../interaction/authz/forbidden.ts';
import { decideAccess, isForOthers } from '../../policy/access.ts';
import { satisfiesAcr } from '../../spec/acr.ts';
import type { AccessControl } from '../../spec/access_control.ts';
import { errorDescription, OAuthError } from '../../spec/oauth_error.ts';
import { nonceHeader } from '../dpop.ts';
import { aboutOf, refusalOf } from '../error_response.ts';
import { challengeOf, NO_TOKEN } from '../shown_token.ts';
import { pageHandler, type Site } from '../site.ts';
import { atHost } from './at_host.ts';
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
      return headersOnly(identityHeaders(visitor.person?.user), {
        ...noStore,
        ...await tokenHeader(target, visitor, site),
        ...visitor.token !== undefined && nonceHeader(site),
      });
    case 'sign_in':
      return signInAnswer(question, visitor, site);
    case 'denied':
      return deniedAnswer(question, visitor, site);
  }
}

/** Empty where nobody has come forward. */
async function tokenHeader(
  { origin }: Target,
  { person, token }: Visitor,
  { engine, hostTokens }: Site,
): Promise<Readonly<Record<string, string>>> {
  const { host_token } = engine.settings;
  if (host_token === undefined) return {};
  const { header } = host_token;
  if (person === undefined && token === undefined) return { [header]: '' };
  const bearer = { ...person && { person }, ...token && { token: token.token } };
  const jwt = await hostTokenFor(bearer, origin, host_token, hostTokens, engine);
  return { [header]: header === 'authorization' ? `Bearer ${jwt}` : jwt };
}

type Standing = 'granted' | 'sign_in' | 'denied';

/** @throws {OAuthError} when the rules cannot tell */
function standingOf(
  target: Target,
  { who, acr }: Visitor,
  control: AccessControl,
): Standing {
  const verdict = decideAccess(control, target, who);
  switch (verdict.kind) {
    case 'ambiguous':
      throw new OAuthError('access_denied', 'servers may read this URL in several ways');
    case 'too_long':
      throw new OAuthError('access_denied', 'this URL is too long for the access rules');
    case 'level':
      if (verdict.level === 'bypass') return 'granted';
      if (verdict.level === 'deny') return verdict.dependsOnPerson ? 'sign_in' : 'denied';
      if (isForOthers(verdict, who)) return 'denied';
      return acr !== undefined && satisfiesAcr(acr, verdict.level) ? 'granted' : 'sign_in';
  }
}

/** Browsers on their way to a page are sent to sign in; programs, and scripts of pages, learn what is asked of them. */
function signInAnswer(question: Question, { token, refusal }: Visitor, site: Site): Response {
  const { implementation, target, request } = question;
  if (token !== undefined) {
    const weak = new OAuthError(
      'insufficient_user_authentication',
      'a stronger sign-in is required',
    );
    return refused(weak, question, site, ['acr_values="two_factor"']);
  }
  if (refusal !== undefined) return refused(refusal, question, site);
  checkNotOurs(target, site);
  const location = signInUrl(target);
  const isPage = wantsPage(target, request);
  if (!implementation.isSubrequest && isPage) return seeOther(location);
  // Everybody comes without a sign-in once: nothing was refused that a log should tell of.
  const { status, headers } = challengeOf(NONE_SHOWN, request, site, []);
  return plainText(`${NO_TOKEN}\n`, status, {
    ...headers,
    location,
    ...isPage && { [REDIRECT]: 'yes' },
  });
}

/** For proxies that redirect by themselves, and cannot tell a page from a script. */
const REDIRECT = 'x-ostiary-redirect';

const NONE_SHOWN = new OAuthError('invalid_token', NO_TOKEN);

/** @throws {OAuthError} `access_denied`, as nobody would ever arrive */
function checkNotOurs({ origin, uri }: Target, { origin: own, basePath }: Site): void {
  if (origin !== own || !uri.startsWith(`${basePath}/authz/`)) return;
  throw new OAuthError('access_denied', 'the proxy must not ask about the issuer itself');
}

/** Why a token does not do: RFC 6750 §3, RFC 9449 §7.1, RFC 9470 §3. */
function refused(
  refusal: OAuthError,
  { implementation, request, context }: Question,
  site: Site,
  wanted: readonly string[] = [],
): Response {
  refusalOf(refusal, site.engine.log, aboutOf(context));
  const { status, headers } = challengeOf(refusal, request, site, wanted);
  const shown = implementation.isSubrequest && status === 400 ? 401 : status;
  return plainText(`${refusal.hint}\n`, shown, headers);
}

async function deniedAnswer(
  question: Question,
  { person, token }: Visitor,
  site: Site,
): Promise<Response> {
  const { implementation, target, request, context } = question;
  const { host } = target;
  const user = person?.user;
  const client_id = token?.token.client_id;
  site.engine.log('info', 'forward_auth.denied', { host, user: user?.id, client_id });
  if (token !== undefined) {
    const refusal = new OAuthError('insufficient_scope', 'the access rules do not let it in');
    return refused(refusal, question, site);
  }
  if (implementation.isSubrequest || !wantsPage(target, request)) {
    return plainText('Access denied.\n', 403, noStore);
  }
  const model = {
    host,
    username: user?.username,
    otherAccountUrl: user && signInUrl(target, '&switch=yes'),
  };
  const answer = pageHandler((_request, _context, own) => forbiddenPage(model, own), site);
  return atHost(await answer(request, context));
}

/** Forms of pages are sent as they are for a page; of programs many take anything. */
function wantsPage({ method }: Target, { headers }: Request): boolean {
  const isRead = method === 'GET' || method === 'HEAD';
  if (!isRead && method !== 'POST') return false;
  const accept = headers.get('accept') ?? '*/*';
  return (isRead ? /text\/html|\*\/\*/ : /text\/html/).test(accept) &&
    headers.get('x-requested-with') === null &&
    (headers.get('sec-fetch-mode') ?? 'navigate') === 'navigate';
}

/** In words, for whoever reads the log of the proxy. */
function refuse(
  error: unknown,
  { isSubrequest }: Implementation,
  context: RequestContext,
  { engine }: Site,
): Response {
  const refusal = refusalOf(error, engine.log, aboutOf(context));
  const description = errorDescription(refusal, engine.settings.client_debug_messages);
  const status = isSubrequest && refusal.status < 500 ? 403 : refusal.status;
  return plainText(`${description}\n`, status, noStore);
}
