import type { Params } from '../spec/params.ts';
import { claimRefusal, passwordRefusal, type Refusal, usernameRefusal } from './refusal.ts';
import type { AccountField, AccountProblem } from './views/account_form.ts';

export interface AccountRules {
  readonly isEmailRequired: boolean;
  /** What the service calls itself, which nobody should take for a password. */
  readonly product: string;
}

/** What stands in the way of an account as it was typed, field by field in the order of the form. */
export function accountProblems(
  params: Params,
  { isEmailRequired, product }: AccountRules,
): readonly AccountProblem[] {
  return [
    ...required('username', params.get('username'), usernameRefusal),
    ...optional('name', params.get('name')),
    ...isEmailRequired
      ? required('email', params.get('email'), (email) => claimRefusal('email', email))
      : optional('email', params.get('email')),
    ...passwordProblems(params, product),
  ];
}

/** When a directory does not take what these rules let pass, as one that is kept elsewhere. */
export const NOT_TAKEN: readonly AccountProblem[] = [{ field: 'username', kind: 'not_taken' }];

function required(
  field: AccountField,
  value: string | undefined,
  refusalOf: (value: string) => Refusal | undefined,
): readonly AccountProblem[] {
  if (value === undefined) return [{ field, kind: 'missing' }];
  const refusal = refusalOf(value);
  return refusal === undefined ? [] : [{ field, kind: 'refused', refusal }];
}

function optional(field: 'name' | 'email', value: string | undefined): readonly AccountProblem[] {
  const refusal = value === undefined ? undefined : claimRefusal(field, value);
  return refusal === undefined ? [] : [{ field, kind: 'refused', refusal }];
}

function passwordProblems(params: Params, product: string): readonly AccountProblem[] {
  const password = params.get('password');
  const owner = { username: params.get('username'), email: params.get('email'), product };
  const problems = required('password', password, (typed) => passwordRefusal(typed, owner));
  if (problems.length > 0) return problems;
  return params.get('repeat') === password ? [] : [{ field: 'repeat', kind: 'differs' }];
}
