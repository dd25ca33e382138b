/**
 * FAPI 2.0 Security Profile (final) at the PAR and authorization endpoints, as the OpenID Foundation's modules
 * `fapi2-security-profile-final-*` look at it: each `it` begins with the module's name.
 */
import { decodeProtectedHeader } from 'jose';
import { describe, it } from 'node:test';
import { parseConfig } from '../../src/config/parse.ts';
import { assert, assertEquals } from '../support/assert.ts';
import { has, openBrowser, textOf } from '../support/browser.ts';
import {
  ASSERTION_TYPE,
  FAPI_CLIENTS,
  fapiClient,
  newSigningKey,
  openFapi,
  OTHER_KEY,
  urlOf,
} from '../support/fapi.ts';
import {
  ALICE,
  answerOf,
  assertRefused,
  authorizationUrl,
  CHALLENGE,
  claimsOf,
  REDIRECT_URI,
  tokensOf,
  VERIFIER,
} from '../support/flow.ts';
import { CLAIMS, ISSUER } from '../support/op.ts';

const TEN_MINUTES = { pushed_authorization_request: '10m' };

describe('FAPI 2.0 SP §5.3.2: what a good client gets', () => {
  it('happy-flow: private_key_jwt, PAR, PKCE, DPoP, UserInfo', async () => {
    const client = await fapiClient(await openFapi());
    const response = await client.push();
    assertEquals(response.status, 201);
    const { expires_in } = await response.json() as { expires_in: number };
    assert(expires_in < 600);
    const page = await client.visit(await client.pushed());
    const { code = '', state, iss, session_state: _, ...others } = answerOf(page);
    assertEquals([state, iss, others], ['a state', ISSUER, {}]);
    const tokens = await tokensOf(await client.redeem(code));
    assertEquals(tokens.token_type, 'DPoP');
    assertEquals(decodeProtectedHeader(tokens.id_token).alg, 'ES256');
    assertEquals(claimsOf(tokens.id_token)['nonce'], 'a nonce');
    assertEquals((await client.userinfo(tokens.access_token)).status, 200);
  });

  it('happy-flow: with tokens bound to the certificate', async () => {
    const op = await openFapi();
    const client = await fapiClient(op, { client_id: 'bound', isBoundToCertificate: true });
    const tokens = await client.tokens();
    assertEquals(tokens.token_type, 'Bearer');
    assertEquals((await client.userinfo(tokens.access_token)).status, 200);
    const headers = { authorization: `Bearer ${tokens.access_token}` };
    await assertRefused(await op.fetch('/userinfo', { headers }), 'invalid_token', 401);
  });

  it('discovery-end-point-verification: what the profile asks for is there', async () => {
    const response = await (await openFapi()).fetch('/.well-known/openid-configuration');
    const metadata = await response.json() as Record<string, readonly string[]>;
    for (
      const [member, value] of [
        ['token_endpoint_auth_methods_supported', 'private_key_jwt'],
        ['token_endpoint_auth_signing_alg_values_supported', 'PS256'],
        ['id_token_signing_alg_values_supported', 'PS256'],
        ['dpop_signing_alg_values_supported', 'ES256'],
        ['code_challenge_methods_supported', 'S256'],
      ] as const
    ) assert(metadata[member]?.includes(value), member);
    assertEquals(metadata['tls_client_certificate_bound_access_tokens'], true as never);
  });

  it('test-claims-parameter-identity-claims: each that is supported comes, however it is asked for', async () => {
    const client = await fapiClient(await openFapi());
    const names = Object.keys(CLAIMS);
    const forms = [
      null,
      { essential: true },
      { essential: false },
      { xyz: 'a member nobody knows' },
      { essential: false, xyz: { a: [1] } },
    ];
    const asked = Object.fromEntries(names.map((name, i) => [name, forms[i % forms.length]]));
    const claims = JSON.stringify({
      id_token: { ...asked, aB3dE: null },
      userinfo: { ...asked, fG7hI: { essential: true } },
      jK9lM: { nO1pQ: { essential: true } },
    });
    const code = await client.code({ claims, scope: 'openid' });
    const tokens = await tokensOf(await client.redeem(code));
    const userinfo = await (await client.userinfo(tokens.access_token)).json() as Record<
      string,
      unknown
    >;
    for (const told of [claimsOf(tokens.id_token), userinfo]) {
      assertEquals(names.filter((name) => !(name in told)), []);
    }
  });

  it('user-rejects-authentication: access_denied, with iss', async () => {
    const client = await fapiClient(await openFapi());
    const browser = client.op.browser();
    const login = await browser.get(await client.pushed());
    const consent = await browser.submit(login, ALICE);
    const { error, iss } = answerOf(await browser.submit(consent, { decision: 'deny' }));
    assertEquals([error, iss], ['access_denied', ISSUER]);
  });

  for (
    const [name, params] of [
      ['ensure-authorization-request-without-state-success', { state: undefined }],
      ['ensure-authorization-request-without-nonce-success', { nonce: undefined }],
      ['ensure-authorization-request-with-64-char-nonce-success', { nonce: 'n'.repeat(64) }],
      ['ensure-authorization-request-with-long-nonce', { nonce: 'n'.repeat(384) }],
      ['ensure-authorization-request-with-long-state', { state: 's'.repeat(1024) }],
      ['ensure-other-scope-order-succeeds', { scope: 'offline_access profile openid' }],
    ] as const
  ) {
    it(`${name}`, async () => {
      const client = await fapiClient(await openFapi());
      const { code = '', state } = answerOf(await client.visit(await client.pushed(params)));
      assertEquals(state, 'state' in params ? params.state : 'a state');
      const tokens = await (await client.redeem(code)).json() as { id_token: string };
      assertEquals(
        claimsOf(tokens.id_token)['nonce'],
        'nonce' in params ? params.nonce : 'a nonce',
      );
    });
  }

  for (const name of ['state', 'nonce'] as const) {
    it(`ensure-different-${name}-inside-and-outside-request-object: what was pushed counts`, async () => {
      const client = await fapiClient(await openFapi());
      const url = `${await client.pushed({ [name]: undefined })}&${name}=outside`;
      const answer = answerOf(await client.visit(url));
      assertEquals(answer['state'], name === 'state' ? undefined : 'a state');
      const tokens = await (await client.redeem(answer['code'] ?? '')).json() as {
        id_token: string;
      };
      assertEquals(claimsOf(tokens.id_token)['nonce'], name === 'nonce' ? undefined : 'a nonce');
    });
  }
});

