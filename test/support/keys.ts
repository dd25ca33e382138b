import { type Keys, type KeysOptions, openKeys } from '../../src/keys/keys.ts';
import { openVault } from '../../src/keys/vault.ts';

interface TestKeysOptions extends Omit<KeysOptions, 'vault'> {
  /** Zeros by default. */
  readonly storageKey?: Uint8Array;
}

/** An issuer's keys, without the application around them. */
export async function openTestKeys(
  { storageKey = new Uint8Array(32), ...options }: TestKeysOptions,
): Promise<Keys> {
  const vault = await openVault(options.store, { keys: [storageKey] });
  return await openKeys({ ...options, vault });
}
