import { deliveries, endedDeliveries } from '../../store/collections.ts';
import type {
  Actor,
  DeliveryAttempt,
  DeliveryKindName,
  DeliveryRecord,
  EndedDeliveryRecord,
} from '../../store/records.ts';
import type { Entry } from '../../store/store.ts';
import { audit } from '../audit.ts';
import { waitingPut } from '../deliveries/new_delivery.ts';
import type { Engine } from '../engine.ts';
import { type Page, pageOf, type PageRequest } from './listing.ts';
import { done, type Outcome, type Refusal, refused } from './outcome.ts';

export const DELIVERY_STATES = ['waiting', 'delivered', 'given_up'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** A message to a client's server without what is in it. */
export interface DeliveryView {
  readonly id: string;
  readonly kind: DeliveryKindName;
  readonly client_id: string;
  readonly sid?: string;
  readonly state: DeliveryState;
  /** Unix seconds, as all that follow. */
  readonly created_at: number;
  /** How many there were, with the one under way. */
  readonly attempts: number;
  /** Absent while one is under way. */
  readonly next_attempt_at?: number;
  readonly last_attempt?: DeliveryAttempt;
  readonly ended_at?: number;
}

/** Which are wanted: those that all of these fit. */
export interface DeliveryFilter {
  readonly client_id?: string | undefined;
  readonly sid?: string | undefined;
  readonly state?: string | undefined;
}

const WAITING = 'waiting';
const ENDED = 'ended';

/** Those that wait, then those that have ended, each the newest first; places begin with which of the two they are in. */
export async function pageDeliveries(
  filter: DeliveryFilter,
  request: PageRequest,
  { store, settings: { issuer } }: Engine,
): Promise<Page<DeliveryView>> {
  const { limit, after: [part = WAITING, ...after] = [] } = request;
  const place = after.length === 0 ? undefined : after;
  const items: DeliveryView[] = [];
  if (part === WAITING) {
    const page = await pageOf(deliveries, [issuer], { ...request, after: place }, store, {
      matches: ({ value }) => fits(viewOf(value), filter),
    });
    items.push(...page.items.map(viewOf));
    if (page.next !== undefined) return { items, next: [WAITING, ...page.next] };
  }
  if (filter.state === WAITING) return { items };
  if (items.length === limit) return { items, next: [ENDED] };
  const rest = {
    ...request,
    limit: limit - items.length,
    after: part === ENDED ? place : undefined,
  };
  const page = await pageOf(endedDeliveries, [issuer], rest, store, {
    matches: ({ value }) => fits(viewOfEnded(value), filter),
  });
  items.push(...page.items.map(viewOfEnded));
  return { items, ...page.next !== undefined && { next: [ENDED, ...page.next] } };
}

export async function showDelivery(id: string, engine: Engine): Promise<Outcome<DeliveryView>> {
  const { waiting, ended } = await find(id, engine);
  if (waiting !== undefined) return done(viewOf(waiting.value));
  return ended === undefined ? noDelivery(id) : done(viewOfEnded(ended.value));
}

/** Has it sent now, with all its attempts before it. */
export async function retryDelivery(
  id: string,
  by: Actor,
  engine: Engine,
): Promise<Outcome<DeliveryView>> {
  const { store, now, settings: { issuer } } = engine;
  const { waiting, ended } = await find(id, engine);
  const entry = waiting ?? ended;
  if (entry === undefined) return noDelivery(id);
  if (ended?.value.outcome === 'delivered') {
    return refused('the client has taken the message', 'conflict');
  }
  if (waiting?.value.claimed === true && waiting.value.due_at > now()) {
    return refused('the message is being sent just now', 'conflict');
  }
  const { kind, client_id, sid, content, created_at, expires_at, last } = entry.value;
  const record: DeliveryRecord = {
    id,
    kind,
    client_id,
    ...sid !== undefined && { sid },
    content,
    created_at,
    ...expires_at !== undefined && { expires_at },
    ...last !== undefined && { last },
    attempts: 0,
    due_at: now(),
  };
  const before = { client_id, kind, attempts: entry.value.attempts };
  const outcome = await store.commit({
    check: [{ key: entry.key, version: entry.version }],
    put: [
      waitingPut(record, issuer),
      audit({ action: 'delivery.retried', target: id, before, after: {} }, by, engine),
    ],
    remove: ended === undefined ? [] : [ended.key],
  });
  return outcome === 'conflict'
    ? refused('the message was sent, or asked for, in this very moment', 'conflict')
    : done(viewOf(record));
}

interface Found {
  readonly waiting?: Entry<DeliveryRecord> | undefined;
  readonly ended?: Entry<EndedDeliveryRecord> | undefined;
}

async function find(id: string, { store, settings: { issuer } }: Engine): Promise<Found> {
  const waiting = await deliveries.get(store, issuer, id);
  if (waiting !== undefined) return { waiting };
  return { ended: await endedDeliveries.get(store, issuer, id) };
}

function fits(view: DeliveryView, { client_id, sid, state }: DeliveryFilter): boolean {
  return (client_id === undefined || view.client_id === client_id) &&
    (sid === undefined || view.sid === sid) &&
    (state === undefined || view.state === state);
}

function viewOf(record: DeliveryRecord): DeliveryView {
  const { due_at, claimed } = record;
  return {
    ...common(record),
    state: 'waiting',
    ...claimed !== true && { next_attempt_at: due_at },
  };
}

function viewOfEnded(record: EndedDeliveryRecord): DeliveryView {
  const { outcome, ended_at } = record;
  return { ...common(record), state: outcome, ended_at };
}

function common(
  { id, kind, client_id, sid, created_at, attempts, last }: Omit<DeliveryRecord, 'due_at'>,
): Omit<DeliveryView, 'state'> {
  return {
    id,
    kind,
    client_id,
    ...sid !== undefined && { sid },
    created_at,
    attempts,
    ...last !== undefined && { last_attempt: last },
  };
}

function noDelivery(id: string): Refusal {
  return refused(`there is no message ${JSON.stringify(id)} to a client`, 'missing');
}
