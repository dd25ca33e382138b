/** What the client libraries are tried with: each way to authenticate, each signature, each token format. */
import type { Browser, Page, Person } from '../support/browser.ts';
import { ALICE } from '../support/flow.ts';
import { type RunningOp, startOp } from '../support/running_op.ts';

/** Characters that Basic authentication has to encode. RFC 6749 §2.3.1. */
export const SECRET = 'a secret: 100% of + & /, 0123456789';
export const SCOPE = 'openid profile email phone address groups offline_access';
export const RESOURCE = 'https://api.example/';

const COMMON = {
  grant_types: ['authorization_code', 'refresh_token'],
  scope: `${SCOPE} read`,
} as const;

export const CLIENTS = [
  {
    ...COMMON,
    client_id: 'https://basic.example',
    client_secret: `$plaintext$${SECRET}`,
    redirect_uris: ['https://basic.example/callback'],
    token_endpoint_auth_method: 'client_secret_basic',
    id_token_signed_response_alg: 'RS256',
    access_token_format: 'opaque',
    access_token_signed_response_alg: 'RS256',
  },
  {
    ...COMMON,
    client_id: 'post',
    client_secret: `$plaintext$${SECRET}`,
    redirect_uris: ['https://post.example/callback'],
    token_endpoint_auth_method: 'client_secret_post',
    id_token_signed_response_alg: 'ES256',
    access_token_format: 'jwt',
    access_token_signed_response_alg: 'ES256',
  },
  {
    ...COMMON,
    client_id: 'public',
    redirect_uris: ['http://127.0.0.1:53123/callback'],
    token_endpoint_auth_method: 'none',
    id_token_signed_response_alg: 'EdDSA',
    access_token_format: 'jwt',
    access_token_signed_response_alg: 'EdDSA',
  },
] as const;

export type TestClient = (typeof CLIENTS)[number];

export const [BASIC, POST, PUBLIC] = CLIENTS;

export function redirectUri(client: TestClient): string {
  return client.redirect_uris[0];
}

/** `path` is the issuer's. */
export function startProvider(path = ''): Promise<RunningOp> {
  return startOp({
    clients: CLIENTS,
    resources: [{ resource: RESOURCE, scope: 'read', introspection_clients: [POST.client_id] }],
  }, path);
}

/** What a person's browser makes of an authorization request: signs in, agrees, ends at the client. */
export function visit(browser: Browser, url: URL, changes: Partial<Person> = {}): Promise<Page> {
  return browser.authorize(url.href, { ...ALICE, ...changes });
}
