/** The whole flow of FAPI 2.0 as certified client libraries run it. */
import { after, before, describe, it } from 'node:test';
import * as oauth from 'oauth4webapi';
import * as oidc from 'openid-client';
import { assert, assertEquals, assertRejects } from '../support/assert.ts';
import { createHolder } from '../support/holder.ts';
import { CLAIMS } from '../support/op.ts';
import type { RunningOp } from '../support/running_op.ts';
import { openTwins, REDIRECT_URI } from './app.ts';
import { ISSUED } from './certificates.ts';
import { visit } from './clients.ts';
import { SIGNING_KEY, startFapiOp } from './fapi.ts';
import { discoverServer, INSECURE, newAttempt as newOAuthAttempt } from './with_oauth4webapi.ts';
import { discover, type Discovery, newAttempt, throughProxy } from './with_openid_client.ts';

const BY_KEY: Discovery = { authentication: oidc.PrivateKeyJwt(SIGNING_KEY) };

const holder = createHolder();
let op: RunningOp;
let strict: RunningOp;

describe('FAPI 2.0 with openid-client', () => {
  before(() =>
    holder.open(async (hold) => {
      [op, strict] = await openTwins(hold, startFapiOp);
    })
  );
  after(() => holder.close());

  for (const name of ['as it is', 'where proofs need a nonce']) {
    it(`Security Profile: PAR, private_key_jwt, DPoP, ${name}`, async () => {
      const on = name === 'as it is' ? op : strict;
      const config = await discover(on, 'dpop', BY_KEY);
      const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair());
      const { params, checks } = await newAttempt();
      const url = await oidc.buildAuthorizationUrlWithPAR(config, params, { DPoP });
      assertEquals([...url.searchParams.keys()].sort(), ['client_id', 'request_uri']);
      const { url: callback } = await visit(on.browser(), url);
      assertEquals(callback.searchParams.get('iss'), on.issuer);
      const tokens = await oidc.authorizationCodeGrant(config, callback, checks, undefined, {
        DPoP,
      });
      assertEquals(tokens.token_type, 'dpop');
      const sub = tokens.claims()?.sub ?? '';
      const refresh_token = tokens.refresh_token ?? '';
      const fresh = await oidc.refreshTokenGrant(config, refresh_token, undefined, { DPoP });
      assertEquals(fresh.refresh_token, refresh_token);
      const userinfo = await oidc.fetchUserInfo(config, fresh.access_token, sub, { DPoP });
      assertEquals(userinfo.name, CLAIMS['name']);
      const other = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair());
      await assertRejects(
        () => oidc.fetchUserInfo(config, fresh.access_token, sub, { DPoP: other }),
        oidc.WWWAuthenticateChallengeError,
      );
    });
  }

  for (const client_id of ['certificate', 'tls']) {
    it(`Security Profile: PAR and tokens bound to the certificate: ${client_id}`, async () => {
      const discovery = client_id === 'tls' ? { authentication: oidc.TlsClientAuth() } : BY_KEY;
      const config = await discover(op, client_id, discovery);
      config[oidc.customFetch] = throughProxy(ISSUED.cert);
      const { params, checks } = await newAttempt();
      const url = await oidc.buildAuthorizationUrlWithPAR(config, params);
      const { url: callback } = await visit(op.browser(), url);
      const tokens = await oidc.authorizationCodeGrant(config, callback, checks);
      const sub = tokens.claims()?.sub ?? '';
      assertEquals((await oidc.fetchUserInfo(config, tokens.access_token, sub)).sub, sub);
      config[oidc.customFetch] = fetch as oidc.CustomFetch;
      await assertRejects(
        () => oidc.fetchUserInfo(config, tokens.access_token, sub),
        oidc.WWWAuthenticateChallengeError,
      );
    });
  }

  it('Security Profile: tokens bound to the certificate, where there are aliases for that', async () => {
    const mtls = 'https://mtls.op.example';
    const aliased = await startFapiOp({ mtls_endpoint_aliases: mtls });
    try {
      const config = await discover(aliased, 'certificate', {
        ...BY_KEY,
        metadata: { use_mtls_endpoint_aliases: true },
      });
      const asked: string[] = [];
      const proxied = throughProxy(ISSUED.cert);
      // What the name of that host stands for: a proxy that has seen the certificate.
      config[oidc.customFetch] = async (url, options) => {
        asked.push(url);
        return await proxied(url.replace(mtls, aliased.issuer), options);
      };
      const { params, checks } = await newAttempt();
      const url = await oidc.buildAuthorizationUrlWithPAR(config, params);
      const { url: callback } = await visit(aliased.browser(), url);
      const tokens = await oidc.authorizationCodeGrant(config, callback, checks);
      const sub = tokens.claims()?.sub ?? '';
      await oidc.fetchUserInfo(config, tokens.access_token, sub);
      const calls = asked.filter((each) => !each.endsWith('/jwks'));
      assertEquals(calls, ['/par', '/token', '/userinfo'].map((path) => mtls + path));
    } finally {
      await aliased.close();
    }
  });

  it('Message Signing: a signed request, pushed; a signed response; signed introspection', async () => {
    const config = await discover(op, 'signing', {
      ...BY_KEY,
      metadata: {
        id_token_signed_response_alg: 'PS256',
        authorization_signed_response_alg: 'PS256',
        introspection_signed_response_alg: 'PS256',
      },
      execute: [oidc.useJwtResponseMode, oidc.enableNonRepudiationChecks],
    });
    const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair());
    const { params, checks } = await newAttempt();
    const signed = await oidc.buildAuthorizationUrlWithJAR(config, params, SIGNING_KEY);
    const url = await oidc.buildAuthorizationUrlWithPAR(config, signed.searchParams, { DPoP });
    const { url: callback } = await visit(op.browser(), url);
    assertEquals([...callback.searchParams.keys()], ['response']);
    const tokens = await oidc.authorizationCodeGrant(config, callback, checks, undefined, { DPoP });
    const told = await oidc.tokenIntrospection(config, tokens.access_token);
    assertEquals([told.active, told.client_id], [true, 'signing']);
    const error = await assertRejects(
      () => oidc.buildAuthorizationUrlWithPAR(config, params, { DPoP }),
      oidc.ResponseBodyError,
    );
    assertEquals(error.error, 'invalid_request');
  });
});

