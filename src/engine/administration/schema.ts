import * as v from 'valibot';
import { ruleOf } from '../../spec/section.ts';

/** The form of what goes into or comes out of administration. */
export type Schema = v.GenericSchema;

export interface InputProblem {
  /** Names of members and indexes, from the outside in. */
  readonly path: readonly string[];
  readonly problem: string;
}

export type ParsedInput<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly InputProblem[] };

/** What an operation takes in. */
export interface Form<T> {
  /** As it is told to others; what judges it may know more. */
  readonly schema: Schema;
  /** Everything that is wrong with it at once. */
  parse(input: unknown): ParsedInput<T>;
}

/** `judged` is what is looked at here, where more is looked at further in. */
export function form<const S extends Schema>(
  judged: S,
  schema: Schema = judged,
): Form<v.InferOutput<S>> {
  return {
    schema,
    parse(input) {
      const parsed = v.safeParse(judged, input, { message: ruleOf });
      if (parsed.success) return { ok: true, value: parsed.output };
      return {
        ok: false,
        problems: parsed.issues.map(({ path = [], message }) => ({
          path: path.map(({ key }) => String(key)),
          problem: message,
        })),
      };
    },
  };
}

/** As JSON Schema 2020-12, for who writes programs against it; rules that it has no words for are left out. */
export async function jsonSchemaOf(schema: Schema): Promise<Readonly<Record<string, unknown>>> {
  const { toJsonSchema } = await import('@valibot/to-json-schema');
  const { $schema: _, ...rest } = toJsonSchema(schema, {
    typeMode: 'input',
    errorMode: 'ignore',
    target: 'draft-2020-12',
  });
  return rest;
}
