type Schema = Readonly<Record<string, unknown>>;

/** What a value breaks of a JSON Schema, by path; knows the keywords that `config schema` writes. */
export function schemaProblems(schema: Schema, value: unknown, path = ''): readonly string[] {
  const problems: string[] = [];
  const kind = kindOf(value);
  const type = schema['type'];
  if (type !== undefined && type !== kind && !(type === 'number' && kind === 'integer')) {
    return [`${path}: not of type ${type}`];
  }
  const anyOf = schema['anyOf'] as readonly Schema[] | undefined;
  if (anyOf !== undefined) {
    const fits = anyOf.some((each) => schemaProblems(each, value, path).length === 0);
    return fits ? [] : [`${path}: fits none of anyOf`];
  }
  if (Object.hasOwn(schema, 'const') && schema['const'] !== value) {
    return [`${path}: not the const`];
  }
  const choices = schema['enum'] as readonly unknown[] | undefined;
  if (choices !== undefined && !choices.includes(value)) problems.push(`${path}: not in enum`);
  if (typeof value === 'string') problems.push(...textProblems(schema, value, path));
  if (typeof value === 'number') {
    const [least, most] = [schema['minimum'] as number, schema['maximum'] as number];
    if (value < least || value > most) problems.push(`${path}: out of range`);
  }
  if (Array.isArray(value)) {
    const items = (schema['items'] ?? {}) as Schema;
    if (value.length < ((schema['minItems'] as number) ?? 0)) {
      problems.push(`${path}: too few items`);
    }
    value.forEach((item, index) =>
      problems.push(...schemaProblems(items, item, `${path}/${index}`))
    );
  } else if (kind === 'object') {
    problems.push(...objectProblems(schema, value as Schema, path));
  }
  return problems;
}

function textProblems(schema: Schema, value: string, path: string): readonly string[] {
  const pattern = schema['pattern'] as string | undefined;
  const matches = pattern === undefined || new RegExp(pattern, 'u').test(value);
  const fits = value.length >= ((schema['minLength'] as number) ?? 0);
  return [...matches ? [] : [`${path}: does not match`], ...fits ? [] : [`${path}: too short`]];
}

function objectProblems(schema: Schema, value: Schema, path: string): readonly string[] {
  const properties = (schema['properties'] ?? {}) as Readonly<Record<string, Schema>>;
  const others = schema['additionalProperties'] as Schema | false | undefined;
  const patterns = Object.entries((schema['patternProperties'] ?? {}) as Record<string, Schema>);
  const patternOf = (name: string) => patterns.find(([each]) => new RegExp(each).test(name))?.[1];
  const required = (schema['required'] ?? []) as readonly string[];
  const missing = required.filter((name) => !Object.hasOwn(value, name));
  return [
    ...missing.map((name) => `${path}/${name}: missing`),
    ...Object.entries(value).flatMap(([name, inner]) => {
      const known = Object.hasOwn(properties, name) ? properties[name] : patternOf(name) ?? others;
      return known === false
        ? [`${path}/${name}: unknown`]
        : schemaProblems(known ?? {}, inner, `${path}/${name}`);
    }),
  ];
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}
