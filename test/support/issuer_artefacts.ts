/** All that an issuer gives away or is shown: how to come by it at one issuer, and whether it is worth anything at another. */
import { findInitialToken } from '../../src/engine/registration/initial_token.ts';
import { clients, initialTokens } from '../../src/store/collections.ts';
import type { InitialTokenRecord, StoredClient } from '../../src/store/records.ts';
import type { Collection } from '../../src/store/collection.ts';
import { assertionOf, showAssertion } from './assertion_grant.ts';
import { assert, assertEquals } from './assert.ts';
import { has } from './browser.ts';
import { DEVICE_CODE_GRANT, TV } from './device.ts';
import { exchange, typeOf } from './exchange.ts';
import { ALICE, authorizationUrl, REDIRECT_URI, type Tokens, tokensOf } from './flow.ts';
import { BACKCHANNEL_ARTEFACTS } from './issuer_backchannel_artefacts.ts';
import {
  authOf,
  CERTIFICATE,
  type ClientId,
  encrypted,
  isGood,
  proof,
  signed,
} from './issuer_world.ts';
import { answerAt, type Issuers, jsonOf, redeemAt, URLS } from './issuers.ts';
import type { Form } from './op.ts';
import { newResetLink } from '../../src/engine/password_reset.ts';

export interface Artefact {
  readonly name: string;
  /** What it is at an issuer, and whether it is worth anything at that one or another. */
  begin(at: string, issuers: Issuers): Promise<(at: string) => Promise<boolean>>;
}

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

async function tokensOfClient(issuers: Issuers, at: string, client_id: ClientId): Promise<Tokens> {
  const changes = { client_id, scope: 'openid offline_access', prompt: 'consent' };
  const { code } = await answerAt(issuers.browser(at), at, changes);
  return await tokensOf(await redeemAt(issuers, at, code, authOf(client_id)));
}

async function ownToken(
  issuers: Issuers,
  at: string,
  client_id: ClientId,
  scope = 'email',
): Promise<string> {
  const form = { grant_type: 'client_credentials', scope };
  return (await tokensOf(await issuers.post(`${at}/token`, form, authOf(client_id)))).access_token;
}

async function isActive(issuers: Issuers, at: string, token: string, client_id: ClientId) {
  const response = await issuers.post(`${at}/introspect`, { token }, authOf(client_id));
  assertEquals(response.status, 200);
  return (await jsonOf(response))['active'] === true;
}

async function isShownUserinfo(issuers: Issuers, at: string, headers: Record<string, string>) {
  return await isGood(await issuers.fetch(`${at}/userinfo`, { headers }), [401]);
}

/** Whether the endpoint lets a browser sign in for the request. */
async function leadsToLogin(issuers: Issuers, at: string, query: Record<string, string>) {
  const page = await issuers.browser(at).get(`${at}/authorize?${new URLSearchParams(query)}`);
  assert(has(page, 'login') || has(page, 'error'), page.text.slice(0, 500));
  return has(page, 'login');
}

async function nonceOf(issuers: Issuers, at: string): Promise<string | undefined> {
  const dpop = await proof({ htm: 'POST', htu: `${at}/token` }, issuers.clock.now);
  const form = { grant_type: 'client_credentials' };
  const response = await issuers.post(`${at}/token`, form, { ...authOf('app'), dpop });
  return response.headers.get('dpop-nonce') ?? undefined;
}

/** The same record at every issuer, so that nothing but what it was made with can tell. */
async function plantEverywhere<V>(
  { store }: Issuers,
  records: Collection<V>,
  at: string,
  id: string,
): Promise<void> {
  const entry = await records.get(store, at, id);
  assert(entry !== undefined);
  for (const other of URLS) {
    if (other !== at) await store.commit({ put: [records.put([other, id], entry.value)] });
  }
}

/** An initial access token, whose record every issuer has. */
async function initialToken(issuers: Issuers, at: string): Promise<string> {
  const { INITIAL_TOKEN_PREFIX, digestOfInitial } = await import(
    '../../src/engine/registration/initial_token.ts'
  );
  const token = `${INITIAL_TOKEN_PREFIX}${crypto.randomUUID()}`;
  const { id, digest } = digestOfInitial(token, issuers.engine(at));
  const record: InitialTokenRecord = { id, digest, created_at: issuers.clock.now };
  await issuers.store.commit({ put: [initialTokens.put([at, id], record)] });
  await plantEverywhere(issuers, initialTokens, at, id);
  assert(await findInitialToken(token, issuers.engine(at)) !== undefined);
  return token;
}

