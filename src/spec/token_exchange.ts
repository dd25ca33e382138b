import type { PolicySubject } from './authorization_policy.ts';

/** RFC 8693 §1.1: with an actor beside the subject, or in the subject's place. */
export const EXCHANGE_KINDS = ['delegation', 'impersonation'] as const;
export type ExchangeKind = (typeof EXCHANGE_KINDS)[number];

/** What a token of ours is; `urn:ietf:params:oauth:token-type:` before it makes the identifier of RFC 8693 §3. */
export const SUBJECT_TOKEN_KINDS = ['access_token', 'refresh_token', 'id_token'] as const;
export type SubjectTokenKind = (typeof SUBJECT_TOKEN_KINDS)[number];

/** What may be asked for; `jwt` is an access token in that format. */
export const REQUESTED_TOKEN_KINDS = ['access_token', 'jwt', 'id_token'] as const;
export type RequestedTokenKind = (typeof REQUESTED_TOKEN_KINDS)[number];

export const TOKEN_TYPE_PREFIX = 'urn:ietf:params:oauth:token-type:';

/** What a client may make of tokens and assertions that others, or it, were given. Nothing is allowed that no policy allows. T074 */
export interface TokenExchangePolicy {
  readonly allow: readonly ExchangeKind[];
  /** Whose tokens may be exchanged; absent: those of `subject_audience`, whoever has them. */
  readonly subject_clients?: readonly string[];
  /** Of which a subject token must be meant for one. */
  readonly subject_audience?: readonly string[];
  readonly subject_token_types: readonly SubjectTokenKind[];
  /** The client sees to it, as resource servers do, that who sends a token holds its key: then it may be bound to any. RFC 9449 §7 */
  readonly checks_proofs: boolean;
  /** Names of trusted issuers whose assertions the client may show. RFC 7523 §2.1 */
  readonly assertion_issuers?: readonly string[];
  /** Who may act, of whom one must match; absent: only the client itself. */
  readonly actors?: readonly PolicySubject[];
  /** At most; absent: whatever subject token and client have. */
  readonly scope?: readonly string[];
  readonly audience?: readonly string[];
  readonly requested_token_types: readonly RequestedTokenKind[];
  /** Seconds, at most. */
  readonly lifetime: number;
}
