/** What may stand in a client's `grant_types`; `implicit` is answered by the authorization endpoint. RFC 6749 §4, RFC 8628 §3.4, RFC 8693 §2.1, CIBA §4 */
export const GRANT_TYPES = [
  'authorization_code',
  'implicit',
  'refresh_token',
  'client_credentials',
  'urn:ietf:params:oauth:grant-type:token-exchange',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
  'urn:ietf:params:oauth:grant-type:device_code',
  'urn:openid:params:grant-type:ciba',
] as const;
export type GrantType = (typeof GRANT_TYPES)[number];

export const TOKEN_EXCHANGE_GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange';
export const JWT_BEARER_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

export const DEVICE_CODE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
export const CIBA_GRANT = 'urn:openid:params:grant-type:ciba';

/** CIBA §5: how a client learns what became of its request. */
export const DELIVERY_MODES = ['poll', 'ping', 'push'] as const;
export type DeliveryMode = (typeof DELIVERY_MODES)[number];

/** OAuth 2.0 Multiple Response Types §3, §4, §5. */
export const RESPONSE_TYPES = [
  'code',
  'id_token',
  'id_token token',
  'code id_token',
  'code token',
  'code id_token token',
  'none',
] as const;
export type ResponseType = (typeof RESPONSE_TYPES)[number];

/** OAuth 2.0 Multiple Response Types §2.1, Form Post Response Mode §2, JARM §2.3. */
export const RESPONSE_MODES = [
  'query',
  'fragment',
  'form_post',
  'query.jwt',
  'fragment.jwt',
  'form_post.jwt',
  'jwt',
] as const;
export type ResponseMode = (typeof RESPONSE_MODES)[number];

/** Core §3.1.2.1; `create` is of Initiating User Registration via OpenID Connect 1.0 §4. */
export const PROMPTS = ['none', 'login', 'consent', 'select_account', 'create'] as const;
export type Prompt = (typeof PROMPTS)[number];

/** Core §3.1.2.1. */
export const DISPLAYS = ['page', 'popup', 'touch', 'wap'] as const;

/** Core §9, RFC 7591 §2, RFC 8705 §2. */
export const AUTH_METHODS = [
  'client_secret_basic',
  'client_secret_post',
  'client_secret_jwt',
  'private_key_jwt',
  'tls_client_auth',
  'self_signed_tls_client_auth',
  'none',
] as const;
export type AuthMethod = (typeof AUTH_METHODS)[number];

/** RFC 7636 §4.3; `plain` only where the configuration allows it (RFC 9700 §2.1.1). */
export const CODE_CHALLENGE_METHODS = ['S256', 'plain'] as const;
export type CodeChallengeMethod = (typeof CODE_CHALLENGE_METHODS)[number];

/** RFC 7518 §3.1, RFC 8037 §3.1: asymmetric signatures, ours and those of clients. */
export const SIGNING_ALGS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const;
export type SigningAlg = (typeof SIGNING_ALGS)[number];

/** RFC 7518 §3.2: with the client secret as the key, Core §10.1. */
export const HMAC_ALGS = ['HS256', 'HS384', 'HS512'] as const;
export type HmacAlg = (typeof HMAC_ALGS)[number];

/** All that may sign what goes to, or comes from, one client. */
export const CLIENT_SIGNING_ALGS = [...SIGNING_ALGS, ...HMAC_ALGS] as const;
export type ClientSigningAlg = SigningAlg | HmacAlg;

/** RFC 7518 §4.1: to the public key of whoever decrypts. No RSA1_5 (RFC 7516 §11.5). */
export const ASYMMETRIC_ENCRYPTION_ALGS = [
  'RSA-OAEP',
  'RSA-OAEP-256',
  'RSA-OAEP-384',
  'RSA-OAEP-512',
  'ECDH-ES',
  'ECDH-ES+A128KW',
  'ECDH-ES+A192KW',
  'ECDH-ES+A256KW',
] as const;
export type AsymmetricEncryptionAlg = (typeof ASYMMETRIC_ENCRYPTION_ALGS)[number];

/** RFC 7518 §4.1: with a key derived from the client secret, Core §10.2. No PBES2. */
export const SYMMETRIC_ENCRYPTION_ALGS = [
  'A128KW',
  'A192KW',
  'A256KW',
  'A128GCMKW',
  'A192GCMKW',
  'A256GCMKW',
  'dir',
] as const;
export type SymmetricEncryptionAlg = (typeof SYMMETRIC_ENCRYPTION_ALGS)[number];

export const ENCRYPTION_ALGS = [
  ...ASYMMETRIC_ENCRYPTION_ALGS,
  ...SYMMETRIC_ENCRYPTION_ALGS,
] as const;
export type EncryptionAlg = AsymmetricEncryptionAlg | SymmetricEncryptionAlg;

export function isHmac(alg: string): alg is HmacAlg {
  return HMAC_ALGS.some((known) => known === alg);
}

export function isSigning(alg: string): alg is SigningAlg {
  return SIGNING_ALGS.some((known) => known === alg);
}

export function isAsymmetricEncryption(alg: string): alg is AsymmetricEncryptionAlg {
  return ASYMMETRIC_ENCRYPTION_ALGS.some((known) => known === alg);
}

export function isSymmetricEncryption(alg: string): alg is SymmetricEncryptionAlg {
  return SYMMETRIC_ENCRYPTION_ALGS.some((known) => known === alg);
}

/** What we sign for a client, and encrypt for it where it has registered that: as its metadata names it. */
export const PROTECTED_KINDS = [
  'id_token',
  'userinfo',
  'introspection',
  'authorization',
  'access_token',
] as const;
export type ProtectedKind = (typeof PROTECTED_KINDS)[number];

/** RFC 7518 §5.1. */
export const CONTENT_ENCRYPTIONS = [
  'A128CBC-HS256',
  'A192CBC-HS384',
  'A256CBC-HS512',
  'A128GCM',
  'A192GCM',
  'A256GCM',
] as const;
export type ContentEncryption = (typeof CONTENT_ENCRYPTIONS)[number];

/** Sets of rules that a client, or a whole issuer, can be held to: src/spec/profiles.ts. */
export const PROFILE_NAMES = [
  'default',
  'oauth21',
  'fapi1_advanced',
  'fapi2_security',
  'fapi2_message_signing',
] as const;
export type ProfileName = (typeof PROFILE_NAMES)[number];

/** Core §8. */
export const SUBJECT_TYPES = ['public', 'pairwise'] as const;
export type SubjectType = (typeof SUBJECT_TYPES)[number];

/** What an access token is to its reader: nothing (RFC 7662 tells), or RFC 9068. */
export const ACCESS_TOKEN_FORMATS = ['opaque', 'jwt'] as const;
export type AccessTokenFormat = (typeof ACCESS_TOKEN_FORMATS)[number];

/** When the consent page is shown: once in a browser session, or never. */
export const CONSENT_MODES = ['explicit', 'implicit', 'pre-configured', 'auto'] as const;
