import type { Client } from '../../spec/client.ts';
import { grants, revocations, withdrawals } from '../../store/collections.ts';
import type { GrantRecord, UserRecord } from '../../store/records.ts';
import type { Entry } from '../../store/store.ts';
import { isStillAuthorized, mayActForItself } from '../authorization_policy.ts';
import { findClient } from '../clients.ts';
import type { Engine } from '../engine.ts';
import { outlivesSession } from '../logout/session_grants.ts';
import { isSessionAlive } from '../session.ts';
import { findLiveUser } from '../users.ts';
import { type AccessToken, grantIdOf, readAccessToken } from './access_token.ts';
import { type Ancestor, grantSeenBy } from './descent.ts';

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
  const client = await findLiveClient(grant.client_id, grant.created_at, engine);
  if (client === undefined) return undefined;
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
  if (await isRevoked(token, engine)) return undefined;
  const grantId = grantIdOf(token);
  if (grantId === undefined && !await isOwnAlive(token, engine)) return undefined;
  const person = grantId === undefined ? undefined : await findLiveGrant(grantId, engine);
  if (grantId !== undefined && person === undefined) return undefined;
  return token.exchanged_from === undefined
    ? { token, person }
    : await findDescendant({ token, person }, token.exchanged_from, engine);
}

async function isRevoked({ jti }: Pick<AccessToken, 'jti'>, engine: Engine): Promise<boolean> {
  return await revocations.get(engine.store, engine.settings.issuer, jti) !== undefined;
}

/** Whether a client that acts for itself may still do so. */
async function isOwnAlive({ client_id, iat }: Ancestor, engine: Engine): Promise<boolean> {
  const client = await findLiveClient(client_id, iat, engine);
  return client !== undefined && mayActForItself(client, engine);
}

/** The client, unless it is another of that name by now. */
async function findLiveClient(
  client_id: string,
  sinceSeconds: number,
  engine: Engine,
): Promise<Client | undefined> {
  const client = await findClient(client_id, engine);
  return (client?.client_id_issued_at ?? 0) > sinceSeconds ? undefined : client;
}

/** What was made by exchange counts while all that it was made from does, and its own client may have it. T075 */
async function findDescendant(
  { token, person }: LiveToken,
  exchanged_from: readonly Ancestor[],
  engine: Engine,
): Promise<LiveToken | undefined> {
  for (const ancestor of exchanged_from) {
    if (!await isAncestorAlive(ancestor, person, engine)) return undefined;
  }
  if (person === undefined) return { token, person };
  const client = await findLiveClient(token.client_id, token.iat, engine);
  if (client === undefined) return undefined;
  const scope = token.scope.split(' ').filter((name) => name !== '');
  const { user, entry } = person;
  if (!isStillAuthorized({ ...person.grant, scope }, client, user, engine)) return undefined;
  if (await isWithdrawn(token, user, engine)) return undefined;
  const grant = await grantSeenBy(person.grant, client, scope, engine);
  return { token, person: { entry, grant, client, user } };
}

/** That it has not expired goes without saying: nothing outlives what it was made from. */
async function isAncestorAlive(
  ancestor: Ancestor,
  person: LiveGrant | undefined,
  engine: Engine,
): Promise<boolean> {
  if (await isRevoked(ancestor, engine)) return false;
  const grantId = grantIdOf(ancestor);
  if (grantId === undefined) return await isOwnAlive(ancestor, engine);
  const { client_id, iat } = ancestor;
  if (await findLiveClient(client_id, iat, engine) === undefined) return false;
  return grantId === person?.grant.id
    ? !await isWithdrawn(ancestor, person.user, engine)
    : await findLiveGrant(grantId, engine) !== undefined;
}

/** Whether the person has taken back what they let the client do since then. */
export async function isWithdrawn(
  { client_id, iat }: Omit<Ancestor, 'jti'>,
  { id }: UserRecord,
  engine: Engine,
): Promise<boolean> {
  const entry = await withdrawals.get(engine.store, engine.settings.issuer, id, client_id);
  return entry !== undefined && entry.value.at >= iat;
}
