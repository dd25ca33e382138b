import { type Html, html } from '../../http/html.ts';
import type { Frame } from '../frame.ts';
import { layout } from '../layout.ts';
import type { Messages } from '../messages.ts';
import { type Refusal, refusalText } from '../refusal.ts';
import { fieldRow, hiddenFields } from './parts.ts';

export interface AskResetModel extends Frame {
  readonly action: string;
  readonly hidden: Readonly<Record<string, string>>;
  readonly loginUrl: string;
  /** Too many were asked for. */
  readonly retryAfterSeconds?: number;
}

/** Somebody forgot a password. Sends `username`. */
export function askResetView(model: AskResetModel): Html {
  const { action, hidden, loginUrl, retryAfterSeconds, messages } = model;
  const title = messages.text('reset.title');
  const problem = retryAfterSeconds !== undefined && html`
    <p class="alert" role="alert" id="problem">
      ${messages.html('reset.slow_down', { duration: messages.duration(retryAfterSeconds) })}
    </p>
  `;
  return layout({
    ...model,
    title: problem === false ? title : messages.text('frame.problem', { title }),
    door: html`
      <h1>${title}</h1>
      <p class="lead">${messages.text('reset.lead')}</p>
    `,
    task: html`
      ${problem}
      <form method="post" action="${action}">
        ${hiddenFields(Object.entries(hidden))}
        <div class="field">
          <label for="username">${messages.text('login.username')}</label>
          <input
            id="username"
            name="username"
            required
            autocomplete="username"
            autocapitalize="none"
            spellcheck="false"
            dir="auto"
            autofocus
          >
        </div>
        <button id="send">${messages.text('reset.submit')}</button>
      </form>
      <p><a id="back" href="${loginUrl}">${messages.text('reset.back')}</a></p>
    `,
  });
}

export interface ResetSentModel extends Frame {
  readonly lifetimeSeconds: number;
  readonly loginUrl: string;
}

/** The same whoever was named. T093 */
export function resetSentView(model: ResetSentModel): Html {
  const { lifetimeSeconds, loginUrl, messages } = model;
  const title = messages.text('reset.sent_title');
  return layout({
    ...model,
    title,
    door: html`
      <h1 id="sent">${title}</h1>
      <p class="lead">${messages.text('reset.sent')}</p>
    `,
    task: html`
      <p>${messages.html('reset.sent_note', { duration: messages.duration(lifetimeSeconds) })}</p>
      <p>${messages.text('reset.sent_task')}</p>
      <p><a id="back" href="${loginUrl}">${messages.text('reset.back')}</a></p>
    `,
  });
}

/** Why one of the two fields has to be looked at. */
export type NewPasswordProblem = 'missing' | 'differs' | Refusal;

export interface NewPasswordModel extends Frame {
  readonly action: string;
  readonly hidden: Readonly<Record<string, string>>;
  readonly username: string;
  readonly minPasswordCharacters: number;
  readonly problem?: NewPasswordProblem;
  /** Nothing is wrong with what was typed. */
  readonly isBusy?: boolean;
}

/** Behind the link. Sends `password` and `repeat`; the username is there for password managers. */
export function newPasswordView(model: NewPasswordModel): Html {
  const { action, hidden, username, problem, isBusy = false, messages } = model;
  const title = messages.text('reset.title');
  const isFine = problem === undefined && !isBusy;
  const alert = isBusy ? messages.text('reset.busy') : messages.text('reset.problems');
  const note = messages.text('account.password_note', {
    count: new Intl.NumberFormat(messages.lang).format(model.minPasswordCharacters),
  });
  const [wrong, differs] = problem === 'differs' ? [undefined, problem] : [problem, undefined];
  return layout({
    ...model,
    title: isFine ? title : messages.text('frame.problem', { title }),
    door: html`
      <h1>${title}</h1>
      <p class="lead">${messages.html('reset.new_lead', { username })}</p>
    `,
    task: html`
      ${!isFine && html`<p class="alert" role="alert" id="problem">${alert}</p>`}
      <form method="post" action="${action}">
        ${hiddenFields(Object.entries(hidden))}
        <input name="username" value="${username}" autocomplete="username" readonly hidden>
        ${passwordField('password', wrong, note, differs === undefined, messages)}
        ${passwordField('repeat', differs, undefined, differs !== undefined, messages)}
        <button id="save">${messages.text('reset.save')}</button>
      </form>
    `,
  });
}

export interface VoidResetModel extends Frame {
  /** Where another link can be asked for; absent when only the operator makes them. */
  readonly askUrl?: string;
}

/** The link does not set a password any more. */
export function voidResetView(model: VoidResetModel): Html {
  const { askUrl, messages } = model;
  const title = messages.text('reset.void_title');
  return layout({
    ...model,
    title,
    door: html`
      <h1 id="void">${title}</h1>
      <p class="lead">${messages.text('reset.void')}</p>
    `,
    task: askUrl === undefined
      ? html`<p>${messages.text('reset.ask_operator')}</p>`
      : html`<p><a id="again" href="${askUrl}">${messages.text('reset.again')}</a></p>`,
  });
}

function passwordField(
  field: 'password' | 'repeat',
  problem: NewPasswordProblem | undefined,
  note: string | undefined,
  isFirst: boolean,
  messages: Messages,
): Html {
  return fieldRow({
    name: field,
    label: messages.text(`reset.${field}`),
    attributes: NEW_PASSWORD,
    remark: problem === undefined ? note : problemText(problem, messages),
    isWrong: problem !== undefined,
    isFirst,
  });
}

const NEW_PASSWORD = html`type="password" required autocomplete="new-password"`;

function problemText(problem: NewPasswordProblem, messages: Messages): string {
  return typeof problem === 'string'
    ? messages.text(`account.${problem}`)
    : refusalText(problem, messages);
}
