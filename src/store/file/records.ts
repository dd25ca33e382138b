import { encodeKey } from '../key_order.ts';
import type { Block } from './blocks.ts';
import { eachLine, readBlocks } from './blocks.ts';
import { storeDamaged } from './damage.ts';
import type { LineHead } from './line.ts';
import { parseHead } from './line.ts';
import type { Segment } from './segment.ts';
import type { Location } from './slots.ts';

/** What the directory needs to know about a line; `encoded` is its key (`key_order.ts`). */
export interface RecordLine extends Location {
  readonly encoded: string;
}

export interface RecordBlock {
  readonly block: Block;
  readonly records: readonly RecordLine[];
}

export function recordLine(
  { seq, key, expiresAtSeconds }: LineHead,
  segment: number,
  offset: number,
  length: number,
): RecordLine {
  return { encoded: encodeKey(key), segment, offset, length, seq, expiresAtSeconds };
}

/**
 * The records of a segment up to its `bytes`, as they lie in the file, a block at a time.
 * @throws what `isStoreDamaged` knows at the first line that is not intact
 */
export async function* readRecords(
  segment: Segment,
  action: 'open' | 'merge' = 'open',
): AsyncGenerator<RecordBlock, void, undefined> {
  let expected = segment.headBytes;
  for await (const block of readBlocks(segment.file, segment.headBytes, segment.bytes)) {
    const records: RecordLine[] = [];
    eachLine(block, (start, end, terminated) => {
      const offset = block.offset + start;
      const head = terminated ? parseHead(block.bytes, start, end) : undefined;
      if (head === undefined) {
        throw storeDamaged(action, segment.name, offset, 'the line is not intact');
      }
      records.push(recordLine(head, segment.id, offset, end - start));
      expected = offset + (end - start) + 1;
      return true;
    });
    yield { block, records };
  }
  if (expected !== segment.bytes) {
    throw storeDamaged(action, segment.name, expected, `it should have ${segment.bytes} bytes`);
  }
}
