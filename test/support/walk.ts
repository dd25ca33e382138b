/** One provider with everything switched on, and a client that is registered anew for each step of a walk. */
import { Buffer } from 'node:buffer';
import { createHash, createPublicKey, randomUUID, X509Certificate } from 'node:crypto';
import {
  calculateJwkThumbprint,
  compactDecrypt,
  createLocalJWKSet,
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JSONWebKeySet,
  type JWK,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from 'jose';
import { requireConfig } from '../../src/config/parse.ts';
import { AUTHORITY, ISSUED, SELF_SIGNED } from '../clients/certificates.ts';
import { JWT_BEARER_GRANT, TRUSTED, TRUSTED_JWKS } from './assertion_grant.ts';
import { assert, assertEquals } from './assert.ts';
import type { ProofKey } from './dpop.ts';
import { EXCHANGE_GRANT } from './exchange.ts';
import { headerOf, REDIRECT_URI, type Tokens, tokensOf } from './flow.ts';
import { type Changes, HYBRID_CLIENT, respond } from './front_channel.ts';
import { basic, type Form, ISSUER, type Op, openOp } from './op.ts';
import { TEST_TLS } from './tls.ts';

/** Long enough for every algorithm that takes it for a key. */
export const SECRET = 'a secret as long as HS512 wants its keys to be, that is 64 octets.';
export const RESOURCE = 'https://api.example/';
/** From where `op.fetch` comes. */
const PROXY = '203.0.113.7';

export const CONFIG = {
  issuer: ISSUER,
  storage: { engine: 'memory' },
  pkce_plain: true,
  sign_up: 'open',
  scopes: { work: { claims: ['division'], description: 'Where you work' } },
  resources: [{ resource: RESOURCE, scope: 'read' }],
  trusted_issuers: { ci: { issuer: TRUSTED, jwks: TRUSTED_JWKS, subject_is: 'username' } },
  token_exchange_policies: {
    own: { allow: ['impersonation'], subject_clients: ['walker'], assertion_issuers: ['ci'] },
  },
  claims_policies: { own: { custom_claims: { division: { attribute: 'department' } } } },
  definitions: { user_attributes: { department: { value_type: 'string' } } },
  authorization_details_types: { payment_initiation: {}, files: {} },
  trusted_proxies: [PROXY],
  client_certificate_authorities: [AUTHORITY],
  mtls_endpoint_aliases: 'https://mtls.op.example',
  outbound: { allow_networks: ['127.0.0.0/8', '::1/128'], ca_file: TEST_TLS.cert },
} as const;

const GRANT_TYPES = [
  ...HYBRID_CLIENT.grant_types,
  'client_credentials',
  EXCHANGE_GRANT,
  JWT_BEARER_GRANT,
  'urn:ietf:params:oauth:grant-type:device_code',
];

const KEY_PAIRS = new Map<string, JWK>();
for (
  const [name, alg] of [
    ['RSA', 'RS256'],
    ['P-256', 'ES256'],
    ['P-384', 'ES384'],
    ['P-521', 'ES512'],
    ['Ed25519', 'EdDSA'],
    ['enc RSA', 'RSA-OAEP'],
    ['enc EC', 'ECDH-ES'],
  ] as const
) {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  KEY_PAIRS.set(name, await exportJWK(privateKey));
}

function publicJwk({ kty, crv, x, y, n, e }: JWK): JWK {
  return JSON.parse(JSON.stringify({ kty, crv, x, y, n, e })) as JWK;
}

const JWKS = {
  keys: [
    ...[...KEY_PAIRS].map(([name, jwk]) => ({
      ...publicJwk(jwk),
      kid: name,
      use: name.startsWith('enc') ? 'enc' : 'sig',
    })),
    { ...createPublicKey(SELF_SIGNED.cert).export({ format: 'jwk' }), kid: 'tls', use: 'sig' },
  ],
};

const CLIENT = {
  client_id: 'walker',
  client_secret: `$plaintext$${SECRET}`,
  redirect_uris: [REDIRECT_URI],
  grant_types: GRANT_TYPES,
  response_types: HYBRID_CLIENT.response_types,
  jwks: JWKS,
  authorization_details_types: ['payment_initiation', 'files'],
  claims_policy: 'own',
  token_exchange_policy: 'own',
};

export interface Walker {
  readonly op: Op;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** The client from now on; undefined takes a member away. */
  register(changes?: Readonly<Record<string, unknown>>): Promise<void>;
  /** The authorization request of the client, taken to its answer. */
  answer(changes?: Changes): ReturnType<typeof respond>;
  /** The code flow, with these credentials in place of the secret. */
  tokens(changes?: Changes, form?: Form, headers?: Record<string, string>): Promise<Tokens>;
  /** Verified by the published keys, or by the secret. */
  verified(jwt: string, alg: string): Promise<JWTPayload>;
  jwks(): Promise<JSONWebKeySet>;
}

export async function openWalker(config: Readonly<Record<string, unknown>> = {}): Promise<Walker> {
  const options = { ...CONFIG, ...config };
  const op = await openOp({ config: { ...options, clients: [] } });
  const response = await op.fetch('/.well-known/openid-configuration');
  const metadata = await response.json() as Readonly<Record<string, unknown>>;
  const scope = (metadata['scopes_supported'] as readonly string[]).join(' ');
  const walker: Walker = {
    op,
    metadata,
    async register(changes = {}) {
      const client = JSON.parse(JSON.stringify({ ...CLIENT, scope, ...changes })) as unknown;
      await op.instance.reload(requireConfig({ ...options, clients: [client] }));
    },
    answer: (changes = {}) =>
      respond(op, { client_id: CLIENT.client_id, response_type: 'code', ...changes }),
    async tokens(changes = {}, form = {}, headers = basic(CLIENT.client_id, SECRET)) {
      const { fields } = await walker.answer(changes);
      assert(fields['code'] !== undefined, JSON.stringify(fields));
      const { code } = fields;
      const grant = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI };
      return await tokensOf(await op.post('/token', { ...grant, ...form as object }, headers));
    },
    async verified(jwt, alg) {
      assertEquals(headerOf(jwt)['alg'], alg);
      const options = { algorithms: [alg], currentDate: new Date(op.clock.now * 1000) };
      const { payload } = alg.startsWith('HS')
        ? await jwtVerify(jwt, new TextEncoder().encode(SECRET), options)
        : await jwtVerify(jwt, createLocalJWKSet(await walker.jwks()), options);
      return payload;
    },
    jwks: async () => await (await op.fetch('/jwks')).json() as JSONWebKeySet,
  };
  return walker;
}

