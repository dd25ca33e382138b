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
  readonly size: () => number;
}

export interface AttemptsOptions {
  /** Unix seconds. */
  readonly now: () => number;
  /** Seconds until one failure is forgotten. */
  readonly forgetSeconds: number;
  /** At this size the entry that was touched longest ago makes room. */
  readonly maxEntries: number;
}

/** A table whose memory is bounded in entries and in the length of a key: T132. */
export function createAttemptsTable(options: AttemptsOptions): AttemptsTable {
  const { now, forgetSeconds, maxEntries } = options;
  const entries = new Map<string, Attempts>();

  return {
    find: (key) => entries.has(key) ? current(key) : undefined,
    touch(key) {
      const attempts = current(key);
      entries.delete(key);
      entries.set(key, attempts);
      for (const oldest of entries.keys()) {
        if (entries.size <= maxEntries) break;
        entries.delete(oldest);
      }
      return attempts;
    },
    tidy(key) {
      const { level, pending, proven, until } = current(key);
      if (level === 0 && pending === 0 && !proven && until <= now()) entries.delete(key);
    },
    size: () => entries.size,
  };

  function current(key: string): Attempts {
    const time = now();
    const attempts = entries.get(key) ??
      { level: 0, at: time, pending: 0, until: 0, proven: false };
    const elapsed = time - attempts.at;
    // A clock set back neither forgets nor makes anybody wait longer.
    if (elapsed < 0) attempts.until += elapsed;
    else attempts.level = Math.max(0, attempts.level - elapsed / forgetSeconds);
    attempts.at = time;
    return attempts;
  }
}
