import { type Html, html } from '../../../http/html.ts';
import type { ActivityEntry, ActivityKind } from '../../../store/records.ts';
import type { DeviceName } from '../../account/device_name.ts';
import type { AccountFrame } from '../../account/visit.ts';
import type { Messages } from '../../messages.ts';
import { accountLayout } from '../account_layout.ts';
import { deviceText } from './sessions.ts';

export interface ActivityRow extends ActivityEntry {
  readonly device: DeviceName;
}

export interface ActivityModel extends AccountFrame {
  readonly entries: readonly ActivityRow[];
  readonly zoneinfo: string | undefined;
}

export function activityView(model: ActivityModel): Html {
  const { entries, messages } = model;
  return accountLayout({
    ...model,
    title: messages.text('sections.activity'),
    body: entries.length === 0
      ? html`<p>${messages.text('account_activity.none')}</p>`
      : html`<ul class="items">${entries.map((each) => activityRow(each, model))}</ul>`,
  });
}

function activityRow(entry: ActivityRow, { zoneinfo, messages }: ActivityModel): Html {
  const { at, address, count, device, user_agent } = entry;
  return html`
    <li>
      <div class="what">
        <span class="name">
          ${whatHappened(entry, messages)}
          ${count !== undefined && html`
            · ${messages.text('account_activity.count', {
              count: new Intl.NumberFormat(messages.lang).format(count),
            })}
          `}
        </span>
        <span class="soft">
          ${messages.time(at, zoneinfo)}
          ${address !== undefined && html`· <bdi>${address}</bdi>`}
          ${user_agent !== undefined && html`
            · <bdi>${deviceText(device, user_agent, messages)}</bdi>
          `}
        </span>
      </div>
    </li>
  `;
}

function whatHappened({ kind, client_id = '' }: ActivityEntry, messages: Messages): Html {
  return isOfClient(kind)
    ? messages.html(`activity.${kind}`, { client: client_id })
    : html`${messages.text(`activity.${kind}`)}`;
}

/** Kinds whose sentence names the application. */
const OF_CLIENTS = ['application_revoked', 'request_approved', 'request_denied'] as const;

export function isOfClient(kind: ActivityKind): kind is (typeof OF_CLIENTS)[number] {
  return OF_CLIENTS.some((each) => each === kind);
}
