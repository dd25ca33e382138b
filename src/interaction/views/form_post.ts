import { type Html, html } from '../../http/html.ts';
import type { Frame } from '../frame.ts';
import { layout } from '../layout.ts';
import { hiddenFields } from './parts.ts';

export interface FormPostModel extends Frame {
  /** The redirect URI, checked. */
  readonly action: string;
  readonly fields: ReadonlyMap<string, string>;
}

/** Takes the authorization response to the client as a form that sends itself. Form Post Response Mode §2. */
export function formPostView(model: FormPostModel): Html {
  const { action, fields, nonce, messages } = model;
  return layout({
    ...model,
    picker: undefined,
    title: messages.text('form_post.title'),
    door: html`
      <h1>${messages.text('form_post.title')}</h1>
      <p class="lead">${messages.text('form_post.lead')}</p>
    `,
    task: html`
      <form method="post" action="${action}">
        ${hiddenFields(fields)}
        <p>${messages.text('form_post.note')}</p>
        <button>${messages.text('form_post.submit')}</button>
      </form>
      <script nonce="${nonce}">
      document.forms[0].submit();
      </script>
    `,
  });
}
