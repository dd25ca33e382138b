import type { ClientMetadata } from './client_metadata.ts';
import { type AuthMethod, isHmac, isSymmetricEncryption, PROTECTED_KINDS } from './identifiers.ts';

/** Whether the secret itself must be at hand, and a digest will not do. Core §10.1, §10.2. */
export function needsRawSecret(client: ClientMetadata): boolean {
  return authMethodsOf(client).includes('client_secret_jwt') ||
    signingAlgsOf(client).some(isHmac) || encryptionAlgsOf(client).some(isSymmetricEncryption);
}

/** Whether the client has a secret at all. */
export function usesSecret(client: ClientMetadata): boolean {
  return authMethodsOf(client).some((method) => SECRET_METHODS.includes(method)) ||
    needsRawSecret(client);
}

/** How a client may prove who it is, at one endpoint or another. */
export function authMethodsOf(client: ClientMetadata): readonly AuthMethod[] {
  return [
    client.token_endpoint_auth_method,
    ...[
      client.revocation_endpoint_auth_method,
      client.introspection_endpoint_auth_method,
      client.pushed_authorization_request_endpoint_auth_method,
      client.device_authorization_endpoint_auth_method,
      client.backchannel_authentication_endpoint_auth_method,
    ].filter((method) => method !== undefined),
  ];
}

export const SECRET_METHODS: readonly AuthMethod[] = [
  'client_secret_basic',
  'client_secret_post',
  'client_secret_jwt',
];

function signingAlgsOf(client: ClientMetadata): readonly string[] {
  return [
    ...PROTECTED_KINDS.map((kind) => client[`${kind}_signed_response_alg`]),
    client.request_object_signing_alg,
  ].filter((alg) => alg !== undefined);
}

export function encryptionAlgsOf(client: ClientMetadata): readonly string[] {
  return [
    ...PROTECTED_KINDS.map((kind) => client[`${kind}_encrypted_response_alg`]),
    client.request_object_encryption_alg,
  ].filter((alg) => alg !== undefined);
}
