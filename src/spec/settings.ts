import type { AccessControl } from './access_control.ts';
import type { AuthorizationPolicy } from './authorization_policy.ts';
import type { Client } from './client.ts';
import type { ProfileName } from './identifiers.ts';
import type { HostTokenSettings } from './forward_auth.ts';
import type { RegistrationSettings } from './registration.ts';
import type { Resource } from './resource.ts';
import type { Scope } from './scopes.ts';
import type { TokenExchangePolicy } from './token_exchange.ts';
import type { TrustedIssuer } from './trusted_issuer.ts';

/** How long things live, in seconds. */
export interface Lifespans {
  readonly access_token: number;
  readonly refresh_token: number;
  readonly id_token: number;
  readonly authorization_code: number;
  readonly device_code: number;
  /** Of a backchannel authentication request: for the person to answer, and the client to have the tokens. */
  readonly backchannel_authentication: number;
  /** Of a pushed authorization request, until a browser brings it. */
  readonly pushed_authorization_request: number;
}

/** What a client's own lifespans may say: for all it gets, and for what one grant yields. */
export interface CustomLifespans extends Partial<Lifespans> {
  readonly grants?: Readonly<Partial<Record<LifespanGrant, Partial<TokenLifespans>>>>;
}

export type TokenLifespans = Pick<Lifespans, 'access_token' | 'refresh_token' | 'id_token'>;

export const LIFESPAN_GRANTS = [
  'authorization_code',
  'implicit',
  'refresh_token',
  'client_credentials',
  'token_exchange',
  'jwt_bearer',
  'device_code',
  'ciba',
] as const;
export type LifespanGrant = (typeof LIFESPAN_GRANTS)[number];

/** RFC 9470 §3. */
export interface RequiredAuthentication {
  /** Seconds since the sign-in; absent: any. */
  readonly max_age?: number;
  /** Of which one must be met; empty: any. */
  readonly acr_values: readonly string[];
}

/** A type of authorization_details that clients may ask for. RFC 9396 §2. */
export interface AuthorizationDetailsType {
  /** In the administrator's words, for the consent page. */
  readonly description?: string;
  /** Members a detail may hold beside the common ones of RFC 9396 §2.2. */
  readonly fields: readonly string[];
  /** Members a detail must hold. */
  readonly required: readonly string[];
}

/** Which claims a client's tokens carry beyond what the specification puts there. */
export interface ClaimsPolicy {
  /** Claims of granted scopes, or custom ones, that go into the ID token, too. */
  readonly id_token: readonly string[];
  /** … and into access tokens in the jwt format. */
  readonly access_token: readonly string[];
  /** Claim names and the attributes that they are taken from. */
  readonly custom_claims: ReadonlyMap<string, { readonly attribute: string }>;
  /** merged: the audience of the access token is in the ID token's, too. */
  readonly id_token_audience_mode: 'specification' | 'merged';
}

/** An attribute of people beyond the standard claims. */
export type UserAttribute =
  | {
    readonly kind: 'declared';
    readonly value_type: 'string' | 'integer' | 'boolean';
    readonly multi_valued: boolean;
  }
  | { readonly kind: 'computed'; readonly expression: string };

/** When keys of ours give way to new ones. */
export interface KeySettings {
  /** Seconds in use; Infinity: only when an administrator says so. */
  readonly rotate_every: number;
  /** The same, by algorithm. */
  readonly algorithms: ReadonlyMap<string, number>;
}

/** What the engine is told by the configuration: parsed, checked, with every default filled in. One value per reload. */
export interface Settings {
  /** The issuer identifier, exactly as clients compare it. */
  readonly issuer: string;
  /** Clients of the file, by client_id; those of the store stand beside them. */
  readonly clients: ReadonlyMap<string, Client>;
  readonly resources: ReadonlyMap<string, Resource>;
  /** Standard scopes and those of the configuration. */
  readonly scopes: ReadonlyMap<string, Scope>;
  readonly lifespans: Lifespans;
  /** What a client's `lifespan` may name. */
  readonly custom_lifespans: ReadonlyMap<string, CustomLifespans>;
  readonly sessions: {
    /** Seconds without use. */
    readonly idle: number;
    /** Seconds since sign-in. */
    readonly absolute: number;
    /** Seconds since sign-in when the person asked to stay signed in; idle does not count then. */
    readonly remember: number;
    /** Whether grants with offline_access end with the session, unless the client's `offline_access_ends_with_session` says so. */
    readonly end_offline_access: boolean;
  };
  /** Of whom PKCE is required, unless the client's `require_pkce` says so. */
  readonly pkce: 'never' | 'public' | 'always';
  /** Whether code_challenge_method plain is accepted at all. */
  readonly pkce_plain: boolean;
  readonly require_pushed_authorization_requests: boolean;
  /** What every client is held to at least. */
  readonly profile: ProfileName;
  /** Characters that `state` and `nonce` must have when they are sent. */
  readonly minimum_lengths: { readonly state: number; readonly nonce: number };
  /** Whether error answers tell clients the exact cause, too. */
  readonly client_debug_messages: boolean;
  /** What a client's `authorization_policy` may name, beside the levels themselves. */
  readonly authorization_policies: ReadonlyMap<string, AuthorizationPolicy>;
  /** Who may reach what behind reverse proxies. */
  readonly access_control: AccessControl;
  /** What applications behind proxies are given beside headers; absent: nothing. */
  readonly host_token?: HostTokenSettings;
  readonly claims_policies: ReadonlyMap<string, ClaimsPolicy>;
  /** What a client's `token_exchange_policy` may name. RFC 8693 */
  readonly token_exchange_policies: ReadonlyMap<string, TokenExchangePolicy>;
  /** Whose assertions are grants, by the names that policies give. RFC 7523 §2.1 */
  readonly trusted_issuers: ReadonlyMap<string, TrustedIssuer>;
  readonly user_attributes: ReadonlyMap<string, UserAttribute>;
  readonly authorization_details_types: ReadonlyMap<string, AuthorizationDetailsType>;
  /** Whether DPoP proofs must hold a nonce of ours. RFC 9449 §8 */
  readonly dpop_nonce: 'off' | 'required';
  /** PEM texts of the authorities whose client certificates tls_client_auth accepts. */
  readonly client_certificate_authorities: readonly string[];
  /** Stands in the issuer's place in the URLs for clients that show a certificate. RFC 8705 §5 */
  readonly mtls_endpoint_aliases?: string;
  /** What UserInfo asks of the sign-in behind a token. RFC 9470 */
  readonly userinfo: RequiredAuthentication;
  /** The RP ID of its passkeys; absent: the host of the issuer. WebAuthn §4 */
  readonly passkey_rp_id?: string;
  readonly keys: KeySettings;
  readonly registration: RegistrationSettings;
  /** Whether people may make their own accounts. */
  readonly sign_up: 'closed' | 'open';
  readonly password_reset: {
    /** Whether people may ask for a link themselves. */
    readonly enabled: boolean;
    /** Seconds. */
    readonly lifetime: number;
  };
  /** Seconds in which the refresh token before the current one still answers. */
  readonly refresh_token_grace: number;
}
