import { type Buckets, createBuckets } from '../../accounts/bucket.ts';

/** What is remembered of clients that ask for people. */
export interface BackchannelMemory {
  /** How often a client may name nobody. T071 */
  readonly unknownHints: Buckets;
  /** How often a client may ask one person. T070 */
  readonly requests: Buckets;
}

export function createBackchannelMemory(now: () => number): BackchannelMemory {
  return {
    unknownHints: createBuckets({ now, perSecond: 1 / 10, burst: 30 }),
    requests: createBuckets({ now, perSecond: 1 / 15, burst: 20 }),
  };
}
