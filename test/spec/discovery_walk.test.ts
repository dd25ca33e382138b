/** Discovery 1.0 §3, RFC 8414 §2: all that the metadata advertises is walked, and nothing that it does not is usable. */
import { CompactEncrypt, importJWK, type JWTPayload } from 'jose';
import { describe, it } from 'node:test';
import type { ServerMetadata } from '../../src/endpoints/discovery.ts';
import { revokeSessions } from '../../src/engine/administration/sessions.ts';
import { enrolPasskey, registrationOptions } from '../../src/engine/factors/passkey.ts';
import { ISSUED } from '../clients/certificates.ts';
import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertStringIncludes,
} from '../support/assert.ts';
import { type Authenticator, createAuthenticator } from '../support/authenticator.ts';
import { has, type Page, textOf } from '../support/browser.ts';
import {
  acknowledged,
  answerAsAlice,
  backchannelRequest,
  CIBA_GRANT,
  pollCiba,
  signedRequest,
} from '../support/ciba.ts';
import { approve, DEVICE_CODE_GRANT } from '../support/device.ts';
import { proofFor, userinfoWith } from '../support/dpop.ts';
import { assertionOf, JWT_BEARER_GRANT, showAssertion } from '../support/assertion_grant.ts';
import { EXCHANGE_GRANT, exchanged } from '../support/exchange.ts';
import {
  ALICE,
  assertRefused,
  authorizationUrl,
  CHALLENGE,
  claimsOf,
  headerOf,
  REDIRECT_URI,
  tokensOf,
  userinfo,
  VERIFIER,
} from '../support/flow.ts';
import { readResponse, requestUrl, respond } from '../support/front_channel.ts';
import { startLogoutRp } from '../support/logout_rp.ts';
import { basic, CLI, ISSUER, openOp } from '../support/op.ts';
import { serveText } from '../support/serve_text.ts';
import {
  certificateHeader,
  credentials,
  isSecretAlg,
  opened,
  openWalker,
  proofKey,
  registrationFor,
  requestObject,
  RESOURCE,
  SECRET,
  secretKey,
  signingKey,
} from '../support/walk.ts';

const walker = await openWalker();
const { op, metadata } = walker;
const client_id = 'walker';
const own = basic(client_id, SECRET);

/** What one value of a member promises. */
type Walk = (value: string) => Promise<void>;

/** The answers that are JWTs where a client wants them so, each as it came. */
const ANSWERS = {
  id_token: async () => (await walker.tokens({ scope: 'openid' })).id_token,
  userinfo: async () => {
    const { access_token } = await walker.tokens({ scope: 'openid email' });
    const response = await userinfo(op, access_token);
    assertEquals([response.status, response.headers.get('content-type')], [200, 'application/jwt']);
    return await response.text();
  },
  introspection: async () => {
    const { access_token: token } = await walker.tokens();
    const response = await op.post('/introspect', { token }, own);
    assertEquals(response.status, 200);
    return await response.text();
  },
  authorization: async () => (await walker.answer({ response_mode: 'jwt' })).fields['response'],
} as const;
type Kind = keyof typeof ANSWERS;

/** A claim that shows that the JWT is what it should be. */
const MARKS: Readonly<Record<Kind, string>> = {
  id_token: 'sub',
  userinfo: 'email',
  introspection: 'token_introspection',
  authorization: 'code',
};

function signing(kind: Kind): Walk {
  return async (alg) => {
    await walker.register({ [`${kind}_signed_response_alg`]: alg });
    const payload = await walker.verified(await ANSWERS[kind]() ?? '', alg);
    assert(MARKS[kind] in payload);
  };
}

async function encrypted(kind: Kind, alg: string, enc: string): Promise<void> {
  await walker.register({
    [`${kind}_signed_response_alg`]: 'ES256',
    [`${kind}_encrypted_response_alg`]: alg,
    [`${kind}_encrypted_response_enc`]: enc,
  });
  const jwt = await opened(await ANSWERS[kind]() ?? '', alg, enc);
  assert(MARKS[kind] in await walker.verified(jwt, 'ES256'));
}

/** The default of Registration §2, and another. */
const ENCS = ['A128CBC-HS256', 'A256GCM'];
/** A key that is agreed on, and one that both have. */
const ALGS = ['ECDH-ES', 'dir'];

