import type { DeliveryRecord } from '../../store/records.ts';
import type { Key } from '../../store/store.ts';
import { KINDS } from './kinds.ts';

/** A message that waits, as this process knows of it. */
export interface Planned {
  /** Of its record. */
  readonly key: Key;
  /** Messages of one kind to one client. */
  readonly queue: string;
  /** Unix seconds, with a fraction. */
  due_at: number;
  /** Being looked after just now. */
  isTaken: boolean;
  /** Whoever made the attempt that is under way is no more. */
  isOrphan: boolean;
}

/** Whom a message is for, and what it tells of. */
export type Addressed = Pick<DeliveryRecord, 'client_id' | 'kind'>;

/** Each kind has an endpoint of its own: where one is dead, the others are not. */
export function queueOf(issuer: string, { client_id, kind }: Addressed): string {
  return `${issuer} ${kind} ${client_id}`;
}

/** More than any message waits for its next attempt. */
const LONGEST_SECONDS = 3 * 3600;

/** Also what is due so late that the clock must have been ahead when that was written. */
export function isDue(due_at: number, nowSeconds: number): boolean {
  return due_at <= nowSeconds || due_at > nowSeconds + LONGEST_SECONDS;
}

/** When which message is due; what they say stays in the store. */
export interface Agenda {
  /** A record was written. */
  plan(key: Key, record: DeliveryRecord): void;
  /** A record was read; what is known of it already may be newer. */
  find(key: Key, record: DeliveryRecord, isOrphan: boolean): void;
  forget(key: Key): void;
  due(nowSeconds: number): readonly Planned[];
  /** When the next one is due; Infinity: none is. */
  nextAt(): number;
  waitingFor(issuer: string, { client_id, kind }: Addressed): number;
}

export function createAgenda(): Agenda {
  const all = new Map<string, Planned>();
  const counts = new Map<string, number>();

  const agenda: Agenda = {
    plan(key, record) {
      // A later version's: it knows what to do with it.
      if (!KINDS.has(record.kind)) return;
      const [, issuer = ''] = key;
      const { due_at } = record;
      const known = all.get(nameOf(key));
      if (known !== undefined) {
        known.due_at = due_at;
        return;
      }
      const queue = queueOf(issuer, record);
      all.set(nameOf(key), { key, queue, due_at, isTaken: false, isOrphan: false });
      count(queue, 1);
    },
    find(key, record, isOrphan) {
      if (all.has(nameOf(key))) return;
      agenda.plan(key, record);
      const planned = all.get(nameOf(key));
      if (planned === undefined || !isOrphan) return;
      planned.isOrphan = true;
      planned.due_at = 0;
    },
    forget(key) {
      const known = all.get(nameOf(key));
      if (known === undefined) return;
      all.delete(nameOf(key));
      count(known.queue, -1);
    },
    due: (nowSeconds) =>
      [...all.values()].filter(({ due_at, isTaken }) => !isTaken && isDue(due_at, nowSeconds)),
    nextAt() {
      let next = Infinity;
      for (const { due_at, isTaken } of all.values()) if (!isTaken && due_at < next) next = due_at;
      return next;
    },
    waitingFor: (issuer, addressed) => counts.get(queueOf(issuer, addressed)) ?? 0,
  };
  return agenda;

  function count(queue: string, by: 1 | -1): void {
    const next = (counts.get(queue) ?? 0) + by;
    if (next === 0) counts.delete(queue);
    else counts.set(queue, next);
  }
}

function nameOf(key: Key): string {
  return key.slice(1).join(' ');
}
