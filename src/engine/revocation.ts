import type { Client } from '../spec/client.ts';
import { OAuthError } from '../spec/oauth_error.ts';
import { grants } from '../store/collections.ts';
import type { Engine } from './engine.ts';
import { revokeAccessToken, revokeGrant } from './revoke.ts';
import { readAccessToken } from './tokens/access_token.ts';
import { readRefreshToken } from './tokens/refresh_token.ts';

/**
 * Ends a token of the caller. What is unknown or already dead is no error. RFC 7009 §2.1, §2.2.
 * @throws {OAuthError} `invalid_grant` for another client's token, `unsupported_token_type` for an ID token
 */
export async function revokeToken(text: string, caller: Client, engine: Engine): Promise<void> {
  const refresh = readRefreshToken(text, engine);
  if (refresh !== undefined) {
    const grant = (await grants.get(engine.store, engine.settings.issuer, refresh.grant))?.value;
    if (grant === undefined) return;
    checkOwner(grant.client_id, caller);
    return await revokeGrant(grant, 'refresh token revoked by its client', engine);
  }
  const access = await readAccessToken(text, engine);
  if (access !== undefined) {
    checkOwner(access.client_id, caller);
    if (access.exp > engine.now()) await revokeAccessToken(access, engine);
    return;
  }
  if (await engine.keys.verifyOwn(text, 'JWT') !== undefined) {
    throw new OAuthError('unsupported_token_type', 'an ID token cannot be revoked');
  }
}

function checkOwner(client_id: string, caller: Client): void {
  if (client_id !== caller.client_id) {
    throw new OAuthError('invalid_grant', 'token was issued to another client');
  }
}
