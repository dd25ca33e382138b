import { sha256 } from '../../keys/digest.ts';
import type { Client } from '../../spec/client.ts';
import { isClientId } from '../../spec/client_id.ts';
import type { ClientMetadata } from '../../spec/client_metadata.ts';
import { clients } from '../../store/collections.ts';
import type { Provenance, StoredClient } from '../../store/records.ts';
import type { Entry } from '../../store/store.ts';
import type { Engine } from '../engine.ts';
import type { Page, PageRequest } from './listing.ts';
import { done, type Outcome, type Refusal, refused } from './outcome.ts';

/** A client without its secret, and where it is defined. */
export interface ClientView extends Omit<Client, 'client_secret'> {
  readonly provenance: Provenance | 'file';
  /** Unix seconds; absent: of the file. */
  readonly updated_at?: number;
  /** A client of the store that has no effect, since the file defines the same client_id. */
  readonly shadowed?: true;
  /** The initial access token that it was registered with. */
  readonly initial_token?: string;
}

/** What a client shows of itself and nobody sets. */
export const KEPT_FIELDS = {
  provenance: true,
  created_at: true,
  updated_at: true,
  client_id_issued_at: true,
  client_secret_expires_at: true,
  shadowed: true,
  initial_token: true,
  unused_until: true,
} as const satisfies Record<
  Exclude<keyof ClientView, keyof ClientMetadata | 'client_id'>,
  true
>;

/** A client, and what its next change may be made to depend on. */
export async function readClient(
  client_id: string,
  engine: Engine,
): Promise<Outcome<{ readonly client: ClientView; readonly etag: string }>> {
  const ofTheFile = engine.settings.clients.get(client_id);
  if (ofTheFile !== undefined) {
    const client = viewOfFile(ofTheFile);
    return done({ client, etag: `f${sha256(JSON.stringify(client))}` });
  }
  const entry = await findStored(client_id, engine);
  if (entry === undefined) return noClient(client_id);
  return done({ client: clientView(entry.value), etag: clientEtag(entry) });
}

export interface ClientFilter {
  /** A part of the client_id or the name, in any case. */
  readonly query?: string | undefined;
  readonly provenance?: string | undefined;
}

/** Those of the file first, then those of the store by id; places are where a client is from, and its id. */
export async function pageClients(
  { query, provenance }: ClientFilter,
  { limit, after, maxScanned = Infinity }: PageRequest,
  engine: Engine,
): Promise<Page<ClientView>> {
  const text = query?.toLowerCase();
  const fits = (client: ClientView): boolean =>
    (provenance === undefined || client.provenance === provenance) &&
    (text === undefined || client.client_id.toLowerCase().includes(text) ||
      client.client_name?.toLowerCase().includes(text) === true);
  const [origin, client_id = ''] = after ?? [];
  const last = { client_id, provenance: origin === 'file' ? 'file' : 'api' } as const;
  const items: ClientView[] = [];
  let scanned = 0;
  let place = after;
  for await (const view of viewsAfter(after && last, engine)) {
    if (items.length === limit || scanned === maxScanned) {
      return { items, ...place !== undefined && { next: place } };
    }
    if (provenance === 'file' && view.provenance !== 'file') return { items };
    scanned += 1;
    place = [view.provenance, view.client_id];
    if (fits(view)) items.push(view);
  }
  return { items };
}

/** Those after this one, in the order of pages. */
async function* viewsAfter(
  after: Pick<ClientView, 'client_id' | 'provenance'> | undefined,
  engine: Engine,
): AsyncGenerator<ClientView> {
  const { store, settings: { issuer, clients: ofFile } } = engine;
  const isInStore = after !== undefined && after.provenance !== 'file';
  if (!isInStore) {
    // After one that is gone everything comes again, rather than something not at all.
    const place = after === undefined ? -1 : [...ofFile.keys()].indexOf(after.client_id);
    for (const client of [...ofFile.values()].slice(place + 1)) yield viewOfFile(client);
  }
  const from = isInStore ? { after: clients.key(issuer, after.client_id) } : {};
  for await (const { value } of clients.list(store, [issuer], from)) {
    const shadowed = isOfFile(value.client_id, engine);
    yield shadowed ? { ...clientView(value), shadowed } : clientView(value);
  }
}

export async function showClient(client_id: string, engine: Engine): Promise<Outcome<ClientView>> {
  const read = await readClient(client_id, engine);
  return read.kind === 'refused' ? read : done(read.value.client);
}

/** A client of the store, whether or not the file has one of its id. */
export async function findStored(
  client_id: string,
  engine: Engine,
): Promise<Entry<StoredClient> | undefined> {
  if (!isClientId(client_id)) return undefined;
  return await clients.get(engine.store, engine.settings.issuer, client_id);
}

export function isOfFile(client_id: string, engine: Engine): boolean {
  return engine.settings.clients.has(client_id);
}

export function definedByFile(client_id: string): Refusal {
  return refused(
    `client ${client_id} is defined in the configuration file: change it there`,
    'elsewhere',
  );
}

export function noClient(client_id: string): Refusal {
  return refused(`there is no client ${JSON.stringify(client_id)}`, 'missing');
}

/** The version of a record, which every write changes. */
export function clientEtag({ version }: Entry<StoredClient>): string {
  return `v${version}`;
}

export function clientView({ client_secret: _, registration, ...rest }: StoredClient): ClientView {
  const id = registration?.initial?.id;
  return id === undefined ? rest : { ...rest, initial_token: id };
}

function viewOfFile({ client_secret: _, ...rest }: Client): ClientView {
  return { ...rest, provenance: 'file' };
}
