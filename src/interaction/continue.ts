import { requiredLevel } from '../engine/authorization_policy.ts';
import { decide, type Decision, type SessionState } from '../engine/authorize/decide.ts';
import { endPushedRequest, issueAuthorization } from '../engine/authorize/issue.ts';
import { type Pending, sealPending } from '../engine/authorize/pending.ts';
import { refusalResponse, successResponse } from '../engine/authorize/respond.ts';
import { subjectOf } from '../engine/claims/subject.ts';
import type { Approval } from '../engine/consent.ts';
import { recallConsent, type RecalledConsent } from '../engine/consent_memory.ts';
import { canShowSecondFactor } from '../engine/factors/factors.ts';
import type { Session } from '../engine/session.ts';
import { sessionStateOf } from '../engine/session_state.ts';
import { seeOther } from '../http/respond.ts';
import { OAuthError } from '../spec/oauth_error.ts';
import { unreachable } from '../spec/unreachable.ts';
import { refusalOf } from '../endpoints/error_response.ts';
import type { Site } from '../endpoints/site.ts';
import { type Choice, chooseSession } from './choose_session.ts';
import {
  accountCookies,
  type BrowserCookies,
  browserStateOf,
  nameBrowser,
  stateCookies,
} from './cookies.ts';
import type { Step } from './errands/kind.ts';
import { sendResponse } from './send_response.ts';

export interface Passage {
  readonly pending: Pending;
  /** The session cookie may be newer than the request's: that of a sign-in just now. */
  readonly cookies: BrowserCookies;
  /** It counts for the session that it was given in alone (T110). */
  readonly approval?: Approval & { readonly sid: string };
  /** To be set with whatever is answered. */
  readonly setCookies?: readonly string[];
}

/** How often a session that changes under us is read again. */
const MAX_ATTEMPTS = 8;

/** What comes next for a pending request: a page, or the answer to the client. Every page ends here. */
export async function continueAuthorization(passage: Passage, site: Site): Promise<Response> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const { choice, known, decision } = await standingOf(passage, site);
    const response = await answer(decision, known, inUse(passage, choice, site), site);
    if (response !== undefined) return response;
  }
  throw new OAuthError('temporarily_unavailable', 'too many requests in one session', {
    retryAfterSeconds: 1,
  });
}

/** The end of a passage that yields nothing; a request that was pushed ends with it. */
export async function sendRefusal(
  { pending, cookies, setCookies = [] }: Passage,
  error: OAuthError,
  site: Site,
): Promise<Response> {
  await endPushedRequest(pending, site.engine);
  // The passage's own id: it may have come through several requests.
  const { client_id } = pending.address.client;
  const refusal = refusalOf(error, site.engine.log, { correlationId: pending.id, client_id });
  const response = await refusalResponse(
    pending.address,
    refusal,
    site.engine,
    // As the browser has it: in a frame of another site, sessions do not come along.
    sessionStateOf(pending, cookies.state),
  );
  return sendResponse(response, setCookies, site);
}

/** What stands between the person and the answer. */
export async function stepOf(passage: Passage, site: Site): Promise<Step> {
  const { choice: { session }, decision: { kind } } = await standingOf(passage, site);
  if (kind === 'login' || kind === 'select_account') return { kind: 'login' };
  return kind === 'second_factor' && session !== undefined ? { kind, session } : { kind: 'ready' };
}

/** The pages that follow are about the account that was chosen; a silent request changes nothing (T012). */
function inUse(passage: Passage, { cookies }: Choice, site: Site): Passage {
  const { pending, setCookies = [] } = passage;
  if (cookies === passage.cookies || pending.request.prompt.includes('none')) return passage;
  if (cookies.session === passage.cookies.session) return passage;
  return {
    ...passage,
    cookies,
    setCookies: [...setCookies, ...accountCookies(passage.cookies, cookies, site)],
  };
}

/** What is read to decide. */
interface Known {
  readonly session: Session;
  readonly state: SessionState;
  readonly memory: RecalledConsent;
  /** What was said just now, in this very session (T110). */
  readonly approval: Approval | undefined;
}

/** Who is there, what is known of them, and what follows from it. */
interface Standing {
  readonly choice: Choice;
  readonly known: Known | undefined;
  readonly decision: Decision;
}

async function standingOf(passage: Passage, site: Site): Promise<Standing> {
  const { pending, cookies } = passage;
  const choice = await chooseSession(pending, cookies, site);
  const known = await knownOf(passage, choice, site);
  const decision = decide({
    request: pending.request,
    client: pending.address.client,
    ...(known === undefined ? {} : { session: known.state }),
    isAmbiguous: choice.isAmbiguous,
    ...(known?.approval === undefined ? {} : { approval: known.approval }),
    receivedAtSeconds: pending.receivedAtSeconds,
    nowSeconds: site.engine.now(),
  });
  return { choice, known, decision };
}

async function knownOf(
  { pending, approval, cookies }: Passage,
  { session }: Choice,
  site: Site,
): Promise<Known | undefined> {
  if (session === undefined) return undefined;
  const { address: { client }, request } = pending;
  const memory = await recallConsent({ session, client, request }, site.engine);
  const state = await stateOf(session, memory, pending, cookies, site);
  const isOurs = approval?.sid === session.record.sid;
  return { session, state, memory, approval: isOurs ? approval : undefined };
}

async function stateOf(
  { record, user }: Session,
  memory: RecalledConsent,
  { address: { client }, request, selected }: Pending,
  { place }: BrowserCookies,
  { engine }: Site,
): Promise<SessionState> {
  return {
    record,
    sub: await subjectOf(user.id, client, engine),
    isSelected: selected === record.sid,
    level: requiredLevel(client, user, { ...place, scope: request.scope }, engine),
    // Read only where it may count.
    hasSecondFactor: request.acr !== undefined && record.acr === 'one_factor' &&
      await canShowSecondFactor(user.id, engine),
    memory,
  };
}

/** Undefined when the session changed meanwhile. */
async function answer(
  decision: Decision,
  known: Known | undefined,
  passage: Passage,
  site: Site,
): Promise<Response | undefined> {
  const { pending, setCookies = [] } = passage;
  switch (decision.kind) {
    case 'login':
      return toPage(wantsAccount(pending, site) ? 'sign-up' : 'login', passage, site);
    case 'select_account':
      return toPage('select-account', passage, site);
    case 'second_factor':
      return toPage('login/second-factor', passage, site);
    case 'consent':
      return toPage('consent', passage, site);
    case 'refuse':
      return await sendRefusal(passage, decision.error, site);
    case 'issue': {
      if (known === undefined) {
        throw new TypeError('Cannot issue anything as there must be a session: got none');
      }
      const { session, approval, memory } = known;
      const { place: { address } } = passage.cookies;
      const fields = await issueAuthorization(
        { pending, session, granted: decision.granted, address, approval, memory },
        site.engine,
      );
      if (fields === undefined) return undefined;
      const response = await successResponse(
        pending.address,
        [...fields, ...sessionStateOf(pending, browserStateOf(passage.cookies))],
        site.engine,
      );
      // A sign-in just now has told the browser its state; otherwise it may have lost it.
      const told = setCookies.length > 0 ? setCookies : stateCookies(passage.cookies, site);
      return sendResponse(response, told, site);
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
  page: 'login' | 'login/second-factor' | 'select-account' | 'sign-up' | 'consent',
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
