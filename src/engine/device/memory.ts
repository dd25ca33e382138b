import { type Buckets, createBuckets } from '../../accounts/bucket.ts';

/** How often user codes may be entered. T061 */
export interface DeviceMemory {
  readonly entriesFromSource: Buckets;
  readonly entriesInBrowser: Buckets;
}

export function createDeviceMemory(now: () => number): DeviceMemory {
  return {
    entriesFromSource: createBuckets({ now, perSecond: 1 / 10, burst: 20 }),
    entriesInBrowser: createBuckets({ now, perSecond: 1 / 30, burst: 10 }),
  };
}
