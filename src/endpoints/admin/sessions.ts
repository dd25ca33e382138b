import { done, refused } from '../../engine/administration/outcome.ts';
import {
  pageSessions,
  revokeAllSessions,
  revokeSessionById,
  revokeSessions,
  showSession,
} from '../../engine/administration/sessions.ts';
import { ENDED_SESSIONS_VIEW, pageView, SESSION_VIEW } from '../../engine/administration/views.ts';
import { type Operation, operation } from './operation.ts';
import { pageAnswer, resourceAnswer, valueAnswer, withUsernames } from './page.ts';

export const SESSION_OPERATIONS: readonly Operation[] = [
  operation({
    id: 'listSessions',
    tag: 'sessions',
    method: 'GET',
    path: '/sessions',
    summary: 'List the browsers that are signed in.',
    scope: 'ostiary:read',
    query: { user: { type: 'string', help: 'Those of this person, by ID.' } },
    isPaged: true,
    response: pageView(SESSION_VIEW),
    async run({ query, page }, engine) {
      const found = await pageSessions(query.get('user'), page, engine);
      return pageAnswer({ ...found, items: await withUsernames(found.items, engine) });
    },
  }),
  operation({
    id: 'readSession',
    tag: 'sessions',
    method: 'GET',
    path: '/sessions/{sid}',
    summary: 'Read one session.',
    scope: 'ostiary:read',
    response: SESSION_VIEW,
    hasEtag: true,
    async run({ params: { sid = '' } }, engine) {
      const session = await showSession(sid, engine);
      if (session.kind === 'refused') return session;
      const [value] = await withUsernames([session.value], engine);
      return resourceAnswer(done(value));
    },
  }),
  operation({
    id: 'revokeSession',
    tag: 'sessions',
    method: 'DELETE',
    path: '/sessions/{sid}',
    summary: 'Sign out one browser.',
    scope: 'ostiary:admin',
    response: ENDED_SESSIONS_VIEW,
    run: async ({ params: { sid = '' }, by }, engine) =>
      valueAnswer(await revokeSessionById(sid, by, engine)),
  }),
  operation({
    id: 'revokeSessions',
    tag: 'sessions',
    method: 'DELETE',
    path: '/sessions',
    summary: 'Sign a person out of every browser, or everybody.',
    scope: 'ostiary:admin',
    query: {
      user: { type: 'string', help: 'The person, by ID.' },
      all: { type: 'boolean', help: 'Everybody, rather than one person.' },
    },
    response: ENDED_SESSIONS_VIEW,
    async run({ query, by }, engine) {
      const user = query.get('user');
      if ((query.get('all') === 'true') === (user !== undefined)) {
        return refused('give either user or all');
      }
      const sessions = user === undefined
        ? await revokeAllSessions(by, engine)
        : await revokeSessions(user, by, engine);
      return done({ value: { sessions } });
    },
  }),
];
