import { OAuthError } from '../spec/oauth_error.ts';
import { jtis } from '../store/collections.ts';
import type { Change } from '../store/store.ts';
import type { Caller } from './client_auth/client_auth.ts';
import type { Engine } from './engine.ts';

/** Something that a request brought and that no other request may bring again. */
export interface OneTimeUse {
  readonly kind: 'assertion' | 'grant_assertion' | 'dpop' | 'request_object' | 'host_ticket';
  /** A digest of whose it is and of its jti. */
  readonly id: string;
  /** Unix seconds, whole: from then on it is worth nothing anyway. */
  readonly expiresAtSeconds: number;
  /** The answer to whoever brings it a second time. */
  readonly taken: OAuthError;
}

/** A change that holds only while none of these was used, and marks them as used. */
export function usesChange(uses: readonly OneTimeUse[], engine: Engine): Change {
  const { issuer } = engine.settings;
  return {
    check: uses.map(({ kind, id }) => jtis.absent(issuer, kind, id)),
    put: uses.map(({ kind, id, expiresAtSeconds }) =>
      jtis.put([issuer, kind, id], true, expiresAtSeconds)
    ),
  };
}

/** The same change with the uses in it; undefined when there is nothing to write. */
export function withUses<C extends Change | undefined>(
  change: C,
  uses: readonly OneTimeUse[],
  engine: Engine,
): C | Change {
  if (uses.length === 0) return change;
  const { check = [], put = [], remove } = change ?? {};
  const own = usesChange(uses, engine);
  return {
    check: [...check, ...own.check ?? []],
    put: [...put, ...own.put ?? []],
    ...remove !== undefined && { remove },
  };
}

/** Uses them up, all or none. @throws {OAuthError} what `taken` says of the one that was used before */
export async function consume(uses: readonly OneTimeUse[], engine: Engine): Promise<void> {
  if (uses.length === 0) return;
  if (await engine.store.commit(usesChange(uses, engine)) === 'committed') return;
  await checkUnused(uses, engine);
  throw new OAuthError('temporarily_unavailable', 'try again', { retryAfterSeconds: 1 });
}

/** Before looking at what a use leads to, and after a conflict that may be about one. @throws {OAuthError} what `taken` says of it */
export async function checkUnused(uses: readonly OneTimeUse[], engine: Engine): Promise<void> {
  for (const { kind, id, taken } of uses) {
    if (await jtis.get(engine.store, engine.settings.issuer, kind, id) !== undefined) throw taken;
  }
}

/**
 * What a caller asks for, in a commit that uses up what it has shown; a refusal uses that up, too: it must not be good
 * for another try. Nobody has proven anything for a public client: whoever floods us with proofs must not make us write.
 */
export async function usingUp<T>(
  { client, uses }: Pick<Caller, 'client' | 'uses'>,
  engine: Engine,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (client.token_endpoint_auth_method !== 'none') await consume(uses, engine);
    throw error;
  }
}
