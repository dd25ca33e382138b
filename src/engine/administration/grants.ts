import { grants } from '../../store/collections.ts';
import type { GrantRecord } from '../../store/records.ts';
import type { Engine } from '../engine.ts';
import { grantRemoval, revokeGrant } from '../revoke.ts';
import { firstMatching, type Listing, removeMatching } from './listing.ts';
import { done, type Outcome, refused } from './outcome.ts';

/** Whose grants; both given: of the person at the client. */
export interface Owner {
  readonly user?: string;
  readonly client_id?: string;
}

export function listGrants(
  owner: Owner,
  limit: number,
  engine: Engine,
): Promise<Listing<GrantRecord>> {
  const all = grants.list(engine.store, [engine.settings.issuer]);
  return firstMatching(all, (grant) => belongs(grant, owner), limit);
}

/** Ends one grant, and with it every token issued under it. */
export async function revokeGrantById(
  id: string,
  engine: Engine,
): Promise<Outcome<{ readonly grants: number }>> {
  const entry = await grants.get(engine.store, engine.settings.issuer, id);
  if (entry === undefined) return refused(`there is no grant ${JSON.stringify(id)}`);
  await revokeGrant(entry.value, 'administrator', engine);
  return done({ grants: 1 });
}

/** Ends all grants of a person, a client or a person at a client. @returns how many */
export async function revokeGrants(owner: Owner, engine: Engine): Promise<number> {
  const all = grants.list(engine.store, [engine.settings.issuer]);
  const count = await removeMatching(
    all,
    (grant) => belongs(grant, owner),
    engine.store,
    (grant) => grantRemoval(grant, engine),
  );
  if (count > 0) engine.log('info', 'grants.revoked', { ...owner, count, reason: 'administrator' });
  return count;
}

function belongs(grant: GrantRecord, { user, client_id }: Owner): boolean {
  return (user === undefined || grant.user === user) &&
    (client_id === undefined || grant.client_id === client_id);
}
