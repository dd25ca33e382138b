import type { Client } from '../../spec/client.ts';
import { SIGNING_ALGS } from '../../spec/identifiers.ts';
import { isProfileAlg, profileOf } from '../../spec/profile_client.ts';
import { clientKeys } from '../client_keys.ts';
import type { Engine } from '../engine.ts';
import { peekAssertion, proveAssertion, readAssertion } from './assertion.ts';
import {
  type ClientAuth,
  type Credentials,
  type Presented,
  type Proof,
  unproven,
} from './client_auth.ts';

/** An assertion signed with a key of the client's. Core §9, RFC 7523 §2.2. */
export const privateKeyJwt: ClientAuth = {
  token_endpoint_auth_method: 'private_key_jwt',
  isGuessable: false,
  isIncidental: false,
  read: (presented) => readAssertion(presented, SIGNING_ALGS),
  prove,
};

async function prove(
  client: Client,
  { shown = '' }: Credentials,
  presented: Presented,
  engine: Engine,
): Promise<Proof> {
  const header = peekAssertion(presented, shown)?.header;
  const { token_endpoint_auth_signing_alg: registered } = client;
  const profile = profileOf(client);
  const algs = SIGNING_ALGS.filter((each) =>
    (registered === undefined || each === registered) && isProfileAlg(each, profile)
  );
  const alg = algs.find((each) => each === header?.alg);
  if (alg === undefined) return unproven('the assertion has another alg than is registered');
  const wanted = { use: 'sig' as const, alg, kid: header?.kid };
  const keys = await clientKeys(client, wanted, engine);
  const proof = await proveAssertion(client, shown, { keys }, [alg], presented, engine);
  if (proof.ok || client.jwks_uri === undefined) return proof;
  // The client may have a new key under no name or the old one's.
  const newer = await clientKeys(client, { ...wanted, newer: true }, engine);
  const isSame = newer.length === keys.length && newer.every((key, i) => key === keys[i]);
  return isSame
    ? proof
    : await proveAssertion(client, shown, { keys: newer }, [alg], presented, engine);
}
