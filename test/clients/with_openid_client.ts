/** The steps that every suite with openid-client takes. */
import { X509Certificate } from 'node:crypto';
import * as oidc from 'openid-client';
import type { RunningOp } from '../support/running_op.ts';
import { REDIRECT_URI, SCOPE } from './app.ts';

export interface Discovery {
  readonly authentication: oidc.ClientAuth;
  /** What the client registered and the library has to know; ES256 signs unless it says otherwise. */
  readonly metadata?: Partial<oidc.ClientMetadata>;
  readonly execute?: readonly ((config: oidc.Configuration) => void)[];
}

export async function discover(
  on: RunningOp,
  client_id: string,
  { authentication, metadata, execute = [] }: Discovery,
): Promise<oidc.Configuration> {
  return await oidc.discovery(
    new URL(on.issuer),
    client_id,
    {
      id_token_signed_response_alg: 'ES256',
      authorization_signed_response_alg: 'ES256',
      ...metadata,
    },
    authentication,
    { execute: [oidc.allowInsecureRequests, ...execute] },
  );
}

export interface Attempt {
  readonly params: Readonly<Record<string, string>>;
  readonly checks: oidc.AuthorizationCodeGrantChecks;
}

export async function newAttempt(
  changes: Readonly<Record<string, string>> = {},
): Promise<Attempt> {
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
  const [expectedState, expectedNonce] = [oidc.randomState(), oidc.randomNonce()];
  const params = {
    redirect_uri: REDIRECT_URI,
    scope: SCOPE,
    state: expectedState,
    nonce: expectedNonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    ...changes,
  };
  return { params, checks: { pkceCodeVerifier, expectedState, expectedNonce } };
}

/** What a proxy in front of us adds to requests that came with a certificate. RFC 9440 §2.2 */
export function throughProxy(pem: string): oidc.CustomFetch {
  const value = `:${new X509Certificate(pem).raw.toString('base64')}:`;
  return (url, options) =>
    fetch(
      url,
      { ...options, headers: { ...options.headers, 'client-cert': value } } as RequestInit,
    );
}
