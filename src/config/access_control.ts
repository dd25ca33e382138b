import { patternProblem } from '../accounts/pattern_cost.ts';
import { idleAccess, isPersonal } from '../policy/access.ts';
import { MAX_URI_LENGTH } from '../policy/readings.ts';
import {
  type AccessControl,
  type AccessRule,
  type DomainPattern,
  isMethod,
  type QueryCriterion,
} from '../spec/access_control.ts';
import { type Mistake, mistake } from '../spec/mistake.ts';
import { clientDoubts } from './client_doubts.ts';
import { clientSubjects, type NamedNetworks, parseWhose, whoseMistakes } from './policy_parts.ts';
import type { Draft } from './rules.ts';
import type { ParsedOptions } from './schema.ts';

type RawRule = ParsedOptions['access_control']['rules'][number];
type RawCriterion = NonNullable<RawRule['query']>[number][number];

export function accessControlRules(draft: Draft): readonly Mistake[] {
  const networks = draft.definitions?.networks;
  return (draft.access_control?.rules ?? []).flatMap((rule, index) => {
    const path = ['access_control', 'rules', index];
    const mistakes = [
      ...whoseMistakes(rule, networks, path),
      ...domainMistakes(rule, path),
      ...patternMistakes(rule.resources, [...path, 'resources'], MAX_URI_LENGTH),
      ...methodMistakes(rule.methods, [...path, 'methods']),
      ...queryMistakes(rule.query ?? [], [...path, 'query']),
    ];
    if (mistakes.length > 0 || rule.policy !== 'bypass') return mistakes;
    const parsed = parseAccessRule(rule, networks ?? {});
    return parsed !== undefined && isPersonal(parsed)
      ? [mistake(path, 'must not be bypass for some people only, as it asks nobody who they are')]
      : [];
  });
}

/** A client may be in the store, and a proxy is still to come. */
export function accessDoubts(draft: Draft): readonly Mistake[] {
  const { access_control = { default_policy: 'deny', rules: [] }, definitions } = draft;
  const control = accessControlOf({
    access_control,
    definitions: definitions ?? { networks: {}, user_attributes: {} },
  });
  const hasProxies = draft.trusted_proxies === undefined || draft.trusted_proxies.length > 0;
  const named = access_control.rules.flatMap((rule, index) =>
    clientSubjects(rule, ['access_control', 'rules', index])
  );
  return [
    ...idleAccess(control, hasProxies).map(({ path, problem }): Mistake => ({
      ...mistake(path, problem),
      isOfFileAlone: true,
    })),
    ...clientDoubts(named, draft, 'client:'),
  ];
}

/** What the engine works with, once no rule is broken. */
export function accessControlOf(
  { access_control: { default_policy, rules }, definitions: { networks } }: Pick<
    ParsedOptions,
    'access_control' | 'definitions'
  >,
): AccessControl {
  return { default_policy, rules: rules.flatMap((rule) => parseAccessRule(rule, networks) ?? []) };
}

function parseAccessRule(rule: RawRule, networks: NamedNetworks): AccessRule | undefined {
  const whose = parseWhose(rule, networks);
  const domains = [
    ...listed(rule.domain).map(domainOf),
    ...listed(rule.domain_regex).map((text) => ({
      kind: 'regex' as const,
      pattern: new RegExp(ourPattern(text)),
    })),
  ];
  if (whose === undefined || domains.length === 0) return undefined;
  const { policy, resources, methods, query } = rule;
  return {
    policy,
    domains,
    ...whose,
    ...resources !== undefined &&
      { resources: listed(resources).map((text) => new RegExp(ourPattern(text))) },
    ...methods !== undefined && { methods: listed(methods) },
    ...query !== undefined && { query: query.map((all) => all.map(criterionOf)) },
  };
}

function listed(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : [value].flat();
}

/** Go and Python write names of groups with a P. */
function ourPattern(text: string): string {
  return text.replaceAll('(?P<', '(?<');
}

const PREFIXES = { '*': 'below', '{user}': 'user', '{group}': 'group' } as const;
const PREFIXED = /^(\*|\{user\}|\{group\})(\.[^*{}]+)$/;

function domainOf(text: string): DomainPattern {
  const lower = text.toLowerCase();
  const [, prefix, suffix = ''] = PREFIXED.exec(lower) ?? [];
  return prefix === undefined
    ? { kind: 'host', host: lower }
    : { kind: PREFIXES[prefix as keyof typeof PREFIXES], suffix };
}

/** A name of DNS, or an address as browsers write it. */
const HOST = /^(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.|$))+$|^\[[0-9a-f:.]+\]$/;

function isHost(text: string): boolean {
  if (!HOST.test(text) || text.endsWith('.')) return false;
  const url = `https://${text}/`;
  return URL.canParse(url) && new URL(url).host === text;
}

function domainMistakes(rule: RawRule, path: Mistake['path']): readonly Mistake[] {
  if (rule.domain === undefined && rule.domain_regex === undefined) {
    return [mistake(path, 'must have a domain or a domain_regex')];
  }
  const wrong = listed(rule.domain).filter((text) => {
    const domain = domainOf(text);
    return domain.kind === 'host'
      ? !isHost(domain.host)
      : domain.kind === 'regex' || !isHost(domain.suffix.slice(1));
  });
  return [
    ...wrong.map((text) =>
      mistake(
        [...path, 'domain'],
        'must be a host without a port, such as app.example.com or *.example.com',
        text,
      )
    ),
    ...patternMistakes(rule.domain_regex, [...path, 'domain_regex']),
  ];
}

function patternMistakes(
  patterns: string | readonly string[] | undefined,
  path: Mistake['path'],
  length?: number,
): readonly Mistake[] {
  return listed(patterns).flatMap((text) => {
    const problem = patternProblem(ourPattern(text), length);
    return problem === undefined ? [] : [mistake(path, problem)];
  });
}

function methodMistakes(methods: RawRule['methods'], path: Mistake['path']): readonly Mistake[] {
  return listed(methods).filter((text) => !isMethod(text))
    .map((text) => mistake(path, 'must be a method in capital letters, such as GET', text));
}

function queryMistakes(
  query: NonNullable<RawRule['query']>,
  path: Mistake['path'],
): readonly Mistake[] {
  return query.flatMap((all, outer) =>
    all.flatMap((criterion, inner) => {
      const { operator, value } = criterion;
      const at = [...path, outer, inner, 'value'];
      const needsValue = operator !== undefined && !['present', 'absent'].includes(operator);
      if (needsValue && value === undefined) return [mistake(at, 'is required')];
      if (operator !== undefined && !needsValue && value !== undefined) {
        return [mistake(at, `must be absent beside ${operator}`)];
      }
      return operator === 'pattern' || operator === 'not pattern'
        ? patternMistakes(value, at, MAX_URI_LENGTH)
        : [];
    })
  );
}

function criterionOf({ key, value, operator }: RawCriterion): QueryCriterion {
  switch (operator) {
    case 'present':
    case 'absent':
      return { operator, key };
    case 'pattern':
    case 'not pattern':
      return { operator, key, value: new RegExp(ourPattern(value ?? '')) };
    case 'equal':
    case 'not equal':
      return { operator, key, value: value ?? '' };
    case undefined:
      return value === undefined ? { operator: 'present', key } : { operator: 'equal', key, value };
  }
}
