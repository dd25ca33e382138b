import { isAmong } from '../../policy/match.ts';
import type { Client } from '../../spec/client.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import type { ExchangeKind, TokenExchangePolicy } from '../../spec/token_exchange.ts';
import { subjectOf } from '../claims/subject.ts';
import { sectorOf } from '../sector.ts';
import type { Engine } from '../engine.ts';
import { type Act, withoutPeople } from '../tokens/descent.ts';
import type { Presented } from './presented.ts';

/** What the client's policy allows; without one, nothing. T074 @throws {OAuthError} `unauthorized_client` */
export function exchangePolicyOf(
  { token_exchange_policy: name }: Client,
  { settings }: Engine,
): TokenExchangePolicy {
  const policy = name === undefined ? undefined : settings.token_exchange_policies.get(name);
  if (policy !== undefined) return policy;
  throw new OAuthError('unauthorized_client', 'no policy lets this client use this grant');
}

/** An actor token asks for delegation; without one, the client takes the subject's place where it may. RFC 8693 §1.1 */
export function exchangeKindOf(
  actor: Presented | undefined,
  { allow }: TokenExchangePolicy,
): ExchangeKind {
  return actor === undefined && allow.includes('impersonation') ? 'impersonation' : 'delegation';
}

/** @throws {OAuthError} `invalid_request` (RFC 8693 §2.2.2) for a token that the policy does not name */
export function checkSubject(subject: Presented, policy: TokenExchangePolicy): void {
  if (!policy.subject_token_types.includes(subject.kind)) {
    throw refusal(`policy does not let subject_token be of type ${subject.kind}`);
  }
  if (!isNamed(subject, policy)) {
    throw refusal('policy does not let this subject_token be exchanged');
  }
}

/** The `act` of what is made: whoever acts now, with those who acted before in it. RFC 8693 §4.1 @throws {OAuthError} `invalid_request` */
export async function actOf(
  subject: Presented,
  actor: Presented | undefined,
  client: Client,
  policy: TokenExchangePolicy,
  engine: Engine,
): Promise<Act | undefined> {
  const earlier = subject.act && seenBy(subject.act, subject.client, client);
  const self = { sub: client.client_id, client_id: client.client_id };
  if (exchangeKindOf(actor, policy) === 'impersonation') {
    checkMayAct(subject, self);
    return earlier;
  }
  checkActor(actor, client, policy);
  const party = actor === undefined ? self : await partyOf(actor, client, engine);
  checkMayAct(subject, party);
  return { ...party, ...(earlier === undefined ? {} : { act: earlier }) };
}

function checkActor(
  actor: Presented | undefined,
  client: Client,
  policy: TokenExchangePolicy,
): void {
  if (!policy.allow.includes('delegation')) throw refusal('policy does not allow delegation');
  const { client_id } = client;
  if (policy.actors === undefined) {
    const isSelf = actor === undefined ||
      actor.person === undefined && actor.client.client_id === client_id;
    if (!isSelf) throw refusal('policy lets nobody act but the client itself');
    return;
  }
  const user = actor?.person?.user;
  const who = user ?? { client_id: actor?.client.client_id ?? client_id };
  if (!isAmong(policy.actors, who)) {
    throw refusal(
      actor === undefined
        ? 'policy does not let the client itself act, and there is no actor_token'
        : 'policy does not let this party act',
    );
  }
  // A person’s token from anywhere says nothing of what the person wants here.
  const isOurs = actor === undefined || user === undefined ||
    actor.client.client_id === client_id || isNamed(actor, policy);
  if (!isOurs) throw refusal('policy does not let this actor_token be used');
}

function isNamed(
  { client, aud }: Presented,
  { subject_clients, subject_audience }: TokenExchangePolicy,
): boolean {
  return (subject_clients?.includes(client.client_id) ?? true) &&
    (subject_audience?.some((name) => aud.includes(name)) ?? true);
}

/** RFC 8693 §4.4. */
function checkMayAct({ may_act }: Presented, { sub, client_id }: Omit<Act, 'act'>): void {
  if (may_act === undefined) return;
  if (may_act.sub !== sub || may_act.client_id !== client_id) {
    throw refusal('may_act of subject_token names another party');
  }
}

/** By the names that the client knows people by. Core §8 */
async function partyOf(
  { person, client: { client_id } }: Presented,
  client: Client,
  engine: Engine,
): Promise<Omit<Act, 'act'>> {
  const sub = person === undefined ? client_id : await subjectOf(person.user.id, client, engine);
  return { sub, client_id };
}

function seenBy(act: Act, from: Client, to: Client): Act {
  return sectorOf(from) === sectorOf(to) ? act : withoutPeople(act);
}

function refusal(hint: string): OAuthError {
  return new OAuthError('invalid_request', hint);
}
