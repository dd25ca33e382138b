import type { AccessTokenFormat, SigningAlg } from './identifiers.ts';

/** A protected resource that access tokens may be meant for. RFC 8707 §2. */
export interface Resource {
  /** The absolute URI clients name, compared as a string. */
  readonly resource: string;
  /** Scopes that mean something at it. */
  readonly scope: readonly string[];
  readonly access_token_format?: AccessTokenFormat;
  readonly access_token_signed_response_alg?: SigningAlg;
  /** Seconds; by default the client's. */
  readonly access_token_lifetime?: number;
  /** Clients that may introspect tokens meant for it. */
  readonly introspection_clients: readonly string[];
}
