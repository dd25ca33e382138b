import type { Client } from '../../spec/client.ts';
import { profileOf } from '../../spec/profile_client.ts';
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
  /** Whose token it is. */
  readonly client: Client;
  /** Absent for a client that acts for itself. */
  readonly person: LiveGrant | undefined;
}

/** An access token that counts now: genuine, not expired, not revoked, on a grant or a client that stands, bound if it must be. */
export async function findLiveToken(text: string, engine: Engine): Promise<LiveToken | undefined> {
  const token = await readAccessToken(text, engine);
  if (token === undefined || token.exp <= engine.now()) return undefined;
  if (await isRevoked(token, engine)) return undefined;
  const own = await findOwn(token, engine);
  const live = own === undefined || token.exchanged_from === undefined
    ? own
    : await findDescendant(own, token.exchanged_from, engine);
  return live !== undefined && isBoundEnough(live) ? live : undefined;
}

async function findOwn(token: AccessToken, engine: Engine): Promise<LiveToken | undefined> {
  const grantId = grantIdOf(token);
  if (grantId === undefined) {
    const client = await findActing(token, engine);
    return client && { token, client, person: undefined };
  }
  const person = await findLiveGrant(grantId, engine);
  return person && { token, client: person.client, person };
}

/**
 * What was issued before the client had its profile is no better for that: FAPI 2.0 SP §5.3.4-5, FAPI 1.0 Advanced §8.2.
 */
function isBoundEnough({ token, client }: LiveToken): boolean {
  return token.cnf !== undefined || profileOf(client).binds_tokens === undefined;
}

async function isRevoked({ jti }: Pick<AccessToken, 'jti'>, engine: Engine): Promise<boolean> {
  return await revocations.get(engine.store, engine.settings.issuer, jti) !== undefined;
}

/** A client that acts for itself, if it may still do so. */
async function findActing(
  { client_id, iat }: Ancestor,
  engine: Engine,
): Promise<Client | undefined> {
  const client = await findLiveClient(client_id, iat, engine);
  return client !== undefined && mayActForItself(client, engine) ? client : undefined;
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
  own: LiveToken,
  exchanged_from: readonly Ancestor[],
  engine: Engine,
): Promise<LiveToken | undefined> {
  const { token, person } = own;
  for (const ancestor of exchanged_from) {
    if (!await isAncestorAlive(ancestor, person, engine)) return undefined;
  }
  if (person === undefined) return own;
  const client = await findLiveClient(token.client_id, token.iat, engine);
  if (client === undefined) return undefined;
  const scope = token.scope.split(' ').filter((name) => name !== '');
  const { user, entry } = person;
  if (!isStillAuthorized({ ...person.grant, scope }, client, user, engine)) return undefined;
  if (await isWithdrawn(token, user, engine)) return undefined;
  const grant = await grantSeenBy(person.grant, client, scope, engine);
  return { token, client, person: { entry, grant, client, user } };
}

/** That it has not expired goes without saying: nothing outlives what it was made from. */
async function isAncestorAlive(
  ancestor: Ancestor,
  person: LiveGrant | undefined,
  engine: Engine,
): Promise<boolean> {
  const { kid } = ancestor;
  // Whoever took a key away no longer trusts what it made.
  if (kid !== undefined && !engine.keys.has(kid)) return false;
  if (await isRevoked(ancestor, engine)) return false;
  const grantId = grantIdOf(ancestor);
  if (grantId === undefined) return await findActing(ancestor, engine) !== undefined;
  const client = await findLiveClient(ancestor.client_id, ancestor.iat, engine);
  if (client === undefined) return false;
  if (grantId !== person?.grant.id) return await findLiveGrant(grantId, engine) !== undefined;
  const { grant, user } = person;
  // Scopes that ask for more are never handed on.
  return isStillAuthorized({ ...grant, scope: [] }, client, user, engine) &&
    !await isWithdrawn(ancestor, user, engine);
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
