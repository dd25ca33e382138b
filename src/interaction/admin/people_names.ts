import type { Engine } from '../../engine/engine.ts';
import type { Actor } from '../../store/records.ts';

/** The person behind a change, if there is one. */
export function personsOf(actor: Actor): readonly string[] {
  return 'user' in actor && actor.user !== undefined ? [actor.user] : [];
}

/** Of somebody who is named in a filter, by name or by ID. */
export async function personIdOf(
  typed: string | undefined,
  { directory }: Pick<Engine, 'directory'>,
): Promise<string | undefined> {
  return typed === undefined ? undefined : (await directory.findByUsername(typed))?.id ?? typed;
}
