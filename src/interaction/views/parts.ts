import { type Html, html } from '../../http/html.ts';
import type { ClientCard } from '../client_card.ts';
import type { Messages } from '../messages.ts';
import { webUrl } from '../web_url.ts';

/** Hidden fields, named and valued by the handler. */
export function hiddenFields(fields: Iterable<readonly [name: string, value: string]>): Html {
  return html`${Array.from(fields, hiddenField)}`;
}

/** Puts the cursor into a field when the page opens: an attribute, or nothing. */
export function autofocus(isHere: boolean): Html {
  return isHere ? html`autofocus` : html``;
}

export interface FieldRow {
  readonly name: string;
  readonly label: string;
  /** Of the input, besides what the row gives it. */
  readonly attributes: Html;
  /** Advice, or what is wrong with what was typed. */
  readonly remark: string | undefined;
  readonly isWrong: boolean;
  /** Whether the cursor waits here. */
  readonly isFirst?: boolean;
}

/** A field, below its label and what there is to say of it. */
export function fieldRow(row: FieldRow): Html {
  const { name, label, attributes, remark, isWrong, isFirst = false } = row;
  const described = remark !== undefined && `${name}-remark`;
  return html`
    <div class="field">
      <label for="${name}">${label}</label>
      ${remark !== undefined && html`
        <p id="${described}" class="${isWrong ? 'wrong' : 'soft'}">${remark}</p>
      `}
      <input
        id="${name}"
        name="${name}"
        ${attributes}
        aria-invalid="${isWrong && 'true'}"
        aria-describedby="${described}"
        ${autofocus(isFirst)}
      >
    </div>
  `;
}

/** A client's logo, or the first letter of its name where there is none that may be shown. */
export function clientFace({ name, logo_uri }: ClientCard): Html {
  const logo = webUrl(logo_uri);
  return logo === undefined
    ? initial(name)
    : html`<img id="client-logo" class="face" src="${logo}" alt="" width="52" height="52">`;
}

/** As people count letters: an accent or an emoji's parts stay with it. */
export function initial(name: string): Html {
  const [first] = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(name.trim());
  return html`<span class="face" aria-hidden="true">${first?.segment.toUpperCase()}</span>`;
}

/** Where the person will return to, and what the client has published about itself. */
export function clientFacts(client: ClientCard, messages: Messages): Html {
  const host = client.redirectHost;
  const policy = webUrl(client.policy_uri);
  const tos = webUrl(client.tos_uri);
  const links = html`
    <p class="facts links">
      ${policy && newTab(policy, messages.text('client.policy'), messages, 'client-policy')}
      ${tos && newTab(tos, messages.text('client.tos'), messages, 'client-tos')}
    </p>
  `;
  return html`
    ${host !== undefined && returning(host, messages)}
    ${(policy ?? tos) !== undefined && links}
  `;
}

/** Hosts read from left to right, whatever script they are in. */
function returning(name: string, messages: Messages): Html {
  const host = html`<span dir="ltr">${name}</span>`;
  return html`<p class="facts">${messages.html('client.returns', { host })}</p>`;
}

function hiddenField([name, value]: readonly [name: string, value: string]): Html {
  return html`<input type="hidden" name="${name}" value="${value}">`;
}

/** In another tab, so that what was typed here is still there afterwards. */
export function newTab(href: string, text: string | Html, messages: Messages, id?: string): Html {
  return html`
    <a ${id !== undefined &&
      html`id="${id}"`} href="${href}" target="_blank" rel="noopener noreferrer">
      ${text}<span class="unseen"> ${messages.text('frame.new_tab')}</span>
    </a>
  `;
}
