import type { ClientMetadata } from '../spec/client_metadata.ts';
import {
  ASYMMETRIC_ENCRYPTION_ALGS,
  type AsymmetricEncryptionAlg,
  SIGNING_ALGS,
  type SigningAlg,
} from '../spec/identifiers.ts';
import type { Engine } from './engine.ts';

/** Makes the keys of ours that clients and resources are registered for, so that they are published before they are used. */
export async function ensureKeysFor(
  clients: Iterable<ClientMetadata>,
  engine: Engine,
): Promise<void> {
  const signing = new Set<SigningAlg>();
  const encryption = new Set<AsymmetricEncryptionAlg>();
  for (const client of clients) {
    for (const alg of SIGNING_ALGS) if (signsFor(client, alg)) signing.add(alg);
    for (const alg of ASYMMETRIC_ENCRYPTION_ALGS) {
      if (client.request_object_encryption_alg === alg) encryption.add(alg);
    }
  }
  for (const { access_token_signed_response_alg: alg } of engine.settings.resources.values()) {
    if (alg !== undefined) signing.add(alg);
  }
  await Promise.all([
    engine.keys.ensure('sig', [...signing]),
    engine.keys.ensure('enc', [...encryption]),
  ]);
}

function signsFor(client: ClientMetadata, alg: SigningAlg): boolean {
  return client.id_token_signed_response_alg === alg ||
    client.userinfo_signed_response_alg === alg ||
    client.introspection_signed_response_alg === alg ||
    client.authorization_signed_response_alg === alg ||
    (client.access_token_format === 'jwt' && client.access_token_signed_response_alg === alg);
}
