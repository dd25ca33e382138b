import { type Html, html } from '../../../http/html.ts';
import type { AccountFrame } from '../../account/visit.ts';
import type { Messages } from '../../messages.ts';
import { accountLayout } from '../account_layout.ts';
import { hiddenFields, initial } from '../parts.ts';

export interface GrantedScope {
  readonly name: string;
  /** The administrator's words, before ours. */
  readonly description?: string;
}

export interface ApplicationRow {
  readonly client_id: string;
  readonly name: string;
  readonly scopes: readonly GrantedScope[];
  readonly resources: readonly string[];
  /** Absent when it only takes part in a session. */
  readonly granted_at?: number;
  readonly last_used_at: number;
}

export interface SavedConsent {
  readonly client_id: string;
  readonly name: string;
  readonly scopes: readonly GrantedScope[];
  readonly expires_at: number;
}

export interface ApplicationsModel extends AccountFrame {
  readonly applications: readonly ApplicationRow[];
  readonly consents: readonly SavedConsent[];
  readonly zoneinfo: string | undefined;
}

/** Sends `revoke` or `forget`, a client_id each. */
export function applicationsView(model: ApplicationsModel): Html {
  const { action, hidden, applications, consents, messages } = model;
  const rows = applications.map((each) => applicationRow(each, model));
  return accountLayout({
    ...model,
    title: messages.text('sections.applications'),
    body: html`
      <form method="post" action="${action}">
        ${hiddenFields(Object.entries(hidden))}
        ${applications.length === 0
          ? html`<p>${messages.text('account_applications.none')}</p>`
          : html`<ul class="items">${rows}</ul>`}
        ${consents.length > 0 && html`
          <h2>${messages.text('account_applications.saved')}</h2>
          <p class="soft">${messages.text('account_applications.saved_note')}</p>
          <ul class="items">${consents.map((each) => consentRow(each, model))}</ul>
        `}
      </form>
    `,
  });
}

function applicationRow(application: ApplicationRow, { zoneinfo, messages }: ApplicationsModel) {
  const { client_id, name, scopes, resources, granted_at, last_used_at } = application;
  const used = messages.text('account_sessions.used', {
    time: messages.time(last_used_at, zoneinfo),
  });
  const granted = granted_at === undefined
    ? ''
    : messages.text('account_applications.granted', { time: messages.time(granted_at, zoneinfo) });
  return html`
    <li>
      ${initial(name)}
      <div class="what">
        <span class="name"><bdi>${name}</bdi></span>
        <span class="soft">
          ${scopesText(scopes, messages)}
          ${resources.map((uri) => html`<br><code>${uri}</code>`)}
          <br>${granted !== '' && html`
            ${granted} ·
          `}${used}
        </span>
      </div>
      <button class="danger small" name="revoke" value="${client_id}">
        ${messages.text('account_applications.revoke')}<span class="unseen"> ${name}</span>
      </button>
    </li>
  `;
}

function consentRow(consent: SavedConsent, { zoneinfo, messages }: ApplicationsModel): Html {
  const { client_id, name, scopes, expires_at } = consent;
  const until = messages.time(expires_at, zoneinfo);
  return html`
    <li>
      <div class="what">
        <span class="name"><bdi>${name}</bdi></span>
        <span class="soft">
          ${scopesText(scopes, messages)}
          <br>${messages.text('account_applications.until', { time: until })}
        </span>
      </div>
      <button class="quiet small" name="forget" value="${client_id}">
        ${messages.text('account_applications.forget')}<span class="unseen"> ${name}</span>
      </button>
    </li>
  `;
}

/** As the consent page puts it. */
function scopesText(scopes: readonly GrantedScope[], messages: Messages): Html {
  return html`${
    scopes.map(({ name, description }, index) => {
      const words = description ?? messages.find(`scope.${name}`);
      const shown = words === undefined ? html`<code>${name}</code>` : html`<bdi>${words}</bdi>`;
      return index === 0 ? shown : html`
        · ${shown}
      `;
    })
  }`;
}
