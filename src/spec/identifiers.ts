/** RFC 6749 §4, §6: the grants this server can redeem. */
export const GRANT_TYPES = ['authorization_code', 'refresh_token', 'client_credentials'] as const;
export type GrantType = (typeof GRANT_TYPES)[number];

/** OAuth 2.0 Multiple Response Types §3. */
export const RESPONSE_TYPES = ['code'] as const;
export type ResponseType = (typeof RESPONSE_TYPES)[number];

/** OAuth 2.0 Multiple Response Types §2.1, Form Post Response Mode §2. */
export const RESPONSE_MODES = ['query', 'fragment', 'form_post'] as const;
export type ResponseMode = (typeof RESPONSE_MODES)[number];

/** Core §3.1.2.1. */
export const PROMPTS = ['none', 'login', 'consent', 'select_account'] as const;
export type Prompt = (typeof PROMPTS)[number];

/** Core §3.1.2.1. */
export const DISPLAYS = ['page', 'popup', 'touch', 'wap'] as const;

/** Core §9, RFC 7591 §2. */
export const AUTH_METHODS = ['client_secret_basic', 'client_secret_post', 'none'] as const;
export type AuthMethod = (typeof AUTH_METHODS)[number];

/** RFC 7636 §4.3; `plain` is not offered (RFC 9700 §2.1.1). */
export const CODE_CHALLENGE_METHODS = ['S256'] as const;

/** RFC 7518 §3.1, RFC 8037 §3.1: what we sign with. */
export const SIGNING_ALGS = ['RS256', 'ES256', 'EdDSA'] as const;
export type SigningAlg = (typeof SIGNING_ALGS)[number];

/** What an access token is to its reader: nothing (RFC 7662 tells), or RFC 9068. */
export const ACCESS_TOKEN_FORMATS = ['opaque', 'jwt'] as const;
export type AccessTokenFormat = (typeof ACCESS_TOKEN_FORMATS)[number];

/** When the consent page is shown: once in a browser session, or never. */
export const CONSENT_MODES = ['explicit', 'implicit'] as const;
