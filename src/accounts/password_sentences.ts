import type { PasswordProblem } from './password_policy.ts';

/** For a terminal: why a password was refused. */
export function passwordSentence({ reason, count }: PasswordProblem): string {
  return SENTENCES[reason].replace('{count}', String(count));
}

const SENTENCES: Readonly<Record<PasswordProblem['reason'], string>> = {
  too_short:
    'The password must have at least {count} characters: it is guessed too quickly otherwise.',
  too_long: 'The password must have at most {count} characters.',
  control_characters:
    'The password must be text without control characters such as tabs or line breaks.',
  is_name: 'The password must be more than the username, the email address or the service’s name.',
  repeats: 'The password must be more than a few characters over and over.',
  is_sequence: 'The password must be more than neighbouring keys, letters or digits.',
  is_common: 'The password must not be one that many people use: such are guessed first.',
};
