/** Clients of the security profiles, and each step of their flow: as it should be, or with changes. */
import { randomUUID, X509Certificate } from 'node:crypto';
import { exportJWK, generateKeyPair, type GenerateKeyPairResult, type JWK, SignJWT } from 'jose';
import { assertEquals, AssertionError } from './assert.ts';
import type { Browser, Page } from './browser.ts';
import { newProofKey, type ProofChanges, proofFor, type ProofKey } from './dpop.ts';
import {
  ALICE,
  answerOf,
  CHALLENGE,
  REDIRECT_URI,
  type Tokens,
  tokensOf,
  VERIFIER,
} from './flow.ts';
import { ISSUER, type Op, openOp, type OpOptions } from './op.ts';
import { TEST_TLS } from './tls.ts';

export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** A proxy at this address ends TLS, and says in RFC 9440's header what certificate it saw. */
const PROXY = '203.0.113.7/32';

export const CERTIFICATE: Readonly<Record<string, string>> = {
  'client-cert': `:${new X509Certificate(TEST_TLS.cert).raw.toString('base64')}:`,
};

type Changes = Readonly<Record<string, unknown>>;
type Params = Readonly<Record<string, string | undefined>>;

/** The keys that a client signs with. */
export interface SigningKey {
  readonly alg: string;
  readonly privateKey: GenerateKeyPairResult['privateKey'];
  readonly jwk: JWK;
}

export async function newSigningKey(alg = 'ES256'): Promise<SigningKey> {
  const pair = await generateKeyPair(alg, { extractable: true });
  const jwk = { ...await exportJWK(pair.publicKey), use: 'sig', alg };
  return { alg, privateKey: pair.privateKey, jwk };
}

const KEY = await newSigningKey();
export const OTHER_KEY = await newSigningKey();

const COMMON = {
  redirect_uris: [REDIRECT_URI],
  grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
  scope: 'openid profile offline_access',
  jwks: { keys: [KEY.jwk] },
} as const;

/** What else there is to say is up to the profile. */
export const FAPI_CLIENTS = [
  { ...COMMON, client_id: 'fapi', profile: 'fapi2_security' },
  { ...COMMON, client_id: 'mallory', profile: 'fapi2_security', jwks: { keys: [OTHER_KEY.jwk] } },
  {
    ...COMMON,
    client_id: 'bound',
    profile: 'fapi2_security',
    tls_client_certificate_bound_access_tokens: true,
  },
  { ...COMMON, client_id: 'signed', profile: 'fapi2_message_signing' },
  {
    ...COMMON,
    client_id: 'advanced',
    profile: 'fapi1_advanced',
    grant_types: [...COMMON.grant_types, 'implicit'],
    response_types: ['code', 'code id_token'],
  },
] as const;

export function openFapi(config: Changes = {}, options: OpOptions = {}): Promise<Op> {
  const base = { clients: FAPI_CLIENTS, trusted_proxies: [PROXY] };
  return openOp({ ...options, config: { ...base, ...config } });
}

export interface Making {
  readonly key?: SigningKey;
  readonly header?: Changes;
}

