/** What an administrator's request led to: a value, or why not in words for a terminal. */
export type Outcome<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'refused'; readonly problem: string };

export function done<T>(value: T): Outcome<T> {
  return { kind: 'done', value };
}

export function refused(problem: string): Outcome<never> {
  return { kind: 'refused', problem };
}
