import * as v from 'valibot';
import { isMap } from './is_map.ts';
import { nearestName } from './suggest.ts';

/**
 * A map of options. Unlike valibot's own strict object it reports every unknown key, with what it may have meant, and
 * takes no list for a map.
 */
export function section<const E extends v.ObjectEntries>(
  entries: E,
): v.StrictObjectSchema<E, undefined> {
  const known = Object.keys(entries);
  const strict = v.strictObject(entries);
  const run: typeof strict['~run'] = (dataset, config) => {
    const input = dataset.value;
    if (!isMap(input)) return strict['~run']({ value: input === null ? null : '' }, config);
    const [ours, others] = split(input, known);
    const result = strict['~run']({ value: ours }, config);
    const issues = others.flatMap(([key, value]) => {
      const closed = v.strictObject({}, () => unknownOption(key, known));
      return closed['~run']({ value: { [key]: value } }, config).issues ?? [];
    });
    return issues.length === 0 ? result : withIssues(result, issues) as typeof result;
  };
  return { ...strict, '~run': run };
}

/** A map from names of the administrator's choice; valibot's own record drops names such as `constructor`. */
export function mapOf<S extends v.GenericSchema>(
  key: v.GenericSchema<string>,
  value: S,
): v.RecordSchema<v.StringSchema<undefined>, S, undefined> {
  const record = v.record(key as unknown as v.StringSchema<undefined>, value);
  const run: typeof record['~run'] = (dataset, config) => {
    const input = dataset.value;
    if (!isMap(input)) return record['~run']({ value: input === null ? null : '' }, config);
    const entries: [string, unknown][] = [];
    const issues: v.BaseIssue<unknown>[] = [];
    for (const [name, raw] of Object.entries(input)) {
      const path: v.ObjectPathItem = {
        type: 'object',
        origin: 'value',
        input,
        key: name,
        value: raw,
      };
      const named = key['~run']({ value: name }, config);
      const parsed = value['~run']({ value: raw }, config);
      for (const issue of named.issues ?? []) issues.push({ ...issue, path: [path] });
      for (const issue of parsed.issues ?? []) {
        issues.push({ ...issue, path: [path, ...(issue.path ?? [])] });
      }
      entries.push([name, parsed.value]);
    }
    const result = { typed: true as const, value: Object.fromEntries(entries) };
    return (issues.length === 0 ? result : withIssues(result, issues)) as ReturnType<typeof run>;
  };
  return { ...record, '~run': run };
}

/** The rule behind an issue that the schema itself has no words for; handed to `safeParse` as its `message`. */
export function ruleOf(issue: v.BaseIssue<unknown>): string {
  if (issue.input === null) return 'has no value: give it one, or remove it';
  if (issue.expected?.startsWith('"')) return 'is required';
  switch (issue.type) {
    case 'string':
      return typeof issue.input === 'number'
        ? 'must be a string: put it in quotes'
        : 'must be a string';
    case 'number':
      return 'must be a number';
    case 'boolean':
      return 'must be true or false';
    case 'array':
      return 'must be a list';
    case 'strict_object':
    case 'record':
      return 'must be a map of options';
    default:
      return 'is not valid';
  }
}

type Pairs = readonly (readonly [key: string, value: unknown])[];

function split(
  input: Readonly<Record<string, unknown>>,
  known: readonly string[],
): [ours: Readonly<Record<string, unknown>>, others: Pairs] {
  const pairs: Pairs = Object.entries(input);
  const isOurs = ([key]: readonly [string, unknown]): boolean => known.includes(key);
  return [Object.fromEntries(pairs.filter(isOurs)), pairs.filter((pair) => !isOurs(pair))];
}

function unknownOption(key: string, known: readonly string[]): string {
  const meant = nearestName(key, known);
  return meant === undefined
    ? 'is not a known option'
    : `is not a known option; did you mean ${meant}?`;
}

function withIssues(
  result: v.OutputDataset<unknown, v.BaseIssue<unknown>>,
  issues: readonly v.BaseIssue<unknown>[],
): v.OutputDataset<unknown, v.BaseIssue<unknown>> {
  return { ...result, issues: [...result.issues ?? [], ...issues] } as typeof result;
}
