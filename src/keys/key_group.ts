import { keyRecords, keyTurns } from '../store/collections.ts';
import type { KeyRecord } from '../store/records.ts';
import type { Entry, Put } from '../store/store.ts';
import { type Custody, groupOf, type KeyGroup } from './key_records.ts';
import { activeOf } from './key_state.ts';

/** What was done to a key, for whoever keeps a record of it. */
export interface ToldChange {
  readonly action: KeyChange['action'];
  /** The kid. */
  readonly target: string;
  readonly before?: object | undefined;
  readonly after?: object | undefined;
}

export interface KeyChange {
  readonly action: 'key.rotated' | 'key.imported' | 'key.removed' | 'key.gone';
  readonly target: string;
  readonly before?: KeyRecord | undefined;
  readonly after?: KeyRecord | undefined;
}

export interface ChangeOptions {
  /** Whether a new key is used at once, though relying parties may not know it. */
  readonly isNow?: boolean;
  /** What is written in the commit that makes the change. */
  readonly note?: (change: ToldChange) => Put;
}

export type ChangeOutcome =
  | { readonly kind: 'done'; readonly kid: string }
  | { readonly kind: 'refused'; readonly problem: string };

export const MAX_ATTEMPTS = 5;

/** The keys of a group, the last that came first. */
export interface SeenGroup {
  readonly turn: Entry<string> | undefined;
  readonly entries: readonly Entry<KeyRecord>[];
}

export async function readGroup({ store, issuer }: Custody, group: KeyGroup): Promise<SeenGroup> {
  const turn = await keyTurns.get(store, issuer, group);
  const entries: Entry<KeyRecord>[] = [];
  for await (const entry of keyRecords.list(store, [issuer])) {
    if (groupOf(entry.value) === group) entries.push(entry);
  }
  const end = ({ value }: Entry<KeyRecord>): number => value.superseded_at ?? Infinity;
  entries.sort((a, b) => end(a) === end(b) ? 0 : end(b) - end(a));
  return { turn, entries };
}

export function turnCheck({ issuer }: Custody, group: KeyGroup, { turn }: SeenGroup) {
  return turn === undefined ? keyTurns.absent(issuer, group) : keyTurns.check(turn);
}

/** Puts a key in place of all that came before it: false when somebody else changed them meanwhile. */
export async function commitSuccessor(
  custody: Custody,
  seen: SeenGroup,
  { record, same }: { readonly record: KeyRecord; readonly same?: Entry<KeyRecord> },
  action: KeyChange['action'],
  options: ChangeOptions,
): Promise<boolean> {
  const { store, issuer } = custody;
  const group = groupOf(record);
  const superseded_at = Math.max(record.active_at, Math.floor(custody.now()));
  const others = seen.entries.filter(({ value }) =>
    value.kid !== record.kid && (value.superseded_at ?? Infinity) > superseded_at
  );
  const before = activeOf(seen.entries.map(({ value }) => value), custody.now());
  const outcome = await store.commit({
    check: [
      same === undefined ? keyRecords.absent(issuer, record.kid) : keyRecords.check(same),
      turnCheck(custody, group, seen),
      ...others.map(keyRecords.check),
    ],
    put: [
      keyRecords.put([issuer, record.kid], record),
      keyTurns.put([issuer, group], record.kid),
      ...others.map(({ value }) =>
        keyRecords.put([issuer, value.kid], { ...value, superseded_at })
      ),
      ...noted(options, { action, target: record.kid, before, after: record }),
    ],
  });
  return outcome === 'committed';
}

export function noted(
  { note }: ChangeOptions,
  { before, after, ...change }: KeyChange,
): readonly Put[] {
  return note === undefined
    ? []
    : [note({ ...change, before: before && told(before), after: after && told(after) })];
}

/** What an administrator may want to know of a key, years later. */
function told(record: KeyRecord): object {
  const { kid, use, alg, imported, created_at, active_at, superseded_at, chain } = record;
  const chain_expires_at = chain?.not_after;
  return { kid, use, alg, imported, created_at, active_at, superseded_at, chain_expires_at };
}

export function refused(problem: string): ChangeOutcome {
  return { kind: 'refused', problem };
}

export const BUSY = refused('somebody else is changing the keys: try again');
