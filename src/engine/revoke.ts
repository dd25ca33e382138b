import { grants, revocations } from '../store/collections.ts';
import type { AccessToken } from './tokens/access_token.ts';
import type { Engine } from './engine.ts';

/** Everything issued under a grant ends with it: one delete. RFC 7009 §2.1, RFC 6749 §4.1.2. */
export async function revokeGrant(id: string, reason: string, engine: Engine): Promise<void> {
  await engine.store.commit({ remove: [grants.key(engine.settings.issuer, id)] });
  engine.log('info', 'grant.revoked', { grant: id, reason });
}

/** One access token ends before its time. RFC 7009 §2.1. */
export async function revokeAccessToken(token: AccessToken, engine: Engine): Promise<void> {
  const key = [engine.settings.issuer, token.jti] as const;
  await engine.store.commit({
    put: [revocations.put(key, { revoked_at: Math.floor(engine.now()) }, token.exp)],
  });
  engine.log('info', 'access_token.revoked', { jti: token.jti, client_id: token.client_id });
}
