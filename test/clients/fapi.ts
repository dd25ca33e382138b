/** Clients of the FAPI profiles at an issuer that lets nobody in by less, with their keys. */
import { type CryptoKey, exportJWK, generateKeyPair } from 'jose';
import { type RunningConfig, type RunningOp, startOp } from '../support/running_op.ts';
import { REDIRECT_URI, SCOPE } from './app.ts';
import { AUTHORITY } from './certificates.ts';

const pair = await generateKeyPair('PS256');

export const SIGNING_KEY: { readonly key: CryptoKey; readonly kid: string } = {
  key: pair.privateKey,
  kid: 'ps-1',
};

const COMMON = {
  redirect_uris: [REDIRECT_URI],
  grant_types: ['authorization_code', 'refresh_token'],
  scope: SCOPE,
  jwks: {
    keys: [{ ...await exportJWK(pair.publicKey), kid: 'ps-1', use: 'sig', alg: 'PS256' }],
  },
} as const;

const CLIENTS = [
  { ...COMMON, client_id: 'dpop' },
  { ...COMMON, client_id: 'certificate', tls_client_certificate_bound_access_tokens: true },
  {
    ...COMMON,
    client_id: 'tls',
    token_endpoint_auth_method: 'tls_client_auth',
    tls_client_auth_san_dns: 'cert.example',
  },
  {
    ...COMMON,
    client_id: 'signing',
    profile: 'fapi2_message_signing',
    introspection_signed_response_alg: 'PS256',
    id_token_signed_response_alg: 'PS256',
    authorization_signed_response_alg: 'PS256',
  },
] as const;

export function startFapiOp(config: RunningConfig = {}): Promise<RunningOp> {
  return startOp({
    profile: 'fapi2_security',
    clients: CLIENTS,
    trusted_proxies: ['127.0.0.1', '::1'],
    client_certificate_authorities: [AUTHORITY],
    ...config,
  });
}
