import type { ClientMetadata } from '../../spec/client_metadata.ts';
import { usesSecret } from '../../spec/client_proof.ts';
import type { StoredClient } from '../../store/records.ts';
import { keptSecret } from '../client_records.ts';
import type { Engine } from '../engine.ts';
import { secretBeside } from './access_token.ts';

type SecretFields = Pick<StoredClient, 'client_secret' | 'client_secret_expires_at'>;

/** What is kept of the secret that comes with a registration access token. RFC 7591 §3.2.1 */
export function newSecret(
  token: string,
  client_id: string,
  metadata: ClientMetadata,
  engine: Engine,
): SecretFields {
  const { client_secret_lifetime } = engine.settings.registration;
  return {
    client_secret: keptSecret(secretBeside(token, client_id, engine), metadata, engine),
    client_secret_expires_at: client_secret_lifetime === undefined
      ? 0
      : Math.floor(engine.now()) + client_secret_lifetime,
  };
}

/** The secret stays, unless the client now needs none. */
export function sameSecret(
  metadata: ClientMetadata,
  { client_secret, client_secret_expires_at }: StoredClient,
): SecretFields {
  if (client_secret === undefined || !usesSecret(metadata)) return {};
  return {
    client_secret,
    ...client_secret_expires_at !== undefined && { client_secret_expires_at },
  };
}

/** A secret that ends is replaced by an update in the second half of its life. RFC 7592 §3 */
export function isAging({ client_secret_expires_at = 0 }: StoredClient, engine: Engine): boolean {
  const { client_secret_lifetime = 0 } = engine.settings.registration;
  return client_secret_expires_at !== 0 &&
    client_secret_expires_at - client_secret_lifetime / 2 <= engine.now();
}
