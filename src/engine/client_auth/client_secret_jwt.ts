import type { Client } from '../../spec/client.ts';
import { HMAC_ALGS } from '../../spec/identifiers.ts';
import type { Engine } from '../engine.ts';
import { proveAssertion, readAssertion } from './assertion.ts';
import {
  type ClientAuth,
  type Credentials,
  type Presented,
  type Proof,
  unproven,
} from './client_auth.ts';
import { isExpired, rawSecret } from './secret.ts';

/** An assertion with an HMAC by the client secret. Core §9, RFC 7523 §2.2. */
export const clientSecretJwt: ClientAuth = {
  token_endpoint_auth_method: 'client_secret_jwt',
  isGuessable: true,
  isIncidental: false,
  read: (presented) => readAssertion(presented, HMAC_ALGS),
  prove,
};

async function prove(
  client: Client,
  { shown = '' }: Credentials,
  presented: Presented,
  engine: Engine,
): Promise<Proof> {
  const secret = rawSecret(client, engine);
  if (secret === undefined) return unproven('only a digest of the secret is kept');
  if (isExpired(client, engine)) return unproven('the secret has expired');
  const { token_endpoint_auth_signing_alg: alg } = client;
  const algs = HMAC_ALGS.filter((each) => alg === undefined || each === alg);
  return await proveAssertion(client, shown, { secret }, algs, presented, engine);
}
