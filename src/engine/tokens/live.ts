import type { Client } from '../../spec/client.ts';
import { grants, revocations } from '../../store/collections.ts';
import type { GrantRecord, UserRecord } from '../../store/records.ts';
import type { Entry } from '../../store/store.ts';
import { isStillAuthorized, mayActForItself } from '../authorization_policy.ts';
import { findClient } from '../clients.ts';
import type { Engine } from '../engine.ts';
import { outlivesSession } from '../logout/session_grants.ts';
import { isSessionAlive } from '../session.ts';
import { findLiveUser } from '../users.ts';
import { type AccessToken, grantIdOf, readAccessToken } from './access_token.ts';

/** A grant that stands, and the client and person it stands on. */
export interface LiveGrant {
  readonly entry: Entry<GrantRecord>;
  readonly grant: GrantRecord;
  readonly client: Client;
  readonly user: UserRecord;
}

/** The grant, if all it depends on holds now: client, person, policy, and the session unless it is for offline access. */
export async function findLiveGrant(id: string, engine: Engine): Promise<LiveGrant | undefined> {
  const entry = await grants.get(engine.store, engine.settings.issuer, id);
  if (entry === undefined || entry.value.expires_at <= engine.now()) return undefined;
  const grant = entry.value;
  const client = await findClient(grant.client_id, engine);
  if (client === undefined || (client.client_id_issued_at ?? 0) > grant.created_at) {
    return undefined;
  }
  const user = await findLiveUser(grant.user, grant.created_at, engine);
  if (user === undefined || !isStillAuthorized(grant, client, user, engine)) return undefined;
  // Core §11, Back-Channel Logout §2.7: what is not for offline access ends with the session.
  const isFree = outlivesSession(grant, client, engine);
  if (!isFree && !await isSessionAlive(grant.authentication.sid, user, engine)) return undefined;
  return { entry, grant, client, user };
}

export interface LiveToken {
  readonly token: AccessToken;
  /** Absent for a client that acts for itself. */
  readonly person: LiveGrant | undefined;
}

/** An access token that counts now: genuine, not expired, not revoked, on a grant or a client that stands. */
export async function findLiveToken(text: string, engine: Engine): Promise<LiveToken | undefined> {
  const token = await readAccessToken(text, engine);
  if (token === undefined || token.exp <= engine.now()) return undefined;
  if (await revocations.get(engine.store, engine.settings.issuer, token.jti) !== undefined) {
    return undefined;
  }
  const grantId = grantIdOf(token);
  if (grantId === undefined) {
    const client = await findClient(token.client_id, engine);
    if (client === undefined || (client.client_id_issued_at ?? 0) > token.iat) return undefined;
    return mayActForItself(client, engine) ? { token, person: undefined } : undefined;
  }
  const person = await findLiveGrant(grantId, engine);
  return person && { token, person };
}
