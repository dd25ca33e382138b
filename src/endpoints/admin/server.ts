import { liftBans, listBans } from '../../engine/administration/bans.ts';
import { TEST_MESSAGE } from '../../engine/administration/forms.ts';
import { healthOf } from '../../engine/administration/health.ts';
import { sendTestMessage } from '../../engine/administration/notifier.ts';
import { done, refused } from '../../engine/administration/outcome.ts';
import {
  BAN_VIEW,
  HEALTH_VIEW,
  LIFTED_VIEW,
  pageView,
  SENT_VIEW,
} from '../../engine/administration/views.ts';
import { type Operation, operation } from './operation.ts';
import { pageAnswer, valueAnswer } from './page.ts';

const BAN_OWNER = {
  username: { type: 'string', help: 'What was failed in this name.' },
  client_id: { type: 'string', help: 'What was failed as this client.' },
  source: { type: 'string', help: 'What was failed from there, written as in the list.' },
} as const;

export const SERVER_OPERATIONS: readonly Operation[] = [
  operation({
    id: 'listBans',
    tag: 'bans',
    method: 'GET',
    path: '/bans',
    summary: 'List who has to wait after failed attempts, where, and until when.',
    scope: 'ostiary:read',
    isPaged: true,
    response: pageView(BAN_VIEW),
    async run({ page: { limit, after } }, engine) {
      const all = await listBans(engine);
      // They change from one moment to the next, and have no order that would last.
      const start = Number(after?.[0] ?? 0) || 0;
      const end = start + limit;
      const next = end < all.length ? { next: [String(end)] } : {};
      return pageAnswer({ items: all.slice(start, end), ...next });
    },
  }),
  operation({
    id: 'liftBans',
    tag: 'bans',
    method: 'DELETE',
    path: '/bans',
    summary: 'Let somebody who failed try again at once.',
    scope: 'ostiary:admin',
    query: {
      ...BAN_OWNER,
      all: { type: 'boolean', help: 'Everything, rather than one of these.' },
    },
    response: LIFTED_VIEW,
    async run({ query, by }, engine) {
      const [username, client_id, source] = ['username', 'client_id', 'source'].map((name) =>
        query.get(name)
      );
      const isChosen = [username, client_id, source].some((each) => each !== undefined);
      if ((query.get('all') === 'true') === isChosen) {
        return refused('give username, client_id or source, or all');
      }
      if (username !== undefined && client_id !== undefined) {
        return refused('give either username or client_id');
      }
      return valueAnswer(await liftBans({ username, client_id, source }, by, engine));
    },
  }),
  operation({
    id: 'sendTestMessage',
    tag: 'health',
    method: 'POST',
    path: '/notifier/test',
    summary: 'Send a message the way people are told things, and say whether it was taken.',
    scope: 'ostiary:admin',
    body: TEST_MESSAGE,
    response: SENT_VIEW,
    run: async ({ body: { to } }, engine) => valueAnswer(await sendTestMessage(to, engine)),
  }),
  operation({
    id: 'readHealth',
    tag: 'health',
    method: 'GET',
    path: '/health',
    summary: 'Read how the server is.',
    scope: 'ostiary:read',
    response: HEALTH_VIEW,
    run: async (_call, engine) => done({ value: await healthOf(engine) }),
  }),
];
