import { type Attempts, createAttemptsTable } from './attempts.ts';

/**
 * Slows guessing of passwords and client secrets. An account is counted per source, so who guesses from one place locks
 * nobody out elsewhere: after five failures each further one doubles a delay from 1 s to at most 15 minutes, and a
 * failure is forgotten after another 15. A source that fails across accounts is slowed after 100 failures, to at most
 * 5 minutes, except for accounts that signed in from it before. An account that fails from many sources (50 failures,
 * one forgotten a minute) gets one free try per unproven source instead of five, and a delay that starts at 1 minute:
 * its owner can always try at once from a source that has not failed. Kept in memory, for so many entries; the oldest
 * make room, and nobody is refused because the table is full.
 *
 * `account` is a stable identifier, never what was typed; `source` an IPv4 address or an IPv6 network.
 */
export interface Regulation {
  /** Seconds until an attempt is looked at; 0: now. Counts nothing: for callers that need not fear parallel guesses. */
  waitOf(account: string, source: string): number;
  /**
   * The same, and at 0 the attempt is reserved, so that parallel guesses cannot all pass before the first has failed.
   * It must then be settled by `failed`, `succeeded` or `released`.
   */
  check(account: string, source: string): number;
  failed(account: string, source: string): void;
  succeeded(account: string, source: string): void;
  /** The reserved attempt had no outcome. */
  released(account: string, source: string): void;
  /** Entries held, for metrics. */
  size(): number;
}

export interface RegulationOptions {
  /** Unix seconds. */
  readonly now: () => number;
  /** In each of the three tables; by default 20,000, some megabytes. */
  readonly maxEntries?: number;
}

/** Failures before the first delay; then it doubles from `firstSeconds` to `maxSeconds`. */
interface Limits {
  readonly free: number;
  readonly firstSeconds: number;
  readonly maxSeconds: number;
}

const PAIR: Limits = { free: 5, firstSeconds: 1, maxSeconds: 900 };
const PAIR_UNDER_PRESSURE: Limits = { free: 1, firstSeconds: 60, maxSeconds: 900 };
const SOURCE: Limits = { free: 100, firstSeconds: 1, maxSeconds: 300 };
const PRESSURE = 50;
const FORGET_SECONDS = { pair: 900, source: 36, account: 60 } as const;
const MAX_KEY_CHARACTERS = 256;

export function createRegulation({ now, maxEntries = 20_000 }: RegulationOptions): Regulation {
  const pairs = createAttemptsTable({ now, maxEntries, forgetSeconds: FORGET_SECONDS.pair });
  const sources = createAttemptsTable({ now, maxEntries, forgetSeconds: FORGET_SECONDS.source });
  const accounts = createAttemptsTable({ now, maxEntries, forgetSeconds: FORGET_SECONDS.account });

  const regulation: Regulation = {
    waitOf(account, source) {
      const pair = pairs.find(pairKey(account, source));
      const pairWait = waitOf(pair, pairLimits(account, pair));
      if (pair?.proven === true) return pairWait;
      return Math.max(pairWait, waitOf(sources.find(sourceKey(source)), SOURCE));
    },
    check(account, source) {
      const wait = regulation.waitOf(account, source);
      if (wait === 0) settle(account, source, (attempts) => attempts.pending++);
      return wait;
    },
    failed(account, source) {
      // First the account: whether it is under pressure decides on the delay of the pair.
      accounts.touch(accountKey(account)).level++;
      settle(account, source, (attempts, limits) => {
        release(attempts);
        attempts.level++;
        attempts.until = now() + delayOf(attempts.level, limits);
      });
    },
    succeeded(account, source) {
      settle(account, source, release);
      const pair = pairs.touch(pairKey(account, source));
      pair.level = 0;
      pair.until = 0;
      pair.proven = true;
    },
    released(account, source) {
      settle(account, source, release);
    },
    size: () => pairs.size() + sources.size() + accounts.size(),
  };
  return regulation;

  function settle(
    account: string,
    source: string,
    change: (attempts: Attempts, limits: Limits) => void,
  ): void {
    const pair = pairs.touch(pairKey(account, source));
    change(pair, pairLimits(account, pair));
    change(sources.touch(sourceKey(source)), SOURCE);
    pairs.tidy(pairKey(account, source));
    sources.tidy(sourceKey(source));
  }

  function pairLimits(account: string, pair: Attempts | undefined): Limits {
    if (pair?.proven === true) return PAIR;
    const level = accounts.find(accountKey(account))?.level ?? 0;
    return level >= PRESSURE ? PAIR_UNDER_PRESSURE : PAIR;
  }

  function waitOf(attempts: Attempts | undefined, { free }: Limits): number {
    if (attempts === undefined) return 0;
    const wait = Math.max(0, Math.ceil(attempts.until - now()));
    const mayStart = attempts.pending === 0 || attempts.level + attempts.pending < free;
    return mayStart ? wait : Math.max(1, wait);
  }
}

function delayOf(level: number, { free, firstSeconds, maxSeconds }: Limits): number {
  // A failure counts as one until it is wholly forgotten.
  const failures = Math.ceil(level);
  return failures < free ? 0 : Math.min(maxSeconds, firstSeconds * 2 ** (failures - free));
}

function release(attempts: Attempts): void {
  attempts.pending = Math.max(0, attempts.pending - 1);
}

/** A source holds no line break, so two pairs never share a key. */
function pairKey(account: string, source: string): string {
  return bounded(`${source}\n${account}`);
}

function sourceKey(source: string): string {
  return bounded(source);
}

function accountKey(account: string): string {
  return bounded(account);
}

/** What is longer than any account or address of ours came from outside, and may share a counter. */
function bounded(key: string): string {
  return key.length > MAX_KEY_CHARACTERS ? key.slice(0, MAX_KEY_CHARACTERS) : key;
}
