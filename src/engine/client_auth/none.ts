import type { ClientAuth, Credentials, Presented } from './client_auth.ts';

/** Public clients name themselves and prove nothing. RFC 6749 §3.2.1. */
export const none: ClientAuth = { token_endpoint_auth_method: 'none', read };

function read({ authorization, params }: Presented): Credentials | undefined {
  const client_id = params.get('client_id');
  if (
    client_id === undefined || authorization !== null || params.get('client_secret') !== undefined
  ) return undefined;
  return { client_id };
}
