import {
  DELIVERY_STATES,
  pageDeliveries,
  retryDelivery,
  showDelivery,
} from '../../engine/administration/deliveries.ts';
import { DELIVERY_VIEW, pageView } from '../../engine/administration/views.ts';
import { type Operation, operation } from './operation.ts';
import { pageAnswer, resourceAnswer, valueAnswer } from './page.ts';

export const DELIVERY_OPERATIONS: readonly Operation[] = [
  operation({
    id: 'listDeliveries',
    tag: 'deliveries',
    method: 'GET',
    path: '/deliveries',
    summary: 'List messages to clients’ servers: those that wait, then those that have ended.',
    scope: 'ostiary:read',
    query: {
      client_id: { type: 'string', help: 'Those to this client.' },
      sid: { type: 'string', help: 'Those about this session.' },
      state: { type: 'string', oneOf: DELIVERY_STATES, help: 'What has become of them.' },
    },
    isPaged: true,
    response: pageView(DELIVERY_VIEW),
    async run({ query, page }, engine) {
      const filter = {
        client_id: query.get('client_id'),
        sid: query.get('sid'),
        state: query.get('state'),
      };
      return pageAnswer(await pageDeliveries(filter, page, engine));
    },
  }),
  operation({
    id: 'readDelivery',
    tag: 'deliveries',
    method: 'GET',
    path: '/deliveries/{id}',
    summary: 'Read what has become of one message.',
    scope: 'ostiary:read',
    response: DELIVERY_VIEW,
    hasEtag: true,
    run: async ({ params: { id = '' } }, engine) => resourceAnswer(await showDelivery(id, engine)),
  }),
  operation({
    id: 'retryDelivery',
    tag: 'deliveries',
    method: 'POST',
    path: '/deliveries/{id}/retry',
    summary: 'Have a message sent now that waits or was given up.',
    scope: 'ostiary:admin',
    response: DELIVERY_VIEW,
    run: async ({ params: { id = '' }, by }, engine) =>
      valueAnswer(await retryDelivery(id, by, engine)),
  }),
];
