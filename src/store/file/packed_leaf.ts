import { Buffer } from 'node:buffer';
import { keyFromBytes } from './key_bytes.ts';

/** Sorted keys, as bytes and without what all of them begin with, one after another; each has a number below 2³². */
export interface Leaf {
  prefix: Uint8Array;
  bytes: Uint8Array;
  /** The ends of the keys, then their numbers. */
  readonly numbers: Uint32Array;
  count: number;
  used: number;
}

export function createLeaf(): Leaf {
  const numbers = new Uint32Array(LEAF_KEYS * 2);
  return { prefix: new Uint8Array(), bytes: new Uint8Array(), numbers, count: 0, used: 0 };
}

/** A leaf of what another had; the bytes are copied. */
export function packedLeaf(of: {
  readonly prefix: Uint8Array;
  readonly bytes: Uint8Array;
  /** Of each key; as many as there are values. */
  readonly ends: Uint32Array;
  readonly values: Uint32Array;
}): Leaf {
  const { prefix, bytes, ends, values } = of;
  const leaf = createLeaf();
  leaf.numbers.set(ends);
  leaf.numbers.set(values, VALUES);
  leaf.prefix = new Uint8Array(prefix);
  leaf.bytes = new Uint8Array(bytes);
  leaf.count = ends.length;
  leaf.used = bytes.length;
  return leaf;
}

/** The number of each key, in their order. */
export function valuesOf({ numbers, count }: Leaf): Uint32Array {
  return numbers.subarray(VALUES, VALUES + count);
}

/** The first position whose key is not below `key`. */
export function search(leaf: Leaf, key: Uint8Array): number {
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

export function isAt(leaf: Leaf, position: number, key: Uint8Array): boolean {
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

export function insertAt(leaf: Leaf, position: number, key: Uint8Array, value: number): void {
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

export function removeAt(leaf: Leaf, position: number): void {
  const { bytes, numbers } = leaf;
  const start = position === 0 ? 0 : numbers[position - 1]!;
  const length = numbers[position]! - start;
  bytes.copyWithin(start, start + length, leaf.used);
  leaf.used -= length;
  leaf.count--;
  for (let i = position; i < leaf.count; i++) numbers[i] = numbers[i + 1]! - length;
  numbers.copyWithin(VALUES + position, VALUES + position + 1, VALUES + leaf.count + 1);
}

export function halve(leaf: Leaf): [Leaf, Leaf] {
  const middle = leaf.count >> 1;
  return [part(leaf, 0, middle), part(leaf, middle, leaf.count)];
}

/** Two leaves as one; all keys of the first are below those of the second. */
export function joinLeaves(a: Leaf, b: Leaf): Leaf {
  const pairs = [...unpack(a), ...unpack(b)];
  return pairs.length === 0 ? createLeaf() : pack(pairs);
}

export function keyAt({ prefix, bytes, numbers }: Leaf, position: number): string {
  const start = position === 0 ? 0 : numbers[position - 1]!;
  const end = numbers[position]!;
  const length = prefix.length + end - start;
  keyScratch.set(prefix);
  keyScratch.set(bytes.subarray(start, end), prefix.length);
  return keyFromBytes(keyScratch, length);
}

export function valueAt({ numbers }: Leaf, position: number): number {
  return numbers[VALUES + position]!;
}

export function setValueAt({ numbers }: Leaf, position: number, value: number): void {
  numbers[VALUES + position] = value;
}

/** Has the leaf room for one more key, of so many bytes? */
export function hasRoom({ count, used }: Leaf, bytes: number): boolean {
  return count < LEAF_KEYS && used + bytes <= LEAF_BYTES;
}

export function isSmall({ count }: Leaf): boolean {
  return count < LEAF_KEYS / 4;
}

/** Would the two be no more than half a leaf? */
export function fitTogether(a: Leaf, b: Leaf): boolean {
  return a.count + b.count <= LEAF_KEYS / 2 && a.used + b.used <= LEAF_BYTES / 2;
}

const LEAF_KEYS = 128;
/** A leaf of long keys is full before it has 128 of them. */
const LEAF_BYTES = 32 * 1024;
/** Where the values begin in `numbers`. */
const VALUES = LEAF_KEYS;
const GROWTH_BYTES = 512;
const keyScratch = Buffer.alloc(8 * 1024);

function shortenPrefix(leaf: Leaf, length: number): void {
  const shorter = pack(unpack(leaf), length);
  leaf.prefix = shorter.prefix;
  leaf.bytes = shorter.bytes;
  leaf.used = shorter.used;
  leaf.numbers.set(shorter.numbers);
}

/** The keys from one position up to another as a leaf of their own, without what all of these begin with. */
function part({ prefix, bytes, numbers }: Leaf, from: number, to: number): Leaf {
  const leaf = createLeaf();
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

function unpack({ prefix, bytes, numbers, count }: Leaf): Pair[] {
  return Array.from({ length: count }, (_, i): Pair => {
    const start = i === 0 ? 0 : numbers[i - 1]!;
    const key = new Uint8Array(prefix.length + numbers[i]! - start);
    key.set(prefix);
    key.set(bytes.subarray(start, numbers[i]), prefix.length);
    return [key, numbers[VALUES + i]!];
  });
}

/** The prefix is all that the first and the last key share, or as long as asked for. */
function pack(pairs: readonly Pair[], prefixLength?: number): Leaf {
  const leaf = createLeaf();
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
