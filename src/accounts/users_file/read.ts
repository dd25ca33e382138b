import { access, constants, readFile, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Mistake } from '../../spec/mistake.ts';
import { type FilePeople, parseUsers } from './parse.ts';

export type ReadUsers =
  | { readonly ok: true; readonly text: string; readonly people: FilePeople }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] };

/** Bytes. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** The people of a `users.yaml`, or every mistake in it, with its line. */
export async function readUsers(file: string): Promise<ReadUsers> {
  const text = await textOf(file);
  if (typeof text !== 'string') return { ok: false, mistakes: [text] };
  const parsed = parseUsers(text);
  return parsed.ok ? { ...parsed, text } : parsed;
}

/** Whether the file may be replaced. One without any write bit is meant to stay, even for root. */
export async function isWritable(file: string): Promise<boolean> {
  try {
    const target = await realpath(file);
    if (((await stat(target)).mode & 0o222) === 0) return false;
    await access(target, constants.W_OK);
    await access(dirname(target), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

async function textOf(file: string): Promise<string | Mistake> {
  try {
    const bytes = await readFile(file);
    if (bytes.length > MAX_FILE_BYTES) return { path: [], problem: 'must be at most 64 MiB' };
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return { path: [], problem: 'must be UTF-8 text' };
    const { code } = error as { code?: string };
    return { path: [], problem: code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})` };
  }
}
