import { type Html, html } from '../../../http/html.ts';
import type { ConsentRecord, GrantRecord } from '../../../store/records.ts';
import type { ConsoleFrame } from '../../admin/visit.ts';
import { clientPath, personPath } from '../../console_path.ts';
import { consoleLayout } from './layout.ts';
import { brief, buttonTo, linkTo, list, pager, type Row, search, when } from './parts.ts';

export interface GrantsModel {
  readonly page:
    & { readonly next?: readonly string[] }
    & (
      | { readonly kind: 'grants'; readonly items: readonly GrantRecord[] }
      | { readonly kind: 'consents'; readonly items: readonly ConsentRecord[] }
    );
  /** Of people, by ID. */
  readonly names: ReadonlyMap<string, string>;
  readonly filter: {
    readonly user?: string | undefined;
    readonly client_id?: string | undefined;
    readonly kind?: string;
  };
  readonly isFirst: boolean;
}

export function grantsView(frame: ConsoleFrame, model: GrantsModel): Html {
  const { page, names, filter, isFirst } = model;
  const isConsents = page.kind === 'consents';
  const rows = page.kind === 'consents'
    ? page.items.map((each) => consentRow(frame, each, names))
    : page.items.map((each) => grantRow(frame, each, names));
  const empty = page.next !== undefined
    ? 'None among those looked through so far: go on to the next page.'
    : isConsents
    ? 'No answer is remembered.'
    : 'Nobody has granted anything.';
  return consoleLayout(frame, {
    title: isConsents ? 'Remembered answers' : 'Grants',
    actions: isConsents
      ? buttonTo(frame, '/admin/grants', 'Grants')
      : buttonTo(frame, '/admin/grants?kind=consents', 'Remembered answers'),
    body: html`
      <p class="soft">${isConsents
        ? 'What people have said to clients and wanted remembered, so that they are not asked again.'
        : 'What people have allowed clients. Revoking a grant ends every token under it.'}</p>
      ${!isConsents && search(frame, [
        { name: 'user', label: 'Username or ID', value: filter.user },
        { name: 'client_id', label: 'Client ID', value: filter.client_id },
      ])}
      <section>
        ${list(rows, empty)}
        ${pager(frame, { path: '/admin/grants', query: filter, next: page.next, isFirst })}
      </section>
    `,
  });
}

export function grantRow(
  frame: ConsoleFrame,
  { id, user, client_id, scope, created_at, expires_at }: GrantRecord,
  names: ReadonlyMap<string, string>,
): Row {
  return {
    name: whoAndWhere(frame, user, client_id, names),
    facts: [
      brief(scope.join(' ')),
      html`since ${when(created_at, frame)}`,
      html`until ${when(expires_at, frame)}`,
    ],
    side: html`
      <a class="button quiet small" href="${frame.issuer}/admin/grants/${id}/revoke">Revoke<span
          class="unseen"> the grant of ${names.get(user) ?? user} to ${client_id}</span></a>
    `,
  };
}

function consentRow(
  frame: ConsoleFrame,
  { user, client_id, scope, expires_at }: ConsentRecord,
  names: ReadonlyMap<string, string>,
): Row {
  return {
    name: whoAndWhere(frame, user, client_id, names),
    facts: [brief(scope.join(' ')), html`until ${when(expires_at, frame)}`],
  };
}

export function whoAndWhere(
  frame: ConsoleFrame,
  user: string,
  client_id: string,
  names: ReadonlyMap<string, string>,
): Html {
  return html`
    ${linkTo(frame, personPath(user), brief(names.get(user) ?? user))} at
    ${linkTo(frame, clientPath(client_id), brief(client_id))}
  `;
}
