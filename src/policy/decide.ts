import {
  type AuthorizationPolicy,
  POLICY_LEVELS,
  type PolicyLevel,
} from '../spec/authorization_policy.ts';
import type { Client } from '../spec/client.ts';
import type { Settings } from '../spec/settings.ts';
import { matches, reasonAgainst, reasonFor, type Who } from './match.ts';

/** What came of one rule. */
export interface ExplainedRule {
  readonly policy: PolicyLevel;
  readonly outcome: 'matches' | 'does not match' | 'not reached';
  readonly because: string;
}

export interface PolicyExplanation {
  readonly level: PolicyLevel;
  /** `rules[1]` or `default_policy`. */
  readonly decided_by: string;
  readonly default_policy: PolicyLevel;
  readonly rules: readonly ExplainedRule[];
}

const BUILT_IN: ReadonlyMap<string, AuthorizationPolicy> = new Map(
  POLICY_LEVELS.map((level) => [level, { default_policy: level, rules: [] }]),
);

const DENY: AuthorizationPolicy = { default_policy: 'deny', rules: [] };

/** The client's policy; one that denies everybody where the configuration no longer has it. */
export function policyOf(
  client: Pick<Client, 'authorization_policy'>,
  settings: Pick<Settings, 'authorization_policies'>,
): AuthorizationPolicy {
  // Records of the store can be older than the option.
  const { authorization_policy: name = 'one_factor' } = client;
  return BUILT_IN.get(name) ?? settings.authorization_policies.get(name) ?? DENY;
}

/** What the first rule that matches says, or the default. */
export function levelFor({ rules, default_policy }: AuthorizationPolicy, who: Who): PolicyLevel {
  return rules.find((rule) => matches(rule, who))?.policy ?? default_policy;
}

/** The same, rule by rule. */
export function explainPolicy(policy: AuthorizationPolicy, who: Who): PolicyExplanation {
  const { rules, default_policy } = policy;
  const first = rules.findIndex((rule) => matches(rule, who));
  return {
    level: levelFor(policy, who),
    decided_by: first === -1 ? 'default_policy' : `rules[${first}]`,
    default_policy,
    rules: rules.map((rule, index) => {
      const { policy } = rule;
      if (index === first) return { policy, outcome: 'matches', because: reasonFor(rule, who) };
      return first === -1 || index < first
        ? { policy, outcome: 'does not match', because: reasonAgainst(rule, who) }
        : { policy, outcome: 'not reached', because: `rules[${first}] matches before it` };
    }),
  };
}

/** Whether it looks at where somebody is. */
export function looksAtNetworks({ rules }: AuthorizationPolicy): boolean {
  return rules.some(({ networks }) => networks !== undefined);
}

/** Whether it speaks of clients that act for themselves. */
export function namesClients({ rules }: AuthorizationPolicy): boolean {
  return rules.some(({ subject = [] }) => subject.flat().some(({ kind }) => kind === 'client'));
}
