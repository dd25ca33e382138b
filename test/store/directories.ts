import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { nodeFiles } from '../../src/store/file/files.ts';
import type { DataFile, Files } from '../../src/store/file/files.ts';
import type { Log, LogLevel } from '../../src/spec/log.ts';
import type { Entry, JsonValue, Store } from '../../src/store/store.ts';

/** An empty directory of its own for a test, and what removes it. */
export function temporaryDirectory(): { readonly path: string; readonly remove: () => void } {
  const path = fs.mkdtempSync(join(tmpdir(), 'ostiary-store-'));
  return { path, remove: () => fs.rmSync(path, { recursive: true, force: true }) };
}

/** The files of a store, by their path below the data directory. */
export type Image = ReadonlyMap<string, Uint8Array>;

/** What a crash at this moment would leave. */
export function takeImage(directory: string): Image {
  const journal = fs.readdirSync(join(directory, 'journal')).map((name) => `journal/${name}`);
  return new Map(
    // a Buffer's slice would share its bytes
    ['store.json', ...journal].map((
      name,
    ) => [name, new Uint8Array(fs.readFileSync(join(directory, name)))]),
  );
}

/** Puts files into an empty directory. */
export function plantImage(directory: string, image: Image): void {
  for (const [name, bytes] of image) {
    fs.mkdirSync(dirname(join(directory, name)), { recursive: true, mode: 0o700 });
    fs.writeFileSync(join(directory, name), bytes);
  }
}

/** The machine's files without syncs, for tests that open hundreds of stores. */
export function unsyncedFiles(): Files {
  const files = nodeFiles();
  const withoutSync = (file: DataFile) => ({ ...file, sync: () => Promise.resolve() });
  return {
    ...files,
    open: async (path, how) => withoutSync(await files.open(path, how)),
    syncDirectory: () => Promise.resolve(),
  };
}

/** Calls `take` after whatever changes a file or a name. */
export function photographing(take: () => void): Files {
  const files = unsyncedFiles();
  const around = async <T>(action: () => T | Promise<T>): Promise<T> => {
    const result = await action();
    take();
    return result;
  };
  return {
    ...files,
    async open(path, how) {
      const file = how === 'create'
        ? await around(() => files.open(path, how))
        : await files.open(path, how);
      return {
        ...file,
        write: (bytes, position) => around(() => file.write(bytes, position)),
        truncate: (bytes) => around(() => file.truncate(bytes)),
      };
    },
    rename: (from, to) => around(() => files.rename(from, to)),
    remove: (path) => around(() => files.remove(path)),
  };
}

export interface LoggedEvent {
  readonly level: LogLevel;
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export function recordLog(): { readonly log: Log; readonly events: LoggedEvent[] } {
  const events: LoggedEvent[] = [];
  return { events, log: (level, event, fields = {}) => events.push({ level, event, fields }) };
}

/** All that a store holds, as `key → value`. */
export async function contentOf(store: Store): Promise<Record<string, JsonValue>> {
  const content: Record<string, JsonValue> = {};
  for await (const { key, value } of store.list<JsonValue>([])) content[key.join('/')] = value;
  return content;
}

export async function entriesOf(store: Store): Promise<Entry<JsonValue>[]> {
  const entries: Entry<JsonValue>[] = [];
  for await (const entry of store.list<JsonValue>([])) entries.push(entry);
  return entries;
}

export async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!await condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}
