import { afterCut } from '../../accounts/after_cut.ts';
import type { UserRecord } from '../../store/records.ts';
import type { Engine } from '../engine.ts';
import { holdsFor } from '../users.ts';
import { type Ended, endSessionsOf, type PersonCut } from './end_session.ts';

/**
 * Ends what a person has lost at every issuer by what was just done to them: sessions and grants from before a new
 * password, all of somebody who is disabled or gone. What began later than now did so by a clock that was ahead. T102
 */
export async function endLostSessions(
  user: string,
  reason: PersonCut,
  { engines, directory, now }: Engine,
): Promise<Ended> {
  const person = await directory.findById(user);
  const isLost = (created_at: number): boolean =>
    !holdsFor(person, created_at) || created_at > afterCut(person, now());
  let [sessions, grants] = [0, 0];
  for (const each of engines()) {
    const ended = await endSessionsOf(user, reason, each, {
      matches: ({ created_at }) => isLost(created_at),
      isLost,
    });
    sessions += ended.sessions;
    grants += ended.grants;
  }
  return { sessions, grants };
}

/** Why what a person had before no longer holds, as far as it shows afterwards. */
export function cutOf(person: UserRecord | undefined): PersonCut {
  if (person === undefined) return 'removed';
  return person.disabled ? 'disabled' : 'password';
}
