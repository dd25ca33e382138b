import { after, before, describe, it } from 'node:test';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import * as oidc from 'openid-client';
import { assert, assertEquals, assertRejects, assertStringIncludes } from '../support/assert.ts';
import { type Browser, formAction, has, hiddenFields, type Page } from '../support/browser.ts';
import { ALICE } from '../support/flow.ts';
import { createHolder } from '../support/holder.ts';
import { CLAIMS } from '../support/op.ts';
import type { RunningOp } from '../support/running_op.ts';
import {
  BASIC,
  CLIENTS,
  POST,
  PUBLIC,
  redirectUri,
  RESOURCE,
  SCOPE,
  SECRET,
  startProvider,
  type TestClient,
  visit,
} from './clients.ts';

const holder = createHolder();
let op: RunningOp;

describe('openid-client', () => {
  before(() =>
    holder.open(async (hold) => {
      op = await hold(startProvider());
    })
  );
  after(() => holder.close());

  for (const client of CLIENTS) {
    const { token_endpoint_auth_method, id_token_signed_response_alg } = client;

    it(`Core §3.1: the code flow with ${token_endpoint_auth_method} and ${id_token_signed_response_alg}`, async () => {
      const config = await discover(client);
      const nonce = oidc.randomNonce();
      const tokens = await signIn(config, client, { nonce });
      const claims = claimsOf(tokens);
      assertEquals(decodeProtectedHeader(tokens.id_token ?? '').alg, id_token_signed_response_alg);
      assertEquals([claims.iss, claims.aud, claims.nonce], [op.issuer, client.client_id, nonce]);
      assertEquals(tokens.scope, SCOPE);
      const userinfo = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub);
      for (const [name, value] of Object.entries(CLAIMS)) {
        assertEquals(userinfo[name], value, name);
      }
      assertEquals([userinfo.preferred_username, userinfo['groups']], [
        'alice',
        ['staff', 'admins'],
      ]);
    });

    it(`RFC 6749 §6: refreshing with ${token_endpoint_auth_method}`, async () => {
      const config = await discover(client);
      const first = await signIn(config, client);
      const second = await oidc.refreshTokenGrant(config, first.refresh_token ?? '');
      assert(second.access_token !== first.access_token);
      assert(second.refresh_token !== first.refresh_token);
      assertEquals(claimsOf(second).sub, claimsOf(first).sub);
      assertEquals(claimsOf(second).auth_time, claimsOf(first).auth_time);
      const narrow = await oidc.refreshTokenGrant(config, second.refresh_token ?? '', {
        scope: 'openid email',
      });
      assertEquals(narrow.scope, 'openid email');
      const userinfo = await oidc.fetchUserInfo(config, narrow.access_token, claimsOf(first).sub);
      assertEquals(Object.keys(userinfo).sort(), ['email', 'email_verified', 'sub']);
    });

    it(`RFC 7009 §2.1: revoking with ${token_endpoint_auth_method}`, async () => {
      const config = await discover(client);
      const tokens = await signIn(config, client);
      const { sub } = claimsOf(tokens);
      const other = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '');
      await oidc.tokenRevocation(config, tokens.access_token);
      await assertTokenRefused(config, tokens.access_token, sub);
      await oidc.fetchUserInfo(config, other.access_token, sub);
      await oidc.tokenRevocation(config, other.refresh_token ?? '');
      await assertTokenRefused(config, other.access_token, sub);
      await assertRefused(
        () => oidc.refreshTokenGrant(config, other.refresh_token ?? ''),
        'invalid_grant',
      );
      await oidc.tokenRevocation(config, other.refresh_token ?? '');
    });
  }

  for (const client of [BASIC, POST]) {
    const { token_endpoint_auth_method, access_token_format } = client;

    it(`RFC 7662 §2: introspecting ${access_token_format} tokens with ${token_endpoint_auth_method}`, async () => {
      const config = await discover(client);
      const tokens = await signIn(config, client);
      const { sub } = claimsOf(tokens);
      const answer = await oidc.tokenIntrospection(config, tokens.access_token);
      assertEquals(
        [answer.active, answer.iss, answer.client_id, answer.sub, answer.scope, answer.token_type],
        [true, op.issuer, client.client_id, sub, SCOPE, 'Bearer'],
      );
      assertEquals(
        (await oidc.tokenIntrospection(config, tokens.refresh_token ?? '')).active,
        true,
      );
      await oidc.tokenRevocation(config, tokens.refresh_token ?? '');
      await assertInactive(config, tokens.access_token);
      await assertInactive(config, 'no token');
    });
  }

  it('RFC 7662 §4: a client learns nothing of the tokens of another', async () => {
    const { access_token } = await signIn(await discover(BASIC), BASIC);
    await assertInactive(await discover(POST), access_token);
  });

  it('RFC 7662 §2.1: a public client may not introspect', async () => {
    const config = await discover(PUBLIC);
    const { access_token } = await signIn(config, PUBLIC);
    await assertRefused(
      () => oidc.tokenIntrospection(config, access_token),
      'invalid_client',
    );
  });

  it('RFC 8707 §2.2: a token for a resource is introspected by those named for it', async () => {
    const config = await discover(BASIC);
    const { access_token } = await signIn(config, BASIC, { scope: 'read', resource: RESOURCE });
    const answer = await oidc.tokenIntrospection(await discover(POST), access_token);
    assertEquals([answer.active, answer.aud, answer.scope], [true, RESOURCE, 'read']);
  });

  for (const client of [POST, PUBLIC]) {
    const alg = client.access_token_signed_response_alg;

    it(`RFC 9068 §4: a resource server verifies an access token signed with ${alg}`, async () => {
      const config = await discover(client);
      const scope = 'openid read';
      const { access_token } = await signIn(config, client, { scope, resource: RESOURCE });
      const keys = createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri ?? ''));
      const { payload } = await jwtVerify(access_token, keys, {
        issuer: op.issuer,
        audience: RESOURCE,
        typ: 'at+jwt',
        algorithms: [alg],
        requiredClaims: ['exp', 'iat', 'sub', 'jti', 'client_id'],
      });
      assertEquals([payload['client_id'], payload['scope']], [client.client_id, scope]);
    });
  }

  it('Form Post Response Mode §2: the answer is a form that the browser sends', async () => {
    const config = await discover(BASIC);
    const { page, checks } = await request(config, BASIC, { response_mode: 'form_post' });
    assertEquals(formAction(page.text), redirectUri(BASIC));
    const body = new URLSearchParams(hiddenFields(page.text).map(([name, value]) => [name, value]));
    const sent = new Request(redirectUri(BASIC), { method: 'POST', body });
    const tokens = await oidc.authorizationCodeGrant(config, sent, checks);
    assertEquals(claimsOf(tokens).aud, BASIC.client_id);
  });

  it('Multiple Response Types §2.1: the answer in the fragment', async () => {
    const config = await discover(PUBLIC);
    const { page, checks } = await request(config, PUBLIC, { response_mode: 'fragment' });
    assertEquals(page.url.search, '');
    const answer = new URL(redirectUri(PUBLIC));
    answer.search = page.url.hash.slice(1);
    const tokens = await oidc.authorizationCodeGrant(config, answer, checks);
    assertEquals(claimsOf(tokens).aud, PUBLIC.client_id);
  });

  it('Core §3.1.3.7: another nonce than the one sent is not in the ID token', async () => {
    const config = await discover(BASIC);
    const { page, checks } = await request(config, BASIC, { nonce: 'the one sent' });
    await assertRejects(() =>
      oidc.authorizationCodeGrant(config, page.url, { ...checks, expectedNonce: 'another' })
    );
  });

  it('Core §3.1.2.1: max_age brings auth_time, and an old sign-in back to the password', async () => {
    const config = await discover(BASIC);
    const browser = op.browser();
    const tokens = await signIn(config, BASIC, { max_age: '60' }, browser);
    const { auth_time = 0 } = claimsOf(tokens);
    assert(Math.abs(auth_time - Date.now() / 1000) < 60);
    const { url } = await authorizationUrl(config, BASIC, { max_age: '60' });
    assertEquals((await browser.get(url.href)).url.origin, new URL(redirectUri(BASIC)).origin);
    op.clock.aheadSeconds = 62;
    const page = await browser.get(url.href);
    op.clock.aheadSeconds = 0;
    assert(has(page, 'password'), 'the sign-in page');
  });

  it('RFC 9207 §2.4: an answer that names another issuer, or none, is not taken', async () => {
    const config = await discover(BASIC);
    const { page, checks } = await request(config, BASIC);
    assertEquals(page.url.searchParams.get('iss'), op.issuer);
    const mixedUp = new URL(page.url);
    mixedUp.searchParams.set('iss', 'https://evil.example');
    await assertRejects(() => oidc.authorizationCodeGrant(config, mixedUp, checks));
    mixedUp.searchParams.delete('iss');
    await assertRejects(() => oidc.authorizationCodeGrant(config, mixedUp, checks));
    await oidc.authorizationCodeGrant(config, page.url, checks);
  });

  it('Core §3.1.2.6: nobody is signed in, and prompt is none', async () => {
    const config = await discover(BASIC);
    const { page, checks } = await request(config, BASIC, { prompt: 'none' });
    await assertAnswer(config, page, checks, 'login_required');
  });

  it('RFC 6749 §4.1.2.1: the person declines', async () => {
    const config = await discover(BASIC);
    const { url, checks } = await authorizationUrl(config, BASIC);
    const browser = op.browser();
    const page = await browser.submit(await browser.get(url.href), ALICE);
    const answer = await browser.submit(page, { decision: 'deny' });
    await assertAnswer(config, answer, checks, 'access_denied');
  });

  it('RFC 6749 §4.1.2.1: another response type than code', async () => {
    const config = await discover(BASIC);
    const { page, checks } = await request(config, BASIC, { response_type: 'token' });
    await assertAnswer(config, page, checks, 'unsupported_response_type');
  });

  it('RFC 6749 §4.1.2: a code used twice is refused, and what it brought is revoked', async () => {
    const config = await discover(BASIC);
    const { page, checks } = await request(config, BASIC);
    const tokens = await oidc.authorizationCodeGrant(config, page.url, checks);
    await assertRefused(
      () => oidc.authorizationCodeGrant(config, page.url, checks),
      'invalid_grant',
    );
    await assertTokenRefused(config, tokens.access_token, claimsOf(tokens).sub);
  });

  it('RFC 7636 §4.6: another verifier does not redeem the code', async () => {
    const config = await discover(PUBLIC);
    const { page, checks } = await request(config, PUBLIC);
    const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
    await assertRefused(
      () => oidc.authorizationCodeGrant(config, page.url, { ...checks, pkceCodeVerifier }),
      'invalid_grant',
    );
  });

  for (
    const [name, client, authentication] of [
      ['Basic with a wrong secret', BASIC, oidc.ClientSecretBasic('not the secret')],
      ['a wrong secret in the body', POST, oidc.ClientSecretPost('not the secret')],
      ['nothing, of a confidential client', BASIC, oidc.None()],
      ['the body, of a client registered for Basic', BASIC, oidc.ClientSecretPost(SECRET)],
      ['Basic, of a client registered for the body', POST, oidc.ClientSecretBasic(SECRET)],
    ] as const
  ) {
    it(`RFC 6749 §5.2: authenticating with ${name} is refused`, async () => {
      const { page, checks } = await request(await discover(client), client);
      const config = await discover(client, authentication);
      await assertRefused(
        () => oidc.authorizationCodeGrant(config, page.url, checks),
        'invalid_client',
      );
    });
  }
});