describe('FAPI 2.0 SP §5.3.2.2: pushed authorization requests', () => {
  for (
    const [name, params, error] of [
      [
        'ensure-request-object-without-redirect-uri-fails',
        { redirect_uri: undefined },
        'invalid_request',
      ],
      ['ensure-request-object-without-redirect-uri-fails, without openid', {
        redirect_uri: undefined,
        scope: 'profile',
      }, 'invalid_request'],
      [
        'ensure-registered-redirect-uri',
        { redirect_uri: `${REDIRECT_URI}/more` },
        'invalid_request',
      ],
      [
        'ensure-response-type-code-idtoken-fails',
        { response_type: 'code id_token' },
        'unsupported_response_type',
      ],
      ['ensure-response-type-token-fails', { response_type: 'token' }, 'unsupported_response_type'],
      [
        'par-ensure-pkce-required',
        { code_challenge: undefined, code_challenge_method: undefined },
        'invalid_request',
      ],
      [
        'par-plain-pkce-rejected',
        { code_challenge: VERIFIER, code_challenge_method: 'plain' },
        'invalid_request',
      ],
      [
        'par-plain-pkce-rejected: no method means plain',
        { code_challenge_method: undefined },
        'invalid_request',
      ],
      ['par-authorization-request-containing-request_uri-form-param', {
        request_uri: 'urn:ietf:params:oauth:request_uri:x',
      }, 'invalid_request'],
    ] as const
  ) {
    it(`${name}`, async () => {
      const client = await fapiClient(await openFapi({ pkce_plain: true }));
      await assertRefused(await client.push(params), error);
    });
  }

  it('par-attempt-invalid-http-method', async () => {
    assertEquals((await (await openFapi()).fetch('/par')).status, 405);
  });

  for (
    const [name, assertion] of [
      ['par-test-array-as-audience-fails', { aud: [ISSUER] }],
      ['par-test-par-endpoint-url-as-audience-fails', { aud: `${ISSUER}/par` }],
      ['par-test-token-endpoint-url-as-audience-fails', { aud: `${ISSUER}/token` }],
      ['par-ensure-jwt-client-assertions-nbf-over-60-seconds-in-the-future-fails', {
        nbf: 1_800_000_061,
      }],
      ['par-ensure-jwt-client-assertions-iat-over-60-seconds-in-the-future-fails', {
        iat: 1_800_000_061,
      }],
    ] as const
  ) {
    it(`T041: ${name}`, async () => {
      const client = await fapiClient(await openFapi());
      await assertRefused(await client.push({}, { assertion }), 'invalid_client', 401);
    });
  }

  for (const name of ['nbf', 'iat'] as const) {
    it(`par-ensure-jwt-client-assertions-${name}-8-seconds-in-the-future-is-accepted`, async () => {
      const client = await fapiClient(await openFapi());
      const ahead = { assertion: { [name]: client.op.clock.now + 8 } };
      assertEquals((await client.push({}, ahead)).status, 201);
    });
  }

  it('§5.3.2.2-4: a push without client authentication is refused', async () => {
    const client = await fapiClient(await openFapi());
    await assertRefused(await client.push({}, { assertion: null }), 'invalid_client', 401);
    const secret = { client_secret: 'a guess' };
    await assertRefused(await client.push(secret, { assertion: null }), 'invalid_client', 401);
  });

  it('§5.4.1-1: ensure-signed-client-assertion-with-RS256-fails, whatever keys are registered', async () => {
    const keys = await Promise.all(['RS256', 'PS256', 'EdDSA', 'ES384'].map(newSigningKey));
    const jwks = { keys: keys.map(({ jwk }) => jwk) };
    const op = await openFapi({ clients: [{ ...FAPI_CLIENTS[0], jwks }] });
    const statuses = await Promise.all(keys.map(async (key) => {
      const client = await fapiClient(op, { key });
      return (await client.push({}, { making: { key } })).status;
    }));
    assertEquals(statuses, [401, 201, 201, 401]);
  });
});

