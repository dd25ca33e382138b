import type { ClientMetadata } from '../spec/client_metadata.ts';
import type { ClientProblem } from '../spec/client_problems.ts';
import {
  ASYMMETRIC_ENCRYPTION_ALGS,
  type AsymmetricEncryptionAlg,
  SIGNING_ALGS,
  type SigningAlg,
} from '../spec/identifiers.ts';
import type { Engine } from './engine.ts';
import { type ProtectedKind, protectionOf } from './protection.ts';

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

const KINDS: readonly ProtectedKind[] = [
  'id_token',
  'userinfo',
  'introspection',
  'authorization',
  'access_token',
];

/** Keys of ours that a client names and that are not there, or not for its algorithm: nothing could be signed for it. */
export function keyIdProblems(
  client: ClientMetadata,
  { keys }: Pick<Engine, 'keys'>,
): readonly ClientProblem[] {
  return KINDS.flatMap((kind) => {
    const { alg, kid } = protectionOf(client, kind);
    if (kid === undefined) return [];
    const isThere = keys.describe().some((key) =>
      key.use === 'sig' && key.kid === kid && key.alg === alg
    );
    const field = `${kind}_signed_response_key_id`;
    return isThere ? [] : [{ field, problem: `names no ${alg} key of this server: ${kid}` }];
  });
}