function discover(
  client: TestClient,
  authentication: oidc.ClientAuth = authenticationOf(client),
): Promise<oidc.Configuration> {
  const { client_id, id_token_signed_response_alg } = client;
  return oidc.discovery(
    new URL(op.issuer),
    client_id,
    { id_token_signed_response_alg },
    authentication,
    // The second one: signatures of ID tokens are verified though they came straight from the token endpoint.
    { execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks] },
  );
}

function authenticationOf({ token_endpoint_auth_method }: TestClient): oidc.ClientAuth {
  switch (token_endpoint_auth_method) {
    case 'client_secret_basic':
      return oidc.ClientSecretBasic(SECRET);
    case 'client_secret_post':
      return oidc.ClientSecretPost(SECRET);
    case 'none':
      return oidc.None();
  }
}

interface Attempt {
  readonly url: URL;
  readonly checks: oidc.AuthorizationCodeGrantChecks;
}

async function authorizationUrl(
  config: oidc.Configuration,
  client: TestClient,
  changes: Readonly<Record<string, string>> = {},
): Promise<Attempt> {
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
  const expectedState = oidc.randomState();
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri(client),
    scope: SCOPE,
    state: expectedState,
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    ...changes,
  });
  const { nonce, max_age } = changes;
  return {
    url,
    checks: {
      pkceCodeVerifier,
      expectedState,
      ...(nonce === undefined ? {} : { expectedNonce: nonce }),
      ...(max_age === undefined ? {} : { maxAge: Number(max_age) }),
    },
  };
}

