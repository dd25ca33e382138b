import type { AuthorizationPolicy, PolicyRule } from '../../spec/authorization_policy.ts';
import type { Engine } from '../engine.ts';

/** What clients may name in their metadata, as it counts now, in the words of the configuration. */
export function namedConfiguration({ settings }: Engine): Readonly<Record<string, unknown>> {
  const { authorization_policies, claims_policies, scopes, resources } = settings;
  const { lifespans, custom_lifespans } = settings;
  return {
    authorization_policies: Object.fromEntries(
      Array.from(authorization_policies, ([name, policy]) => [name, policyView(policy)]),
    ),
    claims_policies: Object.fromEntries(
      Array.from(claims_policies, ([name, { custom_claims, ...policy }]) => [name, {
        ...policy,
        custom_claims: Object.fromEntries(custom_claims),
      }]),
    ),
    scopes: Object.fromEntries(scopes),
    lifespans: { ...lifespans, custom: Object.fromEntries(custom_lifespans) },
    resources: [...resources.values()],
  };
}

function policyView({ default_policy, rules }: AuthorizationPolicy): unknown {
  return { default_policy, rules: rules.map(ruleView) };
}

function ruleView({ policy, subject, networks }: PolicyRule): unknown {
  return {
    policy,
    ...subject !== undefined && {
      subject: subject.map((all) => all.map(({ kind, name }) => `${kind}:${name}`)),
    },
    ...networks !== undefined && { networks: networks.map(({ name }) => name) },
  };
}
