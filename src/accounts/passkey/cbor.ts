/** What CTAP2's canonical CBOR holds of what WebAuthn needs: whole numbers, bytes, texts, lists, maps, and simple values. */
export type Cbor = number | string | boolean | null | Uint8Array<ArrayBuffer> | Cbor[] | CborMap;
export type CborMap = Map<number | string, Cbor>;

const MAX_DEPTH = 4;
const MAX_MEMBERS = 64;

/** One item and how many bytes it took. RFC 8949 §3. @throws {RangeError} for what is cut off, too deep or not of these kinds */
export function readCbor(
  bytes: Uint8Array<ArrayBuffer>,
): { readonly value: Cbor; readonly length: number } {
  let at = 0;
  const value = item(0);
  return { value, length: at };

  function item(depth: number): Cbor {
    if (depth > MAX_DEPTH) throw new RangeError('CBOR is too deep');
    const [first = 0] = take(1);
    const kind = first >> 5;
    const detail = first & 31;
    if (kind === 7) return simple(detail);
    const count = argument(detail);
    switch (kind) {
      case 0:
        return count;
      case 1:
        return -1 - count;
      case 2:
        return take(count);
      case 3:
        return new TextDecoder('utf-8', { fatal: true }).decode(take(count));
      case 4:
        return Array.from({ length: bounded(count) }, () => item(depth + 1));
      case 5:
        return mapOf(bounded(count), depth);
      default:
        throw new RangeError('CBOR has a tag');
    }
  }

  function mapOf(count: number, depth: number): CborMap {
    const map: CborMap = new Map();
    for (let i = 0; i < count; i++) {
      const key = item(depth + 1);
      if (typeof key !== 'number' && typeof key !== 'string') throw new RangeError('CBOR key');
      if (map.has(key)) throw new RangeError('CBOR key is there twice');
      map.set(key, item(depth + 1));
    }
    return map;
  }

  function argument(detail: number): number {
    if (detail < 24) return detail;
    const width = [1, 2, 4][detail - 24];
    if (width === undefined) throw new RangeError('CBOR length');
    return take(width).reduce((sum, byte) => sum * 256 + byte, 0);
  }

  function simple(detail: number): boolean | null {
    if (detail === 20 || detail === 21) return detail === 21;
    if (detail === 22) return null;
    throw new RangeError('CBOR value');
  }

  function take(count: number): Uint8Array<ArrayBuffer> {
    if (at + count > bytes.length) throw new RangeError('CBOR is cut off');
    at += count;
    return bytes.slice(at - count, at);
  }
}

function bounded(count: number): number {
  if (count > MAX_MEMBERS) throw new RangeError('CBOR has too many members');
  return count;
}
