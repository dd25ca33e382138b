import { BUILT_IN_ATTRIBUTES } from '../accounts/attributes.ts';
import { compileExpression } from '../accounts/expression.ts';
import {
  isKnownClaim,
  isReservedClaim,
  isStandardClaim,
  STANDARD_CLAIM_NAMES,
} from '../accounts/standard_claims.ts';
import type { Client } from '../spec/client.ts';
import { clientProblems } from '../spec/client_problems.ts';
import { parseScope, STANDARD_SCOPES } from '../spec/scopes.ts';
import { nearestName } from '../spec/suggest.ts';
import { defaultIssuer, issuerProblem } from './issuer.ts';
import { type Mistake, shownValue } from './mistake.ts';
import type { ParsedOptions } from './schema.ts';

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
    ...scopeRules(draft),
    ...resourceRules(draft),
    ...clientRules(draft),
    ...attributeRules(draft),
    ...claimsPolicyRules(draft),
  ];
}

/** What is probably not meant, but cannot be told from the file alone. */
export function doubts(draft: Draft): readonly Mistake[] {
  return [...introspectionDoubts(draft), ...scopeClaimDoubts(draft)];
}

function introspectionDoubts(draft: Draft): readonly Mistake[] {
  const known = new Set(draft.clients.map(({ value }) => value.client_id));
  return draft.resources.flatMap(({ value }, index) =>
    (value.introspection_clients ?? []).flatMap((client_id, place) =>
      known.has(client_id) ? [] : [mistake(
        ['resources', index, 'introspection_clients', place],
        'names a client that this file does not define; it must then be in the store',
        client_id,
      )]
    )
  );
}

/** The issuer, or the one that follows from where the server listens. */
export function issuerOf(draft: Pick<Draft, 'issuer' | 'listen'>): string {
  return draft.issuer ??
    defaultIssuer(draft.listen?.port ?? 9091, draft.listen?.tls !== undefined);
}

function issuerRules(draft: Draft): readonly Mistake[] {
  if (draft.issuer === undefined) return [];
  const problem = issuerProblem(draft.issuer, draft.development ?? false);
  return problem === undefined ? [] : [mistake(['issuer'], problem, draft.issuer)];
}

function scopeRules(draft: Draft): readonly Mistake[] {
  return ['openid', 'offline_access']
    .filter((scope) => Object.hasOwn(draft.scopes ?? {}, scope))
    .map((scope) => mistake(['scopes', scope], 'must not be redefined'));
}

