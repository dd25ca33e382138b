import { type Html, html } from '../../http/html.ts';
import type { ClientCard } from '../client_card.ts';
import type { Frame } from '../frame.ts';
import { layout } from '../layout.ts';
import { clientFace, clientFacts, hiddenFields, initial } from './parts.ts';

export interface SelectAccountModel extends Frame {
  readonly action: string;
  readonly hidden: Readonly<Record<string, string>>;
  /** Absent when nobody but the person asked for this page. */
  readonly client?: ClientCard;
  readonly accounts: readonly SignedInAccount[];
  /** Where another account can sign in. */
  readonly otherUrl: string;
}

export interface SignedInAccount {
  readonly sid: string;
  readonly username: string;
  readonly name?: string;
}

/** Sends `account_session`, the sid of the account that was chosen. */
export function selectAccountView(model: SelectAccountModel): Html {
  const { action, hidden, client, accounts, otherUrl, messages } = model;
  const title = messages.text('select_account.title');
  return layout({
    ...model,
    title,
    door: html`
      ${client !== undefined && clientFace(client)}
      <h1>${title}</h1>
      ${client !== undefined && leadOf(client, model)}
    `,
    task: html`
      <form method="post" action="${action}">
        ${hiddenFields(Object.entries(hidden))}
        <ul class="accounts">${accounts.map(accountRow)}</ul>
      </form>
      <p><a id="other-account" href="${otherUrl}">${messages.text('select_account.other')}</a></p>
    `,
  });
}

function leadOf(client: ClientCard, { messages }: SelectAccountModel): Html {
  const name = html`<strong>${client.name}</strong>`;
  return html`
    <p class="lead">${messages.html('login.lead', { client: name })}</p>
    ${clientFacts(client, messages)}
  `;
}

function accountRow({ sid, username, name }: SignedInAccount): Html {
  return html`
    <li>
      <button class="account" name="account_session" value="${sid}">
        ${initial(name ?? username)}
        <span>
          <span class="name"><bdi>${name ?? username}</bdi></span>
          ${name !== undefined && html`<span class="soft"><bdi>${username}</bdi></span>`}
        </span>
      </button>
    </li>
  `;
}
