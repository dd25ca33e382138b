import type { Networks } from './networks.ts';

/** What a policy can ask of whoever signs in for a client; each is the name of a policy, too. */
export const POLICY_LEVELS = ['one_factor', 'two_factor', 'deny'] as const;
export type PolicyLevel = (typeof POLICY_LEVELS)[number];

/** Who may use a client, and how sure the sign-in must be: the first rule that matches decides. */
export interface AuthorizationPolicy {
  /** What holds where no rule matches. */
  readonly default_policy: PolicyLevel;
  readonly rules: readonly PolicyRule[];
}

/** Matches when its subjects, if it has any, and its networks, if it has any, match. */
export interface PolicyRule {
  readonly policy: PolicyLevel;
  /** Of the outer list one must match: all subjects of the inner one. */
  readonly subject?: readonly (readonly PolicySubject[])[];
  /** Of which one must hold the address. */
  readonly networks?: readonly PolicyNetwork[];
}

export const SUBJECT_KINDS = ['user', 'group', 'client'] as const;

export interface PolicySubject {
  readonly kind: (typeof SUBJECT_KINDS)[number];
  /** A username in canonical form, a group, or the client_id of a client that acts for itself. */
  readonly name: string;
}

export interface PolicyNetwork {
  /** As the rule calls it: a name under definitions.networks, an address or a CIDR block. */
  readonly name: string;
  readonly blocks: Networks;
}
