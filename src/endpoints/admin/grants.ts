import { pageConsents, revokeConsents } from '../../engine/administration/consents.ts';
import {
  type Owner,
  pageGrants,
  revokeGrantById,
  revokeGrants,
  showGrant,
} from '../../engine/administration/grants.ts';
import { done, refused } from '../../engine/administration/outcome.ts';
import {
  CONSENT_VIEW,
  ENDED_GRANTS_VIEW,
  FORGOTTEN_CONSENTS_VIEW,
  GRANT_VIEW,
  pageView,
} from '../../engine/administration/views.ts';
import { type Call, type Operation, operation } from './operation.ts';
import { pageAnswer, resourceAnswer, valueAnswer, withUsernames } from './page.ts';

const OWNER = {
  user: { type: 'string', help: 'Those of this person, by ID.' },
  client_id: { type: 'string', help: 'Those to this client.' },
} as const;

export const GRANT_OPERATIONS: readonly Operation[] = [
  operation({
    id: 'listGrants',
    tag: 'grants',
    method: 'GET',
    path: '/grants',
    summary: 'List what people have allowed clients.',
    scope: 'ostiary:read',
    query: OWNER,
    isPaged: true,
    response: pageView(GRANT_VIEW),
    async run(call, engine) {
      const found = await pageGrants(ownerOf(call), call.page, engine);
      return pageAnswer({ ...found, items: await withUsernames(found.items, engine) });
    },
  }),
  operation({
    id: 'readGrant',
    tag: 'grants',
    method: 'GET',
    path: '/grants/{id}',
    summary: 'Read one grant.',
    scope: 'ostiary:read',
    response: GRANT_VIEW,
    hasEtag: true,
    async run({ params: { id = '' } }, engine) {
      const grant = await showGrant(id, engine);
      if (grant.kind === 'refused') return grant;
      const [value] = await withUsernames([grant.value], engine);
      return resourceAnswer(done(value));
    },
  }),
  operation({
    id: 'revokeGrant',
    tag: 'grants',
    method: 'DELETE',
    path: '/grants/{id}',
    summary: 'End one grant, and with it every token under it.',
    scope: 'ostiary:admin',
    response: ENDED_GRANTS_VIEW,
    run: async ({ params: { id = '' }, by }, engine) =>
      valueAnswer(await revokeGrantById(id, by, engine)),
  }),
  operation({
    id: 'revokeGrants',
    tag: 'grants',
    method: 'DELETE',
    path: '/grants',
    summary: 'End all grants of a person, to a client, or of a person to a client.',
    scope: 'ostiary:admin',
    query: OWNER,
    response: ENDED_GRANTS_VIEW,
    async run(call, engine) {
      const owner = ownerOf(call);
      if (isAnybody(owner)) return refused(OWNER_RULE);
      return done({ value: { grants: await revokeGrants(owner, call.by, engine) } });
    },
  }),
  operation({
    id: 'listConsents',
    tag: 'consents',
    method: 'GET',
    path: '/consents',
    summary: 'List the answers that people wanted remembered.',
    scope: 'ostiary:read',
    query: OWNER,
    isPaged: true,
    response: pageView(CONSENT_VIEW),
    async run(call, engine) {
      const found = await pageConsents(ownerOf(call), call.page, engine);
      return pageAnswer({ ...found, items: await withUsernames(found.items, engine) });
    },
  }),
  operation({
    id: 'revokeConsents',
    tag: 'consents',
    method: 'DELETE',
    path: '/consents',
    summary: 'Forget the remembered answers of a person, or to a client; grants stay.',
    scope: 'ostiary:admin',
    query: OWNER,
    response: FORGOTTEN_CONSENTS_VIEW,
    async run(call, engine) {
      const owner = ownerOf(call);
      if (isAnybody(owner)) return refused(OWNER_RULE);
      return done({ value: { consents: await revokeConsents(owner, call.by, engine) } });
    },
  }),
];

function ownerOf({ query }: Call<undefined>): Owner {
  return { user: query.get('user'), client_id: query.get('client_id') };
}

/** That would be everything: too much for a parameter that was forgotten. */
function isAnybody({ user, client_id }: Owner): boolean {
  return user === undefined && client_id === undefined;
}

const OWNER_RULE = 'give user or client_id';
