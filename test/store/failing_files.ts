import { nodeFiles } from '../../src/store/file/files.ts';
import type { DataFile, Files } from '../../src/store/file/files.ts';

/** An operation of the engine on a file system. */
export type Operation =
  | 'open'
  | 'write'
  | 'sync'
  | 'truncate'
  | 'rename'
  | 'syncDirectory'
  | 'read';

export interface FailingFiles {
  readonly files: Files;
  /** From now on, an operation fails with the code that this gives for it. */
  failWhen(rule: (operation: Operation, path: string) => string | undefined): void;
  heal(): void;
}

/** The machine's files, until told to fail. A write that fails leaves half of its bytes behind, as a full disk does. */
export function createFailingFiles(): FailingFiles {
  const files = nodeFiles();
  let rule: (operation: Operation, path: string) => string | undefined = () => undefined;

  function check(operation: Operation, path: string): void {
    const code = rule(operation, path);
    if (code !== undefined) throw Object.assign(new Error(`${code}: injected`), { code });
  }

  function failing(file: DataFile, path: string): DataFile {
    return {
      ...file,
      async read(into, position) {
        check('read', path);
        return await file.read(into, position);
      },
      async write(bytes, position) {
        try {
          check('write', path);
        } catch (error) {
          await file.write(bytes.subarray(0, bytes.length >> 1), position);
          throw error;
        }
        await file.write(bytes, position);
      },
      async sync() {
        check('sync', path);
        await file.sync();
      },
      async truncate(bytes) {
        check('truncate', path);
        await file.truncate(bytes);
      },
    };
  }

  return {
    files: {
      ...files,
      async open(path, how) {
        check('open', path);
        return failing(await files.open(path, how), path);
      },
      async rename(from, to) {
        check('rename', to);
        await files.rename(from, to);
      },
      async syncDirectory(path) {
        check('syncDirectory', path);
        await files.syncDirectory(path);
      },
    },
    failWhen(newRule) {
      rule = newRule;
    },
    heal() {
      rule = () => undefined;
    },
  };
}