describe('FAPI 2.0 SP §5.3.2.2: the authorization endpoint', () => {
  it('ensure-unsigned-authorization-request-without-using-par-fails', async () => {
    const client = await fapiClient(await openFapi());
    const url = authorizationUrl({
      client_id: 'fapi',
      code_challenge: CHALLENGE,
      code_challenge_method: 'S256',
    });
    assertEquals(answerOf(await client.visit(url))['error'], 'invalid_request');
  });

  it('ensure-unsigned-authorization-request-without-using-par-fails: a signed one does not help', async () => {
    const client = await fapiClient(await openFapi());
    const request = await client.requestObject();
    const url = `/authorize?${new URLSearchParams({ client_id: 'fapi', request })}`;
    assertEquals(answerOf(await client.visit(url))['error'], 'invalid_request');
  });

  it('ensure-redirect-uri-in-authorization-request: one beside the request_uri goes nowhere', async () => {
    const client = await fapiClient(await openFapi());
    const page = await client.visit(`${await client.pushed()}&redirect_uri=https://evil.example/`);
    assertEquals(page.url.href.split('?')[0], REDIRECT_URI);
  });

  it('par-without-duplicate-parameters: client_id and request_uri are all it takes', async () => {
    const client = await fapiClient(await openFapi());
    const url = new URL(await client.pushed(), ISSUER);
    assertEquals([...url.searchParams.keys()].sort(), ['client_id', 'request_uri']);
    assert('code' in answerOf(await client.visit(url.href)));
  });

  it('par-ensure-reused-request-uri-prior-to-auth-completion-succeeds', async () => {
    const client = await fapiClient(await openFapi());
    const url = await client.pushed();
    assert(has(await client.op.browser().get(url), 'username'));
    assert('code' in answerOf(await client.visit(url)));
  });

  it('par-attempt-reuse-request_uri', async () => {
    const client = await fapiClient(await openFapi());
    const url = await client.pushed();
    const browser = client.op.browser();
    assert('code' in answerOf(await client.visit(url, browser)));
    for (const again of [browser, client.op.browser()]) {
      assertEquals(textOf(await again.get(url), 'error'), 'invalid_request_uri');
    }
  });

  it('par-attempt-to-use-expired-request_uri', async () => {
    const client = await fapiClient(await openFapi());
    const response = await client.push();
    const { request_uri, expires_in } = await response.json() as {
      request_uri: string;
      expires_in: number;
    };
    client.op.clock.now += expires_in;
    const page = await client.op.browser().get(urlOf('fapi', request_uri));
    assertEquals(textOf(page, 'error'), 'invalid_request_uri');
    for (const lifespans of [TEN_MINUTES, { custom: { long: TEN_MINUTES } }]) {
      assertEquals(parseConfig({ issuer: ISSUER, lifespans }).ok, false, JSON.stringify(lifespans));
    }
  });

  it('par-attempt-to-use-request_uri-for-different-client', async () => {
    const client = await fapiClient(await openFapi());
    const url = new URL(await client.pushed(), ISSUER);
    url.searchParams.set('client_id', 'mallory');
    assertEquals(textOf(await client.op.browser().get(url.href), 'error'), 'invalid_request_uri');
  });

  it('§5.3.2.2-10, -11: every redirect of the way is a 303', async () => {
    const client = await fapiClient(await openFapi());
    const statuses: number[] = [];
    const browser = openBrowser(async (request) => {
      const response = await client.op.fetch(request);
      if (response.headers.has('location')) statuses.push(response.status);
      return response;
    }, ISSUER);
    assert('code' in answerOf(await client.visit(await client.pushed(), browser)));
    assert(statuses.length > 1);
    assertEquals(new Set(statuses), new Set([303]));
  });

  it('§5.2.3-3: no origin may ask the authorization endpoint by script', async () => {
    const op = await openFapi({ cors: { allowed_origins: ['https://app.example'] } });
    for (const method of ['GET', 'OPTIONS']) {
      const response = await op.fetch('/authorize', {
        method,
        headers: { origin: 'https://app.example', 'access-control-request-method': 'GET' },
      });
      assertEquals(response.headers.get('access-control-allow-origin'), null);
    }
  });

  it('client assertions of another client prove nothing', async () => {
    const client = await fapiClient(await openFapi());
    const client_assertion = await client.assertion({}, { key: OTHER_KEY });
    const form = { client_assertion, client_assertion_type: ASSERTION_TYPE };
    await assertRefused(await client.push(form, { assertion: null }), 'invalid_client', 401);
  });
});
