import { chmod, open, rename, stat } from 'node:fs/promises';
import type { Notifier } from './notifier.ts';

export interface FileNotifierOptions {
  readonly path: string;
  /** Unix seconds. */
  readonly now: () => number;
  /** At which the file makes room, under the name with `.1`; default 1 MiB. */
  readonly maxBytes?: number;
}

/** Messages as JSON lines in a file that its owner alone may read: an operator without a mail server looks there. */
export function createFileNotifier(options: FileNotifierOptions): Notifier {
  const { path, now, maxBytes = 1024 * 1024 } = options;
  let writing: Promise<void> = Promise.resolve();

  return {
    takesNames: true,
    send(message) {
      const time = new Date(now() * 1000).toISOString();
      const line = `${JSON.stringify({ time, ...message })}\n`;
      // One after the other, so that no line goes to a file that is just being put aside.
      writing = writing.catch(() => {}).then(() => append(line));
      return writing;
    },
  };

  async function append(line: string): Promise<void> {
    const size = await stat(path).then((file) => file.size, () => 0);
    if (size > 0 && size + line.length > maxBytes) await rename(path, `${path}.1`);
    const file = await open(path, 'a', 0o600);
    try {
      // What was there before us may have been made with a looser mode.
      await chmod(path, 0o600);
      await file.appendFile(line);
    } finally {
      await file.close();
    }
  }
}
