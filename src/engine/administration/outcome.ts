import type { ClientProblem } from '../../spec/client_problems.ts';

/** What an administrator's request led to: a value, or why not. */
export type Outcome<T> =
  | { readonly kind: 'done'; readonly value: T }
  | Refusal;

export interface Refusal {
  readonly kind: 'refused';
  /** In words for a terminal. */
  readonly problem: string;
  /** Absent: what was given is wrong. */
  readonly reason?: RefusalReason;
  /** What is wrong, field by field; elements of lists and members of maps by a dot. */
  readonly problems?: readonly ClientProblem[];
}

export type RefusalReason =
  /** There is nothing of that name. */
  | 'missing'
  /** The name is taken, or it does not fit what is there. */
  | 'conflict'
  /** It is no longer what the caller expected. */
  | 'changed'
  /** It is kept where it cannot be changed from here. */
  | 'elsewhere'
  /** Trying again may help. */
  | 'busy';

export function done<T>(value: T): Outcome<T> {
  return { kind: 'done', value };
}

export function refused(problem: string, reason?: RefusalReason): Refusal {
  return { kind: 'refused', problem, ...reason !== undefined && { reason } };
}
