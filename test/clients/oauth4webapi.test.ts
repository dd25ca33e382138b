import { after, before, describe, it } from 'node:test';
import * as oauth from 'oauth4webapi';
import { assert, assertEquals, assertRejects, assertThrows } from '../support/assert.ts';
import { type Browser, formAction, hiddenFields, type Page } from '../support/browser.ts';
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
import { type Attempt, discoverServer, INSECURE, newAttempt } from './with_oauth4webapi.ts';

const holder = createHolder();
let op: RunningOp;
let as: oauth.AuthorizationServer;

describe('oauth4webapi, with an issuer that has a path', () => {
  before(() =>
    holder.open(async (hold) => {
      op = await hold(startProvider('/auth'));
      as = await discoverServer(op, 'oidc');
    })
  );
  after(() => holder.close());

  it('RFC 8414 §3: the metadata of the host’s well-known path is that of OpenID Discovery', async () => {
    assertEquals(await discoverServer(op, 'oauth2'), as);
  });

  for (const client of CLIENTS) {
    const { token_endpoint_auth_method, id_token_signed_response_alg } = client;

    it(`Core §3.1: the code flow with ${token_endpoint_auth_method} and ${id_token_signed_response_alg}`, async () => {
      const { tokens, claims } = await signIn(client, { max_age: '300' });
      assertEquals([claims.iss, claims.aud], [op.issuer, client.client_id]);
      assertEquals(typeof claims.auth_time, 'number');
      const response = await oauth.userInfoRequest(
        as,
        clientOf(client),
        tokens.access_token,
        INSECURE,
      );
      const userinfo = await oauth.processUserInfoResponse(
        as,
        clientOf(client),
        claims.sub,
        response,
      );
      for (const [name, value] of Object.entries(CLAIMS)) {
        assertEquals(userinfo[name], value, name);
      }
    });

    it(`RFC 6749 §6: refreshing with ${token_endpoint_auth_method}`, async () => {
      const { tokens, claims } = await signIn(client);
      const fresh = await refresh(client, tokens);
      assert(fresh.refresh_token !== tokens.refresh_token);
      assertEquals(oauth.getValidatedIdTokenClaims(fresh)?.sub, claims.sub);
      assertEquals(await userinfoStatus(fresh.access_token), 200);
    });

    it(`RFC 7009 §2.1: revoking with ${token_endpoint_auth_method}`, async () => {
      const { tokens } = await signIn(client);
      await revoke(client, tokens.refresh_token ?? '');
      assertEquals(await userinfoStatus(tokens.access_token), 401);
      await assertRefused(() => refresh(client, tokens), 'invalid_grant');
    });
  }

  for (const client of [BASIC, POST]) {
    it(`RFC 7662 §2: introspecting with ${client.token_endpoint_auth_method}`, async () => {
      const { tokens, claims } = await signIn(client);
      const answer = await introspect(client, tokens.access_token);
      assertEquals([answer.active, answer.sub, answer.iss], [true, claims.sub, op.issuer]);
      await revoke(client, tokens.access_token);
      assertEquals(await introspect(client, tokens.access_token), { active: false });
    });
  }

  for (const client of [POST, PUBLIC]) {
    it(`RFC 9068 §4: an API takes a ${client.access_token_signed_response_alg} access token`, async () => {
      const { tokens } = await signIn(client, { scope: 'openid read', resource: RESOURCE });
      const claims = await oauth.validateJwtAccessToken(
        as,
        apiRequest(tokens.access_token),
        RESOURCE,
        INSECURE,
      );
      assertEquals([claims.client_id, claims.scope], [client.client_id, 'openid read']);
    });
  }

  it('RFC 9068 §4: an API does not take a token that is meant for another', async () => {
    const { tokens } = await signIn(POST, { scope: 'openid' });
    await assertRejects(() =>
      oauth.validateJwtAccessToken(as, apiRequest(tokens.access_token), RESOURCE, INSECURE)
    );
  });

  it('RFC 9068 §2.1: an API does not take an ID token for an access token', async () => {
    const { tokens } = await signIn(POST);
    await assertRejects(() =>
      oauth.validateJwtAccessToken(as, apiRequest(tokens.id_token ?? ''), POST.client_id, INSECURE)
    );
  });

  it('Form Post Response Mode §2: the answer is a form that the browser sends', async () => {
    const attempt = await start(POST, { response_mode: 'form_post' });
    const page = await visit(op.browser(), attempt.url);
    assertEquals(formAction(page.text), redirectUri(POST));
    const params = new URLSearchParams(
      hiddenFields(page.text).map(([name, value]) => [name, value]),
    );
    const { claims } = await redeem(POST, attempt, params);
    assertEquals(claims.aud, POST.client_id);
  });

  it('Multiple Response Types §2.1: the answer in the fragment', async () => {
    const attempt = await start(PUBLIC, { response_mode: 'fragment' });
    const page = await visit(op.browser(), attempt.url);
    const { claims } = await redeem(
      PUBLIC,
      attempt,
      new URLSearchParams(page.url.hash.slice(1)),
    );
    assertEquals(claims.aud, PUBLIC.client_id);
  });

  it('Core §3.1.2.1: with a session and consent, prompt none goes through without a page', async () => {
    const browser = op.browser();
    const { claims } = await signIn(BASIC, {}, browser);
    const attempt = await start(BASIC, { prompt: 'none' });
    const page = await browser.get(attempt.url.href);
    const again = await redeem(BASIC, attempt, page.url.searchParams);
    assertEquals([again.claims.sub, again.claims['sid']], [claims.sub, claims['sid']]);
  });

  for (
    const [code, changes] of [
      ['login_required', { prompt: 'none' }],
      ['invalid_request', { prompt: 'none login' }],
      ['invalid_request', { code_challenge_method: 'plain' }],
      ['unsupported_response_type', { response_type: 'code device' }],
      ['invalid_request_object', { request: 'e30.e30.' }],
      ['invalid_request_uri', { request_uri: 'https://app.example/request' }],
    ] as const
  ) {
    it(`Core §3.1.2.6: ${code} after ${JSON.stringify(changes)}`, async () => {
      const { url, state } = await start(BASIC, changes);
      const page = await op.browser().get(url.href);
      assertAnswer(BASIC, page, state, code);
    });
  }

  it('RFC 6749 §4.1.2.1: the person declines', async () => {
    const { url, state } = await start(BASIC);
    const browser = op.browser();
    const page = await browser.submit(await browser.get(url.href), ALICE);
    assertAnswer(BASIC, await browser.submit(page, { decision: 'deny' }), state, 'access_denied');
  });

  it('RFC 9207 §2.4: an answer that names another issuer is not taken', async () => {
    const { url, state } = await start(BASIC);
    const page = await visit(op.browser(), url);
    page.url.searchParams.set('iss', op.issuer.replace('/auth', ''));
    assertThrows(
      () => oauth.validateAuthResponse(as, clientOf(BASIC), page.url, state),
      oauth.OperationProcessingError,
    );
  });

  it('RFC 6749 §5.2: an unknown client, and one with a wrong secret, get the same answer', async () => {
    const attempt = await start(BASIC);
    const page = await visit(op.browser(), attempt.url);
    const refusals = await Promise.all(
      [BASIC, { ...BASIC, client_id: 'nobody' }].map(async ({ client_id }) => {
        const response = await oauth.authorizationCodeGrantRequest(
          as,
          { client_id },
          oauth.ClientSecretBasic('wrong'),
          oauth.validateAuthResponse(as, clientOf(BASIC), page.url, attempt.state),
          redirectUri(BASIC),
          attempt.code_verifier,
          INSECURE,
        );
        return [
          response.status,
          response.headers.get('www-authenticate')?.split(' ')[0],
          await response.text(),
        ];
      }),
    );
    assertEquals(refusals[0]?.slice(0, 2), [401, 'Basic']);
    assertEquals(refusals[0], refusals[1]);
  });
});

