import { BUILT_IN_ATTRIBUTES } from '../accounts/attributes.ts';
import { compileExpression } from '../accounts/expression.ts';
import {
  isKnownClaim,
  isReservedClaim,
  isStandardClaim,
  STANDARD_CLAIM_NAMES,
} from '../accounts/standard_claims.ts';
import { meant, type Mistake, mistake } from '../spec/mistake.ts';
import type { Draft } from './rules.ts';

/** Of attributes, declared or computed. */
export function attributeRules({ definitions }: Draft): readonly Mistake[] {
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

/** Of what goes where. */
export function claimsPolicyRules(draft: Draft): readonly Mistake[] {
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
export function scopeClaimDoubts(
  { scopes, definitions, claims_policies }: Draft,
): readonly Mistake[] {
  const known = [
    ...STANDARD_CLAIM_NAMES,
    ...BUILT_IN_ATTRIBUTES,
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
