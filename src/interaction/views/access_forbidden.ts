import { type Html, html } from '../../http/html.ts';
import type { Frame } from '../frame.ts';
import { layout } from '../layout.ts';

export interface AccessForbidden {
  readonly host: string;
  /** Absent: nobody is signed in, and it would not help. */
  readonly username?: string | undefined;
  readonly otherAccountUrl?: string | undefined;
}

export function accessForbiddenView(model: Frame & AccessForbidden): Html {
  const { host, username, otherAccountUrl, messages } = model;
  const title = messages.text('forbidden.title');
  return layout({
    ...model,
    title,
    door: html`
      <h1>${title}</h1>
      <p class="lead">${messages.html('forbidden.lead', { host })}</p>
    `,
    task: html`
      ${username !== undefined && html`
        <p id="signed-in-as">
          ${messages.text('sections.signed_in')} <strong><bdi>${username}</bdi></strong>
        </p>
      `}
      <p id="forbidden">${messages.text('forbidden.task')}</p>
      ${otherAccountUrl !== undefined && html`
        <p class="buttons">
          <a class="button" id="other-account" href="${otherAccountUrl}">
            ${messages.text('account_overview.switch')}
          </a>
        </p>
      `}
    `,
  });
}
