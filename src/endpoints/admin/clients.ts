import { KEPT_FIELDS, pageClients, readClient } from '../../engine/administration/client_views.ts';
import {
  addClient,
  type ChangeOptions,
  newClientSecret,
  removeClient,
  replaceClient,
  updateClient,
  type UpdateOptions,
  type WrittenClient,
} from '../../engine/administration/clients.ts';
import { CLIENT, CLIENT_PATCH, NEW_CLIENT, NEW_SECRET } from '../../engine/administration/forms.ts';
import { done, type Outcome, type Refusal, refused } from '../../engine/administration/outcome.ts';
import { CLIENT_VIEW, pageView, WRITTEN_CLIENT_VIEW } from '../../engine/administration/views.ts';
import type { Engine } from '../../engine/engine.ts';
import { type Answer, type Call, type Operation, operation } from './operation.ts';
import { pageAnswer } from './page.ts';

const NEW_SUBS = {
  new_subs: {
    type: 'boolean',
    help: 'Whether the client may come into another sector, where everybody has another sub.',
  },
} as const;

export const CLIENT_OPERATIONS: readonly Operation[] = [
  operation({
    id: 'listClients',
    tag: 'clients',
    method: 'GET',
    path: '/clients',
    summary: 'List clients: those of the file, then those of the store.',
    scope: 'ostiary:read',
    query: {
      query: { type: 'string', help: 'A part of the client_id or the name, in any case.' },
      provenance: {
        type: 'string',
        help: 'Who brought it.',
        oneOf: ['file', 'cli', 'api', 'dcr', 'import'],
      },
    },
    isPaged: true,
    response: pageView(CLIENT_VIEW),
    async run({ query, page }, engine) {
      const filter = { query: query.get('query'), provenance: query.get('provenance') };
      return pageAnswer(await pageClients(filter, page, engine));
    },
  }),
  operation({
    id: 'createClient',
    tag: 'clients',
    method: 'POST',
    path: '/clients',
    summary: 'Register a client; a secret that is made is shown this once.',
    scope: 'ostiary:admin',
    body: NEW_CLIENT,
    status: 201,
    response: WRITTEN_CLIENT_VIEW,
    hasEtag: true,
    async run({ body, by }, engine) {
      const { client_id, client_secret, ...metadata } = body;
      const problem = textProblem('client_id', client_id, true) ??
        textProblem('client_secret', client_secret, false);
      if (problem !== undefined) return problem;
      const credential = client_secret === undefined
        ? { kind: 'mint' } as const
        : { kind: 'given', secret: String(client_secret) } as const;
      const id = String(client_id);
      const location = `/clients/${encodeURIComponent(id)}`;
      const written = await addClient(id, metadata, credential, by, engine);
      return await writtenAnswer(written, engine, { location });
    },
  }),
  operation({
    id: 'readClient',
    tag: 'clients',
    method: 'GET',
    path: '/clients/{client_id}',
    summary: 'Read a client.',
    scope: 'ostiary:read',
    response: CLIENT_VIEW,
    hasEtag: true,
    async run({ params: { client_id = '' } }, engine) {
      const read = await readClient(client_id, engine);
      if (read.kind === 'refused') return read;
      const { client, etag } = read.value;
      return done({ value: client, etag });
    },
  }),
  operation({
    id: 'replaceClient',
    tag: 'clients',
    method: 'PUT',
    path: '/clients/{client_id}',
    summary:
      'Replace all metadata of a client; what the server keeps of it is ignored, and the secret stays.',
    scope: 'ostiary:admin',
    query: NEW_SUBS,
    body: CLIENT,
    ifMatch: 'required',
    response: WRITTEN_CLIENT_VIEW,
    hasEtag: true,
    run: (call, engine) => rewrite(call, engine, replaceClient),
  }),
  operation({
    id: 'updateClient',
    tag: 'clients',
    method: 'PATCH',
    path: '/clients/{client_id}',
    summary: 'Change fields of a client (RFC 7396); null takes one back to its default.',
    scope: 'ostiary:admin',
    query: NEW_SUBS,
    body: CLIENT_PATCH,
    mediaType: 'application/merge-patch+json',
    ifMatch: 'honoured',
    response: WRITTEN_CLIENT_VIEW,
    hasEtag: true,
    run: (call, engine) => rewrite(call, engine, updateClient),
  }),
  operation({
    id: 'removeClient',
    tag: 'clients',
    method: 'DELETE',
    path: '/clients/{client_id}',
    summary: 'Remove a client of the store, with every grant and consent to it.',
    scope: 'ostiary:admin',
    ifMatch: 'honoured',
    status: 204,
    async run({ params: { client_id = '' }, isExpected, by }, engine) {
      const removed = await removeClient(client_id, by, engine, { isExpected });
      return removed.kind === 'refused' ? removed : done({});
    },
  }),
  operation({
    id: 'replaceClientSecret',
    tag: 'clients',
    method: 'POST',
    path: '/clients/{client_id}/secret',
    summary: 'Replace a client’s secret at once; one that is made is shown this once.',
    scope: 'ostiary:admin',
    body: NEW_SECRET,
    isBodyOptional: true,
    ifMatch: 'honoured',
    response: WRITTEN_CLIENT_VIEW,
    hasEtag: true,
    async run({ params: { client_id = '' }, body, isExpected, by }, engine) {
      const { client_secret: secret } = body;
      const credential = secret === undefined
        ? { kind: 'mint' } as const
        : { kind: 'given', secret } as const;
      const options: ChangeOptions = { isExpected };
      return await writtenAnswer(
        await newClientSecret(client_id, credential, by, engine, options),
        engine,
      );
    },
  }),
];

type Rewrite = typeof replaceClient;

async function rewrite(
  { params: { client_id = '' }, query, body, isExpected, by }: Call<Record<string, unknown>>,
  engine: Engine,
  write: Rewrite,
): Promise<Outcome<Answer>> {
  const { client_id: named = client_id, ...members } = body;
  if (named !== client_id) {
    const problem = 'must be that of the path';
    return {
      ...refused(`client_id ${problem}`),
      problems: [{ field: 'client_id', problem }],
    };
  }
  const metadata = Object.fromEntries(
    // So that what was read can be sent back.
    Object.entries(members).filter(([name]) => !Object.hasOwn(KEPT_FIELDS, name)),
  );
  const options: UpdateOptions = { isExpected, newSubs: query.get('new_subs') === 'true' };
  return await writtenAnswer(await write(client_id, metadata, by, engine, options), engine);
}

/** With the ETag of what is there now, which somebody else may have changed already. */
async function writtenAnswer(
  written: Outcome<WrittenClient>,
  engine: Engine,
  answer: Omit<Answer, 'value' | 'etag'> = {},
): Promise<Outcome<Answer>> {
  if (written.kind === 'refused') return written;
  const { client, client_secret } = written.value;
  const read = await readClient(client.client_id, engine);
  const { client: shown, etag } = read.kind === 'done' ? read.value : { client };
  return done({
    ...answer,
    value: { client: shown, ...client_secret !== undefined && { client_secret } },
    ...etag !== undefined && { etag },
  });
}

function textProblem(field: string, value: unknown, isRequired: boolean): Refusal | undefined {
  if (typeof value === 'string' || (value === undefined && !isRequired)) return undefined;
  const problem = value === undefined ? 'is required' : 'must be a string';
  return { ...refused(`${field} ${problem}`), problems: [{ field, problem }] };
}
