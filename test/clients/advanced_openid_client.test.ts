import { X509Certificate } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import * as oidc from 'openid-client';
import { assert, assertEquals, assertRejects } from '../support/assert.ts';
import { hiddenFields, type Page } from '../support/browser.ts';
import { createHolder } from '../support/holder.ts';
import { CLAIMS } from '../support/op.ts';
import { openTwins, REDIRECT_URI, SCOPE } from './app.ts';
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
import { ISSUED, SELF_SIGNED } from './certificates.ts';
import { visit } from './clients.ts';
import { discover, type Discovery, newAttempt, throughProxy } from './with_openid_client.ts';

const BY_SECRET: Discovery = { authentication: oidc.ClientSecretBasic(SECRET) };

const holder = createHolder();
let op: AdvancedOp;
/** Proofs need a nonce here, and certificates come through a proxy. */
let strict: AdvancedOp;

describe('openid-client beyond the plain code flow', () => {
  before(() =>
    holder.open(async (hold) => {
      [op, strict] = await openTwins(hold, startAdvancedOp, {
        trusted_proxies: ['127.0.0.1', '::1'],
      });
    })
  );
  after(() => holder.close());

  it('RFC 9126 §2, §4: a pushed request', async () => {
    const config = await discover(op, 'app', BY_SECRET);
    const { params, checks } = await newAttempt();
    const url = await oidc.buildAuthorizationUrlWithPAR(config, params);
    assertEquals([...url.searchParams.keys()].sort(), ['client_id', 'request_uri']);
    const tokens = await redeem(config, await visit(op.browser(), url), checks);
    assertEquals(tokens.scope, SCOPE);
  });

  it('RFC 9101 §5.1: a request object by value', async () => {
    const config = await discover(op, 'app', BY_SECRET);
    const { params, checks } = await newAttempt();
    const url = await oidc.buildAuthorizationUrlWithJAR(config, params, SIGNING_KEY);
    assertEquals([...url.searchParams.keys()].sort(), ['client_id', 'request']);
    await redeem(config, await visit(op.browser(), url), checks);
  });

  it('RFC 9101 §5.2: a request object that is fetched from the client', async () => {
    const config = await discover(op, 'app', BY_SECRET);
    const { params, checks } = await newAttempt();
    const signed = await oidc.buildAuthorizationUrlWithJAR(config, params, SIGNING_KEY);
    op.publish(signed.searchParams.get('request') ?? '');
    const url = new URL(signed);
    url.searchParams.delete('request');
    url.searchParams.set('request_uri', op.request_uri);
    await redeem(config, await visit(op.browser(), url), checks);
  });

  it('RFC 9126 §3: a request object that is pushed, of a client that must do both', async () => {
    const config = await discover(op, 'pushing', BY_SECRET);
    const { params, checks } = await newAttempt();
    const signed = await oidc.buildAuthorizationUrlWithJAR(config, params, SIGNING_KEY);
    const url = await oidc.buildAuthorizationUrlWithPAR(config, signed.searchParams);
    await redeem(config, await visit(op.browser(), url), checks);
    const error = await assertRejects(
      () => oidc.buildAuthorizationUrlWithPAR(config, params),
      oidc.ResponseBodyError,
    );
    assertEquals(error.error, 'invalid_request');
  });

  it('JARM §2.3: the response mode jwt', async () => {
    const config = await discover(op, 'app', { ...BY_SECRET, execute: [oidc.useJwtResponseMode] });
    const { url, checks } = await authorizationUrl(config);
    const page = await visit(op.browser(), url);
    assertEquals([...page.url.searchParams.keys()], ['response']);
    await redeem(config, page, checks);
  });

  it('JARM §4.4: a refusal in the response mode jwt', async () => {
    const config = await discover(op, 'app', { ...BY_SECRET, execute: [oidc.useJwtResponseMode] });
    const { url, checks } = await authorizationUrl(config, { prompt: 'none' });
    const error = await assertRejects(
      async () => await redeem(config, await op.browser().get(url.href), checks),
      oidc.AuthorizationResponseError,
    );
    assertEquals(error.error, 'login_required');
  });

  for (
    const [name, execute] of [
      ['Core §3.3: code id_token', []],
      ['FAPI 1.0 Advanced §5.1: code id_token with s_hash', [
        oidc.enableDetachedSignatureResponseChecks,
      ]],
    ] as const
  ) {
    it(name, async () => {
      const config = await discover(op, 'app', {
        ...BY_SECRET,
        execute: [oidc.useCodeIdTokenResponseType, ...execute],
      });
      const { url, checks } = await authorizationUrl(config);
      const page = await visit(op.browser(), url);
      assert(new URLSearchParams(page.url.hash.slice(1)).has('id_token'));
      await redeem(config, page, checks);
    });
  }

  it('Core §3.2: id_token', async () => {
    const config = await discover(op, 'app', {
      ...BY_SECRET,
      execute: [oidc.useIdTokenResponseType],
    });
    const { params, checks } = await newAttempt({ scope: 'openid profile' });
    const { code_challenge: _, code_challenge_method: __, ...others } = params;
    const page = await visit(op.browser(), oidc.buildAuthorizationUrl(config, others));
    const claims = await oidc.implicitAuthentication(
      config,
      page.url,
      checks.expectedNonce ?? '',
      { expectedState: checks.expectedState ?? '' },
    );
    assertEquals([claims.aud, claims['name']], ['app', CLAIMS['name']]);
  });

  for (
    const [response_type, execute] of [
      ['code', []],
      ['code id_token', [oidc.useCodeIdTokenResponseType]],
    ] as const
  ) {
    it(`Form Post Response Mode §2: ${response_type}`, async () => {
      const config = await discover(op, 'app', { ...BY_SECRET, execute });
      const { url, checks } = await authorizationUrl(config, { response_mode: 'form_post' });
      const request = postOf(await visit(op.browser(), url));
      const tokens = await oidc.authorizationCodeGrant(config, request, checks);
      assertEquals(tokens.claims()?.aud, 'app');
    });
  }

  it('Form Post Response Mode §2: id_token', async () => {
    const config = await discover(op, 'app', {
      ...BY_SECRET,
      execute: [oidc.useIdTokenResponseType],
    });
    const { params, checks } = await newAttempt({ scope: 'openid', response_mode: 'form_post' });
    const url = oidc.buildAuthorizationUrl(config, params);
    const claims = await oidc.implicitAuthentication(
      config,
      postOf(await visit(op.browser(), url)),
      checks.expectedNonce ?? '',
      { expectedState: checks.expectedState ?? '' },
    );
    assertEquals(claims.aud, 'app');
  });

  for (
    const [client_id, authentication] of [
      ['private', oidc.PrivateKeyJwt(SIGNING_KEY)],
      ['secret', oidc.ClientSecretJwt(SECRET)],
    ] as const
  ) {
    it(`RFC 7523 §2.2: ${client_id}_jwt at every endpoint`, async () => {
      const config = await discover(op, client_id, { authentication });
      const { params, checks } = await newAttempt();
      const url = await oidc.buildAuthorizationUrlWithPAR(config, params);
      const tokens = await redeem(config, await visit(op.browser(), url), checks);
      const fresh = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '');
      const told = await oidc.tokenIntrospection(config, fresh.access_token);
      assertEquals([told.active, told.client_id], [true, client_id]);
      await oidc.tokenRevocation(config, fresh.access_token);
      assertEquals((await oidc.tokenIntrospection(config, fresh.access_token)).active, false);
    });
  }

  it('RFC 6749 §4.4, RFC 8707 §2: client credentials for a resource', async () => {
    const config = await discover(op, 'app', BY_SECRET);
    const tokens = await oidc.clientCredentialsGrant(config, { scope: 'read', resource: RESOURCE });
    assertEquals([tokens.token_type, tokens.scope, tokens.refresh_token], [
      'bearer',
      'read',
      undefined,
    ]);
    const { aud, sub, iss } = decodeJwt(tokens.access_token);
    assertEquals([aud, sub, iss], [RESOURCE, 'app', op.issuer]);
  });

  it('RFC 9396 §7: authorization details are agreed to and told', async () => {
    const config = await discover(op, 'app', BY_SECRET);
    const { params, checks } = await newAttempt({
      authorization_details: JSON.stringify([PAYMENT]),
    });
    const url = await oidc.buildAuthorizationUrlWithPAR(config, params);
    const tokens = await redeem(config, await visit(op.browser(), url), checks);
    assertEquals(tokens.authorization_details, [PAYMENT]);
    const told = await oidc.tokenIntrospection(config, tokens.access_token);
    assertEquals(told.authorization_details, [PAYMENT]);
  });

  for (const client_id of ['signed', 'encrypted']) {
    it(`Core §5.3.2, RFC 9701 §5, JARM §2.2: all answers ${client_id}`, async () => {
      const config = await discover(op, client_id, {
        ...BY_SECRET,
        metadata: PROTECTED,
        execute: [oidc.enableNonRepudiationChecks, oidc.useJwtResponseMode],
      });
      if (client_id === 'encrypted') oidc.enableDecryptingResponses(config, [ENC], ENCRYPTION_KEY);
      const { url, checks } = await authorizationUrl(config);
      const page = await visit(op.browser(), url);
      const tokens = await redeem(config, page, checks);
      const sub = tokens.claims()?.sub ?? '';
      const userinfo = await oidc.fetchUserInfo(config, tokens.access_token, sub);
      assertEquals([userinfo.name, userinfo['iss'], userinfo['aud']], [
        CLAIMS['name'],
        op.issuer,
        client_id,
      ]);
      const told = await oidc.tokenIntrospection(config, tokens.access_token);
      assertEquals([told.active, told.sub, told.client_id], [true, sub, client_id]);
      const sealed = client_id === 'encrypted';
      for (const jwt of [tokens.id_token ?? '', page.url.searchParams.get('response') ?? '']) {
        assertEquals(decodeProtectedHeader(jwt)['enc'], sealed ? ENC : undefined);
      }
      const responses = oidc.getDecryptedResponses(tokens);
      assertEquals(responses?.id_token?.token_endpoint !== undefined, sealed);
      assertEquals(responses?.authorization_response !== undefined, sealed);
      assertEquals(oidc.getDecryptedResponses(userinfo) !== undefined, sealed);
      assertEquals(oidc.getDecryptedResponses(told) !== undefined, sealed);
    });
  }

  it('RFC 9449 §5: a public client’s tokens are bound to its key, and refreshed with it', () =>
    walkDpop(op));

  it('RFC 9449 §8: the same where proofs need a nonce', () => walkDpop(strict));

  it('RFC 9449 §5: a client that must use DPoP is refused without', async () => {
    const config = await discover(op, 'spa', { authentication: oidc.None() });
    const { url, checks } = await authorizationUrl(config);
    const error = await assertRejects(
      async () => await redeem(config, await visit(op.browser(), url), checks),
      oidc.ResponseBodyError,
    );
    assertEquals(error.error, 'invalid_request');
  });

  it('RFC 9449 §10.1: a pushed request with a proof binds its code', async () => {
    const config = await discover(strict, 'app', BY_SECRET);
    const { params, checks } = await newAttempt();
    const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair());
    const other = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair());
    const url = await oidc.buildAuthorizationUrlWithPAR(config, params, { DPoP });
    const page = await visit(strict.browser(), url);
    const error = await assertRejects(
      () => oidc.authorizationCodeGrant(config, page.url, checks, undefined, { DPoP: other }),
      oidc.ResponseBodyError,
    );
    assertEquals(error.error, 'invalid_grant');
    const again = await oidc.buildAuthorizationUrlWithPAR(config, params, { DPoP });
    const { url: callback } = await visit(strict.browser(), again);
    const tokens = await oidc.authorizationCodeGrant(config, callback, checks, undefined, { DPoP });
    assertEquals(tokens.token_type, 'dpop');
  });

  it('RFC 8705 §2.1, §3, RFC 9440: certificates that a proxy passes on', async () => {
    const config = await discover(strict, 'issued', { authentication: oidc.TlsClientAuth() });
    config[oidc.customFetch] = throughProxy(ISSUED.cert);
    const { params, checks } = await newAttempt();
    const url = await oidc.buildAuthorizationUrlWithPAR(config, params);
    const tokens = await redeem(config, await visit(strict.browser(), url), checks);
    const sub = tokens.claims()?.sub ?? '';
    const told = await oidc.tokenIntrospection(config, tokens.access_token);
    const thumbprint = Buffer.from(
      new X509Certificate(ISSUED.cert).fingerprint256.replaceAll(':', ''),
      'hex',
    ).toString('base64url');
    assertEquals(told.cnf, { 'x5t#S256': thumbprint });
    assertEquals(
      (await oidc.fetchUserInfo(config, tokens.access_token, sub)).name,
      CLAIMS['name'],
    );
    await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '');
    config[oidc.customFetch] = throughProxy(SELF_SIGNED.cert);
    const stolen = await assertRejects(
      () => oidc.fetchUserInfo(config, tokens.access_token, sub),
      oidc.WWWAuthenticateChallengeError,
    );
    assertEquals(
      stolen.cause.find(({ scheme }) => scheme === 'bearer')?.parameters.error,
      'invalid_token',
    );
    const refused = await assertRejects(
      () => oidc.refreshTokenGrant(config, tokens.refresh_token ?? ''),
      oidc.WWWAuthenticateChallengeError,
    );
    const { error } = await refused.response.json() as { error: string };
    assertEquals([refused.status, error], [401, 'invalid_client']);
  });
});

