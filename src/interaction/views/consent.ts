import { type Html, html } from '../../http/html.ts';
import type { ClientCard } from '../client_card.ts';
import type { Frame } from '../frame.ts';
import { layout } from '../layout.ts';
import type { Messages } from '../messages.ts';
import { clientFace, clientFacts, hiddenFields, initial } from './parts.ts';

export interface ConsentScope {
  readonly name: string;
  /** Cannot be unticked. */
  readonly required: boolean;
  /** The administrator's words, before ours. */
  readonly description?: string;
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
  readonly claims: readonly string[];
  /** RFC 8707. */
  readonly resources: readonly string[];
}

/** Sends `scope`, once for each that is ticked, and `decision`: `accept` or `deny`. */
export function consentView(model: ConsentModel): Html {
  const { client, messages } = model;
  return layout({
    ...model,
    title: messages.text('consent.title_for', { client: client.name }),
    door: html`${clientFace(client)}
<h1>${messages.text('consent.title')}</h1>
<p class="lead">${
      messages.html('consent.lead', { client: html`<strong>${client.name}</strong>` })
    }</p>
${clientFacts(client, messages)}`,
    task: taskOf(model),
  });
}

function taskOf(
  { action, hidden, username, notYou, scopes, claims, resources, messages }: ConsentModel,
): Html {
  return html`<div class="person">
${initial(username)}
<div><p class="soft">${messages.text('consent.signed_in')}</p>
<p><strong><bdi>${username}</bdi></strong></p></div>
${notYou !== undefined && html`<a href="${notYou}">${messages.text('consent.not_you')}</a>`}
</div>
<form method="post" action="${action}">
${hiddenFields(Object.entries(hidden))}<div role="group" aria-labelledby="scopes">
<h2 id="scopes">${messages.text('consent.scopes')}</h2>
<ul class="rows">
${scopes.map((scope) => scopeRow(scope, messages))}</ul>
</div>
${listOf(messages.text('consent.claims'), claims.map((name) => claimWords(name, messages)))}
${listOf(messages.text('consent.resources'), resources.map((uri) => html`<code>${uri}</code>`))}
<div class="buttons two">
<button id="accept" name="decision" value="accept">${messages.text('consent.accept')}</button>
<button id="deny" name="decision" value="deny" class="quiet">${
    messages.text('consent.deny')
  }</button>
</div>
</form>`;
}

function scopeRow({ name, required, description }: ConsentScope, messages: Messages): Html {
  const words = description ?? messages.find(`scope.${name}`);
  const releases = messages.find(`releases.${name}`);
  // A disabled box sends nothing, so what is required goes along beside it.
  const box = required
    ? html`${hiddenFields([['scope', name]])}<input type="checkbox" checked disabled>`
    : html`<input type="checkbox" name="scope" value="${name}" checked>`;
  return html`
    <li><label class="tick">${box}
    <span><span class="name">${words === undefined
      ? html`<code>${name}</code>`
      : html`<bdi>${words}</bdi>`}</span>
    <span class="soft">${releases ??
      (words === undefined
        ? messages.text('consent.undescribed')
        : html`<code>${name}</code>`)}${required && html`
      ${messages.text('consent.required')}
    `}</span></span></label></li>
  `;
}

function claimWords(name: string, messages: Messages): Html {
  const words = messages.find(`claim.${name}`);
  return words === undefined ? html`<code>${name}</code>` : html`${words}`;
}

function listOf(heading: string, items: readonly Html[]): Html {
  return html`${
    items.length > 0 && html`
      <div class="group">
        <h2>${heading}</h2>
        <ul class="plain">
      ${items.map((item) =>
        html`
          <li>${item}</li>
        `
      )}</ul>
      </div>
    `
  }`;
}
