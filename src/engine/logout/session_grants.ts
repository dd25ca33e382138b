import type { Client } from '../../spec/client.ts';
import { grants, userGrants } from '../../store/collections.ts';
import type { GrantRecord } from '../../store/records.ts';
import { recordsOf, removeMatching } from '../administration/listing.ts';
import { findClient } from '../clients.ts';
import type { Engine } from '../engine.ts';
import { grantRemoval } from '../revoke.ts';
import { holdsFor } from '../users.ts';

/**
 * Whether what was granted outlives the session it came from: what is for offline access, as long as the client may ask for
 * that, unless the client or, where it says nothing, the issuer has it end, too. Core §11, Back-Channel Logout §2.7
 */
export function outlivesSession(
  { scope, grant_type }: Pick<GrantRecord, 'scope' | 'grant_type'>,
  { scope: registered, offline_access_ends_with_session }: Client,
  { settings }: Pick<Engine, 'settings'>,
): boolean {
  // Nobody had a session when somebody else said who they are.
  if (grant_type === 'jwt_bearer') return true;
  return scope.includes('offline_access') && registered.split(' ').includes('offline_access') &&
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
  isLost?: (created_at: number) => boolean,
): Promise<number> {
  const person = await engine.directory.findById(user);
  const isCut = isLost ?? ((created_at: number) => !holdsFor(person, created_at));
  const count = await removeMatching(
    recordsOf({ index: userGrants, records: grants }, user, engine),
    async (grant) =>
      isCut(grant.created_at) ||
      sids.has(grant.authentication.sid) && await endsWithSession(grant, engine),
    engine.store,
    (grant) => grantRemoval(grant, engine),
  );
  if (count > 0) engine.log('info', 'grants.ended', { user, count, reason: 'session' });
  return count;
}

async function endsWithSession(grant: GrantRecord, engine: Engine): Promise<boolean> {
  const client = await findClient(grant.client_id, engine);
  return client === undefined || !outlivesSession(grant, client, engine);
}
