import { OAuthError } from './oauth_error.ts';

/** Request parameters. Empty values count as absent, RFC 6749 §3.1. */
export interface Params {
  /** The value; undefined when absent, empty or repeated. */
  get(name: string): string | undefined;
  /** All values of a parameter that may repeat (`resource`). */
  all(name: string): readonly string[];
  /** As they came. */
  readonly pairs: readonly (readonly [name: string, value: string])[];
  /** Names that came more than once although they must not. */
  readonly repeated: ReadonlySet<string>;
}

/** RFC 8707 §2, RFC 8693 §2.1. */
const MAY_REPEAT = new Set(['resource', 'audience']);

export function paramsOf(pairs: readonly (readonly [name: string, value: string])[]): Params {
  const values = new Map<string, string[]>();
  const repeated = new Set<string>();
  for (const [name, value] of pairs) {
    const earlier = values.get(name);
    if (earlier !== undefined && !MAY_REPEAT.has(name)) repeated.add(name);
    if (earlier === undefined) values.set(name, [value]);
    else earlier.push(value);
  }
  return {
    get: (name) => repeated.has(name) ? undefined : values.get(name)?.[0] || undefined,
    all: (name) => values.get(name)?.filter((value) => value !== '') ?? [],
    pairs,
    repeated,
  };
}

/** RFC 6749 §3.1, §3.2; by default of all parameters. @throws {OAuthError} `invalid_request` */
export function checkSingleValued(
  params: Params,
  names: Iterable<string> = params.repeated,
): void {
  for (const name of names) {
    if (!params.repeated.has(name)) continue;
    throw new OAuthError('invalid_request', `parameter ${name} is repeated`);
  }
}

/** @throws {OAuthError} `invalid_request` when the parameter is absent */
export function required(params: Params, name: string): string {
  const value = params.get(name);
  if (value === undefined) throw new OAuthError('invalid_request', `parameter ${name} is required`);
  return value;
}
