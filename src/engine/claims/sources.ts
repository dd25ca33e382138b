import {
  BUILT_IN_ATTRIBUTES,
  type DeclaredAttribute,
  declaredValue,
  storedValue,
} from '../../accounts/attributes.ts';
import { claimOf } from '../../accounts/directory.ts';
import { type CompiledExpression, compileExpression } from '../../accounts/expression.ts';
import {
  isKnownClaim,
  isReservedClaim,
  isStandardClaim,
  STANDARD_CLAIM_NAMES,
} from '../../accounts/standard_claims.ts';
import type { Client } from '../../spec/client.ts';
import type { Settings } from '../../spec/settings.ts';
import type { UserRecord } from '../../store/records.ts';
import type { JsonValue } from '../../store/store.ts';
import type { Engine } from '../engine.ts';

/** Where the value of a claim is taken from. */
export interface Source {
  readonly kind: 'standard' | 'declared' | 'computed' | 'stored';
  /** The attribute, or the claim of Core §5.1. */
  readonly name: string;
  readonly read: (user: UserRecord, engine: Engine) => JsonValue | undefined;
}

/** What is told by a claims policy, or by none. */
type PolicyUser = Pick<Client, 'claims_policy'>;

/** The source of a claim for a client; undefined for claims of the protocol, and what the configuration gives nobody. */
export function sourceOf(
  claim: string,
  client: PolicyUser,
  settings: Settings,
): Source | undefined {
  const source = sourcesFor(client, settings).get(claim);
  if (source !== undefined || !claim.includes('#')) return source;
  return isStandardClaim(claim) ? taggedSource(claim) : undefined;
}

/** Undefined for nothing, be it null or an empty text. */
export function valueOf(source: Source, user: UserRecord, engine: Engine): JsonValue | undefined {
  const value = source.read(user, engine);
  return value === null || value === '' ? undefined : value;
}

type Sources = ReadonlyMap<string, Source>;

interface Plan {
  /** Of clients without a policy. */
  readonly common: Sources;
  readonly byPolicy: ReadonlyMap<string, Sources>;
}

/** Made once per reload of the settings. */
const plans = new WeakMap<Settings, Plan>();

function sourcesFor({ claims_policy }: PolicyUser, settings: Settings): Sources {
  let plan = plans.get(settings);
  if (plan === undefined) {
    plan = planOf(settings);
    plans.set(settings, plan);
  }
  return claims_policy === undefined
    ? plan.common
    : plan.byPolicy.get(claims_policy) ?? plan.common;
}

function planOf(settings: Settings): Plan {
  const attributes = new Map<string, Source>();
  const attributeSource = (name: string): Source => {
    const source = attributes.get(name) ?? newSource(name, settings);
    attributes.set(name, source);
    return source;
  };
  const common = new Map<string, Source>();
  const standard = [...STANDARD_CLAIM_NAMES, 'groups', 'updated_at'];
  const ofScopes = [...settings.scopes.values()].flatMap(({ claims }) => claims);
  for (const claim of [...standard, ...ofScopes]) {
    if (!isReservedClaim(claim)) common.set(claim, attributeSource(claim));
  }
  const byPolicy = new Map<string, Sources>();
  for (const [policy, { custom_claims }] of settings.claims_policies) {
    const sources = new Map(common);
    for (const [claim, { attribute }] of custom_claims) {
      if (!isReservedClaim(claim)) sources.set(claim, attributeSource(attribute));
    }
    byPolicy.set(policy, sources);
  }
  return { common, byPolicy };
}

function newSource(name: string, settings: Settings): Source {
  const attribute = settings.user_attributes.get(name);
  if (isKnownClaim(name) || BUILT_IN_ATTRIBUTES.includes(name)) return standardSource(name);
  if (attribute === undefined) {
    return { kind: 'stored', name, read: (user) => storedValue(user, name) };
  }
  return attribute.kind === 'declared'
    ? declaredSource(name, attribute)
    : computedSource(name, attribute.expression, settings);
}

function standardSource(name: string): Source {
  return {
    kind: 'standard',
    name,
    read: name === 'username' ? ({ username }) => username : (user) => claimOf(user, name),
  };
}

/** Language tags mean the same in any case. Core §5.2 */
function taggedSource(name: string): Source {
  const wanted = name.toLowerCase();
  const read = (user: UserRecord): JsonValue | undefined => {
    const found = Object.keys(user.claims).find((each) => each.toLowerCase() === wanted);
    return found === undefined ? undefined : user.claims[found];
  };
  return { kind: 'standard', name, read };
}

function declaredSource(name: string, attribute: DeclaredAttribute): Source {
  return { kind: 'declared', name, read: (user) => declaredValue(user, name, attribute) };
}

/** Compiled at first need; what fails is logged once, as it would fail for thousands in the same way. */
function computedSource(name: string, expression: string, settings: Settings): Source {
  let compiled: CompiledExpression | undefined;
  let isLogged = false;
  return {
    kind: 'computed',
    name,
    read(user, engine) {
      compiled ??= compileExpression(expression, settings.user_attributes);
      try {
        if (!compiled.ok) throw new TypeError(`Cannot compute ${name} as it ${compiled.problem}`);
        return compiled.evaluate(user);
      } catch (error) {
        if (!isLogged) engine.log('warn', 'attribute.failed', { attribute: name, cause: error });
        isLogged = true;
        return undefined;
      }
    },
  };
}
