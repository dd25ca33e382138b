import {
  ACCESS_LEVELS,
  type AccessControl,
  type AccessLevel,
  type AccessRule,
  type DomainPattern,
  type QueryCriterion,
} from '../spec/access_control.ts';
import { matches, reasonAgainst, reasonFor, type Who } from './match.ts';
import { MAX_URI_LENGTH, type Reading } from './readings.ts';

/** What is asked for behind a proxy. */
export interface AccessTarget {
  /** In lower case, without a port. */
  readonly host: string;
  readonly method: string;
  /** At least one. */
  readonly readings: readonly Reading[];
}

export type AccessVerdict =
  | {
    readonly kind: 'level';
    readonly level: AccessLevel;
    /** Of the rule that decided; absent: default_policy did. */
    readonly rule: number | undefined;
    /** Nobody is signed in, and who comes may make a difference. */
    readonly dependsOnPerson: boolean;
    /** However the URL is read, a rule decided that says for whom it is. */
    readonly isNamed: boolean;
  }
  /** Servers understand the URL in several ways, and the rules tell them apart. */
  | { readonly kind: 'ambiguous' }
  /** Longer than what patterns may be asked to match. */
  | { readonly kind: 'too_long' };

/**
 * What the first rule that matches says, or the default. `who` without a name: nobody is signed in; without an address:
 * they may be anywhere, and the strictest holds that may.
 */
export function decideAccess(
  control: AccessControl,
  target: AccessTarget,
  who: Who,
): AccessVerdict {
  const decided = new Set<number>();
  for (const reading of target.readings) {
    const first = firstRules(control, target, reading, who);
    if (first === 'too_long') return { kind: 'too_long' };
    for (const index of strictest(control, first)) decided.add(index);
  }
  const indices = [...decided];
  const [level, ...others] = new Set(indices.map((index) => levelOf(control, index)));
  if (level === undefined || others.length > 0) return { kind: 'ambiguous' };
  const rules = indices.flatMap((index) => control.rules[index] ?? []);
  return {
    kind: 'level',
    level,
    rule: rules.length === 0 ? undefined : indices[0],
    dependsOnPerson: isNobody(who) && rules.some(isPersonal),
    isNamed: indices.every((index) => control.rules[index]?.subject !== undefined),
  };
}

/**
 * Whether a client that acts for itself met a rule that does not name it, and so lets in people alone: for which hosts a
 * client gets tokens says little, as it may ask for any.
 */
export function isForOthers(verdict: AccessVerdict, { client_id }: Who): boolean {
  return client_id !== undefined && verdict.kind === 'level' && !verdict.isNamed &&
    verdict.level !== 'bypass' && verdict.level !== 'deny';
}

/** Whether a rule that asks for a sign-in, or may, names this host. */
export function isGuarded({ rules }: AccessControl, host: string): boolean {
  return rules.some(({ policy, domains }) =>
    policy !== 'bypass' && domains.some((domain) => isDomain(domain, host, {}))
  );
}

/** What of it does nothing, and a sentence that its path begins. */
export function idleAccess(
  { default_policy, rules }: AccessControl,
  hasProxies: boolean,
): readonly { readonly path: readonly string[]; readonly problem: string }[] {
  const isAsking = default_policy === 'one_factor' || default_policy === 'two_factor';
  // No proxy shall make an open redirector of us: nobody is sent to a host that no rule names.
  const isSaidOfHosts = rules.some(({ policy, domains }) =>
    policy === default_policy && domains.some(({ kind }) => kind === 'below' || kind === 'regex')
  );
  return [
    ...rules.length > 0 && !hasProxies
      ? [{
        path: ['access_control'],
        problem: 'has no effect, as trusted_proxies names no proxy that may ask',
      }]
      : [],
    ...isAsking && !isSaidOfHosts
      ? [{
        path: ['access_control', 'default_policy'],
        problem: 'asks for a sign-in, which is for hosts that a rule names: ' +
          'let the last rule name them, such as *.example.com',
      }]
      : [],
  ];
}

/** Whether it can match one person and not another. */
export function isPersonal({ subject, domains, resources = [] }: AccessRule): boolean {
  return subject !== undefined || domains.some(namesPerson) || resources.some(hasPersonGroup);
}

export interface ExplainedAccessRule {
  readonly policy: AccessLevel;
  readonly outcome: 'matches' | 'does not match' | 'not reached';
  readonly because: string;
}

/** The rules one by one, for a target of one reading. */
export function explainAccessRules(
  control: AccessControl,
  target: AccessTarget,
  who: Who,
): readonly ExplainedAccessRule[] {
  const [reading] = target.readings;
  const first = reading === undefined ? [] : firstRules(control, target, reading, who);
  const decided = first === 'too_long' ? [] : strictest(control, first);
  const last = first === 'too_long' ? -1 : first.at(-1) ?? -1;
  return control.rules.map((rule, index) => {
    const { policy } = rule;
    if (last !== -1 && index > last) {
      return { policy, outcome: 'not reached', because: `rules[${last}] matches before it` };
    }
    const missing = reading && mismatchOf(rule, target, reading, who);
    if (missing !== undefined) return { policy, outcome: 'does not match', because: missing };
    if (!mayBeElsewhere(rule, who)) {
      return { policy, outcome: 'matches', because: reasonFor(rule, who) || target.host };
    }
    const because = 'the address is not known';
    return { policy, outcome: decided.includes(index) ? 'matches' : 'does not match', because };
  });
}

