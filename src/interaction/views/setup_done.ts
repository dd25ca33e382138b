import { type Html, html } from '../../http/html.ts';
import type { Frame } from '../frame.ts';
import { layout } from '../layout.ts';
import { webUrl } from '../web_url.ts';

export interface SetupDoneModel extends Frame {
  readonly username: string;
  /** Registers a client, as one would type it. */
  readonly command: string;
  readonly discoveryUrl: string;
  readonly docsUrl?: string;
}

/** The first account exists: what to do next. */
export function setupDoneView(model: SetupDoneModel): Html {
  const { username, command, discoveryUrl, messages, product } = model;
  const docs = webUrl(model.docsUrl);
  const readOn = html`
    <li>
      <h2>${messages.text('setup.next_docs')}</h2>
      <p><a href="${docs}">${docs}</a></p>
    </li>
  `;
  return layout({
    ...model,
    title: messages.text('setup.done_title', { username }),
    door: html`
      <h1>${messages.html('setup.done_title', { username })}</h1>
      <p class="lead">${messages.html('setup.done_lead', { product })}</p>
    `,
    task: html`
      <ol class="steps">
        <li>
          <h2>${messages.text('setup.next_client')}</h2>
          <p>${messages.text('setup.next_client_note')}</p>
          <code class="copy">${command.split(' ').map(unbroken)}</code>
        </li>
        <li>
          <h2>${messages.text('setup.next_discovery')}</h2>
          <p>${messages.text('setup.next_discovery_note')}</p>
          <code class="copy">${discoveryUrl}</code>
        </li>
        ${docs !== undefined && readOn}
      </ol>
    `,
  });
}

/** Lines break between words, not after hyphens. */
function unbroken(word: string): Html {
  return html`
    <span class="word">${word}</span>
  `;
}
