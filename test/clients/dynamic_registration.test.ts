/** RFC 7591, RFC 7592: client libraries register a client, use it, read, update and delete it. */
import { after, before, describe, it } from 'node:test';
import * as oauth from 'oauth4webapi';
import * as oidc from 'openid-client';
import { addRegistrationToken } from '../../src/engine/administration/registration_tokens.ts';
import { assert, assertEquals, assertNotEquals, assertRejects } from '../support/assert.ts';
import { createHolder } from '../support/holder.ts';
import { type RunningOp, startOp } from '../support/running_op.ts';
import { visit } from './clients.ts';
import { discoverServer, INSECURE } from './with_oauth4webapi.ts';

const REDIRECT_URI = 'https://rp.example/callback';
const METADATA = {
  redirect_uris: [REDIRECT_URI],
  client_name: 'Clock',
  'client_name#de': 'Uhr',
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  contacts: ['ops@rp.example'],
};

const holder = createHolder();
let op: RunningOp;

async function initialAccessToken(): Promise<string> {
  const outcome = await addRegistrationToken({ uses: 1 }, { kind: 'cli' }, op.instance.engine());
  assert(outcome.kind === 'done');
  return outcome.value.token;
}

interface Managed {
  readonly registration_client_uri: string;
  readonly registration_access_token: string;
  readonly [field: string]: unknown;
}

before(() =>
  holder.open(async (hold) => {
    op = await hold(startOp());
  })
);
after(() => holder.close());

describe('openid-client', () => {
  for (const token_endpoint_auth_method of ['client_secret_post', 'client_secret_basic', 'none']) {
    it(`registers, uses, reads, updates and deletes a client with ${token_endpoint_auth_method}`, async () => {
      const config = await register(token_endpoint_auth_method);
      const client = config.clientMetadata() as unknown as Managed;
      assertEquals(client['client_name#de'], 'Uhr');
      assertEquals(client['token_endpoint_auth_method'], token_endpoint_auth_method);
      const tokens = await signIn(config);
      const sub = tokens.claims()?.sub ?? '';
      assertEquals((await oidc.fetchUserInfo(config, tokens.access_token, sub)).sub, sub);
      const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '');
      assertNotEquals(refreshed.access_token, tokens.access_token);

      const read = await manage(config, client, 'GET');
      const { client_secret: _, ...shown } = client;
      assertEquals(await read.json(), shown);

      const body = { ...METADATA, token_endpoint_auth_method, client_id: client['client_id'] };
      const written = await manage(config, client, 'PUT', { ...body, client_name: 'Watch' });
      assertEquals(written.status, 200);
      const updated = await written.json() as Managed;
      assertEquals(updated['client_name'], 'Watch');
      await signIn(config);

      assertEquals((await manage(config, updated, 'DELETE')).status, 204);
      await assertRejects(
        () => oidc.refreshTokenGrant(config, refreshed.refresh_token ?? ''),
        oidc.WWWAuthenticateChallengeError,
      );
      await assertRejects(() => manage(config, updated, 'GET'), oidc.WWWAuthenticateChallengeError);
    });
  }

  it('takes refusals for what they are', async () => {
    const refused = await assertRejects(
      () => register('none', { redirect_uris: ['http://rp.example/callback'] }),
      oidc.ResponseBodyError,
    );
    assertEquals([refused.status, refused.error], [400, 'invalid_redirect_uri']);
    await assertRejects(
      () => oidc.dynamicClientRegistration(new URL(op.issuer), METADATA, undefined, options('')),
      oidc.WWWAuthenticateChallengeError,
    );
  });

  function options(token: string): oidc.DynamicClientRegistrationRequestOptions {
    return {
      execute: [oidc.allowInsecureRequests],
      ...token !== '' && { initialAccessToken: token },
    };
  }

  async function register(
    token_endpoint_auth_method: string,
    changes: Partial<oidc.ClientMetadata> = {},
  ): Promise<oidc.Configuration> {
    return await oidc.dynamicClientRegistration(
      new URL(op.issuer),
      { ...METADATA, token_endpoint_auth_method, ...changes },
      token_endpoint_auth_method === 'client_secret_basic' ? oidc.ClientSecretBasic() : undefined,
      options(await initialAccessToken()),
    );
  }

  async function signIn(config: oidc.Configuration) {
    const code_verifier = oidc.randomPKCECodeVerifier();
    const state = oidc.randomState();
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: REDIRECT_URI,
      scope: 'openid email offline_access',
      state,
      code_challenge: await oidc.calculatePKCECodeChallenge(code_verifier),
      code_challenge_method: 'S256',
    });
    const page = await visit(op.browser(), url);
    const checks = { pkceCodeVerifier: code_verifier, expectedState: state };
    return await oidc.authorizationCodeGrant(config, page.url, checks);
  }

  function manage(
    config: oidc.Configuration,
    { registration_access_token, registration_client_uri }: Managed,
    method: string,
    body?: object,
  ): Promise<Response> {
    return oidc.fetchProtectedResource(
      config,
      registration_access_token,
      new URL(registration_client_uri),
      method,
      body === undefined ? null : JSON.stringify(body),
      new Headers(body === undefined ? {} : { 'content-type': 'application/json' }),
    );
  }
});

