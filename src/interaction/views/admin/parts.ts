import { cursorOf } from '../../../endpoints/admin/cursor.ts';
import { type Html, html } from '../../../http/html.ts';
import { printable } from '../../../spec/mistake.ts';
import type { Actor } from '../../../store/records.ts';
import type { ConsoleFrame } from '../../admin/visit.ts';
import { english, messagesOf } from '../../messages.ts';
import { hiddenFields } from '../parts.ts';

const ENGLISH = messagesOf(english);

/** Characters of others' words in a list; a page of their own shows all. */
const MAX_SHOWN = 120;

/** Others' words as they are, save that nothing in them turns or hides the words around. CWE-117 */
export function said(text: string): Html {
  return html`<bdi>${printable(text)}</bdi>`;
}

/** The same where many stand below one another. */
export function brief(text: string): Html {
  return said(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN).toWellFormed()}…` : text);
}

/** The same where there may be very much of it: the rest unfolds. */
export function long(text: string): Html {
  if (text.length <= 3 * MAX_SHOWN) return said(text);
  return html`
    <details>
      <summary>${brief(text)} <span class="soft">(${count(text.length)} characters)</span></summary>
      <div class="inside">${said(text)}</div>
    </details>
  `;
}

/** What is wrong, in words that others may have a part in. */
export function sentence(problem: string): Html {
  const first = problem.slice(0, 1).toUpperCase();
  return said(`${first}${problem.slice(1)}${/[.!?:]$/.test(problem) ? '' : '.'}`);
}

export function when(seconds: number, { zoneinfo }: ConsoleFrame): Html {
  const iso = new Date(Math.floor(seconds) * 1000).toISOString();
  return html`<time datetime="${iso}">${ENGLISH.time(seconds, zoneinfo)}</time>`;
}

/** A value as JSON. */
export function jsonText(value: unknown): Html {
  return html`<code>${printable(JSON.stringify(value) ?? '')}</code>`;
}

export function count(number: number): string {
  return new Intl.NumberFormat('en').format(number);
}

/** Several on one line. */
export function joined(parts: readonly (Html | string)[], by = ' · '): Html {
  return html`${parts.map((part, index) => index === 0 ? html`${part}` : html`${by}${part}`)}`;
}

export function badge(text: string, kind: 'good' | 'plain' | 'bad' = 'plain'): Html {
  return html`<span class="badge ${kind}">${text}</span>`;
}

export function linkTo(frame: ConsoleFrame, path: string, text: string | Html): Html {
  return html`<a href="${frame.issuer}${path}">${text}</a>`;
}

export function buttonTo(
  frame: ConsoleFrame,
  path: string,
  text: string,
  kind: 'quiet' | 'main' = 'quiet',
): Html {
  const look = kind === 'quiet' ? 'button quiet small' : 'button small';
  return html`<a class="${look}" href="${frame.issuer}${path}">${text}</a>`;
}

export function alert(text: string | Html): Html {
  return html`<p class="alert" role="alert">${text}</p>`;
}

export interface Row {
  readonly name: Html;
  readonly facts: readonly (Html | string)[];
  /** At the end of the line: a time, a badge, a button. */
  readonly side?: Html;
}

export function list(rows: readonly Row[], empty: string): Html {
  if (rows.length === 0) return html`<p class="soft">${empty}</p>`;
  return html`
    <ul class="items dense">
      ${rows.map(({ name, facts, side }) =>
        html`
          <li>
            <div class="what">
              <span class="name">${name}</span>
              <span class="soft">${joined(facts)}</span>
            </div>
            ${side !== undefined && html`<div class="side">${side}</div>`}
          </li>
        `
      )}
    </ul>
  `;
}

export type Pair = readonly [label: string, value: Html | string];

export function pairs(rows: readonly (Pair | false)[]): Html {
  return html`
    <dl class="pairs">
      ${rows.map((row) =>
        html`${
          row !== false && html`
            <div>
              <dt>${row[0]}</dt>
              <dd>${row[1]}</dd>
            </div>
          `
        }`
      )}
    </dl>
  `;
}

export interface Paging {
  /** Below the issuer. */
  readonly path: string;
  /** What was searched for. */
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly next: readonly string[] | undefined;
  readonly isFirst: boolean;
}

export function pager(frame: ConsoleFrame, { path, query, next, isFirst }: Paging): Html {
  if (next === undefined && isFirst) return html``;
  const url = (after?: readonly string[]): string => {
    const given = Object.entries({ ...query, after: after && cursorOf(after) });
    const params = new URLSearchParams(
      given.filter((pair): pair is [string, string] => pair[1] !== undefined),
    ).toString();
    return `${frame.issuer}${path}${params === '' ? '' : `?${params}`}`;
  };
  return html`
    <p class="pager">
      ${!isFirst && html`<a class="button quiet small" href="${url()}">First page</a>`}
      ${next !== undefined && html`
        <a class="button quiet small" id="next" href="${url(next)}" rel="next">Next page</a>
      `}
    </p>
  `;
}

export interface SearchField {
  readonly name: string;
  readonly label: string;
  readonly value: string | undefined;
  /** What may be chosen; absent: anything may be typed. */
  readonly choices?: readonly string[];
}

export function search(
  frame: ConsoleFrame,
  fields: readonly SearchField[],
  button = 'Search',
): Html {
  return html`
    <form class="search" method="get" action="${frame.action}" role="search">
      ${fields.map(searchField)}
      <button class="quiet small">${button}</button>
    </form>
  `;
}

function searchField({ name, label, value = '', choices }: SearchField): Html {
  const input = choices === undefined
    ? html`<input id="${name}" name="${name}" value="${value}" maxlength="512" autocomplete="off">`
    : html`
      <select id="${name}" name="${name}">
        <option value="">any</option>
        ${choices.map((each) => html`<option ${each === value && html`selected`}>${each}</option>`)}
      </select>
    `;
  return html`
    <div class="field">
      <label for="${name}">${label}</label>
      ${input}
    </div>
  `;
}

/** A text as it is: the first line break after the tag is not of it. */
export function textArea(attributes: Html, text: string): Html {
  return html`<textarea ${attributes} spellcheck="false">${`\n${text}`}</textarea>`;
}

/** The form of the page at hand. */
export function postForm(frame: ConsoleFrame, body: Html): Html {
  return html`
    <form method="post" action="${frame.action}">
      ${hiddenFields(Object.entries(frame.hidden))} ${body}
    </form>
  `;
}

export function actorText(actor: Actor, names: ReadonlyMap<string, string>): Html {
  const user = 'user' in actor && actor.user !== undefined ? actor.user : undefined;
  const by = user === undefined ? undefined : said(names.get(user) ?? user);
  const client = 'client_id' in actor && actor.client_id !== undefined && said(actor.client_id);
  return joined([actor.kind, ...by === undefined ? [] : [by], ...client === false ? [] : [client]]);
}
