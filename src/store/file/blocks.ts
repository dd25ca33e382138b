import { Buffer } from 'node:buffer';
import type { DataFile } from './files.ts';
import { NEWLINE } from './line.ts';

/** Bytes between two line ends. The bytes are good until the next block is asked for. */
export interface Block {
  readonly bytes: Buffer;
  /** Where in the file the block begins. */
  readonly offset: number;
}

/** A slice of work for whoever reads them: a millisecond or two. */
const BLOCK_BYTES = 128 * 1024;

/** A file from a line's start on, in blocks of whole lines; what follows the last newline comes as it is, at the end. */
export async function* readBlocks(
  file: DataFile,
  from: number,
  to: number,
): AsyncGenerator<Block, void, undefined> {
  let buffer = Buffer.allocUnsafe(BLOCK_BYTES);
  let kept = 0;
  for (let position = from; position < to;) {
    const room = Math.min(buffer.length - kept, to - position);
    const bytes = await file.read(buffer.subarray(kept, kept + room), position);
    position = bytes < room ? to : position + bytes;
    const filled = kept + bytes;
    const whole = position >= to ? filled : buffer.lastIndexOf(NEWLINE, filled - 1) + 1;
    if (whole > 0) yield { bytes: buffer.subarray(0, whole), offset: position - filled };
    kept = filled - whole;
    buffer.copyWithin(0, whole, filled);
    if (kept === buffer.length) buffer = Buffer.concat([buffer], buffer.length * 2);
  }
}

/** The lines of a block, each by its start and end (its newline left out); false from `visit` ends the walk. */
export function eachLine(
  { bytes }: Block,
  visit: (start: number, end: number, terminated: boolean) => boolean,
): void {
  for (let start = 0; start < bytes.length;) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline === -1 ? bytes.length : newline;
    if (!visit(start, end, newline !== -1)) return;
    start = end + 1;
  }
}
