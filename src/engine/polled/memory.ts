import { createRecent, type Recent } from '../../keys/recent.ts';
import { createPlaces, type Places } from './places.ts';

/**
 * What is known of requests that clients poll for, beside the store. After a restart, those of before go uncounted until
 * they expire, and each may be polled for once before its pace is watched again; the pace itself is in its record.
 */
export interface PolledMemory {
  /** Of requests nobody has answered. T066, T070 */
  readonly pending: Places;
  /** When a request was polled for last, by the digest of its secret; Unix seconds. */
  readonly polls: Recent<number>;
}

export function createPolledMemory(now: () => number): PolledMemory {
  return { pending: createPlaces({ now }), polls: createRecent(10_000) };
}