/** How a request is sent. */
export interface Sending {
  /** The proof of possession; null: none. By default the client's own. */
  readonly proof?: ProofChanges | null;
  readonly proofKey?: ProofKey;
  /** Claims of the client assertion; null: none. */
  readonly assertion?: Changes | null;
  readonly making?: Making;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface FapiClient {
  readonly op: Op;
  readonly client_id: string;
  readonly proofKey: ProofKey;
  assertion(claims?: Changes, making?: Making): Promise<string>;
  /** A request object; undefined takes a claim away. */
  requestObject(claims?: Changes, making?: Making): Promise<string>;
  /** To the PAR endpoint. */
  push(params?: Params, sending?: Sending): Promise<Response>;
  /** The address to which a pushed request sends the browser. */
  pushed(params?: Params, sending?: Sending): Promise<string>;
  /** Where the browser comes out, signing alice in on the way. */
  visit(url: string, browser?: Browser): Promise<Page>;
  /** From push to code. */
  code(params?: Params, sending?: Sending): Promise<string>;
  token(form: Params, sending?: Sending): Promise<Response>;
  redeem(code: string, form?: Params, sending?: Sending): Promise<Response>;
  tokens(params?: Params): Promise<Tokens>;
  refresh(refresh_token: string, sending?: Sending): Promise<Response>;
  userinfo(access_token: string, sending?: Sending): Promise<Response>;
  /** What introspection tells of a token of its own. */
  isActive(token: string): Promise<boolean>;
}

interface FapiClientOptions {
  readonly client_id?: string;
  readonly key?: SigningKey;
  /** Its tokens are bound to its certificate, and not to a key of DPoP. */
  readonly isBoundToCertificate?: boolean;
}

export async function fapiClient(op: Op, options: FapiClientOptions = {}): Promise<FapiClient> {
  const { client_id = 'fapi', key = KEY, isBoundToCertificate = false } = options;
  const proofKey = await newProofKey();
  const request = {
    client_id,
    redirect_uri: REDIRECT_URI,
    response_type: 'code',
    scope: 'openid offline_access',
    state: 'a state',
    nonce: 'a nonce',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
  };

  async function headersOf(
    endpoint: string,
    { proof, proofKey: other = proofKey, headers = {} }: Sending,
  ): Promise<Record<string, string>> {
    const certificate = isBoundToCertificate ? CERTIFICATE : {};
    if (proof === null || isBoundToCertificate && proof === undefined) {
      return { ...certificate, ...headers };
    }
    const payload = { htu: `${ISSUER}${endpoint}`, ...proof?.payload };
    const dpop = await proofFor(op, other, { ...proof, payload });
    return { ...certificate, dpop, ...headers };
  }

  async function credentials({ assertion, making }: Sending): Promise<Record<string, string>> {
    return assertion === null ? {} : {
      client_assertion: await client.assertion(assertion, making),
      client_assertion_type: ASSERTION_TYPE,
    };
  }

  const client: FapiClient = {
    op,
    client_id,
    proofKey,
    assertion: (claims = {}, making = {}) =>
      signed({
        iss: client_id,
        sub: client_id,
        aud: ISSUER,
        iat: op.clock.now,
        exp: op.clock.now + 60,
        jti: randomUUID(),
        ...claims,
      }, { key, ...making }),
    requestObject: (claims = {}, { header = {}, ...making } = {}) =>
      signed({
        iss: client_id,
        aud: ISSUER,
        nbf: op.clock.now,
        exp: op.clock.now + 300,
        ...request,
        ...claims,
      }, { key, ...making, header: { typ: 'oauth-authz-req+jwt', ...header } }),
    async push(params = {}, sending = {}) {
      const own = params['request'] === undefined ? request : { client_id };
      const form = { ...own, ...await credentials(sending), ...params };
      return await op.post('/par', form, await headersOf('/par', sending));
    },
    async pushed(params, sending) {
      const response = await client.push(params, sending);
      const body = await response.json() as { readonly request_uri: string };
      assertEquals(response.status, 201, JSON.stringify(body));
      return urlOf(client_id, body.request_uri);
    },
    visit: (url, browser = op.browser()) => browser.authorize(url, ALICE),
    async code(params, sending) {
      const page = await client.visit(await client.pushed(params, sending));
      const { code } = answerOf(page);
      if (code !== undefined) return code;
      throw new AssertionError({ message: `No code: ${page.url} ${page.text.slice(0, 500)}` });
    },
    async token(form, sending = {}) {
      const all = { client_id, ...await credentials(sending), ...form };
      return await op.post('/token', all, await headersOf('/token', sending));
    },
    redeem: (code, form = {}, sending = {}) =>
      client.token({
        grant_type: 'authorization_code',
        code,
        redirect_uri: REDIRECT_URI,
        code_verifier: VERIFIER,
        ...form,
      }, sending),
    tokens: async (params) => await tokensOf(await client.redeem(await client.code(params))),
    refresh: (refresh_token, sending = {}) =>
      client.token({ grant_type: 'refresh_token', refresh_token }, sending),
    async userinfo(access_token, sending = {}) {
      const scheme = isBoundToCertificate ? 'Bearer' : 'DPoP';
      const proof = sending.proof === null || isBoundToCertificate ? sending.proof : {
        accessToken: access_token,
        ...sending.proof,
        payload: { htm: 'GET', ...sending.proof?.payload },
      };
      const headers = await headersOf('/userinfo', {
        ...sending,
        ...proof === undefined ? {} : { proof },
      });
      return await op.fetch('/userinfo', {
        headers: { authorization: `${scheme} ${access_token}`, ...headers },
      });
    },
    async isActive(token) {
      const form = { client_id, token, ...await credentials({}) };
      const response = await op.post('/introspect', form);
      return (await response.json() as { readonly active: boolean }).active;
    },
  };
  return client;
}

export function urlOf(client_id: string, request_uri: string): string {
  return `/authorize?${new URLSearchParams({ client_id, request_uri })}`;
}

async function signed(
  claims: Changes,
  { key = KEY, header = {} }: Making,
): Promise<string> {
  const own = Object.entries(claims).filter(([, value]) => value !== undefined);
  return await new SignJWT(Object.fromEntries(own))
    .setProtectedHeader({ alg: key.alg, ...header }).sign(key.privateKey);
}
