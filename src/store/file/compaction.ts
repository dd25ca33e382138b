import { Buffer } from 'node:buffer';
import type { Directory } from './directory.ts';
import { writeHint } from './hint.ts';
import type { Journal } from './journal.ts';
import type { RecordBlock, RecordLine } from './records.ts';
import { readRecords } from './records.ts';
import type { Place, Segment } from './segment.ts';
import { createSegment, retireSegment } from './segment.ts';

export interface Merging {
  readonly place: Place;
  readonly journal: Journal;
  readonly directory: Directory;
  readonly now: () => number;
  readonly segmentBytes: number;
  /** Called after each slice of work; throws to give up, which leaves everything as it was. */
  readonly pause: () => Promise<void>;
}

/** Records that were copied: slot, old offset and new offset of each, in turn. */
interface Moves {
  readonly source: number;
  readonly output: number;
  readonly numbers: number[];
}

/** Output that is not yet synced: more would hold up the syncs of commits. */
const UNSYNCED_BYTES = 4 * 1024 * 1024;
const MOVES_PER_SLICE = 5000;

/** Below this much waste a merge is not worth its reading. */
const WASTE = 0.5;

/**
 * The closed segments, from the oldest on, that are worth merging now: where the share of dead bytes is highest, if half
 * of all closed bytes are dead. Always from the oldest on, because then no older record of a key can be left outside,
 * and what is removed or expired needs no trace any more.
 */
export function mergeCandidates(journal: Journal, directory: Directory): readonly Segment[] {
  const closed = journal.segments.slice(0, -1);
  let bytes = 0;
  let dead = 0;
  let best = { count: 0, waste: 0 };
  for (const [i, segment] of closed.entries()) {
    // without the headers, which no merge does away with
    const recordBytes = segment.bytes - segment.headBytes;
    bytes += recordBytes;
    dead += recordBytes - directory.liveBytes(segment.id);
    if (dead / bytes >= best.waste) best = { count: i + 1, waste: dead / bytes };
  }
  return dead / bytes >= WASTE ? closed.slice(0, best.count) : [];
}

/**
 * Copies the live records of the oldest segments into new ones and puts these in their place. Commits and reads go on
 * meanwhile; what they supersede is dead in the new segments too. A crash leaves the old segments or the new ones in
 * the manifest, and the next open removes the others.
 * @throws what `isStoreDamaged` knows when a source is damaged: it stays as it is
 */
export async function mergeSegments(merging: Merging, sources: readonly Segment[]): Promise<void> {
  const { place, journal, directory } = merging;
  const outputs: Segment[] = [];
  const moves: Moves[] = [];
  try {
    await copyLive(merging, sources, outputs, moves);
    for (const output of outputs) {
      await output.file.sync();
      await writeHint(place, output, merging.pause);
    }
    await journal.replace(sources, outputs);
  } catch (error) {
    // an uncertain manifest may name them; the next open knows
    for (const output of journal.manifestIsCertain ? outputs : []) {
      await retireSegment(place, output).catch(() => {});
    }
    throw error;
  }
  for (const move of moves) await redirect(directory, move, merging.pause);
  for (const source of sources) await journal.retire(source);
}

async function copyLive(
  merging: Merging,
  sources: readonly Segment[],
  outputs: Segment[],
  moves: Moves[],
): Promise<void> {
  const { place, journal, segmentBytes, pause } = merging;
  const ids = sources.map(({ id }) => id);
  let unsynced = 0;
  for (const source of sources) {
    let move: Moves | undefined;
    for await (const block of readRecords(source, 'merge')) {
      if (block.records.some((record) => isLive(merging, source, record))) {
        let output = outputs.at(-1);
        if (output === undefined || output.bytes >= segmentBytes) {
          output = await createSegment(place, journal.takeId(), ids);
          outputs.push(output);
        }
        if (move?.output !== output.id) {
          move = { source: source.id, output: output.id, numbers: [] };
          moves.push(move);
        }
        // not before: while the segment was made, records may have gone
        const live = block.records.filter((record) => isLive(merging, source, record));
        unsynced += await copyBlock(merging.directory, block, live, output, move);
        if (unsynced > UNSYNCED_BYTES) {
          await output.file.sync();
          unsynced = 0;
        }
      }
      await pause();
    }
  }
}

function isLive({ directory, now }: Merging, source: Segment, record: RecordLine): boolean {
  const slot = directory.slotOf(record.encoded);
  if (slot === undefined || !directory.isAt(slot, source.id, record.offset)) return false;
  if (record.expiresAtSeconds > now()) return true;
  directory.remove(record.encoded);
  return false;
}

async function copyBlock(
  directory: Directory,
  { block }: RecordBlock,
  live: readonly RecordLine[],
  output: Segment,
  move: Moves,
): Promise<number> {
  const copy = Buffer.allocUnsafe(live.reduce((sum, { length }) => sum + length + 1, 0));
  let end = 0;
  for (const { encoded, offset, length } of live) {
    move.numbers.push(directory.slotOf(encoded)!, offset, output.bytes + end);
    const start = offset - block.offset;
    end += block.bytes.copy(copy, end, start, start + length + 1);
  }
  await output.file.write(copy, output.bytes);
  output.bytes += copy.length;
  return copy.length;
}

async function redirect(
  directory: Directory,
  { source, output, numbers }: Moves,
  pause: () => Promise<void>,
): Promise<void> {
  for (let i = 0; i < numbers.length; i += 3) {
    const from = { segment: source, offset: numbers[i + 1]! };
    directory.move(numbers[i]!, from, { segment: output, offset: numbers[i + 2]! });
    if (i % (3 * MOVES_PER_SLICE) === 0) await pause();
  }
}
