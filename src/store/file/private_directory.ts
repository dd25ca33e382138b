import * as fs from 'node:fs';
import { dirname } from 'node:path';
import process from 'node:process';
import type { Log } from '../../spec/log.ts';

/** Makes a directory that only its owner may enter (0700); one that others could enter is tightened, with a warning. */
export function makePrivateDirectory(path: string, log: Log): void {
  const created = fs.mkdirSync(path, { recursive: true, mode: 0o700 });
  // there, modes say nothing, and directories cannot be synced
  if (process.platform === 'win32') return;
  if (created !== undefined) syncNames(path, dirname(created));
  const mode = fs.statSync(path).mode & 0o777;
  if ((mode & 0o077) === 0) return;
  const was = mode.toString(8).padStart(4, '0');
  try {
    fs.chmodSync(path, 0o700);
    log('warn', 'store: others could enter the directory; its mode is now 0700', { path, was });
  } catch (error) {
    log('error', 'store: others can enter the directory, and its mode cannot be changed', {
      path,
      was,
      error: String(error),
    });
  }
}

/** Without it, a loss of power could take a new directory away with all that has been synced inside. */
function syncNames(path: string, outermost: string): void {
  for (let parent = dirname(path);; parent = dirname(parent)) {
    const fd = fs.openSync(parent, 'r');
    try {
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
    if (parent === outermost || parent === dirname(parent)) return;
  }
}
