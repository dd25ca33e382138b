import type { Posted } from '../../net/outbound.ts';
import type { Client } from '../../spec/client.ts';
import type { ClientMetadata } from '../../spec/client_metadata.ts';
import type { DeliveryKindName, DeliveryRecord } from '../../store/records.ts';
import { BACKCHANNEL_PING, BACKCHANNEL_PUSH } from '../ciba/notification.ts';
import type { Engine } from '../engine.ts';
import { BACKCHANNEL_LOGOUT } from '../logout/logout_token.ts';

/** One row says how messages of a kind are made, and how often. */
export interface DeliveryKind {
  readonly kind: DeliveryKindName;
  /** Seconds, give or take a fifth, from one attempt to the next; after the last attempt the message is given up. */
  readonly retrySeconds: readonly number[];
  /** Where the client wants it now; undefined: nowhere. */
  addressOf(client: ClientMetadata): string | undefined;
  /** The request of one attempt, made anew each time; undefined when there is nothing left to tell. */
  requestOf(delivery: DeliveryRecord, client: Client, engine: Engine): Promise<Posted | undefined>;
}

export const KINDS: ReadonlyMap<string, DeliveryKind> = new Map(
  [BACKCHANNEL_LOGOUT, BACKCHANNEL_PING, BACKCHANNEL_PUSH].map((row) => [row.kind, row]),
);

/** Whether the client's server wants to be told anything. */
export function isTold(client: ClientMetadata): boolean {
  return [...KINDS.values()].some((kind) => kind.addressOf(client) !== undefined);
}
