/** The steps that every suite with oauth4webapi takes. */
import * as oauth from 'oauth4webapi';
import type { RunningOp } from '../support/running_op.ts';
import { REDIRECT_URI, SCOPE } from './app.ts';

/** Loopback is http. */
export const INSECURE = { [oauth.allowInsecureRequests]: true } as const;

export async function discoverServer(
  { issuer }: RunningOp,
  algorithm: 'oidc' | 'oauth2' = 'oidc',
): Promise<oauth.AuthorizationServer> {
  const url = new URL(issuer);
  const response = await oauth.discoveryRequest(url, { algorithm, ...INSECURE });
  return await oauth.processDiscoveryResponse(url, response);
}

export interface Attempt {
  readonly state: string;
  readonly nonce: string;
  readonly code_verifier: string;
}

export async function newAttempt(
  { client_id }: oauth.Client,
  changes: Readonly<Record<string, string>> = {},
): Promise<{ readonly params: Readonly<Record<string, string>>; readonly attempt: Attempt }> {
  const state = oauth.generateRandomState();
  const nonce = oauth.generateRandomNonce();
  const code_verifier = oauth.generateRandomCodeVerifier();
  const params = {
    client_id,
    redirect_uri: REDIRECT_URI,
    response_type: 'code',
    scope: SCOPE,
    state,
    nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(code_verifier),
    code_challenge_method: 'S256',
    ...changes,
  };
  return { params, attempt: { state, nonce, code_verifier } };
}
