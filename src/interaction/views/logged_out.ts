import { type Html, html } from '../../http/html.ts';
import type { Frame } from '../frame.ts';
import { layout } from '../layout.ts';
import type { ClientHome } from '../sign_out.ts';
import { clientLink } from './stayed.ts';

export interface LoggedOutModel extends Frame {
  /** Usernames that are still signed in in this browser. */
  readonly staying: readonly string[];
  readonly client?: ClientHome;
}

/** The end of a sign-out that leads nowhere else. */
export function loggedOutView(model: LoggedOutModel): Html {
  const { staying, client, product, issuer, messages } = model;
  const title = messages.text('logged_out.title');
  return layout({
    ...model,
    title,
    door: html`
      <h1 id="logged-out">${title}</h1>
      <p class="lead">${messages.html('logged_out.lead', { product })}</p>
    `,
    task: html`
      <p>${messages.text('logged_out.note')}</p>
      ${staying.length > 0 && html`
        <p class="note">
          ${messages.html('logged_out.staying', { accounts: staying.join(', ') })}
        </p>
      `} ${client !== undefined && clientLink(client, messages)}
      <p><a id="sign-in" href="${issuer}/login">${messages.text('logged_out.sign_in')}</a></p>
    `,
  });
}
