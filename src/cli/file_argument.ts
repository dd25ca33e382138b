import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { argument, type Invocation } from './command.ts';

export type FileText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problem: string };

/** What is in the file that an argument names, from where the command was typed; not read when it is longer than it may be. */
export async function fileArgument(
  invocation: Invocation,
  index: number,
  maxKibibytes: number,
): Promise<FileText> {
  const name = argument(invocation, index);
  const file = resolve(invocation.directory, name);
  try {
    const { size } = await stat(file);
    return size > maxKibibytes * 1024
      ? { ok: false, problem: `the file ${name} must be at most ${maxKibibytes} KiB` }
      : { ok: true, text: await readFile(file, 'utf8') };
  } catch {
    return { ok: false, problem: `the file ${name} cannot be read` };
  }
}
