import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { ALGORITHMS, invalidToken } from './refusal.ts';

export interface TokenOptions {
  readonly issuer: string;
  /** What the provider calls us in `aud`: RFC 8707. */
  readonly resource: string;
  /** What we introspect as. */
  readonly client_id: string;
  readonly client_secret: string;
  /** Unix seconds; by default the machine's clock. */
  readonly now?: () => number;
}

/** What an access token says, once it is known to hold. */
export interface AccessToken {
  readonly sub: string;
  readonly client_id: string;
  readonly scope: readonly string[];
  readonly auth_time?: number;
  readonly acr?: string;
  readonly cnf?: { readonly jkt?: string; readonly 'x5t#S256'?: string };
}

export type ReadToken = (token: string) => Promise<AccessToken>;

export function machineTime(): number {
  return Date.now() / 1000;
}

interface Metadata {
  readonly issuer: string;
  readonly jwks_uri: string;
  readonly introspection_endpoint: string;
}

/** Reads JWTs ourselves (RFC 9068 §4), and asks the provider about the others (RFC 7662). */
export function createTokenReader(options: TokenOptions): ReadToken {
  let metadata: Promise<Metadata> | undefined;
  let keys: ReturnType<typeof createRemoteJWKSet> | undefined;
  return async (token) => {
    // A failure is not kept: the provider may be there the next time.
    const known = await (metadata ??= fetchMetadata(options.issuer).catch((error) => {
      metadata = undefined;
      throw error;
    }));
    if (!isJwt(token)) return await introspect(token, known, options);
    keys ??= createRemoteJWKSet(new URL(known.jwks_uri));
    return await verify(token, keys, options);
  };
}

async function fetchMetadata(issuer: string): Promise<Metadata> {
  const response = await fetch(`${issuer}/.well-known/openid-configuration`);
  const metadata = await response.json() as Metadata;
  if (metadata.issuer !== issuer) throw new Error(`The provider at ${issuer} has another name`);
  return metadata;
}

function isJwt(token: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token);
}

async function verify(
  token: string,
  keys: ReturnType<typeof createRemoteJWKSet>,
  { issuer, resource, now = machineTime }: TokenOptions,
): Promise<AccessToken> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience: resource,
      typ: 'at+jwt',
      algorithms: ALGORITHMS,
      requiredClaims: ['sub', 'exp', 'client_id'],
      currentDate: new Date(now() * 1000),
    });
    return accessTokenOf(payload);
  } catch (error) {
    if (error instanceof errors.JOSEError && !OUR_TROUBLE.includes(error.code)) {
      throw invalidToken('the access token does not hold here');
    }
    throw error;
  }
}

/** The provider's keys could not be had, which says nothing of the token. */
const OUR_TROUBLE = ['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC'];

async function introspect(
  token: string,
  { introspection_endpoint }: Metadata,
  { client_id, client_secret, resource }: TokenOptions,
): Promise<AccessToken> {
  const credentials = [client_id, client_secret].map(encodeURIComponent).join(':');
  const response = await fetch(introspection_endpoint, {
    method: 'POST',
    headers: { accept: 'application/json', authorization: `Basic ${btoa(credentials)}` },
    body: new URLSearchParams({ token }),
  });
  if (!response.ok) throw new Error(`Introspection failed with status ${response.status}`);
  const told = await response.json() as Readonly<Record<string, unknown>>;
  const audience: unknown[] = [told['aud'] ?? []].flat();
  if (told['active'] !== true || !audience.includes(resource)) {
    throw invalidToken('the access token does not hold here');
  }
  return accessTokenOf(told);
}

function accessTokenOf(claims: Readonly<Record<string, unknown>>): AccessToken {
  const { scope = '', ...rest } = claims;
  return { ...rest, scope: String(scope).split(' ') } as unknown as AccessToken;
}
