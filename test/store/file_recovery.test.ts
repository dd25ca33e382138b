import { afterEach, beforeEach, describe, it } from 'node:test';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { isStoreDamaged } from '../../src/store/file/damage.ts';
import { openFileStore } from '../../src/store/file/file_store.ts';
import type { FileStore, FileStoreOptions } from '../../src/store/file/file_store.ts';
import { encodeKey } from '../../src/store/key_order.ts';
import type { Change, JsonValue } from '../../src/store/store.ts';
import {
  assert,
  assertEquals,
  assertExists,
  assertRejects,
  assertStringIncludes,
} from '../support/assert.ts';
import type { Image } from './directories.ts';
import {
  contentOf,
  entriesOf,
  eventually,
  plantImage,
  recordLog,
  takeImage,
  temporaryDirectory,
  unsyncedFiles,
} from './directories.ts';

const SEGMENT = 'journal/000001.jsonl';
const HINT = 'journal/000001.hint';
const HINT_2 = 'journal/000002.hint';

/** A journal of one segment, with what the store held when the file had each of these lengths. */
interface Written {
  readonly image: Image;
  readonly journal: Uint8Array;
  readonly states: readonly {
    readonly bytes: number;
    readonly content: Record<string, JsonValue>;
  }[];
  /** Where the last write began; all before it had been synced. */
  readonly lastBatch: number;
  readonly headBytes: number;
}

const steps: readonly (readonly Change[])[] = [
  [{ put: [{ key: ['client', 'app'], value: { name: 'App' } }] }],
  [{ put: [{ key: ['code', 'a'], value: 1 }, { key: ['code', 'b'], value: 'é' }] }],
  [{ put: [{ key: ['code', 'a'], value: 2 }], remove: [['code', 'b']] }],
  [{ remove: [['client', 'app']], put: [{ key: ['c'], value: [] }] }],
  [
    { put: [{ key: ['x'], value: 1 }, { key: ['y'], value: 1 }], remove: [['c']] },
    { put: [{ key: ['x'], value: 2 }] },
    { put: [{ key: ['x'], value: 3 }, { key: ['y'], value: 3 }] },
  ],
];

const tails: Record<string, Uint8Array> = {
  'NULs': new Uint8Array(4096),
  'one NUL': new Uint8Array(1),
  'newlines': new Uint8Array(3).fill(10),
  'garbage without a newline': utf8('garbage'),
  'garbage with a newline': utf8('garbage\n'),
  'a line with a wrong checksum': utf8('{"crc":"00000000","seq":99,"key":["evil"],"value":1}\n'),
  'NULs, then a line that looks right': utf8(`${'\0'.repeat(512)}{"crc":"00000000","seq":9}\n`),
};

