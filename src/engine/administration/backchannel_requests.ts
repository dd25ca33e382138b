import { backchannelPlaces, sessions } from '../../store/collections.ts';
import type { Actor, BackchannelRequestRecord, UserRecord } from '../../store/records.ts';
import { noteActivity } from '../activity.ts';
import { audit } from '../audit.ts';
import { requiredLevel } from '../authorization_policy.ts';
import { answerRequest, findWaitingRequest, type WaitingRequest } from '../ciba/answer.ts';
import type { Engine } from '../engine.ts';
import { endSession } from '../logout/end_session.ts';
import { liveSession, type Session, startSession } from '../session.ts';
import { findLiveUser } from '../users.ts';
import { type Page, pageOf, type PageRequest } from './listing.ts';
import { done, type Outcome, type Refusal, refused } from './outcome.ts';

/** A backchannel authentication request that waits for its person. CIBA §7 */
export interface BackchannelRequestView extends
  Pick<
    BackchannelRequestRecord,
    | 'user'
    | 'client_id'
    | 'scope'
    | 'resource'
    | 'authorization_details'
    | 'acr_values'
    | 'binding_message'
    | 'delivery_mode'
    | 'created_at'
    | 'expires_at'
  > {
  readonly id: string;
}

/** By person; those that were just answered leave a page shorter. */
export async function pageBackchannelRequests(
  user: string | undefined,
  request: PageRequest,
  engine: Engine,
): Promise<Page<BackchannelRequestView>> {
  const { issuer } = engine.settings;
  const prefix = user === undefined ? [issuer] : [issuer, user];
  const { items, ...rest } = await pageOf(backchannelPlaces, prefix, request, engine.store);
  const found = await Promise.all(items.map(({ request }) => findWaitingRequest(request, engine)));
  return { items: found.flatMap((each) => each === undefined ? [] : [viewOf(each)]), ...rest };
}

export async function showBackchannelRequest(
  id: string,
  engine: Engine,
): Promise<Outcome<BackchannelRequestView>> {
  const waiting = await findWaitingRequest(id, engine);
  return waiting === undefined ? noRequest(id) : done(viewOf(waiting));
}

/** What an administrator says in the person's place. */
export type Decision = 'approve' | 'deny';

/**
 * The answer of whoever has asked the person by other means. An approval makes a session, which the person sees and can
 * end: what the client gets hangs on it. It counts as one factor, so a policy that wants two is not met.
 */
export async function answerBackchannelRequest(
  id: string,
  decision: Decision,
  by: Actor,
  engine: Engine,
): Promise<Outcome<BackchannelRequestView>> {
  const waiting = await findWaitingRequest(id, engine);
  if (waiting === undefined) return noRequest(id);
  const change = {
    action: decision === 'approve' ? 'backchannel_request.approved' : 'backchannel_request.denied',
    target: id,
    after: aboutOf(waiting),
  };
  const alongside = [audit(change, by, engine)];
  if (decision === 'deny') {
    const isAnswered = await answerRequest(waiting, { approval: 'denied' }, engine, alongside);
    if (!isAnswered) return changed(id);
    await noteFor(waiting, 'request_denied', engine);
    return done(viewOf(waiting));
  }
  const user = await personOf(waiting, engine);
  if ('kind' in user) return user;
  const session = await sessionFor(user, engine);
  if (session === undefined) return cutOff();
  const { scope } = waiting.entry.value;
  const approval = { scope, claims: [], remember: false };
  const said = { approval, answerer: { session, address: undefined } };
  if (!await answerRequest(waiting, said, engine, alongside)) {
    await endSession(session.entry, 'administrator', engine);
    return changed(id);
  }
  await noteFor(waiting, 'request_approved', engine);
  return done(viewOf(waiting));
}

/** The person sees what was said in their place; it came from no address of theirs. */
async function noteFor(
  { client, entry: { value } }: WaitingRequest,
  kind: 'request_approved' | 'request_denied',
  engine: Engine,
): Promise<void> {
  const nowhere = { address: undefined, user_agent: BY_ADMINISTRATOR };
  await noteActivity(value.user, { kind, client_id: client.client_id, ...nowhere }, engine);
}

/** In place of a browser's name. */
const BY_ADMINISTRATOR = 'Ostiary: an administrator';

/** The person, if the policy of the client lets them in by one factor. */
async function personOf(
  { client, entry: { value } }: WaitingRequest,
  engine: Engine,
): Promise<UserRecord | Refusal> {
  const user = await findLiveUser(value.user, value.created_at, engine);
  if (user === undefined) return cutOff();
  switch (requiredLevel(client, user, { scope: value.scope }, engine)) {
    case 'one_factor':
      return user;
    case 'two_factor':
      return refused('the policy of the client wants two factors of the person', 'conflict');
    case 'deny':
      return refused('the policy of the client does not let the person in', 'conflict');
  }
}

/** Of no browser: nobody has its cookie. Undefined when the person was cut off in this moment. */
async function sessionFor(user: UserRecord, engine: Engine): Promise<Session | undefined> {
  const { record, change } = startSession({
    user,
    remember: false,
    amr: [],
    acr: 'one_factor',
    previous: undefined,
    place: { address: undefined, user_agent: BY_ADMINISTRATOR },
  }, engine);
  await engine.store.commit(change);
  const entry = await sessions.get(engine.store, engine.settings.issuer, record.sid);
  return entry && await liveSession(entry, engine);
}

function viewOf(waiting: WaitingRequest): BackchannelRequestView {
  const { id, entry } = waiting;
  const { binding_message, delivery_mode, created_at, expires_at, acr_values } = entry.value;
  return {
    id,
    ...aboutOf(waiting),
    acr_values,
    ...binding_message === undefined ? {} : { binding_message },
    delivery_mode,
    created_at,
    expires_at,
  };
}

/** What an answer is about. */
function aboutOf(
  { entry: { value } }: Pick<WaitingRequest, 'entry'>,
): Pick<
  BackchannelRequestView,
  'user' | 'client_id' | 'scope' | 'resource' | 'authorization_details'
> {
  const { user, client_id, scope, resource, authorization_details } = value;
  return {
    user,
    client_id,
    scope,
    resource,
    ...authorization_details !== undefined && { authorization_details },
  };
}

function cutOff(): Refusal {
  return refused('the person may not sign in any more', 'conflict');
}

function noRequest(id: string): Refusal {
  return refused(`no request ${id} waits for an answer`, 'missing');
}

function changed(id: string): Refusal {
  return refused(`the request ${id} was answered in this very moment`, 'conflict');
}
