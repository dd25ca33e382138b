import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { crc32 } from '../../src/store/crc32.ts';
import { dumpStore, loadDump } from '../../src/store/dump.ts';
import { openFileStore } from '../../src/store/file/file_store.ts';
import type { FileStore } from '../../src/store/file/file_store.ts';
import { openMemoryStore } from '../../src/store/memory.ts';
import type { Entry, JsonValue, Store } from '../../src/store/store.ts';
import { assert, assertEquals, assertRejects } from '../support/assert.ts';
import { entriesOf, temporaryDirectory } from './directories.ts';

const records = [
  { key: ['a'] as const, value: 'one\u2028two\nthree' },
  { key: ['a', 'x\0y', '😀'] as const, value: { deep: [1, null] }, expiresAtSeconds: 4e9 + 0.5 },
  { key: ['b', ''] as const, value: null },
];

describe('dump and load', () => {
  it('a dump loaded into another store makes the same records', async () => {
    const store = openMemoryStore();
    await store.commit({ put: records });
    const text = await textOf(dumpStore(store));
    const copy = openMemoryStore();
    for (const size of [1, 7, 1000]) {
      assertEquals(await loadDump(copy, () => inPieces(text, size)), { records: 3 });
      assertEquals(await withoutVersions(copy), await withoutVersions(store));
    }
    assertEquals(await textOf(dumpStore(copy)), text);
  });

  it('a dump is lines of JSON', async () => {
    const store = openMemoryStore();
    await store.commit({ put: records });
    const lines = (await textOf(dumpStore(store))).trimEnd().split('\n');
    assertEquals(lines.length, 5);
    assertEquals(JSON.parse(lines[2]!), {
      key: ['a', 'x\0y', '😀'],
      expires_at: 4e9 + 0.5,
      value: { deep: [1, null] },
    });
  });

  it('more records than one change may write are loaded', async () => {
    const store = openMemoryStore();
    for (let i = 0; i < 300; i++) await store.commit({ put: [{ key: ['n', `${i}`], value: i }] });
    const text = await textOf(dumpStore(store));
    const copy = openMemoryStore();
    assertEquals(await loadDump(copy, () => inPieces(text, 4096)), { records: 300 });
    assertEquals(await withoutVersions(copy), await withoutVersions(store));
  });

  const head = '{"ostiary":"dump","format":1}\n';
  const record = '{"key":["a"],"value":1}\n';
  const refused: Record<string, [text: string, message: string]> = {
    'nothing': ['', 'line 0 must not be the last'],
    'something else': ['{"a":1}\n', 'line 1 must be the head'],
    'another format': ['{"ostiary":"dump","format":2}\n', 'line 1 must be the head'],
    'no JSON': [`${head}nonsense\n`, 'line 2 must be a JSON object'],
    'no record': [`${head}{"key":"a","value":1}\n`, 'line 2 must be a record'],
    'a missing end': [head + record, 'line 2 must not be the last'],
    'a missing record': [ended(head + record, 2), 'line 3 must fit'],
    'a changed record': [
      ended(head + record, 1).replace('"value":1', '"value":2'),
      'line 3 must fit',
    ],
    'more after the end': [ended(head + record, 1) + record, 'line 4 must not follow the end'],
    'a wrong expiry': [`${head}{"key":["a"],"value":1,"expires_at":"x"}\n`, '"expires_at"'],
  };
  for (const [name, [text, message]] of Object.entries(refused)) {
    it(`T135: a dump with ${name} is refused before anything is loaded`, async () => {
      const store = openMemoryStore();
      await assertRejects(() => loadDump(store, () => inPieces(text, 100)), TypeError, message);
      assertEquals(await entriesOf(store), []);
    });
  }

  it('CRC-32 is that of the check value', () => {
    assertEquals(crc32(new TextEncoder().encode('123456789')), 0xcbf43926);
  });
});

describe('file store: backup', () => {
  let directory: { readonly path: string; readonly remove: () => void };
  let store: FileStore;

  beforeEach(async () => {
    directory = temporaryDirectory();
    store = await openFileStore(join(directory.path, 'data'), { segmentBytes: 20_000 });
  });
  afterEach(async () => {
    await store.close();
    directory.remove();
  });

  it('a backup holds all records and can be loaded', async () => {
    await store.commit({ put: records });
    const file = join(directory.path, 'backup');
    await store.backup(file);
    const copy = openMemoryStore();
    await loadDump(copy, () => inPieces(fs.readFileSync(file, 'utf8'), 100));
    assertEquals(await withoutVersions(copy), await withoutVersions(store));
    assertEquals(fs.statSync(file).mode & 0o777, 0o600);
  });

  it('T136: a backup that fails leaves the one before it', async () => {
    const file = join(directory.path, 'backup');
    fs.mkdirSync(`${file}.tmp`);
    fs.writeFileSync(file, 'before');
    await assertRejects(() => store.backup(file));
    assertEquals(fs.readFileSync(file, 'utf8'), 'before');
  });

  it('a backup shows one moment, whatever is committed meanwhile', async () => {
    const keys = Array.from({ length: 3000 }, (_, i) => ['n', String(i).padStart(4, '0')] as const);
    for (let i = 0; i < keys.length; i += 100) {
      await store.commit({ put: keys.slice(i, i + 100).map((key) => ({ key, value: 0 })) });
    }
    const file = join(directory.path, 'backup');
    let done = false;
    const backup = store.backup(file).finally(() => done = true);
    let round = 0;
    // each change touches both ends, and so would be seen half by a backup that reads on its way
    for (; !done; round++) {
      const [low, high] = [round % 1500, 2999 - (round % 1500)];
      await store.commit({
        put: [{ key: keys[high]!, value: round + 1 }, { key: ['n', `${high}x`], value: round }],
        remove: [keys[low]!],
      });
    }
    await backup;
    await store.compact();
    const copy = openMemoryStore();
    await loadDump(copy, () => inPieces(fs.readFileSync(file, 'utf8'), 65536));
    const entries = await entriesOf(copy);
    const changed = entries.filter(({ value }) => value !== 0);
    const extra = entries.filter(({ key }) => key[1]?.endsWith('x'));
    const missing = 3000 + extra.length - entries.length;
    // every change has removed one key, added another, and raised a third
    assertEquals(extra.length, missing);
    assert(changed.length >= missing);
    assertEquals(extra.map(({ value }) => value).sort(numerically), rangeTo(missing));
  });
});

async function textOf(lines: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const line of lines) text += line;
  return text;
}

async function* inPieces(text: string, size: number): AsyncGenerator<string, void, undefined> {
  for (let at = 0; at < text.length; at += size) {
    yield await Promise.resolve(text.slice(at, at + size));
  }
}

async function withoutVersions(store: Store): Promise<Omit<Entry<JsonValue>, 'version'>[]> {
  return (await entriesOf(store)).map(({ version: _, ...entry }) => entry);
}

function ended(text: string, count: number): string {
  const crc = crc32(new TextEncoder().encode(text));
  return `${text}${JSON.stringify({ records: count, crc32: crc })}\n`;
}

function rangeTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

function numerically(a: JsonValue, b: JsonValue): number {
  return Number(a) - Number(b);
}
