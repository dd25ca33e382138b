import { POLICY_LEVELS, type PolicyRule } from './authorization_policy.ts';

/** What an access rule can ask of whoever wants something behind a proxy. */
export const ACCESS_LEVELS = ['bypass', ...POLICY_LEVELS] as const;
export type AccessLevel = (typeof ACCESS_LEVELS)[number];

/** Who may reach what behind reverse proxies: the first rule that matches decides. */
export interface AccessControl {
  /** What holds where no rule matches. */
  readonly default_policy: AccessLevel;
  readonly rules: readonly AccessRule[];
}

/** Matches when the domain matches, and whatever else it says. */
export interface AccessRule extends Pick<PolicyRule, 'subject' | 'networks'> {
  readonly policy: AccessLevel;
  /** Of which one must match. */
  readonly domains: readonly DomainPattern[];
  /** Of which one must match path and query. */
  readonly resources?: readonly RegExp[];
  readonly methods?: readonly string[];
  /** Of the outer list one must match: all of the inner one. */
  readonly query?: readonly (readonly QueryCriterion[])[];
}

/** RFC 9110 §9.1, as far as rules can be about it. */
export function isMethod(text: string): boolean {
  return text.length <= 32 && /^[A-Z]+(?:-[A-Z]+)*$/.test(text);
}

/** All in lower case, and without a port. */
export type DomainPattern =
  | { readonly kind: 'host'; readonly host: string }
  /** `*.example.com`: whatever is below it. */
  | { readonly kind: 'below'; readonly suffix: string }
  /** `{user}.example.com`: the person's own label below it. */
  | { readonly kind: 'user' | 'group'; readonly suffix: string }
  | { readonly kind: 'regex'; readonly pattern: RegExp };

export const QUERY_OPERATORS = [
  'equal',
  'not equal',
  'present',
  'absent',
  'pattern',
  'not pattern',
] as const;

export type QueryCriterion =
  | { readonly operator: 'present' | 'absent'; readonly key: string }
  | { readonly operator: 'equal' | 'not equal'; readonly key: string; readonly value: string }
  | { readonly operator: 'pattern' | 'not pattern'; readonly key: string; readonly value: RegExp };
