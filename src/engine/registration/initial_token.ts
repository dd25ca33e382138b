import { constantTimeEquals } from '../../keys/digest.ts';
import { initialTokens } from '../../store/collections.ts';
import type { InitialTokenRecord } from '../../store/records.ts';
import type { Change, Entry } from '../../store/store.ts';
import type { Engine } from '../engine.ts';

/** RFC 7591 §3: what tells leave to register from every other token. */
export const INITIAL_TOKEN_PREFIX = 'ost_dcrt_';

/** Begins with a letter, as a dash would make it a flag of a command. */
const ID_PREFIX = 'rt_';
const ID_LENGTH = 16;

/** What the store knows a token by: its id, and the whole digest. */
export function digestOfInitial(
  token: string,
  { keys }: Pick<Engine, 'keys'>,
): Pick<InitialTokenRecord, 'id' | 'digest'> {
  const digest = keys.digest('initial access tokens', token);
  return { id: ID_PREFIX + digest.slice(0, ID_LENGTH), digest };
}

/** The token's record, while it may still be used. */
export async function findInitialToken(
  token: string,
  engine: Engine,
): Promise<Entry<InitialTokenRecord> | undefined> {
  const { id, digest } = digestOfInitial(token, engine);
  const entry = await initialTokens.get(engine.store, engine.settings.issuer, id);
  if (entry === undefined || !constantTimeEquals(entry.value.digest, digest)) return undefined;
  const { uses_left = Infinity, expires_at = Infinity } = entry.value;
  return uses_left > 0 && expires_at > engine.now() ? entry : undefined;
}

/** One use, in the commit that writes what it was used for: of several at once, as many hold as uses are left. */
export function useOf(
  entry: Entry<InitialTokenRecord>,
  { settings }: Pick<Engine, 'settings'>,
): Required<Pick<Change, 'check' | 'put'>> {
  const { value: token } = entry;
  const check = [initialTokens.check(entry)];
  if (token.uses_left === undefined) return { check, put: [] };
  const used = { ...token, uses_left: token.uses_left - 1 };
  return {
    check,
    put: [initialTokens.put([settings.issuer, token.id], used, token.expires_at)],
  };
}
