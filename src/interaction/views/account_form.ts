import { type Html, html } from '../../http/html.ts';
import type { Messages } from '../messages.ts';
import { type Refusal, refusalText } from '../refusal.ts';
import { fieldRow, hiddenFields } from './parts.ts';

export type AccountField = 'username' | 'name' | 'email' | 'password' | 'repeat';

/** Why a field was refused. */
export type AccountProblem =
  | { readonly field: AccountField; readonly kind: 'missing' | 'differs' | 'taken' | 'not_taken' }
  | { readonly field: AccountField; readonly kind: 'refused'; readonly refusal: Refusal };

export interface AccountForm {
  readonly action: string;
  readonly hidden: Readonly<Record<string, string>>;
  readonly messages: Messages;
  readonly minPasswordCharacters: number;
  /** Whether the form asks what applications are to call the person. */
  readonly hasName: boolean;
  readonly isEmailRequired: boolean;
  readonly values: Readonly<Partial<Record<AccountField, string>>>;
  /** At most one a field is shown. */
  readonly problems: readonly AccountProblem[];
}

/** Sends `username`, `name` where it is asked for, `email`, `password` and `repeat`; what is optional may be empty. */
export function accountForm(form: AccountForm): Html {
  const { action, hidden, hasName, isEmailRequired, values, messages } = form;
  const count = String(form.minPasswordCharacters);
  const emailNote = messages.text(
    isEmailRequired ? 'account.email_note' : 'account.email_optional',
  );
  const row = (field: AccountField, attributes: Html, note?: string): Html =>
    rowOf(form, field, attributes, note);
  return html`
    <form method="post" action="${action}">
      ${hiddenFields(Object.entries(hidden))}
      ${row('username', html`value="${values.username}" ${USERNAME}`)}
      ${hasName &&
        row('name', html`value="${values.name}" ${NAME}`, messages.text('account.name_note'))}
      ${row(
        'email',
        html`value="${values.email}" ${EMAIL} ${isEmailRequired && REQUIRED}`,
        emailNote,
      )}
      ${row('password', NEW_PASSWORD, messages.text('account.password_note', { count }))}
      ${row('repeat', NEW_PASSWORD)}
      <button id="create">${messages.text('account.submit')}</button>
    </form>
  `;
}

/** Above a form that was sent in vain. */
export function accountAlert(messages: Messages): Html {
  return html`<p class="alert" role="alert">${messages.text('account.problems')}</p>`;
}

function rowOf(
  { problems, messages }: AccountForm,
  field: AccountField,
  attributes: Html,
  note: string | undefined,
): Html {
  const problem = problems.find((each) => each.field === field);
  // The cursor waits in the first field that needs a look.
  const isFirst = field === (problems[0]?.field ?? 'username');
  // What a field was refused for takes the place of the advice.
  const remark = problem === undefined ? note : problemText(problem, messages);
  return fieldRow({
    name: field,
    label: messages.text(`account.${field}`),
    attributes,
    remark,
    isWrong: problem !== undefined,
    isFirst,
  });
}

const REQUIRED = html`required`;
const USERNAME =
  html`required autocomplete="username" autocapitalize="none" spellcheck="false" dir="auto"`;
const NAME = html`autocomplete="name" dir="auto"`;
const EMAIL = html`type="email" autocomplete="email"`;
const NEW_PASSWORD = html`type="password" required autocomplete="new-password"`;

function problemText(problem: AccountProblem, messages: Messages): string {
  return problem.kind === 'refused'
    ? refusalText(problem.refusal, messages)
    : messages.text(`account.${problem.kind}`);
}
