import { type Html, html } from '../../http/html.ts';
import type { Frame } from '../frame.ts';
import { layout } from '../layout.ts';
import type { MessageId } from '../messages.ts';

export interface ErrorModel extends Frame {
  /** Of RFC 6749 and its family, for programs and search engines. */
  readonly code: string;
  /** For the client's developer. */
  readonly description: string;
  readonly status: number;
  /** Finds this very failure in the log. */
  readonly correlationId: string;
}

/** First what a person can do, then what a developer needs to know. */
export function errorView(model: ErrorModel): Html {
  const { code, description, status, correlationId, messages } = model;
  const [title, lead] = WORDS[kindOf(status)];
  return layout({
    ...model,
    title: messages.text(title),
    door: html`
      <h1>${messages.text(title)}</h1>
      <p class="lead">${messages.text(lead)}</p>
    `,
    task: html`
      <h2>${messages.text('error.details')}</h2>
      <dl>
        <div>
          <dt>${messages.text('error.code')}</dt>
          <dd><code id="error">${code}</code></dd>
        </div>
        <div>
          <dt>${messages.text('error.description')}</dt>
          <dd id="error_description" dir="auto">${description}</dd>
        </div>
        <div>
          <dt>${messages.text('error.status')}</dt>
          <dd>${status}</dd>
        </div>
        <div>
          <dt>${messages.text('error.reference')}</dt>
          <dd><code>${correlationId}</code></dd>
        </div>
      </dl>
    `,
  });
}

const WORDS = {
  refused: ['error.title', 'error.lead'],
  not_found: ['error.title_not_found', 'error.lead_not_found'],
  wait: ['error.title_wait', 'error.lead_wait'],
  broken: ['error.title_server', 'error.lead_server'],
} as const satisfies Readonly<Record<string, readonly [MessageId, MessageId]>>;

function kindOf(status: number): keyof typeof WORDS {
  if (status === 404) return 'not_found';
  if (status === 429 || status === 503) return 'wait';
  return status >= 500 ? 'broken' : 'refused';
}
