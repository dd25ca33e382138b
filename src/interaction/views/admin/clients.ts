import type { ClientView } from '../../../engine/administration/client_views.ts';
import { isTold } from '../../../engine/deliveries/kinds.ts';
import { type Html, html } from '../../../http/html.ts';
import { METADATA_DEFAULTS } from '../../../spec/client_metadata.ts';
import { printable } from '../../../spec/mistake.ts';
import { usesSecret } from '../../../spec/client_proof.ts';
import { CLIENT_FIELDS, type ClientField, textOf, valuesOf } from '../../admin/client_fields.ts';
import { changesPath, clientPath } from '../../console_path.ts';
import type { ConsoleFrame } from '../../admin/visit.ts';
import { consoleLayout } from './layout.ts';
import {
  badge,
  brief,
  buttonTo,
  linkTo,
  list,
  pager,
  pairs,
  type Row,
  search,
  when,
} from './parts.ts';

export interface ClientsModel {
  readonly clients: readonly ClientView[];
  readonly filter: {
    readonly query?: string | undefined;
    readonly provenance?: string | undefined;
  };
  readonly next: readonly string[] | undefined;
  readonly isFirst: boolean;
}

const PROVENANCES = ['file', 'cli', 'api', 'dcr', 'import'] as const;

export function clientsView(frame: ConsoleFrame, model: ClientsModel): Html {
  const { clients, filter, next, isFirst } = model;
  const isSearch = filter.query !== undefined || filter.provenance !== undefined;
  const empty = next !== undefined
    ? 'None among the clients looked through so far: go on to the next page.'
    : isSearch
    ? 'No client fits.'
    : 'There are no clients yet.';
  return consoleLayout(frame, {
    title: 'Clients',
    actions: buttonTo(frame, '/admin/clients/new', 'New client', 'main'),
    body: html`
      ${search(frame, [
        { name: 'query', label: 'ID or name', value: filter.query },
        {
          name: 'provenance',
          label: 'Defined by',
          value: filter.provenance,
          choices: PROVENANCES,
        },
      ])}
      <section>
        ${isSearch && html`
          <p class="soft">
            A whole ID is found at once; for a part of an ID or a name, 2000 clients are looked
            through for each page.
          </p>
        `}
        ${list(clients.map((client) => rowOf(frame, client)), empty)}
        ${pager(frame, { path: '/admin/clients', query: filter, next, isFirst })}
      </section>
    `,
  });
}

function rowOf(frame: ConsoleFrame, client: ClientView): Row {
  const { client_id, client_name, provenance, shadowed, grant_types } = client;
  return {
    name: linkTo(frame, clientPath(client_id), brief(client_name ?? client_id)),
    facts: [html`<code>${client_id}</code>`, grant_types.map(shortGrant).join(', ')],
    side: html`${shadowed === true && badge('the file’s counts', 'bad')} ${badge(provenance)}`,
  };
}

function shortGrant(grant: string): string {
  return grant.split(':').at(-1) ?? grant;
}

/** All that is known of a client, and what can be done with it. */
export function clientDetailView(frame: ConsoleFrame, client: ClientView): Html {
  const { client_id, client_name, provenance, created_at, updated_at } = client;
  const { client_secret_expires_at } = client;
  const isOfFile = provenance === 'file';
  const path = clientPath(client_id);
  return consoleLayout(frame, {
    title: client_name ?? client_id,
    heading: brief(client_name ?? client_id),
    crumb: { path: '/admin/clients', text: 'Clients' },
    actions: html`
      ${!isOfFile && buttonTo(frame, `${path}/edit`, 'Edit', 'main')}
      ${buttonTo(frame, `${path}/claims`, 'Preview claims')}
      ${buttonTo(frame, changesPath(client_id), 'Changes')}
    `,
    body: html`
      ${isOfFile && html`
        <p class="note" id="of-file">
          This client is defined in the configuration file: change it there, and it counts at once.
        </p>
      `}
      <section>
        ${pairs([
          ['Client ID', html`<code id="client-id">${client_id}</code>`],
          ['Defined by', badge(provenance)],
          created_at !== undefined && ['Created', when(created_at, frame)],
          updated_at !== undefined && ['Changed', when(updated_at, frame)],
          ['Secret', secretText(client)],
          client_secret_expires_at !== undefined && client_secret_expires_at > 0 && [
            'Secret expires',
            when(client_secret_expires_at, frame),
          ],
        ])}
      </section>
      <section>
        <h2>Metadata</h2>
        <p class="soft">What is not listed is left to its default.</p>
        ${metadataOf(client)}
      </section>
      <section>
        <h2>People</h2>
        <p class="actions">
          ${buttonTo(frame, `/admin/grants?client_id=${encodeURIComponent(client_id)}`, 'Grants')}
          ${buttonTo(frame, `${path}/revoke-grants`, 'Revoke all grants')}
          ${buttonTo(
            frame,
            `/admin/grants?kind=consents&client_id=${encodeURIComponent(client_id)}`,
            'Remembered answers',
          )}
          ${buttonTo(frame, `${path}/forget-consents`, 'Forget remembered answers')}
        </p>
      </section>
      ${isTold(client) && html`
        <section>
          <h2>Its server</h2>
          <p class="actions">${buttonTo(frame, `${path}/deliveries`, 'Messages to its server')}</p>
        </section>
      `}
      ${!isOfFile && html`
        <section>
          <h2>Secret and removal</h2>
          <p class="actions">
            ${usesSecret(client) && buttonTo(frame, `${path}/secret`, 'New secret')}
            ${buttonTo(frame, `${path}/remove`, 'Remove')}
          </p>
        </section>
      `}
    `,
  });
}

function secretText(client: ClientView): string {
  return usesSecret(client) ? 'kept, and shown to nobody' : 'none: it proves itself without one';
}

function metadataOf(client: ClientView): Html {
  const values = valuesOf({ ...client });
  const rows = [...CLIENT_FIELDS.values()].flatMap((field) => {
    const value = values[field.name];
    const byDefault = METADATA_DEFAULTS[field.name as keyof typeof METADATA_DEFAULTS];
    const isSame = value === undefined || JSON.stringify(value) === JSON.stringify(byDefault);
    return isSame ? [] : [[field.name, shown(field, textOf(field, value))] as const];
  });
  return rows.length === 0 ? html`<p>Nothing else is set.</p>` : pairs(rows);
}

function shown({ form }: ClientField, text: string): Html {
  if (text === '') return html`<span class="soft">empty</span>`;
  const lines = text.split('\n').map(printable);
  if (form.kind === 'json') return html`<pre>${lines.join('\n')}</pre>`;
  return html`${lines.map((line) => html`<bdi class="line">${line}</bdi>`)}`;
}
