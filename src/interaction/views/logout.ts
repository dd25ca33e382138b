import { type Html, html } from '../../http/html.ts';
import type { ClientCard } from '../client_card.ts';
import type { Frame } from '../frame.ts';
import { layout } from '../layout.ts';
import { clientFace, clientFacts, hiddenFields, initial } from './parts.ts';

export interface LogoutModel extends Frame {
  readonly action: string;
  readonly hidden: Readonly<Record<string, string>>;
  /** Absent when no application asks. */
  readonly client?: ClientCard;
  /** All that are signed in in this browser. */
  readonly accounts: readonly LeavingAccount[];
}

export interface LeavingAccount {
  readonly sid: string;
  readonly username: string;
  /** Whether it is ticked. */
  readonly isMeant: boolean;
}

/** Sends `session`, once for each account that signs out, and `decision`: `logout` or `stay`. */
export function logoutView(model: LogoutModel): Html {
  const { action, hidden, client, accounts, messages } = model;
  const title = messages.text('logout.title');
  return layout({
    ...model,
    title,
    door: html`
      ${client !== undefined && clientFace(client)}
      <h1>${title}</h1>
      ${leadOf(model)} ${client !== undefined && clientFacts(client, messages)}
    `,
    task: html`
      <form method="post" action="${action}">
        ${hiddenFields(Object.entries(hidden))} ${accountsOf(accounts, model)}
        <p class="soft">${messages.text('logout.note')}</p>
        <div class="buttons">
          <button id="logout" name="decision" value="logout">
            ${messages.text('logout.submit')}
          </button>
          <button id="stay" name="decision" value="stay" class="quiet">
            ${messages.text('logout.stay')}
          </button>
        </div>
      </form>
    `,
  });
}

function leadOf({ client, product, messages }: LogoutModel): Html {
  if (client === undefined) {
    return html`<p class="lead">${messages.html('logout.lead_alone', { product })}</p>`;
  }
  const name = html`<strong>${client.name}</strong>`;
  return html`<p class="lead">${messages.html('logout.lead', { client: name })}</p>`;
}

function accountsOf(accounts: readonly LeavingAccount[], { messages }: LogoutModel): Html {
  const [only] = accounts;
  if (accounts.length === 1 && only !== undefined) {
    return html`
      ${hiddenFields([['session', only.sid]])}
      <div class="person">
        ${initial(only.username)}
        <p>
          <span class="soft">${messages.text('consent.signed_in')}</span>
          <strong><bdi>${only.username}</bdi></strong>
        </p>
      </div>
    `;
  }
  return html`
    <div role="group" aria-labelledby="accounts">
      <h2 id="accounts">${messages.text('logout.accounts')}</h2>
      <ul class="rows">${accounts.map(accountRow)}</ul>
    </div>
  `;
}

function accountRow({ sid, username, isMeant }: LeavingAccount): Html {
  return html`
    <li>
      <label class="tick">
        <input type="checkbox" name="session" value="${sid}" ${isMeant && html`checked`}>
        <span class="name"><bdi>${username}</bdi></span>
      </label>
    </li>
  `;
}
