import { MAX_CLOCK_SKEW_SECONDS } from './verify.ts';

export type KeyUse = 'sig' | 'enc' | 'seal';

/** What of a key's record tells its state: Unix seconds, all of them whole. */
export interface KeyTimes {
  readonly use: KeyUse;
  /** From when on it signs, seals, or is encrypted to. */
  readonly active_at: number;
  /** When the next one takes over; it may lie ahead. */
  readonly superseded_at?: number;
  /** When it was last used all the same, as a client names it. */
  readonly used_at?: number;
  /** Seconds: the longest life of anything that was made with it. */
  readonly longest: number;
}

/** `gone` is no state of a record: it is removed. */
export type KeyState = 'pending' | 'active' | 'retiring';

/** Seconds for which relying parties, and caches on the way, may keep what we publish. */
export const PUBLISHED_MAX_AGE_SECONDS = 300;

/** How often a process looks for keys that others have changed. */
export const REREAD_SECONDS = 60;

/** How long a JWKS may be kept: by a shared cache, and then by a relying party that got it from there. */
const KEPT_SECONDS = 2 * PUBLISHED_MAX_AGE_SECONDS;

/**
 * How long a key is known before it is used. Another process knows it that late, and publishes a signing key that late, too;
 * an encryption key is published only when all processes can open what is encrypted to it. T142, Core §10.1.1
 */
export const LEAD_SECONDS: Readonly<Record<KeyUse, number>> = {
  sig: REREAD_SECONDS + KEPT_SECONDS,
  seal: REREAD_SECONDS,
  enc: REREAD_SECONDS,
};

/** The use of a key that was superseded is noted so often. */
const USED_STEP_SECONDS = 3600;

/**
 * Seconds for which a key stays beyond the life of what was made with it: another process may not have known yet that it
 * was superseded, and clocks differ. Whoever kept the JWKS goes on encrypting to the key in it; records know whole seconds.
 */
const MARGIN_SECONDS: Readonly<Record<KeyUse, number>> = {
  sig: REREAD_SECONDS + MAX_CLOCK_SKEW_SECONDS,
  seal: REREAD_SECONDS + MAX_CLOCK_SKEW_SECONDS,
  enc: REREAD_SECONDS + KEPT_SECONDS + 1,
};

export function stateOf({ active_at, superseded_at }: KeyTimes, nowSeconds: number): KeyState {
  if (superseded_at !== undefined && superseded_at <= nowSeconds) return 'retiring';
  return active_at <= nowSeconds ? 'active' : 'pending';
}

/** Until when it was, or will be, used; undefined while no other takes its place. */
export function usedUntil({ superseded_at, used_at }: KeyTimes): number | undefined {
  if (superseded_at === undefined || used_at === undefined) return superseded_at;
  return Math.max(superseded_at, used_at + USED_STEP_SECONDS);
}

/** From when on nothing that counts needs the key; undefined while no other takes its place. */
export function goneAt(times: KeyTimes): number | undefined {
  const until = usedUntil(times);
  return until === undefined ? undefined : until + times.longest + MARGIN_SECONDS[times.use];
}

/** The one that is in use, of keys newest first; of none but new ones, the first that was there. */
export function activeOf<K extends KeyTimes>(
  keys: readonly K[],
  nowSeconds: number,
): K | undefined {
  if (keys.length < 2) return keys[0];
  return keys.find((key) => stateOf(key, nowSeconds) === 'active') ?? keys.at(-1);
}
