import {
  type PasswordOwner,
  passwordProblem,
  type PasswordReason,
} from '../accounts/password_policy.ts';
import { type ClaimFormat, claimFromJson, formatOf } from '../accounts/standard_claims.ts';
import {
  checkUsername,
  MAX_USERNAME_CHARACTERS,
  type UsernameProblem,
} from '../accounts/username.ts';
import type { Messages } from './messages.ts';

/** Why what was typed cannot be accepted: the message that says so, and the number in it, if there is one. */
export interface Refusal {
  readonly id:
    | `username.${UsernameProblem}`
    | `password.${PasswordReason}`
    | `format.${Exclude<ClaimFormat, 'boolean'>}`;
  readonly count?: number;
}

export function refusalText({ id, count = 0 }: Refusal, messages: Messages): string {
  // The messages with a number must be literals, not sums of them, for their placeholders to be known.
  return messages.text(id, { count: new Intl.NumberFormat(messages.lang).format(count) });
}

/** Undefined for a name that somebody can have. */
export function usernameRefusal(username: string): Refusal | undefined {
  const name = checkUsername(username);
  return name.ok ? undefined : { id: `username.${name.problem}`, count: MAX_USERNAME_CHARACTERS };
}

/** Undefined for a password that will do. */
export function passwordRefusal(password: string, owner: PasswordOwner): Refusal | undefined {
  const problem = passwordProblem(password, owner);
  return problem && { id: `password.${problem.reason}`, count: problem.count };
}

/** Undefined for a value that the claim can have. */
export function claimRefusal(name: string, value: string): Refusal | undefined {
  if (claimFromJson(name, value).ok) return undefined;
  const format = formatOf(name);
  // Nobody types a truth value: a form has a box for it.
  return { id: `format.${format === 'boolean' ? 'text' : format}` };
}