describe('FAPI 2.0 with oauth4webapi', () => {
  before(() =>
    holder.open(async (hold) => {
      op = await hold(startFapiOp());
    })
  );
  after(() => holder.close());

  for (const client_id of ['dpop', 'signing']) {
    it(`PAR, private_key_jwt, DPoP, and what ${client_id} is held to beside`, async () => {
      const isSigning = client_id === 'signing';
      const as = await discoverServer(op);
      assertEquals(as.require_pushed_authorization_requests, true);
      const client: oauth.Client = {
        client_id,
        id_token_signed_response_alg: isSigning ? 'PS256' : 'ES256',
        authorization_signed_response_alg: 'PS256',
      };
      const authentication = oauth.PrivateKeyJwt(SIGNING_KEY);
      const options = {
        ...INSECURE,
        DPoP: oauth.DPoP(client, await oauth.generateKeyPair('ES256')),
      };
      const { params, attempt: { code_verifier, state, nonce } } = await newOAuthAttempt(
        client,
        isSigning ? { response_mode: 'jwt' } : {},
      );
      const pushed = await oauth.processPushedAuthorizationResponse(
        as,
        client,
        await oauth.pushedAuthorizationRequest(
          as,
          client,
          authentication,
          isSigning
            ? { request: await oauth.issueRequestObject(as, client, params, SIGNING_KEY) }
            : params,
          options,
        ),
      );
      assert(pushed.expires_in < 600);
      const url = new URL(as.authorization_endpoint ?? '');
      url.search = String(new URLSearchParams({ client_id, request_uri: pushed.request_uri }));
      const { url: callback } = await visit(op.browser(), url);
      const parameters = isSigning
        ? await oauth.validateJwtAuthResponse(as, client, callback, state, INSECURE)
        : oauth.validateAuthResponse(as, client, callback, state);
      const response = await oauth.authorizationCodeGrantRequest(
        as,
        client,
        authentication,
        parameters,
        REDIRECT_URI,
        code_verifier,
        options,
      );
      const tokens = await oauth.processAuthorizationCodeResponse(as, client, response, {
        expectedNonce: nonce,
        requireIdToken: true,
      });
      assertEquals(tokens.token_type, 'dpop');
      const { sub } = oauth.getValidatedIdTokenClaims(tokens) ?? { sub: '' };
      const userinfo = await oauth.processUserInfoResponse(
        as,
        client,
        sub,
        await oauth.userInfoRequest(as, client, tokens.access_token, options),
      );
      assertEquals(userinfo.name, CLAIMS['name']);
    });
  }
});
