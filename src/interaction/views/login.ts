import { type Html, html } from '../../http/html.ts';
import type { ClientCard } from '../client_card.ts';
import type { Frame } from '../frame.ts';
import { layout } from '../layout.ts';
import type { Messages } from '../messages.ts';
import { passkeyForm, type PasskeyRequest } from './passkey_form.ts';
import { autofocus, clientFace, clientFacts, hiddenFields } from './parts.ts';

export type LoginProblem =
  | 'wrong'
  | 'slow_down'
  | 'busy'
  | 'expired'
  | 'passkey_refused'
  | 'ended';

export interface LoginModel extends Frame {
  /** Absent when nobody but the person asked for this page. */
  readonly client?: ClientCard;
  readonly action: string;
  readonly hidden: Readonly<Record<string, string>>;
  readonly username?: string;
  readonly problem?: LoginProblem;
  /** With `slow_down`. */
  readonly retryAfterSeconds?: number;
  /** Where an account can be made. */
  readonly signUpUrl?: string;
  /** Where a forgotten password is replaced. */
  readonly forgotUrl?: string;
  /** Somebody has just chosen a new password, and comes to try it. */
  readonly isReset?: boolean;
  /** In place of name and password. */
  readonly passkey?: PasskeyRequest;
}

/** Sends `username`, `password`, and `remember` when it is ticked; or `passkey_response`. */
export function loginView(model: LoginModel): Html {
  const { client, problem, messages } = model;
  const title = client === undefined
    ? messages.text('login.title')
    : messages.text('login.title_for', { client: client.name });
  return layout({
    ...model,
    title: problem === undefined ? title : messages.text('frame.problem', { title }),
    door: client === undefined ? doorAlone(model) : doorOf(client, messages),
    task: html`
      ${problem !== undefined && alert(problem, model)}
      ${model.isReset === true && resetNote(messages)}
      ${formOf(model)}
      ${model.passkey !== undefined && passkeyForm({
        ...model.passkey,
        ceremony: 'get',
        isConditional: true,
        label: messages.text('login.passkey'),
        isQuiet: true,
      }, model)}
      ${model.forgotUrl !== undefined && forgotLink(model.forgotUrl, messages)}
      ${model.signUpUrl !== undefined && signUpLink(model.signUpUrl, messages)}
    `,
  });
}

function doorAlone({ messages, product }: LoginModel): Html {
  return html`
    <h1>${messages.text('login.title')}</h1>
    <p class="lead">${messages.html('login.lead_alone', { product })}</p>
  `;
}

function doorOf(client: ClientCard, messages: Messages): Html {
  const name = html`<strong>${client.name}</strong>`;
  return html`
    ${clientFace(client)}
    <h1>${messages.text('login.title')}</h1>
    <p class="lead">${messages.html('login.lead', { client: name })}</p>
    ${clientFacts(client, messages)}
  `;
}

function alert(problem: LoginProblem, { retryAfterSeconds, messages }: LoginModel): Html {
  const text = problem === 'slow_down' && retryAfterSeconds !== undefined
    ? messages.html('login.slow_down_for', { duration: messages.duration(retryAfterSeconds) })
    : messages.html(`login.${problem}`);
  return html`<p class="alert" role="alert" id="problem">${text}</p>`;
}

function resetNote(messages: Messages): Html {
  return html`<p class="note" role="status" id="reset-done">${
    messages.text('login.password_reset')
  }</p>`;
}

function forgotLink(url: string, messages: Messages): Html {
  return html`<p><a id="forgot" href="${url}">${messages.text('login.forgot')}</a></p>`;
}

function signUpLink(url: string, messages: Messages): Html {
  return html`
    <p>
      ${messages.text('login.sign_up')}
      <a id="sign-up" href="${url}">${messages.text('login.sign_up_link')}</a>
    </p>
  `;
}

function formOf({ action, hidden, username = '', problem, messages }: LoginModel): Html {
  const isWrong = problem === 'wrong' && 'true';
  // Read out with the field that has the cursor: the page is new, and few screen readers tell of alerts in it.
  const described = problem !== undefined && 'problem';
  return html`
    <form method="post" action="${action}">
      ${hiddenFields(Object.entries(hidden))}
      <div class="field">
        <label for="username">${messages.text('login.username')}</label>
        <input
          id="username"
          name="username"
          value="${username}"
          required
          autocomplete="username webauthn"
          autocapitalize="none"
          spellcheck="false"
          dir="auto"
          aria-invalid="${isWrong}"
          aria-describedby="${described}"
          ${autofocus(username === '')}
        >
      </div>
      <div class="field">
        <label for="password">${messages.text('login.password')}</label>
        <input
          id="password"
          name="password"
          type="password"
          required
          autocomplete="current-password"
          aria-invalid="${isWrong}"
          aria-describedby="${described}"
          ${autofocus(username !== '')}
        >
      </div>
      <label class="tick" for="remember">
        <input id="remember" name="remember" type="checkbox" value="yes">
        <span>
          ${messages.text('login.remember')}
          <span class="soft">${messages.text('login.remember_note')}</span>
        </span>
      </label>
      <button id="login">${messages.text('login.submit')}</button>
    </form>
  `;
}
