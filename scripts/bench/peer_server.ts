/**
 * node-oidc-provider as fast as its documentation lets one have it: every hook it asks for set, nothing enabled that is not
 * measured, a lean adapter, and an interaction that signs the person in and consents at once.
 */
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { APP, KEEPER, PERSON } from './fixture.ts';
import { MACHINE, PUSHER, SIGNER } from './machine_clients.ts';
import { createMapAdapter } from './map_adapter.ts';

interface Interaction {
  readonly prompt: { readonly name: string };
  readonly params: { readonly client_id: string; readonly scope: string };
  readonly session?: { readonly accountId: string };
}

interface Provider {
  readonly Grant: new (of: { readonly accountId: string; readonly clientId: string }) => {
    addOIDCScope(scope: string): void;
    save(): Promise<string>;
  };
  callback(): RequestListener;
  interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<Interaction>;
  interactionFinished(
    request: IncomingMessage,
    response: ServerResponse,
    result: unknown,
  ): Promise<void>;
}

const [library = '', port = '0', role = 'people'] = process.argv.slice(2);
const entry = pathToFileURL(join(library, 'lib/index.js')).href;
const { Provider }: { Provider: new (issuer: string, options: unknown) => Provider } = await import(
  entry
);

const isForMachines = role === 'machine';
const HOUR = 3600;
const DAY = 24 * HOUR;

const provider = new Provider(`http://127.0.0.1:${port}`, {
  adapter: createMapAdapter,
  clients: isForMachines ? [MACHINE, SIGNER, PUSHER] : [APP, KEEPER],
  jwks: { keys: [await privateJwk('RS256'), await privateJwk('ES256'), await privateJwk('EdDSA')] },
  cookies: { keys: ['a key of the cookies, 0123456789abcdef'] },
  scopes: ['openid', 'offline_access'],
  claims: {
    openid: ['sub'],
    profile: ['name', 'preferred_username'],
    email: ['email', 'email_verified'],
  },
  enabledJWA: { idTokenSigningAlgValues: ['RS256', 'ES256', 'Ed25519', 'EdDSA'] },
  features: {
    devInteractions: { enabled: false },
    introspection: { enabled: true, allowedPolicy: () => true },
    revocation: { enabled: true, allowedPolicy: () => true },
    rpInitiatedLogout: { enabled: false },
    resourceIndicators: { enabled: false },
    clientCredentials: { enabled: isForMachines },
    dPoP: { enabled: isForMachines },
    pushedAuthorizationRequests: { enabled: isForMachines },
  },
  pkce: { required: () => true },
  rotateRefreshToken: true,
  issueRefreshToken: (_: unknown, client: { grantTypeAllowed(type: string): boolean }) =>
    client.grantTypeAllowed('refresh_token'),
  clientBasedCORS: () => false,
  ttl: {
    AccessToken: HOUR,
    AuthorizationCode: 60,
    ClientCredentials: HOUR,
    PushedAuthorizationRequest: 90,
    Grant: 30 * DAY,
    IdToken: HOUR,
    Interaction: HOUR,
    RefreshToken: 30 * DAY,
    Session: 7 * DAY,
  },
  interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
  findAccount: (_: unknown, accountId: string) => ({
    accountId,
    claims: () => claimsOf(accountId),
  }),
});

const answer = provider.callback();
createServer((request, response) => {
  if (request.url?.startsWith('/interaction/')) void interact(request, response);
  else answer(request, response);
}).listen(Number(port), '127.0.0.1');

async function interact(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { prompt, params, session } = await provider.interactionDetails(request, response);
  if (prompt.name === 'login' || session === undefined) {
    await provider.interactionFinished(request, response, {
      login: { accountId: PERSON.username },
    });
    return;
  }
  const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  const grantId = await grant.save();
  await provider.interactionFinished(request, response, { consent: { grantId } });
}

function claimsOf(sub: string): Readonly<Record<string, unknown>> {
  const { name, email, username } = PERSON;
  return { sub, name, email, email_verified: false, preferred_username: username };
}

async function privateJwk(alg: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...await exportJWK(privateKey), alg, use: 'sig', kid: alg };
}
