import { OAuthError } from '../spec/oauth_error.ts';
import { jtis } from '../store/collections.ts';
import type { Change } from '../store/store.ts';
import type { Engine } from './engine.ts';

/** Something that may be used once: it is written down in the very commit that its use leads to. */
export interface OneTimeUse {
  readonly kind: 'assertion' | 'dpop' | 'request_object';
  /** A digest of what must not come again, and of whose it is. */
  readonly id: string;
  /** When it could not be used any more anyway. */
  readonly expiresAtSeconds: number;
  /** The refusal for whoever comes second. */
  readonly taken: OAuthError;
}

/** The part of a commit that uses them up. */
export function usesChange(
  uses: readonly OneTimeUse[],
  { settings: { issuer } }: Engine,
): Required<Pick<Change, 'check' | 'put'>> {
  return {
    check: uses.map(({ kind, id }) => jtis.absent(issuer, kind, id)),
    put: uses.map(({ kind, id, expiresAtSeconds }) =>
      jtis.put([issuer, kind, id], true, expiresAtSeconds)
    ),
  };
}

/** Uses them up where nothing else is written. @throws {OAuthError} the refusal of one that was used before */
export async function consume(uses: readonly OneTimeUse[], engine: Engine): Promise<void> {
  if (uses.length === 0) return;
  if (await engine.store.commit(usesChange(uses, engine)) === 'committed') return;
  throw await refusalOfTaken(uses, engine);
}

/** After a conflict: the one that somebody else has used up, if it is that. */
export async function findTaken(
  uses: readonly OneTimeUse[],
  engine: Engine,
): Promise<OneTimeUse | undefined> {
  for (const use of uses) {
    const entry = await jtis.get(engine.store, engine.settings.issuer, use.kind, use.id);
    if (entry !== undefined) return use;
  }
  return undefined;
}

async function refusalOfTaken(
  uses: readonly OneTimeUse[],
  engine: Engine,
): Promise<OAuthError> {
  // What conflicted and is gone again has expired in between.
  return (await findTaken(uses, engine) ?? uses[0])?.taken ??
    new OAuthError('temporarily_unavailable', 'try again', { retryAfterSeconds: 1 });
}
