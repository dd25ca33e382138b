import { type Html, html } from '../../http/html.ts';
import type { Frame } from '../frame.ts';
import { layout } from '../layout.ts';
import type { Messages } from '../messages.ts';
import { autofocus, hiddenFields } from './parts.ts';

export type SetupField = 'username' | 'email' | 'password' | 'repeat';

/** Why a field was refused: in our words, or in those of the rule that refused it. */
export type SetupProblem =
  | { readonly field: SetupField; readonly kind: 'missing' | 'differs' }
  | { readonly field: SetupField; readonly kind: 'refused'; readonly reason: string };

export interface SetupModel extends Frame {
  readonly action: string;
  readonly hidden: Readonly<Record<string, string>>;
  readonly minPasswordCharacters: number;
  readonly username?: string;
  readonly email?: string;
  /** At most one a field is shown. */
  readonly problems?: readonly SetupProblem[];
}

/** The first administrator signs up. Sends `username`, `email` (may be empty), `password` and `repeat`. */
export function setupView(model: SetupModel): Html {
  const { problems = [], messages, product } = model;
  const title = messages.text('setup.title');
  return layout({
    ...model,
    title: problems.length === 0 ? title : messages.text('frame.problem', { title }),
    door: html`
      <h1>${messages.text('setup.heading')}</h1>
      <p class="lead">${messages.html('setup.lead', { product })}</p>
    `,
    task: html`${problems.length > 0 && alert(messages)} ${formOf(model)}`,
  });
}

/** The link does not open (any more): somebody has signed up, or it is not the latest link. */
export function setupClosedView(model: Frame & { readonly reason: 'used' | 'expired' }): Html {
  const { reason, messages } = model;
  const title = messages.text('setup.closed_title');
  return layout({
    ...model,
    title,
    door: html`
      <h1>${title}</h1>
      <p class="lead">${messages.text(`setup.${reason}`)}</p>
    `,
    task: html`<p>${messages.text(`setup.${reason}_task`)}</p>`,
  });
}

function alert(messages: Messages): Html {
  return html`<p class="alert" role="alert">${messages.text('setup.problems')}</p>`;
}

function formOf(
  { action, hidden, minPasswordCharacters, username, email, problems = [], messages }: SetupModel,
): Html {
  const count = String(minPasswordCharacters);
  const row = (name: SetupField, attributes: Html, note?: string): Html => {
    const problem = problems.find((each) => each.field === name);
    // The cursor waits in the first field that needs a look.
    const isFirst = name === (problems[0]?.field ?? 'username');
    // What a field was refused for takes the place of the advice.
    const remark = problem === undefined ? note : problemText(problem, messages);
    const tone = problem === undefined ? 'soft' : 'wrong';
    const described = remark !== undefined && `${name}-remark`;
    return html`
      <div class="field">
        <label for="${name}">${messages.text(`setup.${name}`)}</label>
        ${remark !== undefined && html`<p id="${described}" class="${tone}">${remark}</p>`}
        <input
          id="${name}"
          name="${name}"
          ${attributes}
          aria-invalid="${problem !== undefined && 'true'}"
          aria-describedby="${described}"
          ${autofocus(isFirst)}
        >
      </div>
    `;
  };
  return html`
    <form method="post" action="${action}">
      ${hiddenFields(Object.entries(hidden))}
      ${row('username', html`value="${username}" ${NAME}`)}
      ${row('email', html`value="${email}" ${EMAIL}`, messages.text('setup.email_note'))}
      ${row('password', NEW_PASSWORD, messages.text('setup.password_note', { count }))}
      ${row('repeat', NEW_PASSWORD)}
      <button id="create">${messages.text('setup.submit')}</button>
    </form>
  `;
}

const NAME =
  html`required autocomplete="username" autocapitalize="none" spellcheck="false" dir="auto"`;
const EMAIL = html`type="email" autocomplete="email"`;
const NEW_PASSWORD = html`type="password" required autocomplete="new-password"`;

function problemText(problem: SetupProblem, messages: Messages): string {
  return problem.kind === 'refused' ? problem.reason : messages.text(`setup.${problem.kind}`);
}
