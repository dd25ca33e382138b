import { type ClientAuth, type Credentials, invalidClient, type Presented } from './client_auth.ts';
import { proveSecret } from './secret.ts';

/** RFC 6749 §2.3.1. */
export const clientSecretPost: ClientAuth = {
  token_endpoint_auth_method: 'client_secret_post',
  isGuessable: true,
  isIncidental: false,
  read,
  prove: proveSecret,
};

function read({ params }: Presented): Credentials | undefined {
  const client_secret = params.get('client_secret');
  if (client_secret === undefined) return undefined;
  const client_id = params.get('client_id');
  if (client_id === undefined) throw invalidClient('client_secret without client_id');
  return { client_id, shown: client_secret };
}
