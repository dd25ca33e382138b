import { constantTimeEquals, sha256 } from '../keys/digest.ts';
import type { Client } from '../spec/client.ts';
import { OAuthError } from '../spec/oauth_error.ts';
import type { Params } from '../spec/params.ts';
import type { Settings } from '../spec/settings.ts';

const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;
const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;

/** The challenge of an authorization request. RFC 7636 §4.3, §4.4.1. @throws {OAuthError} `invalid_request` */
export function parseCodeChallenge(
  params: Params,
  client: Client,
  settings: Settings,
): string | undefined {
  const challenge = params.get('code_challenge');
  const method = params.get('code_challenge_method');
  if (challenge === undefined) {
    if (method !== undefined) {
      throw new OAuthError('invalid_request', 'code_challenge_method needs code_challenge');
    }
    if (isPkceRequired(client, settings)) {
      throw new OAuthError('invalid_request', 'code_challenge is required (PKCE)');
    }
    return undefined;
  }
  if (method !== 'S256') {
    throw new OAuthError('invalid_request', 'code_challenge_method must be S256');
  }
  if (!CHALLENGE.test(challenge)) {
    throw new OAuthError('invalid_request', 'code_challenge must be 43 characters of base64url');
  }
  return challenge;
}

/** RFC 9700 §2.1.1: always of public clients. */
export function isPkceRequired(client: Client, settings: Settings): boolean {
  if (client.token_endpoint_auth_method === 'none') return true;
  return client.require_pkce ?? settings.pkce === 'always';
}

/** RFC 7636 §4.6, RFC 9700 §4.8.2. @throws {OAuthError} `invalid_grant` */
export function checkPkce(
  code_challenge: string | undefined,
  code_verifier: string | undefined,
): void {
  if (code_challenge === undefined && code_verifier === undefined) return;
  if (code_challenge === undefined) {
    throw new OAuthError('invalid_grant', 'code was requested without PKCE');
  }
  if (code_verifier === undefined) {
    throw new OAuthError('invalid_grant', 'code_verifier is required');
  }
  if (!VERIFIER.test(code_verifier)) {
    throw new OAuthError('invalid_grant', 'code_verifier must be 43 to 128 unreserved characters');
  }
  if (!constantTimeEquals(sha256(code_verifier), code_challenge)) {
    throw new OAuthError('invalid_grant', 'code_verifier does not match code_challenge');
  }
}
