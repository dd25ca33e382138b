/** What every provider is given to work with, and the requests that are sent to it. */

export interface BenchClient {
  readonly client_id: string;
  readonly client_secret: string;
  readonly redirect_uris: readonly string[];
  readonly grant_types: readonly string[];
  readonly response_types: readonly string[];
  readonly token_endpoint_auth_method: 'client_secret_basic';
  readonly id_token_signed_response_alg: 'ES256';
  readonly scope: string;
}

export const CALLBACK = 'https://app.example/callback';

/** Redeems codes, reads tokens. */
export const APP: BenchClient = clientOf('app', ['authorization_code'], 'openid profile email');

/** Keeps refreshing. */
export const KEEPER: BenchClient = clientOf(
  'keeper',
  ['authorization_code', 'refresh_token'],
  'openid profile email offline_access',
);

export const PERSON = {
  username: 'alice',
  password: 'seven quiet otters at dawn',
  name: 'Alice Example',
  email: 'alice@alice.example',
} as const;

/** RFC 7636 Appendix B. */
export const PKCE = {
  code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
} as const;

export const NONCE = 'n-0S6_WzA2Mj';

/** An authorization request for all that the client may have. Core §11 wants consent asked for offline access. */
export function authorizationUrl(endpoint: string, { client_id, scope }: BenchClient): string {
  return `${endpoint}?${new URLSearchParams({
    client_id,
    redirect_uri: CALLBACK,
    response_type: 'code',
    scope,
    state: 'state',
    nonce: NONCE,
    code_challenge: PKCE.code_challenge,
    code_challenge_method: 'S256',
    ...(scope.includes('offline_access') ? { prompt: 'consent' } : {}),
  })}`;
}

export function codeForm(code: string): string {
  const { code_verifier } = PKCE;
  return form({ grant_type: 'authorization_code', redirect_uri: CALLBACK, code_verifier, code });
}

export function refreshForm(refresh_token: string): string {
  return form({ grant_type: 'refresh_token', refresh_token });
}

export function formHeaders(
  { client_id, client_secret }: Pick<BenchClient, 'client_id' | 'client_secret'>,
): Record<string, string> {
  return {
    authorization: `Basic ${btoa(`${client_id}:${client_secret}`)}`,
    'content-type': 'application/x-www-form-urlencoded',
  };
}

/** Not escaped, so that placeholders stay what they are: codes and tokens are URL-safe. */
function form(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields).map(([name, value]) => `${name}=${value}`).join('&');
}

function clientOf(client_id: string, grant_types: readonly string[], scope: string): BenchClient {
  return {
    client_id,
    client_secret: `a-secret-of-${client_id}-0123456789abcdefghijklmnop`,
    redirect_uris: [CALLBACK],
    grant_types,
    response_types: ['code'],
    token_endpoint_auth_method: 'client_secret_basic',
    id_token_signed_response_alg: 'ES256',
    scope,
  };
}