describe('file store: recovery of the segment that is written to', () => {
  let directories: { readonly path: string; readonly remove: () => void }[];

  beforeEach(() => {
    directories = [];
  });
  afterEach(() => {
    for (const { remove } of directories) remove();
  });

  function emptyDirectory(): string {
    const directory = temporaryDirectory();
    directories.push(directory);
    return directory.path;
  }

  async function write(): Promise<Written> {
    const path = emptyDirectory();
    const store = await open(path);
    const size = () => fs.statSync(join(path, SEGMENT)).size;
    const headBytes = size();
    const states = [{ bytes: headBytes, content: {} as Record<string, JsonValue> }];
    let lastBatch = 0;
    for (const batch of steps) {
      lastBatch = size();
      // from one turn of the event loop, so that they share a write
      await Promise.all(batch.map((change) => store.commit(change)));
      states.push({ bytes: size(), content: await contentOf(store) });
    }
    const image = takeImage(path);
    await store.close();
    const journal = image.get(SEGMENT)!;
    return {
      image,
      journal,
      states: withinLastBatch(states, journal, lastBatch),
      lastBatch,
      headBytes,
    };
  }

  /** Opens a store whose only segment is this. */
  async function openWith({ image }: Written, journal: Uint8Array, options: FileStoreOptions = {}) {
    const path = emptyDirectory();
    plantImage(path, new Map([...image, [SEGMENT, journal]]));
    const { log, events } = recordLog();
    const store = await open(path, { log, ...options });
    return { path, store, events };
  }

  for (const first of [0, 1, 2, 3, 4, 5, 6, 7]) {
    it(`T134: cut off at every eighth byte from ${first}, whole commits stay, the rest is dropped and logged`, async () => {
      const written = await write();
      for (let bytes = first; bytes <= written.journal.length; bytes += 8) {
        const journal = written.journal.slice(0, bytes);
        if (bytes < written.headBytes) {
          const error = await assertRejects(() => openWith(written, journal));
          assert(isStoreDamaged(error));
          assertStringIncludes(error.message, `${SEGMENT} is damaged at byte 0`);
          continue;
        }
        const { store, events, path } = await openWith(written, journal);
        const whole = lastState(written, bytes);
        assertEquals(await contentOf(store), whole.content, `cut off at ${bytes}`);
        const torn = bytes - whole.bytes;
        assertEquals<unknown>(
          events.map(({ level, fields }) => ({ level, ...fields })),
          torn === 0 ? [] : [{ level: 'warn', file: SEGMENT, offset: whole.bytes, bytes: torn }],
        );
        assertEquals(fs.statSync(join(path, SEGMENT)).size, whole.bytes);
        await store.close();
      }
    });
  }

  it('T134: after a cut at any byte, commits go on and survive the next start', async () => {
    const written = await write();
    for (let bytes = written.headBytes; bytes <= written.journal.length; bytes += 31) {
      const { store, path } = await openWith(written, written.journal.slice(0, bytes));
      await store.commit({ put: [{ key: ['after'], value: bytes }] });
      const expected = await entriesOf(store);
      const crashed = emptyDirectory();
      plantImage(crashed, takeImage(path));
      await store.close();
      for (const place of [crashed, path]) {
        const reopened = await open(place);
        assertEquals(await entriesOf(reopened), expected);
        await reopened.close();
      }
    }
  });

  for (const first of [0, 1, 2, 3, 4, 5, 6, 7]) {
    it(`T135: a bit flipped in every eighth byte from ${first} never drops in silence what had been synced`, async () => {
      const written = await write();
      for (let at = first; at < written.journal.length; at += 8) {
        const journal = written.journal.slice();
        journal[at]! ^= 1 << ((at >> 3) % 8);
        const line = lineStart(written.journal, at);
        if (at < written.lastBatch) {
          const error = await assertRejects(() => openWith(written, journal), Error, SEGMENT);
          assert(isStoreDamaged(error), `${at}: ${error}`);
          assertStringIncludes(error.message, `damaged at byte ${line}:`);
          continue;
        }
        const { store, events } = await openWith(written, journal);
        const whole = lastState(written, line);
        assertEquals(await contentOf(store), whole.content, `bit flipped at ${at}`);
        assertEquals(events.map(({ fields }) => fields['offset']), [whole.bytes]);
        await store.close();
      }
    });
  }

  for (const [name, tail] of Object.entries(tails)) {
    it(`T134: a tail of ${name} is cut off`, async () => {
      const written = await write();
      for (
        const state of [written.states.at(-1)!, lastState(written, written.journal.length - 9)]
      ) {
        const journal = new Uint8Array([...written.journal.slice(0, state.bytes), ...tail]);
        const { store, events } = await openWith(written, journal);
        assertEquals(await contentOf(store), state.content);
        assertEquals(events[0]?.fields['bytes'], tail.length);
        await store.close();
      }
    });
  }

  it('T134: a commit of several records that is not whole is dropped, with those after it', async () => {
    const written = await write();
    const lines = linesFrom(written.journal, written.lastBatch);
    // the first line of the last batch belongs to a commit of three
    const journal = join2(written.journal.slice(0, written.lastBatch), [
      lines[0]!,
      ...lines.slice(3),
    ]);
    const { store } = await openWith(written, journal);
    assertEquals(await contentOf(store), lastState(written, written.lastBatch).content);
    await store.close();
  });

  it('T135: what is damaged after an orderly close is never taken for a torn write', async () => {
    const written = await write();
    const path = emptyDirectory();
    plantImage(path, written.image);
    await (await open(path)).close();
    const closed = takeImage(path);
    const size = written.journal.length;
    for (
      const journal of [
        written.journal.with(size - 5, 0),
        written.journal.slice(0, -1),
        written.journal.slice(0, written.lastBatch),
        new Uint8Array([...written.journal, 0]),
      ]
    ) {
      const error = await assertRejects(() => openWith({ ...written, image: closed }, journal));
      assert(isStoreDamaged(error));
    }
  });

  it('T135: a refused start changes nothing', async () => {
    const written = await write();
    const path = emptyDirectory();
    const damaged = written.journal.with(written.headBytes + 30, 0);
    plantImage(path, new Map([...written.image, [SEGMENT, damaged]]));
    const before = takeImage(path);
    await assertRejects(() => open(path), Error, `damaged at byte ${written.headBytes}`);
    assertEquals(takeImage(path), before);
  });

  it('an expired record still hides what it replaced', async () => {
    const path = emptyDirectory();
    let nowSeconds = 1000;
    const store = await open(path, { now: () => nowSeconds });
    await store.commit({ put: [{ key: ['a'], value: 'old' }] });
    await store.commit({ put: [{ key: ['a'], value: 'new', expiresAtSeconds: 2000 }] });
    await store.close();
    nowSeconds = 2000;
    const reopened = await open(path, { now: () => nowSeconds });
    assertEquals(await reopened.get(['a']), undefined);
    await reopened.close();
  });

  it('T133: versions go on after a restart, and after all that had them is gone', async () => {
    const path = emptyDirectory();
    const seen = new Set<string>();
    for (let round = 0; round < 6; round++) {
      const store = await open(path);
      await store.commit({ put: [{ key: ['a'], value: 1 }] });
      seen.add((await store.get(['a']))!.version);
      await store.commit({ remove: [['a']] });
      if (round % 2 === 0) await store.compact();
      if (round === 3) {
        const crashed = takeImage(path);
        await store.close();
        plantImage(path, crashed);
      } else {
        await store.close();
      }
    }
    assertEquals(seen.size, 6);
  });
});

