import { type Html, html } from '../../http/html.ts';
import type { ClientCard } from '../client_card.ts';
import type { Frame } from '../frame.ts';
import { layout } from '../layout.ts';
import { accountAlert, type AccountForm, accountForm } from './account_form.ts';
import { clientFace, clientFacts } from './parts.ts';

/** Nothing is wrong with what was typed. */
export type SignUpTrouble = 'slow_down' | 'busy';

export interface SignUpModel
  extends Frame, Omit<AccountForm, 'messages' | 'hasName' | 'isEmailRequired'> {
  /** Absent when nobody but the person asked for this page. */
  readonly client?: ClientCard;
  /** For those who have an account. */
  readonly loginUrl: string;
  readonly trouble?: SignUpTrouble;
  /** With `slow_down`. */
  readonly retryAfterSeconds: number;
}

/** Somebody makes an account. */
export function signUpView(model: SignUpModel): Html {
  const { client, problems, trouble, loginUrl, messages } = model;
  const title = client === undefined
    ? messages.text('sign_up.title')
    : messages.text('sign_up.title_for', { client: client.name });
  const isFine = problems.length === 0 && trouble === undefined;
  return layout({
    ...model,
    title: isFine ? title : messages.text('frame.problem', { title }),
    door: doorOf(model),
    task: html`
      ${problems.length > 0 && accountAlert(messages)}
      ${trouble !== undefined && alert(trouble, model)}
      ${accountForm({ ...model, hasName: true, isEmailRequired: true })}
      <p>
        ${messages.text('sign_up.have_account')}
        <a id="have-account" href="${loginUrl}">${messages.text('sign_up.login')}</a>
      </p>
    `,
  });
}

function doorOf({ client, product, messages }: SignUpModel): Html {
  if (client === undefined) {
    return html`
      <h1>${messages.text('sign_up.title')}</h1>
      <p class="lead">${messages.html('sign_up.lead_alone', { product })}</p>
    `;
  }
  const name = html`<strong>${client.name}</strong>`;
  return html`
    ${clientFace(client)}
    <h1>${messages.text('sign_up.title')}</h1>
    <p class="lead">${messages.html('sign_up.lead', { client: name })}</p>
    ${clientFacts(client, messages)}
  `;
}

function alert(trouble: SignUpTrouble, { retryAfterSeconds, messages }: SignUpModel): Html {
  const text = trouble === 'slow_down'
    ? messages.html('sign_up.slow_down', { duration: messages.duration(retryAfterSeconds) })
    : messages.html('sign_up.busy');
  return html`<p class="alert" role="alert">${text}</p>`;
}
