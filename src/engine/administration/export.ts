import { isPasswordDigest, PLAINTEXT_PREFIX } from '../../accounts/password_digest.ts';
import type { Client } from '../../spec/client.ts';
import { isMetadataField, METADATA_DEFAULTS } from '../../spec/client_metadata.ts';
import { needsRawSecret, usesSecret } from '../../spec/client_proof.ts';
import { clients } from '../../store/collections.ts';
import { rawSecret } from '../client_auth/secret.ts';
import type { Engine } from '../engine.ts';

/** A client as another provider can take it. */
export interface ExportedClient {
  readonly client_id: string;
  /** What is not the default. */
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly client_secret?: string;
  /** Why it has no secret, though it needs one. */
  readonly lacks?: string;
}

/** Clients of the file, then those of the store; secrets that serve as keys only `withSecrets`. */
export async function exportClients(
  withSecrets: boolean,
  engine: Engine,
): Promise<readonly ExportedClient[]> {
  const { settings, store } = engine;
  const all: Client[] = [...settings.clients.values()];
  for await (const { value } of clients.list(store, [settings.issuer])) {
    if (!settings.clients.has(value.client_id)) all.push({ ...METADATA_DEFAULTS, ...value });
  }
  const exported: ExportedClient[] = [];
  for (const client of all) {
    const { client_id } = client;
    const secret = await portableSecret(client, withSecrets, engine);
    exported.push({ client_id, metadata: ownMetadata(client), ...secret });
  }
  return exported;
}

function ownMetadata(client: Client): Readonly<Record<string, unknown>> {
  const defaults = new Map<string, unknown>(Object.entries(METADATA_DEFAULTS));
  return Object.fromEntries(
    Object.entries(client).filter(([field, value]) =>
      isMetadataField(field) && value !== undefined &&
      JSON.stringify(value) !== JSON.stringify(defaults.get(field))
    ),
  );
}

/** Digests as they are, and of what is no digest one that can be had anywhere. */
async function portableSecret(
  client: Client,
  withSecrets: boolean,
  engine: Engine,
): Promise<Pick<ExportedClient, 'client_secret' | 'lacks'>> {
  const { client_secret } = client;
  if (client_secret === undefined || !usesSecret(client)) return {};
  const raw = rawSecret(client, engine);
  if (raw === undefined) {
    return isPasswordDigest(client_secret)
      ? { client_secret }
      : { lacks: 'its secret is kept in a form that only this provider can check' };
  }
  if (needsRawSecret(client)) {
    return withSecrets
      ? { client_secret: PLAINTEXT_PREFIX + raw }
      : { lacks: 'its secret serves as a key, and is exported with --with-keys only' };
  }
  const digest = await engine.hasher.hash(raw);
  return digest === undefined
    ? { lacks: 'there was no time to make a digest of its secret: try again' }
    : { client_secret: digest };
}
