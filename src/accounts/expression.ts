import type { ASTNode, Environment } from '@marcbachmann/cel-js';
import type { UserAttribute } from '../spec/settings.ts';
import { nearestName } from '../spec/suggest.ts';
import type { UserRecord } from '../store/records.ts';
import type { JsonValue } from '../store/store.ts';
import { declaredValue } from './attributes.ts';
import { cel } from './cel.ts';
import { claimOf } from './directory.ts';
import { costProblem } from './expression_cost.ts';
import { MAX_MATCHED } from './pattern_cost.ts';
import { STANDARD_CLAIM_NAMES } from './standard_claims.ts';

export type CompiledExpression =
  | {
    readonly ok: true;
    /** Undefined for null and for an empty text. @throws {Error} of the library's or ours when there is no value */
    readonly evaluate: (person: UserRecord) => JsonValue | undefined;
  }
  | { readonly ok: false; readonly problem: string };

type Attributes = ReadonlyMap<string, UserAttribute>;

/** Characters. */
const MAX_EXPRESSION = 2048;
/** Characters of JSON. */
const MAX_RESULT = 8192;
/** Characters of JSON of one variable, in an expression with patterns. */
const MAX_MATCHED_JSON = 4096;
/** Of parsing; how much there is to evaluate, `costProblem` bounds. */
const LIMITS = {
  maxAstNodes: 1000,
  maxDepth: 48,
  maxListElements: 100,
  maxMapEntries: 100,
  maxCallArguments: 8,
} as const;

/** A CEL expression over a person: the standard claims, `username`, `groups` and the declared attributes are its variables. */
export function compileExpression(
  text: string,
  attributes: Attributes = new Map(),
): CompiledExpression {
  if (text.length > MAX_EXPRESSION) {
    return { ok: false, problem: `must have at most ${MAX_EXPRESSION} characters` };
  }
  const { environment, variables } = environmentOf(attributes);
  try {
    const parsed = environment.parse(text);
    const problem = costProblem(parsed.ast);
    if (problem !== undefined) return { ok: false, problem };
    const checked = parsed.check();
    if (!checked.valid) return refusal(checked.error, variables);
    const used = [...namesIn(parsed.ast)].flatMap((name) => {
      const variable = variables.get(name);
      return variable === undefined ? [] : [[name, variable] as const];
    });
    const matches = /\bmatches\b/.test(text);
    const evaluate = (person: UserRecord): JsonValue | undefined => {
      const context: Record<string, unknown> = {};
      for (const [name, { type, read }] of used) {
        const value = read(person);
        if (matches && value !== undefined) refuseLongTexts(name, value);
        context[name] = value === undefined ? EMPTY[type] : celOf(value);
      }
      return resultOf(parsed(context));
    };
    return { ok: true, evaluate };
  } catch (error) {
    return refusal(error, variables);
  }
}

type VariableType = keyof typeof EMPTY;

/** What a person who lacks an attribute has instead, so that an expression does not fail for them. */
const EMPTY = {
  string: '',
  int: 0n,
  bool: false,
  'map<string, string>': Object.freeze({}),
  'list<string>': Object.freeze([]),
  'list<int>': Object.freeze([]),
  'list<bool>': Object.freeze([]),
} as const;

interface Variable {
  readonly type: VariableType;
  readonly read: (person: UserRecord) => JsonValue | undefined;
}

const STANDARD_TYPES: ReadonlyMap<string, VariableType> = new Map([
  ['email_verified', 'bool'],
  ['phone_number_verified', 'bool'],
  ['address', 'map<string, string>'],
]);

const CEL_TYPES = { string: 'string', integer: 'int', boolean: 'bool' } as const;

function environmentOf(attributes: Attributes): {
  readonly environment: Environment;
  readonly variables: ReadonlyMap<string, Variable>;
} {
  const environment = new (cel().Environment)({
    homogeneousAggregateLiterals: false,
    limits: LIMITS,
  });
  const variables = new Map<string, Variable>([
    ['username', { type: 'string', read: ({ username }) => username }],
    ['groups', { type: 'list<string>', read: ({ groups }) => groups }],
    ['updated_at', { type: 'int', read: ({ updated_at }) => updated_at }],
  ]);
  for (const name of STANDARD_CLAIM_NAMES) {
    const type = STANDARD_TYPES.get(name) ?? 'string';
    variables.set(name, { type, read: (person) => claimOf(person, name) });
  }
  for (const [name, attribute] of attributes) {
    if (attribute.kind !== 'declared' || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) continue;
    const type = CEL_TYPES[attribute.value_type];
    variables.set(name, {
      type: attribute.multi_valued ? `list<${type}>` : type,
      read: (person) => declaredValue(person, name, attribute),
    });
  }
  for (const [name, { type }] of variables) {
    try {
      environment.registerVariable(name, type);
    } catch {
      // A word of CEL's own, such as `type`: no expression can mean the attribute.
      variables.delete(name);
    }
  }
  return { environment, variables };
}

function refusal(
  error: unknown,
  variables: ReadonlyMap<string, Variable>,
): CompiledExpression & { readonly ok: false } {
  const { summary = String(error), range } = error as {
    summary?: string;
    range?: { readonly start: number };
  };
  const [, name] = /^Unknown variable: (.+)$/.exec(summary) ?? [];
  const meant = name === undefined ? undefined : nearestName(name, [...variables.keys()]);
  const place = range === undefined ? '' : ` (at character ${range.start + 1})`;
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
  return { ok: false, problem: `is no usable CEL expression: ${summary}${place}${hint}` };
}

function namesIn(node: ASTNode): ReadonlySet<string> {
  // Names that macros bind are among them, which does no harm.
  return new Set([...node.input.matchAll(/[A-Za-z_][A-Za-z0-9_]*/g)].map(([name]) => name));
}

/** @throws {RangeError} for what `patternProblem` did not reckon with */
function refuseLongTexts(name: string, value: JsonValue): void {
  if (JSON.stringify(value).length > MAX_MATCHED_JSON || longestText(value) > MAX_MATCHED) {
    throw new RangeError(`${name} is too long for matches()`);
  }
}

function longestText(value: JsonValue): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  return Math.max(0, ...Object.values(value).map((each = null) => longestText(each)));
}

/** CEL's integers are BigInts. */
function celOf(value: JsonValue): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  return Array.isArray(value) ? value.map(celOf) : value;
}

function resultOf(value: unknown): JsonValue | undefined {
  const result = jsonOf(value);
  if (JSON.stringify(result).length > MAX_RESULT) {
    throw new RangeError(`result has more than ${MAX_RESULT} characters`);
  }
  return result === null || result === '' ? undefined : result;
}

function jsonOf(value: unknown): JsonValue {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string' && value.isWellFormed()) return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value === 'bigint' && Number.isSafeInteger(Number(value))) return Number(value);
  if (Array.isArray(value)) return value.map(jsonOf);
  if (typeof value === 'object') {
    const inner: unknown = value.valueOf();
    if (typeof inner === 'bigint') return jsonOf(inner);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) {
      return Object.fromEntries(
        Object.entries(value).map(([name, each]) => [name, jsonOf(each)]),
      );
    }
  }
  throw new TypeError('result is nothing that a claim can be');
}
