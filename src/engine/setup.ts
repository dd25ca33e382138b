import { constantTimeEquals, randomToken, sha256 } from '../keys/digest.ts';
import { setups } from '../store/collections.ts';
import type { SetupRecord } from '../store/records.ts';
import type { Entry } from '../store/store.ts';
import type { Engine } from './engine.ts';

/** A new one-time token while there is nobody yet, in place of any earlier one; undefined otherwise. */
export async function newSetupToken(engine: Engine): Promise<string | undefined> {
  if (!await engine.directory.isEmpty()) return undefined;
  const token = randomToken(32);
  await engine.store.commit({ put: [setups.put([], { token_digest: sha256(token) })] });
  return token;
}

/** The open invitation that a token stands for. */
export async function findSetup(
  token: string | undefined,
  engine: Engine,
): Promise<Entry<SetupRecord> | undefined> {
  const entry = token === undefined ? undefined : await setups.get(engine.store);
  if (token === undefined || entry === undefined || !await engine.directory.isEmpty()) {
    return undefined;
  }
  return constantTimeEquals(sha256(token), entry.value.token_digest) ? entry : undefined;
}

/** Whether the first administrator is still awaited. */
export async function isSetupPending(engine: Engine): Promise<boolean> {
  return await engine.directory.isEmpty() && await setups.get(engine.store) !== undefined;
}