function registration(issuers: Issuers, at: string, token: string): Promise<Response> {
  return issuers.fetch(`${at}/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ redirect_uris: ['https://rp.example/callback'] }),
  });
}

const ACCESS_TOKENS = [
  ['opaque', 'app'],
  ['JWT', 'jwt'],
  ['JWE', 'jwe'],
] as const;

const TOKENS: readonly Artefact[] = ACCESS_TOKENS.flatMap(([format, client_id]) => [
  {
    name: `an access token (${format}) at UserInfo`,
    async begin(at, issuers) {
      const { access_token } = await tokensOfClient(issuers, at, client_id);
      const headers = { authorization: `Bearer ${access_token}` };
      return (other) => isShownUserinfo(issuers, other, headers);
    },
  },
  {
    name: `an access token (${format}) at introspection`,
    async begin(at, issuers) {
      const { access_token } = await tokensOfClient(issuers, at, client_id);
      return (other) => isActive(issuers, other, access_token, client_id);
    },
  },
  {
    name: `a client’s own access token (${format}) at introspection`,
    async begin(at, issuers) {
      const token = await ownToken(issuers, at, client_id);
      return (other) => isActive(issuers, other, token, client_id);
    },
  },
  {
    name: `an access token (${format}) at revocation`,
    async begin(at, issuers) {
      const { access_token } = await tokensOfClient(issuers, at, client_id);
      return async (other) => {
        await issuers.post(`${other}/revoke`, { token: access_token }, authOf(client_id));
        return !await isActive(issuers, at, access_token, client_id);
      };
    },
  },
]);

/** T075: what is shown at the token endpoint of an issuer is a token of that issuer. */
const SUBJECT_TOKENS: readonly Artefact[] = [
  ...ACCESS_TOKENS.map(([format, client_id]) => ({
    format,
    client_id,
    kind: 'access_token' as const,
  })),
  { format: 'signed', client_id: 'app' as const, kind: 'id_token' as const },
  { format: 'ours', client_id: 'app' as const, kind: 'refresh_token' as const },
].flatMap(({ format, client_id, kind }) => [
  {
    name: `a subject token (${kind}, ${format})`,
    async begin(at, issuers) {
      const { [kind]: token } = await tokensOfClient(issuers, at, client_id);
      return async (other) => {
        const post = (path: string, form: Form, headers?: Record<string, string>) =>
          issuers.post(other + path, form, headers);
        const asked = { subject_token_type: typeOf(kind) };
        return await isGood(await exchange({ post }, token, asked, authOf(client_id)), [400]);
      };
    },
  },
  {
    name: `an actor token (${kind}, ${format})`,
    async begin(at, issuers) {
      const { [kind]: token } = await tokensOfClient(issuers, at, client_id);
      return async (other) => {
        const post = (path: string, form: Form, headers?: Record<string, string>) =>
          issuers.post(other + path, form, headers);
        const subject = (await tokensOfClient(issuers, other, client_id)).access_token;
        const asked = { actor_token: token, actor_token_type: typeOf(kind) };
        return await isGood(await exchange({ post }, subject, asked, authOf(client_id)), [400]);
      };
    },
  },
]);

/** RFC 7523 §3: everybody trusts the same issuer, yet each assertion is for one of us. */
const GRANT_ASSERTIONS: readonly Artefact[] = ['', '/token'].map((path) => ({
  name: `an assertion as a grant, for ${path === '' ? 'the issuer' : 'its token endpoint'}`,
  async begin(at, issuers) {
    const assertion = await assertionOf(issuers, { claims: { aud: at + path } });
    return async (other) => {
      const post = (path: string, form: Form, headers?: Record<string, string>) =>
        issuers.post(other + path, form, headers);
      return await isGood(await showAssertion({ post }, assertion, {}, authOf('app')), [400]);
    };
  },
}));

const ASSERTIONS: readonly Artefact[] = (['signing', 'hmac'] as const).flatMap((client_id) =>
  ['', '/token'].map((path) => ({
    name: `an assertion of ${client_id} for ${path === '' ? 'the issuer' : 'its token endpoint'}`,
    async begin(at, issuers) {
      const client_assertion = await signed(client_id, at + path, {}, issuers.clock.now);
      const form = { client_assertion_type: ASSERTION_TYPE, client_assertion };
      return async (other) => {
        const grant = { ...form, grant_type: 'client_credentials' };
        return await isGood(await issuers.post(`${other}/token`, grant), [401]);
      };
    },
  } satisfies Artefact))
);

const REQUESTS: readonly Artefact[] = [false, true].map((isEncrypted) => ({
  name: `${isEncrypted ? 'an encrypted' : 'a'} request object for the issuer`,
  async begin(at, issuers) {
    const claims = {
      client_id: 'signing',
      redirect_uri: REDIRECT_URI,
      response_type: 'code',
      scope: 'openid',
    };
    const jwt = await signed('signing', at, { ...claims, sub: undefined }, issuers.clock.now);
    const request = isEncrypted ? await encrypted(jwt) : jwt;
    return (other) => leadsToLogin(issuers, other, { client_id: 'signing', request });
  },
}));

export const PROTOCOL_ARTEFACTS: readonly Artefact[] = [
  {
    name: 'an authorization code',
    async begin(at, issuers) {
      const { code } = await answerAt(issuers.browser(at), at, { prompt: 'consent' });
      return async (other) => await isGood(await redeemAt(issuers, other, code), [400]);
    },
  },
  {
    name: 'a request_uri of a pushed request',
    async begin(at, issuers) {
      const form = {
        redirect_uri: REDIRECT_URI,
        response_type: 'code',
        scope: 'openid',
      };
      const pushed = await jsonOf(await issuers.post(`${at}/par`, form, authOf('app')));
      const request_uri = String(pushed['request_uri']);
      return (other) => leadsToLogin(issuers, other, { client_id: 'app', request_uri });
    },
  },
  {
    name: 'a device code',
    async begin(at, issuers) {
      const { device_code } = await deviceCodes(issuers, at);
      return async (other) => {
        const form = { grant_type: DEVICE_CODE_GRANT, device_code, client_id: TV.client_id };
        const { error } = await jsonOf(await issuers.post(`${other}/token`, form));
        assert(['authorization_pending', 'invalid_grant'].includes(String(error)), String(error));
        return error === 'authorization_pending';
      };
    },
  },
  {
    name: 'a user code',
    async begin(at, issuers) {
      const { user_code } = await deviceCodes(issuers, at);
      return async (other) => {
        const browser = issuers.browser(other);
        const page = await browser.submit(await browser.get(`${other}/device`), { user_code });
        assert(has(page, 'login') || has(page, 'problem'), page.text.slice(0, 500));
        return has(page, 'login');
      };
    },
  },
  ...BACKCHANNEL_ARTEFACTS,
  ...TOKENS,
  ...SUBJECT_TOKENS,
  ...GRANT_ASSERTIONS,
  {
    name: 'a refresh token',
    async begin(at, issuers) {
      const { refresh_token } = await tokensOfClient(issuers, at, 'app');
      const form = { grant_type: 'refresh_token', refresh_token };
      return async (other) =>
        await isGood(await issuers.post(`${other}/token`, form, authOf('app')), [400]);
    },
  },
  {
    name: 'a refresh token at introspection',
    async begin(at, issuers) {
      const { refresh_token } = await tokensOfClient(issuers, at, 'app');
      return (other) => isActive(issuers, other, refresh_token, 'app');
    },
  },
  {
    name: 'a refresh token at revocation',
    async begin(at, issuers) {
      const { refresh_token } = await tokensOfClient(issuers, at, 'app');
      return async (other) => {
        await issuers.post(`${other}/revoke`, { token: refresh_token }, authOf('app'));
        return !await isActive(issuers, at, refresh_token, 'app');
      };
    },
  },
  {
    name: 'an ID token that signs out',
    async begin(at, issuers) {
      const { id_token } = await tokensOfClient(issuers, at, 'app');
      const query = new URLSearchParams({ id_token_hint: id_token });
      return async (other) => {
        const page = await issuers.browser(other).get(`${other}/end_session?${query}`);
        assert(has(page, 'logged-out') || has(page, 'error'), page.text.slice(0, 500));
        return has(page, 'logged-out');
      };
    },
  },
  {
    name: 'an ID token as id_token_hint',
    async begin(at, issuers) {
      const { id_token } = await tokensOfClient(issuers, at, 'app');
      return async (other) => {
        const browser = issuers.browser(other);
        await answerAt(browser, other, { prompt: 'consent' });
        const hint = { prompt: 'none', id_token_hint: id_token };
        const { code, error } = await answerAt(browser, other, hint);
        assert(code !== undefined || error === 'invalid_request', error);
        return code !== undefined;
      };
    },
  },
  ...ASSERTIONS,
  ...REQUESTS,
  {
    name: 'a DPoP proof, by its htu',
    begin(at, issuers) {
      return Promise.resolve(async (other) => {
        const nonce = await nonceOf(issuers, other);
        const claims = { htm: 'POST', htu: `${at}/token`, nonce };
        const headers = { ...authOf('app'), dpop: await proof(claims, issuers.clock.now) };
        const form = { grant_type: 'client_credentials' };
        return await isGood(await issuers.post(`${other}/token`, form, headers), [400]);
      });
    },
  },
  {
    name: 'a DPoP nonce',
    async begin(at, issuers) {
      const nonce = await nonceOf(issuers, at);
      return async (other) => {
        const claims = { htm: 'POST', htu: `${other}/token`, nonce };
        const headers = { ...authOf('app'), dpop: await proof(claims, issuers.clock.now) };
        const form = { grant_type: 'client_credentials' };
        return await isGood(await issuers.post(`${other}/token`, form, headers), [400]);
      };
    },
  },
  {
    name: 'an access token bound to a DPoP key',
    async begin(at, issuers) {
      const { now } = issuers.clock;
      const { code } = await answerAt(issuers.browser(at), at, { prompt: 'consent' });
      const nonce = await nonceOf(issuers, at);
      const dpop = await proof({ htm: 'POST', htu: `${at}/token`, nonce }, now);
      const answer = await redeemAt(issuers, at, code, { ...authOf('app'), dpop });
      const { access_token } = await tokensOf(answer);
      return async (other) => {
        const claims = {
          htm: 'GET',
          htu: `${other}/userinfo`,
          nonce: await nonceOf(issuers, other),
          accessToken: access_token,
        };
        const headers = { authorization: `DPoP ${access_token}`, dpop: await proof(claims, now) };
        return await isShownUserinfo(issuers, other, headers);
      };
    },
  },
  {
    name: 'an access token bound to a certificate',
    async begin(at, issuers) {
      const { access_token } = await tokensOfClient(issuers, at, 'bound');
      const headers = { authorization: `Bearer ${access_token}`, ...CERTIFICATE };
      return (other) => isShownUserinfo(issuers, other, headers);
    },
  },
  {
    name: 'an initial access token, though each has its record',
    async begin(at, issuers) {
      const token = await initialToken(issuers, at);
      return async (other) => await isGood(await registration(issuers, other, token), [401]);
    },
  },
  {
    name: 'a registration access token, though each has the client’s record',
    async begin(at, issuers) {
      const made = await registration(issuers, at, await initialToken(issuers, at));
      const { client_id, registration_access_token } = await jsonOf(made);
      await plantEverywhere<StoredClient>(issuers, clients, at, String(client_id));
      const headers = { authorization: `Bearer ${registration_access_token}` };
      return async (other) =>
        await isGood(await issuers.fetch(`${other}/register/${client_id}`, { headers }), [401]);
    },
  },
  {
    name: 'a client that registered itself',
    async begin(at, issuers) {
      const made = await registration(issuers, at, await initialToken(issuers, at));
      const { client_id } = await jsonOf(made);
      const asked = { client_id: String(client_id), redirect_uri: 'https://rp.example/callback' };
      return async (other) => {
        const page = await issuers.browser(other).get(
          authorizationUrl(asked, `${other}/authorize`),
        );
        assert(has(page, 'login') || has(page, 'error'), page.text.slice(0, 500));
        return has(page, 'login');
      };
    },
  },
  {
    name: 'an access token for administration',
    async begin(at, issuers) {
      const token = await ownToken(issuers, at, 'robot', 'ostiary:admin');
      const headers = { authorization: `Bearer ${token}` };
      return async (other) =>
        await isGood(await issuers.fetch(`${other}/admin/api/v1/clients`, { headers }), [401]);
    },
  },
  {
    name: 'a link for a new password',
    async begin(at, issuers) {
      const engine = issuers.engine(at);
      const alice = await engine.directory.findByUsername(ALICE.username);
      assert(alice !== undefined);
      const { search } = new URL(newResetLink(alice, engine).url);
      return async (other) => {
        const page = await issuers.browser(other).get(`${other}/reset-password${search}`);
        assert(has(page, 'save') || has(page, 'void'), page.text.slice(0, 500));
        return has(page, 'save');
      };
    },
  },
];

async function deviceCodes(issuers: Issuers, at: string) {
  const form = { client_id: TV.client_id, scope: 'openid' };
  const codes = await jsonOf(await issuers.post(`${at}/device_authorization`, form));
  return { device_code: String(codes['device_code']), user_code: String(codes['user_code']) };
}
