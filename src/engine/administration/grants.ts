import { grants, userGrants } from '../../store/collections.ts';
import type { Actor, GrantRecord } from '../../store/records.ts';
import type { Entry, Put } from '../../store/store.ts';
import { audit } from '../audit.ts';
import type { Engine, IssuerStore } from '../engine.ts';
import { grantRemoval } from '../revoke.ts';
import {
  type Page,
  pageOf,
  pageOfOwner,
  type PageRequest,
  recordsOf,
  removeMatching,
} from './listing.ts';
import { done, type Outcome, type Refusal, refused } from './outcome.ts';

/** Whose grants; both given: of the person at the client. */
export interface Owner {
  readonly user?: string | undefined;
  readonly client_id?: string | undefined;
}

/** Grants page by page; places are their IDs. */
export async function pageGrants(
  owner: Owner,
  request: PageRequest,
  engine: Engine,
): Promise<Page<GrantRecord>> {
  const { user } = owner;
  const matches = ({ value }: Entry<GrantRecord>): boolean => belongs(value, owner);
  return user === undefined
    ? await pageOf(grants, [engine.settings.issuer], request, engine.store, { matches })
    : await pageOfOwner({ index: userGrants, records: grants }, user, request, engine, matches);
}

export async function showGrant(id: string, engine: Engine): Promise<Outcome<GrantRecord>> {
  const entry = await grants.get(engine.store, engine.settings.issuer, id);
  return entry === undefined ? noGrant(id) : done(entry.value);
}

/** Ends one grant, and with it every token issued under it. */
export async function revokeGrantById(
  id: string,
  by: Actor,
  engine: Engine,
): Promise<Outcome<{ readonly grants: number }>> {
  const entry = await grants.get(engine.store, engine.settings.issuer, id);
  if (entry === undefined) return noGrant(id);
  const { user, client_id, scope } = entry.value;
  const change = { action: 'grant.revoked', target: id, before: { user, client_id, scope } };
  await engine.store.commit({
    put: [audit(change, by, engine)],
    remove: grantRemoval(entry.value, engine),
  });
  engine.log('info', 'grant.revoked', { grant: id, client_id, user, reason: 'administrator' });
  return done({ grants: 1 });
}

/** Ends all grants of a person, a client or a person at a client. @returns how many */
export async function revokeGrants(owner: Owner, by: Actor, engine: Engine): Promise<number> {
  const change = { action: 'grants.revoked', target: targetOf(owner) };
  return await endGrants(owner, engine, () => [audit(change, by, engine)]);
}

/** The same as a part of a greater change, which has a record of its own. @returns how many */
export async function endGrants(
  owner: Owner,
  engine: IssuerStore,
  record?: () => readonly Put[],
): Promise<number> {
  const all = recordsOf({ index: userGrants, records: grants }, owner.user, engine);
  const count = await removeMatching(
    all,
    (grant) => belongs(grant, owner),
    engine.store,
    (grant) => grantRemoval(grant, engine),
    record,
  );
  if (count > 0) engine.log('info', 'grants.revoked', { ...owner, count, reason: 'administrator' });
  return count;
}

function noGrant(id: string): Refusal {
  return refused(`there is no grant ${JSON.stringify(id)}`, 'missing');
}

/** What the record of a change names: the person, the client, or both. */
export function targetOf({ user, client_id }: Owner): string {
  return [user, client_id].filter((each) => each !== undefined).join(' ');
}

function belongs(grant: GrantRecord, { user, client_id }: Owner): boolean {
  return (user === undefined || grant.user === user) &&
    (client_id === undefined || grant.client_id === client_id);
}
