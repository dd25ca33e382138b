/** What is remembered about one account, one source, or one account from one source. */
export interface Attempts {
  /** Failures, less those already forgotten; not whole. */
  level: number;
  /** Unix seconds at which `level` was right. */
  at: number;
  /** Attempts under way. */
  pending: number;
  /** Unix seconds before which no attempt is looked at. */
  until: number;
  /** Whether an attempt has succeeded. */
  proven: boolean;
}

export interface AttemptsTable {
  /** As of now; undefined if there was nothing, or nothing that is not forgotten. */
  find(key: string): Attempts | undefined;
  /** The same, made when missing, and then the last to be evicted. */
  touch(key: string): Attempts;
  /** Drops it if it says nothing any more. */
  tidy(key: string): void;
  /** All of them, as of now. */
  list(): readonly (readonly [key: string, attempts: Attempts])[];
  readonly size: () => number;
}

export interface AttemptsOptions {
  /** Unix seconds. */
  readonly now: () => number;
  /** Seconds until one failure is forgotten. */
  readonly forgetSeconds: number;
  /** At this size the entry that was touched longest ago makes room. */
  readonly maxEntries: number;
  /** What is known of a key that is not in the table; asked whenever one is missing, so at once. */
  readonly recall?: ((key: string) => Attempts | undefined) | undefined;
}

/** A table whose memory is bounded in entries and in the length of a key: T132. */
export function createAttemptsTable(options: AttemptsOptions): AttemptsTable {
  const { now, forgetSeconds, maxEntries, recall } = options;
  const entries = new Map<string, Attempts>();

  return {
    find: (key) => entries.has(key) || isRecalled(key) ? current(key) : undefined,
    touch(key) {
      if (!entries.has(key)) isRecalled(key);
      const attempts = current(key);
      entries.delete(key);
      add(key, attempts);
      return attempts;
    },
    tidy(key) {
      const { level, pending, proven, until } = current(key);
      if (level === 0 && pending === 0 && !proven && until <= now()) entries.delete(key);
    },
    list: () => [...entries.keys()].map((key) => [key, current(key)] as const),
    size: () => entries.size,
  };

  function isRecalled(key: string): boolean {
    const recalled = recall?.(key);
    if (recalled !== undefined) add(key, recalled);
    return recalled !== undefined;
  }

  function add(key: string, attempts: Attempts): void {
    entries.set(key, attempts);
    for (const oldest of entries.keys()) {
      if (entries.size <= maxEntries) break;
      entries.delete(oldest);
    }
  }

  function current(key: string): Attempts {
    const time = now();
    const attempts = entries.get(key) ??
      { level: 0, at: time, pending: 0, until: 0, proven: false };
    settle(attempts, time, forgetSeconds);
    return attempts;
  }
}

/** Brings what is remembered to the present. */
export function settle(attempts: Attempts, time: number, forgetSeconds: number): void {
  const elapsed = time - attempts.at;
  // A clock set back neither forgets nor makes anybody wait longer.
  if (elapsed < 0) attempts.until += elapsed;
  else attempts.level = Math.max(0, attempts.level - elapsed / forgetSeconds);
  attempts.at = time;
}
