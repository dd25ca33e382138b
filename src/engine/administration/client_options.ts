import * as v from 'valibot';
import { POLICY_LEVELS } from '../../spec/authorization_policy.ts';
import {
  CLIENT_METADATA,
  type ClientMetadata,
  clientMetadataSchema,
} from '../../spec/client_metadata.ts';
import { clientProblems } from '../../spec/client_problems.ts';
import { meant } from '../../spec/mistake.ts';
import { parseScope } from '../../spec/scopes.ts';
import { ruleOf, section } from '../../spec/section.ts';
import type { Settings } from '../../spec/settings.ts';
import { done, type Outcome, refused } from './outcome.ts';

/** Metadata for a client of the store: RFC 7591's and ours, in harmony with itself and with the settings. */
export function parseClientOptions(
  input: unknown,
  hasSecret: boolean,
  settings: Settings,
): Outcome<ClientMetadata> {
  const parsed = v.safeParse(CLIENT_OPTIONS, input, { message: ruleOf });
  if (!parsed.success) return refused(parsed.issues.map(inWords).join('; '));
  const metadata = parsed.output;
  const problems = [
    ...clientProblems(hasSecret ? { ...metadata, client_secret: '' } : metadata)
      .map(({ field, problem }) => `${field} ${problem}`),
    ...referenceProblems(metadata, settings),
  ];
  return problems.length === 0 ? done(metadata) : refused(problems.join('; '));
}

/** The rows of the table, with every unknown field reported rather than the first. */
const CLIENT_OPTIONS = section(
  Object.fromEntries(Object.entries(CLIENT_METADATA).map(([field, row]) => [field, row.schema])),
) as unknown as typeof clientMetadataSchema;

function inWords(issue: v.BaseIssue<unknown>): string {
  const path = (issue.path ?? []).map(({ key }) => String(key)).join('.');
  return path === '' ? `metadata ${issue.message}` : `${path} ${issue.message}`;
}

function referenceProblems(metadata: ClientMetadata, settings: Settings): readonly string[] {
  const known = new Set([...settings.resources.values()].flatMap(({ scope }) => scope));
  const unknown = (parseScope(metadata.scope) ?? [])
    .filter((scope) => !settings.scopes.has(scope) && !known.has(scope));
  const problems = unknown.map((scope) => `scope names an unknown scope: ${scope}`);
  const { lifespan, claims_policy, authorization_policy } = metadata;
  if (lifespan !== undefined && !settings.custom_lifespans.has(lifespan)) {
    problems.push(`lifespan must be a name under lifespans.custom: got ${lifespan}`);
  }
  if (claims_policy !== undefined && !settings.claims_policies.has(claims_policy)) {
    problems.push(`claims_policy must be a name under claims_policies: got ${claims_policy}`);
  }
  const policies = [...POLICY_LEVELS, ...settings.authorization_policies.keys()];
  if (!policies.includes(authorization_policy)) {
    const hint = meant(authorization_policy, policies);
    problems.push(
      `authorization_policy must be a name under authorization_policies, or one of ${
        POLICY_LEVELS.join(', ')
      }${hint}: got ${authorization_policy}`,
    );
  }
  return problems;
}