function encryptionAlg(kind: Kind): Walk {
  return async (alg) => {
    for (const enc of ENCS) await encrypted(kind, alg, enc);
  };
}

function encryptionEnc(kind: Kind): Walk {
  return async (enc) => {
    for (const alg of ALGS) await encrypted(kind, alg, enc);
  };
}

async function encryptedRequest(alg: string, enc: string): Promise<void> {
  await walker.register({
    request_object_signing_alg: 'ES256',
    request_object_encryption_alg: alg,
    request_object_encryption_enc: enc,
  });
  const signed = new TextEncoder().encode(await requestObject(op, 'ES256'));
  const header = { alg, enc, cty: 'JWT' };
  if (isSecretAlg(alg)) {
    const jwe = new CompactEncrypt(signed).setProtectedHeader(header);
    return await sendObject(await jwe.encrypt(secretKey(alg, enc)));
  }
  await op.instance.engine().keys.ensure('enc', [alg as 'ECDH-ES']);
  const jwk = (await walker.jwks()).keys.find((key) => key.use === 'enc' && key.alg === alg);
  assert(jwk?.kid !== undefined, `no key for ${alg} is published`);
  const jwe = new CompactEncrypt(signed).setProtectedHeader({ ...header, kid: jwk.kid });
  await sendObject(await jwe.encrypt(await importJWK(jwk, alg)));
}

async function sendObject(request: string): Promise<void> {
  await sendRequest({ request });
}

async function sendRequest(reference: Readonly<Record<string, string>>): Promise<void> {
  const url = `/authorize?${new URLSearchParams({ client_id, ...reference })}`;
  const { fields, page } = readResponse(await op.browser().authorize(url, ALICE));
  assertEquals(fields['state'], 'of the object', page.text);
  assert('code' in fields, JSON.stringify(fields));
}

type AuthEndpoint = 'token' | 'introspection' | 'revocation';
const PATHS = { token: '/token', introspection: '/introspect', revocation: '/revoke' } as const;

/** The method gets the client in, and nothing else does. */
async function authenticates(endpoint: AuthEndpoint, method: string, alg?: string): Promise<void> {
  const registration = registrationFor(method);
  await walker.register(
    alg === undefined ? registration : { ...registration, token_endpoint_auth_signing_alg: alg },
  );
  const path = PATHS[endpoint];
  const other = method === 'client_secret_basic' ? 'client_secret_post' : 'client_secret_basic';
  const wrong = await credentials(op, other);
  const nothing = { grant_type: 'client_credentials', token: 'of somebody' };
  const refused = await op.post(path, { ...nothing, ...wrong.form }, wrong.headers);
  await assertRefused(refused, 'invalid_client', 401);
  // Until the guess, which this was, is forgotten.
  op.clock.now += 3600;
  const send = async (path: string, request: Readonly<Record<string, string>>, status: number) => {
    const { form, headers } = await credentials(op, method, alg);
    const response = await op.post(path, { ...request, ...form }, headers);
    assertEquals(response.status, status, `${path}: ${await response.text()}`);
  };
  const isPublic = endpoint === 'token' && method === 'none';
  await send(path, isPublic ? await codeGrant() : nothing, 200);
  if (endpoint !== 'token') return;
  // RFC 9126 §2, RFC 8628 §3.1: what the token endpoint takes, these take.
  await send('/par', { ...PKCE, response_type: 'code', redirect_uri: REDIRECT_URI }, 201);
  await send('/device_authorization', { scope: 'openid' }, 200);
}

const PKCE = { code_challenge: CHALLENGE, code_challenge_method: 'S256' } as const;

async function codeGrant(): Promise<Readonly<Record<string, string>>> {
  const { fields } = await walker.answer(PKCE);
  return {
    grant_type: 'authorization_code',
    code: fields['code'] ?? '',
    redirect_uri: REDIRECT_URI,
    code_verifier: VERIFIER,
  };
}

function authMethod(endpoint: AuthEndpoint): Walk {
  return (method) => authenticates(endpoint, method);
}

function assertionAlg(endpoint: AuthEndpoint): Walk {
  return (alg) =>
    authenticates(endpoint, alg.startsWith('HS') ? 'client_secret_jwt' : 'private_key_jwt', alg);
}

