import { formPairs, queryParams } from '../../endpoints/params.ts';
import type { Site, SiteHandler } from '../../endpoints/site.ts';
import { noteActivity } from '../../engine/activity.ts';
import {
  answerRequest,
  listWaitingRequests,
  type Said,
  type WaitingRequest,
} from '../../engine/ciba/answer.ts';
import { hasUserCode, removeUserCode, setUserCode } from '../../engine/ciba/user_code.ts';
import { findSession } from '../../engine/session.ts';
import type { FormPairs } from '../../http/form.ts';
import { seeOther } from '../../http/respond.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import { type Params, paramsOf } from '../../spec/params.ts';
import { clientName } from '../client_card.ts';
import { detailRows, isAccepted, isNewClient, itemRows, tickedNames } from '../consent.ts';
import { type Errand, errandUrl } from '../errand.ts';
import { languageOf } from '../frame.ts';
import { requestStanding } from '../standing.ts';
import { type OpenRequest, type RequestRow, requestsView } from '../views/account/requests.ts';
import {
  accountPage,
  checkVisitForm,
  doneWith,
  onVisit,
  proofFor,
  type Visit,
  visitOf,
} from './visit.ts';

/** Requests have no claims parameter. */
const NO_CLAIMS = { userinfo: [], id_token: [] } as const;

/** How often a request or a session that changes under us is read again. */
const MAX_ATTEMPTS = 8;

/** `/account/requests`: what applications ask for by the back channel. CIBA §7 */
export const requestsPage = onVisit('requests', (visit, site) => showRequests(visit, site));

/** Answers the request that `request` names, or with `user_code_action` sets or removes the person's code. */
export const submitRequests: SiteHandler = async (request, context, site) => {
  const pairs = await formPairs(request, site.maxBodyBytes);
  const params = paramsOf(pairs);
  const visit = await visitOf('requests', request, context, {}, site);
  if (visit instanceof Response) return visit;
  checkVisitForm(visit, params, site);
  return params.get('user_code_action') === undefined
    ? await answer(visit, pairs, site)
    : await changeUserCode(visit, params, site);
};

/** Nobody else's request is there (T072). */
async function answer(visit: Visit, pairs: FormPairs, site: Site): Promise<Response> {
  const { engine } = site;
  const params = paramsOf(pairs);
  const isApproved = isAccepted(params);
  const approval = isApproved ? { ...tickedNames(pairs), remember: false } : 'denied';
  const { cookies } = visit;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const session = await findSession(cookies.session, engine);
    if (session === undefined) return await showRequests(visit, site);
    const all = await listWaitingRequests(session.user.id, engine);
    const waiting = all.find(({ id }) => id === params.get('request'));
    // Too late, or not theirs: it is not there any more.
    if (waiting === undefined) return doneWith(visit, 'request_over', site);
    const detour = await detourFor(waiting, visit, site);
    if (detour !== undefined) return detour;
    const { address } = cookies.place;
    const said: Said = { approval, answerer: { session, address } };
    if (!await answerRequest(waiting, said, engine)) continue;
    engine.log('info', isApproved ? 'ciba.approved' : 'ciba.denied', {
      client_id: waiting.client.client_id,
      user: session.user.id,
      address,
    });
    const kind = isApproved ? 'request_approved' : 'request_denied';
    const { client_id } = waiting.client;
    await noteActivity(session.user.id, { kind, client_id, ...cookies.place }, engine);
    return doneWith(visit, kind, site);
  }
  throw new OAuthError('temporarily_unavailable', 'the request changes too fast', {
    retryAfterSeconds: 1,
  });
}

/** For whoever has proven lately who they are: who may set it may be reached, or not, by whoever knows it. */
async function changeUserCode(visit: Visit, params: Params, site: Site): Promise<Response> {
  const detour = await proofFor(visit, site);
  if (detour !== undefined) return detour;
  const { user } = visit.session;
  if (params.get('user_code_action') === 'remove') {
    await removeUserCode(user.id, site.engine);
    return doneWith(visit, 'user_code_removed', site);
  }
  const outcome = await setUserCode(user.id, params.get('user_code') ?? '', site.engine);
  if (outcome === 'set') return doneWith(visit, 'user_code_set', site);
  return await showRequests(visit, site, outcome);
}

async function showRequests(
  visit: Visit,
  site: Site,
  problem?: 'refused' | 'busy',
): Promise<Response> {
  const all = await listWaitingRequests(visit.session.user.id, site.engine);
  const open = openOf(all, queryParams(visit.context.query));
  const detour = open && await detourFor(open, visit, site);
  if (detour !== undefined) return detour;
  const hasCode = await hasUserCode(visit.session.user.id, site.engine);
  return accountPage(visit, (frame) =>
    requestsView({
      ...frame,
      hasUserCode: hasCode,
      ...(problem === undefined ? {} : { problem }),
      others: all.filter((each) => each !== open).map((each) => rowOf(each, site)),
      ...(open === undefined ? {} : { open: openRow(open, site) }),
    }), site);
}

/** The one that is looked at: that which the query names, or else the only one. */
function openOf(all: readonly WaitingRequest[], query: Params): WaitingRequest | undefined {
  return all.find(({ id }) => id === query.get('request')) ??
    (all.length === 1 ? all[0] : undefined);
}

/** Where to prove what the answer takes; undefined when that was done. */
async function detourFor(
  waiting: WaitingRequest,
  { cookies }: Visit,
  site: Site,
): Promise<Response | undefined> {
  const errand: Errand = { kind: 'request', id: waiting.id };
  const standing = await requestStanding(waiting, cookies, site);
  switch (standing.kind) {
    case 'login':
      return seeOther(errandUrl('login', errand, site));
    case 'second_factor':
      return seeOther(errandUrl('login/second-factor', errand, site));
    case 'denied':
      throw new OAuthError('access_denied', 'the policy of this client does not let you in', {
        status: 403,
      });
    case 'ready':
      return undefined;
  }
}

function rowOf({ id, client, entry: { value } }: WaitingRequest, site: Site): RequestRow {
  const { binding_message, expires_at } = value;
  return {
    id,
    name: clientName(client, languageOf(site)),
    ...(binding_message === undefined ? {} : { binding_message }),
    secondsLeft: Math.max(1, Math.round(expires_at - site.engine.now())),
  };
}

function openRow(waiting: WaitingRequest, site: Site): OpenRequest {
  const { client, entry: { value: { scope, resource, authorization_details } } } = waiting;
  return {
    ...rowOf(waiting, site),
    ...itemRows({ scope, claims: NO_CLAIMS }, client, site),
    isNewClient: isNewClient(client, site),
    resources: resource,
    details: detailRows(authorization_details, site),
  };
}
