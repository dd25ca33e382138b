import { OAuthError } from '../../spec/oauth_error.ts';
import { type Params, required } from '../../spec/params.ts';
import { profileOf } from '../../spec/profile_client.ts';
import { parseScope } from '../../spec/scopes.ts';
import { grants } from '../../store/collections.ts';
import type { GrantRecord } from '../../store/records.ts';
import { isHeldBy } from '../binding.ts';
import type { Caller } from '../client_auth/client_auth.ts';
import type { Engine } from '../engine.ts';
import { revokeGrant } from '../revoke.ts';
import { findLiveGrant } from '../tokens/live.ts';
import { readRefreshToken, standingOf } from '../tokens/refresh_token.ts';
import { narrowGranted } from './narrow.ts';
import type { Grant, Redemption } from './table.ts';

/** RFC 6749 §6, RFC 9700 §4.14.2, Core §12. */
export const refreshTokenGrant: Grant = { grant_type: 'refresh_token', redeem };

async function redeem(params: Params, caller: Caller, engine: Engine): Promise<Redemption> {
  const { client } = caller;
  const token = readRefreshToken(required(params, 'refresh_token'), engine);
  const live = token && await findLiveGrant(token.grant, engine);
  if (token === undefined || live === undefined) {
    throw new OAuthError('invalid_grant', 'refresh_token is unknown, expired or revoked');
  }
  const { grant, entry, user } = live;
  // Before reuse detection: whoever holds another client's token must not be able to end its grant.
  if (grant.client_id !== client.client_id) {
    throw new OAuthError('invalid_grant', 'refresh_token was issued to another client');
  }
  // Before it, too: without the key, a stolen token is good for nothing at all.
  if (!isHeldBy(grant.cnf, caller)) {
    throw new OAuthError('invalid_grant', 'refresh_token is bound to another key');
  }
  const nowSeconds = engine.now();
  const standing = standingOf(token.n, grant, engine.settings.refresh_token_grace, nowSeconds);
  if (standing === 'reused') {
    await revokeGrant(grant, 'refresh token used twice', engine);
    throw new OAuthError('invalid_grant', 'refresh_token was used before');
  }
  const narrowed = narrowGranted(params, grant, client, engine);
  const scope = narrowScope(params.get('scope'), narrowed.scope);
  const issue = { client, grant_type: 'refresh_token', ...narrowed, scope } as const;
  // FAPI 2.0 SP §5.3.2.1-9: what is bound to the client's key gains nothing by rotation. T032
  const stays = profileOf(client).no_rotation !== undefined;
  if (stays || standing === 'previous_in_grace') {
    return { issue: { ...issue, person: { grant, user } } };
  }
  const moved: GrantRecord = { ...grant, refresh: { n: token.n + 1, moved_at: nowSeconds } };
  return {
    issue: { ...issue, person: { grant: moved, user } },
    change: {
      check: [grants.check(entry)],
      put: [grants.put([engine.settings.issuer, grant.id], moved, grant.expires_at)],
    },
  };
}

/** RFC 6749 §6: less than was granted, never more; the grant stays as it was. @throws {OAuthError} `invalid_scope` */
function narrowScope(
  asked: string | undefined,
  granted: readonly string[],
): readonly string[] {
  if (asked === undefined) return granted;
  const scope = parseScope(asked);
  if (scope === undefined) {
    throw new OAuthError('invalid_scope', 'scope breaks the grammar or is too long');
  }
  if (!scope.every((name) => granted.includes(name))) {
    throw new OAuthError('invalid_scope', 'scope holds more than was granted');
  }
  return scope;
}
