import { type Buckets, createBuckets } from '../../accounts/bucket.ts';
import { createRecent, type Recent } from '../../keys/recent.ts';
import { createPlaces, type Places } from './places.ts';

/**
 * What is known of devices beside the store. After a restart, requests of before go uncounted until they expire (ten
 * minutes by default), and each device may poll once before its pace is watched again; the pace itself is in its record.
 */
export interface DeviceMemory {
  /** Of requests nobody has answered. T066 */
  readonly pending: Places;
  /** When a device polled last, by the digest of its code; Unix seconds. */
  readonly polls: Recent<number>;
  /** How often user codes may be entered. T061 */
  readonly entriesFromSource: Buckets;
  readonly entriesInBrowser: Buckets;
}

export function createDeviceMemory(now: () => number): DeviceMemory {
  return {
    pending: createPlaces({ now }),
    polls: createRecent(10_000),
    entriesFromSource: createBuckets({ now, perSecond: 1 / 10, burst: 20 }),
    entriesInBrowser: createBuckets({ now, perSecond: 1 / 30, burst: 10 }),
  };
}
