import type { Client } from '../../spec/client.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import { redirectUriProblem } from '../../spec/redirect_uri.ts';
import { locationOf } from '../authorize/respond.ts';

declare const checked: unique symbol;

/** Where somebody may be sent who signed out: only this file makes one, and only from a registered URI (T113). */
export interface PostLogoutAddress {
  readonly [checked]: true;
  readonly post_logout_redirect_uri: string;
  readonly state: string | undefined;
}

/**
 * RP-Initiated Logout §3: compared character by character with what the client has registered, as the client itself is
 * named by a hint that was verified, or by `client_id`. @throws {OAuthError} `invalid_request`
 */
export function checkPostLogoutAddress(
  post_logout_redirect_uri: string,
  state: string | undefined,
  client: Client | undefined,
): PostLogoutAddress {
  if (client === undefined) {
    throw new OAuthError(
      'invalid_request',
      'post_logout_redirect_uri needs an id_token_hint or a client_id beside it',
    );
  }
  const isRegistered = client.post_logout_redirect_uris?.includes(post_logout_redirect_uri);
  if (isRegistered !== true || redirectUriProblem(post_logout_redirect_uri) !== undefined) {
    throw new OAuthError(
      'invalid_request',
      'post_logout_redirect_uri is not registered for this client',
      { debug: `got ${post_logout_redirect_uri.slice(0, 300)}` },
    );
  }
  return { post_logout_redirect_uri, state } as PostLogoutAddress;
}

/** RP-Initiated Logout §3: with `state` as it came, and nothing else. */
export function postLogoutLocation({ post_logout_redirect_uri, state }: PostLogoutAddress): string {
  return state === undefined ? post_logout_redirect_uri : locationOf({
    redirect_uri: post_logout_redirect_uri,
    response_mode: 'query',
    fields: new Map([['state', state]]),
  });
}
