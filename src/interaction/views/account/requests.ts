import { type Html, html } from '../../../http/html.ts';
import type { AccountFrame } from '../../account/visit.ts';
import { accountLayout } from '../account_layout.ts';
import { type ConsentModel, formOf, newClientNote } from '../consent.ts';
import { USER_CODE_LENGTHS } from '../../../engine/ciba/user_code.ts';
import { fieldRow, hiddenFields, initial } from '../parts.ts';

/** A request that waits. */
export interface RequestRow {
  readonly id: string;
  /** Of the application. */
  readonly name: string;
  readonly binding_message?: string;
  readonly secondsLeft: number;
}

/** The one that can be answered here, with all that it asks for. */
export type OpenRequest =
  & RequestRow
  & Pick<ConsentModel, 'scopes' | 'claims' | 'isNewClient' | 'resources' | 'details'>;

export interface RequestsModel extends AccountFrame {
  readonly open?: OpenRequest;
  readonly others: readonly RequestRow[];
  /** Whether applications must know a code. */
  readonly hasUserCode: boolean;
  /** Why no code was set. */
  readonly problem?: 'refused' | 'busy';
}

/** Sends `user_code_action`: `set`, with `user_code`, or `remove`; or else `request`, `scope` once for each that is ticked, and `decision`: `accept` or `deny`. */
export function requestsView(model: RequestsModel): Html {
  const { open, others, messages } = model;
  return accountLayout({
    ...model,
    title: messages.text('sections.requests'),
    body: html`
      ${open === undefined && others.length === 0 && html`
        <p id="no-requests">${messages.text('requests.none')}</p>
      `}
      ${open !== undefined && openPart(open, model)}
      ${others.length > 0 && html`
        <section>
          <h2>${messages.text(open === undefined ? 'requests.waiting' : 'requests.others')}</h2>
          <ul class="items">${others.map((each) => row(each, model))}</ul>
        </section>
      `}
      ${userCodePart(model)}
    `,
  });
}

function openPart(open: OpenRequest, model: RequestsModel): Html {
  const { messages, hidden } = model;
  const { id, name, binding_message, secondsLeft } = open;
  const client = { name };
  return html`
    <section id="request">
      <h2>${messages.html('requests.asks', { client: html`<bdi>${name}</bdi>` })}</h2>
      <p class="soft">
        ${messages.text('requests.left', { duration: messages.duration(secondsLeft) })}
      </p>
      ${newClientNote({ ...model, client, isNewClient: open.isNewClient })}
      <div class="note">
        ${binding_message !== undefined && html`
          <p><label for="binding-message">${messages.text('requests.compare')}</label></p>
          <output id="binding-message" class="code" dir="auto">${binding_message}</output>
        `}
        <p>${messages.text('requests.warning')}</p>
      </div>
      ${formOf({
        ...model,
        ...open,
        client,
        hidden: { ...hidden, request: id },
        accept: { id: 'approve', words: messages.text('requests.approve') },
      })}
    </section>
  `;
}

function row(
  { id, name, binding_message, secondsLeft }: RequestRow,
  { action, messages }: RequestsModel,
): Html {
  return html`
    <li>
      ${initial(name)}
      <div class="what">
        <span class="name"><bdi>${name}</bdi></span>
        <span class="soft">
          ${binding_message !== undefined && html`
            <bdi>${binding_message}</bdi> ·
          `}${messages.text('requests.left', { duration: messages.duration(secondsLeft) })}
        </span>
      </div>
      <a class="button quiet small" href="${action}?request=${id}">
        ${messages.text('requests.look')}<span class="unseen"> ${name}</span>
      </a>
    </li>
  `;
}

function userCodePart({ action, hidden, hasUserCode, problem, messages }: RequestsModel): Html {
  const { min, max } = USER_CODE_LENGTHS;
  const remarks = { refused: 'requests.code_length', busy: 'login.busy' } as const;
  return html`
    <section>
      <h2>${messages.text('requests.code')}</h2>
      <p class="soft">${messages.text('requests.code_about')}</p>
      ${hasUserCode && html`
        <form method="post" action="${action}">
          ${hiddenFields(Object.entries(hidden))}
          <p id="has-user-code">${messages.text('requests.code_set')}</p>
          <button
            id="remove-user-code"
            class="danger small"
            name="user_code_action"
            value="remove"
          >${messages.text('requests.code_remove')}</button>
        </form>
      `}
      <form method="post" action="${action}">
        ${hiddenFields(Object.entries(hidden))}
        ${fieldRow({
          name: 'user_code',
          label: messages.text('requests.code_new'),
          attributes: html`type="password" required minlength="${String(min)}" maxlength="${
            String(max)
          }" autocomplete="off"`,
          remark: messages.text(problem === undefined ? 'requests.code_note' : remarks[problem]),
          isWrong: problem !== undefined,
        })}
        <button id="set-user-code" class="quiet" name="user_code_action" value="set">
          ${messages.text('requests.code_save')}
        </button>
      </form>
    </section>
  `;
}
