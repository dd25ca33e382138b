import { covers } from '../policy/reach.ts';
import {
  type AuthorizationPolicy,
  POLICY_LEVELS,
  type PolicyRule,
} from '../spec/authorization_policy.ts';
import { type Mistake, mistake } from '../spec/mistake.ts';
import { parseAddress } from '../spec/networks.ts';
import { clientDoubts } from './client_doubts.ts';
import { clientSubjects, type NamedNetworks, parseWhose, whoseMistakes } from './policy_parts.ts';
import type { Draft } from './rules.ts';
import type { ParsedOptions } from './schema.ts';

type RawRule = ParsedOptions['authorization_policies'][string]['rules'][number];

/** Of policies, their rules, and the networks that these name. */
export function authorizationPolicyRules(draft: Draft): readonly Mistake[] {
  const networks = draft.definitions?.networks;
  return [
    ...networkNameRules(networks ?? {}),
    ...Object.entries(draft.authorization_policies ?? {}).flatMap(([name, { rules }]) => {
      const path = ['authorization_policies', name];
      const isBuiltIn = POLICY_LEVELS.some((level) => level === name);
      const ownName = isBuiltIn ? [mistake(path, 'is the name of a policy that is built in')] : [];
      const parsed = rules.map((rule) => parseRule(rule, networks ?? {}));
      return [
        ...ownName,
        ...rules.flatMap((rule, index) => ruleMistakes(rule, networks, [...path, 'rules', index])),
        ...unreachedRules(parsed, [...path, 'rules']),
      ];
    }),
  ];
}

/** A client may be in the store. */
export function policyClientDoubts(draft: Draft): readonly Mistake[] {
  const named = Object.entries(draft.authorization_policies ?? {}).flatMap(([policy, { rules }]) =>
    rules.flatMap((rule, index) =>
      clientSubjects(rule, ['authorization_policies', policy, 'rules', index])
    )
  );
  return clientDoubts(named, draft, 'client:');
}

/** What the engine works with, once no rule is broken. */
export function authorizationPolicies(
  { authorization_policies, definitions: { networks } }: Pick<
    ParsedOptions,
    'authorization_policies' | 'definitions'
  >,
): ReadonlyMap<string, AuthorizationPolicy> {
  return new Map(
    Object.entries(authorization_policies).map(([name, { default_policy, rules }]) => [name, {
      default_policy,
      rules: rules.flatMap((rule) => parseRule(rule, networks) ?? []),
    }]),
  );
}

function networkNameRules(networks: NamedNetworks): readonly Mistake[] {
  return Object.keys(networks)
    .filter((name) => parseAddress(name) !== undefined)
    .map((name) => mistake(['definitions', 'networks', name], 'must not look like an address'));
}

/** `networks` is undefined when they did not parse: then a name may be one of them. */
function ruleMistakes(
  rule: RawRule,
  networks: NamedNetworks | undefined,
  path: Mistake['path'],
): readonly Mistake[] {
  if (rule.subject === undefined && rule.networks === undefined) {
    return [
      mistake(
        path,
        'must have a subject, networks, or both: what holds for all others is default_policy',
      ),
    ];
  }
  const [client] = clientSubjects(rule, path);
  const beside = rule.networks !== undefined && client !== undefined
    ? [
      mistake(
        client.path,
        'must not stand beside networks: no address is known where a client acts for itself',
        `client:${client.client_id}`,
      ),
    ]
    : [];
  return [...whoseMistakes(rule, networks, path), ...beside];
}

/** Rules that come after one which matches all that they would. */
function unreachedRules(
  rules: readonly (PolicyRule | undefined)[],
  path: Mistake['path'],
): readonly Mistake[] {
  return rules.flatMap((later, index) => {
    if (later === undefined) return [];
    const before = rules.slice(0, index)
      .findIndex((earlier) => earlier !== undefined && covers(earlier, later));
    return before === -1
      ? []
      : [mistake([...path, index], `is never reached: rules[${before}] matches whatever it would`)];
  });
}

/** The rule, if nothing in it is a mistake. */
function parseRule(rule: RawRule, networks: NamedNetworks): PolicyRule | undefined {
  if (rule.subject === undefined && rule.networks === undefined) return undefined;
  const whose = parseWhose(rule, networks);
  return whose && { policy: rule.policy, ...whose };
}
