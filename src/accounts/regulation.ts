import { type Attempts, type AttemptsTable, createAttemptsTable, settle } from './attempts.ts';
import {
  ANY_ACCOUNT,
  type Counted,
  FORGET_SECONDS,
  type RegulationMemory,
  type Remembered,
  storedAccount,
} from './regulation_memory.ts';
import type { Put } from '../store/store.ts';

/**
 * Slows guessing of passwords and client secrets. An account is counted per source, so who guesses from one place locks
 * nobody out elsewhere: after five failures each further one doubles a delay from 1 s to at most 15 minutes, and a
 * failure is forgotten after another 15. A source that fails across accounts is slowed after 100 failures, to at most
 * 5 minutes, except for accounts that signed in from it before. An account that fails from many sources (50 failures,
 * one forgotten a minute) gets one free try per unproven source instead of five, and a delay that starts at 1 minute:
 * its owner can always try at once from a source that has not failed. Kept in memory, for so many entries; the oldest
 * make room, and nobody is refused because the table is full. What says something outlives a restart, if there is a
 * `RegulationMemory`.
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
  /** Who has to wait where. */
  bans(): readonly Ban[];
  /** Forgets the failures of what is chosen, and that they came from many places. @returns how many bans ended */
  lift(choice: BanChoice): number;
  /** So that what was said until now outlives a crash, along with what else is written. @throws when the store cannot write */
  flush(alongside?: readonly Put[]): Promise<void>;
}

/** A delay that has not passed. */
export interface Ban {
  /** As `storedAccount` names it; absent when every account that never signed in from the source has to wait. */
  readonly account?: string;
  readonly source: string;
  readonly failures: number;
  /** Unix seconds. */
  readonly until: number;
}

/** What both choose; neither chooses all. */
export interface BanChoice {
  readonly account?: string | undefined;
  readonly source?: string | undefined;
}

export interface RegulationOptions {
  /** Unix seconds. */
  readonly now: () => number;
  /** In each of the three tables; by default 20,000, some megabytes. */
  readonly maxEntries?: number;
  /** By default nothing outlives the process. */
  readonly memory?: RegulationMemory | undefined;
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
const MAX_KEY_CHARACTERS = 256;

export function createRegulation(
  { now, maxEntries = 20_000, memory }: RegulationOptions,
): Regulation {
  const [pairs, sources, accounts] = [tableOf('pair'), tableOf('source'), tableOf('account')];

  const regulation: Regulation = {
    waitOf(account, source) {
      const pair = pairs.find(pairKey(account, source));
      const pairWait = pair === undefined ? 0 : waitOf(pair, pairLimits(account, pair));
      if (pair?.proven === true) return pairWait;
      const wide = sources.find(sourceKey(source));
      return wide === undefined ? pairWait : Math.max(pairWait, waitOf(wide, SOURCE));
    },
    check(account, source) {
      const wait = regulation.waitOf(account, source);
      if (wait === 0) change(account, source, (attempts) => attempts.pending++);
      return wait;
    },
    failed(account, source) {
      // First the account: whether it is under pressure decides on the delay of the pair.
      const everywhere = accounts.touch(accountKey(account));
      everywhere.level++;
      memory?.note('account', accountKey(account), everywhere);
      change(account, source, (attempts, limits, kind, key) => {
        release(attempts);
        attempts.level++;
        attempts.until = now() + delayOf(attempts.level, limits);
        memory?.note(kind, key, attempts);
      });
    },
    succeeded(account, source) {
      change(account, source, release);
      const pair = pairs.touch(pairKey(account, source));
      const isNews = pair.level > 0 || !pair.proven;
      clear(pair);
      pair.proven = true;
      // Most sign-ins are one more from the same place, and need no write.
      if (isNews) memory?.note('pair', pairKey(account, source), pair);
    },
    released(account, source) {
      change(account, source, release);
    },
    size: () => pairs.size() + sources.size() + accounts.size(),
    bans() {
      return all().filter(isBan).map(({ kind, source, account, attempts }) => ({
        ...kind === 'pair' && { account },
        source,
        failures: Math.ceil(attempts.level),
        until: Math.ceil(attempts.until),
      }));
    },
    lift(choice) {
      const chosen = all().filter((each) => isChosen(each, choice));
      const lifted = chosen.filter(isBan).length;
      for (const each of chosen) {
        clear(each.attempts);
        memory?.changed(each);
      }
      return lifted;
    },
    flush: async (alongside) => await memory?.flush(alongside),
  };
  return regulation;

  function tableOf(kind: Counted): AttemptsTable {
    return createAttemptsTable({
      now,
      maxEntries,
      forgetSeconds: FORGET_SECONDS[kind],
      ...memory !== undefined && { recall: (key) => memory.recall(kind, key) },
    });
  }

  function change(
    account: string,
    source: string,
    make: (attempts: Attempts, limits: Limits, kind: Counted, key: string) => void,
  ): void {
    const pair = pairs.touch(pairKey(account, source));
    make(pair, pairLimits(account, pair), 'pair', pairKey(account, source));
    make(sources.touch(sourceKey(source)), SOURCE, 'source', sourceKey(source));
    pairs.tidy(pairKey(account, source));
    sources.tidy(sourceKey(source));
  }

  /** What is in the tables, and what only the store had until now. */
  function all(): readonly Remembered[] {
    const rest = memory?.rest() ?? [];
    for (const { kind, attempts } of rest) settle(attempts, now(), FORGET_SECONDS[kind]);
    const ofPairs = pairs.list().map(([key, attempts]): Remembered => {
      const end = key.indexOf('\n');
      const account = storedAccount(key.slice(end + 1));
      return { kind: 'pair', source: key.slice(0, end), account, attempts };
    });
    const ofSources = sources.list().map(([source, attempts]): Remembered => (
      { kind: 'source', source, account: ANY_ACCOUNT, attempts }
    ));
    const ofAccounts = accounts.list().map(([key, attempts]): Remembered => (
      { kind: 'account', source: '', account: storedAccount(key), attempts }
    ));
    return [...ofPairs, ...ofSources, ...ofAccounts, ...rest];
  }

  /** An account that fails from many sources has no delay of its own. */
  function isBan({ kind, attempts }: Remembered): boolean {
    return kind !== 'account' && attempts.until > now();
  }

  function pairLimits(account: string, pair: Attempts): Limits {
    if (pair.proven) return PAIR;
    const level = accounts.find(accountKey(account))?.level ?? 0;
    return level >= PRESSURE ? PAIR_UNDER_PRESSURE : PAIR;
  }

  function waitOf(attempts: Attempts, { free }: Limits): number {
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

function clear(attempts: Attempts): void {
  attempts.level = 0;
  attempts.until = 0;
}

function isChosen({ kind, ...each }: Remembered, { account, source }: BanChoice): boolean {
  if (account === undefined) return source === undefined || each.source === source;
  // Of an account at one source, what it did elsewhere stays.
  if (source === undefined) return kind !== 'source' && each.account === storedAccount(account);
  return kind === 'pair' && each.source === source &&
    each.account === storedAccount(pairKey(account, source).slice(source.length + 1));
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
