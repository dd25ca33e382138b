import { Buffer } from 'node:buffer';
import process from 'node:process';
import { printable } from '../spec/mistake.ts';

// A reader that went away, as `head` does, is no failure, and must not end a server whose log it read.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

/** Whether anybody still reads standard output. */
export function isHeard(): boolean {
  return process.stdout.writable;
}

/** Lines on standard output; resolves when they are out, so that exiting cuts nothing off. */
export function print(text: string): Promise<void> {
  return write(process.stdout, text);
}

/** Lines on standard error, one each, whatever the texts hold. */
export function complain(...lines: readonly string[]): Promise<void> {
  return write(process.stderr, lines.map((line) => `${printable(line)}\n`).join(''));
}

/** All of standard input without its last line break: `echo secret |` adds one that nobody means. */
export async function readStdin(): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of process.stdin) {
    const bytes = Buffer.from(chunk as Uint8Array);
    chunks.push(bytes);
    size += bytes.length;
    if (size > MAX_STDIN_BYTES) throw new Error('standard input is longer than any secret');
  }
  return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
    .replace(/\r?\n$/, '');
}

const MAX_STDIN_BYTES = 64 * 1024;

function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  if (text === '') return Promise.resolve();
  return new Promise((resolve) => {
    const settle = (): void => {
      stream.off('error', settle);
      resolve();
    };
    stream.on('error', settle);
    stream.write(text, settle);
  });
}
