import { activities } from '../../store/collections.ts';
import type { UserRecord } from '../../store/records.ts';
import type { Engine } from '../engine.ts';
import { removeAllFactors } from '../factors/factors.ts';
import { revokeConsents } from './consents.ts';
import { revokeGrants } from './grants.ts';
import { revokeSessions } from './sessions.ts';

/** Removes a person with all that was theirs; subject identifiers stay, so that nobody else is ever called by one. */
export async function removePerson(
  { id, username }: UserRecord,
  engine: Engine,
): Promise<{ readonly removed: string; readonly sessions: number; readonly grants: number }> {
  // First the person, without whom nothing of the rest holds.
  await engine.directory.remove(id);
  await removeAllFactors(id, engine);
  const sessions = await revokeSessions(id, engine);
  const grants = await revokeGrants({ user: id }, engine);
  await revokeConsents({ user: id }, engine);
  engine.activityLog.forget(id);
  await engine.store.commit({ remove: [activities.remove(id)] });
  return { removed: username, sessions, grants };
}