/** It is there, takes this method, and speaks JSON when there is nothing to say. */
function endpoint(method: 'GET' | 'POST', status: number): Walk {
  return async (url) => {
    assert(url.startsWith(`${ISSUER}/`), url);
    const path = url.slice(ISSUER.length);
    const init = method === 'POST' ? { method, body: new URLSearchParams() } : { method };
    const response = await op.fetch(path, init);
    assertEquals(response.status, status);
    assertEquals(response.headers.get('content-type'), 'application/json');
    const put = await op.fetch(path, { method: 'PUT' });
    assertEquals(put.status, 405);
    assert(put.headers.get('allow')?.includes(method));
  };
}

const GRANTS: Readonly<Record<string, () => Promise<void>>> = {
  async authorization_code() {
    await walker.tokens();
  },
  async implicit() {
    const { fields } = await walker.answer({ response_type: 'id_token' });
    assert('id_token' in fields, JSON.stringify(fields));
  },
  async refresh_token() {
    const { refresh_token } = await walker.tokens({ scope: 'openid offline_access' });
    await tokensOf(await op.post('/token', { grant_type: 'refresh_token', refresh_token }, own));
  },
  async client_credentials() {
    const grant = { grant_type: 'client_credentials', scope: 'read', resource: RESOURCE };
    await tokensOf(await op.post('/token', grant, own));
  },
  async [EXCHANGE_GRANT]() {
    const { access_token } = await walker.tokens();
    await exchanged(op, access_token, {}, own);
  },
  async [JWT_BEARER_GRANT]() {
    await tokensOf(await showAssertion(op, await assertionOf(op), {}, own));
  },
  async [DEVICE_CODE_GRANT]() {
    const codes = await op.post('/device_authorization', { scope: 'openid' }, own);
    const { device_code, user_code } = await codes.json() as Record<string, string>;
    await approve(op, user_code ?? '');
    const grant = { grant_type: DEVICE_CODE_GRANT, device_code };
    await tokensOf(await op.post('/token', grant, own));
  },
  async [CIBA_GRANT]() {
    await walker.register(BACKCHANNEL);
    const { auth_req_id } = await acknowledged(op, {}, own);
    await answerAsAlice(op);
    await tokensOf(await pollCiba(op, auth_req_id, {}, own));
  },
};

/** What a client that asks for people is registered with besides. */
const BACKCHANNEL = { grant_types: [CIBA_GRANT], backchannel_token_delivery_mode: 'poll' };

/** A passkey of alice’s. */
async function enrolled(): Promise<Authenticator> {
  const engine = op.instance.engine();
  const alice = await engine.directory.findByUsername('alice');
  assert(alice !== undefined);
  const authenticator = createAuthenticator({ origin: ISSUER });
  const response = authenticator.create(await registrationOptions(alice, 'walk', engine));
  assertEquals(await enrolPasskey(alice, { response, name: '' }, 'walk', engine), 'enrolled');
  return authenticator;
}

/** Of a session that has ended: what the client's server was told, and the ID token that it had. */
async function loggedOut(): Promise<{ token: JWTPayload; id_token: string }> {
  const rp = await startLogoutRp();
  try {
    await walker.register({
      backchannel_logout_uri: `${rp.origin}/logout`,
      backchannel_logout_session_required: true,
      id_token_signed_response_alg: 'ES256',
    });
    const { id_token } = await walker.tokens();
    const engine = op.instance.engine();
    const alice = await engine.directory.findByUsername('alice');
    await revokeSessions(alice?.id ?? '', CLI, engine);
    await engine.deliveries.settled();
    const { token } = rp.received.at(-1) ?? { token: '' };
    return { token: await walker.verified(token, 'ES256'), id_token };
  } finally {
    await rp.close();
  }
}

/** What a person sees who has signed in already and agreed. */
const PROMPTS: Readonly<Record<string, string | undefined>> = {
  none: undefined,
  login: 'login',
  consent: 'accept',
  select_account: 'other-account',
  create: 'create',
};

/** Every claim that came in an ID token or from UserInfo, over flows that bring all of them out. */
let claims: Promise<ReadonlySet<string>> | undefined;

async function seenClaims(): Promise<ReadonlySet<string>> {
  await walker.register();
  const scope = list('scopes_supported').filter((name) => name !== 'read').join(' ');
  const { access_token, id_token } = await walker.tokens({ scope, max_age: '600' });
  const hybrid = await walker.answer({ response_type: 'code id_token token' });
  return new Set([
    ...Object.keys(await (await userinfo(op, access_token)).json() as object),
    ...Object.keys(claimsOf(id_token)),
    ...Object.keys(claimsOf(hybrid.fields['id_token'] ?? '')),
  ]);
}

