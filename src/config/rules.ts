import { POLICY_LEVELS } from '../spec/authorization_policy.ts';
import type { Client } from '../spec/client.ts';
import { clientProblems } from '../spec/client_problems.ts';
import { meant, type Mistake, mistake } from '../spec/mistake.ts';
import { ADMIN_SCOPES, RESERVED_SCOPE_PREFIX } from '../spec/administration.ts';
import { parseScope, STANDARD_SCOPES } from '../spec/scopes.ts';
import { accessControlRules, accessDoubts } from './access_control.ts';
import { authorizationPolicyRules, policyClientDoubts } from './authorization_policies.ts';
import { attributeRules, claimsPolicyRules, scopeClaimDoubts } from './claim_rules.ts';
import { forwardAuthRules } from './forward_auth_options.ts';
import { defaultIssuer, issuerProblem, rpIdProblem } from './issuer.ts';
import { clientDoubts } from './client_doubts.ts';
import { notifierDoubts, notifierRules } from './notifier_options.ts';
import { registrationRules } from './registration_options.ts';
import type { ParsedOptions } from './schema.ts';
import { exchangeDoubts, tokenExchangeRules } from './token_exchange_options.ts';
import { trustedIssuerRules } from './trusted_issuer_options.ts';

/** The options that parsed; what did not has been reported already, and rules that need it are silent. */
export type Draft =
  & { readonly [K in Exclude<keyof ParsedOptions, 'clients' | 'resources'>]?: ParsedOptions[K] }
  & {
    readonly clients: readonly DraftOf<ParsedOptions['clients'][number]>[];
    readonly resources: readonly DraftOf<ParsedOptions['resources'][number]>[];
  };

export type DraftOf<T> =
  | { readonly whole: true; readonly value: T }
  | { readonly whole: false; readonly value: Partial<T> };

/** What contradicts itself across options. */
export function brokenRules(draft: Draft): readonly Mistake[] {
  return [
    ...issuerRules(draft),
    ...passkeyRules(draft),
    ...aliasRules(draft),
    ...scopeRules(draft),
    ...resourceRules(draft),
    ...clientRules(draft),
    ...attributeRules(draft),
    ...claimsPolicyRules(draft),
    ...signUpRules(draft),
    ...notifierRules(draft.notifier),
    ...authorizationPolicyRules(draft),
    ...accessControlRules(draft),
    ...forwardAuthRules(draft),
    ...tokenExchangeRules(
      draft.token_exchange_policies,
      knownScopes(draft),
      draft.trusted_issuers && Object.keys(draft.trusted_issuers),
    ),
    ...trustedIssuerRules(draft.trusted_issuers, issuerOf(draft)),
    ...registrationRules(draft.registration, knownScopes(draft)),
  ];
}

/** What is probably not meant, but cannot be told from the file alone. */
export function doubts(draft: Draft): readonly Mistake[] {
  return [
    ...introspectionDoubts(draft),
    ...scopeClaimDoubts(draft),
    ...policyClientDoubts(draft),
    ...accessDoubts(draft),
    ...exchangeDoubts(draft),
    ...notifierDoubts(draft.notifier),
  ];
}

function introspectionDoubts(draft: Draft): readonly Mistake[] {
  const named = draft.resources.flatMap(({ value }, index) =>
    (value.introspection_clients ?? []).map((client_id, place) => ({
      path: ['resources', index, 'introspection_clients', place],
      client_id,
    }))
  );
  return clientDoubts(named, draft);
}

/** The issuer, or the one that follows from where the server listens. */
export function issuerOf({ issuer, listen }: IssuerOptions): string {
  return issuer ?? defaultIssuer(listen?.port ?? 9091, listen?.tls !== undefined);
}

interface IssuerOptions {
  readonly issuer?: string | undefined;
  readonly listen?: { readonly port: number; readonly tls?: object | undefined } | undefined;
}

function issuerRules(draft: Draft): readonly Mistake[] {
  if (draft.issuer === undefined) return [];
  const problem = issuerProblem(draft.issuer, draft.development ?? false);
  return problem === undefined ? [] : [mistake(['issuer'], problem, draft.issuer)];
}

/** What holds for the URL of an issuer holds for what stands in its place. */
function aliasRules({ mtls_endpoint_aliases: alias, development }: Draft): readonly Mistake[] {
  const problem = alias === undefined ? undefined : issuerProblem(alias, development ?? false);
  return problem === undefined ? [] : [mistake(['mtls_endpoint_aliases'], problem, alias)];
}

function passkeyRules(draft: Draft): readonly Mistake[] {
  const { passkey_rp_id } = draft;
  if (passkey_rp_id === undefined) return [];
  const problem = rpIdProblem(passkey_rp_id, issuerOf(draft));
  return problem === undefined ? [] : [mistake(['passkey_rp_id'], problem, passkey_rp_id)];
}

