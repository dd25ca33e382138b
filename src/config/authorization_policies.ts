import { checkUsername } from '../accounts/username.ts';
import { contradictionOf, covers } from '../policy/reach.ts';
import {
  type AuthorizationPolicy,
  POLICY_LEVELS,
  type PolicyNetwork,
  type PolicyRule,
  type PolicySubject,
  SUBJECT_KINDS,
} from '../spec/authorization_policy.ts';
import { isClientId } from '../spec/client_id.ts';
import { meant, type Mistake, mistake } from '../spec/mistake.ts';
import { parseAddress, parseNetworks } from '../spec/networks.ts';
import type { Draft } from './rules.ts';
import type { ParsedOptions } from './schema.ts';

type RawRule = ParsedOptions['authorization_policies'][string]['rules'][number];
type NamedNetworks = ParsedOptions['definitions']['networks'];

/** A part of a rule as it stands in the file; `part` is absent when it has a mistake, which `problem` says. */
interface Written<T> {
  readonly path: Mistake['path'];
  readonly text: string;
  readonly part?: T;
  readonly problem?: string;
}

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
  const known = new Set(draft.clients.map(({ value }) => value.client_id));
  return Object.entries(draft.authorization_policies ?? {}).flatMap(([policy, { rules }]) =>
    rules.flatMap(({ subject }, index) =>
      writtenSubjects(subject, ['authorization_policies', policy, 'rules', index]).flat()
        .filter(({ part }) => part?.kind === 'client' && !known.has(part.name))
        .map(({ path, text }) =>
          mistake(
            path,
            'names a client that this file does not define; it must then be in the store',
            text,
          )
        )
    )
  );
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
  const lists = writtenSubjects(rule.subject, path);
  const blocks = networks === undefined ? [] : writtenNetworks(rule.networks, networks, path);
  const mistakes = [...lists.flat(), ...blocks].flatMap(({ path, problem, text }) =>
    problem === undefined ? [] : [mistake(path, problem, text)]
  );
  for (const all of lists) {
    const contradiction = contradictionOf(partsOf(all) ?? []);
    const [first] = all;
    if (contradiction !== undefined && first !== undefined) {
      // The inner list itself, of which this is the first member.
      mistakes.push(mistake(first.path.slice(0, -1), `can never match: ${contradiction}`));
    }
    const client = all.find(({ part }) => part?.kind === 'client');
    if (rule.networks !== undefined && client !== undefined) {
      const problem =
        'must not stand beside networks: no address is known where a client acts for itself';
      mistakes.push(mistake(client.path, problem, client.text));
    }
  }
  return mistakes;
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
  const subject = rule.subject === undefined
    ? undefined
    : whole(writtenSubjects(rule.subject, []).map(partsOf));
  const blocks = rule.networks === undefined
    ? undefined
    : partsOf(writtenNetworks(rule.networks, networks, []));
  if (rule.subject !== undefined && subject === undefined) return undefined;
  if (rule.networks !== undefined && blocks === undefined) return undefined;
  return {
    policy: rule.policy,
    ...subject !== undefined && { subject },
    ...blocks !== undefined && { networks: blocks },
  };
}

function partsOf<T>(written: readonly Written<T>[]): readonly T[] | undefined {
  return whole(written.map(({ part }) => part));
}

function whole<T>(parts: readonly (T | undefined)[]): readonly T[] | undefined {
  const known = parts.filter((part): part is T => part !== undefined);
  return known.length === parts.length ? known : undefined;
}

/** Whatever the form, a list of lists. */
function writtenSubjects(
  subject: RawRule['subject'],
  path: Mistake['path'],
): readonly (readonly Written<PolicySubject>[])[] {
  const at = [...path, 'subject'];
  if (subject === undefined) return [];
  if (typeof subject === 'string') return [[writtenSubject(subject, at)]];
  return subject.map((each, outer) =>
    typeof each === 'string'
      ? [writtenSubject(each, [...at, outer])]
      : each.map((text, inner) => writtenSubject(text, [...at, outer, inner]))
  );
}

function writtenSubject(text: string, path: Mistake['path']): Written<PolicySubject> {
  const colon = text.indexOf(':');
  const prefix = colon === -1 ? text : text.slice(0, colon);
  const kind = SUBJECT_KINDS.find((each) => each === prefix);
  const name = text.slice(colon + 1);
  if (kind === undefined || colon === -1) {
    const hint = meant(prefix, SUBJECT_KINDS);
    return { path, text, problem: `must be user:NAME, group:NAME or client:ID${hint}` };
  }
  const parsed = PARSE_NAME[kind](name);
  return 'problem' in parsed
    ? { path, text, problem: parsed.problem }
    : { path, text, part: { kind, name: parsed.name } };
}

type ParsedName = { readonly name: string } | { readonly problem: string };

const PARSE_NAME: Readonly<Record<PolicySubject['kind'], (name: string) => ParsedName>> = {
  user(name) {
    const verdict = checkUsername(name);
    return verdict.ok
      ? { name: verdict.username }
      : { problem: `must name a user: ${verdict.reason.replace(/\.$/, '')}` };
  },
  group: (name) =>
    name === '' || name !== name.trim() || name.length > 128
      ? { problem: 'must name a group in 1 to 128 characters, without spaces around it' }
      : { name },
  client: (name) =>
    isClientId(name) ? { name } : { problem: 'must name a client by its client_id' },
};

function writtenNetworks(
  networks: RawRule['networks'],
  named: NamedNetworks,
  path: Mistake['path'],
): readonly Written<PolicyNetwork>[] {
  const at = [...path, 'networks'];
  if (networks === undefined) return [];
  if (typeof networks === 'string') return [writtenNetwork(networks, named, at)];
  return networks.map((text, index) => writtenNetwork(text, named, [...at, index]));
}

function writtenNetwork(
  name: string,
  named: NamedNetworks,
  path: Mistake['path'],
): Written<PolicyNetwork> {
  const blocks = Object.hasOwn(named, name) ? named[name] : undefined;
  if (blocks !== undefined) {
    return { path, text: name, part: { name, blocks: parseNetworks(blocks) } };
  }
  try {
    return { path, text: name, part: { name, blocks: parseNetworks([name]) } };
  } catch {
    const hint = meant(name, Object.keys(named));
    return {
      path,
      text: name,
      problem: `must be a name under definitions.networks, an address or a CIDR block${hint}`,
    };
  }
}
