import type { Site } from '../../endpoints/site.ts';
import {
  type ClientView,
  definedByFile,
  pageClients,
  readClient,
} from '../../engine/administration/client_views.ts';
import type { Outcome } from '../../engine/administration/outcome.ts';
import { clientPath } from '../console_path.ts';
import { clientDetailView, clientsView } from '../views/admin/clients.ts';
import { exactFirst, pageRequestOf, refusalPage } from './answers.ts';
import { consolePage, type ConsoleVisit } from './visit.ts';

export const CLIENTS_CRUMB = { path: '/admin/clients', text: 'Clients' } as const;

/** Of a client in the place of `{client_id}`. */
export function clientCrumb({ params: { client_id = '' } }: ConsoleVisit) {
  return { path: clientPath(client_id), text: client_id };
}

/** A client that is there, and what its next change may depend on. */
export type FoundClient = { readonly client: ClientView; readonly etag: string };

export function findClientOf(
  { params: { client_id = '' } }: ConsoleVisit,
  { engine }: Site,
): Promise<Outcome<FoundClient>> {
  return readClient(client_id, engine);
}

/** `/admin/clients`: those of the file, then those of the store by ID. */
export async function showClients(visit: ConsoleVisit, site: Site): Promise<Response> {
  const { query } = visit;
  const filter = { query: query.get('query'), provenance: query.get('provenance') };
  const request = pageRequestOf(visit);
  const { items, next } = await pageClients(filter, request, site.engine);
  const shown = await exactFirst(items, {
    query: filter.query,
    page: request,
    find: (text) => findClientView(text.trim(), site),
    idOf: ({ client_id }) => client_id,
  });
  return consolePage(
    visit,
    (frame) =>
      clientsView(frame, {
        clients: shown,
        filter,
        next,
        isFirst: request.after === undefined,
      }),
    site,
  );
}

async function findClientView(
  client_id: string,
  { engine }: Site,
): Promise<ClientView | undefined> {
  const read = await readClient(client_id, engine);
  return read.kind === 'done' ? read.value.client : undefined;
}

/** `/admin/clients/{client_id}` */
export async function showClient(visit: ConsoleVisit, site: Site): Promise<Response> {
  const found = await findClientOf(visit, site);
  return found.kind === 'refused'
    ? refusalPage(visit, found, CLIENTS_CRUMB, site)
    : consolePage(visit, (frame) => clientDetailView(frame, found.value.client), site);
}

/** A client of the store, which alone can be changed here. */
export async function findEditable(
  visit: ConsoleVisit,
  site: Site,
): Promise<Outcome<FoundClient>> {
  const found = await findClientOf(visit, site);
  if (found.kind === 'refused') return found;
  const { client } = found.value;
  return client.provenance === 'file' ? definedByFile(client.client_id) : found;
}
