import type { SessionView } from '../../../engine/administration/sessions.ts';
import { type Html, html } from '../../../http/html.ts';
import { deviceNameOf } from '../../account/device_name.ts';
import type { ConsoleFrame } from '../../admin/visit.ts';
import { personPath } from '../../console_path.ts';
import { consoleLayout } from './layout.ts';
import {
  badge,
  brief,
  buttonTo,
  linkTo,
  list,
  pager,
  type Row,
  said,
  search,
  when,
} from './parts.ts';

export interface SessionsModel {
  readonly sessions: readonly SessionView[];
  /** Of people, by ID. */
  readonly names: ReadonlyMap<string, string>;
  readonly user: string | undefined;
  /** The administrator's own, by `sid`. */
  readonly own: string;
  readonly next: readonly string[] | undefined;
  readonly isFirst: boolean;
}

export function sessionsView(frame: ConsoleFrame, model: SessionsModel): Html {
  const { sessions, user, next, isFirst } = model;
  return consoleLayout(frame, {
    title: 'Sessions',
    body: html`
      <p class="soft">The browsers that are signed in at this issuer.</p>
      ${search(frame, [{ name: 'user', label: 'Username or ID', value: user }])}
      <section>
        ${list(sessions.map((each) => sessionRow(frame, each, model)), 'Nobody is signed in.')}
        ${pager(frame, { path: '/admin/sessions', query: { user }, next, isFirst })}
      </section>
      ${sessions.length > 0 && html`
        <p>${buttonTo(frame, '/admin/sessions/revoke', 'Sign everybody out')}</p>
      `}
    `,
  });
}

export function sessionRow(
  frame: ConsoleFrame,
  session: SessionView,
  { names, own }: Pick<SessionsModel, 'names' | 'own'>,
): Row {
  const { sid, user, address, acr, auth_time, last_used_at } = session;
  const name = names.get(user) ?? user;
  return {
    name: html`
      ${linkTo(frame, personPath(user), brief(name))}
      ${sid === own && badge('this browser', 'good')}
    `,
    facts: [
      brief(deviceText(session)),
      ...address === undefined ? [] : [said(address)],
      acr === 'two_factor' ? 'two factors' : 'one factor',
      html`signed in ${when(auth_time, frame)}`,
      html`used ${when(last_used_at, frame)}`,
    ],
    side: html`
      <a class="button quiet small" href="${frame
        .issuer}/admin/sessions/${sid}/revoke">Sign out<span
          class="unseen"> ${name}, signed in from ${address ?? 'somewhere'}</span></a>
    `,
  };
}

function deviceText({ user_agent = '' }: SessionView): string {
  const { browser, system } = deviceNameOf(user_agent);
  if (browser !== undefined && system !== undefined) return `${browser} on ${system}`;
  return browser ?? system ?? (user_agent === '' ? 'unknown browser' : user_agent);
}