/** The client's key for an algorithm: its secret, or the one of the matching type. */
export async function signingKey(alg: string): Promise<CryptoKey | Uint8Array> {
  if (alg.startsWith('HS')) return new TextEncoder().encode(SECRET);
  return await importJWK(KEY_PAIRS.get(keyNameOf(alg)) ?? {}, alg);
}

export async function proofKey(alg: string): Promise<ProofKey> {
  const jwk = publicJwk(KEY_PAIRS.get(keyNameOf(alg)) ?? {});
  const privateKey = await signingKey(alg);
  assert(!(privateKey instanceof Uint8Array));
  return { alg, privateKey, jwk, jkt: await calculateJwkThumbprint(jwk) };
}

function keyNameOf(alg: string): string {
  const names: Record<string, string> = {
    ES256: 'P-256',
    ES384: 'P-384',
    ES512: 'P-521',
    EdDSA: 'Ed25519',
  };
  return names[alg] ?? 'RSA';
}

/** RFC 9101 §4. */
export async function requestObject(op: Op, alg: string): Promise<string> {
  const claims = {
    iss: CLIENT.client_id,
    aud: ISSUER,
    exp: op.clock.now + 60,
    nbf: op.clock.now,
    client_id: CLIENT.client_id,
    redirect_uri: REDIRECT_URI,
    response_type: 'code',
    scope: 'openid',
    state: 'of the object',
  };
  return await new SignJWT(claims)
    .setProtectedHeader({ alg, typ: 'oauth-authz-req+jwt' })
    .sign(await signingKey(alg));
}

