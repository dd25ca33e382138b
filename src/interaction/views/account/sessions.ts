import { type Html, html } from '../../../http/html.ts';
import type { DeviceName } from '../../account/device_name.ts';
import type { AccountFrame } from '../../account/visit.ts';
import type { Messages } from '../../messages.ts';
import { accountLayout } from '../account_layout.ts';
import { hiddenFields } from '../parts.ts';

export interface SessionRow {
  readonly sid: string;
  /** The one that shows this page. */
  readonly isThis: boolean;
  readonly device: DeviceName;
  readonly user_agent?: string;
  readonly address?: string;
  readonly auth_time: number;
  readonly last_used_at: number;
}

export interface SessionsModel extends AccountFrame {
  readonly sessions: readonly SessionRow[];
  readonly zoneinfo: string | undefined;
}

/** Sends `end`, the sid of a session, or `others`. */
export function sessionsView(model: SessionsModel): Html {
  const { action, hidden, sessions, messages } = model;
  return accountLayout({
    ...model,
    title: messages.text('sections.sessions'),
    body: html`
      <form method="post" action="${action}">
        ${hiddenFields(Object.entries(hidden))}
        <ul class="items">${sessions.map((each) => sessionRow(each, model))}</ul>
        ${sessions.length > 1 && html`
          <button id="end-others" class="danger" name="others" value="yes">
            ${messages.text('account_sessions.end_others')}
          </button>
        `}
      </form>
    `,
  });
}

function sessionRow(session: SessionRow, { zoneinfo, messages }: SessionsModel): Html {
  const { sid, isThis, address, auth_time, last_used_at } = session;
  const device = deviceText(session.device, session.user_agent, messages);
  return html`
    <li>
      <div class="what">
        <span class="name">
          <bdi>${device}</bdi>
          ${isThis && html`<span class="badge">${messages.text('account_sessions.this')}</span>`}
        </span>
        <span class="soft">
          ${address !== undefined && html`
            <bdi>${address}</bdi> ·
          `}
          ${messages.text('account_sessions.used', {
            time: messages.time(last_used_at, zoneinfo),
          })} ·
          ${messages.text('account_sessions.since', { time: messages.time(auth_time, zoneinfo) })}
        </span>
      </div>
      <button class="quiet small" name="end" value="${sid}">
        ${messages.text(isThis ? 'account_overview.sign_out' : 'account_sessions.end')}
        <span class="unseen">${device}</span>
      </button>
    </li>
  `;
}

/** In words where it is known, else as it calls itself. */
export function deviceText(
  { browser, system }: DeviceName,
  user_agent: string | undefined,
  messages: Messages,
): string {
  if (browser !== undefined && system !== undefined) {
    return messages.text('account_sessions.device', { browser, system });
  }
  return browser ?? system ?? (user_agent || messages.text('account_sessions.unknown'));
}
