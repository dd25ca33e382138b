import type { GrantType } from './identifiers.ts';
import type { ClientJwks } from './client_metadata.ts';

export const REGISTRATION_MODES = ['closed', 'open', 'off'] as const;
export type RegistrationMode = (typeof REGISTRATION_MODES)[number];

/** What a registrant gets at most; absent: as much as whoever comes next in line allows. */
export interface RegistrationLimits {
  readonly scope?: readonly string[];
  readonly grant_types?: readonly GrantType[];
  /** Resources that access tokens may be meant for. */
  readonly audience?: readonly string[];
}

/** What an initial access token may name. */
export interface RegistrationProfile extends RegistrationLimits {
  /** Options of ours that registrants may set; of strangers none count. */
  readonly metadata: readonly string[];
  /** What is registered where the registrant says nothing. */
  readonly defaults: Readonly<Record<string, unknown>>;
}

/** Whose software statements count. RFC 7591 §2.3 */
export interface SoftwareStatementIssuer {
  readonly issuer: string;
  readonly jwks?: ClientJwks;
  readonly jwks_uri?: string;
  /** Nobody registers without a statement of such an issuer. */
  readonly required: boolean;
}

/** Dynamic client registration, as the configuration allows it. */
export interface RegistrationSettings {
  /** closed: with an initial access token only. */
  readonly mode: RegistrationMode;
  readonly scope: readonly string[];
  readonly grant_types: readonly GrantType[];
  /** Of clients that nobody vouches for. */
  readonly audience: readonly string[];
  /** That nobody vouches for. */
  readonly max_clients: number;
  /** Seconds that a client that nobody vouches for has until its first use. */
  readonly unused_client_lifetime: number;
  /** Seconds; absent: secrets do not expire. */
  readonly client_secret_lifetime?: number;
  readonly software_statement_issuers: readonly SoftwareStatementIssuer[];
  /** By name; `default` is for whoever's token names none. */
  readonly policies: ReadonlyMap<string, RegistrationProfile>;
}
