import type { Site } from '../../endpoints/site.ts';
import {
  pageSessions,
  revokeAllSessions,
  revokeSessionById,
} from '../../engine/administration/sessions.ts';
import { done, refused } from '../../engine/administration/outcome.ts';
import { usernamesOf } from '../../engine/administration/person_views.ts';
import { html } from '../../http/html.ts';
import { sessions } from '../../store/collections.ts';
import { said } from '../views/admin/parts.ts';
import { sessionsView } from '../views/admin/sessions.ts';
import { pageRequestOf } from './answers.ts';
import type { Confirmation } from './confirmation.ts';
import { personIdOf } from './people_names.ts';
import { consolePage, type ConsoleVisit, go } from './visit.ts';

const SESSIONS_CRUMB = { path: '/admin/sessions', text: 'Sessions' } as const;

/** `/admin/sessions`: the browsers that are signed in. */
export async function showSessions(visit: ConsoleVisit, site: Site): Promise<Response> {
  const { query } = visit;
  const { engine } = site;
  const person = query.get('user');
  const user = await personIdOf(person, engine);
  const request = pageRequestOf(visit);
  const { items, next } = await pageSessions(user, request, engine);
  const names = await usernamesOf(items.map((each) => each.user), engine);
  return consolePage(
    visit,
    (frame) =>
      sessionsView(frame, {
        sessions: items,
        names,
        user: person,
        own: visit.session.record.sid,
        next,
        isFirst: request.after === undefined,
      }),
    site,
  );
}

export const SESSION_CONFIRMATIONS: readonly Confirmation[] = [{
  path: '/admin/sessions/{sid}/revoke',
  section: 'sessions',
  crumb: SESSIONS_CRUMB,
  async question({ params: { sid = '' }, session }, { engine }) {
    const entry = await sessions.get(engine.store, engine.settings.issuer, sid);
    if (entry === undefined) return refused('there is no such session any more', 'missing');
    const { user } = entry.value;
    const names = await usernamesOf([user], engine);
    return done({
      title: 'Sign out this browser?',
      text: html`
        <p>
          <strong>${said(
            names.get(user) ?? user,
          )}</strong> is signed out of one browser. What was granted
          to clients from there ends, too, unless it is for offline access.
        </p>
        ${sid === session.record.sid && html`
          <p class="alert">It is the browser that you use now: you will have to sign in again.</p>
        `}
      `,
      button: 'Sign out',
      isDanger: true,
      back: SESSIONS_CRUMB,
    });
  },
  async run({ params: { sid = '' }, by }, _form, site) {
    const outcome = await revokeSessionById(sid, by, site.engine);
    return outcome.kind === 'refused' ? outcome : go(SESSIONS_CRUMB.path, 'session_revoked', site);
  },
}, {
  path: '/admin/sessions/revoke',
  section: 'sessions',
  crumb: SESSIONS_CRUMB,
  question: () =>
    Promise.resolve(done({
      title: 'Sign everybody out?',
      text: html`
        <p>
          Everybody is signed out of every browser at this issuer, and the clients are told. What was granted
          to them ends, too, unless it is for offline access.
        </p>
        <p class="alert">You are signed out, too: you will have to sign in again.</p>
      `,
      button: 'Sign everybody out',
      isDanger: true,
      back: SESSIONS_CRUMB,
    })),
  async run({ by }, _form, site) {
    await revokeAllSessions(by, site.engine);
    return go(SESSIONS_CRUMB.path, 'everybody_revoked', site);
  },
}];