describe('oauth4webapi', () => {
  it('registers, uses, reads, updates and deletes a client', async () => {
    const as = await discoverServer(op);
    const initial = { initialAccessToken: await initialAccessToken(), ...INSECURE };
    const client = await oauth.processDynamicClientRegistrationResponse(
      await oauth.dynamicClientRegistrationRequest(as, METADATA, initial),
    );
    await assertRejects(
      async () =>
        oauth.processDynamicClientRegistrationResponse(
          await oauth.dynamicClientRegistrationRequest(as, METADATA, initial),
        ),
      oauth.WWWAuthenticateChallengeError,
    );
    const authentication = oauth.ClientSecretBasic(String(client.client_secret));
    const signIn = async () => {
      const code_verifier = oauth.generateRandomCodeVerifier();
      const url = new URL(as.authorization_endpoint ?? '');
      url.search = new URLSearchParams({
        client_id: client.client_id,
        redirect_uri: REDIRECT_URI,
        response_type: 'code',
        scope: 'openid offline_access',
        code_challenge: await oauth.calculatePKCECodeChallenge(code_verifier),
        code_challenge_method: 'S256',
      }).toString();
      const page = await visit(op.browser(), url);
      const params = oauth.validateAuthResponse(as, client, page.url.searchParams);
      const response = await oauth.authorizationCodeGrantRequest(
        as,
        client,
        authentication,
        params,
        REDIRECT_URI,
        code_verifier,
        INSECURE,
      );
      return await oauth.processAuthorizationCodeResponse(as, client, response);
    };
    const tokens = await signIn();

    const manage = (shown: Managed, method: string, body?: object): Promise<Response> =>
      oauth.protectedResourceRequest(
        shown.registration_access_token,
        method,
        new URL(shown.registration_client_uri),
        new Headers(body === undefined ? {} : { 'content-type': 'application/json' }),
        body === undefined ? null : JSON.stringify(body),
        INSECURE,
      );
    const managed = client as unknown as Managed;
    const read = await (await manage(managed, 'GET')).json() as Managed;
    assertEquals(read['redirect_uris'], METADATA.redirect_uris);
    const { client_id } = client;
    const written = await manage(managed, 'PUT', { ...METADATA, client_id, scope: 'openid' });
    const updated = await written.json() as Managed;
    assertEquals(updated['scope'], 'openid');
    await assertRejects(() => manage(managed, 'GET'), oauth.WWWAuthenticateChallengeError);

    assertEquals((await manage(updated, 'DELETE')).status, 204);
    await assertRejects(
      async () =>
        oauth.processRefreshTokenResponse(
          as,
          client,
          await oauth.refreshTokenGrantRequest(
            as,
            client,
            authentication,
            tokens.refresh_token ?? '',
            INSECURE,
          ),
        ),
      oauth.WWWAuthenticateChallengeError,
    );
  });
});
