import { audits, sessions } from '../../store/collections.ts';
import type { Engine } from '../engine.ts';
import { type Patient, type Remark, time } from './finding.ts';

/** Seconds by which clocks may differ. T143 */
export const CLOCK_TOLERANCE = 60;
/** Sessions that are looked at. */
const MAX_SESSIONS = 1000;

/** Records from the future: the clock went ahead once, or is behind now, and what it dates cannot be relied on. */
export async function recordsFromTheFuture(patient: Patient): Promise<readonly Remark[]> {
  const { engine, nowSeconds } = patient;
  let newest: Dated | undefined;
  for await (const dated of datedRecords(engine)) {
    if (newest === undefined || dated.at > newest.at) newest = dated;
  }
  if (newest === undefined || newest.at <= nowSeconds + CLOCK_TOLERANCE) return [];
  return [{
    severity: 'error',
    about: 'clock',
    found: `${newest.name} is dated ${time(newest.at)}, and the clock of this machine says ${
      time(nowSeconds)
    }`,
    change:
      'set the clock, and keep it set with NTP: tokens of a wrong time are refused everywhere',
  }];
}

interface Dated {
  readonly name: string;
  readonly at: number;
}

async function* datedRecords({ keys, store, settings }: Engine): AsyncGenerator<Dated> {
  for (const { kid, created_at } of keys.describe()) yield { name: `key ${kid}`, at: created_at };
  for await (const { value } of audits.list(store, [], { limit: 1 })) {
    yield { name: `the last change (${value.action})`, at: value.at };
  }
  const list = sessions.list(store, [settings.issuer], { limit: MAX_SESSIONS });
  for await (const { value: { created_at, last_used_at } } of list) {
    yield { name: 'a session', at: Math.max(created_at, last_used_at) };
  }
}
