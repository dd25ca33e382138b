import type { Client } from '../../spec/client.ts';
import { grants, userGrants } from '../../store/collections.ts';
import type { GrantRecord, UserRecord } from '../../store/records.ts';
import { recordsOf, removeMatching } from '../administration/listing.ts';
import { findClient } from '../clients.ts';
import type { Engine } from '../engine.ts';
import { grantRemoval } from '../revoke.ts';
import { holdsFor } from '../users.ts';

/**
 * Whether what was granted outlives the session it came from: what is for offline access, unless the client or, where it
 * says nothing, the issuer has it end, too. Core §11, Back-Channel Logout §2.7
 */
export function outlivesSession(
  { scope, grant_type }: Pick<GrantRecord, 'scope' | 'grant_type'>,
  { offline_access_ends_with_session }: Client,
  { settings }: Pick<Engine, 'settings'>,
): boolean {
  // Nobody had a session when somebody else said who they are.
  if (grant_type === 'jwt_bearer') return true;
  return scope.includes('offline_access') &&
    !(offline_access_ends_with_session ?? settings.sessions.end_offline_access);
}

/**
 * Removes what came from sessions that are gone, and what of the person's no longer holds for another reason: all of it
 * has stopped counting already (`tokens/live.ts`), so that nothing is lost when this is cut short. T036
 * @returns how many
 */
export async function endSessionGrants(
  user: string,
  sids: ReadonlySet<string>,
  engine: Engine,
): Promise<number> {
  const person = await engine.directory.findById(user);
  const count = await removeMatching(
    recordsOf({ index: userGrants, records: grants }, user, engine),
    (grant) => isOver(grant, person, sids, engine),
    engine.store,
    (grant) => grantRemoval(grant, engine),
  );
  if (count > 0) engine.log('info', 'grants.ended', { user, count, reason: 'session' });
  return count;
}

async function isOver(
  grant: GrantRecord,
  person: UserRecord | undefined,
  sids: ReadonlySet<string>,
  engine: Engine,
): Promise<boolean> {
  if (!holdsFor(person, grant.created_at)) return true;
  if (!sids.has(grant.authentication.sid)) return false;
  const client = await findClient(grant.client_id, engine);
  return client === undefined || !outlivesSession(grant, client, engine);
}
