/** Issuers that are as alike as can be: the same clients, secrets and keys at each; and what clients and browsers do there. */
import { createHash, randomUUID, X509Certificate } from 'node:crypto';
import { CompactEncrypt, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import { cookieName } from '../../src/http/cookies.ts';
import { ISSUED } from '../clients/certificates.ts';
import { JWT_BEARER_GRANT, TRUSTED, TRUSTED_JWKS } from './assertion_grant.ts';
import { assert, AssertionError } from './assert.ts';
import { type Browser, formAction, hiddenFields, type Page } from './browser.ts';
import { CIBA_GRANT } from './ciba.ts';
import { DEVICE_CODE_GRANT, TV } from './device.ts';
import { newProofKey } from './dpop.ts';
import { EXCHANGE_GRANT } from './exchange.ts';
import { type Issuers, openIssuers, URLS } from './issuers.ts';
import { basic, CLIENT, CLIENT_SECRET } from './op.ts';

const PAIR = await generateKeyPair('ES256', { extractable: true });
const JWKS = { keys: [{ ...await exportJWK(PAIR.publicKey), kid: 'own', use: 'sig' }] };
const ENCRYPTION = await generateKeyPair('ECDH-ES', { extractable: true });
const PROOF_KEY = await newProofKey();
export const CERTIFICATE = {
  'client-cert': `:${new X509Certificate(ISSUED.cert).raw.toString('base64')}:`,
};

const COMMON = {
  redirect_uris: CLIENT.redirect_uris,
  grant_types: [
    ...CLIENT.grant_types,
    'client_credentials',
    DEVICE_CODE_GRANT,
    CIBA_GRANT,
    EXCHANGE_GRANT,
    JWT_BEARER_GRANT,
  ],
  backchannel_token_delivery_mode: 'poll',
  token_exchange_policy: 'any',
  scope: CLIENT.scope,
  id_token_signed_response_alg: 'ES256',
  access_token_signed_response_alg: 'ES256',
} as const;

/** Of each client: what its requests authenticate with, where that is not an assertion. */
export const CLIENTS = {
  app: { ...COMMON, client_secret: `$plaintext$${CLIENT_SECRET}` },
  jwt: { ...COMMON, client_secret: `$plaintext$${CLIENT_SECRET}`, access_token_format: 'jwt' },
  jwe: {
    ...COMMON,
    client_secret: `$plaintext$${CLIENT_SECRET}`,
    access_token_format: 'jwt',
    access_token_encrypted_response_alg: 'dir',
  },
  pairwise: {
    ...COMMON,
    client_secret: `$plaintext$${CLIENT_SECRET}`,
    subject_type: 'pairwise',
  },
  bound: {
    ...COMMON,
    client_secret: `$plaintext$${CLIENT_SECRET}`,
    tls_client_certificate_bound_access_tokens: true,
  },
  robot: {
    client_secret: `$plaintext$${CLIENT_SECRET}`,
    grant_types: ['client_credentials'],
    scope: 'ostiary:admin',
    access_token_format: 'jwt',
    access_token_signed_response_alg: 'ES256',
  },
  signing: { ...COMMON, token_endpoint_auth_method: 'private_key_jwt', jwks: JWKS },
  hmac: {
    ...COMMON,
    client_secret: `$plaintext$${CLIENT_SECRET}`,
    token_endpoint_auth_method: 'client_secret_jwt',
  },
} as const;
export type ClientId = keyof typeof CLIENTS;

/** A host behind a proxy, which every issuer guards. */
export const GUARDED = 'guarded.example';

export async function openWorld(): Promise<Issuers> {
  const clients = [
    TV,
    ...Object.entries(CLIENTS).map(([client_id, rest]) => ({ client_id, ...rest })),
  ];
  const issuers = await openIssuers({
    dpop_nonce: 'required',
    access_control: { rules: [{ domain: GUARDED, policy: 'one_factor' }] },
    trusted_issuers: {
      ci: { issuer: TRUSTED, jwks: TRUSTED_JWKS, subject_is: 'username' },
    },
    token_exchange_policies: {
      any: {
        assertion_issuers: ['ci'],
        allow: ['delegation', 'impersonation'],
        subject_clients: ['app', 'jwt', 'jwe'],
        actors: ['user:alice'],
        subject_token_types: ['access_token', 'refresh_token', 'id_token'],
      },
    },
    issuers: URLS.map((issuer) => ({ issuer, clients })),
  });
  const signing = JSON.stringify({ ...await exportJWK(PAIR.privateKey), kid: 'same' });
  const encrypting = JSON.stringify({ ...await exportJWK(ENCRYPTION.privateKey), kid: 'same-enc' });
  for (const { keys } of issuers.instance.engines()) {
    for (const [text, as] of [[signing, {}], [encrypting, { use: 'enc' }]] as const) {
      const outcome = await keys.importKey(text, as, { isNow: true });
      assert(outcome.kind === 'done', JSON.stringify(outcome));
    }
  }
  return issuers;
}

/** Whether a request was good for something; an answer that is neither that nor a refusal is a failure of the test. */
export async function isGood(response: Response, refusals = [400, 401, 403]): Promise<boolean> {
  const text = await response.text();
  if (response.status < 300) return true;
  if (refusals.includes(response.status)) return false;
  throw new AssertionError({ message: `${response.status} ${text.slice(0, 500)}` });
}

export function authOf(client_id: ClientId): Record<string, string> {
  return { ...basic(client_id), ...client_id === 'bound' && CERTIFICATE };
}

/** Signed by the client, as an assertion or a request object. */
export async function signed(
  client_id: ClientId,
  aud: string,
  claims: Readonly<Record<string, unknown>>,
  now: number,
): Promise<string> {
  const alg = client_id === 'hmac' ? 'HS256' : 'ES256';
  const key = client_id === 'hmac' ? new TextEncoder().encode(CLIENT_SECRET) : PAIR.privateKey;
  const whole = {
    iss: client_id,
    sub: client_id,
    jti: randomUUID(),
    aud,
    exp: now + 60,
    ...claims,
  };
  return await new SignJWT(whole).setProtectedHeader({ alg }).sign(key);
}

/** To the key that all have. */
export async function encrypted(jwt: string): Promise<string> {
  const key = await importJWK(await exportJWK(ENCRYPTION.publicKey), 'ECDH-ES');
  return await new CompactEncrypt(new TextEncoder().encode(jwt))
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A128CBC-HS256', kid: 'same-enc', cty: 'JWT' })
    .encrypt(key);
}

export interface ProofClaims {
  readonly htm: string;
  readonly htu: string;
  readonly nonce?: string | undefined;
  readonly accessToken?: string;
}

export function proof({ accessToken, ...claims }: ProofClaims, now: number): Promise<string> {
  const ath = accessToken && createHash('sha256').update(accessToken).digest('base64url');
  const whole = { jti: randomUUID(), iat: now, ...claims, ...ath !== undefined && { ath } };
  return new SignJWT(whole)
    .setProtectedHeader({ alg: PROOF_KEY.alg, typ: 'dpop+jwt', jwk: PROOF_KEY.jwk as JWK })
    .sign(PROOF_KEY.privateKey);
}

const COOKIES = ['ostiary_browser', 'ostiary_session', 'ostiary_remembered'] as const;

export function cookieOf(base: string, issuer: string): string {
  const { pathname, port } = new URL(issuer);
  return cookieName(base, true, pathname, port);
}

/** A browser that shows one issuer what another has set, under the names that it expects. */
export function renamed(
  issuers: Issuers,
  { cookies }: Browser,
  from: string,
  to: string,
  bases: readonly (typeof COOKIES)[number][] = COOKIES,
): Browser {
  const browser = issuers.browser(to);
  for (const base of bases) {
    const value = cookies.get(cookieOf(base, from));
    if (value !== undefined) browser.cookies.set(cookieOf(base, to), value);
  }
  return browser;
}

/** Submits the form of one issuer's page to another, as if that had made it. */
export function submitTo(
  browser: Browser,
  { text, url }: Page,
  from: string,
  to: string,
  fields: Readonly<Record<string, string>>,
): Promise<Page> {
  const action = new URL(formAction(text), url).href.replace(from, to);
  assert(action.startsWith(`${to}/`), action);
  const body = new URLSearchParams([...hiddenFields(text).map((pair) => [...pair])]);
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  return browser.post(action, body, { origin: new URL(to).origin });
}
