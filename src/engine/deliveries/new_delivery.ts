import { deliveries, endedDeliveries } from '../../store/collections.ts';
import type { DeliveryRecord, EndedDeliveryRecord } from '../../store/records.ts';
import type { Put } from '../../store/store.ts';
import type { Engine } from '../engine.ts';
import { newestFirstId } from '../newest_first.ts';

export type NewDelivery = Pick<
  DeliveryRecord,
  'kind' | 'client_id' | 'sid' | 'content' | 'expires_at'
>;

/** Seconds for which a message waits for a server that does not run. */
const WAITING_SECONDS = 7 * 86_400;
/** Seconds for which it is known what became of one. */
const ENDED_SECONDS = 14 * 86_400;
/** Messages of a kind to one client; those beyond are given up at once. */
export const MAX_WAITING = 500;

/**
 * A message to a client's server, to be put in the very commit that makes what it tells of: it is sent once that has
 * held, at least once, and until the client has taken it or it is given up. T073
 */
export function deliveryPuts(delivery: NewDelivery, engine: Engine): readonly Put[] {
  const { settings: { issuer }, now } = engine;
  const at = now();
  const id = newestFirstId(at);
  if (engine.deliveries.waitingFor(issuer, delivery) >= MAX_WAITING) {
    const last = { at, problem: 'too many messages wait for this client' };
    const record: EndedDeliveryRecord = {
      ...delivery,
      id,
      created_at: at,
      attempts: 0,
      last,
      outcome: 'given_up',
      ended_at: at,
    };
    return [endedPut(record, issuer)];
  }
  return [
    waitingPut({ ...delivery, id, created_at: at, attempts: 0, due_at: at }, issuer),
  ];
}

export function waitingPut(record: DeliveryRecord, issuer: string): Put {
  const { id, due_at } = record;
  return deliveries.put([issuer, id], record, Math.ceil(due_at) + WAITING_SECONDS);
}

export function endedPut(record: EndedDeliveryRecord, issuer: string): Put {
  const { id, ended_at } = record;
  return endedDeliveries.put([issuer, id], record, Math.ceil(ended_at) + ENDED_SECONDS);
}
