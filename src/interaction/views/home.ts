import { type Html, html } from '../../http/html.ts';
import type { Frame } from '../frame.ts';
import { layout } from '../layout.ts';
import type { Messages } from '../messages.ts';

export interface HomeModel extends Frame {
  readonly issuer: string;
  /** Nobody has signed up yet. The link for that is not for this page: anybody can read it. */
  readonly isSetupPending: boolean;
}

/** What stands at the issuer itself, for whoever opens it out of curiosity or to see whether it runs. */
export function homeView(model: HomeModel): Html {
  const { issuer, isSetupPending, messages } = model;
  const discovery = `${issuer}/.well-known/openid-configuration`;
  return layout({
    ...model,
    title: messages.text('home.title'),
    door: html`
      <h1>${messages.text('home.title')}</h1>
      <p class="lead">
        ${messages.text(isSetupPending ? 'home.lead_pending' : 'home.lead')}
      </p>
    `,
    task: html`
      ${isSetupPending && setupNote(messages)}
      <h2>${messages.text('home.applications')}</h2>
      <dl>
        <div>
          <dt>${messages.text('home.issuer')}</dt>
          <dd><code>${issuer}</code></dd>
        </div>
        <div>
          <dt>${messages.text('home.discovery')}</dt>
          <dd><a href="${discovery}"><code>${discovery}</code></a></dd>
        </div>
      </dl>
    `,
  });
}

function setupNote(messages: Messages): Html {
  return html`
    <div class="note">
      <h2>${messages.text('home.setup')}</h2>
      <p>${messages.text('home.setup_note')}</p>
    </div>
  `;
}
