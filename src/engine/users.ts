import type { UserRecord } from '../store/records.ts';
import type { Engine } from './engine.ts';

/**
 * The person, unless removed, disabled, or cut off (a new password, a disabling) since `sinceSeconds`: then nothing that
 * began before holds any more.
 */
export async function findLiveUser(
  id: string,
  sinceSeconds: number,
  engine: Engine,
): Promise<UserRecord | undefined> {
  const user = await engine.directory.findById(id);
  return holdsFor(user, sinceSeconds) ? user : undefined;
}

/** Whether what began then still holds, by all that is known of the person; absent: they were removed. */
export function holdsFor(user: UserRecord | undefined, sinceSeconds: number): user is UserRecord {
  if (user === undefined || user.disabled) return false;
  // What began in the very instant of the cut counts as before it.
  return user.valid_from === undefined || user.valid_from < sinceSeconds;
}
