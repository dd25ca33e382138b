import { type Approval, decide, type Decision } from '../engine/authorize/decide.ts';
import { endPushedRequest, issueAuthorization } from '../engine/authorize/issue.ts';
import { type Pending, sealPending } from '../engine/authorize/pending.ts';
import { refusalResponse, successResponse } from '../engine/authorize/respond.ts';
import { subjectOf } from '../engine/claims/subject.ts';
import { findSession, type Session } from '../engine/session.ts';
import { seeOther } from '../http/respond.ts';
import { OAuthError } from '../spec/oauth_error.ts';
import { unreachable } from '../spec/unreachable.ts';
import { refusalOf } from '../endpoints/error_response.ts';
import type { Site } from '../endpoints/site.ts';
import { type BrowserCookies, nameBrowser } from './cookies.ts';
import { sendResponse } from './send_response.ts';

export interface Passage {
  readonly pending: Pending;
  /** The session cookie may be newer than the request's: that of a sign-in just now. */
  readonly cookies: BrowserCookies;
  readonly approval?: Approval;
  /** To be set with whatever is answered. */
  readonly setCookies?: readonly string[];
}

/** How often a session that changes under us is read again. */
const MAX_ATTEMPTS = 8;

/** What comes next for a pending request: a page, or the answer to the client. Every page ends here. */
export async function continueAuthorization(passage: Passage, site: Site): Promise<Response> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const session = await findSession(passage.cookies.session, site.engine);
    const response = await answer(
      await decisionFor(passage, session, site),
      session,
      passage,
      site,
    );
    if (response !== undefined) return response;
  }
  throw new OAuthError('temporarily_unavailable', 'too many requests in one session', {
    retryAfterSeconds: 1,
  });
}

/** The end of a passage that yields nothing; a request that was pushed ends with it. */
export async function sendRefusal(
  pending: Pending,
  error: OAuthError,
  setCookies: readonly string[],
  site: Site,
): Promise<Response> {
  await endPushedRequest(pending, site.engine);
  // The passage's own id: it may have come through several requests.
  const refusal = refusalOf(error, site.engine.log, pending.id);
  return sendResponse(
    await refusalResponse(pending.address, refusal, site.engine),
    setCookies,
    site,
  );
}

/** Whether nothing but a sign-in can come next. */
export async function needsSignIn(passage: Passage, site: Site): Promise<boolean> {
  const session = await findSession(passage.cookies.session, site.engine);
  return (await decisionFor(passage, session, site)).kind === 'login';
}

async function decisionFor(
  { pending, approval }: Passage,
  session: Session | undefined,
  site: Site,
): Promise<Decision> {
  const { client } = pending.address;
  const sub = session && await subjectOf(session.user.id, client, site.engine);
  return decide({
    request: pending.request,
    client,
    ...(session === undefined || sub === undefined
      ? {}
      : { session: { record: session.record, sub } }),
    ...(approval === undefined ? {} : { approval }),
    receivedAtSeconds: pending.receivedAtSeconds,
    nowSeconds: site.engine.now(),
  });
}

/** Undefined when the session changed meanwhile. */
async function answer(
  decision: Decision,
  session: Session | undefined,
  passage: Passage,
  site: Site,
): Promise<Response | undefined> {
  const { pending, setCookies = [] } = passage;
  switch (decision.kind) {
    case 'login':
      return toPage(wantsAccount(pending, site) ? 'sign-up' : 'login', passage, site);
    case 'consent':
      return toPage('consent', passage, site);
    case 'refuse':
      return await sendRefusal(pending, decision.error, setCookies, site);
    case 'issue': {
      if (session === undefined) {
        throw new TypeError('Cannot issue anything as there must be a session: got none');
      }
      const fields = await issueAuthorization(pending, session, decision.granted, site.engine);
      if (fields === undefined) return undefined;
      const response = await successResponse(pending.address, fields, site.engine);
      return sendResponse(response, setCookies, site);
    }
    default:
      return unreachable(decision);
  }
}

/** Initiating User Registration via OpenID Connect 1.0 §4.1. */
function wantsAccount({ request }: Pending, { engine }: Site): boolean {
  return request.prompt.includes('create') && engine.settings.sign_up === 'open';
}

/** The pending request goes along sealed: nothing is stored. */
function toPage(
  page: 'login' | 'sign-up' | 'consent',
  { pending, cookies, setCookies = [] }: Passage,
  site: Site,
): Response {
  const { browser, setCookie } = nameBrowser(cookies, site);
  const sealed = sealPending(pending, browser, site.engine);
  return seeOther(`${site.engine.settings.issuer}/${page}?pending=${sealed}`, [
    ...setCookie,
    ...setCookies,
  ]);
}
