import type { Engine } from '../../engine/engine.ts';
import type { Actor } from '../../store/records.ts';

/** Usernames by ID, of those who are still there. */
export async function namesOf(
  ids: Iterable<string>,
  { directory }: Engine,
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  for (const id of new Set(ids)) {
    const username = (await directory.findById(id))?.username;
    if (username !== undefined) names.set(id, username);
  }
  return names;
}

/** The person behind a change, if there is one. */
export function personsOf(actor: Actor): readonly string[] {
  return 'user' in actor && actor.user !== undefined ? [actor.user] : [];
}
