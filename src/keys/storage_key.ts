import { randomBytes } from 'node:crypto';
import { chmod, link, open, readdir, readFile, rename, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import process from 'node:process';
import type { Log } from '../spec/log.ts';

/** The file in the data directory that holds the storage key; losing it loses every sealed value. */
export const STORAGE_KEY_FILE = 'secret.key';

/** Where storage keys come from, newest first: more than one while what the older ones sealed is being sealed anew. */
export interface StorageKeySource {
  readonly keys: readonly Uint8Array[];
  /** Puts others in their place, durable when it resolves; absent where we cannot. */
  readonly save?: (keys: readonly Uint8Array[]) => Promise<void>;
  /** Why not, where we cannot. */
  readonly unsavable?: string;
}

/**
 * The 32 bytes under which secrets rest in the store, from `secret.key`, which is created, whole and 0600, only when
 * `isNewStore` says that nothing was ever sealed. T146
 * @throws {TypeError} when the key is malformed, or missing beside a store that has sealed values
 */
export async function loadStorageKey(
  directory: string,
  options: { readonly isNewStore: boolean; readonly log: Log },
): Promise<StorageKeySource> {
  const file = join(directory, STORAGE_KEY_FILE);
  const save = (keys: readonly Uint8Array[]): Promise<void> => replaceKeyFile(file, keys);
  const existing = await readKeyFile(file, options.log);
  if (existing !== undefined) return { keys: existing, save };
  if (!options.isNewStore) {
    throw new TypeError(
      `Cannot open the store as "${STORAGE_KEY_FILE}" must be the key it was made with: got no such file in ${directory}`,
    );
  }
  await createKeyFile(file);
  const created = await readKeyFile(file, options.log);
  if (created === undefined) throw new TypeError(`Cannot read back "${file}" after creating it`);
  return { keys: created, save };
}

/** A key for a store that ends with the process. */
export function randomStorageKey(): StorageKeySource {
  return { keys: [newStorageKey()], unsavable: 'the storage key ends with this process' };
}

/** The keys of an environment variable, newest first, with commas between them. @throws {TypeError} that names it */
export function storageKeyOf(text: string, name: string): StorageKeySource {
  const unsavable = `the storage key comes from ${name}: put a new one and a comma before it there`;
  return { keys: parseStorageKeys(text, ',', name), unsavable };
}

export function newStorageKey(): Uint8Array {
  return new Uint8Array(randomBytes(32));
}

function parseStorageKeys(text: string, separator: string, name: string): readonly Uint8Array[] {
  return text.trim().split(separator).map((each) => {
    const trimmed = each.trim();
    const bytes = Buffer.from(trimmed, 'base64url');
    if (bytes.length !== 32 || bytes.toString('base64url') !== trimmed) {
      throw new TypeError(
        `Cannot use "${name}" as it must be 32 bytes in base64url without padding`,
      );
    }
    return new Uint8Array(bytes);
  });
}

async function readKeyFile(file: string, log: Log): Promise<readonly Uint8Array[] | undefined> {
  try {
    const { mode } = await stat(file);
    if ((mode & 0o077) !== 0) {
      log('warn', 'storage_key.mode_tightened', { file, mode: (mode & 0o777).toString(8) });
      await chmod(file, 0o600);
    }
    return parseStorageKeys(await readFile(file, 'utf8'), '\n', file);
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Written aside, synced, then linked: a crash leaves no half key, and of two starters one wins. */
async function createKeyFile(file: string): Promise<void> {
  const aside = await writeAside(file, [newStorageKey()]);
  try {
    await link(aside, file);
  } catch (error) {
    if ((error as { code?: string }).code !== 'EEXIST') throw error;
  } finally {
    await unlink(aside);
  }
  await syncDirectory(dirname(file));
}

/** After a crash at any moment the one or the other is there, whole. */
async function replaceKeyFile(file: string, keys: readonly Uint8Array[]): Promise<void> {
  // Of those that were killed before: whoever holds the store is alone.
  for (const name of await readdir(dirname(file))) {
    if (ASIDE.test(name)) await unlink(join(dirname(file), name));
  }
  const aside = await writeAside(file, keys);
  await rename(aside, file);
  await syncDirectory(dirname(file));
}

const ASIDE = /^secret\.key\.[0-9a-f]{16}$/;

async function writeAside(file: string, keys: readonly Uint8Array[]): Promise<string> {
  const aside = `${file}.${randomBytes(8).toString('hex')}`;
  const handle = await open(aside, 'wx', 0o600);
  try {
    await handle.writeFile(
      keys.map((key) => `${Buffer.from(key).toString('base64url')}\n`).join(''),
    );
    await handle.sync();
  } finally {
    await handle.close();
  }
  return aside;
}

/** The name is on the disk, too. */
async function syncDirectory(path: string): Promise<void> {
  // There, directories cannot be opened.
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
