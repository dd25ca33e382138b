import type { Client } from '../../spec/client.ts';
import type { AuthMethod } from '../../spec/identifiers.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import type { Params } from '../../spec/params.ts';
import { findClient } from '../clients.ts';
import type { Engine } from '../engine.ts';
import { type ClientAuth, type Credentials, invalidClient, type Presented } from './client_auth.ts';
import { clientSecretBasic } from './client_secret_basic.ts';
import { clientSecretPost } from './client_secret_post.ts';
import { none } from './none.ts';

export const CLIENT_AUTH: ReadonlyMap<string, ClientAuth> = new Map(
  [clientSecretBasic, clientSecretPost, none].map((
    method,
  ) => [method.token_endpoint_auth_method, method]),
);

/**
 * The client that sends a request, proven by the one method it is registered for. RFC 6749 §2.3, §3.2.1. Whatever is
 * wrong, the answer is the same, so that nobody learns which clients exist.
 * @throws {OAuthError} `invalid_client`, `invalid_request`
 */
export async function authenticateClient(presented: Presented, engine: Engine): Promise<Client> {
  const { method, credentials } = usedMethod(presented);
  checkClientId(presented.params, credentials);
  const { client_id, client_secret } = credentials;
  const account = `client:${client_id}`;
  const slowDown = client_secret === undefined
    ? undefined
    : slowDownOf(account, presented.source, engine);
  if (slowDown !== undefined && !engine.secretTries.take(`${presented.source} ${account}`)) {
    throw slowDown;
  }
  const client = await findClient(client_id, engine);
  const isProven = await isRegistered(client, client_secret, engine) &&
    method === client?.token_endpoint_auth_method;
  if (client === undefined || !isProven) {
    if (client_secret !== undefined) engine.regulation.failed(account, presented.source);
    throw slowDown ??
      invalidClient(client === undefined ? 'no such client' : `wrong secret or method ${method}`);
  }
  if (slowDown !== undefined) engine.regulation.succeeded(account, presented.source);
  return client;
}

/**
 * The answer to failures while too many of them come from one place. The secret is looked at all the same, as far as
 * `secretTries` allows: the real client may share its address with whoever is guessing. RFC 6749 §2.3.1.
 */
function slowDownOf(account: string, source: string, engine: Engine): OAuthError | undefined {
  const retryAfterSeconds = engine.regulation.waitOf(account, source);
  if (retryAfterSeconds === 0) return undefined;
  return new OAuthError('invalid_client', 'too many failed attempts', {
    status: 429,
    retryAfterSeconds,
  });
}

function usedMethod(presented: Presented): { method: AuthMethod; credentials: Credentials } {
  const used: { method: AuthMethod; credentials: Credentials }[] = [];
  for (const { token_endpoint_auth_method: method, read } of CLIENT_AUTH.values()) {
    const credentials = read(presented);
    if (credentials !== undefined) used.push({ method, credentials });
  }
  const [first, second] = used;
  if (second !== undefined) {
    throw new OAuthError('invalid_request', 'more than one client authentication method is used');
  }
  if (first === undefined) throw invalidClient('no client authentication is included');
  return first;
}

/** RFC 6749 §2.3.1: a client_id in the body, too, is the same one. */
function checkClientId(params: Params, credentials: Credentials): void {
  const named = params.get('client_id');
  if (named !== undefined && named !== credentials.client_id) {
    throw invalidClient('client_id differs from credentials');
  }
}

async function isRegistered(
  client: Client | undefined,
  secret: string | undefined,
  engine: Engine,
): Promise<boolean> {
  if (client?.client_secret === undefined) return client !== undefined && secret === undefined;
  if (secret === undefined) return false;
  const expiry = client.client_secret_expires_at ?? 0;
  if (expiry !== 0 && expiry <= engine.now()) return false;
  return await engine.secrets.matches(secret, client.client_secret);
}
