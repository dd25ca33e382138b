import { isMap } from '../spec/is_map.ts';
import type { Mistake } from '../spec/mistake.ts';
import { type OptionUnit, saysAt, withUnit } from './option_units.ts';

/** What the store adds to the configuration file. */
export interface StoredConfiguration {
  /** Issuers beside those of the file. */
  readonly issuers: readonly string[];
  /** Options by their issuer. */
  readonly options: ReadonlyMap<string, readonly OptionUnit[]>;
}

export const NOTHING_STORED: StoredConfiguration = { issuers: [], options: new Map() };

/** One issuer's options with those of the store, of which the file's own come first. */
export function withStored(
  value: unknown,
  units: readonly OptionUnit[],
): { readonly value: unknown; readonly isStored: (path: Mistake['path']) => boolean } {
  const counting = units.filter(({ path }) => !saysAt(value, path));
  const merged = counting.reduce<unknown>(withUnit, value);
  const resources = isMap(merged) && Array.isArray(merged['resources']) ? merged['resources'] : [];
  return {
    value: merged,
    isStored(path) {
      // What people call by its name is in a list by its place.
      const [first, place, ...rest] = path;
      const item = first === 'resources' && typeof place === 'number'
        ? resources[place]
        : undefined;
      const named = isMap(item) ? [first, item['resource'], ...rest] : path;
      return counting.some((each) => each.path.every((part, index) => named[index] === part));
    },
  };
}