function list(member: string): readonly string[] {
  return metadata[member] as readonly string[];
}

const is = (expected: string): Walk => (value) => {
  assertEquals(value, expected);
  return Promise.resolve();
};

/** The last page of a sign-out that the client is told of in a frame. */
async function signedOut(changes: Readonly<Record<string, unknown>>): Promise<Page> {
  await walker.register({ frontchannel_logout_uri: `${REDIRECT_URI}/out`, ...changes });
  const browser = op.browser();
  await browser.authorize(requestUrl({ client_id, response_type: 'code' }), ALICE);
  return await browser.submit(await browser.get('/end_session'), { decision: 'logout' });
}

/** One for each member: a new member without one does not compile, and fails the test below. */
const WALKS: Readonly<Record<keyof ServerMetadata, Walk>> = {
  async issuer(value) {
    assertEquals(value, ISSUER);
    await walker.register();
    assertEquals(claimsOf((await walker.tokens()).id_token)['iss'], value);
    for (const name of ['openid-configuration', 'oauth-authorization-server']) {
      assertEquals(await (await op.fetch(`/.well-known/${name}`)).json(), metadata);
    }
  },
  async authorization_endpoint(url) {
    await walker.register();
    assertEquals(url, `${ISSUER}/authorize`);
    assert(has(await op.browser().get(requestUrl({ client_id, response_type: 'code' })), 'login'));
  },
  token_endpoint: endpoint('POST', 401),
  userinfo_endpoint: endpoint('GET', 401),
  async jwks_uri(url) {
    const response = await op.fetch(url.slice(ISSUER.length));
    const { keys } = await response.json() as { keys: readonly Record<string, string>[] };
    for (const key of keys) {
      assert(key['kid'] && key['alg'] && key['use'], JSON.stringify(key));
      for (const secret of ['d', 'p', 'q', 'k']) assertFalse(secret in key);
    }
  },
  introspection_endpoint: endpoint('POST', 401),
  revocation_endpoint: endpoint('POST', 401),
  pushed_authorization_request_endpoint: endpoint('POST', 401),
  device_authorization_endpoint: endpoint('POST', 401),
  async end_session_endpoint(url) {
    await walker.register();
    const { id_token } = await walker.tokens();
    assertEquals(url, `${ISSUER}/end_session`);
    const page = await op.browser().get(
      `${url}?${new URLSearchParams({ id_token_hint: id_token })}`,
    );
    assert(has(page, 'logged-out'));
  },
  backchannel_authentication_endpoint: endpoint('POST', 401),
  async backchannel_token_delivery_modes_supported(backchannel_token_delivery_mode) {
    await walker.register({
      ...BACKCHANNEL,
      backchannel_token_delivery_mode,
      backchannel_client_notification_endpoint: 'https://walker.example/cb',
    });
    const client_notification_token = 'of the walker’s, which nobody else knows'.replace(
      /\W/g,
      '-',
    );
    const { interval } = await acknowledged(op, { client_notification_token }, own);
    assertEquals(interval, backchannel_token_delivery_mode === 'push' ? undefined : 5);
    op.clock.now += 300;
  },
  async backchannel_user_code_parameter_supported(value) {
    assertEquals(value, 'true');
    for (const backchannel_user_code_parameter of [true, false]) {
      await walker.register({ ...BACKCHANNEL, backchannel_user_code_parameter });
      const refused = await backchannelRequest(op, { user_code: 'none is set' }, own);
      const code = backchannel_user_code_parameter ? 'invalid_user_code' : 'invalid_request';
      await assertRefused(refused, code);
    }
  },
  async backchannel_authentication_request_signing_alg_values_supported(alg) {
    await walker.register({ ...BACKCHANNEL, backchannel_authentication_request_signing_alg: alg });
    const key = await signingKey(alg);
    const request = await signedRequest(op, { iss: client_id }, { key, alg });
    await acknowledged(op, [['request', request]], own);
    // Until it does not wait any more.
    op.clock.now += 300;
  },
  registration_endpoint: endpoint('POST', 401),
  async check_session_iframe(url) {
    assertEquals(url, `${ISSUER}/check_session`);
    await walker.register();
    const response = await op.fetch(url);
    assertMatch(await response.text(), /<script>[^<]*postMessage/);
    assertMatch((await walker.answer()).fields['session_state'] ?? '', /^[\w-]{43}\.[\w-]{22}$/);
  },
  async frontchannel_logout_supported(value) {
    assertEquals(value, 'true');
    assertStringIncludes((await signedOut({})).text, `<iframe src="${REDIRECT_URI}/out"`);
  },
  async frontchannel_logout_session_supported(value) {
    assertEquals(value, 'true');
    const { text } = await signedOut({ frontchannel_logout_session_required: true });
    assertMatch(text, /<iframe src="[^"]*\/out\?iss=[^"]*&amp;sid=[\w-]{22}"/);
  },
  async scopes_supported(scope) {
    await walker.register();
    const asked = [...new Set(['openid', scope])].join(' ');
    const resource = scope === 'read' ? RESOURCE : undefined;
    assertEquals((await walker.tokens({ scope: asked, resource })).scope, asked);
  },
  async response_types_supported(response_type) {
    await walker.register();
    const { fields } = await walker.answer({ response_type });
    const parts = response_type.split(' ').map((part) => part === 'token' ? 'access_token' : part);
    for (const part of ['code', 'id_token', 'access_token']) {
      assertEquals(part in fields, parts.includes(part), part);
    }
  },
  async response_modes_supported(response_mode) {
    await walker.register();
    for (const response_type of list('response_types_supported')) {
      const { place, fields } = await walker.answer({ response_type, response_mode });
      const isSecretive = /token/.test(response_type);
      const isQuery = /^query/.test(response_mode);
      const label = `${response_type} by ${response_mode}`;
      if (isSecretive && isQuery) {
        assertEquals([place, fields['error']], ['fragment', 'invalid_request'], label);
        continue;
      }
      assertEquals('error' in fields, false, label);
      assertEquals('response' in fields, response_mode.includes('jwt'), label);
      const byDefault = isSecretive ? 'fragment' : 'query';
      const named = response_mode.replace(/\.?jwt$/, '');
      assertEquals(place, named === '' ? byDefault : named, label);
    }
  },
  async grant_types_supported(grant_type) {
    await walker.register();
    const walk = GRANTS[grant_type];
    assert(walk !== undefined, `nobody wrote a walk for ${grant_type}`);
    await walk();
  },
  async acr_values_supported(value) {
    await walker.register();
    const asked = { id_token: { acr: { essential: true, value } } };
    const person = value === 'two_factor' ? { ...ALICE, authenticator: await enrolled() } : ALICE;
    const { fields } = await respond(
      op,
      { client_id, response_type: 'code', claims: JSON.stringify(asked) },
      op.browser(),
      person,
    );
    const { code } = fields;
    const grant = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI };
    const { id_token } = await tokensOf(await op.post('/token', grant, own));
    assertEquals(claimsOf(id_token)['acr'], value);
  },
  async subject_types_supported(subject_type) {
    await walker.register({ subject_type: 'public' });
    const known = claimsOf((await walker.tokens()).id_token)['sub'];
    await walker.register({ subject_type });
    const subject = claimsOf((await walker.tokens()).id_token)['sub'];
    assertEquals(subject === known, subject_type === 'public');
  },
  id_token_signing_alg_values_supported: signing('id_token'),
  id_token_encryption_alg_values_supported: encryptionAlg('id_token'),
  id_token_encryption_enc_values_supported: encryptionEnc('id_token'),
  userinfo_signing_alg_values_supported: signing('userinfo'),
  userinfo_encryption_alg_values_supported: encryptionAlg('userinfo'),
  userinfo_encryption_enc_values_supported: encryptionEnc('userinfo'),
  introspection_signing_alg_values_supported: signing('introspection'),
  introspection_encryption_alg_values_supported: encryptionAlg('introspection'),
  introspection_encryption_enc_values_supported: encryptionEnc('introspection'),
  authorization_signing_alg_values_supported: signing('authorization'),
  authorization_encryption_alg_values_supported: encryptionAlg('authorization'),
  authorization_encryption_enc_values_supported: encryptionEnc('authorization'),
  async request_object_signing_alg_values_supported(alg) {
    await walker.register({ request_object_signing_alg: alg });
    await sendObject(await requestObject(op, alg));
  },
  async request_object_encryption_alg_values_supported(alg) {
    for (const enc of ENCS) await encryptedRequest(alg, enc);
  },
  async request_object_encryption_enc_values_supported(enc) {
    for (const alg of ALGS) await encryptedRequest(alg, enc);
  },
  token_endpoint_auth_methods_supported: authMethod('token'),
  token_endpoint_auth_signing_alg_values_supported: assertionAlg('token'),
  introspection_endpoint_auth_methods_supported: authMethod('introspection'),
  introspection_endpoint_auth_signing_alg_values_supported: assertionAlg('introspection'),
  revocation_endpoint_auth_methods_supported: authMethod('revocation'),
  revocation_endpoint_auth_signing_alg_values_supported: assertionAlg('revocation'),
  async code_challenge_methods_supported(code_challenge_method) {
    await walker.register({ require_pkce: true });
    const code_challenge = code_challenge_method === 'plain' ? VERIFIER : CHALLENGE;
    const asked = { code_challenge, code_challenge_method };
    await walker.tokens(asked, { code_verifier: VERIFIER });
    const { fields } = await walker.answer(asked);
    const grant = {
      ...await codeGrant(),
      code: fields['code'],
      code_verifier: VERIFIER.toLowerCase(),
    };
    await assertRefused(await op.post('/token', grant, own), 'invalid_grant');
  },
  async dpop_signing_alg_values_supported(alg) {
    await walker.register({ dpop_bound_access_tokens: true, response_types: ['code'] });
    const key = await proofKey(alg);
    const dpop = await proofFor(op, key);
    const { token_type, access_token } = await walker.tokens({}, {}, { ...own, dpop });
    assertEquals(token_type, 'DPoP');
    assertEquals((await userinfoWith(op, access_token, key)).status, 200);
  },
  async tls_client_certificate_bound_access_tokens(value) {
    assertEquals(value, 'true');
    await walker.register({
      tls_client_certificate_bound_access_tokens: true,
      response_types: ['code'],
    });
    const certificate = certificateHeader(ISSUED.cert);
    const { access_token } = await walker.tokens({}, {}, { ...own, ...certificate });
    const authorization = `Bearer ${access_token}`;
    const bound = await op.fetch('/userinfo', { headers: { authorization, ...certificate } });
    assertEquals([bound.status, (await userinfo(op, access_token)).status], [200, 401]);
  },
  async mtls_endpoint_aliases(text) {
    const aliases = JSON.parse(text) as Readonly<Record<string, string>>;
    await walker.register(registrationFor('self_signed_tls_client_auth'));
    const { form, headers } = await credentials(op, 'self_signed_tls_client_auth');
    const grant = { grant_type: 'client_credentials', ...form };
    const response = await op.post(aliases['token_endpoint'] ?? '', grant, headers);
    const { access_token: token } = await tokensOf(response);
    const told = await op.post(
      aliases['introspection_endpoint'] ?? '',
      { token, ...form },
      headers,
    );
    assertEquals((await told.json() as { active: boolean }).active, true);
    for (const url of Object.values(aliases)) {
      assertEquals((await op.fetch(url, { method: 'DELETE' })).status, 405, url);
    }
  },
  async backchannel_logout_supported(value) {
    assertEquals(value, 'true');
    assert('sub' in (await loggedOut()).token);
  },
  async backchannel_logout_session_supported(value) {
    assertEquals(value, 'true');
    const { token, id_token } = await loggedOut();
    assertEquals(token['sid'], claimsOf(id_token)['sid']);
  },
  async authorization_details_types_supported(type) {
    await walker.register();
    const details = [{ type, actions: ['read'] }];
    const tokens = await walker.tokens({ authorization_details: JSON.stringify(details) });
    assertEquals((tokens as { authorization_details?: unknown }).authorization_details, details);
  },
  async display_values_supported(display) {
    await walker.register();
    const url = requestUrl({ client_id, response_type: 'code', display });
    assert(has(await op.browser().get(url), 'login'));
  },
  async prompt_values_supported(prompt) {
    await walker.register();
    assert(Object.hasOwn(PROMPTS, prompt), `nobody wrote what ${prompt} shows`);
    const browser = op.browser();
    await respond(op, { client_id, response_type: 'code' }, browser);
    // Who signed in for this very second's request would have met it.
    op.clock.now += 1;
    const page = await browser.get(requestUrl({ client_id, response_type: 'code', prompt }));
    const shown = PROMPTS[prompt];
    if (shown === undefined) assert('code' in readResponse(page).fields);
    else assert(has(page, shown), page.text);
  },
  claim_types_supported: is('normal'),
  async claims_supported(claim) {
    claims ??= seenClaims();
    assert((await claims).has(claim), `${claim} came nowhere`);
  },
  async claims_parameter_supported(value) {
    assertEquals(value, 'true');
    await walker.register();
    const asked = { id_token: { email: null }, userinfo: { name: { essential: true } } };
    const tokens = await walker.tokens({ claims: JSON.stringify(asked) });
    assert('email' in claimsOf(tokens.id_token));
    assert('name' in (await (await userinfo(op, tokens.access_token)).json() as object));
  },
  async request_parameter_supported(value) {
    assertEquals(value, 'true');
    await walker.register();
    await sendObject(await requestObject(op, 'ES256'));
  },
  async request_uri_parameter_supported(value) {
    assertEquals(value, 'true');
    const request = await requestObject(op, 'ES256');
    const host = await serveText(() => request, 'application/oauth-authz-req+jwt');
    try {
      const request_uri = `${host.origin}/request`;
      await walker.register({ request_uris: [request_uri] });
      await sendRequest({ request_uri });
    } finally {
      await host.close();
    }
  },
  async require_request_uri_registration(value) {
    assertEquals(value, 'true');
    await walker.register({ request_uris: ['https://app.example/registered'] });
    const page = await op.browser().get(
      requestUrl({ client_id, request_uri: 'https://app.example/other' }),
    );
    assertEquals(readResponse(page).fields['error'], 'invalid_request_uri');
  },
  async require_pushed_authorization_requests(value) {
    assertEquals(value, 'false');
    await walker.register();
    await walker.tokens();
  },
  async authorization_response_iss_parameter_supported(value) {
    assertEquals(value, 'true');
    await walker.register();
    for (const prompt of [undefined, 'none']) {
      assertEquals((await walker.answer({ prompt })).fields['iss'], ISSUER);
    }
  },
  async ui_locales_supported(locale) {
    await walker.register();
    const url = requestUrl({ client_id, response_type: 'code', ui_locales: locale });
    const [, lang = ''] = /<html lang="([^"]+)"/.exec((await op.browser().get(url)).text) ?? [];
    // The page may be more precise: zh is zh-Hans.
    assertEquals(lang.split('-')[0], locale);
  },
};

