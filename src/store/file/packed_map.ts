import { Buffer } from 'node:buffer';
import type { SortedMap } from '../sorted_map.ts';

/**
 * A sorted map from encoded keys (`key_order.ts`) to numbers below 2³², outside the garbage-collected heap: of a million
 * keys as strings, the collector would let the process grow by several times their size. It has two levels: leaves of
 * packed keys, and the lower bound of each leaf in one array.
 */
export function createPackedMap(): SortedMap<number> {
  const leaves: Leaf[] = [emptyLeaf()];
  const bounds: string[] = [''];
  let size = 0;
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
    const [left, right] = inOrder ? [leaf, emptyLeaf()] : halve(leaf);
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
    if (!left || !right || left.count + right.count > LEAF_KEYS / 2) return;
    if (left.used + right.used > LEAF_BYTES / 2) return;
    leaves.splice(at, 2, packLeaf([...unpackLeaf(left), ...unpackLeaf(right)]));
    bounds.splice(at + 1, 1);
    lastIndex = 0;
  }

  return {
    get size(): number {
      return size;
    },
    get(key) {
      const bytes = toBytes(key);
      const index = leafIndex(key);
      const leaf = leaves[index]!;
      const position = search(leaf, bytes);
      if (isAt(leaf, position, bytes)) return leaf.numbers[VALUES + position];
      missing = { key, index, position };
      return undefined;
    },
    set(key, value) {
      const bytes = toBytes(key);
      const known = missing?.key === key ? missing : undefined;
      missing = undefined;
      const index = known?.index ?? leafIndex(key);
      let leaf = leaves[index]!;
      let position = known?.position ?? search(leaf, bytes);
      if (known === undefined && isAt(leaf, position, bytes)) {
        leaf.numbers[VALUES + position] = value;
        return;
      }
      if (leaf.count === LEAF_KEYS || leaf.used + bytes.length > LEAF_BYTES) {
        leaf = split(index, position, key);
        position = search(leaf, bytes);
      }
      insert(leaf, position, bytes, value);
      size++;
    },
    delete(key) {
      missing = undefined;
      const bytes = toBytes(key);
      const index = leafIndex(key);
      const leaf = leaves[index]!;
      const position = search(leaf, bytes);
      if (!isAt(leaf, position, bytes)) return false;
      remove(leaf, position);
      size--;
      if (leaf.count < LEAF_KEYS / 4) mergeSmall(index);
      return true;
    },
    scan(from, visit) {
      let index = leafIndex(from);
      let position = search(leaves[index]!, toBytes(from));
      for (; index < leaves.length; index++, position = 0) {
        const leaf = leaves[index]!;
        for (; position < leaf.count; position++) {
          if (!visit(keyAt(leaf, position), leaf.numbers[VALUES + position]!)) return;
        }
      }
    },
  };
}

const LEAF_KEYS = 128;
/** A leaf of long keys is full before it has 128 of them. */
const LEAF_BYTES = 32 * 1024;
/** In `numbers`, the ends of the keys come first, then the values. */
const VALUES = LEAF_KEYS;
const GROWTH_BYTES = 512;

/** Sorted keys without what all of them begin with, one after another. */
interface Leaf {
  prefix: Uint8Array;
  bytes: Uint8Array;
  readonly numbers: Uint32Array;
  count: number;
  used: number;
}

function emptyLeaf(): Leaf {
  const numbers = new Uint32Array(LEAF_KEYS * 2);
  return { prefix: new Uint8Array(0), bytes: new Uint8Array(0), numbers, count: 0, used: 0 };
}

