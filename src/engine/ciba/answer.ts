import type { Client } from '../../spec/client.ts';
import { CIBA_GRANT } from '../../spec/identifiers.ts';
import { backchannelPlaces, backchannelRequests, sessions } from '../../store/collections.ts';
import type { BackchannelRequestRecord, GrantRecord } from '../../store/records.ts';
import type { Entry, Put } from '../../store/store.ts';
import { findClient, wasThere } from '../clients.ts';
import type { Approval } from '../consent.ts';
import { deliveryPuts } from '../deliveries/new_delivery.ts';
import type { Engine } from '../engine.ts';
import { logNewGrant, newGrant } from '../grants/new_grant.ts';
import { answered, type Answerer, partPuts } from '../polled/answer.ts';
import { grantPuts } from '../revoke.ts';
import { denialChange } from './denials.ts';
import { dueRemoves, pushPuts } from './push.ts';

/** A request that waits for its person. */
export interface WaitingRequest {
  /** SHA-256 of its auth_req_id: what people and administrators name it by. */
  readonly id: string;
  readonly entry: Entry<BackchannelRequestRecord>;
  readonly client: Client;
}

/** The request, if it can still be answered: in time, by nobody before, and the client that asked may use the grant. T086 */
export async function findWaitingRequest(
  id: string,
  engine: Engine,
): Promise<WaitingRequest | undefined> {
  const entry = await backchannelRequests.get(engine.store, engine.settings.issuer, id);
  if (entry === undefined || isOver(entry.value, engine)) return undefined;
  const client = await findClient(entry.value.client_id, engine);
  if (client === undefined || !wasThere(client, entry.value.created_at)) return undefined;
  return client.grant_types.includes(CIBA_GRANT) ? { id, entry, client } : undefined;
}

function isOver(
  { answer, lapsed, expires_at }: BackchannelRequestRecord,
  { now }: Engine,
): boolean {
  return answer !== undefined || lapsed === true || expires_at <= now();
}

/** What waits for a person, oldest first. */
export async function listWaitingRequests(
  user: string,
  engine: Engine,
): Promise<readonly WaitingRequest[]> {
  const found: WaitingRequest[] = [];
  const places = backchannelPlaces.list(engine.store, [engine.settings.issuer, user]);
  for await (const { value: { request } } of places) {
    const waiting = await findWaitingRequest(request, engine);
    if (waiting !== undefined) found.push(waiting);
  }
  return found.sort((a, b) => a.entry.value.created_at - b.entry.value.created_at);
}

/** What was said, and by whom; an administrator denies without a session. */
export type Said =
  | { readonly approval: Approval; readonly answerer: Answerer }
  | { readonly approval: 'denied'; readonly answerer?: Answerer };

/**
 * Writes what the person said, once: false when the request or the session has changed since it was read, and the caller
 * looks anew. T072
 */
export async function answerRequest(
  { id, entry, client }: WaitingRequest,
  said: Said,
  engine: Engine,
  alongside: readonly Put[] = [],
): Promise<boolean> {
  const { issuer } = engine.settings;
  const { user, place } = entry.value;
  const held = await backchannelPlaces.get(engine.store, issuer, user, String(place));
  // Over in this moment, and its place may be another's by now.
  if (held?.value.request !== id) return false;
  const isDenied = said.approval === 'denied';
  const record: BackchannelRequestRecord = isDenied
    ? { ...entry.value, answer: 'denied' }
    : answered(entry.value, client, said.approval, said.answerer, engine);
  const denial = await denialChange(record, isDenied, engine);
  const outcome = await outcomeOf({ id, entry, client }, record, engine);
  const written = await engine.store.commit({
    check: [
      backchannelRequests.check(entry),
      backchannelPlaces.check(held),
      ...said.answerer === undefined ? [] : [sessions.check(said.answerer.session.entry)],
    ],
    put: [
      backchannelRequests.put([issuer, id], outcome.record, entry.expiresAtSeconds),
      ...outcome.put,
      ...denial.put,
      ...isDenied ? [] : partPuts(record, client, said.answerer, engine),
      ...alongside,
    ],
    remove: [
      backchannelPlaces.remove(issuer, user, String(place)),
      ...denial.remove,
      ...dueRemoves(id, entry.value, engine),
    ],
  });
  if (written === 'conflict') return false;
  engine.polled.pending.release(id);
  if (outcome.grant !== undefined) logNewGrant(outcome.grant, engine.log);
  return true;
}

interface Outcome {
  readonly record: BackchannelRequestRecord;
  readonly put: readonly Put[];
  readonly grant?: GrantRecord;
}

/** What an answer leads to at once: a notification, and in mode push the grant whose tokens it brings. */
async function outcomeOf(
  { id, client, entry: { value } }: WaitingRequest,
  record: BackchannelRequestRecord,
  engine: Engine,
): Promise<Outcome> {
  const { client_id, delivery_mode, expires_at } = value;
  const { answer } = record;
  if (delivery_mode === 'poll') return { record, put: [] };
  if (delivery_mode === 'ping') {
    const ping = { kind: 'ciba_ping', client_id, content: { request: id }, expires_at } as const;
    return { record, put: deliveryPuts(ping, engine) };
  }
  const push = pushPuts(id, value, engine);
  if (answer === undefined || answer === 'denied') return { record, put: push };
  const grant = await newGrant(
    answer,
    { caller: { client, uses: [] }, grant_type: 'ciba', nowSeconds: engine.now() },
    engine,
  );
  return {
    record: { ...record, grant: grant.id },
    put: [...push, ...grantPuts(grant, engine)],
    grant,
  };
}
