import type { SortedMap } from '../sorted_map.ts';
import { keyToBytes } from './key_bytes.ts';
import type { Leaf } from './packed_leaf.ts';
import {
  createLeaf,
  fitTogether,
  halve,
  hasRoom,
  insertAt,
  isAt,
  isSmall,
  joinLeaves,
  keyAt,
  removeAt,
  search,
  setValueAt,
  valueAt,
} from './packed_leaf.ts';

export interface PackedMap extends SortedMap<number> {
  /** Those that hold keys, in order, as they are now. */
  leaves(): readonly Leaf[];
}

/**
 * A sorted map from encoded keys (`key_order.ts`) to numbers below 2³², outside the garbage-collected heap: of a million
 * keys as strings, the collector would let the process grow by several times their size. It has two levels: leaves of
 * packed keys, and the lower bound of each leaf in one array.
 * @param filled leaves of another map, which are taken over
 */
export function createPackedMap(filled: readonly Leaf[] = []): PackedMap {
  const leaves: Leaf[] = filled.length === 0 ? [createLeaf()] : [...filled];
  const bounds: string[] = leaves.map((leaf, index) => index === 0 ? '' : keyAt(leaf, 0));
  let size = filled.reduce((sum, { count }) => sum + count, 0);
  /** The leaf that was used last: keys that come in order are looked for nearby. */
  let lastIndex = 0;
  /** The last key that was looked for in vain, and where it would be, until something changes. */
  let missing:
    | { readonly key: string; readonly index: number; readonly position: number }
    | undefined;

  function leafIndex(key: string): number {
    const next = bounds[lastIndex + 1];
    if (bounds[lastIndex]! <= key && (next === undefined || key < next)) return lastIndex;
    return lastIndex = searchBounds(key);
  }

  function searchBounds(key: string): number {
    let low = 0;
    let high = bounds.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (bounds[middle]! <= key) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** Makes room in a full leaf; gives the leaf that `key`, at `position` of the old one, now belongs to. */
  function split(index: number, position: number, key: string): Leaf {
    const leaf = leaves[index]!;
    // keys that arrive in order leave full leaves behind
    const inOrder = position === leaf.count;
    const [left, right] = inOrder ? [leaf, createLeaf()] : halve(leaf);
    const bound = inOrder ? key : keyAt(right, 0);
    leaves.splice(index, 1, left, right);
    bounds.splice(index + 1, 0, bound);
    lastIndex = 0;
    return bound <= key ? right : left;
  }

  function mergeSmall(index: number): void {
    const at = index + 1 < leaves.length ? index : index - 1;
    const left = leaves[at];
    const right = leaves[at + 1];
    if (!left || !right || !fitTogether(left, right)) return;
    leaves.splice(at, 2, joinLeaves(left, right));
    bounds.splice(at + 1, 1);
    lastIndex = 0;
  }

  return {
    leaves: () => leaves.filter(({ count }) => count > 0),
    get size(): number {
      return size;
    },
    get(key) {
      const bytes = keyToBytes(key);
      const index = leafIndex(key);
      const leaf = leaves[index]!;
      const position = search(leaf, bytes);
      if (isAt(leaf, position, bytes)) return valueAt(leaf, position);
      missing = { key, index, position };
      return undefined;
    },
    set(key, value) {
      const bytes = keyToBytes(key);
      const known = missing?.key === key ? missing : undefined;
      missing = undefined;
      const index = known?.index ?? leafIndex(key);
      let leaf = leaves[index]!;
      let position = known?.position ?? search(leaf, bytes);
      if (known === undefined && isAt(leaf, position, bytes)) {
        setValueAt(leaf, position, value);
        return;
      }
      if (!hasRoom(leaf, bytes.length)) {
        leaf = split(index, position, key);
        position = search(leaf, bytes);
      }
      insertAt(leaf, position, bytes, value);
      size++;
    },
    delete(key) {
      missing = undefined;
      const bytes = keyToBytes(key);
      const index = leafIndex(key);
      const leaf = leaves[index]!;
      const position = search(leaf, bytes);
      if (!isAt(leaf, position, bytes)) return false;
      removeAt(leaf, position);
      size--;
      if (isSmall(leaf)) mergeSmall(index);
      return true;
    },
    scan(from, visit) {
      let index = leafIndex(from);
      let position = search(leaves[index]!, keyToBytes(from));
      for (; index < leaves.length; index++, position = 0) {
        const leaf = leaves[index]!;
        for (; position < leaf.count; position++) {
          if (!visit(keyAt(leaf, position), valueAt(leaf, position))) return;
        }
      }
    },
    scanValues(from, visit) {
      let index = leafIndex(from);
      let position = search(leaves[index]!, keyToBytes(from));
      const key = () => keyAt(leaves[index]!, position);
      for (; index < leaves.length; index++, position = 0) {
        const leaf = leaves[index]!;
        for (; position < leaf.count; position++) {
          if (!visit(valueAt(leaf, position), key)) return;
        }
      }
    },
  };
}