/** The first position whose key is not below `key`. */
function search(leaf: Leaf, key: Uint8Array): number {
  const { prefix, bytes, numbers, count } = leaf;
  const shared = sharedLength(prefix, key);
  if (shared < prefix.length) {
    return shared === key.length || key[shared]! < prefix[shared]! ? 0 : count;
  }
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const start = middle === 0 ? 0 : numbers[middle - 1]!;
    const length = numbers[middle]! - start;
    const limit = Math.min(length, key.length - shared);
    let i = 0;
    while (i < limit && bytes[start + i] === key[shared + i]) i++;
    const isBelow = i < limit ? bytes[start + i]! < key[shared + i]! : length < key.length - shared;
    if (isBelow) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isAt(leaf: Leaf, position: number, key: Uint8Array): boolean {
  const { prefix, bytes, numbers, count } = leaf;
  if (position >= count) return false;
  const start = position === 0 ? 0 : numbers[position - 1]!;
  if (numbers[position]! - start !== key.length - prefix.length) return false;
  if (sharedLength(prefix, key) < prefix.length) return false;
  for (let i = prefix.length; i < key.length; i++) {
    if (bytes[start + i - prefix.length] !== key[i]) return false;
  }
  return true;
}

function insert(leaf: Leaf, position: number, key: Uint8Array, value: number): void {
  if (leaf.count === 0) leaf.prefix = key.slice();
  const shared = sharedLength(leaf.prefix, key);
  if (shared < leaf.prefix.length) shortenPrefix(leaf, shared);
  const length = key.length - shared;
  if (leaf.used + length > leaf.bytes.length) {
    const room = Math.ceil((leaf.used + length) / GROWTH_BYTES) * GROWTH_BYTES;
    const bytes = new Uint8Array(room);
    bytes.set(leaf.bytes.subarray(0, leaf.used));
    leaf.bytes = bytes;
  }
  const { bytes, numbers, count } = leaf;
  const start = position === 0 ? 0 : numbers[position - 1]!;
  bytes.copyWithin(start + length, start, leaf.used);
  for (let i = 0; i < length; i++) bytes[start + i] = key[shared + i]!;
  for (let i = count; i > position; i--) numbers[i] = numbers[i - 1]! + length;
  numbers.copyWithin(VALUES + position + 1, VALUES + position, VALUES + count);
  numbers[position] = start + length;
  numbers[VALUES + position] = value;
  leaf.used += length;
  leaf.count++;
}

function remove(leaf: Leaf, position: number): void {
  const { bytes, numbers } = leaf;
  const start = position === 0 ? 0 : numbers[position - 1]!;
  const length = numbers[position]! - start;
  bytes.copyWithin(start, start + length, leaf.used);
  leaf.used -= length;
  leaf.count--;
  for (let i = position; i < leaf.count; i++) numbers[i] = numbers[i + 1]! - length;
  numbers.copyWithin(VALUES + position, VALUES + position + 1, VALUES + leaf.count + 1);
}

function shortenPrefix(leaf: Leaf, length: number): void {
  const shorter = packLeaf(unpackLeaf(leaf), length);
  leaf.prefix = shorter.prefix;
  leaf.bytes = shorter.bytes;
  leaf.used = shorter.used;
  leaf.numbers.set(shorter.numbers);
}

function halve(leaf: Leaf): [Leaf, Leaf] {
  const middle = leaf.count >> 1;
  return [part(leaf, 0, middle), part(leaf, middle, leaf.count)];
}

/** The keys from one position up to another as a leaf of their own, without what all of these begin with. */
function part({ prefix, bytes, numbers }: Leaf, from: number, to: number): Leaf {
  const leaf = emptyLeaf();
  const start = from === 0 ? 0 : numbers[from - 1]!;
  const lastStart = to === 1 ? 0 : numbers[to - 2]!;
  const end = numbers[to - 1]!;
  const first = bytes.subarray(start, numbers[from]);
  const more = sharedLength(first, bytes.subarray(lastStart, end));
  leaf.prefix = new Uint8Array(prefix.length + more);
  leaf.prefix.set(prefix);
  leaf.prefix.set(first.subarray(0, more), prefix.length);
  const used = end - start - (to - from) * more;
  leaf.bytes = new Uint8Array(Math.ceil(used / GROWTH_BYTES) * GROWTH_BYTES);
  for (let i = from, at = start + more; i < to; i++, at = numbers[i - 1]! + more) {
    while (at < numbers[i]!) leaf.bytes[leaf.used++] = bytes[at++]!;
    leaf.numbers[leaf.count] = leaf.used;
    leaf.numbers[VALUES + leaf.count++] = numbers[VALUES + i]!;
  }
  return leaf;
}

type Pair = readonly [key: Uint8Array, value: number];

function unpackLeaf({ prefix, bytes, numbers, count }: Leaf): Pair[] {
  return Array.from({ length: count }, (_, i): Pair => {
    const start = i === 0 ? 0 : numbers[i - 1]!;
    const key = new Uint8Array(prefix.length + numbers[i]! - start);
    key.set(prefix);
    key.set(bytes.subarray(start, numbers[i]), prefix.length);
    return [key, numbers[VALUES + i]!];
  });
}

/** The prefix is all that the first and the last key share, or as long as asked for. */
function packLeaf(pairs: readonly Pair[], prefixLength?: number): Leaf {
  const leaf = emptyLeaf();
  const first = pairs[0]![0];
  const shared = prefixLength ?? sharedLength(first, pairs.at(-1)![0]);
  leaf.prefix = first.slice(0, shared);
  const used = pairs.reduce((sum, [key]) => sum + key.length - shared, 0);
  leaf.bytes = new Uint8Array(Math.ceil(used / GROWTH_BYTES) * GROWTH_BYTES);
  for (const [key, value] of pairs) {
    leaf.bytes.set(key.subarray(shared), leaf.used);
    leaf.used += key.length - shared;
    leaf.numbers[leaf.count] = leaf.used;
    leaf.numbers[VALUES + leaf.count++] = value;
  }
  return leaf;
}

function sharedLength(a: Uint8Array, b: Uint8Array): number {
  const limit = Math.min(a.length, b.length);
  let length = 0;
  while (length < limit && a[length] === b[length]) length++;
  return length;
}

/** Lives until the next call of `toBytes`. */
let scratch = new Uint8Array(8 * 1024);

/** One to three bytes for each code unit, as UTF-8 has them, which keeps the order; surrogates are units like others. */
function toBytes(key: string): Uint8Array {
  if (key.length * 3 > scratch.length) scratch = new Uint8Array(key.length * 3);
  const bytes = scratch;
  let at = 0;
  for (let i = 0; i < key.length; i++) {
    const unit = key.charCodeAt(i);
    if (unit < 0x80) {
      bytes[at++] = unit;
      continue;
    }
    if (unit < 0x800) {
      bytes[at++] = 0xc0 | (unit >> 6);
    } else {
      bytes[at++] = 0xe0 | (unit >> 12);
      bytes[at++] = 0x80 | ((unit >> 6) & 0x3f);
    }
    bytes[at++] = 0x80 | (unit & 0x3f);
  }
  return bytes.subarray(0, at);
}

const keyScratch = Buffer.alloc(8 * 1024);

function keyAt({ prefix, bytes, numbers }: Leaf, position: number): string {
  const start = position === 0 ? 0 : numbers[position - 1]!;
  const end = numbers[position]!;
  const length = prefix.length + end - start;
  keyScratch.set(prefix);
  keyScratch.set(bytes.subarray(start, end), prefix.length);
  for (let i = 0; i < length; i++) {
    if (keyScratch[i]! >= 0x80) return fromBytes(keyScratch, length);
  }
  return keyScratch.toString('latin1', 0, length);
}

function fromBytes(bytes: Uint8Array, length: number): string {
  let key = '';
  for (let at = 0; at < length;) {
    const first = bytes[at++]!;
    if (first < 0x80) {
      key += String.fromCharCode(first);
    } else if (first < 0xe0) {
      key += String.fromCharCode(((first & 0x1f) << 6) | (bytes[at++]! & 0x3f));
    } else {
      const middle = (bytes[at++]! & 0x3f) << 6;
      key += String.fromCharCode(((first & 0xf) << 12) | middle | (bytes[at++]! & 0x3f));
    }
  }
  return key;
}