async function authorizationUrl(
  config: oidc.Configuration,
  changes: Readonly<Record<string, string>> = {},
): Promise<{ readonly url: URL; readonly checks: oidc.AuthorizationCodeGrantChecks }> {
  const { params, checks } = await newAttempt(changes);
  return { url: oidc.buildAuthorizationUrl(config, params), checks };
}

async function redeem(
  config: oidc.Configuration,
  { url }: Page,
  checks: oidc.AuthorizationCodeGrantChecks,
) {
  return await oidc.authorizationCodeGrant(config, url, checks);
}

/** What the browser sends on from the page of form_post. */
function postOf(page: Page): Request {
  const fields = hiddenFields(page.text).map(([name, value]) => [name, value]);
  return new Request(REDIRECT_URI, { method: 'POST', body: new URLSearchParams(fields) });
}

async function walkDpop(on: AdvancedOp): Promise<void> {
  const config = await discover(on, 'spa', { authentication: oidc.None() });
  const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair());
  const { params, checks } = await newAttempt();
  const url = oidc.buildAuthorizationUrl(config, {
    ...params,
    dpop_jkt: await DPoP.calculateThumbprint(),
  });
  const { url: callback } = await visit(on.browser(), url);
  const tokens = await oidc.authorizationCodeGrant(config, callback, checks, undefined, { DPoP });
  assertEquals(tokens.token_type, 'dpop');
  const sub = tokens.claims()?.sub ?? '';
  const userinfo = await oidc.fetchUserInfo(config, tokens.access_token, sub, { DPoP });
  assertEquals(userinfo.name, CLAIMS['name']);
  const refresh_token = tokens.refresh_token ?? '';
  const fresh = await oidc.refreshTokenGrant(config, refresh_token, undefined, { DPoP });
  assertEquals(fresh.token_type, 'dpop');
  const next = fresh.refresh_token ?? '';
  const other = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair());
  const error = await assertRejects(
    () => oidc.refreshTokenGrant(config, next, undefined, { DPoP: other }),
    oidc.ResponseBodyError,
  );
  assertEquals(error.error, 'invalid_grant');
  await assertRejects(
    () => oidc.fetchUserInfo(config, fresh.access_token, sub, { DPoP: other }),
    oidc.WWWAuthenticateChallengeError,
  );
  await assertRejects(
    () => oidc.fetchUserInfo(config, fresh.access_token, sub),
    oidc.WWWAuthenticateChallengeError,
  );
}
