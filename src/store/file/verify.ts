import { decodeKey } from '../key_order.ts';
import type { Key } from '../store.ts';
import { eachLine, readBlocks } from './blocks.ts';
import type { Directory } from './directory.ts';
import type { Journal } from './journal.ts';
import { parseLine } from './line.ts';

export interface VerifyReport {
  readonly segments: number;
  readonly lines: number;
  readonly bytes: number;
  readonly damages: readonly Damage[];
}

export interface Damage {
  /** Below the data directory. */
  readonly file: string;
  readonly offset: number;
  /** The record that is lost; absent: the line had been superseded, and nothing is lost. */
  readonly key?: Key;
}

/** Reads every line of every segment and holds it against its checksum. */
export async function verifySegments(
  journal: Journal,
  directory: Directory,
  pause: () => Promise<void>,
): Promise<VerifyReport> {
  const damaged: { segment: number; file: string; offset: number }[] = [];
  const segments = journal.segments.map((segment) => ({ segment, end: segment.bytes }));
  let lines = 0;
  let bytes = 0;
  for (const { segment, end } of segments) {
    let expected = 0;
    for await (const block of readBlocks(segment.file, 0, end)) {
      eachLine(block, (start, lineEnd, terminated) => {
        const intact = terminated && parseLine(block.bytes, start, lineEnd) !== undefined;
        const offset = block.offset + start;
        if (!intact) damaged.push({ segment: segment.id, file: segment.name, offset });
        lines++;
        expected = block.offset + lineEnd + 1;
        return true;
      });
      await pause();
    }
    if (expected !== end) {
      damaged.push({ segment: segment.id, file: segment.name, offset: expected });
    }
    bytes += end;
  }
  const lost = damaged.length === 0 ? new Map() : lostKeys(directory, damaged);
  const damages = damaged.map(({ segment, file, offset }): Damage => {
    const key = lost.get(`${segment}:${offset}`);
    return key === undefined ? { file, offset } : { file, offset, key };
  });
  return { segments: segments.length, lines, bytes, damages };
}

function lostKeys(
  directory: Directory,
  damaged: readonly { readonly segment: number; readonly offset: number }[],
): Map<string, Key> {
  const lost = new Map<string, Key>();
  directory.keys.scan('', (encoded, slot) => {
    for (const { segment, offset } of damaged) {
      if (directory.isAt(slot, segment, offset)) {
        lost.set(`${segment}:${offset}`, decodeKey(encoded));
      }
    }
    return true;
  });
  return lost;
}