function resourceRules(draft: Draft): readonly Mistake[] {
  const mistakes: Mistake[] = [];
  const seen = new Map<string, number>();
  for (const [index, { value: { resource } }] of draft.resources.entries()) {
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
  const lifespans = draft.lifespans && Object.keys(draft.lifespans.custom);
  const policies = draft.claims_policies && Object.keys(draft.claims_policies);
  for (const [index, { whole, value: client }] of draft.clients.entries()) {
    const at = (field: string, problem: string, value?: unknown): void => {
      mistakes.push(mistake(['clients', index, field], problem, value));
    };
    const { client_id = '', lifespan, claims_policy } = client;
    const earlier = seen.get(client_id);
    if (earlier !== undefined) {
      at('client_id', `must differ from that of clients[${earlier}]`, client_id);
    } else if (client_id !== '') seen.set(client_id, index);
    if (whole) {
      for (const { field, problem } of clientProblems(client as Client)) at(field, problem);
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
  }
  return mistakes;
}

function attributeRules({ definitions }: Draft): readonly Mistake[] {
  const attributes = Object.entries(definitions?.user_attributes ?? {});
  const declared = new Map(
    attributes.filter(([, { expression }]) => expression === undefined)
      .map(([name, { value_type = 'string', multi_valued }]) =>
        [name, { kind: 'declared', value_type, multi_valued }] as const
      ),
  );
  return attributes.flatMap(([name, { expression, value_type, multi_valued }]) => {
    const path = ['definitions', 'user_attributes', name];
    const mistakes: Mistake[] = [];
    if (isReservedClaim(name)) mistakes.push(mistake(path, 'is a name of the protocol’s own'));
    else if (isKnownClaim(name) || BUILT_IN_ATTRIBUTES.includes(name)) {
      mistakes.push(mistake(path, 'is a standard claim or attribute: everybody has it as it is'));
    }
    if (expression === undefined) return mistakes;
    if (value_type !== undefined || multi_valued) {
      const field = value_type === undefined ? 'multi_valued' : 'value_type';
      mistakes.push(mistake([...path, field], 'must be absent beside expression'));
    }
    const compiled = compileExpression(expression, declared);
    if (!compiled.ok) {
      mistakes.push(mistake([...path, 'expression'], compiled.problem, expression));
    }
    return mistakes;
  });
}

function claimsPolicyRules(draft: Draft): readonly Mistake[] {
  const { claims_policies = {}, scopes, definitions } = draft;
  const attributes = definitions && [
    ...STANDARD_CLAIM_NAMES,
    ...BUILT_IN_ATTRIBUTES,
    ...Object.keys(definitions.user_attributes),
  ];
  return Object.entries(claims_policies).flatMap(([name, policy]) => {
    const mistakes: Mistake[] = [];
    const path = ['claims_policies', name];
    for (const [claim, { attribute = claim }] of Object.entries(policy.custom_claims)) {
      const at = [...path, 'custom_claims', claim];
      if (isReservedClaim(claim)) mistakes.push(mistake(at, 'is set by the server: rename it'));
      else if (attributes?.includes(attribute) === false && !isStandardClaim(attribute)) {
        const hint = meant(attribute, attributes);
        mistakes.push(
          mistake(
            [...at, 'attribute'],
            `must be a standard claim or a name under definitions.user_attributes${hint}`,
            attribute,
          ),
        );
      }
    }
    const known = scopes && [
      ...STANDARD_CLAIM_NAMES,
      'groups',
      'updated_at',
      ...Object.keys(policy.custom_claims),
      ...Object.values(scopes).flatMap(({ claims }) => claims),
    ];
    for (const place of ['id_token', 'access_token'] as const) {
      for (const [index, claim] of policy[place].entries()) {
        const at = [...path, place, index];
        if (isReservedClaim(claim)) {
          mistakes.push(mistake(at, 'is set by the server, whatever a policy says', claim));
        } else if (known?.includes(claim) === false && !isStandardClaim(claim)) {
          mistakes.push(
            mistake(
              at,
              `must be a standard claim, one of custom_claims or of a scope${meant(claim, known)}`,
              claim,
            ),
          );
        }
      }
    }
    return mistakes;
  });
}

/** A person may have attributes that nobody declared. */
function scopeClaimDoubts({ scopes, definitions, claims_policies }: Draft): readonly Mistake[] {
  const known = [
    ...STANDARD_CLAIM_NAMES,
    'groups',
    'updated_at',
    ...Object.keys(definitions?.user_attributes ?? {}),
    ...Object.values(claims_policies ?? {}).flatMap(({ custom_claims }) =>
      Object.keys(custom_claims)
    ),
  ];
  return Object.entries(scopes ?? {}).flatMap(([scope, { claims }]) =>
    claims.flatMap((claim, index) => {
      if (known.includes(claim) || isStandardClaim(claim)) return [];
      const path = ['scopes', scope, 'claims', index];
      return [
        isReservedClaim(claim)
          ? mistake(path, 'is set by the server: no scope adds it', claim)
          : mistake(
            path,
            `is neither a standard claim nor defined here; people then need such an attribute${
              meant(claim, known)
            }`,
            claim,
          ),
      ];
    })
  );
}

/** Undefined when a place that defines scopes did not parse. */
function knownScopes(draft: Draft): ReadonlySet<string> | undefined {
  if (draft.scopes === undefined || draft.resources.some(({ whole }) => !whole)) return undefined;
  return new Set([
    ...STANDARD_SCOPES.keys(),
    ...Object.keys(draft.scopes),
    ...draft.resources.flatMap(({ value }) => value.scope ?? []),
  ]);
}

function meant(typed: string, known: readonly string[]): string {
  const name = nearestName(typed, known);
  return name === undefined ? '' : `; did you mean ${name}?`;
}

function mistake(path: Mistake['path'], problem: string, value?: unknown): Mistake {
  const shown = shownValue(path, value);
  return shown === undefined ? { path, problem } : { path, problem, value: shown };
}
