import { OAuthError } from '../spec/oauth_error.ts';
import type { JsonValue } from '../store/store.ts';
import { userinfoClaims } from './claims/select.ts';
import type { Engine } from './engine.ts';
import { findLiveToken } from './tokens/live.ts';

/** What the bearer of an access token may know of the person. Core §5.3.2. @throws {OAuthError} `invalid_token`, `insufficient_scope` */
export async function userinfo(
  access_token: string,
  engine: Engine,
): Promise<{ readonly [claim: string]: JsonValue }> {
  const live = await findLiveToken(access_token, engine);
  if (live === undefined) {
    throw new OAuthError('invalid_token', 'access token is unknown, expired or revoked');
  }
  const { token, person } = live;
  if (!token.aud.includes(engine.settings.issuer)) {
    throw new OAuthError('invalid_token', 'access token is meant for another resource');
  }
  const scope = token.scope.split(' ');
  if (person === undefined || !scope.includes('openid')) {
    throw new OAuthError('insufficient_scope', 'scope openid is required');
  }
  const { grant, user } = person;
  return { ...userinfoClaims({ ...grant, scope }, user, engine), sub: grant.sub };
}
