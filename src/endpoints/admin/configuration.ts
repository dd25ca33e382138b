import {
  addIssuer,
  changeOptions,
  listIssuers,
  namedConfiguration,
  readOptions,
  removeIssuer,
} from '../../engine/administration/configuration.ts';
import { NEW_ISSUER, OPTION_CHANGES } from '../../engine/administration/forms.ts';
import { done, refused } from '../../engine/administration/outcome.ts';
import { checkAccess, explainAccess } from '../../engine/administration/policies.ts';
import {
  ACCESS_CHECK_VIEW,
  CHANGED_OPTIONS_VIEW,
  EXPLANATION_VIEW,
  ISSUER_VIEW,
  ISSUERS_VIEW,
  OPTIONS_VIEW,
  POLICIES_VIEW,
} from '../../engine/administration/views.ts';
import { type Operation, operation } from './operation.ts';
import { valueAnswer } from './page.ts';

export const CONFIGURATION_OPERATIONS: readonly Operation[] = [
  operation({
    id: 'readConfiguration',
    tag: 'configuration',
    method: 'GET',
    path: '/configuration',
    summary: 'Read what the file and the store set for the issuer, and which of both counts.',
    scope: 'ostiary:read',
    response: OPTIONS_VIEW,
    hasEtag: true,
    async run(_call, engine) {
      const value = await readOptions(engine);
      return done({ value, etag: etagOf(value) });
    },
  }),
  operation({
    id: 'changeConfiguration',
    tag: 'configuration',
    method: 'PATCH',
    path: '/configuration',
    summary: 'Set options in the store, or take them back: all of them, or none.',
    scope: 'ostiary:admin',
    query: { dry_run: { type: 'boolean', help: 'Only show what would be different.' } },
    body: OPTION_CHANGES,
    ifMatch: 'honoured',
    response: CHANGED_OPTIONS_VIEW,
    hasEtag: true,
    async run({ body: { changes }, query, isExpected, by }, engine) {
      const rules = {
        isDry: query.get('dry_run') === 'true',
        // Bound to what was read only by an If-Match that says so.
        isExpected: isExpected('')
          ? undefined
          : (version: string) => isExpected(etagOf({ version })),
      };
      const changed = await changeOptions(changes, by, engine, rules);
      if (changed.kind === 'refused') return changed;
      return done({ value: changed.value, etag: etagOf(changed.value) });
    },
  }),
  operation({
    id: 'listPolicies',
    tag: 'policies',
    method: 'GET',
    path: '/policies',
    summary: 'Read what clients may name: policies, claims policies, scopes, lifespans, resources.',
    scope: 'ostiary:read',
    response: POLICIES_VIEW,
    run: (_call, engine) => Promise.resolve(done({ value: namedConfiguration(engine) })),
  }),
  operation({
    id: 'explainPolicy',
    tag: 'policies',
    method: 'GET',
    path: '/policies/explain',
    summary: 'Say what a client’s authorization policy asks of somebody, rule by rule.',
    scope: 'ostiary:read',
    query: {
      client_id: { type: 'string', help: 'The client that somebody wants to use; required.' },
      username: { type: 'string', help: 'The person; without one, the client acts for itself.' },
      address: { type: 'string', help: 'Where the person is; without one, no network matches.' },
    },
    response: EXPLANATION_VIEW,
    async run({ query }, engine) {
      const client_id = query.get('client_id');
      if (client_id === undefined) return refused('give client_id');
      const [username, address] = [query.get('username'), query.get('address')];
      const question = {
        client_id,
        ...username !== undefined && { username },
        ...address !== undefined && { address },
      };
      return valueAnswer(await explainAccess(question, engine));
    },
  }),
  operation({
    id: 'checkAccess',
    tag: 'policies',
    method: 'GET',
    path: '/policies/check-access',
    summary: 'Say what access_control asks of whoever wants a URL behind a proxy, rule by rule.',
    scope: 'ostiary:read',
    query: {
      url: { type: 'string', help: 'What is wanted; required.' },
      method: { type: 'string', help: 'The method of the request; default GET.' },
      username: { type: 'string', help: 'Who is signed in; without one, nobody.' },
      client_id: { type: 'string', help: 'A client that acts for itself, by a token.' },
      address: {
        type: 'string',
        help: 'Where the request comes from; without one, the strictest that may hold is said.',
      },
    },
    response: ACCESS_CHECK_VIEW,
    async run({ query }, engine) {
      const url = query.get('url');
      if (url === undefined) return refused('give url');
      const [username, client_id, address] = (['username', 'client_id', 'address'] as const)
        .map((name) => query.get(name));
      const asked = {
        url,
        method: query.get('method') ?? 'GET',
        ...username !== undefined && { username },
        ...client_id !== undefined && { client_id },
        ...address !== undefined && { address },
      };
      return valueAnswer(await checkAccess(asked, engine));
    },
  }),
  operation({
    id: 'listIssuers',
    tag: 'issuers',
    method: 'GET',
    path: '/issuers',
    summary: 'List the issuers of this server; each is administered below its own URL.',
    scope: 'ostiary:read',
    response: ISSUERS_VIEW,
    run: async (_call, engine) => done({ value: { items: await listIssuers(engine) } }),
  }),
  operation({
    id: 'addIssuer',
    tag: 'issuers',
    method: 'POST',
    path: '/issuers',
    summary: 'Serve another issuer, with keys, clients and options of its own.',
    scope: 'ostiary:admin',
    body: NEW_ISSUER,
    status: 201,
    response: ISSUER_VIEW,
    async run({ body: { issuer }, by }, engine) {
      const added = await addIssuer(issuer, by, engine);
      if (added.kind === 'refused') return added;
      return done({ value: added.value, location: `/issuers/${encodeURIComponent(issuer)}` });
    },
  }),
  operation({
    id: 'removeIssuer',
    tag: 'issuers',
    method: 'DELETE',
    path: '/issuers/{issuer}',
    summary:
      'Serve an issuer of the store no longer; what it has is kept, and there if it is added again.',
    scope: 'ostiary:admin',
    status: 204,
    async run({ params: { issuer = '' }, by }, engine) {
      const removed = await removeIssuer(issuer, by, engine);
      return removed.kind === 'refused' ? removed : done({});
    },
  }),
];

function etagOf({ version }: { readonly version: string }): string {
  return `c${version}`;
}
