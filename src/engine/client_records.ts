import type { Client } from '../spec/client.ts';
import type { ClientMetadata } from '../spec/client_metadata.ts';
import { needsRawSecret, usesSecret } from '../spec/client_proof.ts';
import { SEALED_SECRET_PREFIX } from '../keys/at_rest.ts';
import { clients, clientSlots } from '../store/collections.ts';
import type { Actor, StoredClient } from '../store/records.ts';
import type { Change, Entry } from '../store/store.ts';
import { audit } from './audit.ts';
import { originChange } from './client_origins.ts';
import type { Engine } from './engine.ts';
import { slotName } from './registration/slots.ts';

/** What writes a client of the store, whoever brings it: while it is as it was read, or not there yet. T150 */
export function clientWrite(
  before: Entry<StoredClient> | undefined,
  record: StoredClient,
  by: Actor,
  engine: Engine,
): Required<Change> {
  const { issuer } = engine.settings;
  const { client_id } = record;
  const origins = originChange(client_id, before?.value, record, engine);
  const action = before === undefined ? 'client.created' : 'client.changed';
  const change = { action, target: client_id, before: before?.value, after: record };
  return {
    check: [before === undefined ? clients.absent(issuer, client_id) : clients.check(before)],
    put: [
      clients.put([issuer, client_id], record, record.unused_until),
      ...origins.put,
      audit(change, by, engine),
    ],
    remove: origins.remove,
  };
}

/** What removes a client of the store that is as it was read. What was issued to it is the caller's to revoke. */
export function clientRemoval(
  entry: Entry<StoredClient>,
  by: Actor,
  engine: Engine,
): Required<Change> {
  const { value: client } = entry;
  const { client_id, registration: { slot } = {} } = client;
  const { issuer } = engine.settings;
  const origins = originChange(client_id, client, undefined, engine);
  return {
    check: [clients.check(entry)],
    put: [audit({ action: 'client.removed', target: client_id, before: client }, by, engine)],
    remove: [
      clients.key(issuer, client_id),
      ...origins.remove,
      ...slot === undefined ? [] : [clientSlots.key(issuer, slotName(slot))],
    ],
  };
}

/** A secret in the form that its uses allow: a digest wherever that will do. */
export function keptSecret(secret: string, metadata: ClientMetadata, engine: Engine): string {
  return needsRawSecret(metadata)
    ? engine.keys.sealSecret(secret)
    : engine.keys.digestSecret(secret);
}

/** Whether metadata needs a secret that the client does not have: of a digest nothing can be made that HMAC would do with. */
export function lacksSecret(
  metadata: ClientMetadata,
  { client_secret }: Pick<Client, 'client_secret'>,
): boolean {
  if (!usesSecret(metadata)) return false;
  return client_secret === undefined ||
    needsRawSecret(metadata) && !client_secret.startsWith(SEALED_SECRET_PREFIX);
}