function clientOf({ client_id, id_token_signed_response_alg }: TestClient): oauth.Client {
  return { client_id, id_token_signed_response_alg };
}

function authenticationOf({ token_endpoint_auth_method }: TestClient): oauth.ClientAuth {
  switch (token_endpoint_auth_method) {
    case 'client_secret_basic':
      return oauth.ClientSecretBasic(SECRET);
    case 'client_secret_post':
      return oauth.ClientSecretPost(SECRET);
    case 'none':
      return oauth.None();
  }
}

interface Started extends Attempt {
  readonly url: URL;
  readonly max_age: number | undefined;
}

async function start(
  client: TestClient,
  changes: Readonly<Record<string, string>> = {},
): Promise<Started> {
  const own = { redirect_uri: redirectUri(client), scope: SCOPE, ...changes };
  const { params, attempt } = await newAttempt(clientOf(client), own);
  const url = new URL(as.authorization_endpoint ?? '');
  for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value);
  const max_age = changes['max_age'] === undefined ? undefined : Number(changes['max_age']);
  return { ...attempt, url, max_age };
}

interface SignedIn {
  readonly tokens: oauth.TokenEndpointResponse;
  readonly claims: oauth.IDToken;
}

async function signIn(
  client: TestClient,
  changes: Readonly<Record<string, string>> = {},
  browser: Browser = op.browser(),
): Promise<SignedIn> {
  const attempt = await start(client, changes);
  const page = await visit(browser, attempt.url);
  return await redeem(client, attempt, page.url.searchParams);
}