describe('Discovery §3: everything that is advertised is there', () => {
  it('every member has a walk, and every walk a member', () => {
    assertEquals(Object.keys(metadata).sort(), Object.keys(WALKS).sort());
  });

  it('no member is empty, and no value comes twice (RFC 8414 §3.2)', () => {
    for (const [member, value] of Object.entries(metadata)) {
      const values = [value].flat();
      assert(values.length > 0, member);
      assertEquals(new Set(values).size, values.length, member);
    }
  });

  for (const [member, walk] of Object.entries(WALKS)) {
    for (const value of [metadata[member] ?? []].flat()) {
      const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
      it(`${member}: ${text}`, () => walk(text));
    }
  }
});

describe('Discovery §3: what is not advertised is refused', () => {
  it('RFC 7636 §4.2: plain', async () => {
    const plain = await openWalker({ pkce_plain: false });
    assertEquals(plain.metadata['code_challenge_methods_supported'], ['S256']);
    await plain.register();
    const { fields } = await plain.answer({
      code_challenge: VERIFIER,
      code_challenge_method: 'plain',
    });
    assertEquals(fields['error'], 'invalid_request');
  });

  it('Initiating User Registration §4: prompt create is refused where there is no sign-up', async () => {
    const closed = await openWalker({ sign_up: 'closed' });
    assertFalse((closed.metadata['prompt_values_supported'] as string[]).includes('create'));
    await closed.register();
    const page = await closed.op.browser().get(
      requestUrl({ client_id, response_type: 'code', prompt: 'create' }),
    );
    assertEquals(page.url.searchParams.get('error'), 'invalid_request');
  });

  it('RFC 8705 §2.1: certificates of authorities, where there are none', async () => {
    const bare = await openWalker({ client_certificate_authorities: [] });
    const methods = bare.metadata['token_endpoint_auth_methods_supported'] as string[];
    assertFalse(methods.includes('tls_client_auth'));
    assert(methods.includes('self_signed_tls_client_auth'));
    await bare.register(registrationFor('tls_client_auth'));
    const { form, headers } = await credentials(bare.op, 'tls_client_auth');
    const grant = { grant_type: 'client_credentials', ...form };
    await assertRefused(await bare.op.post('/token', grant, headers), 'invalid_client', 401);
  });

  it('RFC 9440 §4: certificates without a proxy that could pass them on', async () => {
    const direct = await openWalker({ trusted_proxies: [] });
    const methods = direct.metadata['token_endpoint_auth_methods_supported'] as string[];
    assertEquals(methods.filter((method) => method.includes('tls')), []);
    assertEquals(direct.metadata['tls_client_certificate_bound_access_tokens'], false);
    assertEquals(direct.metadata['mtls_endpoint_aliases'], undefined);
    await direct.register(registrationFor('self_signed_tls_client_auth'));
    const { form, headers } = await credentials(direct.op, 'self_signed_tls_client_auth');
    const grant = { grant_type: 'client_credentials', ...form };
    await assertRefused(await direct.op.post('/token', grant, headers), 'invalid_client', 401);
  });

  it('RFC 9396 §10: types that are not configured', async () => {
    const untyped = await openOp();
    const { authorization_details_types_supported: types } = await (
      await untyped.fetch('/.well-known/openid-configuration')
    ).json() as ServerMetadata;
    assertEquals(types, undefined);
    const page = await untyped.browser().get(
      authorizationUrl({ authorization_details: JSON.stringify([{ type: 'files' }]) }),
    );
    assertEquals(readResponse(page).fields['error'], 'invalid_authorization_details');
  });

  it('RFC 9126 §5: where requests must be pushed, it is said, and others are refused', async () => {
    const pushed = await openWalker({ require_pushed_authorization_requests: true });
    assertEquals(pushed.metadata['require_pushed_authorization_requests'], true);
    await pushed.register();
    assertEquals((await pushed.answer()).fields['error'], 'invalid_request');
  });

  it('Core §6.1: request objects that are not signed', async () => {
    assertFalse(list('request_object_signing_alg_values_supported').includes('none'));
    await walker.register();
    const [, payload] = (await requestObject(op, 'ES256')).split('.');
    const request = `${btoa('{"alg":"none"}').replace(/=+$/, '')}.${payload}.`;
    const page = await op.browser().get(
      `/authorize?${new URLSearchParams({ client_id, request })}`,
    );
    assertEquals(textOf(page, 'error'), 'invalid_request_object');
  });

  for (const alg of ['RSA1_5', 'PBES2-HS256+A128KW']) {
    it(`RFC 8725 §3.2: request objects encrypted with ${alg}`, async () => {
      assertFalse(list('request_object_encryption_alg_values_supported').includes(alg));
      await walker.register();
      const header = btoa(JSON.stringify({ alg, enc: 'A128GCM', p2c: 1, p2s: 'AAAAAAAAAAAA' }));
      const page = await op.browser().get(
        `/authorize?${new URLSearchParams({
          client_id,
          request: `${header.replace(/=+$/, '')}.AA.AA.AA.AA`,
        })}`,
      );
      assertEquals(textOf(page, 'error'), 'invalid_request_object');
    });
  }

  it('RFC 9449 §4.3: proofs by a secret', async () => {
    await walker.register();
    assertEquals(list('dpop_signing_alg_values_supported').filter((alg) => /^HS/.test(alg)), []);
    const key = await proofKey('ES256');
    const dpop = await proofFor(op, key);
    const [, payload] = dpop.split('.');
    const header = { ...headerOf(dpop), alg: 'HS256' };
    const forged = `${btoa(JSON.stringify(header)).replace(/=+$/, '')}.${payload}.AAAA`;
    const response = await op.post(
      '/token',
      { grant_type: 'client_credentials' },
      { ...own, dpop: forged.replaceAll('+', '-').replaceAll('/', '_') },
    );
    await assertRefused(response, 'invalid_dpop_proof');
  });

  it('RFC 7523 §3: an assertion by another alg than the registered one', async () => {
    await walker.register({
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
    });
    const { form } = await credentials(op, 'private_key_jwt', 'EdDSA');
    const grant = { grant_type: 'client_credentials', ...form };
    await assertRefused(await op.post('/token', grant), 'invalid_client', 401);
  });
});
