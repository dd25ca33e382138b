import { type Html, html } from '../../../http/html.ts';
import { printable } from '../../../spec/mistake.ts';
import type { ClientKind } from '../../admin/client_kinds.ts';
import type { ConsoleFrame } from '../../admin/visit.ts';
import { hiddenFields } from '../parts.ts';
import { clientFields, type ClientFormModel } from './client_form.ts';
import { consoleLayout, type Crumb } from './layout.ts';
import { buttonTo, postForm } from './parts.ts';

export function clientKindsView(frame: ConsoleFrame, kinds: readonly ClientKind[]): Html {
  return consoleLayout(frame, {
    title: 'New client',
    crumb: { path: '/admin/clients', text: 'Clients' },
    body: html`
      <p class="soft">What kind of application is it? Everything can be changed afterwards.</p>
      <div class="kinds">
        ${kinds.map(({ name, title, about }) =>
          html`
            <a id="kind-${name}" href="${frame.action}?kind=${name}">
              <strong>${title}</strong> ${about}
            </a>
          `
        )}
      </div>
    `,
  });
}

export interface ClientFormPage extends Omit<ClientFormModel, 'before' | 'ofPeople'> {
  readonly title: string;
  readonly crumb: Crumb;
  /** What kind of client is made. */
  readonly kind?: string;
  /** As it was typed; absent: the client is there already. */
  readonly client_id?: string;
  /** The version that the form was made for. */
  readonly version?: string;
  /** What is to be said before the form. */
  readonly above?: Html;
  readonly status?: number;
}

export function clientFormView(frame: ConsoleFrame, page: ClientFormPage): Html {
  const { title, crumb, kind, client_id, version, above, problems } = page;
  return consoleLayout(frame, {
    title,
    crumb,
    body: html`
      ${above}
      ${postForm(
        frame,
        html`
          ${kind !== undefined && hiddenFields([['kind', kind]])}
          ${version !== undefined && hiddenFields([['version', version]])}
          ${clientFields({
            ...page,
            ...client_id === undefined
              ? { ofPeople: NEW_SUBS }
              : { before: idField(client_id, problems.get('client_id')) },
          })}
          <p class="actions">
            <button id="save">${client_id === undefined ? 'Save' : 'Create'}</button>
            ${buttonTo(frame, crumb.path, 'Cancel')}
          </p>
        `,
      )}
    `,
  });
}

function idField(client_id: string, problem: string | undefined): Html {
  return html`
    <div class="field">
      <label for="client_id"><code>client_id</code></label>
      <p id="client_id-remark" class="soft">
        Its name in the protocol, such as my-app; it cannot be changed afterwards.
      </p>
      ${problem !== undefined && html`
        <p id="client_id-problem" class="wrong">${printable(problem)}</p>
      `}
      <input id="client_id" name="client_id" value="${client_id}" required maxlength="255" autocomplete="off" spellcheck="false" aria-describedby="client_id-remark" aria-invalid="${problem !==
          undefined && 'true'}">
    </div>
  `;
}

const NEW_SUBS = html`
  <label class="tick whole">
    <input type="checkbox" name="new_subs" value="yes">
    <span>
      The client may come into another sector
      <span class="soft">
        Needed only where a change of its addresses or its subject type gives everybody another
        <code>sub</code> there: people look new to the application then.
      </span>
    </span>
  </label>
`;

export interface SecretModel {
  readonly client_id: string;
  readonly client_secret: string;
  readonly path: string;
}

export function secretView(frame: ConsoleFrame, { client_id, client_secret, path }: SecretModel) {
  return html`
    <p class="good" role="status">The client is saved.</p>
    <section>
      <p>
        Copy the secret now, into the configuration of the application: <strong>it is shown this
        once</strong>, and kept only so that it can be checked.
      </p>
      <dl>
        <div>
          <dt>Client ID</dt>
          <dd><code class="secret" id="client_id">${client_id}</code></dd>
        </div>
        <div>
          <dt>Client secret</dt>
          <dd><code class="secret" id="client_secret">${client_secret}</code></dd>
        </div>
      </dl>
      <p class="actions">${buttonTo(frame, path, 'Done', 'main')}</p>
    </section>
  `;
}
