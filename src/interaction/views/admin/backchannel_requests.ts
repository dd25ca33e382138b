import type { BackchannelRequestView } from '../../../engine/administration/backchannel_requests.ts';
import { type Html, html } from '../../../http/html.ts';
import type { ConsoleFrame } from '../../admin/visit.ts';
import { whoAndWhere } from './grants.ts';
import { consoleLayout } from './layout.ts';
import {
  brief,
  jsonText,
  list,
  pager,
  type Pair,
  pairs,
  type Row,
  said,
  search,
  when,
} from './parts.ts';

export interface RequestsModel {
  readonly requests: readonly BackchannelRequestView[];
  /** Of people, by ID. */
  readonly names: ReadonlyMap<string, string>;
  readonly user: string | undefined;
  readonly next: readonly string[] | undefined;
  readonly isFirst: boolean;
}

export function requestsView(frame: ConsoleFrame, model: RequestsModel): Html {
  const { requests, names, user, next, isFirst } = model;
  const empty = next === undefined
    ? 'No request waits for anybody.'
    : 'None among those looked through so far: go on to the next page.';
  return consoleLayout(frame, {
    title: 'Requests',
    body: html`
      <p class="soft">
        What clients ask people for by the back channel, until the person answers or it expires. Whoever
        has asked the person by other means can answer in their place.
      </p>
      ${search(frame, [{ name: 'user', label: 'Username or ID', value: user }])}
      <section>
        ${list(requests.map((each) => requestRow(frame, each, names)), empty)}
        ${pager(frame, { path: '/admin/backchannel-requests', query: { user }, next, isFirst })}
      </section>
    `,
  });
}

function requestRow(
  frame: ConsoleFrame,
  request: BackchannelRequestView,
  names: ReadonlyMap<string, string>,
): Row {
  const { id, user, client_id, scope, binding_message, created_at, expires_at } = request;
  const path = `${frame.issuer}/admin/backchannel-requests/${id}`;
  const which = html`<span class="unseen"> what ${client_id} asks ${
    names.get(user) ?? user
  }</span>`;
  return {
    name: whoAndWhere(frame, user, client_id, names),
    facts: [
      ...binding_message === undefined ? [] : [html`“${said(binding_message)}”`],
      brief(scope.join(' ')),
      html`since ${when(created_at, frame)}`,
      html`until ${when(expires_at, frame)}`,
    ],
    side: html`
      <a class="button quiet small" href="${path}/approve">Approve${which}</a>
      <a class="button quiet small" href="${path}/deny">Deny${which}</a>
    `,
  };
}

/** All that an answer is about. */
export function requestFacts(request: BackchannelRequestView): Html {
  const { scope, resource, authorization_details, acr_values, binding_message } = request;
  const rows: readonly (Pair | false)[] = [
    binding_message !== undefined && ['Message', said(binding_message)],
    ['Scope', said(scope.join(' '))],
    resource.length > 0 && ['Resources', said(resource.join(' '))],
    authorization_details !== undefined && ['Details', jsonText(authorization_details)],
    acr_values.length > 0 && ['Wished for', said(acr_values.join(' '))],
  ];
  return pairs(rows);
}
