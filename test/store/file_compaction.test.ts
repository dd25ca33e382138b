import { afterEach, beforeEach, describe, it } from 'node:test';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { openFileStore } from '../../src/store/file/file_store.ts';
import type { FileStore, FileStoreOptions } from '../../src/store/file/file_store.ts';
import type { Files } from '../../src/store/file/files.ts';
import { assert, assertEquals } from '../support/assert.ts';
import type { Image } from './directories.ts';
import {
  contentOf,
  entriesOf,
  eventually,
  photographing,
  plantImage,
  takeImage,
  temporaryDirectory,
  unsyncedFiles,
} from './directories.ts';

describe('file store: compaction', () => {
  let directory: { readonly path: string; readonly remove: () => void };
  let store: FileStore;
  let nowSeconds: number;

  async function open(options: FileStoreOptions = {}): Promise<void> {
    store = await openFileStore(directory.path, {
      now: () => nowSeconds,
      segmentBytes: 2000,
      files: unsyncedFiles(),
      ...options,
    });
  }

  beforeEach(async () => {
    directory = temporaryDirectory();
    nowSeconds = 1_800_000_000;
    await open();
  });
  afterEach(async () => {
    await store.close();
    directory.remove();
  });

  async function churn(rounds: number): Promise<void> {
    for (let round = 0; round < rounds; round++) {
      const put = [0, 1, 2].map((i) => ({
        key: ['k', `${(round * 3 + i) % 20}`] as const,
        value: { round, text: 'x'.repeat(40) },
      }));
      await store.commit({ put, remove: [['k', `${(round * 7) % 20 + 20}`]] });
    }
  }

  it('keeps what is live, with its versions and expiries, and drops the rest', async () => {
    await store.commit({ put: [{ key: ['e'], value: 1, expiresAtSeconds: nowSeconds + 10 }] });
    await store.commit({ put: [{ key: ['f'], value: 1, expiresAtSeconds: nowSeconds + 99 }] });
    await churn(60);
    nowSeconds += 10;
    const expected = await entriesOf(store);
    assertEquals(expected.length, 21);
    const { before, after } = await store.compact();
    assert(after < before / 2, `${before} bytes became ${after}`);
    assertEquals(await entriesOf(store), expected);
    await store.close();
    nowSeconds -= 100;
    await open();
    assertEquals(await entriesOf(store), expected);
  });

  it('what was removed stays removed, though older segments had it', async () => {
    await store.commit({ put: [{ key: ['gone'], value: 'old' }] });
    await churn(20);
    await store.commit({ put: [{ key: ['gone'], value: 'new' }] });
    await churn(20);
    await store.commit({ remove: [['gone']] });
    await churn(20);
    for (let round = 0; round < 3; round++) {
      await store.compact();
      await store.close();
      await open();
      assertEquals(await store.get(['gone']), undefined);
    }
  });

  it('an expired record does not uncover the one it replaced', async () => {
    await store.commit({ put: [{ key: ['a'], value: 'old' }] });
    await churn(20);
    const expiresAtSeconds = nowSeconds + 10;
    await store.commit({ put: [{ key: ['a'], value: 'new', expiresAtSeconds }] });
    await churn(20);
    nowSeconds += 10;
    await store.compact();
    await store.close();
    await open();
    assertEquals(await store.get(['a']), undefined);
  });

  it('runs by itself when half of the closed bytes are dead', async () => {
    await store.close();
    await open({ sweepMilliseconds: 1 });
    await churn(200);
    await eventually(() => store.stats().bytes < 12_000);
    assertEquals((await entriesOf(store)).length, 20);
  });

  it('is done when nothing is dead any more, however little is left', async () => {
    await store.close();
    let opened = 0;
    const files = unsyncedFiles();
    const counting: Files['open'] = (path, how) => {
      if (how === 'create' && path.includes('jsonl')) opened++;
      return files.open(path, how);
    };
    await open({ sweepMilliseconds: 1, files: { ...files, open: counting } });
    await churn(100);
    for (let i = 1; i < 40; i++) await store.commit({ remove: [['k', `${i}`]] });
    await store.compact();
    assertEquals(store.stats().records, 1);
    const before = opened;
    await new Promise((resolve) => setTimeout(resolve, 50));
    assertEquals(opened, before);
  });

  it('sweeps what has expired out of memory, and then from the disk', async () => {
    await store.close();
    await open({ sweepMilliseconds: 1 });
    for (let i = 0; i < 100; i++) {
      const expiresAtSeconds = nowSeconds + 10;
      await store.commit({
        put: [{ key: ['e', `${i}`], value: 'x'.repeat(50), expiresAtSeconds }],
      });
    }
    assertEquals(store.stats().records, 100);
    nowSeconds += 10;
    await eventually(() => store.stats().records === 0 && store.stats().bytes < 3000);
  });

  it('what commits do meanwhile is kept', async () => {
    await churn(100);
    for (let round = 0; round < 20; round++) {
      const compacting = store.compact();
      await churn(3 + round);
      await store.commit({ put: [{ key: ['during', `${round}`], value: round }] });
      if (round % 2 === 1) await store.commit({ remove: [['during', `${round - 1}`]] });
      await compacting;
    }
    const expected = await entriesOf(store);
    assertEquals(expected.filter(({ key }) => key[0] === 'during').length, 10);
    await store.close();
    await open();
    assertEquals(await entriesOf(store), expected);
  });

  it('a record that changes or goes between its copy and the end of the merge stays so', async () => {
    await store.close();
    let round = 0;
    let change = async () => {};
    const files = unsyncedFiles();
    const openHooked: Files['open'] = async (path, how) => {
      const file = await files.open(path, how);
      if (how !== 'create' || !path.includes('jsonl')) return file;
      const write = async (bytes: Uint8Array, position: number) => {
        await file.write(bytes, position);
        // records that are copied, not the header of a segment that commits wait for
        if (position > 0) await change();
      };
      return { ...file, write };
    };
    await open({ files: { ...files, open: openHooked }, cacheBytes: 0 });
    await churn(60);
    change = async () => {
      const [changed, gone] = [round % 20, (round + 10) % 20].map((n) => ['k', `${n}`] as const);
      round++;
      change = async () => {};
      await store.commit({
        put: [{ key: changed!, value: { round, late: true } }],
        remove: [gone!],
      });
    };
    await store.compact();
    assertEquals(round, 1);
    const expected = await entriesOf(store);
    assertEquals((await store.get(['k', '0']))?.value, { round: 1, late: true });
    assertEquals(await store.get(['k', '10']), undefined);
    assertEquals(expected.length, 19);
    assertEquals((await store.verify()).damages, []);
    await store.close();
    await open();
    assertEquals(await entriesOf(store), expected);
  });

  it('may be asked for many times at once, and on an empty store', async () => {
    await Promise.all([store.compact(), store.compact(), store.compact()]);
    await churn(30);
    await Promise.all([store.compact(), churn(30), store.compact(), store.verify()]);
    assertEquals((await store.verify()).damages, []);
    assertEquals(Object.keys(await contentOf(store)).length, 20);
  });

  it('closing gives it up, and the next start is in order', async () => {
    await churn(200);
    const expected = await entriesOf(store);
    const compacting = store.compact().then(() => 'done', () => 'given up');
    await new Promise((resolve) => setTimeout(resolve, 3));
    await store.close();
    assert(['done', 'given up'].includes(await compacting));
    await open();
    assertEquals(await entriesOf(store), expected);
    const names = fs.readdirSync(join(directory.path, 'journal'));
    const segments = names.filter((name) => name.endsWith('.jsonl'));
    assertEquals(segments.length, store.stats().segments);
  });

  it('T136: a crash at any step leaves the old segments or the new ones', async () => {
    await store.close();
    const images: Image[] = [];
    await open({ files: photographing(() => images.push(takeImage(directory.path))) });
    await churn(40);
    const expected = await entriesOf(store);
    images.splice(0, images.length, takeImage(directory.path));
    await store.compact();
    assert(images.length > 15);
    await store.close();
    const place = temporaryDirectory();
    for (const [step, image] of images.entries()) {
      fs.rmSync(place.path, { recursive: true });
      fs.mkdirSync(place.path, { mode: 0o700 });
      plantImage(place.path, image);
      const reopened = await openFileStore(place.path, {
        files: unsyncedFiles(),
        now: () => nowSeconds,
      });
      assertEquals(await entriesOf(reopened), expected, `a crash at step ${step}`);
      assertEquals((await reopened.verify()).damages, []);
      const left = fs.readdirSync(join(place.path, 'journal'));
      assertEquals(
        left.filter((name) => name.endsWith('jsonl')).length,
        reopened.stats().segments,
      );
      assert(!left.some((name) => name.endsWith('tmp')));
      await reopened.close();
    }
    place.remove();
    await open();
  });
});
