import type { UserRecord } from '../store/records.ts';
import type { JsonValue } from '../store/store.ts';
import { claimFromJson, isStandardClaim } from './standard_claims.ts';

/** What is set of a person. Claims and attributes may stand under either name; the table of claims tells them apart. */
export interface PersonalData {
  readonly groups?: readonly string[] | undefined;
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
  readonly attributes?: Readonly<Record<string, unknown>> | undefined;
}

export interface ParsedPersonalData extends Pick<UserRecord, 'groups' | 'claims' | 'attributes'> {
  readonly problems: readonly string[];
}

/** Saying that something is verified is saying it of this value. */
const VERIFIED: readonly (readonly [claim: string, verified: string])[] = [
  ['email', 'email_verified'],
  ['phone_number', 'phone_number_verified'],
];

/** Merges new values into what was there: `null` removes, everything wrong is told at once. */
export function parsePersonalData(
  given: PersonalData,
  before: Pick<UserRecord, 'groups' | 'claims' | 'attributes'>,
): ParsedPersonalData {
  const values = new Map(Object.entries({ ...given.attributes, ...given.claims }));
  const claims = new Map(Object.entries(before.claims));
  const attributes = new Map(Object.entries(before.attributes));
  const problems = groupProblems(given.groups ?? []);
  for (const [claim, verified] of VERIFIED) {
    const isNew = values.has(claim) && values.get(claim) !== claims.get(claim);
    if (isNew && !values.has(verified)) claims.delete(verified);
  }
  for (const [name, value] of values) {
    const target: Map<string, JsonValue> = isStandardClaim(name) ? claims : attributes;
    const checked = claimFromJson(name, value);
    if (value === null) target.delete(name);
    else if (checked.ok) target.set(name, checked.value);
    else problems.push(checked.problem);
  }
  return {
    groups: given.groups === undefined ? before.groups : [...new Set(given.groups)],
    claims: Object.fromEntries(claims),
    attributes: Object.fromEntries(attributes),
    problems,
  };
}

function groupProblems(groups: readonly string[]): string[] {
  // deno-lint-ignore no-control-regex
  const isName = (group: string) => /^(?! )[^\u0000-\u001f\u007f-\u009f]{1,128}(?<! )$/.test(group);
  return groups.filter((group) => !isName(group)).map((group) =>
    `"${group.slice(0, 128)}" cannot be the name of a group`
  );
}
