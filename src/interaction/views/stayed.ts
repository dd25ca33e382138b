import { type Html, html } from '../../http/html.ts';
import type { Frame } from '../frame.ts';
import { layout } from '../layout.ts';
import type { Messages } from '../messages.ts';
import type { ClientHome } from '../sign_out.ts';
import { webUrl } from '../web_url.ts';

export interface StayedModel extends Frame {
  readonly client?: ClientHome;
}

/** Somebody was asked whether to sign out, and said no. */
export function stayedView(model: StayedModel): Html {
  const { client, issuer, messages } = model;
  const title = messages.text('logout.stayed_title');
  return layout({
    ...model,
    title,
    door: html`
      <h1 id="stayed">${title}</h1>
      <p class="lead">${messages.text('logout.stayed_lead')}</p>
    `,
    task: html`
      ${client !== undefined && clientLink(client, messages)}
      <p><a id="to-account" href="${issuer}/account">${messages.text('sections.label')}</a></p>
    `,
  });
}

/** Back to the application, where it has said where that is. */
export function clientLink({ name, client_uri }: ClientHome, messages: Messages): Html {
  const url = webUrl(client_uri);
  if (url === undefined) return html``;
  return html`
    <p><a id="to-client" href="${url}">${messages.html('logout.to_client', {
      client: name,
    })}</a></p>
  `;
}
