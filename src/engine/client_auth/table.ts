import { certificateThumbprint } from '../../keys/certificate.ts';
import type { Client } from '../../spec/client.ts';
import type { AuthMethod } from '../../spec/identifiers.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import { profileOf } from '../../spec/profile_client.ts';
import { findClient } from '../clients.ts';
import type { Engine } from '../engine.ts';
import { observe } from '../observations.ts';
import {
  type AuthEndpoint,
  type Caller,
  type ClientAuth,
  type Credentials,
  invalidClient,
  type Presented,
  type Proof,
  unproven,
} from './client_auth.ts';
import { clientSecretBasic } from './client_secret_basic.ts';
import { clientSecretJwt } from './client_secret_jwt.ts';
import { clientSecretPost } from './client_secret_post.ts';
import { none } from './none.ts';
import { privateKeyJwt } from './private_key_jwt.ts';
import { selfSignedTlsClientAuth } from './self_signed_tls_client_auth.ts';
import { tlsClientAuth } from './tls_client_auth.ts';

export const CLIENT_AUTH: ReadonlyMap<AuthMethod, ClientAuth> = new Map(
  [
    clientSecretBasic,
    clientSecretPost,
    clientSecretJwt,
    privateKeyJwt,
    tlsClientAuth,
    selfSignedTlsClientAuth,
    none,
  ].map((method) => [method.token_endpoint_auth_method, method]),
);

/**
 * The client that sends a request, proven by the one method it is registered for at this endpoint. RFC 6749 §2.3, §3.2.1.
 * Whatever is wrong, the answer is the same, so that nobody learns which clients exist. What the proof uses up is the
 * caller's to write.
 * @throws {OAuthError} `invalid_client`, `invalid_request`
 */
export async function authenticateClient(presented: Presented, engine: Engine): Promise<Caller> {
  const used = usedMethods(presented);
  const client_id = clientIdOf(presented, used);
  const { source, certificates } = presented;
  const account = clientAccount(client_id, engine);
  const isGuess = used.some(({ method }) => method.isGuessable);
  const waitSeconds = isGuess ? engine.regulation.waitOf(account, source) : 0;
  if (waitSeconds > 0 && !engine.secretTries.take(`${source} ${account}`)) {
    throw slowDown(waitSeconds);
  }
  const client = await findClient(client_id, engine);
  checkCount(used, client);
  const proof = client === undefined
    ? unproven('no such client')
    : await prove(client, used, presented, engine);
  if (client === undefined) {
    observe({ kind: 'unknown_client', value: client_id, endpoint: presented.endpoint }, engine);
  }
  if (client === undefined || !proof.ok) {
    // A client_id that nobody has may be anything that was pasted into the wrong field.
    engine.log('info', 'client.not_proven', {
      client_id: client?.client_id,
      endpoint: presented.endpoint,
      source,
    });
    if (isGuess) engine.regulation.failed(account, source);
    const reason = proof.ok ? '' : proof.reason;
    throw waitSeconds > 0 ? slowDown(waitSeconds, reason) : invalidClient(reason);
  }
  if (waitSeconds > 0) engine.regulation.succeeded(account, source);
  const [certificate] = certificates ?? [];
  return {
    client,
    uses: proof.uses ?? [],
    ...certificate !== undefined &&
      { certificate_thumbprint: certificateThumbprint(certificate) },
  };
}

/** What failed attempts at a client's secret are counted by: clients of two issuers may have one ID. */
export function clientAccount(client_id: string, { settings }: Engine): string {
  return `client:${settings.issuer} ${client_id}`;
}

/** The registered method at an endpoint; the token endpoint's where nothing else is said. T038 */
export function authMethodAt(client: Client, endpoint: AuthEndpoint): AuthMethod {
  return client[METHOD_FIELDS[endpoint]] ?? client.token_endpoint_auth_method;
}

/** What a client says for each endpoint. */
export const METHOD_FIELDS = {
  token: 'token_endpoint_auth_method',
  revocation: 'revocation_endpoint_auth_method',
  introspection: 'introspection_endpoint_auth_method',
  pushed_authorization_request: 'pushed_authorization_request_endpoint_auth_method',
  device_authorization: 'device_authorization_endpoint_auth_method',
  backchannel_authentication: 'backchannel_authentication_endpoint_auth_method',
} as const satisfies Record<AuthEndpoint, keyof Client>;

interface Used {
  readonly method: ClientAuth;
  readonly credentials: Credentials;
}

function usedMethods(presented: Presented): readonly Used[] {
  const used: Used[] = [];
  for (const method of CLIENT_AUTH.values()) {
    const credentials = method.read(presented);
    if (credentials !== undefined) used.push({ method, credentials });
  }
  return used;
}

/** RFC 6749 §2.3.1, RFC 7521 §4.2: all that names a client names the same one. */
function clientIdOf({ params }: Presented, used: readonly Used[]): string {
  const [first] = used;
  if (first === undefined) throw invalidClient('no client authentication is included');
  const { client_id } = first.credentials;
  const named = params.get('client_id');
  if (
    used.some(({ credentials }) => credentials.client_id !== client_id) ||
    (named !== undefined && named !== client_id)
  ) throw invalidClient('client_id differs from credentials');
  return client_id;
}

/** RFC 6749 §2.3: one method a request, unless the client is registered as one that cannot do otherwise. */
function checkCount(used: readonly Used[], client: Client | undefined): void {
  const count = used.filter(({ method }) => !method.isIncidental).length;
  if (count > 1 && client?.allow_multiple_auth_methods !== true) {
    throw new OAuthError('invalid_request', 'more than one client authentication method is used');
  }
}

async function prove(
  client: Client,
  used: readonly Used[],
  presented: Presented,
  engine: Engine,
): Promise<Proof> {
  const registered = authMethodAt(client, presented.endpoint);
  const { auth_methods, name } = profileOf(client);
  if (auth_methods?.value.includes(registered) === false) {
    return unproven(`profile ${name} has no ${registered} (${auth_methods.clause})`);
  }
  const match = used.find(({ method }) => method.token_endpoint_auth_method === registered);
  const { client_id } = client;
  const { endpoint } = presented;
  if (match === undefined) {
    const value = used.map(({ method }) => method.token_endpoint_auth_method).join(' ');
    observe({ kind: 'auth_method', client_id, value, endpoint }, engine);
    return unproven(`the registered method is ${registered}, used is ${value}`);
  }
  const isAlone = !match.method.isIncidental ||
    used.every(({ method }) => method.isIncidental || method === none);
  if (!isAlone && !client.allow_multiple_auth_methods) {
    return unproven(`other credentials beside ${registered}`);
  }
  const proof = await match.method.prove(client, match.credentials, presented, engine);
  if (!proof.ok) observe({ kind: 'proof', client_id, value: proof.reason, endpoint }, engine);
  return proof;
}

/**
 * The answer to failures while too many of them come from one place. The secret is looked at all the same, as far as
 * `secretTries` allows: the real client may share its address with whoever is guessing. RFC 6749 §2.3.1.
 */
function slowDown(retryAfterSeconds: number, debug?: string): OAuthError {
  return new OAuthError('invalid_client', 'too many failed attempts', {
    status: 429,
    retryAfterSeconds,
    ...debug !== undefined && { debug },
  });
}
