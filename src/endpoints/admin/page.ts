import type { Page } from '../../engine/administration/listing.ts';
import { done, type Outcome } from '../../engine/administration/outcome.ts';
import { usernamesOf } from '../../engine/administration/person_views.ts';
import type { Engine } from '../../engine/engine.ts';
import { sha256 } from '../../keys/digest.ts';
import { cursorOf } from './cursor.ts';
import type { Answer } from './operation.ts';

/** A page as the API shows it. */
export function pageAnswer({ items, next }: Page<unknown>): Outcome<Answer> {
  return done({ value: { items, next: next === undefined ? null : cursorOf(next) } });
}

/** One resource that has no version of its own. */
export function resourceAnswer(outcome: Outcome<unknown>): Outcome<Answer> {
  if (outcome.kind === 'refused') return outcome;
  return done({ value: outcome.value, etag: sha256(JSON.stringify(outcome.value)) });
}

/** What administration answered, as the body. */
export function valueAnswer(outcome: Outcome<unknown>): Outcome<Answer> {
  return outcome.kind === 'refused' ? outcome : done({ value: outcome.value });
}

/** Each with the name of its person, while there is one. */
export async function withUsernames<T extends { readonly user: string }>(
  items: readonly T[],
  engine: Engine,
): Promise<readonly (T & { readonly username?: string })[]> {
  const names = await usernamesOf(items.map(({ user }) => user), engine);
  return items.map((item) => {
    const username = names.get(item.user);
    return username === undefined ? item : { ...item, username };
  });
}
