import { type Html, html } from '../../../http/html.ts';
import type { AccountFrame } from '../../account/visit.ts';
import type { Messages } from '../../messages.ts';
import { type Refusal, refusalText } from '../../refusal.ts';
import { accountLayout } from '../account_layout.ts';
import { fieldRow, hiddenFields } from '../parts.ts';

type PasswordField = 'current' | 'password' | 'repeat';

export type PasswordFieldProblem =
  | { readonly kind: 'missing'; readonly field: PasswordField }
  | { readonly kind: 'differs'; readonly field: 'repeat' }
  | { readonly kind: 'wrong'; readonly field: 'current' }
  | { readonly kind: 'refused'; readonly field: 'password'; readonly refusal: Refusal }
  | { readonly kind: 'slow_down'; readonly retryAfterSeconds: number }
  | { readonly kind: 'busy' };

export interface PasswordModel extends AccountFrame {
  readonly minPasswordCharacters: number;
  /** Kept where it cannot be changed from here. */
  readonly isReadOnly: boolean;
  readonly problem?: PasswordFieldProblem;
}

/** Sends `current`, `password` and `repeat`. */
export function passwordView(model: PasswordModel): Html {
  const { problem, isReadOnly, messages } = model;
  return accountLayout({
    ...model,
    title: messages.text('sections.password'),
    body: html`
      ${problem !== undefined && !('field' in problem) && html`
        <p class="alert" role="alert">${waitText(problem, messages)}</p>
      `}
      ${isReadOnly ? html`<p>${messages.text('account_password.read_only')}</p>` : formOf(model)}
    `,
  });
}

function waitText(
  problem: Exclude<PasswordFieldProblem, { readonly field: PasswordField }>,
  messages: Messages,
): string {
  return problem.kind === 'busy'
    ? messages.text('login.busy')
    : messages.text('login.slow_down_for', {
      duration: messages.duration(problem.retryAfterSeconds),
    });
}

function formOf(model: PasswordModel): Html {
  const { action, hidden, username, minPasswordCharacters, messages } = model;
  const count = new Intl.NumberFormat(messages.lang).format(minPasswordCharacters);
  return html`
    <p class="soft">${messages.text('account_password.note')}</p>
    <form method="post" action="${action}">
      ${hiddenFields(Object.entries(hidden))}
      <input type="text" name="username" value="${username}" autocomplete="username" hidden>
      ${row(model, 'current', messages.text('account_password.current'), CURRENT)}
      ${row(
        model,
        'password',
        messages.text('account_password.next'),
        NEXT,
        messages.text('account.password_note', { count }),
      )}
      ${row(model, 'repeat', messages.text('account.repeat'), NEXT)}
      <button id="change">${messages.text('account_password.submit')}</button>
    </form>
  `;
}

const CURRENT = html`type="password" required autocomplete="current-password"`;
const NEXT = html`type="password" required autocomplete="new-password"`;

function row(
  { problem, messages }: PasswordModel,
  field: PasswordField,
  words: string,
  attributes: Html,
  note?: string,
): Html {
  const ours = problem !== undefined && 'field' in problem && problem.field === field
    ? problem
    : undefined;
  return fieldRow({
    name: field,
    label: words,
    attributes,
    remark: ours === undefined ? note : problemText(ours, messages),
    isWrong: ours !== undefined,
    isFirst: ours !== undefined,
  });
}

function problemText(
  problem: Extract<PasswordFieldProblem, { readonly field: PasswordField }>,
  messages: Messages,
): string {
  switch (problem.kind) {
    case 'missing':
    case 'differs':
      return messages.text(`account.${problem.kind}`);
    case 'wrong':
      return messages.text('account_password.wrong');
    case 'refused':
      return refusalText(problem.refusal, messages);
  }
}
