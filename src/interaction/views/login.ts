import { type Html, html } from '../../http/html.ts';
import type { ClientCard } from '../client_card.ts';
import type { Frame } from '../frame.ts';
import { layout } from '../layout.ts';
import type { Messages } from '../messages.ts';
import { clientFace, clientFacts, hiddenFields } from './parts.ts';

export type LoginProblem = 'wrong' | 'slow_down' | 'busy' | 'expired';

export interface LoginModel extends Frame {
  /** Absent when nobody but the person asked for this page. */
  readonly client?: ClientCard;
  readonly action: string;
  readonly hidden: Readonly<Record<string, string>>;
  readonly username?: string;
  readonly problem?: LoginProblem;
  /** With `slow_down`. */
  readonly retryAfterSeconds?: number;
}

/** Sends `username`, `password`, and `remember` when it is ticked. */
export function loginView(model: LoginModel): Html {
  const { client, problem, messages } = model;
  const title = client === undefined
    ? messages.text('login.title')
    : messages.text('login.title_for', { client: client.name });
  return layout({
    ...model,
    title: problem === undefined ? title : messages.text('frame.problem', { title }),
    door: doorOf(model),
    task: taskOf(model),
  });
}

function doorOf({ client, messages, product }: LoginModel): Html {
  const heading = html`<h1>${messages.text('login.title')}</h1>`;
  if (client === undefined) {
    return html`${heading}
<p class="lead">${messages.html('login.lead_alone', { product })}</p>`;
  }
  return html`${clientFace(client)}
${heading}
<p class="lead">${
    messages.html('login.lead', { client: html`<strong>${client.name}</strong>` })
  }</p>
${clientFacts(client, messages)}`;
}

function taskOf(
  { action, hidden, username = '', problem, retryAfterSeconds, messages }: LoginModel,
): Html {
  const invalid = problem === 'wrong' && html`
    aria-invalid="true"
  `;
  const described = problem !== undefined && html`
    aria-describedby="problem"
  `;
  // The cursor waits where something is still to be typed.
  const [first, second] = username === ''
    ? [
      html`
        autofocus
      `,
      false,
    ]
    : [
      false,
      html`
        autofocus
      `,
    ];
  return html`${
    problem !== undefined && html`
      <div class="alert" role="alert" id="problem">
        <p>${problemText(problem, retryAfterSeconds, messages)}</p>
      </div>
    `
  }
<form method="post" action="${action}">
${hiddenFields(Object.entries(hidden))}<div class="field">
<label for="username">${messages.text('login.username')}</label>
<input id="username" name="username" value="${username}" required autocomplete="username" autocapitalize="none" spellcheck="false" dir="auto"${invalid}${described}${first}>
</div>
<div class="field">
<label for="password">${messages.text('login.password')}</label>
<input id="password" name="password" type="password" required autocomplete="current-password" dir="auto"${invalid}${described}${second}>
</div>
<label class="tick" for="remember">
<input id="remember" name="remember" type="checkbox" value="yes">
<span>${messages.text('login.remember')} <span class="soft">${
    messages.text('login.remember_note')
  }</span></span>
</label>
<button id="login">${messages.text('login.submit')}</button>
</form>`;
}

function problemText(problem: LoginProblem, seconds: number | undefined, messages: Messages): Html {
  if (problem !== 'slow_down' || seconds === undefined) return messages.html(`login.${problem}`);
  return messages.html('login.slow_down_for', { duration: messages.duration(seconds) });
}
