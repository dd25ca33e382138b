import {
  claimFromText,
  formatOf,
  isStandardClaim,
  STANDARD_CLAIM_NAMES,
} from '../../accounts/standard_claims.ts';
import type { PersonalData } from '../../accounts/personal_data.ts';
import type { Params } from '../../spec/params.ts';
import type { UserRecord } from '../../store/records.ts';

/** What forms call all that is no standard claim, as a JSON object. */
export const MORE = 'more';

type Known = Pick<UserRecord, 'groups' | 'claims' | 'attributes'>;

export const NOBODY: Known = { groups: [], claims: {}, attributes: {} };

/** What is known of a person, as it stands in the fields of a form. */
export function personTexts({ groups, claims, attributes }: Known): Record<string, string> {
  const more = Object.fromEntries(
    [...Object.entries(claims), ...Object.entries(attributes)].filter(([name]) =>
      !STANDARD_CLAIM_NAMES.includes(name)
    ),
  );
  const texts = STANDARD_CLAIM_NAMES.map((name) => {
    const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
    return [
      name,
      value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value),
    ];
  });
  return {
    ...Object.fromEntries(texts),
    groups: groups.join('\n'),
    [MORE]: Object.keys(more).length === 0 ? '' : JSON.stringify(more, null, 2),
  };
}

export interface FilledInPerson {
  readonly typed: Readonly<Record<string, string>>;
  readonly data: PersonalData;
  /** By field. */
  readonly problems: ReadonlyMap<string, string>;
}

/** What a form says of a person, of whom this was known: what is left empty is taken away. */
export function filledInPerson(form: Params, before: Known): FilledInPerson {
  const texts = new Map(form.pairs);
  const typed = Object.fromEntries(
    [...STANDARD_CLAIM_NAMES, 'groups', MORE].map((name) => [name, texts.get(name) ?? '']),
  );
  const claims: [string, unknown][] = [];
  const problems = new Map<string, string>();
  for (const name of STANDARD_CLAIM_NAMES) {
    const text = (typed[name] ?? '').trim();
    if (text === '') {
      if (Object.hasOwn(before.claims, name)) claims.push([name, null]);
      continue;
    }
    const checked = claimFromText(name, text);
    if (checked.ok) claims.push([name, checked.value]);
    else problems.set(name, checked.problem);
  }
  const more = moreOf(typed[MORE] ?? '');
  if (more === undefined) problems.set(MORE, 'must be a JSON object of what is known');
  const gone = [...Object.keys(before.claims), ...Object.keys(before.attributes)].filter((name) =>
    !STANDARD_CLAIM_NAMES.includes(name) && !Object.hasOwn(more ?? {}, name)
  );
  return {
    typed,
    data: {
      groups: linesOf(typed['groups'] ?? ''),
      claims: Object.fromEntries(claims),
      attributes: { ...Object.fromEntries(gone.map((name) => [name, null])), ...more },
    },
    problems,
  };
}

function linesOf(text: string): readonly string[] {
  return text.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== '');
}

/** Undefined for what is no map; what stands in a field of its own has none here. */
function moreOf(text: string): Readonly<Record<string, unknown>> | undefined {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isMap && Object.keys(value).every((name) => !STANDARD_CLAIM_NAMES.includes(name))
      ? value as Readonly<Record<string, unknown>>
      : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a field holds true or false. */
export function isTruth(name: string): boolean {
  return isStandardClaim(name) && formatOf(name) === 'boolean';
}
