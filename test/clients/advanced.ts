/** Clients that use what is beyond the plain code flow, with their keys, and a place where they publish requests. */
import { exportJWK, generateKeyPair } from 'jose';
import { EVERY_RESPONSE_TYPE } from '../support/front_channel.ts';
import { type RunningConfig, type RunningOp, startOp } from '../support/running_op.ts';
import { serveText } from '../support/serve_text.ts';
import { TEST_TLS } from '../support/tls.ts';
import { REDIRECT_URI, SCOPE } from './app.ts';
import { AUTHORITY } from './certificates.ts';

export const SECRET = 'a secret of these clients, 0123456789';
export const RESOURCE = 'https://api.example/';
export const PAYMENT = {
  type: 'payment_initiation',
  amount: { currency: 'EUR', value: '12.50' },
} as const;

const signing = await generateKeyPair('ES256', { extractable: true });
const encryption = await generateKeyPair('ECDH-ES+A256KW', { extractable: true });

/** Of every client here. */
export const SIGNING_KEY = { key: signing.privateKey, kid: 'sig-1' } as const;
export const ENCRYPTION_KEY = {
  key: encryption.privateKey,
  alg: 'ECDH-ES+A256KW',
  kid: 'enc-1',
} as const;
export const ENC = 'A256GCM';

const JWKS = {
  keys: [
    { ...await exportJWK(signing.publicKey), kid: 'sig-1', use: 'sig', alg: 'ES256' },
    { ...await exportJWK(encryption.publicKey), kid: 'enc-1', use: 'enc' },
  ],
};

/** Metadata as a library takes it; the algorithms are what the server is told, too. */
const SIGNED = {
  id_token_signed_response_alg: 'ES256',
  authorization_signed_response_alg: 'ES256',
} as const;
export const PROTECTED = {
  ...SIGNED,
  userinfo_signed_response_alg: 'ES256',
  introspection_signed_response_alg: 'ES256',
} as const;

const COMMON = {
  ...SIGNED,
  redirect_uris: [REDIRECT_URI],
  grant_types: ['authorization_code', 'implicit', 'refresh_token', 'client_credentials'],
  response_types: EVERY_RESPONSE_TYPE,
  scope: `${SCOPE} read`,
  jwks: JWKS,
  access_token_format: 'jwt',
} as const;

const encrypted = Object.fromEntries(
  ['id_token', 'userinfo', 'introspection', 'authorization'].flatMap((kind) => [
    [`${kind}_encrypted_response_alg`, ENCRYPTION_KEY.alg],
    [`${kind}_encrypted_response_enc`, ENC],
  ]),
);

function clientsOf(request_uri: string): readonly Readonly<Record<string, unknown>>[] {
  const secret = { client_secret: `$plaintext$${SECRET}` };
  return [
    {
      ...COMMON,
      ...secret,
      client_id: 'app',
      request_uris: [request_uri],
      authorization_details_types: [PAYMENT.type],
    },
    { ...COMMON, ...PROTECTED, ...secret, client_id: 'signed' },
    { ...COMMON, ...PROTECTED, ...secret, ...encrypted, client_id: 'encrypted' },
    { ...COMMON, client_id: 'private', token_endpoint_auth_method: 'private_key_jwt' },
    { ...COMMON, ...secret, client_id: 'secret', token_endpoint_auth_method: 'client_secret_jwt' },
    {
      ...COMMON,
      client_id: 'spa',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      dpop_bound_access_tokens: true,
      access_token_format: 'opaque',
    },
    {
      ...COMMON,
      client_id: 'pushing',
      ...secret,
      require_pushed_authorization_requests: true,
      require_signed_request_object: true,
    },
    {
      ...COMMON,
      client_id: 'issued',
      response_types: ['code'],
      token_endpoint_auth_method: 'tls_client_auth',
      tls_client_auth_san_dns: 'cert.example',
      tls_client_certificate_bound_access_tokens: true,
    },
  ];
}

export interface AdvancedOp extends RunningOp {
  /** Where clients may publish request objects. */
  readonly request_uri: string;
  publish(request: string): void;
}

export async function startAdvancedOp(config: RunningConfig = {}): Promise<AdvancedOp> {
  let published = '';
  const host = await serveText(() => published, 'application/oauth-authz-req+jwt');
  const request_uri = `${host.origin}/request`;
  try {
    const op = await startOp({
      clients: clientsOf(request_uri),
      resources: [{ resource: RESOURCE, scope: 'read', introspection_clients: ['signed'] }],
      authorization_details_types: {
        [PAYMENT.type]: { description: 'Make one payment', fields: ['amount'] },
      },
      outbound: { allow_networks: ['127.0.0.0/8', '::1/128'], ca_file: TEST_TLS.cert },
      client_certificate_authorities: [AUTHORITY],
      ...config,
    });
    return {
      ...op,
      request_uri,
      publish(request) {
        published = request;
      },
      async close() {
        await op.close();
        await host.close();
      },
    };
  } catch (error) {
    await host.close();
    throw error;
  }
}
