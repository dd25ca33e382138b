import { type Html, html } from '../../http/html.ts';
import type { ClientCard } from '../client_card.ts';
import type { Frame } from '../frame.ts';
import { layout } from '../layout.ts';
import type { Messages } from '../messages.ts';
import { clientFace, clientFacts, hiddenFields, initial } from './parts.ts';

export interface ConsentItem {
  readonly name: string;
  /** Cannot be unticked. */
  readonly required: boolean;
}

export interface ConsentScope extends ConsentItem {
  /** The administrator's words, before ours. */
  readonly description?: string;
}

/** RFC 9396 §2. */
export interface ConsentDetail {
  readonly type: string;
  /** The administrator's words for the type. */
  readonly description?: string;
  readonly members: readonly { readonly name: string; readonly value: string }[];
}

export interface ConsentModel extends Frame {
  readonly action: string;
  readonly hidden: Readonly<Record<string, string>>;
  readonly client: ClientCard;
  readonly username: string;
  /** Where someone else can sign in. */
  readonly notYou?: string;
  readonly scopes: readonly ConsentScope[];
  /** Claims asked for one by one, Core §5.5. */
  readonly claims: readonly ConsentItem[];
  /** How long an answer can be saved; absent where it cannot. */
  readonly rememberSeconds?: number | undefined;
  /** Nobody here has vouched for the application for long. */
  readonly isNewClient: boolean;
  /** RFC 8707. */
  readonly resources: readonly string[];
  readonly details: readonly ConsentDetail[];
  /** What the first button is called, where that is not the consent page's. */
  readonly accept?: { readonly id: string; readonly words: string };
}

/** Sends `scope` and `claim`, once for each that is ticked, `remember`, and `decision`: `accept` or `deny`. */
export function consentView(model: ConsentModel): Html {
  const { client, messages } = model;
  return layout({
    ...model,
    title: messages.text('consent.title_for', { client: client.name }),
    door: doorOf(client, messages),
    task: html`${personOf(model)} ${newClientNote(model)} ${formOf(model)}`,
  });
}

function doorOf(client: ClientCard, messages: Messages): Html {
  const name = html`<strong>${client.name}</strong>`;
  return html`
    ${clientFace(client)}
    <h1>${messages.text('consent.title')}</h1>
    <p class="lead">${messages.html('consent.lead', { client: name })}</p>
    ${clientFacts(client, messages)}
  `;
}

export function personOf(
  { username, notYou, messages }: Pick<ConsentModel, 'username' | 'notYou' | 'messages'>,
): Html {
  return html`
    <div class="person">
      ${initial(username)}
      <p>
        <span class="soft">${messages.text('consent.signed_in')}</span>
        <strong><bdi>${username}</bdi></strong>
      </p>
      ${notYou !== undefined && html`<a href="${notYou}">${messages.text('consent.not_you')}</a>`}
    </div>
  `;
}

export function newClientNote(
  { client, isNewClient, messages }: Pick<ConsentModel, 'client' | 'isNewClient' | 'messages'>,
): Html {
  const name = html`<strong>${client.name}</strong>`;
  return isNewClient
    ? html`<p id="new-client" class="alert">${
      messages.html('consent.new_client', {
        client: name,
      })
    }</p>`
    : html``;
}

export function formOf(model: Omit<ConsentModel, 'username' | 'notYou'>): Html {
  const { action, hidden, scopes, claims, resources, details, messages } = model;
  const { accept = { id: 'accept', words: messages.text('consent.accept') } } = model;
  return html`
    <form method="post" action="${action}">
      ${hiddenFields(Object.entries(hidden))}
      <div role="group" aria-labelledby="scopes">
        <h2 id="scopes">${messages.text('consent.scopes')}</h2>
        <ul class="rows">
          ${scopes.map((scope) => scopeRow(scope, messages))}
        </ul>
      </div>
      ${claims.length > 0 && html`
        <div role="group" aria-labelledby="claims">
          <h2 id="claims">${messages.text('consent.claims')}</h2>
          <ul class="rows">
            ${claims.map((claim) => claimRow(claim, messages))}
          </ul>
        </div>
      `}
      ${listOf(
        messages.text('consent.resources'),
        resources.map((uri) => html`<code>${uri}</code>`),
      )}
      ${listOf(messages.text('consent.details'), details.map(detailRow))}
      ${rememberBox(model)}
      <div class="buttons">
        <button id="${accept.id}" name="decision" value="accept">${accept.words}</button>
        <button id="deny" name="decision" value="deny" class="quiet">
          ${messages.text('consent.deny')}
        </button>
      </div>
    </form>
  `;
}

function scopeRow({ name, required, description }: ConsentScope, messages: Messages): Html {
  const code = html`<code>${name}</code>`;
  const words = description ?? messages.find(`scope.${name}`);
  const releases = messages.find(`releases.${name}`) ??
    (words === undefined ? messages.text('consent.undescribed') : code);
  return html`
    <li>
      <label class="tick">
        ${required ? requiredBox('scope', name) : box('scope', name)}
        <span>
          <span class="name">${words === undefined ? code : html`<bdi>${words}</bdi>`}</span>
          <span class="soft">
            ${releases} ${required && messages.text(requiredWords(name))}
          </span>
        </span>
      </label>
    </li>
  `;
}

function requiredWords(name: string): 'consent.required' | 'consent.required_here' {
  return name === 'openid' ? 'consent.required' : 'consent.required_here';
}

function claimRow({ name, required }: ConsentItem, messages: Messages): Html {
  return html`
    <li>
      <label class="tick">
        ${required ? requiredBox('claim', name) : box('claim', name)}
        <span>
          <span class="name">${claimWords(name, messages)}</span>
          ${required && html`
            <span class="soft">${messages.text('consent.required_here')}</span>
          `}
        </span>
      </label>
    </li>
  `;
}

function rememberBox(
  { rememberSeconds, messages }: Pick<ConsentModel, 'rememberSeconds' | 'messages'>,
): Html {
  if (rememberSeconds === undefined) return html``;
  const duration = messages.duration(rememberSeconds);
  return html`
    <label class="tick" for="remember">
      <input id="remember" name="remember" type="checkbox" value="yes">
      <span>${messages.text('consent.remember', { duration })}</span>
    </label>
  `;
}

type Field = 'scope' | 'claim';

function box(field: Field, name: string): Html {
  return html`<input type="checkbox" name="${field}" value="${name}" checked>`;
}

/** A disabled box sends nothing, so a hidden field beside it does. */
function requiredBox(field: Field, name: string): Html {
  return html`
    <input type="checkbox" name="${field}" value="${name}" checked disabled>
    ${hiddenFields([[field, name]])}
  `;
}

function claimWords(name: string, messages: Messages): Html {
  const words = messages.find(`claim.${name}`);
  return words === undefined ? html`<code>${name}</code>` : html`${words}`;
}

function detailRow({ type, description, members }: ConsentDetail): Html {
  return html`
    <span class="name">${description ?? html`<code>${type}</code>`}</span>
    ${members.map(({ name, value }) => html`<br><code>${name}: ${value}</code>`)}
  `;
}

function listOf(heading: string, items: readonly Html[]): Html {
  if (items.length === 0) return html``;
  return html`
    <div class="group">
      <h2>${heading}</h2>
      <ul class="plain">
        ${items.map((item) => html`<li>${item}</li>`)}
      </ul>
    </div>
  `;
}
