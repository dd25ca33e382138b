import type { Actor } from '../../store/records.ts';

/** The person behind a change, if there is one. */
export function personsOf(actor: Actor): readonly string[] {
  return 'user' in actor && actor.user !== undefined ? [actor.user] : [];
}
