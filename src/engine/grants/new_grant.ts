import { randomToken } from '../../keys/digest.ts';
import type { Client } from '../../spec/client.ts';
import type { Log } from '../../spec/log.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import type {
  AuthenticationContext,
  Authorization,
  GrantRecord,
  UserRecord,
} from '../../store/records.ts';
import { isStillAuthorized } from '../authorization_policy.ts';
import { bindingOf } from '../binding.ts';
import { subjectOf } from '../claims/subject.ts';
import type { Caller } from '../client_auth/client_auth.ts';
import { lifespansOf, wasThere } from '../clients.ts';
import type { Engine } from '../engine.ts';
import { outlivesSession } from '../logout/session_grants.ts';
import { isSessionAlive } from '../session.ts';
import { findLiveUser } from '../users.ts';

/** The person whose authorization is being redeemed, if it still stands, and was given to this client (T086). @throws {OAuthError} `invalid_grant` */
export async function findGrantor(
  authorization: Authorization,
  client: Client,
  engine: Engine,
): Promise<UserRecord> {
  const { user: id, authentication, granted_at } = authorization;
  if (!wasThere(client, granted_at)) {
    throw new OAuthError('invalid_grant', 'an earlier client of this name was authorized');
  }
  const user = await findLiveUser(id, authentication.auth_time, engine);
  if (user === undefined) throw new OAuthError('invalid_grant', 'the person may no longer sign in');
  if (!isStillAuthorized(authorization, client, user, engine)) {
    throw new OAuthError('invalid_grant', 'the policy of this client no longer lets the person in');
  }
  const isFree = outlivesSession(authorization, client, engine);
  if (!isFree && !await isSessionAlive(authentication.sid, user, engine)) {
    throw new OAuthError('invalid_grant', 'the session has ended');
  }
  return user;
}

export interface NewGrant {
  readonly caller: Caller;
  readonly grant_type: 'authorization_code' | 'device_code' | 'ciba';
  /** By default a new one. */
  readonly id?: string | undefined;
  readonly nowSeconds: number;
}

/** What an authorization becomes when it is redeemed. */
export async function newGrant(
  authorization: Authorization,
  { caller, grant_type, id = randomToken(16), nowSeconds }: NewGrant,
  engine: Engine,
): Promise<GrantRecord> {
  const { client } = caller;
  const { client_id, user, granted_at, address, scope, resource, claims } = authorization;
  const { authentication, claims_locales, authorization_details } = authorization;
  const lifespans = lifespansOf(client, engine, grant_type);
  const isRefreshable = client.grant_types.includes('refresh_token');
  // RFC 9449 §5, RFC 8705 §4: what nothing else binds to the client.
  const cnf = client.token_endpoint_auth_method === 'none' ? bindingOf(caller) : undefined;
  const lifetime = isRefreshable ? lifespans.refresh_token : lifespans.access_token;
  return {
    id,
    client_id,
    user,
    granted_at,
    ...(address === undefined ? {} : { address }),
    sub: await subjectOf(user, client, engine),
    scope,
    resource,
    claims,
    ...(claims_locales === undefined ? {} : { claims_locales }),
    ...(authorization_details === undefined ? {} : { authorization_details }),
    authentication,
    ...(grant_type === 'authorization_code' ? {} : { grant_type }),
    created_at: grantedSince(authentication, nowSeconds),
    expires_at: Math.floor(nowSeconds) + lifetime,
    ...(cnf === undefined ? {} : { cnf }),
    ...(isRefreshable ? { refresh: { n: 0, moved_at: nowSeconds } } : {}),
  };
}

/** Now, and not before the sign-in, which was after the person's last cut even by a clock that was set back. */
export function grantedSince(
  { auth_time }: Pick<AuthenticationContext, 'auth_time'>,
  nowSeconds: number,
): number {
  return Math.max(nowSeconds, auth_time);
}

/** T150 */
export function logNewGrant(grant: GrantRecord, log: Log): void {
  const { id, client_id, user, scope, authentication: { sid } } = grant;
  log('info', 'grant.issued', { grant: id, client_id, user, sid, scope });
}
