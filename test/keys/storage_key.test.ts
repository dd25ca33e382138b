import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { loadStorageKey, randomStorageKey, storageKeyOf } from '../../src/keys/storage_key.ts';
import {
  assert,
  assertEquals,
  assertNotEquals,
  assertRejects,
  assertThrows,
} from '../support/assert.ts';

async function inDirectory(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'ostiary-storage-key-'));
  try {
    await work(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

const fresh = { isNewStore: true, log: () => {} };
const used = { isNewStore: false, log: () => {} };
const ONE = new Uint8Array(32).fill(1);
const TWO = new Uint8Array(32).fill(2);

describe('T146: secret.key', () => {
  it('is made once per installation, whole and for its owner only, whoever starts first', () =>
    inDirectory(async (directory) => {
      const all = await Promise.all(
        Array.from({ length: 8 }, () => loadStorageKey(directory, fresh)),
      );
      const [first] = all;
      for (const { keys } of all) assertEquals(keys, first?.keys);
      assertEquals([first?.keys.length, first?.keys[0]?.length], [1, 32]);
      assertEquals(await readdir(directory), ['secret.key']);
      assertEquals((await stat(join(directory, 'secret.key'))).mode & 0o777, 0o600);
      await inDirectory(async (other) =>
        assertNotEquals((await loadStorageKey(other, fresh)).keys, first?.keys)
      );
    }));

  it('is not made beside a store that was sealed with another', () =>
    inDirectory(async (directory) => {
      await assertRejects(() => loadStorageKey(directory, used), TypeError, 'secret.key');
      assertEquals(await readdir(directory), []);
    }));

  it('is tightened when others may read it, and refused when it is none', () =>
    inDirectory(async (directory) => {
      const file = join(directory, 'secret.key');
      await loadStorageKey(directory, fresh);
      await chmod(file, 0o644);
      const log: string[] = [];
      await loadStorageKey(directory, { ...used, log: (_level, event) => log.push(event) });
      assertEquals(log, ['storage_key.mode_tightened']);
      assertEquals((await stat(file)).mode & 0o777, 0o600);
      for (const text of ['', 'short', `${'A'.repeat(43)}\nshort\n`, `${'A'.repeat(44)}\n`]) {
        await writeFile(file, text);
        await assertRejects(() => loadStorageKey(directory, used), TypeError, 'base64url');
      }
    }));

  it('holds several while things are sealed anew, and is replaced whole', () =>
    inDirectory(async (directory) => {
      const { save } = await loadStorageKey(directory, fresh);
      assert(save !== undefined);
      await writeFile(join(directory, 'secret.key.0123456789abcdef'), 'left behind');
      await save([TWO, ONE]);
      assertEquals((await loadStorageKey(directory, used)).keys, [TWO, ONE]);
      assertEquals((await stat(join(directory, 'secret.key'))).mode & 0o777, 0o600);
      assertEquals(await readdir(directory), ['secret.key']);
      await save([TWO]);
      assertEquals((await loadStorageKey(directory, used)).keys, [TWO]);
      assertEquals((await readFile(join(directory, 'secret.key'), 'utf8')).split('\n').length, 2);
    }));
});

describe('a storage key from elsewhere', () => {
  it('is one, or the new one before the old one, and cannot be saved', () => {
    const [one, two] = [ONE, TWO].map((key) => Buffer.from(key).toString('base64url'));
    assertEquals(storageKeyOf(`${two}`, 'KEY').keys, [TWO]);
    const both = storageKeyOf(` ${two}, ${one} `, 'KEY');
    assertEquals([both.keys, both.save], [[TWO, ONE], undefined]);
    assert(both.unsavable?.includes('KEY'));
    for (const bad of ['', ',', `${one},`, `${one} ${two}`, `${one},short`]) {
      assertThrows(() => storageKeyOf(bad, 'KEY'), TypeError, '"KEY"');
    }
  });

  it('of a store that ends with the process is random', () => {
    assertNotEquals(randomStorageKey().keys, randomStorageKey().keys);
    assertEquals(randomStorageKey().save, undefined);
  });
});