async function redeem(
  client: TestClient,
  { state, nonce, code_verifier, max_age }: Started,
  answer: URLSearchParams,
): Promise<SignedIn> {
  const params = oauth.validateAuthResponse(as, clientOf(client), answer, state);
  const response = await oauth.authorizationCodeGrantRequest(
    as,
    clientOf(client),
    authenticationOf(client),
    params,
    redirectUri(client),
    code_verifier,
    INSECURE,
  );
  const tokens = await oauth.processAuthorizationCodeResponse(as, clientOf(client), response, {
    expectedNonce: nonce,
    requireIdToken: true,
    ...(max_age === undefined ? {} : { maxAge: max_age }),
  });
  await oauth.validateApplicationLevelSignature(as, response, INSECURE);
  const claims = oauth.getValidatedIdTokenClaims(tokens);
  assert(claims, 'there is no ID token');
  return { tokens, claims };
}

async function refresh(
  client: TestClient,
  { refresh_token = '' }: oauth.TokenEndpointResponse,
): Promise<oauth.TokenEndpointResponse> {
  const response = await oauth.refreshTokenGrantRequest(
    as,
    clientOf(client),
    authenticationOf(client),
    refresh_token,
    INSECURE,
  );
  return await oauth.processRefreshTokenResponse(as, clientOf(client), response);
}

async function revoke(client: TestClient, token: string): Promise<void> {
  const authentication = authenticationOf(client);
  const response = await oauth.revocationRequest(
    as,
    clientOf(client),
    authentication,
    token,
    INSECURE,
  );
  await oauth.processRevocationResponse(response);
}

async function introspect(
  client: TestClient,
  token: string,
): Promise<oauth.IntrospectionResponse> {
  const authentication = authenticationOf(client);
  const response = await oauth.introspectionRequest(
    as,
    clientOf(client),
    authentication,
    token,
    INSECURE,
  );
  return await oauth.processIntrospectionResponse(as, clientOf(client), response);
}

async function userinfoStatus(access_token: string): Promise<number> {
  const response = await fetch(as.userinfo_endpoint ?? '', {
    headers: { authorization: `Bearer ${access_token}` },
  });
  await response.body?.cancel();
  return response.status;
}

function apiRequest(access_token: string): Request {
  return new Request(RESOURCE, { headers: { authorization: `Bearer ${access_token}` } });
}

function assertAnswer(client: TestClient, page: Page, state: string, code: string): void {
  const error = assertThrows(
    () => oauth.validateAuthResponse(as, clientOf(client), page.url, state),
    oauth.AuthorizationResponseError,
  );
  assertEquals(error.error, code);
}

async function assertRefused(action: () => Promise<unknown>, code: string): Promise<void> {
  const error = await assertRejects(action, oauth.ResponseBodyError);
  assertEquals(error.error, code);
}
