import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { openFileStore } from '../../src/store/file/file_store.ts';
import type { FileStore, FileStoreOptions } from '../../src/store/file/file_store.ts';
import type { Files } from '../../src/store/file/files.ts';
import { assert, assertEquals } from '../support/assert.ts';
import {
  entriesOf,
  eventually,
  plantImage,
  takeImage,
  temporaryDirectory,
  unsyncedFiles,
} from './directories.ts';

const SEGMENT_BYTES = 1_000_000;
const RECORDS = 600;

describe('T141: file store: the more it holds', () => {
  let directory: ReturnType<typeof temporaryDirectory>;

  beforeEach(() => directory = temporaryDirectory());
  afterEach(() => directory.remove());

  const open = (options: FileStoreOptions = {}): Promise<FileStore> =>
    openFileStore(directory.path, {
      segmentBytes: SEGMENT_BYTES,
      files: unsyncedFiles(),
      ...options,
    });

  async function fill(store: FileStore): Promise<void> {
    for (let i = 0; i < RECORDS; i++) {
      await store.commit({ put: [{ key: ['grant', `${i}`], value: 'x'.repeat(20_000) }] });
    }
  }

  const journalBytes = (): number =>
    fs.readdirSync(join(directory.path, 'journal')).filter((name) => name.endsWith('.jsonl'))
      .reduce((sum, name) => sum + fs.statSync(join(directory.path, 'journal', name)).size, 0);

  /** The machine's files, and how much of them was read. */
  function countingFiles(): { readonly files: Files; readonly read: () => number } {
    const files = unsyncedFiles();
    let bytesRead = 0;
    return {
      read: () => bytesRead,
      files: {
        ...files,
        async open(path, how) {
          const file = await files.open(path, how);
          return {
            ...file,
            async read(into, position) {
              const bytes = await file.read(into, position);
              bytesRead += bytes;
              return bytes;
            },
          };
        },
      },
    };
  }

  const hints = (): readonly string[] =>
    fs.readdirSync(join(directory.path, 'journal')).filter((name) => name.endsWith('.hint'));

  const ENDS: readonly { readonly name: string; readonly end: (store: FileStore) => unknown }[] = [
    { name: 'an orderly close', end: (store) => store.close() },
    {
      name: 'a crash',
      async end(store) {
        await eventually(() => hints().length === store.stats().segments - 1);
        const image = takeImage(directory.path);
        await store.close();
        directory.remove();
        directory = temporaryDirectory();
        plantImage(directory.path, image);
      },
    },
  ];
  for (const { name, end } of ENDS) {
    it(`a start after ${name} reads keys, and values of the last segment alone`, async () => {
      const store = await open({ savedRecords: 0, sweepMilliseconds: 1 });
      await fill(store);
      await end(store);
      const { files, read } = countingFiles();
      const again = await open({ files });
      const atStart = read();
      assertEquals(again.stats().records, RECORDS);
      await again.close();
      assert(
        atStart < SEGMENT_BYTES + journalBytes() / 10,
        `${atStart} of ${journalBytes()} bytes`,
      );
    });
  }

  it('nobody waits for a merge, however long the disk takes over it', async () => {
    const store = await open();
    await fill(store);
    await store.commit({ remove: [['grant', '2']] });
    await store.close();
    const merging = Promise.withResolvers<void>();
    const diskIsWell = Promise.withResolvers<void>();
    const files = unsyncedFiles();
    let created = 0;
    const again = await open({
      segmentBytes: 2 ** 30,
      cacheBytes: 0,
      files: {
        ...files,
        async open(path, how) {
          const file = await files.open(path, how);
          if (how !== 'create' || !path.includes('jsonl')) return file;
          // The first is what commits go to meanwhile.
          if (created++ === 0) return file;
          const write = async (bytes: Uint8Array, position: number) => {
            merging.resolve();
            await diskIsWell.promise;
            await file.write(bytes, position);
          };
          return { ...file, write };
        },
      },
    });
    const merged = again.compact();
    await Promise.race([merging.promise, merged]);
    assertEquals((await entriesOf(again)).length, RECORDS - 1);
    assertEquals(await again.commit({ put: [{ key: ['grant', '0'], value: 'new' }] }), 'committed');
    assertEquals(await again.commit({ remove: [['grant', '1']] }), 'committed');
    assertEquals((await again.get(['grant', '0']))?.value, 'new');
    diskIsWell.resolve();
    await merged;
    assert(created > 1);
    assertEquals((await again.get(['grant', '0']))?.value, 'new');
    assertEquals(await again.get(['grant', '1']), undefined);
    await again.close();
  });
});
