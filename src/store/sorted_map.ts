/** A map that keeps its keys in `<` order, for point look-ups, ordered scans, and no long pauses as it grows. */
export interface SortedMap<V> {
  readonly size: number;
  get(key: string): V | undefined;
  set(key: string, value: V): void;
  delete(key: string): boolean;
  /** From the first key that is not below `from`, until `visit` returns false. It must not change the map. */
  scan(from: string, visit: (key: string, value: V) => boolean): void;
  /** The same, for whoever wants few of the keys: the one of the value is told while it is visited. */
  scanValues(from: string, visit: (value: V, key: () => string) => boolean): void;
}

interface Leaf<V> {
  readonly keys: string[];
  readonly values: V[];
}

/** Keys of one leaf; measured best between 64 and 256 for look-ups and inserts at a million keys. */
const LEAF_KEYS = 128;

/**
 * A tree of two levels: leaves of sorted keys, and the lower bound of each leaf in one array. A hash map of a million
 * keys would stop the process while it grows, and would have to be sorted for each list.
 */
export function createSortedMap<V>(): SortedMap<V> {
  const leaves: Leaf<V>[] = [{ keys: [], values: [] }];
  const bounds: string[] = [''];
  let size = 0;

  function leafIndex(key: string): number {
    return firstIndex(bounds, key, true) - 1;
  }

  function split(index: number, position: number): void {
    const leaf = leaves[index]!;
    // keys that arrive in order leave full leaves behind
    const at = position === leaf.keys.length ? position : leaf.keys.length >> 1;
    const right = { keys: leaf.keys.splice(at), values: leaf.values.splice(at) };
    leaves.splice(index + 1, 0, right);
    bounds.splice(index + 1, 0, right.keys[0] ?? '');
  }

  function mergeSmall(index: number): void {
    const left = index + 1 < leaves.length ? index : index - 1;
    const a = leaves[left];
    const b = leaves[left + 1];
    if (!a || !b || a.keys.length + b.keys.length > LEAF_KEYS / 2) return;
    a.keys.push(...b.keys);
    a.values.push(...b.values);
    leaves.splice(left + 1, 1);
    bounds.splice(left + 1, 1);
  }

  function scan(from: string, visit: (key: string, value: V) => boolean): void {
    let index = leafIndex(from);
    let position = firstIndex(leaves[index]!.keys, from, false);
    for (; index < leaves.length; index++, position = 0) {
      const { keys, values } = leaves[index]!;
      for (; position < keys.length; position++) {
        if (!visit(keys[position]!, values[position]!)) return;
      }
    }
  }

  return {
    get size(): number {
      return size;
    },
    get(key) {
      const leaf = leaves[leafIndex(key)]!;
      const position = firstIndex(leaf.keys, key, false);
      return leaf.keys[position] === key ? leaf.values[position] : undefined;
    },
    set(key, value) {
      const index = leafIndex(key);
      let leaf = leaves[index]!;
      let position = firstIndex(leaf.keys, key, false);
      if (leaf.keys[position] === key) {
        leaf.values[position] = value;
        return;
      }
      if (leaf.keys.length >= LEAF_KEYS) {
        split(index, position);
        const right = leaves[index + 1]!;
        if (right.keys.length === 0) bounds[index + 1] = key;
        // a key equal in position to the cut is below the right leaf's bound, and so belongs to the left one
        if (right.keys.length === 0 || position > leaf.keys.length) {
          position -= leaf.keys.length;
          leaf = right;
        }
      }
      leaf.keys.splice(position, 0, key);
      leaf.values.splice(position, 0, value);
      size++;
    },
    delete(key) {
      const index = leafIndex(key);
      const leaf = leaves[index]!;
      const position = firstIndex(leaf.keys, key, false);
      if (leaf.keys[position] !== key) return false;
      leaf.keys.splice(position, 1);
      leaf.values.splice(position, 1);
      size--;
      if (leaf.keys.length < LEAF_KEYS / 4) mergeSmall(index);
      return true;
    },
    scan,
    scanValues(from, visit) {
      scan(from, (key, value) => visit(value, () => key));
    },
  };
}

/** The first index whose key is not below `key`; with `above`, the first that is above it. */
function firstIndex(keys: readonly string[], key: string, above: boolean): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const probe = keys[middle]!;
    if (probe < key || (above && probe === key)) low = middle + 1;
    else high = middle;
  }
  return low;
}
