import type { ClientJwks } from './client_metadata.ts';
import type { SigningAlg } from './identifiers.ts';

/** What the subject of an assertion is called by here; `client`: it is the client itself. */
export const SUBJECT_NAMES = ['username', 'email', 'sub', 'client'] as const;
export type SubjectName = (typeof SUBJECT_NAMES)[number];

/** Somebody whose word we take for who a subject is. RFC 7521 §5.1, RFC 7523 §3 */
export interface TrustedIssuer {
  /** The `iss` of its assertions. */
  readonly issuer: string;
  readonly jwks?: ClientJwks;
  readonly jwks_uri?: string;
  readonly algorithms: readonly SigningAlg[];
  /** In place of our issuer and its token endpoint. */
  readonly audience?: readonly string[];
  /** The claim that names the subject. */
  readonly subject_claim: string;
  readonly subject_is: SubjectName;
  /** From the claim to the name here; then no other value is taken. */
  readonly subjects?: ReadonlyMap<string, string>;
  /** Seconds: how far its assertions may reach into past and future. */
  readonly max_lifetime: number;
}
