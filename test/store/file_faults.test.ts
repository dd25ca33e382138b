import { afterEach, beforeEach, describe, it } from 'node:test';
import { openFileStore } from '../../src/store/file/file_store.ts';
import type { FileStore, FileStoreOptions } from '../../src/store/file/file_store.ts';
import { isStoreUnavailable } from '../../src/store/errors.ts';
import { assert, assertEquals, assertRejects, assertStringIncludes } from '../support/assert.ts';
import { createRandom } from '../support/random.ts';
import {
  contentOf,
  entriesOf,
  eventually,
  plantImage,
  recordLog,
  takeImage,
  temporaryDirectory,
} from './directories.ts';
import { createFailingFiles } from './failing_files.ts';
import type { FailingFiles, Operation } from './failing_files.ts';

describe('file store: a disk that fails', () => {
  let directory: { readonly path: string; readonly remove: () => void };
  let disk: FailingFiles;
  let store: FileStore;
  let events: ReturnType<typeof recordLog>['events'];

  async function open(options: FileStoreOptions = {}): Promise<void> {
    const recorded = recordLog();
    events = recorded.events;
    store = await openFileStore(directory.path, {
      files: disk.files,
      log: recorded.log,
      ...options,
    });
  }

  beforeEach(async () => {
    directory = temporaryDirectory();
    disk = createFailingFiles();
    await open();
  });
  afterEach(async () => {
    disk.heal();
    await store.close();
    directory.remove();
  });

  /** What another process would find if this one ended now. */
  async function contentAfterCrash(): Promise<unknown> {
    const place = temporaryDirectory();
    plantImage(place.path, takeImage(directory.path));
    const reopened = await openFileStore(place.path);
    const content = await contentOf(reopened);
    await reopened.close();
    place.remove();
    return content;
  }

  const put = (name: string, value: number) =>
    store.commit({ put: [{ key: ['a', name], value }, { key: ['b', name], value }] });

  it('commits made in one turn of the event loop share one sync', async () => {
    let syncs = 0;
    disk.failWhen((operation) => {
      if (operation === 'sync') syncs++;
      return undefined;
    });
    const commits: Promise<unknown>[] = [];
    for (let number = 0; number < 16; number++) {
      commits.push(put(`shared${number}`, number));
      // as after the work of one request
      for (let step = 0; step < 20; step++) await undefined;
    }
    assertEquals(syncs, 0);
    await Promise.all(commits);
    assertEquals(syncs, 1);
  });

  const faults: Record<string, (operation: Operation, path: string) => string | undefined> = {
    'a full disk': (operation) => ['write', 'open'].includes(operation) ? 'ENOSPC' : undefined,
    'a full disk that takes no cut': (operation) =>
      ['write', 'truncate', 'open'].includes(operation) ? 'ENOSPC' : undefined,
    'a full disk that is only noticed by syncs': (operation) =>
      operation === 'sync' ? 'ENOSPC' : undefined,
    'failing writes': (operation) => operation === 'write' ? 'EIO' : undefined,
    'failing syncs of the journal': (operation, path) =>
      operation === 'sync' && path.includes('journal') ? 'EIO' : undefined,
    'failing syncs, and no more file descriptors': (operation) =>
      operation === 'sync' ? 'EIO' : operation === 'open' ? 'EMFILE' : undefined,
  };

  for (const [name, rule] of Object.entries(faults)) {
    it(`T139: ${name}: commits are refused, reads go on, and it recovers`, async () => {
      await put('before', 1);
      disk.failWhen(rule);
      for (let round = 0; round < 3; round++) {
        const results = await Promise.allSettled([put('x', 2), put('y', 2), put('before', 2)]);
        for (const result of results) {
          assert(result.status === 'rejected' && isStoreUnavailable(result.reason));
        }
        assertEquals(store.stats().state, 'read_only');
        assertEquals(await contentOf(store), { 'a/before': 1, 'b/before': 1 });
        // without the cut, a crash before the repair may still find them
        if (rule('truncate', '') === undefined) {
          assertEquals(await contentAfterCrash(), { 'a/before': 1, 'b/before': 1 });
        }
      }
      disk.heal();
      assertEquals(await put('after', 3), 'committed');
      assertEquals(store.stats().state, 'open');
      const expected = { 'a/after': 3, 'a/before': 1, 'b/after': 3, 'b/before': 1 };
      assertEquals(await contentOf(store), expected);
      assertEquals(await contentAfterCrash(), expected);
      await store.close();
      await open();
      assertEquals(await contentOf(store), expected);
    });
  }

  it('T139: it recovers by itself, without a commit that asks for it', async () => {
    disk.failWhen((operation) => operation === 'sync' ? 'EIO' : undefined);
    await assertRejects(() => put('x', 1));
    const { state, problem } = store.stats();
    assertEquals(state, 'read_only');
    assertStringIncludes(problem ?? '', 'the last sync failed: Error: EIO');
    disk.heal();
    await eventually(() => events.at(-1)?.event === 'store: writing is possible again');
    assertEquals(store.stats().state, 'open');
    assertEquals(await put('x', 2), 'committed');
  });

  it('T133: after a failed sync the same file is not written to again', async () => {
    await put('before', 1);
    let failures = 1;
    const written: string[] = [];
    disk.failWhen((operation, path) => {
      if (operation === 'write') written.push(/\d{6}/.exec(path)?.[0] ?? 'manifest');
      return operation === 'sync' && failures-- > 0 ? 'EIO' : undefined;
    });
    await assertRejects(() => put('x', 2));
    assertEquals(written, ['000001']);
    await put('x', 3);
    assertEquals(written.slice(1), ['000002', 'manifest', '000002']);
    assertEquals(store.stats().segments, 2);
    const expected = { 'a/before': 1, 'a/x': 3, 'b/before': 1, 'b/x': 3 };
    assertEquals(await contentAfterCrash(), expected);
  });

  it('T133: what was refused does not come back, though its bytes could not be cut off', async () => {
    await put('before', 1);
    disk.failWhen((operation) => ['sync', 'truncate'].includes(operation) ? 'EIO' : undefined);
    await assertRejects(() => put('ghost', 2));
    disk.failWhen((operation, path) =>
      operation === 'truncate' && path.includes('000001') ? 'EIO' : undefined
    );
    await put('after', 3);
    const expected = { 'a/after': 3, 'a/before': 1, 'b/after': 3, 'b/before': 1 };
    assertEquals(await contentAfterCrash(), expected);
  });

  it('T133: what was refused does not come back after an orderly end by which it can be cut off', async () => {
    await store.close();
    await open({ sweepMilliseconds: 1_000_000 });
    await put('kept', 1);
    disk.failWhen((operation) => ['sync', 'truncate'].includes(operation) ? 'EIO' : undefined);
    await assertRejects(() => put('refused', 1));
    disk.heal();
    await store.close();
    await open();
    assertEquals(await contentOf(store), { 'a/kept': 1, 'b/kept': 1 });
  });

  it('T133: a start that cannot sync what a crash left says nothing of it', async () => {
    await put('before', 1);
    const place = temporaryDirectory();
    plantImage(place.path, takeImage(directory.path));
    for (const failing of ['sync', 'syncDirectory'] as const) {
      disk.failWhen((operation) => operation === failing ? 'EIO' : undefined);
      await assertRejects(() => openFileStore(place.path, { files: disk.files }), Error, 'EIO');
    }
    disk.heal();
    const reopened = await openFileStore(place.path, { files: disk.files });
    assertEquals(await contentOf(reopened), { 'a/before': 1, 'b/before': 1 });
    await reopened.close();
    place.remove();
  });

  it('T133: a manifest whose fate is unknown stops commits until it is certain', async () => {
    await put('before', 1);
    let stage = 'sync';
    disk.failWhen((operation, path) => {
      if (stage === 'sync' && operation === 'sync') return 'EIO';
      const isManifest = operation === 'syncDirectory' && !path.endsWith('journal');
      return stage === 'manifest' && isManifest ? 'EIO' : undefined;
    });
    await assertRejects(() => put('x', 2));
    stage = 'manifest';
    for (let round = 0; round < 3; round++) {
      const error = await assertRejects(() => put('x', 2));
      assert(isStoreUnavailable(error));
      assertEquals(await contentAfterCrash(), { 'a/before': 1, 'b/before': 1 });
    }
    disk.heal();
    await put('x', 3);
    const expected = { 'a/before': 1, 'a/x': 3, 'b/before': 1, 'b/x': 3 };
    assertEquals(await contentAfterCrash(), expected);
    await store.close();
    await open();
    assertEquals(await contentOf(store), expected);
  });

  it('T133: nothing is appended to a segment that the manifest on the disk may call closed', async () => {
    await store.close();
    await open({ segmentBytes: 500 });
    for (let i = 0; i < 4; i++) await put('before', i);
    disk.failWhen((operation, path) =>
      operation === 'syncDirectory' && !path.endsWith('journal') ? 'EIO' : undefined
    );
    let last = 3;
    await assertRejects(async () => {
      for (const { segments } = store.stats(); store.stats().segments === segments;) {
        await put('before', last + 1);
        last++;
      }
    });
    disk.failWhen((operation, path) =>
      operation === 'open' && path.includes('journal') ? 'EMFILE' : undefined
    );
    assertEquals(await put('after', 1), 'committed');
    const expected = { 'a/after': 1, 'a/before': last, 'b/after': 1, 'b/before': last };
    assertEquals(await contentAfterCrash(), expected);
  });

  it('T133: a commit that lost against one that failed is judged again', async () => {
    const change = (value: number) => ({
      check: [{ key: ['code'] as const, version: null }],
      put: [{ key: ['code'] as const, value }],
    });
    let failures = 1;
    disk.failWhen((operation) => operation === 'write' && failures-- > 0 ? 'EIO' : undefined);
    const results = await Promise.allSettled([1, 2, 3].map((n) => store.commit(change(n))));
    assertEquals(results[0]?.status, 'rejected');
    assertEquals<unknown>(results.slice(1), [
      { status: 'fulfilled', value: 'committed' },
      { status: 'fulfilled', value: 'conflict' },
    ]);
    assertEquals((await store.get(['code']))?.value, 2);
  });

  it('T133: before it is durable, a commit is neither visible nor a reason for a conflict', async () => {
    let release = () => {};
    let reached = () => {};
    const released = new Promise<void>((resolve) => release = resolve);
    const syncing = new Promise<void>((resolve) => reached = resolve);
    let hold = false;
    const files = {
      ...disk.files,
      open: async (path: string, how: 'read' | 'write' | 'create') => {
        const file = await disk.files.open(path, how);
        const sync = async () => {
          if (hold) reached();
          if (hold) await released;
          await file.sync();
        };
        return { ...file, sync };
      },
    };
    await store.close();
    await open({ files });
    await put('x', 1);
    const before = await entriesOf(store);
    const check = [{ key: ['a', 'x'] as const, version: before[0]!.version }];
    const settled: string[] = [];
    hold = true;
    const results = Promise.all([1, 2].map(async (value) => {
      const result = await store.commit({ check, put: [{ key: ['a', 'x'], value: value * 10 }] });
      settled.push(result);
    }));
    await syncing;
    const meanwhile = await entriesOf(store);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const settledMeanwhile = [...settled];
    release();
    await results;
    assertEquals(meanwhile, before);
    assertEquals(settledMeanwhile, []);
    assertEquals(settled, ['committed', 'conflict']);
    assertEquals((await store.get(['a', 'x']))?.value, 10);
  });

  it('T139: a full segment goes on being used while no new one can be begun', async () => {
    await store.close();
    await open({ segmentBytes: 500 });
    disk.failWhen((operation, path) =>
      operation === 'open' && path.includes('journal') ? 'EMFILE' : undefined
    );
    for (let i = 0; i < 20; i++) assertEquals(await put(`n${i}`, i), 'committed');
    assertEquals(store.stats().segments, 1);
    assertEquals(store.stats().state, 'open');
    assertEquals(events.filter(({ level }) => level === 'warn').length, 1);
    disk.heal();
    await put('after', 1);
    await put('after', 2);
    assertEquals(store.stats().segments, 2);
    assertEquals(Object.keys(await contentOf(store)).length, 42);
  });

  it('T139: a compaction that cannot begin refuses no commit', async () => {
    await put('before', 1);
    disk.failWhen((operation, path) =>
      operation === 'open' && path.includes('journal') ? 'EMFILE' : undefined
    );
    const compacting = store.compact().then(() => 'done', (error) => error.code);
    assertEquals(await Promise.all([put('x', 1), put('y', 1)]), ['committed', 'committed']);
    assertEquals(await compacting, 'EMFILE');
    assertEquals(store.stats().state, 'open');
  });

  it('T139: a merge that fails leaves everything as it was, and may be repeated', async () => {
    await store.close();
    await open({ segmentBytes: 1000 });
    for (let i = 0; i < 40; i++) await put(`n${i % 5}`, i);
    const expected = await entriesOf(store);
    for (const operation of ['open', 'write', 'sync', 'rename', 'read', 'syncDirectory'] as const) {
      for (let nth = 0; nth < 12; nth += 1) {
        let count = 0;
        disk.failWhen((other) => operation === other && count++ === nth ? 'ENOSPC' : undefined);
        await store.commit({ put: [{ key: ['probe'], value: nth }] }).catch(() => {});
        await store.compact().catch(() => {});
        disk.heal();
        await store.commit({ remove: [['probe']] });
        assertEquals(await entriesOf(store), expected, `${operation} ${nth}`);
      }
    }
    const before = store.stats().bytes;
    await store.compact();
    assert(store.stats().bytes < before);
    assertEquals(await entriesOf(store), expected);
    await store.close();
    await open();
    assertEquals(await entriesOf(store), expected);
  });

  it('T139: it recovers by itself from a merge that left the manifest in doubt', async () => {
    for (let i = 0; i < 20; i++) await put('n', i);
    let renames = 0;
    disk.failWhen((operation, path) => {
      if (operation === 'rename' && path.endsWith('store.json')) renames++;
      // the first is that of the roll before the merge
      return operation === 'syncDirectory' && renames === 2 && !path.endsWith('journal')
        ? 'EIO'
        : undefined;
    });
    await assertRejects(() => store.compact());
    assertEquals(store.stats().state, 'read_only');
    assertEquals(store.stats().problem, 'the manifest could not be replaced');
    disk.heal();
    await eventually(() => store.stats().state === 'open');
    const expected = await entriesOf(store);
    await store.close();
    await open();
    assertEquals(await entriesOf(store), expected);
  });

  it('T139: a record that cannot be read fails that request alone', async () => {
    await store.close();
    await open({ cacheBytes: 0 });
    await put('x', 1);
    disk.failWhen((operation) => operation === 'read' ? 'EIO' : undefined);
    await assertRejects(() => store.get(['a', 'x']), Error, 'EIO');
    assertEquals(events.at(-1)?.level, 'error');
    disk.heal();
    assertEquals((await store.get(['a', 'x']))?.value, 1);
  });

  const seed = `${Date.now()}`;
  it(`T133: with faults at random, what was acknowledged stays (seed ${seed})`, async () => {
    const random = createRandom(seed);
    const operations: Operation[] = [
      'open',
      'write',
      'sync',
      'truncate',
      'rename',
      'syncDirectory',
    ];
    await store.close();
    await open({ segmentBytes: 3000, sweepMilliseconds: 1 });
    const acknowledged = new Map<string, number>();
    for (let round = 0; round < 60; round++) {
      const failing = operations.filter(() => random() < 0.3);
      const share = random();
      disk.failWhen((operation) =>
        failing.includes(operation) && random() < share ? 'EIO' : undefined
      );
      await Promise.all(Array.from({ length: 8 }, async (_, i) => {
        const name = `n${(round * 3 + i) % 20}`;
        const value = round * 100 + i;
        try {
          await put(name, value);
          acknowledged.set(name, Math.max(value, acknowledged.get(name) ?? 0));
        } catch {
          // refused: it must only not be half there
        }
      }));
      disk.heal();
      if (round % 10 === 9) {
        await store.commit({});
        const content = await contentOf(store);
        assertEquals(await contentAfterCrash(), content);
        for (const [name, value] of acknowledged) {
          assertEquals([content[`a/${name}`], content[`b/${name}`]], [value, value]);
        }
        assertEquals(Object.keys(content).length, acknowledged.size * 2);
      }
    }
  });
});
