import type { JsonValue } from '../../store/store.ts';
import type { Actor } from '../../store/records.ts';
import type { Configuration, Reconfigured } from '../configuration.ts';
import type { ApplyOptions } from './import.ts';
import { done, refused } from './outcome.ts';

/** Takes over options into the store. What the file sets stays; what others brought in, unless `replaces` says so. */
export function optionsInto(
  configuration: Configuration,
  by: Actor,
  { replaces = false }: { readonly replaces?: boolean } = {},
): ApplyOptions {
  return async (options, isDry) => {
    const changes = Object.entries(options).map(([path, value]) => ({
      path,
      value: value as JsonValue,
    }));
    const outcome = await configuration.change(changes, by, {
      isDry,
      others: replaces ? 'replace' : 'keep',
    });
    if (outcome.kind === 'refused') return refused(outcome.problem);
    const { changes: changed, settings } = outcome.value;
    const state = Object.keys(changed).length === 0
      ? 'same'
      : Object.values(changed).every(({ before }) => before === undefined)
      ? 'added'
      : 'changed';
    return done({ state, changes: changed, kept: told(outcome.value), settings });
  };
}

function told({ kept }: Reconfigured): Reconfigured['kept'] {
  return kept.filter(({ isSame }) => isSame !== true);
}
