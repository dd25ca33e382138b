import type { ClientAuth, Credentials, Presented } from './client_auth.ts';

/** Public clients name themselves and prove nothing. RFC 6749 §3.2.1. */
export const none: ClientAuth = {
  token_endpoint_auth_method: 'none',
  isGuessable: false,
  isIncidental: false,
  read,
  prove: () => ({ ok: true }),
};

const SECRETS = ['client_secret', 'client_assertion', 'client_assertion_type'];

function read({ authorization, params }: Presented): Credentials | undefined {
  const client_id = params.get('client_id');
  const isBare = authorization === null && SECRETS.every((name) => params.get(name) === undefined);
  return client_id === undefined || !isBare ? undefined : { client_id };
}
