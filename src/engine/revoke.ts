import { grants, revocations, userGrants } from '../store/collections.ts';
import type { GrantRecord } from '../store/records.ts';
import type { Key, Put } from '../store/store.ts';
import type { AccessToken } from './tokens/access_token.ts';
import type { Engine, IssuerStore } from './engine.ts';

/** The writes of a new grant: the record, and its place in the list of the person's. */
export function grantPuts(grant: GrantRecord, { settings: { issuer } }: Engine): readonly Put[] {
  const { id, user, expires_at } = grant;
  return [
    grants.put([issuer, id], grant, expires_at),
    userGrants.put([issuer, user, id], true, expires_at),
  ];
}

type GrantName = Pick<GrantRecord, 'id' | 'user'>;

/** What removes a grant. */
export function grantRemoval(
  { id, user }: GrantName,
  { settings: { issuer } }: Pick<IssuerStore, 'settings'>,
): readonly Key[] {
  return [grants.key(issuer, id), userGrants.key(issuer, user, id)];
}

/** Everything issued under a grant ends with it. RFC 7009 §2.1, RFC 6749 §4.1.2. */
export async function revokeGrant(
  grant: GrantName & Pick<GrantRecord, 'client_id'>,
  reason: string,
  engine: Engine,
): Promise<void> {
  await engine.store.commit({ remove: grantRemoval(grant, engine) });
  const { id, client_id, user } = grant;
  engine.log('info', 'grant.revoked', { grant: id, client_id, user, reason });
}

/** One access token ends before its time. RFC 7009 §2.1. */
export async function revokeAccessToken(token: AccessToken, engine: Engine): Promise<void> {
  const key = [engine.settings.issuer, token.jti] as const;
  await engine.store.commit({
    put: [revocations.put(key, { revoked_at: Math.floor(engine.now()) }, token.exp)],
  });
  engine.log('info', 'access_token.revoked', { jti: token.jti, client_id: token.client_id });
}
