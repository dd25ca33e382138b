import { type Html, html } from '../../http/html.ts';
import type { Frame } from '../frame.ts';
import { layout } from '../layout.ts';

/** For whoever opens the sign-in page without a reason, signed in already. */
export function signedInView(model: Frame & { readonly username: string }): Html {
  const { messages } = model;
  const username = html`<strong>${model.username}</strong>`;
  return layout({
    ...model,
    title: messages.text('signed_in.title'),
    door: html`
      <h1>${messages.text('signed_in.title')}</h1>
      <p class="lead">${messages.html('signed_in.lead', { username })}</p>
    `,
    task: html`<p>${messages.text('signed_in.task')}</p>`,
  });
}
