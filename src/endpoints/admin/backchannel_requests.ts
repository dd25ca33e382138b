import {
  answerBackchannelRequest,
  type BackchannelRequestView,
  type Decision,
  pageBackchannelRequests,
  showBackchannelRequest,
} from '../../engine/administration/backchannel_requests.ts';
import { done, type Outcome } from '../../engine/administration/outcome.ts';
import { BACKCHANNEL_REQUEST_VIEW, pageView } from '../../engine/administration/views.ts';
import type { Engine } from '../../engine/engine.ts';
import { type Operation, operation } from './operation.ts';
import { pageAnswer, resourceAnswer, valueAnswer, withUsernames } from './page.ts';

const SUMMARIES = {
  approve: 'Approve a request in the person’s place; it counts as one factor.',
  deny: 'Deny a request in the person’s place.',
} as const;

export const BACKCHANNEL_REQUEST_OPERATIONS: readonly Operation[] = [
  operation({
    id: 'listBackchannelRequests',
    tag: 'backchannel requests',
    method: 'GET',
    path: '/backchannel-requests',
    summary: 'List the backchannel authentication requests that wait for people.',
    scope: 'ostiary:read',
    query: { user: { type: 'string', help: 'Those for this person, by ID.' } },
    isPaged: true,
    response: pageView(BACKCHANNEL_REQUEST_VIEW),
    async run({ query, page }, engine) {
      const found = await pageBackchannelRequests(query.get('user'), page, engine);
      return pageAnswer({ ...found, items: await withUsernames(found.items, engine) });
    },
  }),
  operation({
    id: 'readBackchannelRequest',
    tag: 'backchannel requests',
    method: 'GET',
    path: '/backchannel-requests/{id}',
    summary: 'Read one request that waits.',
    scope: 'ostiary:read',
    response: BACKCHANNEL_REQUEST_VIEW,
    hasEtag: true,
    run: async ({ params: { id = '' } }, engine) =>
      resourceAnswer(await named(await showBackchannelRequest(id, engine), engine)),
  }),
  ...(['approve', 'deny'] as const).map(answerOperation),
];

function answerOperation(decision: Decision): Operation {
  return operation({
    id: `${decision}BackchannelRequest`,
    tag: 'backchannel requests',
    method: 'POST',
    path: `/backchannel-requests/{id}/${decision}`,
    summary: SUMMARIES[decision],
    scope: 'ostiary:admin',
    response: BACKCHANNEL_REQUEST_VIEW,
    run: async ({ params: { id = '' }, by }, engine) =>
      valueAnswer(await named(await answerBackchannelRequest(id, decision, by, engine), engine)),
  });
}

/** With the name of its person. */
async function named(
  outcome: Outcome<BackchannelRequestView>,
  engine: Engine,
): Promise<Outcome<BackchannelRequestView>> {
  if (outcome.kind === 'refused') return outcome;
  const [value = outcome.value] = await withUsernames([outcome.value], engine);
  return done(value);
}