async function request(
  config: oidc.Configuration,
  client: TestClient,
  changes: Readonly<Record<string, string>> = {},
  browser: Browser = op.browser(),
): Promise<{ readonly page: Page; readonly checks: oidc.AuthorizationCodeGrantChecks }> {
  const { url, checks } = await authorizationUrl(config, client, changes);
  return { page: await visit(browser, url), checks };
}

async function signIn(
  config: oidc.Configuration,
  client: TestClient,
  changes: Readonly<Record<string, string>> = {},
  browser?: Browser,
): Promise<Tokens> {
  const { page, checks } = await request(config, client, changes, browser);
  return await oidc.authorizationCodeGrant(config, page.url, checks);
}

type Tokens = oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers;

function claimsOf(tokens: Tokens): oidc.IDToken {
  const claims = tokens.claims();
  assert(claims, 'there is no ID token');
  return claims;
}

/** The client library takes the answer for the error it is. */
async function assertAnswer(
  config: oidc.Configuration,
  page: Page,
  checks: oidc.AuthorizationCodeGrantChecks,
  code: string,
): Promise<void> {
  const error = await assertRejects(
    () => oidc.authorizationCodeGrant(config, page.url, checks),
    oidc.AuthorizationResponseError,
  );
  assertEquals(error.error, code);
}

async function assertRefused(action: () => Promise<unknown>, code: string): Promise<void> {
  const error = await assertRejects(action);
  const body = error instanceof oidc.WWWAuthenticateChallengeError
    ? await error.response?.json() as { error?: string }
    : error;
  assertStringIncludes(JSON.stringify(body), `"error":"${code}"`);
}

/** The answer says that and nothing else. RFC 7662 §2.2. */
async function assertInactive(config: oidc.Configuration, token: string): Promise<void> {
  const answer = await oidc.tokenIntrospection(config, token);
  assertEquals(Object.entries(answer), [['active', false]]);
}

async function assertTokenRefused(
  config: oidc.Configuration,
  access_token: string,
  sub: string,
): Promise<void> {
  const error = await assertRejects(
    () => oidc.fetchUserInfo(config, access_token, sub),
    oidc.WWWAuthenticateChallengeError,
  );
  assertEquals(error.cause[0]?.parameters.error, 'invalid_token');
}
