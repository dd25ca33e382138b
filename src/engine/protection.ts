import type { ClientMetadata } from '../spec/client_metadata.ts';
import type {
  ClientSigningAlg,
  ContentEncryption,
  EncryptionAlg,
  ProtectedKind,
} from '../spec/identifiers.ts';
import { profileOf, usualAlg } from '../spec/profile_client.ts';

/** What a client has registered answers of one kind to be signed with, and encrypted with. */
export interface Protection {
  readonly alg: ClientSigningAlg;
  /** Of our key; absent: the newest. */
  readonly kid?: string;
  readonly encryption?: { readonly alg: EncryptionAlg; readonly enc: ContentEncryption };
}

/** RS256, or what the profile has in its place, and A128CBC-HS256 where nothing is registered: OpenID Registration §2, RFC 9701 §6, JARM §3. */
export function protectionOf(client: ClientMetadata, kind: ProtectedKind): Protection {
  let ofClient = known.get(client);
  if (ofClient === undefined) {
    ofClient = new Map();
    known.set(client, ofClient);
  }
  let protection = ofClient.get(kind);
  if (protection === undefined) {
    protection = protectionIn(client, kind);
    ofClient.set(kind, protection);
  }
  return protection;
}

/** Worked out once for each client as it is registered, and not for each answer. */
const known = new WeakMap<ClientMetadata, Map<ProtectedKind, Protection>>();

function protectionIn(client: ClientMetadata, kind: ProtectedKind): Protection {
  const kid = client[`${kind}_signed_response_key_id`];
  const alg = client[`${kind}_encrypted_response_alg`];
  const enc = client[`${kind}_encrypted_response_enc`] ?? 'A128CBC-HS256';
  return {
    alg: client[`${kind}_signed_response_alg`] ?? usualAlg(profileOf(client)),
    ...(kid === undefined ? {} : { kid }),
    ...(alg === undefined ? {} : { encryption: { alg, enc } }),
  };
}
