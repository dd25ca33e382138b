import { constantTimeEquals, sha256 } from '../keys/digest.ts';
import type { Client } from '../spec/client.ts';
import type { CodeChallengeMethod } from '../spec/identifiers.ts';
import { OAuthError } from '../spec/oauth_error.ts';
import type { Params } from '../spec/params.ts';
import type { Settings } from '../spec/settings.ts';

const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;
const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;

export interface CodeChallenge {
  readonly code_challenge: string;
  /** Absent: S256. */
  readonly code_challenge_method?: 'plain';
}

/** The challenge of an authorization request. RFC 7636 §4.3, §4.4.1. @throws {OAuthError} `invalid_request` */
export function parseCodeChallenge(
  params: Params,
  client: Client,
  settings: Settings,
): CodeChallenge | undefined {
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
  const allowed = challengeMethodsOf(client, settings);
  // RFC 7636 §4.3 takes plain for granted where no method is named; nobody gets it by silence here.
  if (!allowed.some((each) => each === method)) {
    throw new OAuthError(
      'invalid_request',
      `code_challenge_method must be ${allowed.join(' or ')}`,
    );
  }
  if (method === 'plain') {
    if (!VERIFIER.test(challenge)) {
      throw new OAuthError(
        'invalid_request',
        'code_challenge must be 43 to 128 unreserved characters',
      );
    }
    return { code_challenge: challenge, code_challenge_method: method };
  }
  if (!CHALLENGE.test(challenge)) {
    throw new OAuthError('invalid_request', 'code_challenge must be 43 characters of base64url');
  }
  return { code_challenge: challenge };
}

/** RFC 9700 §2.1.1: of public clients, unless the administrator has given that up for all of them. */
export function isPkceRequired(client: Client, settings: Settings): boolean {
  const isPublic = client.token_endpoint_auth_method === 'none';
  if (isPublic && settings.pkce !== 'never') return true;
  return client.require_pkce ?? settings.pkce === 'always';
}

/** What the client may use: its own method, or all that the settings allow. */
function challengeMethodsOf(
  { pkce_challenge_method }: Client,
  { pkce_plain }: Settings,
): readonly CodeChallengeMethod[] {
  const allowed: readonly CodeChallengeMethod[] = pkce_plain ? ['S256', 'plain'] : ['S256'];
  return pkce_challenge_method === undefined
    ? allowed
    : allowed.filter((method) => method === pkce_challenge_method);
}

/** RFC 7636 §4.6, RFC 9700 §4.8.2. @throws {OAuthError} `invalid_grant` */
export function checkPkce(
  { code_challenge, code_challenge_method }: Partial<CodeChallenge>,
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
  const derived = code_challenge_method === 'plain' ? code_verifier : sha256(code_verifier);
  if (!constantTimeEquals(derived, code_challenge)) {
    throw new OAuthError('invalid_grant', 'code_verifier does not match code_challenge');
  }
}
