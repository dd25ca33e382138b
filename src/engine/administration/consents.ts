import { consents } from '../../store/collections.ts';
import type { Engine } from '../engine.ts';
import type { Owner } from './grants.ts';
import { removeMatching } from './listing.ts';

/** Forgets the saved answers of a person, to a client or of a person to a client. T086 @returns how many */
export async function revokeConsents(
  { user, client_id }: Owner,
  engine: Engine,
): Promise<number> {
  const { store, settings: { issuer } } = engine;
  const below = user === undefined
    ? [issuer]
    : client_id === undefined
    ? [issuer, user]
    : [issuer, user, client_id];
  return await removeMatching(
    consents.list(store, below),
    (consent) => client_id === undefined || consent.client_id === client_id,
    store,
    (consent) => [consents.key(issuer, consent.user, consent.client_id, consent.digest)],
  );
}
