import type { Buffer } from 'node:buffer';
import type { PreparedChange } from '../change.ts';
import { writeRecord } from './line.ts';
import type { Location } from './slots.ts';

/** A commit that waits. */
export interface Pending {
  readonly change: PreparedChange;
  /** The lines of its writes, but for what their place decides (`lineTail`). */
  readonly tails: readonly string[];
  /** The bytes that they need at most. */
  readonly room: number;
  readonly resolve: (result: 'committed' | 'conflict') => void;
  readonly reject: (error: unknown) => void;
}

/** A commit of the batch whose checks hold, with the places of its writes. */
export interface Accepted {
  readonly pending: Pending;
  readonly seq: number;
  readonly locations: readonly Location[];
}

export interface Batch {
  /** The lines of what is accepted. */
  readonly bytes: Uint8Array;
  readonly accepted: readonly Accepted[];
  /** Commits whose checks fail on account of what is durable already: a conflict at once. */
  readonly beaten: readonly Pending[];
  /** Commits whose checks fail on account of others in this batch: a conflict once those are durable, and not before. */
  readonly contested: readonly Pending[];
  /** The highest number given to a commit. */
  readonly seq: number;
}

/**
 * Judges commits in order, against what is durable and those before them in the batch, and writes the lines of those
 * whose checks hold into `scratch`, which must have room for all.
 */
export function formBatch(
  taken: readonly Pending[],
  scratch: Buffer,
  state: {
    readonly segment: number;
    /** Where the batch will be in the segment. */
    readonly start: number;
    readonly seq: number;
    /** Of a durable record; null: none, or expired. */
    readonly currentVersion: (encoded: string) => string | null;
    readonly nowSeconds: number;
  },
): Batch {
  const { segment, start, currentVersion, nowSeconds } = state;
  const accepted: Accepted[] = [];
  const rest = { beaten: [] as Pending[], contested: [] as Pending[] };
  /** Versions that this batch makes; null: removed or already expired. */
  const made = new Map<string, string | null>();
  let { seq } = state;
  let end = 0;
  for (const pending of taken) {
    const verdict = judge(pending.change, made, currentVersion);
    if (verdict !== 'holds') {
      rest[verdict].push(pending);
      continue;
    }
    seq++;
    const locations = pending.change.writes.map(({ encoded, put }, i): Location => {
      const offset = start + end;
      const more = pending.tails.length - 1 - i;
      const head = end === 0 ? { seq, at: offset, more } : { seq, more };
      end = writeRecord(scratch, end, pending.tails[i]!, head);
      const expiresAtSeconds = put?.expiresAtSeconds ?? -Infinity;
      made.set(encoded, expiresAtSeconds > nowSeconds ? String(seq) : null);
      return { segment, offset, length: start + end - offset - 1, expiresAtSeconds, seq };
    });
    accepted.push({ pending, seq, locations });
  }
  return { bytes: scratch.subarray(0, end), accepted, ...rest, seq };
}

function judge(
  { checks }: PreparedChange,
  made: ReadonlyMap<string, string | null>,
  currentVersion: (encoded: string) => string | null,
): 'holds' | 'beaten' | 'contested' {
  let contested = false;
  for (const { encoded, version } of checks) {
    const pendingVersion = made.get(encoded);
    if (pendingVersion !== undefined) contested ||= pendingVersion !== version;
    else if (currentVersion(encoded) !== version) return 'beaten';
  }
  return contested ? 'contested' : 'holds';
}
