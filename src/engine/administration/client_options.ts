import { byteLength } from '../../spec/byte_length.ts';
import * as v from 'valibot';
import { ADMIN_SCOPES } from '../../spec/administration.ts';
import { POLICY_LEVELS } from '../../spec/authorization_policy.ts';
import { type ClientMetadata, clientMetadataSchema } from '../../spec/client_metadata.ts';
import { type ClientProblem, clientProblems } from '../../spec/client_problems.ts';
import { usesSecret } from '../../spec/client_proof.ts';
import { meant } from '../../spec/mistake.ts';
import { withProfile } from '../../spec/profile_client.ts';
import { parseScope } from '../../spec/scopes.ts';
import { ruleOf } from '../../spec/section.ts';
import type { Settings } from '../../spec/settings.ts';
import { keyIdProblems } from '../client_algorithms.ts';
import type { Engine } from '../engine.ts';
import { sectorProblem } from '../sector.ts';

export type ParsedMetadata =
  | { readonly ok: true; readonly metadata: ClientMetadata }
  | { readonly ok: false; readonly problems: readonly ClientProblem[] };

/**
 * Metadata for a client of the store by the form of its fields: RFC 7591's and ours, and no others. What stands already
 * and is not given stays, save where a profile makes something else of a general default.
 */
export function parseMetadata(
  given: unknown,
  { settings }: Pick<Engine, 'settings'>,
  standing?: Readonly<Record<string, unknown>>,
): ParsedMetadata {
  const input = withProfile(given, settings.profile, standing);
  const parsed = v.safeParse(clientMetadataSchema, input, { message: ruleOf });
  return parsed.success
    ? { ok: true, metadata: parsed.output }
    : { ok: false, problems: parsed.issues.map(problemOf) };
}

/**
 * What metadata that parsed contradicts: itself, the settings, our keys, its record's size, and at last what lies at its
 * sector_identifier_uri. A secret that it needs is taken to be there. T085
 */
export async function metadataProblems(
  metadata: ClientMetadata,
  engine: Engine,
  before?: ClientMetadata,
): Promise<readonly ClientProblem[]> {
  const secret = usesSecret(metadata) ? { client_secret: '' } : {};
  const problems = [
    ...clientProblems({ ...metadata, ...secret }, engine.settings.profile),
    ...referenceProblems(metadata, engine.settings),
    ...keyIdProblems(metadata, engine),
    ...sizeProblems(metadata),
  ];
  if (problems.length > 0) return problems;
  const sector = await sectorProblem(metadata, engine, before);
  return sector === undefined ? [] : [sector];
}

export function problemText(problems: readonly ClientProblem[]): string {
  return problems.map(({ field, problem }) => `${field} ${problem}`).join('; ');
}

/** UTF-8 bytes of JSON: a record of the store holds half as much again, and has more in it than metadata. */
const MAX_BYTES = 40 * 1024;

function problemOf(issue: v.BaseIssue<unknown>): ClientProblem {
  const path = (issue.path ?? []).map(({ key }) => String(key)).join('.');
  return { field: path === '' ? 'metadata' : path, problem: issue.message };
}

function sizeProblems(metadata: ClientMetadata): readonly ClientProblem[] {
  const bytes = byteLength(JSON.stringify(metadata));
  return bytes <= MAX_BYTES
    ? []
    : [{ field: 'metadata', problem: `must be at most ${MAX_BYTES / 1024} KiB in all` }];
}

/** What a client names that the settings do not have. */
export function referenceProblems(
  metadata: ClientMetadata,
  settings: Settings,
): readonly ClientProblem[] {
  const ofResources = [...settings.resources.values()].flatMap(({ scope }) => scope);
  const known = new Set<string>([...ADMIN_SCOPES, ...ofResources]);
  const problems: ClientProblem[] = (parseScope(metadata.scope) ?? [])
    .filter((scope) => !settings.scopes.has(scope) && !known.has(scope))
    .map((scope) => ({ field: 'scope', problem: `names an unknown scope: ${scope}` }));
  const { lifespan, claims_policy, authorization_policy } = metadata;
  if (lifespan !== undefined && !settings.custom_lifespans.has(lifespan)) {
    problems.push({
      field: 'lifespan',
      problem: `must be a name under lifespans.custom: got ${lifespan}`,
    });
  }
  if (claims_policy !== undefined && !settings.claims_policies.has(claims_policy)) {
    problems.push({
      field: 'claims_policy',
      problem: `must be a name under claims_policies: got ${claims_policy}`,
    });
  }
  const { token_exchange_policy } = metadata;
  if (
    token_exchange_policy !== undefined &&
    !settings.token_exchange_policies.has(token_exchange_policy)
  ) {
    problems.push({
      field: 'token_exchange_policy',
      problem: `must be a name under token_exchange_policies: got ${token_exchange_policy}`,
    });
  }
  const policies = [...POLICY_LEVELS, ...settings.authorization_policies.keys()];
  if (!policies.includes(authorization_policy)) {
    const hint = meant(authorization_policy, policies);
    problems.push({
      field: 'authorization_policy',
      problem: `must be a name under authorization_policies, or one of ${
        POLICY_LEVELS.join(', ')
      }${hint}: got ${authorization_policy}`,
    });
  }
  return problems;
}
