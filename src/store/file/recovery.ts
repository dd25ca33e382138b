import { Buffer } from 'node:buffer';
import { eachLine, readBlocks } from './blocks.ts';
import { storeDamaged } from './damage.ts';
import type { LineHead } from './line.ts';
import { NEWLINE, nextOpening, parseHead } from './line.ts';
import type { RecordLine } from './records.ts';
import { recordLine } from './records.ts';
import type { Segment } from './segment.ts';

/** What was found in the segment that was being written to. */
export interface Recovered {
  /** The end of the last whole commit. */
  readonly bytes: number;
  /** Bytes after it, of a write that was never acknowledged. */
  readonly tornBytes: number;
  readonly seq: number;
}

/**
 * Reads the segment that was being written to when the process ended, and gives each record of each whole commit to
 * `visit`.
 *
 * Only what was written since the last completed sync can be torn: such a write may end anywhere, and after a loss of
 * power any sector of it may be missing, zero or stale, an intact line after a damaged one included. So from the first
 * line that is not intact on, the rest is dropped, unless a later line carries its own place (`at`, see `line.ts`):
 * that one was written after a sync of everything before it, so what is damaged had been acknowledged, and dropping it
 * would lose data in silence.
 * @throws what `isStoreDamaged` knows in that case
 */
export async function recoverSegment(
  segment: Segment,
  visit: (record: RecordLine) => void,
): Promise<Recovered> {
  let bytes = segment.headBytes;
  let seq = 0;
  let stop = segment.bytes;
  /** The commit that is being read. */
  let commit: RecordLine[] = [];
  let before: LineHead | undefined;

  for await (const block of readBlocks(segment.file, segment.headBytes, segment.bytes)) {
    eachLine(block, (start, end, terminated) => {
      const offset = block.offset + start;
      const head = terminated ? parseHead(block.bytes, start, end) : undefined;
      if (head === undefined || !follows(before, head, offset)) {
        stop = offset;
        return false;
      }
      before = head;
      commit.push(recordLine(head, segment.id, offset, end - start));
      if (head.more === 0) {
        commit.forEach(visit);
        commit = [];
        bytes = offset + (end - start) + 1;
        seq = head.seq;
      }
      return true;
    });
    if (stop < segment.bytes) break;
  }
  const later = await laterSync(segment, stop + 1);
  if (later !== undefined) {
    const reason = `byte ${later} shows that it had been written whole`;
    throw storeDamaged('open', segment.name, stop, reason);
  }
  return { bytes, tornBytes: segment.bytes - bytes, seq };
}

function follows(before: LineHead | undefined, head: LineHead, offset: number): boolean {
  if (head.at !== undefined && head.at !== offset) return false;
  if (before === undefined) return true;
  if (before.more === 0) return head.seq > before.seq;
  return head.seq === before.seq && head.more === before.more - 1;
}

/** The first place from `from` on with an intact line that carries that very place. */
async function laterSync(segment: Segment, from: number): Promise<number | undefined> {
  if (from >= segment.bytes) return undefined;
  const rest = Buffer.allocUnsafe(segment.bytes - from);
  await segment.file.read(rest, from);
  // not line by line: the newline before it may be what is damaged
  for (let at = nextOpening(rest, 0); at !== -1; at = nextOpening(rest, at + 1)) {
    const end = rest.indexOf(NEWLINE, at);
    if (end === -1) return undefined;
    if (parseHead(rest, at, end)?.at === from + at) return from + at;
  }
  return undefined;
}
