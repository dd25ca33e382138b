import { passwordProblem } from '../accounts/password_policy.ts';
import { claimFromJson } from '../accounts/standard_claims.ts';
import { checkUsername } from '../accounts/username.ts';
import type { Params } from '../spec/params.ts';
import type { AccountProblem } from './views/account_form.ts';

/** What stands in the way of an account as it was typed, field by field in the order of the form. */
export function accountProblems(
  params: Params,
  { isEmailRequired }: { readonly isEmailRequired: boolean },
): readonly AccountProblem[] {
  return [
    ...usernameProblems(params.get('username')),
    ...claimProblems('name', params.get('name')),
    ...isEmailRequired && params.get('email') === undefined
      ? [{ field: 'email', kind: 'missing' } as const]
      : claimProblems('email', params.get('email')),
    ...passwordProblems(params),
  ];
}

/** What the directory did not take: of what these forms ask for, only an address can be that. */
export function refusedClaims(problems: readonly string[]): readonly AccountProblem[] {
  return problems.map((reason) => ({ field: 'email', kind: 'refused', reason }));
}

function usernameProblems(username: string | undefined): readonly AccountProblem[] {
  if (username === undefined) return [{ field: 'username', kind: 'missing' }];
  const name = checkUsername(username);
  return name.ok ? [] : [{ field: 'username', kind: 'refused', reason: name.reason }];
}

function claimProblems(
  field: 'name' | 'email',
  value: string | undefined,
): readonly AccountProblem[] {
  const checked = value === undefined ? undefined : claimFromJson(field, value);
  return checked === undefined || checked.ok
    ? []
    : [{ field, kind: 'refused', reason: checked.problem }];
}

function passwordProblems(params: Params): readonly AccountProblem[] {
  const password = params.get('password');
  if (password === undefined) return [{ field: 'password', kind: 'missing' }];
  const weakness = passwordProblem(password, params.get('username'));
  if (weakness !== undefined) return [{ field: 'password', kind: 'refused', reason: weakness }];
  return params.get('repeat') === password ? [] : [{ field: 'repeat', kind: 'differs' }];
}
