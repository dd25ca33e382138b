import { type Html, html } from '../../../http/html.ts';
import type { Frame } from '../../frame.ts';
import { layout } from '../../layout.ts';
import { accountUrl } from '../../account_pages.ts';
import { ADMINISTRATORS } from '../../../spec/administration.ts';

export interface ForbiddenModel extends Frame {
  readonly username: string;
  readonly otherAccountUrl: string;
}

/** For somebody who is signed in, and no administrator. */
export function forbiddenView(model: ForbiddenModel): Html {
  const { username, otherAccountUrl, issuer } = model;
  return layout({
    ...model,
    title: 'Not for this account',
    door: html`
      <div lang="en" dir="ltr">
        <h1>Not for this account</h1>
        <p class="lead">The console is for administrators.</p>
      </div>
    `,
    task: html`
      <div class="group" lang="en" dir="ltr">
        <p id="why">
          You are signed in as <strong><bdi>${username}</bdi></strong>, who is not in the group
          <code>${ADMINISTRATORS}</code>.
        </p>
        <p>Ask an administrator for that, or use another account.</p>
      </div>
      <p class="buttons" lang="en" dir="ltr">
        <a class="button" id="other-account" href="${otherAccountUrl}">Switch account</a>
        <a class="button quiet" href="${accountUrl('overview', issuer)}">Your account</a>
      </p>
    `,
  });
}