describe('file store: files that do not fit together', () => {
  let directory: { readonly path: string; readonly remove: () => void };
  let image: Map<string, Uint8Array>;

  /** Three segments, the first two closed; `image` is as a crash would leave it. */
  async function begin(): Promise<void> {
    directory = temporaryDirectory();
    const store = await open(directory.path, { segmentBytes: 1000 });
    for (let i = 0; i < 16; i++) {
      await store.commit({ put: [{ key: ['k', `${i}`], value: { i, text: 'x'.repeat(60) } }] });
    }
    assertEquals(store.stats().segments, 3);
    await store.verify();
    image = new Map(takeImage(directory.path));
    await store.close();
    fs.rmSync(directory.path, { recursive: true });
    fs.mkdirSync(directory.path);
  }

  beforeEach(() => begin());
  afterEach(() => directory.remove());

  async function assertRefused(part: string): Promise<void> {
    plantImage(directory.path, image);
    const before = takeImage(directory.path);
    await assertRejects(() => open(directory.path), Error, part);
    assertEquals(takeImage(directory.path), before);
  }

  async function openImage(options: FileStoreOptions = {}) {
    plantImage(directory.path, image);
    const { log, events } = recordLog();
    const store = await open(directory.path, { log, ...options });
    return { store, events };
  }

  it('untouched, they open', async () => {
    const { store } = await openImage();
    assertEquals(Object.keys(await contentOf(store)).length, 16);
    await store.close();
  });

  for (const name of ['000001', '000002', '000003']) {
    it(`T135: segment ${name} missing, empty, cut short or foreign is refused by name`, async () => {
      const file = `journal/${name}.jsonl`;
      const whole = image.get(file)!;
      const [otherName] = ['journal/000002.jsonl', SEGMENT].filter((other) => other !== file);
      for (
        const [bytes, reason] of [
          [new Uint8Array(), `${file} is damaged at byte 0: it is empty`],
          [whole.slice(0, 40), `${file} is damaged at byte 0: it has no intact header`],
          [utf8('not ours\n'), `${file} is damaged at byte 0: it has no intact header`],
          [image.get(otherName!)!, `${file} is damaged at byte 0: its header is not that of`],
        ] as const
      ) {
        image.set(file, bytes);
        await assertRefused(reason);
      }
      image.delete(file);
      fs.rmSync(join(directory.path, file));
      await assertRefused(`${file} cannot be opened`);
    });
  }

  it('T135: a closed segment that is shorter than it was is refused', async () => {
    const bytes = image.get(SEGMENT)!;
    image.set(SEGMENT, bytes.slice(0, -1));
    await assertRefused(`${SEGMENT} is damaged at byte ${bytes.length - 1}: it should have`);
  });

  it('T135: segments of another store are refused', async () => {
    const other = temporaryDirectory();
    const store = await open(other.path);
    await store.close();
    image.set('store.json', takeImage(other.path).get('store.json')!);
    other.remove();
    await assertRefused('journal/00000');
  });

  it('T135: a missing manifest is refused while there are segments, never an empty store', async () => {
    image.delete('store.json');
    await assertRejects(
      async () => {
        plantImage(directory.path, image);
        await open(directory.path);
      },
      Error,
      'holds records and store.json is missing',
    );
  });

  it('T135: a damaged manifest is refused', async () => {
    const manifest = image.get('store.json')!;
    for (const bytes of [manifest.with(50, 0), manifest.slice(0, 30), new Uint8Array()]) {
      image.set('store.json', bytes);
      await assertRefused('store.json is damaged');
    }
  });

  it('T135: an older copy of the manifest is refused when later segments hold records', async () => {
    const fresh = temporaryDirectory();
    const store = await open(fresh.path, { segmentBytes: 1000 });
    const older = takeImage(fresh.path).get('store.json')!;
    for (let i = 0; i < 16; i++) {
      await store.commit({ put: [{ key: ['k', `${i}`], value: 'x'.repeat(60) }] });
    }
    await store.close();
    image = new Map([...takeImage(fresh.path), ['store.json', older]]);
    fresh.remove();
    await assertRefused('holds records and store.json does not list it');
  });

  it('what a crash left between two steps of a merge or a roll is removed', async () => {
    image.set('journal/000009.jsonl.tmp', utf8('{"crc":'));
    image.set('journal/000009.hint.tmp', utf8('OST'));
    const { store } = await openImage();
    assertEquals(Object.keys(await contentOf(store)).length, 16);
    assert(![...takeImage(directory.path).keys()].some((name) => name.includes('000009')));
    await store.close();
  });

  it('T135: a missing or damaged hint is made again from its segment', async () => {
    const upkeep = { sweepMilliseconds: 1 };
    const { store } = await openImage(upkeep);
    await eventually(() => sizeOf(directory.path, HINT) * sizeOf(directory.path, HINT_2) > 0);
    await store.close();
    image = new Map(takeImage(directory.path));
    const hint = image.get(HINT)!;
    for (let at = 0; at < hint.length; at += 11) {
      image.set(HINT, hint.with(at, hint[at]! ^ 4));
      const { store, events } = await openImage({ ...upkeep });
      assertEquals(events.map(({ fields }) => fields), [{ file: SEGMENT, hint: 'damaged' }]);
      assertEquals(Object.keys(await contentOf(store)).length, 16);
      await store.close();
    }
    image.set(HINT, hint.slice(0, 20));
    const { store: last } = await openImage(upkeep);
    await eventually(() => sizeOf(directory.path, HINT) === hint.length);
    assertEquals(takeImage(directory.path).get(HINT), hint);
    await last.close();
  });

  it('T135: damage in a closed segment fails the reading of that record alone', async () => {
    const { store } = await openImage({ sweepMilliseconds: 1 });
    await eventually(() => sizeOf(directory.path, HINT) * sizeOf(directory.path, HINT_2) > 0);
    await store.close();
    image = new Map(takeImage(directory.path));
    const bytes = image.get(SEGMENT)!;
    const offset = linesFrom(bytes, 0)[0]!.length;
    image.set(SEGMENT, bytes.with(offset + 70, 0));
    const { store: damaged, events } = await openImage({ cacheBytes: 0 });
    const message = `${SEGMENT} is damaged at byte ${offset}: the checksum differs`;
    const error = await assertRejects(() => damaged.get(['k', '0']), Error, message);
    assert(isStoreDamaged(error));
    assertStringIncludes(String(events.at(-1)?.fields['error']), message);
    assertEquals((await damaged.get<{ i: number }>(['k', '1']))?.value.i, 1);
    const { damages } = await damaged.verify();
    assertEquals(damages, [{ file: SEGMENT, offset, key: ['k', '0'] }]);

    const before = [...takeImage(directory.path).keys()].filter((name) => name.endsWith('jsonl'));
    await damaged.commit({ remove: [['k', '1']] });
    await assertRejects(() => damaged.compact(), Error, `${SEGMENT} is damaged at byte ${offset}`);
    const after = [...takeImage(directory.path).keys()];
    assert(before.every((name) => after.includes(name)));
    await damaged.close();
  });

  it('T135: damage in a closed segment without a hint refuses the start', async () => {
    const bytes = image.get('journal/000002.jsonl')!;
    for (const name of [...image.keys()]) if (name.endsWith('hint')) image.delete(name);
    const offset = linesFrom(bytes, 0)[0]!.length;
    image.set('journal/000002.jsonl', bytes.with(offset + 30, 0));
    await assertRefused(`journal/000002.jsonl is damaged at byte ${offset}`);
  });

  it('verify finds nothing wrong with what is in order', async () => {
    const { store } = await openImage();
    const report = await store.verify();
    assertEquals(report.damages, []);
    assertEquals(report.segments, 3);
    assertEquals(report.lines, 16 + 3);
    assertEquals(report.bytes, store.stats().bytes);
    await store.close();
  });

  it('T138: directories are made 0700 and files 0600', async () => {
    const { store } = await openImage({ sweepMilliseconds: 1 });
    await store.close();
    fs.rmSync(directory.path, { recursive: true });
    const path = join(directory.path, 'made', 'here');
    const fresh = await open(path, { segmentBytes: 1000, sweepMilliseconds: 1 });
    for (let i = 0; i < 9; i++) {
      await fresh.commit({ put: [{ key: ['a'], value: 'x'.repeat(200) }] });
    }
    await fresh.compact();
    await fresh.backup(join(path, 'backup'));
    await fresh.close();
    assertEquals(fs.statSync(path).mode & 0o777, 0o700);
    assertEquals(fs.statSync(join(path, 'journal')).mode & 0o777, 0o700);
    const names = fs.readdirSync(path, { recursive: true, encoding: 'utf8' });
    assert(names.length > 6);
    for (const name of names) {
      const stat = fs.statSync(join(path, name));
      if (stat.isFile()) assertEquals(stat.mode & 0o777, 0o600, name);
    }
  });

  it('T138: a directory that others can enter is tightened, with a warning', async () => {
    fs.chmodSync(directory.path, 0o755);
    const { store, events } = await openImage();
    await store.close();
    assertEquals(fs.statSync(directory.path).mode & 0o777, 0o700);
    const warnings = events.filter(({ level }) => level === 'warn');
    assertEquals(warnings.map(({ fields }) => fields), [{ path: directory.path, was: '0755' }]);
  });
});