/** Core §10.2, written out once more so that a slip in the server's shows. */
export function secretKey(alg: string, enc: string): Uint8Array {
  const bits = alg === 'dir'
    ? Number(/HS(\d+)$/.exec(enc)?.[1] ?? /^A(\d+)GCM$/.exec(enc)?.[1])
    : Number(/^A(\d+)/.exec(alg)?.[1]);
  const name = bits <= 256 ? 'sha256' : bits <= 384 ? 'sha384' : 'sha512';
  return new Uint8Array(createHash(name).update(SECRET).digest().subarray(0, bits / 8));
}

export function isSecretAlg(alg: string): boolean {
  return alg === 'dir' || /^A\d+(GCM)?KW$/.test(alg);
}

/** What is in a JWE to the client. */
export async function opened(jwe: string, alg: string, enc: string): Promise<string> {
  assertEquals([headerOf(jwe)['alg'], headerOf(jwe)['enc']], [alg, enc]);
  const key = isSecretAlg(alg)
    ? secretKey(alg, enc)
    : await importJWK(KEY_PAIRS.get(alg.startsWith('RSA') ? 'enc RSA' : 'enc EC') ?? {}, alg);
  const { plaintext } = await compactDecrypt(jwe, key);
  return new TextDecoder().decode(plaintext);
}

export interface Credentials {
  readonly form: Readonly<Record<string, string>>;
  readonly headers: Record<string, string>;
}

/** How the client shows who it is; `alg` is of its assertions. */
export async function credentials(op: Op, method: string, alg?: string): Promise<Credentials> {
  const { client_id } = CLIENT;
  switch (method) {
    case 'client_secret_basic':
      return { form: {}, headers: basic(client_id, SECRET) };
    case 'client_secret_post':
      return { form: { client_id, client_secret: SECRET }, headers: {} };
    case 'client_secret_jwt':
      return { form: await assertion(op, alg ?? 'HS256'), headers: {} };
    case 'private_key_jwt':
      return { form: await assertion(op, alg ?? 'ES256'), headers: {} };
    case 'tls_client_auth':
      return { form: { client_id }, headers: certificateHeader(ISSUED.cert) };
    case 'self_signed_tls_client_auth':
      return { form: { client_id }, headers: certificateHeader(SELF_SIGNED.cert) };
    case 'none':
      return { form: { client_id }, headers: {} };
    default:
      throw new RangeError(`Cannot authenticate with ${method} as nobody wrote how`);
  }
}

/** What a client is registered with for a method. */
export function registrationFor(method: string): Readonly<Record<string, unknown>> {
  return {
    token_endpoint_auth_method: method,
    ...method === 'tls_client_auth' ? { tls_client_auth_subject_dn: 'CN=cert,O=Example' } : {},
    ...method === 'none'
      ? {
        client_secret: undefined,
        grant_types: GRANT_TYPES.filter((grant) =>
          !['client_credentials', EXCHANGE_GRANT, JWT_BEARER_GRANT].includes(grant)
        ),
      }
      : {},
  };
}

export function certificateHeader(pem: string): Record<string, string> {
  return { 'client-cert': `:${Buffer.from(new X509Certificate(pem).raw).toString('base64')}:` };
}

async function assertion(op: Op, alg: string): Promise<Readonly<Record<string, string>>> {
  const jwt = await new SignJWT({ jti: randomUUID() })
    .setProtectedHeader({ alg })
    .setIssuer(CLIENT.client_id)
    .setSubject(CLIENT.client_id)
    .setAudience(ISSUER)
    .setIssuedAt(op.clock.now)
    .setExpirationTime(op.clock.now + 60)
    .sign(await signingKey(alg));
  return {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: jwt,
  };
}
