import type { Client } from '../spec/client.ts';
import { METADATA_DEFAULTS } from '../spec/client_metadata.ts';
import type { GrantType, ProfileName } from '../spec/identifiers.ts';
import { OAuthError } from '../spec/oauth_error.ts';
import { conforming } from '../spec/profile_client.ts';
import { clients } from '../store/collections.ts';
import type { StoredClient } from '../store/records.ts';
import type { LifespanGrant, Lifespans } from '../spec/settings.ts';
import type { Engine } from './engine.ts';

/** A client by its id, the file first, then the store: as its profile and the issuer's let it be. */
export async function findClient(client_id: string, engine: Engine): Promise<Client | undefined> {
  const { clients: ofFile, issuer, profile } = engine.settings;
  const fromFile = ofFile.get(client_id);
  if (fromFile !== undefined) return heldTo(profile, fromFile);
  if (client_id.length > 255) return undefined;
  const stored = (await clients.get(engine.store, issuer, client_id))?.value;
  return stored && heldTo(profile, completed(stored));
}

/** As they are registered: those of the file, then those of the store that none of the file stands before. */
export async function* allClients({ settings, store }: Engine): AsyncGenerator<Client> {
  yield* settings.clients.values();
  for await (const { value } of clients.list(store, [settings.issuer])) {
    if (!settings.clients.has(value.client_id)) yield completed(value);
  }
}

/** Records are frozen and come from a cache, so that what was added to one is found by it. */
const complete = new WeakMap<StoredClient, Client>();

/** With the defaults of fields that the version which wrote it did not know. */
function completed(stored: StoredClient): Client {
  let client = complete.get(stored);
  if (client === undefined) {
    client = { ...METADATA_DEFAULTS, ...stored };
    complete.set(stored, client);
  }
  return client;
}

const held = new Map<ProfileName, WeakMap<Client, Client>>();

/** Worked out once for each record, and not at each request. */
function heldTo(ofIssuer: ProfileName, client: Client): Client {
  if (ofIssuer === 'default' && client.profile === 'default') return client;
  const known = held.get(ofIssuer) ?? new WeakMap<Client, Client>();
  held.set(ofIssuer, known);
  let conformed = known.get(client);
  if (conformed === undefined) {
    conformed = conforming(client, ofIssuer);
    known.set(client, conformed);
  }
  return conformed;
}

/** Whether it was this client at that time, and not one of the same name that is gone. T086 */
export function wasThere(
  { created_at = 0 }: Pick<Client, 'created_at'>,
  atSeconds = Infinity,
): boolean {
  return created_at <= atSeconds;
}

/** RFC 6749 §5.2. @throws {OAuthError} `unauthorized_client` */
export function checkGrantType({ grant_types }: Client, grant_type: GrantType): void {
  if (grant_types.includes(grant_type)) return;
  throw new OAuthError(
    'unauthorized_client',
    `client is not registered for grant_type ${grant_type}`,
  );
}

/** How long what a client gets lives, in seconds: what it gets by that grant, where one is named. */
export function lifespansOf(
  client: Client,
  engine: Engine,
  grant?: LifespanGrant,
): Lifespans {
  const custom = client.lifespan === undefined
    ? undefined
    : engine.settings.custom_lifespans.get(client.lifespan);
  if (custom === undefined) return engine.settings.lifespans;
  const ofGrant = grant === undefined ? undefined : custom.grants?.[grant];
  return { ...engine.settings.lifespans, ...custom, ...ofGrant };
}
