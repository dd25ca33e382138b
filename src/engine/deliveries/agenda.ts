import type { DeliveryRecord } from '../../store/records.ts';
import type { Key } from '../../store/store.ts';
import { KINDS } from './kinds.ts';

/** A message that waits, as this process knows of it. */
export interface Planned {
  /** Of its record. */
  readonly key: Key;
  readonly client_id: string;
  /** Unix seconds, with a fraction. */
  due_at: number;
  /** Being looked after just now. */
  isTaken: boolean;
  /** Whoever made the attempt that is under way is no more. */
  isOrphan: boolean;
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
  waitingFor(issuer: string, client_id: string): number;
}

export function createAgenda(): Agenda {
  const all = new Map<string, Planned>();
  const perClient = new Map<string, number>();

  const agenda: Agenda = {
    plan(key, record) {
      // A later version's: it knows what to do with it.
      if (!KINDS.has(record.kind)) return;
      const { client_id, due_at } = record;
      const known = all.get(nameOf(key));
      if (known !== undefined) {
        known.due_at = due_at;
        return;
      }
      all.set(nameOf(key), { key, client_id, due_at, isTaken: false, isOrphan: false });
      count(key, client_id, 1);
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
      count(key, known.client_id, -1);
    },
    due: (nowSeconds) =>
      [...all.values()].filter(({ due_at, isTaken }) => !isTaken && isDue(due_at, nowSeconds)),
    nextAt() {
      let next = Infinity;
      for (const { due_at, isTaken } of all.values()) if (!isTaken && due_at < next) next = due_at;
      return next;
    },
    waitingFor: (issuer, client_id) => perClient.get(`${issuer} ${client_id}`) ?? 0,
  };
  return agenda;

  function count([, issuer = '']: Key, client_id: string, by: 1 | -1): void {
    const name = `${issuer} ${client_id}`;
    const next = (perClient.get(name) ?? 0) + by;
    if (next === 0) perClient.delete(name);
    else perClient.set(name, next);
  }
}

function nameOf(key: Key): string {
  return key.slice(1).join(' ');
}
