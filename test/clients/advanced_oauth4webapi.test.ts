import { after, before, describe, it } from 'node:test';
import { compactDecrypt } from 'jose';
import * as oauth from 'oauth4webapi';
import { assert, assertEquals, assertRejects } from '../support/assert.ts';
import { type Browser, hiddenFields, type Page } from '../support/browser.ts';
import { createHolder } from '../support/holder.ts';
import { CLAIMS } from '../support/op.ts';
import { openTwins, REDIRECT_URI } from './app.ts';
import {
  type AdvancedOp,
  ENC,
  ENCRYPTION_KEY,
  PAYMENT,
  PROTECTED,
  RESOURCE,
  SECRET,
  SIGNING_KEY,
  startAdvancedOp,
} from './advanced.ts';
import { visit } from './clients.ts';
import { type Attempt, discoverServer, INSECURE, newAttempt } from './with_oauth4webapi.ts';

const holder = createHolder();
let op: AdvancedOp;
let strict: AdvancedOp;

describe('oauth4webapi beyond the plain code flow', () => {
  before(() =>
    holder.open(async (hold) => {
      [op, strict] = await openTwins(hold, startAdvancedOp);
    })
  );
  after(() => holder.close());

  for (
    const [client_id, authentication] of [
      ['app', oauth.ClientSecretBasic(SECRET)],
      ['private', oauth.PrivateKeyJwt(SIGNING_KEY)],
      ['secret', oauth.ClientSecretJwt(SECRET)],
    ] as const
  ) {
    it(`RFC 9126 §2: ${client_id} pushes its request, redeems, refreshes, introspects, revokes`, async () => {
      const { as, client } = await discover(client_id);
      const { params, attempt } = await newAttempt(client);
      const url = await push(as, client, authentication, params);
      const { url: answer } = await visit(op.browser(), url);
      const parameters = oauth.validateAuthResponse(as, client, answer, attempt.state);
      const tokens = await redeem({ as, client, authentication, parameters, attempt });
      const fresh = await oauth.processRefreshTokenResponse(
        as,
        client,
        await oauth.refreshTokenGrantRequest(
          as,
          client,
          authentication,
          tokens.refresh_token ?? '',
          INSECURE,
        ),
      );
      const introspect = async () =>
        await oauth.processIntrospectionResponse(
          as,
          client,
          await oauth.introspectionRequest(
            as,
            client,
            authentication,
            fresh.access_token,
            INSECURE,
          ),
        );
      assertEquals((await introspect()).client_id, client_id);
      await oauth.processRevocationResponse(
        await oauth.revocationRequest(as, client, authentication, fresh.access_token, INSECURE),
      );
      assertEquals((await introspect()).active, false);
    });
  }

  for (const way of ['by value', 'by reference', 'pushed'] as const) {
    it(`RFC 9101 §5: a request object ${way}`, async () => {
      const { as, client, authentication } = await discover('app');
      const { params, attempt } = await newAttempt(client);
      const request = await oauth.issueRequestObject(as, client, params, SIGNING_KEY);
      op.publish(request);
      const { client_id } = client;
      const url = way === 'pushed'
        ? await push(as, client, authentication, { request })
        : authorizationUrl(
          as,
          way === 'by value' ? { client_id, request } : { client_id, request_uri: op.request_uri },
        );
      const { url: answer } = await visit(op.browser(), url);
      const parameters = oauth.validateAuthResponse(as, client, answer, attempt.state);
      await redeem({ as, client, authentication, parameters, attempt });
    });
  }

  for (const response_mode of ['jwt', 'query.jwt', 'fragment.jwt', 'form_post.jwt']) {
    for (const client_id of ['signed', 'encrypted']) {
      it(`JARM §2.3: ${response_mode}, ${client_id}`, async () => {
        const { as, client, authentication } = await discover(client_id);
        const { params, attempt } = await newAttempt(client, { response_mode });
        const answer = answerOf(await visit(op.browser(), authorizationUrl(as, params)));
        assertIsJwe(answer.get('response'), client_id);
        const parameters = await oauth.validateJwtAuthResponse(
          as,
          client,
          answer,
          attempt.state,
          { ...INSECURE, [oauth.jweDecrypt]: decrypt },
        );
        await redeem({ as, client, authentication, parameters, attempt });
      });
    }
  }

  for (const response_mode of ['fragment', 'form_post']) {
    for (const client_id of ['signed', 'encrypted']) {
      it(`Core §3.3: code id_token by ${response_mode}, ${client_id}`, async () => {
        const { as, client, authentication } = await discover(client_id);
        const { params, attempt } = await newAttempt(client, {
          response_mode,
          response_type: 'code id_token',
        });
        const answer = answerOf(await visit(op.browser(), authorizationUrl(as, params)));
        assertIsJwe(answer.get('id_token'), client_id);
        const options = { ...INSECURE, [oauth.jweDecrypt]: decrypt };
        const expected = [attempt.nonce, attempt.state, undefined, options] as const;
        const parameters = await oauth.validateCodeIdTokenResponse(
          as,
          client,
          answer,
          ...expected,
        );
        await oauth.validateDetachedSignatureResponse(as, client, answer, ...expected);
        await redeem({ as, client, authentication, parameters, attempt });
      });
    }
  }

  for (const client_id of ['signed', 'encrypted']) {
    it(`Core §5.3.2, RFC 9701 §5: UserInfo and introspection, ${client_id}`, async () => {
      const { as, client, authentication } = await discover(client_id);
      const { tokens, claims } = await signIn(as, client, authentication);
      const options = { [oauth.jweDecrypt]: decrypt };
      const answer = await oauth.userInfoRequest(as, client, tokens.access_token, INSECURE);
      assertIsJwe(await answer.clone().text(), client_id);
      const userinfo = await oauth.processUserInfoResponse(as, client, claims.sub, answer, options);
      assertEquals(userinfo.name, CLAIMS['name']);
      await oauth.validateApplicationLevelSignature(as, answer, INSECURE);
      const told = await oauth.introspectionRequest(
        as,
        client,
        authentication,
        tokens.access_token,
        INSECURE,
      );
      assertEquals(told.headers.get('content-type'), 'application/token-introspection+jwt');
      assertIsJwe(await told.clone().text(), client_id);
      const { active, sub } = await oauth.processIntrospectionResponse(as, client, told, options);
      assertEquals([active, sub], [true, claims.sub]);
      await oauth.validateApplicationLevelSignature(as, told, INSECURE);
    });
  }

  it('RFC 9701 §4: a JWT for whoever asks for one, RS256 where nothing is registered', async () => {
    const { as, client, authentication } = await discover('app');
    const { tokens } = await signIn(as, client, authentication);
    for (const requestJwtResponse of [true, false]) {
      const response = await oauth.introspectionRequest(
        as,
        client,
        authentication,
        tokens.access_token,
        { ...INSECURE, requestJwtResponse },
      );
      assertEquals(
        response.headers.get('content-type'),
        requestJwtResponse ? 'application/token-introspection+jwt' : 'application/json',
      );
      const told = await oauth.processIntrospectionResponse(
        as,
        { ...client, introspection_signed_response_alg: 'RS256' },
        response,
      );
      assertEquals(told.active, true);
    }
  });

  it('RFC 8707 §2, RFC 9068 §4: an API takes a token for it, and introspects it', async () => {
    const { as, client, authentication } = await discover('app');
    const { tokens } = await signIn(as, client, authentication, {
      scope: 'openid read',
      resource: RESOURCE,
    });
    const request = new Request(RESOURCE, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    const claims = await oauth.validateJwtAccessToken(as, request, RESOURCE, INSECURE);
    assertEquals(claims.client_id, 'app');
    const api = await discover('signed');
    const told = await oauth.processIntrospectionResponse(
      as,
      api.client,
      await oauth.introspectionRequest(
        as,
        api.client,
        api.authentication,
        tokens.access_token,
        INSECURE,
      ),
    );
    assertEquals([told.active, told.aud], [true, [RESOURCE, op.issuer]]);
  });

  it('RFC 9396 §7, §9: authorization details, in the answer and in the token', async () => {
    const { as, client, authentication } = await discover('app');
    const authorization_details = JSON.stringify([PAYMENT]);
    const { tokens } = await signIn(as, client, authentication, { authorization_details });
    assertEquals(tokens.authorization_details, [PAYMENT]);
    const request = new Request(RESOURCE, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    const claims = await oauth.validateJwtAccessToken(as, request, op.issuer, INSECURE);
    assertEquals(claims.authorization_details, [PAYMENT]);
  });

  it('RFC 6749 §4.4, RFC 9449 §6.1: client credentials bound to a key, and an API that checks', async () => {
    const { as, client, authentication } = await discover('app');
    const pair = await oauth.generateKeyPair('ES256');
    const tokens = await oauth.processClientCredentialsResponse(
      as,
      client,
      await oauth.clientCredentialsGrantRequest(
        as,
        client,
        authentication,
        { scope: 'read', resource: RESOURCE },
        { ...INSECURE, DPoP: oauth.DPoP(client, pair) },
      ),
    );
    assertEquals(tokens.token_type, 'dpop');
    let seen: Request | undefined;
    await oauth.protectedResourceRequest(
      tokens.access_token,
      'GET',
      new URL(RESOURCE),
      undefined,
      undefined,
      {
        DPoP: oauth.DPoP(client, pair),
        [oauth.customFetch]: (url, options) => {
          seen = new Request(url, options as RequestInit);
          return Promise.resolve(new Response());
        },
      },
    );
    assert(seen !== undefined);
    const claims = await oauth.validateJwtAccessToken(as, seen, RESOURCE, {
      ...INSECURE,
      requireDPoP: true,
    });
    assertEquals([claims.sub, claims.scope], ['app', 'read']);
  });

  for (const name of ['as it is', 'with nonces']) {
    it(`RFC 9449 §5, §8: DPoP of a public client, ${name}`, async () => {
      const on = name === 'with nonces' ? strict : op;
      const { as, client } = await discover('spa', on);
      const dpop = oauth.DPoP(client, await oauth.generateKeyPair('ES256'));
      const options = { ...INSECURE, DPoP: dpop };
      const { params, attempt } = await newAttempt(client);
      const browser = on.browser();
      const { url } = await visit(browser, authorizationUrl(as, params));
      const parameters = oauth.validateAuthResponse(as, client, url, attempt.state);
      let refusals = 0;
      /** A proof without nonce is sent again with the one that the refusal gave. */
      const retried = async <T>(action: () => Promise<T>): Promise<T> => {
        try {
          return await action();
        } catch (error) {
          if (!oauth.isDPoPNonceError(error)) throw error;
          refusals++;
          return await action();
        }
      };
      const tokens = await retried(async () =>
        await oauth.processAuthorizationCodeResponse(
          as,
          client,
          await oauth.authorizationCodeGrantRequest(
            as,
            client,
            oauth.None(),
            parameters,
            REDIRECT_URI,
            attempt.code_verifier,
            options,
          ),
          { expectedNonce: attempt.nonce, requireIdToken: true },
        )
      );
      assertEquals(tokens.token_type, 'dpop');
      const fresh = await retried(async () =>
        await oauth.processRefreshTokenResponse(
          as,
          client,
          await oauth.refreshTokenGrantRequest(
            as,
            client,
            oauth.None(),
            tokens.refresh_token ?? '',
            options,
          ),
        )
      );
      const { sub } = oauth.getValidatedIdTokenClaims(tokens) ?? { sub: '' };
      const userinfo = await retried(async () =>
        await oauth.processUserInfoResponse(
          as,
          client,
          sub,
          await oauth.userInfoRequest(as, client, fresh.access_token, options),
        )
      );
      assertEquals(userinfo.name, CLAIMS['name']);
      assertEquals(refusals, name === 'with nonces' ? 1 : 0);
      await assertRejects(async () => {
        const bearer = await oauth.userInfoRequest(as, client, fresh.access_token, INSECURE);
        await oauth.processUserInfoResponse(as, client, sub, bearer);
      }, oauth.WWWAuthenticateChallengeError);
    });
  }
});

interface Discovered {
  readonly as: oauth.AuthorizationServer;
  readonly client: oauth.Client;
  readonly authentication: oauth.ClientAuth;
}

async function discover(client_id: string, on: AdvancedOp = op): Promise<Discovered> {
  const isProtected = client_id === 'signed' || client_id === 'encrypted';
  return {
    as: await discoverServer(on),
    client: {
      client_id,
      id_token_signed_response_alg: 'ES256',
      authorization_signed_response_alg: 'ES256',
      ...isProtected ? PROTECTED : {},
    },
    authentication: oauth.ClientSecretBasic(SECRET),
  };
}

function authorizationUrl(
  as: oauth.AuthorizationServer,
  params: Readonly<Record<string, string>>,
): URL {
  const url = new URL(as.authorization_endpoint ?? '');
  for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value);
  return url;
}

async function push(
  as: oauth.AuthorizationServer,
  client: oauth.Client,
  authentication: oauth.ClientAuth,
  params: Record<string, string>,
): Promise<URL> {
  const response = await oauth.pushedAuthorizationRequest(
    as,
    client,
    authentication,
    params,
    INSECURE,
  );
  const { request_uri } = await oauth.processPushedAuthorizationResponse(as, client, response);
  return authorizationUrl(as, { client_id: client.client_id, request_uri });
}

/** What came back, wherever it stood. */
function answerOf(page: Page): URLSearchParams {
  if (page.url.origin !== new URL(REDIRECT_URI).origin) {
    return new URLSearchParams(hiddenFields(page.text).map(([name, value]) => [name, value]));
  }
  return new URLSearchParams((page.url.hash || page.url.search).slice(1));
}

interface Redemption extends Discovered {
  readonly parameters: URLSearchParams;
  readonly attempt: Attempt;
}

async function redeem(
  { as, client, authentication, parameters, attempt }: Redemption,
): Promise<oauth.TokenEndpointResponse> {
  const response = await oauth.authorizationCodeGrantRequest(
    as,
    client,
    authentication,
    parameters,
    REDIRECT_URI,
    attempt.code_verifier,
    INSECURE,
  );
  const tokens = await oauth.processAuthorizationCodeResponse(as, client, response, {
    expectedNonce: attempt.nonce,
    requireIdToken: true,
    [oauth.jweDecrypt]: decrypt,
  });
  await oauth.validateApplicationLevelSignature(as, response, INSECURE);
  return tokens;
}

async function signIn(
  as: oauth.AuthorizationServer,
  client: oauth.Client,
  authentication: oauth.ClientAuth,
  changes: Readonly<Record<string, string>> = {},
  browser: Browser = op.browser(),
): Promise<{ readonly tokens: oauth.TokenEndpointResponse; readonly claims: oauth.IDToken }> {
  const { params, attempt } = await newAttempt(client, changes);
  const { url } = await visit(browser, authorizationUrl(as, params));
  const parameters = oauth.validateAuthResponse(as, client, url, attempt.state);
  const tokens = await redeem({ as, client, authentication, parameters, attempt });
  const claims = oauth.getValidatedIdTokenClaims(tokens);
  assert(claims, 'there is no ID token');
  return { tokens, claims };
}

function assertIsJwe(jwt: string | null, client_id: string): void {
  assertEquals(jwt?.split('.').length, client_id === 'encrypted' ? 5 : 3);
}

async function decrypt(jwe: string): Promise<string> {
  const { plaintext, protectedHeader } = await compactDecrypt(jwe, ENCRYPTION_KEY.key);
  assertEquals([protectedHeader.alg, protectedHeader.enc], [ENCRYPTION_KEY.alg, ENC]);
  return new TextDecoder().decode(plaintext);
}
