import { randomBytes } from 'node:crypto';
import { chmod, link, open, readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../spec/log.ts';

/** The file in the data directory that holds the storage key; losing it loses every sealed value. */
export const STORAGE_KEY_FILE = 'secret.key';

/**
 * The 32 bytes under which secrets rest in the store, from `secret.key`, which is created, whole and 0600, only when
 * `isNewStore` says that nothing was ever sealed.
 * @throws {TypeError} when the key is malformed, or missing beside a store that has sealed values
 */
export async function loadStorageKey(
  directory: string,
  options: { readonly isNewStore: boolean; readonly log: Log },
): Promise<Uint8Array> {
  const file = join(directory, STORAGE_KEY_FILE);
  const existing = await readKeyFile(file, options.log);
  if (existing !== undefined) return existing;
  if (!options.isNewStore) {
    throw new TypeError(
      `Cannot open the store as "${STORAGE_KEY_FILE}" must be the key it was made with: got no such file in ${directory}`,
    );
  }
  await createKeyFile(file);
  const created = await readKeyFile(file, options.log);
  if (created === undefined) throw new TypeError(`Cannot read back "${file}" after creating it`);
  return created;
}

/** A key for a store that ends with the process. */
export function randomStorageKey(): Uint8Array {
  return new Uint8Array(randomBytes(32));
}

/** @throws {TypeError} that names where the key came from */
export function parseStorageKey(text: string, name: string): Uint8Array {
  const trimmed = text.trim();
  const bytes = Buffer.from(trimmed, 'base64url');
  if (bytes.length !== 32 || bytes.toString('base64url') !== trimmed) {
    throw new TypeError(`Cannot use "${name}" as it must be 32 bytes in base64url without padding`);
  }
  return new Uint8Array(bytes);
}

async function readKeyFile(file: string, log: Log): Promise<Uint8Array | undefined> {
  try {
    const { mode } = await stat(file);
    if ((mode & 0o077) !== 0) {
      log('warn', 'storage_key.mode_tightened', { file, mode: (mode & 0o777).toString(8) });
      await chmod(file, 0o600);
    }
    return parseStorageKey(await readFile(file, 'utf8'), file);
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Written aside, synced, then linked: a crash leaves no half key, and of two starters one wins. */
async function createKeyFile(file: string): Promise<void> {
  const aside = `${file}.${randomBytes(8).toString('hex')}`;
  const handle = await open(aside, 'wx', 0o600);
  try {
    await handle.writeFile(`${randomBytes(32).toString('base64url')}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await link(aside, file);
  } catch (error) {
    if ((error as { code?: string }).code !== 'EEXIST') throw error;
  } finally {
    await unlink(aside);
  }
}
