import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { isStoreDamaged } from '../../src/store/file/damage.ts';
import { openFileStore } from '../../src/store/file/file_store.ts';
import type { FileStore, FileStoreOptions } from '../../src/store/file/file_store.ts';
import { assert, assertEquals, assertRejects, assertStringIncludes } from '../support/assert.ts';
import type { Image } from './directories.ts';
import {
  entriesOf,
  photographing,
  plantImage,
  recordLog,
  takeImage,
  temporaryDirectory,
  unsyncedFiles,
} from './directories.ts';
import { createFailingFiles } from './failing_files.ts';

const SAVED = 'journal/directory';

describe('file store: the directory that an orderly close saves', () => {
  let directory: ReturnType<typeof temporaryDirectory>;
  const places: ReturnType<typeof temporaryDirectory>[] = [];
  let events: ReturnType<typeof recordLog>['events'];
  let nowSeconds = 1000;

  async function open(
    path = directory.path,
    options: FileStoreOptions = {},
  ): Promise<FileStore> {
    const recorded = recordLog();
    events = recorded.events;
    return await openFileStore(path, {
      now: () => nowSeconds,
      files: unsyncedFiles(),
      log: recorded.log,
      savedRecords: 0,
      segmentBytes: 8000,
      // hints would be written meanwhile
      sweepMilliseconds: 1e6,
      ...options,
    });
  }

  async function openImage(image: Image): Promise<FileStore> {
    const place = temporaryDirectory();
    places.push(place);
    plantImage(place.path, image);
    return await open(place.path);
  }

  beforeEach(() => {
    directory = temporaryDirectory();
    nowSeconds = 1000;
  });
  afterEach(() => {
    for (const { remove } of [directory, ...places.splice(0)]) remove();
  });

  /** Several segments and leaves, keys that share much and little, that are wide, that are gone, and that expire. */
  async function write(store: FileStore, round: number): Promise<void> {
    const changes = Array.from({ length: 300 }, (_, i) => {
      const key = [
        'grant',
        'x'.repeat(i % 40),
        i % 7 === 0 ? `ключ-${i}-😀` : `${i * 7919}`,
      ] as const;
      const expiresAtSeconds = i % 5 === 0 ? 1500 : undefined;
      const put = { key, value: { round, i } };
      return expiresAtSeconds === undefined ? put : { ...put, expiresAtSeconds };
    });
    // a segment is full only between two batches
    for (let i = 0; i < changes.length; i += 30) {
      await Promise.all(changes.slice(i, i + 30).map((put) => store.commit({ put: [put] })));
    }
    await Promise.all(
      changes.filter((_, i) => i % 3 === round % 3).map(({ key }) =>
        store.commit({ remove: [key] })
      ),
    );
  }

  async function closed(): Promise<{ readonly image: Image; readonly entries: unknown }> {
    const store = await open();
    await write(store, 0);
    const entries = await entriesOf(store);
    assert(store.stats().segments > 3);
    await store.close();
    return { image: takeImage(directory.path), entries };
  }

  const wasUsed = () => events.every(({ event }) => !event.includes('read whole'));

  function without(image: Image): Image {
    return new Map([...image].filter(([name]) => name !== SAVED));
  }

  it('gives the next start all that reading every key would', async () => {
    const { image, entries } = await closed();
    const store = await openImage(image);
    assert(wasUsed());
    const other = await openImage(without(image));
    assert(!wasUsed());
    for (let round = 0; round < 4; round++) {
      assertEquals(await entriesOf(store), await entriesOf(other));
      if (round === 0) assertEquals(await entriesOf(store), entries);
      if (round === 2) nowSeconds = 2000;
      const { bytes: _, cachedBytes: __, ...stats } = store.stats();
      const { bytes: ___, cachedBytes: ____, ...otherStats } = other.stats();
      assertEquals(stats, otherStats);
      await Promise.all([write(store, round), write(other, round)]);
      assertEquals((await store.verify()).damages, []);
    }
    await store.compact();
    assertEquals(await entriesOf(store), await entriesOf(other));
    await Promise.all([store.close(), other.close()]);
  });

  it('is used again and again, with what came between', async () => {
    await closed();
    for (let round = 1; round < 5; round++) {
      const store = await open();
      assert(wasUsed());
      await write(store, round);
      const entries = await entriesOf(store);
      await store.close();
      const reopened = await open();
      assertEquals(await entriesOf(reopened), entries);
      await reopened.close();
    }
  });

  it('T133: after a crash it is not believed', async () => {
    const { image } = await closed();
    const store = await open();
    await write(store, 1);
    const entries = await entriesOf(store);
    const crashed = takeImage(directory.path);
    await store.close();
    assertEquals(crashed.get(SAVED), image.get(SAVED));
    const reopened = await openImage(crashed);
    assert(!wasUsed());
    assertEquals(await entriesOf(reopened), entries);
    await reopened.close();
  });

  it('T133: a crash at any step of the close leaves what was committed', async () => {
    const first = await closed();
    const images: Image[] = [first.image];
    const store = await open(directory.path, {
      files: photographing(() => images.push(takeImage(directory.path))),
    });
    await write(store, 1);
    const entries = await entriesOf(store);
    images.splice(0, images.length, takeImage(directory.path));
    await store.close();
    assert(images.length > 6);
    for (const [step, image] of images.entries()) {
      const reopened = await openImage(image);
      assertEquals(await entriesOf(reopened), entries, `a crash at step ${step}`);
      await reopened.close();
    }
    assert(wasUsed());
  });

  it('T135: cut off or with a bit flipped anywhere, it is left aside', async () => {
    const { image, entries } = await closed();
    const saved = image.get(SAVED)!;
    const wrong: Uint8Array[] = [new Uint8Array(), new Uint8Array([...saved, 0])];
    for (let at = 0; at < saved.length; at += 1 + Math.floor(saved.length / 40)) {
      wrong.push(saved.slice(0, at), saved.with(at, saved[at]! ^ (1 << (at % 8))));
    }
    for (const bytes of wrong) {
      const store = await openImage(new Map([...image, [SAVED, bytes]]));
      assert(!wasUsed());
      assertEquals(await entriesOf(store), entries);
      await store.close();
    }
  });

  it('T135: that of an earlier close or of another store is left aside', async () => {
    const early = await closed();
    const store = await open();
    await store.commit({ put: [{ key: ['one', 'more'], value: 1 }] });
    const entries = await entriesOf(store);
    await store.close();
    const late = takeImage(directory.path);
    const other = temporaryDirectory();
    places.push(other);
    const stranger = await open(other.path);
    await write(stranger, 0);
    await stranger.close();
    for (const source of [early.image, takeImage(other.path)]) {
      const reopened = await openImage(new Map([...late, [SAVED, source.get(SAVED)!]]));
      assert(!wasUsed());
      assertEquals(await entriesOf(reopened), entries);
      await reopened.close();
    }
  });

  it('T135: what is damaged in the last segment refuses the start all the same', async () => {
    const { image } = await closed();
    const name = [...image.keys()].filter((each) => each.endsWith('.jsonl')).sort().at(-1)!;
    const segment = image.get(name)!;
    for (const at of [segment.length - 5, segment.length >> 1]) {
      const bytes = segment.with(at, segment[at]! ^ 1);
      const error = await assertRejects(() => openImage(new Map([...image, [name, bytes]])));
      assert(isStoreDamaged(error));
      assertStringIncludes(String(error), name);
    }
  });

  it('a disk that is full costs the next start its time and nothing else', async () => {
    await closed();
    const disk = createFailingFiles();
    const store = await open(directory.path, { files: disk.files });
    await write(store, 1);
    const entries = await entriesOf(store);
    disk.failWhen((operation, path) =>
      operation === 'write' && path.includes(SAVED) ? 'ENOSPC' : undefined
    );
    await store.close();
    assertEquals(events.map(({ event }) => event), [
      'store: the next start will have to read every key',
    ]);
    const reopened = await open();
    assert(!wasUsed());
    assertEquals(await entriesOf(reopened), entries);
    await reopened.close();
  });

  it('goes when records go for good, and what a crash left of its writing with the next start', async () => {
    await closed();
    const store = await open();
    await store.compact();
    const names = fs.readdirSync(join(directory.path, 'journal'));
    assert(!names.includes('directory'), String(names));
    const unfinished = join(directory.path, `${SAVED}.tmp`);
    fs.writeFileSync(unfinished, 'half');
    await store.close();
    await (await open(directory.path, { savedRecords: Infinity })).close();
    assert(!fs.existsSync(unfinished));
    assert(!fs.existsSync(join(directory.path, SAVED)));
  });
});
