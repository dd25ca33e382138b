import type { ClientMetadata } from '../spec/client_metadata.ts';
import type { ClientProblem } from '../spec/client_problems.ts';
import {
  type AsymmetricEncryptionAlg,
  type ClientSigningAlg,
  isAsymmetricEncryption,
  isSigning,
  PROTECTED_KINDS,
  type SigningAlg,
} from '../spec/identifiers.ts';
import { conforming } from '../spec/profile_client.ts';
import { PROFILES } from '../spec/profiles.ts';
import type { Engine } from './engine.ts';
import { protectionOf } from './protection.ts';

/** Makes the keys of ours that clients and resources are registered for, so that they are published before they are used. */
export async function ensureKeysFor(
  clients: Iterable<ClientMetadata>,
  engine: Engine,
): Promise<void> {
  const signing = new Set<SigningAlg>();
  const encryption = new Set<AsymmetricEncryptionAlg>();
  const { profile } = engine.settings;
  const { signing_algs: ofIssuer } = PROFILES[profile];
  // Clients of the store that are registered for others get this one.
  if (ofIssuer !== undefined) signing.add(ofIssuer.value[0]);
  for (const each of clients) {
    const client = conforming(each, profile);
    for (const alg of signingAlgsOf(client)) if (isSigning(alg)) signing.add(alg);
    const { request_object_encryption_alg: alg } = client;
    if (alg !== undefined && isAsymmetricEncryption(alg)) encryption.add(alg);
  }
  for (const { access_token_signed_response_alg: alg } of engine.settings.resources.values()) {
    if (alg !== undefined) signing.add(alg);
  }
  await Promise.all([
    engine.keys.ensure('sig', [...signing]),
    engine.keys.ensure('enc', [...encryption]),
  ]);
}

/** Of what this client is sent: not what access tokens of the other format would be signed with. */
export function signingAlgsOf(client: ClientMetadata): readonly ClientSigningAlg[] {
  return PROTECTED_KINDS.filter((kind) =>
    kind !== 'access_token' || client.access_token_format === 'jwt'
  ).flatMap((kind) => client[`${kind}_signed_response_alg`] ?? []);
}

/** Keys of ours that a client names and that are not there, or not for its algorithm: nothing could be signed for it. */
export function keyIdProblems(
  client: ClientMetadata,
  { keys }: Pick<Engine, 'keys'>,
): readonly ClientProblem[] {
  return PROTECTED_KINDS.flatMap((kind) => {
    const { alg, kid } = protectionOf(client, kind);
    if (kid === undefined) return [];
    const isThere = keys.describe().some((key) =>
      key.use === 'sig' && key.kid === kid && key.alg === alg
    );
    const field = `${kind}_signed_response_key_id`;
    return isThere ? [] : [{ field, problem: `names no ${alg} key of this server: ${kid}` }];
  });
}
