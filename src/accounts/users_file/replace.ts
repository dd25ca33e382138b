import { chmod, chown, readdir, readFile, realpath, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Files, nodeFiles } from '../../store/file/files.ts';

/**
 * Puts a text in the place of the one that is expected there: a crash at any moment leaves one of the two, whole. Mode
 * and, where we may, owner stay. Of a symbolic link its target is replaced. @throws errors of `node:fs`, with their `code`
 */
export async function replaceText(
  path: string,
  { from, to }: { readonly from: string; readonly to: string },
  files: Files = nodeFiles(),
): Promise<'replaced' | 'changed'> {
  const target = await realpath(path);
  const { mode, uid, gid } = await stat(target);
  const temporary = join(dirname(target), `${temporaryPrefix(target)}${crypto.randomUUID()}.tmp`);
  try {
    // Made for its owner only; opened to others once it is whole.
    const file = await files.open(temporary, 'create');
    try {
      await file.write(new TextEncoder().encode(to), 0);
      await file.sync();
    } finally {
      await file.close();
    }
    await chown(temporary, uid, gid).catch(() => {});
    await chmod(temporary, mode & 0o777);
    if (await readFile(target, 'utf8') !== from) {
      await files.remove(temporary);
      return 'changed';
    }
    await files.rename(temporary, target);
  } catch (error) {
    await files.remove(temporary).catch(() => {});
    throw error;
  }
  await files.syncDirectory(dirname(target));
  return 'replaced';
}

/** Milliseconds after which no writer can still be at it. */
const LEFT_BEHIND_MILLISECONDS = 60_000;

/** Takes away what writers left that were killed. */
export async function removeLeftovers(path: string): Promise<void> {
  const target = await realpath(path);
  const prefix = temporaryPrefix(target);
  for (const name of await readdir(dirname(target))) {
    if (!name.startsWith(prefix) || !name.endsWith('.tmp')) continue;
    const leftover = join(dirname(target), name);
    const { mtimeMs } = await stat(leftover);
    if (Date.now() - mtimeMs > LEFT_BEHIND_MILLISECONDS) await rm(leftover, { force: true });
  }
}

function temporaryPrefix(target: string): string {
  return `.${basename(target)}.`;
}
