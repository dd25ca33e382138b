import type {
  AuthorizationPolicy,
  PolicyRule,
  PolicySubject,
} from '../../spec/authorization_policy.ts';
import { adminResource } from '../../spec/administration.ts';
import { pathText } from '../../spec/mistake.ts';
import type { Actor, AuditRecord } from '../../store/records.ts';
import type {
  ConfigurationOutcome,
  IssuerView,
  OptionChange,
  OptionView,
} from '../configuration.ts';
import type { Engine } from '../engine.ts';
import { done, type Outcome, refused } from './outcome.ts';

/** What the file and the store set for an issuer, by path. */
export interface OptionsView {
  readonly items: readonly OptionView[];
  readonly version: string;
}

export async function readOptions({ configuration }: Engine): Promise<OptionsView> {
  // The version first: a change that comes between makes the next one of the caller's fail, not count unseen.
  const version = await configuration.version();
  return { items: await configuration.options(), version };
}

export interface ChangedOptions {
  readonly applied: boolean;
  /** By path, before and after. */
  readonly changes: AuditRecord['changes'];
  readonly version: string;
}

export interface OptionRules {
  readonly isDry: boolean;
  /** What the version must be; absent: any. */
  readonly isExpected?: ((version: string) => boolean) | undefined;
}

/** Sets options in the store, or takes them back: all of them, or none. */
export async function changeOptions(
  changes: readonly OptionChange[],
  by: Actor,
  { configuration }: Engine,
  { isDry, isExpected }: OptionRules,
): Promise<Outcome<ChangedOptions>> {
  const bound = isExpected === undefined ? undefined : await configuration.version();
  if (bound !== undefined && isExpected?.(bound) === false) {
    return refused('the configuration is no longer as it was read', 'changed');
  }
  const rules = { isDry, ...bound !== undefined && { version: bound } };
  const outcome = outcomeOf(await configuration.change(changes, by, rules));
  if (outcome.kind === 'refused') return outcome;
  const { changes: made, version } = outcome.value;
  return done({ applied: !isDry, changes: made, version });
}

export type AdministeredIssuer = IssuerView & {
  /** Where it is administered. */
  readonly api: string;
};

export async function listIssuers(
  { configuration }: Engine,
): Promise<readonly AdministeredIssuer[]> {
  return (await configuration.issuers()).map(administered);
}

/** Serves another issuer, with keys, clients and options of its own. */
export async function addIssuer(
  url: string,
  by: Actor,
  { configuration }: Engine,
): Promise<Outcome<AdministeredIssuer>> {
  const known = (await configuration.issuers()).some(({ issuer }) => issuer === url);
  if (known) return refused(`there is an issuer ${url} already`, 'conflict');
  const outcome = outcomeOf(await configuration.addIssuer(url, by));
  return outcome.kind === 'refused' ? outcome : done(administered(outcome.value));
}

/** Ends to serve an issuer of the store; what is kept for it is there again when it comes back. */
export async function removeIssuer(
  url: string,
  by: Actor,
  { configuration }: Engine,
): Promise<Outcome<IssuerView>> {
  const known = (await configuration.issuers()).find(({ issuer }) => issuer === url);
  if (known?.provenance === 'file') {
    const problem = `${url} is an issuer of the configuration file: change it there`;
    return refused(problem, 'elsewhere');
  }
  if (known === undefined) return refused(`there is no issuer ${JSON.stringify(url)}`, 'missing');
  return outcomeOf(await configuration.removeIssuer(url, by));
}

function administered(view: IssuerView): AdministeredIssuer {
  return { ...view, api: adminResource(view.issuer) };
}

function outcomeOf<T>(outcome: ConfigurationOutcome<T>): Outcome<T> {
  if (outcome.kind === 'done') return done(outcome.value);
  const { problem, mistakes, isConflict } = outcome;
  if (isConflict === true) return refused(problem, 'changed');
  if (mistakes.length === 0) return refused(problem);
  // The path of an option is none into the body, which names options by a path of its own.
  const problems = mistakes.map((each) => ({
    field: '',
    problem: `${pathText(each.path)} ${each.problem}`,
  }));
  return { ...refused(problem), problems };
}

/** What clients may name in their metadata, as it counts now, in the words of the configuration. */
export function namedConfiguration({ settings }: Engine): Readonly<Record<string, unknown>> {
  const { authorization_policies, claims_policies, scopes, resources } = settings;
  const { lifespans, custom_lifespans, token_exchange_policies } = settings;
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
    token_exchange_policies: Object.fromEntries(
      Array.from(token_exchange_policies, ([name, { actors, ...policy }]) => [name, {
        ...policy,
        ...actors !== undefined && { actors: actors.map(subjectText) },
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

function subjectText({ kind, name }: PolicySubject): string {
  return `${kind}:${name}`;
}

function ruleView({ policy, subject, networks }: PolicyRule): unknown {
  return {
    policy,
    ...subject !== undefined && {
      subject: subject.map((all) => all.map(subjectText)),
    },
    ...networks !== undefined && { networks: networks.map(({ name }) => name) },
  };
}
