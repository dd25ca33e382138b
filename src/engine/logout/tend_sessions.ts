import { sessions, sessionsDue } from '../../store/collections.ts';
import type { SessionDueRecord, SessionRecord, UserRecord } from '../../store/records.ts';
import type { Entry } from '../../store/store.ts';
import type { Engine } from '../engine.ts';
import type { Pace } from '../repeated.ts';
import { sessionDuePut, timeLimitOf } from '../session.ts';
import { holdsFor } from '../users.ts';
import { endSession, type SessionEnd } from './end_session.ts';
import { cutOf } from './person_cut.ts';
import { tellRest } from './notices.ts';
import { endSessionGrants } from './session_grants.ts';

type Due = Entry<SessionDueRecord>;

export interface Tending extends Pace {
  /** Also what is not due yet: limits may be shorter than when the calendar was written, and ends may be half done. */
  readonly isWhole: boolean;
}

/** Sessions that are looked at between two pauses. */
const SLICE = 50;

/**
 * Ends the sessions of an issuer that are over, by time or by what became of the person, and completes the ends that were
 * cut short. Each step is whole: whoever stops in the middle leaves the rest for the next, and two at once do it once.
 */
export async function tendSessions(
  engine: Engine,
  { isWhole, pause, signal }: Tending,
): Promise<void> {
  const failures: unknown[] = [];
  let after: Due['key'] | undefined;
  for (;;) {
    const slice = await sliceAfter(after, engine);
    const now = slice.filter((due) => isWhole || minuteOf(due) * 60 <= engine.now());
    // At once, so that their commits share the disk's time.
    const tended = now.map((due) => tend(due, engine).catch((cause) => failures.push(cause)));
    await Promise.all(tended);
    if (now.length < SLICE || signal?.aborted) break;
    after = slice.at(-1)?.key;
    await pause?.();
  }
  const [cause] = failures;
  if (cause !== undefined) {
    engine.log('error', 'sessions.not_tended', { cause, count: failures.length });
  }
}

async function sliceAfter(
  after: Due['key'] | undefined,
  { store, settings: { issuer } }: Engine,
): Promise<readonly Due[]> {
  const slice: Due[] = [];
  const options = { limit: SLICE, ...after !== undefined && { after } };
  for await (const due of sessionsDue.list(store, [issuer], options)) slice.push(due);
  return slice;
}

async function tend(due: Due, engine: Engine): Promise<void> {
  const { store, settings: { issuer }, directory } = engine;
  const { user } = due.value;
  const sid = due.key.at(-1) ?? '';
  const entry = await sessions.get(store, issuer, sid);
  if (entry === undefined) {
    await tellRest(sid, engine);
    await endSessionGrants(user, new Set([sid]), engine);
    await store.commit({ check: [sessionsDue.check(due)], remove: [due.key] });
    return;
  }
  const person = await directory.findById(user);
  const over = (session: SessionRecord) => overBy(session, person, engine);
  const reason = over(entry.value);
  if (reason === undefined) return await move(due, entry.value, engine);
  // The mark stays for one more look: a code that is being redeemed right now yields a grant that nothing else finds.
  await endSession(entry, reason, engine, { isDue: (session) => over(session) !== undefined });
}

/** To when it may be over by what is known now. */
async function move(due: Due, session: SessionRecord, engine: Engine): Promise<void> {
  const put = sessionDuePut(session, engine);
  if (put.key.at(-2) === due.key.at(-2)) return;
  await engine.store.commit({ check: [sessionsDue.check(due)], put: [put], remove: [due.key] });
}

/** Why a session no longer counts; undefined: it does. */
function overBy(
  session: SessionRecord,
  person: UserRecord | undefined,
  engine: Engine,
): SessionEnd | undefined {
  const { at, limit } = timeLimitOf(session, engine);
  if (at <= engine.now()) return limit;
  return holdsFor(person, session.created_at) ? undefined : cutOf(person);
}

function minuteOf({ key }: Due): number {
  return Number(key.at(-2));
}