describe('file store: keys in hints', () => {
  it('odd keys come back from a hint as they were', async () => {
    const { path, remove } = temporaryDirectory();
    const parts = [
      '',
      'a',
      'é',
      'éa',
      '\uffff',
      '😀',
      '\ud7ff',
      '\0',
      '\x01',
      'ab',
      'a'.repeat(500),
      'é',
      'x',
    ];
    const put = parts.flatMap((part, i) => [
      { key: ['c', `${i}`, part] as const, value: i },
      { key: ['😀', part, `${i}`] as const, value: i, expiresAtSeconds: 4e9 + i },
    ]);
    const store = await open(path, { segmentBytes: 100, sweepMilliseconds: 1 });
    await store.commit({ put });
    await store.commit({ put: [{ key: ['z'], value: 1 }] });
    const expected = await entriesOf(store);
    await eventually(() => sizeOf(path, HINT) > 0);
    await store.close();
    const { log, events } = recordLog();
    const reopened = await open(path, { log });
    assertEquals(await entriesOf(reopened), expected);
    assertEquals(events, []);
    await reopened.close();
    remove();
    assertEquals(new Set(expected.map(({ key }) => encodeKey(key))).size, put.length + 1);
  });
});

function open(path: string, options: FileStoreOptions = {}): Promise<FileStore> {
  return openFileStore(path, { files: unsyncedFiles(), ...options });
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Each commit of the last batch adds a state of its own. */
function withinLastBatch(
  states: readonly { readonly bytes: number; readonly content: Record<string, JsonValue> }[],
  journal: Uint8Array,
  lastBatch: number,
) {
  const [before, after] = [states.at(-2), states.at(-1)];
  assertExists(before);
  assertExists(after);
  const lengths = linesFrom(journal, lastBatch).map((line) => line.length);
  const ends = lengths.map((_, i) => lengths.slice(0, i + 1).reduce((a, b) => a + b, lastBatch));
  const { c: _, ...kept } = before.content;
  return [
    ...states.slice(0, -1),
    { bytes: ends[2]!, content: { ...kept, x: 1, y: 1 } },
    { bytes: ends[3]!, content: { ...kept, x: 2, y: 1 } },
    after,
  ];
}

function lastState({ states }: Written, bytes: number): Written['states'][number] {
  const state = states.findLast((candidate) => candidate.bytes <= bytes);
  assertExists(state);
  return state;
}

function lineStart(journal: Uint8Array, at: number): number {
  return at === 0 ? 0 : journal.lastIndexOf(10, at - 1) + 1;
}

/** The lines from a place on, each with its newline. */
function linesFrom(journal: Uint8Array, from: number): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let start = from; start < journal.length;) {
    const end = journal.indexOf(10, start) + 1;
    lines.push(journal.slice(start, end));
    start = end;
  }
  return lines;
}

function join2(start: Uint8Array, lines: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array([...start, ...lines.flatMap((line) => [...line])]);
}

function sizeOf(directory: string, name: string): number {
  return fs.statSync(join(directory, name), { throwIfNoEntry: false })?.size ?? 0;
}