/** What strangers say of themselves has no place in a file that administrators keep. */
function signUpRules({ sign_up, users_file }: Draft): readonly Mistake[] {
  return sign_up === 'open' && users_file !== undefined
    ? [mistake(['sign_up'], 'must be closed when people are kept in users_file', sign_up)]
    : [];
}

function scopeRules(draft: Draft): readonly Mistake[] {
  return Object.keys(draft.scopes ?? {}).flatMap((scope) => {
    if (['openid', 'offline_access'].includes(scope)) {
      return [mistake(['scopes', scope], 'must not be redefined')];
    }
    return scope.startsWith(RESERVED_SCOPE_PREFIX)
      ? [mistake(['scopes', scope], `must not begin with ${RESERVED_SCOPE_PREFIX}`)]
      : [];
  });
}

function resourceRules(draft: Draft): readonly Mistake[] {
  const mistakes: Mistake[] = [];
  const seen = new Map<string, number>();
  for (const [index, { value: { resource, scope } }] of draft.resources.entries()) {
    if (scope?.some((each) => each.startsWith(RESERVED_SCOPE_PREFIX))) {
      mistakes.push(
        mistake(['resources', index, 'scope'], `must not begin with ${RESERVED_SCOPE_PREFIX}`),
      );
    }
    if (resource === undefined) continue;
    const earlier = seen.get(resource);
    if (earlier === undefined) seen.set(resource, index);
    else {
      mistakes.push(
        mistake(
          ['resources', index, 'resource'],
          `must differ from that of resources[${earlier}]`,
          resource,
        ),
      );
    }
  }
  return mistakes;
}

function clientRules(draft: Draft): readonly Mistake[] {
  const mistakes: Mistake[] = [];
  const seen = new Map<string, number>();
  const scopes = knownScopes(draft);
  const { profile = 'default' } = draft;
  const lifespans = draft.lifespans && Object.keys(draft.lifespans.custom);
  const policies = draft.claims_policies && Object.keys(draft.claims_policies);
  const exchanges = draft.token_exchange_policies && Object.keys(draft.token_exchange_policies);
  const authorizationPolicies = draft.authorization_policies && [
    ...POLICY_LEVELS,
    ...Object.keys(draft.authorization_policies),
  ];
  for (const [index, { whole, value: client }] of draft.clients.entries()) {
    const at = (field: string, problem: string, value?: unknown): void => {
      mistakes.push(mistake(['clients', index, field], problem, value));
    };
    const { client_id = '', lifespan, claims_policy, authorization_policy } = client;
    const { token_exchange_policy } = client;
    const earlier = seen.get(client_id);
    if (earlier !== undefined) {
      at('client_id', `must differ from that of clients[${earlier}]`, client_id);
    } else if (client_id !== '') seen.set(client_id, index);
    if (whole) {
      for (const { field, problem } of clientProblems(client as Client, profile)) {
        at(field, problem);
      }
    }
    for (const scope of parseScope(client.scope ?? '') ?? []) {
      if (scopes === undefined || scopes.has(scope)) continue;
      at('scope', `names an unknown scope${meant(scope, [...scopes])}`, scope);
    }
    if (lifespan !== undefined && lifespans?.includes(lifespan) === false) {
      at(
        'lifespan',
        `must be a name under lifespans.custom${meant(lifespan, lifespans)}`,
        lifespan,
      );
    }
    if (claims_policy !== undefined && policies?.includes(claims_policy) === false) {
      at(
        'claims_policy',
        `must be a name under claims_policies${meant(claims_policy, policies)}`,
        claims_policy,
      );
    }
    if (
      token_exchange_policy !== undefined && exchanges?.includes(token_exchange_policy) === false
    ) {
      at(
        'token_exchange_policy',
        `must be a name under token_exchange_policies${meant(token_exchange_policy, exchanges)}`,
        token_exchange_policy,
      );
    }
    if (
      authorization_policy !== undefined &&
      authorizationPolicies?.includes(authorization_policy) === false
    ) {
      const hint = meant(authorization_policy, authorizationPolicies);
      at(
        'authorization_policy',
        `must be a name under authorization_policies, or one of ${POLICY_LEVELS.join(', ')}${hint}`,
        authorization_policy,
      );
    }
  }
  return mistakes;
}

/** Undefined when a place that defines scopes did not parse. */
function knownScopes(draft: Draft): ReadonlySet<string> | undefined {
  if (draft.scopes === undefined || draft.resources.some(({ whole }) => !whole)) return undefined;
  return new Set([
    ...STANDARD_SCOPES.keys(),
    ...ADMIN_SCOPES,
    ...Object.keys(draft.scopes),
    ...draft.resources.flatMap(({ value }) => value.scope ?? []),
  ]);
}
