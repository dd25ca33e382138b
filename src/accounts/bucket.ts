/** Token buckets by key: how often something may happen, on average and at once. */
export interface Buckets {
  /** Takes one token; false when the key's bucket is empty. */
  take(key: string): boolean;
  /** What was taken was not for what is counted. */
  giveBack(key: string): void;
}

export interface BucketsOptions {
  /** Unix seconds. */
  readonly now: () => number;
  readonly perSecond: number;
  readonly burst: number;
  /** The bucket longest unused makes room: it is full again or nearly so. By default 10,000. */
  readonly maxEntries?: number;
}

export function createBuckets(
  { now, perSecond, burst, maxEntries = 10_000 }: BucketsOptions,
): Buckets {
  const buckets = new Map<string, { readonly tokens: number; readonly at: number }>();
  return {
    take(key) {
      const nowSeconds = now();
      const { tokens, at } = buckets.get(key) ?? { tokens: burst, at: nowSeconds };
      const filled = Math.min(burst, tokens + Math.max(0, nowSeconds - at) * perSecond);
      const left = filled >= 1 ? filled - 1 : filled;
      // Set anew, so that the order of the Map is that of use.
      buckets.delete(key);
      buckets.set(key, { tokens: left, at: nowSeconds });
      const [oldest] = buckets.keys();
      if (buckets.size > maxEntries && oldest !== undefined) buckets.delete(oldest);
      return filled >= 1;
    },
    giveBack(key) {
      const bucket = buckets.get(key);
      if (bucket === undefined) return;
      buckets.set(key, { ...bucket, tokens: Math.min(burst, bucket.tokens + 1) });
    },
  };
}
