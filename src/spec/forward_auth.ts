import type { SigningAlg } from './identifiers.ts';

/** The JWT that applications behind a proxy are given about who comes. RFC 9068 */
export interface HostTokenSettings {
  /** In lower case. */
  readonly header: string;
  /** Absent: the origin of the protected host. */
  readonly audience?: string;
  /** Seconds. */
  readonly lifetime: number;
  /** Whose `access_token` names the claims in it; absent: none. */
  readonly claims_policy?: string;
  /** pairwise: in the sector of the protected host. Core §8 */
  readonly subject_type: 'public' | 'pairwise';
  readonly signed_response_alg: SigningAlg;
}