function levelOf({ rules, default_policy }: AccessControl, index: number): AccessLevel {
  return rules[index]?.policy ?? default_policy;
}

/** -1: none matches. Several where it rests on an address that is not known which is the first. */
function firstRules(
  { rules }: AccessControl,
  target: AccessTarget,
  reading: Reading,
  who: Who,
): readonly number[] | 'too_long' {
  const found: number[] = [];
  for (const [index, rule] of rules.entries()) {
    if (!isNear(rule, target, who)) continue;
    if (looksAtUri(rule) && reading.text.length > MAX_URI_LENGTH) return 'too_long';
    if (!isResource(rule, reading, who) || !isQuery(rule, reading)) continue;
    found.push(index);
    if (!mayBeElsewhere(rule, who)) return found;
  }
  return [...found, -1];
}

function mayBeElsewhere({ networks }: AccessRule, { address }: Who): boolean {
  return networks !== undefined && address === undefined;
}

/** Those of the strictest level. */
function strictest(control: AccessControl, indices: readonly number[]): readonly number[] {
  const levels = indices.map((index) => ACCESS_LEVELS.indexOf(levelOf(control, index)));
  const highest = Math.max(...levels);
  return indices.filter((_, place) => levels[place] === highest);
}

/** All that is cheap to tell. */
function isNear(rule: AccessRule, { host, method }: AccessTarget, who: Who): boolean {
  return rule.domains.some((domain) => isDomain(domain, host, who)) &&
    (rule.methods === undefined || rule.methods.includes(method)) && isWhose(rule, who);
}

/** Whoever signs in may turn out to be one of them, and whoever is somewhere may be there. */
function isWhose({ subject, networks }: AccessRule, who: Who): boolean {
  return matches({
    ...subject !== undefined && !isNobody(who) && { subject },
    ...networks !== undefined && who.address !== undefined && { networks },
  }, who);
}

function isNobody({ username, client_id }: Who): boolean {
  return username === undefined && client_id === undefined;
}

function isDomain(domain: DomainPattern, host: string, who: Who): boolean {
  switch (domain.kind) {
    case 'host':
      return host === domain.host;
    case 'below':
      return host.endsWith(domain.suffix) && host.length > domain.suffix.length;
    case 'user':
    case 'group': {
      const label = host.slice(0, -domain.suffix.length);
      if (!host.endsWith(domain.suffix) || label === '') return false;
      return isOwn(domain.kind, label, who);
    }
    case 'regex':
      return isMatch(domain.pattern, host, who);
  }
}

function namesPerson(domain: DomainPattern): boolean {
  return domain.kind === 'user' || domain.kind === 'group' ||
    (domain.kind === 'regex' && hasPersonGroup(domain.pattern));
}

function hasPersonGroup({ source }: RegExp): boolean {
  return /\(\?<(?:User|Group)>/.test(source);
}

function isOwn(kind: 'user' | 'group', name: string, who: Who): boolean {
  if (isNobody(who)) return true;
  const folded = name.toLowerCase();
  return kind === 'user' ? who.username === folded : who.username !== undefined &&
    who.groups?.some((group) => group.toLowerCase() === folded) === true;
}

/** Groups of these names in a pattern must hold the person's own. */
function isMatch(pattern: RegExp, text: string, who: Who): boolean {
  const found = pattern.exec(text);
  if (found === null) return false;
  const { User, Group } = found.groups ?? {};
  return (User === undefined || isOwn('user', User, who)) &&
    (Group === undefined || isOwn('group', Group, who));
}

function looksAtUri({ resources, query }: AccessRule): boolean {
  return resources !== undefined || query !== undefined;
}

function isResource({ resources }: AccessRule, { text }: Reading, who: Who): boolean {
  return resources === undefined || resources.some((pattern) => isMatch(pattern, text, who));
}

function isQuery({ query }: AccessRule, reading: Reading): boolean {
  return query === undefined || query.some((all) => all.every((each) => meets(reading, each)));
}

function meets({ query }: Reading, criterion: QueryCriterion): boolean {
  const value = query.get(criterion.key);
  switch (criterion.operator) {
    case 'present':
      return value !== undefined;
    case 'absent':
      return value === undefined;
    case 'equal':
      return value === criterion.value;
    case 'not equal':
      return value !== criterion.value;
    case 'pattern':
      return value !== undefined && criterion.value.test(value);
    case 'not pattern':
      return value === undefined || !criterion.value.test(value);
  }
}

/** The first thing that a rule says and that does not hold; undefined when it matches. */
function mismatchOf(
  rule: AccessRule,
  { host, method }: AccessTarget,
  reading: Reading,
  who: Who,
): string | undefined {
  if (!rule.domains.some((domain) => isDomain(domain, host, who))) return `is not for ${host}`;
  if (rule.methods?.includes(method) === false) return `is not for ${method}`;
  if (!isWhose(rule, who)) return reasonAgainst(rule, who);
  if (!isResource(rule, reading, who)) return `no resource matches ${reading.text}`;
  return isQuery(rule, reading) ? undefined : 'the query is another';
}
