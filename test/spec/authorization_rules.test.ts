/** What the configuration and a client's registration ask of authorization requests. */
import { describe, it } from 'node:test';
import { assert, assertEquals, assertFalse } from '../support/assert.ts';
import { textOf } from '../support/browser.ts';
import {
  ALICE,
  answerOf,
  assertRefused,
  authorizationUrl,
  CHALLENGE,
  claimsOf,
  obtainCode,
  obtainTokens,
  redeem,
  REDIRECT_URI,
  tokensOf,
  VERIFIER,
} from '../support/flow.ts';
import { basic, CLIENT, openOp } from '../support/op.ts';

const PUBLIC = {
  client_id: 'public',
  redirect_uris: [REDIRECT_URI],
  token_endpoint_auth_method: 'none',
};

describe('minimum_lengths: what clients make up must not be guessed', () => {
  const config = { minimum_lengths: { state: 8, nonce: 10 } };

  for (const changes of [{ state: 'seven77' }, { nonce: 'nine99999' }]) {
    const [name] = Object.keys(changes);
    it(`a short ${name} is refused at the authorization endpoint, and pushed alike`, async () => {
      const op = await openOp({ config });
      const long = { state: 'long-enough', nonce: 'long-enough' };
      const url = authorizationUrl({ ...long, ...changes });
      assertEquals(answerOf(await op.browser().get(url))['error'], 'invalid_request');
      const form = {
        response_type: 'code',
        redirect_uri: REDIRECT_URI,
        scope: 'openid',
        ...long,
        ...changes,
      };
      await assertRefused(await op.post('/par', form, basic('app')), 'invalid_request');
    });
  }

  it('long enough, or not sent at all, is fine', async () => {
    const op = await openOp({ config });
    await obtainCode(op, { state: '12345678', nonce: '1234567890' });
    await obtainCode(op, { state: undefined });
  });
});

describe('RFC 7636, RFC 9700 §2.1.1: the PKCE policy', () => {
  const pkce = { code_challenge: CHALLENGE, code_challenge_method: 'S256' };

  async function errorOf(
    config: Readonly<Record<string, unknown>>,
    client: Readonly<Record<string, unknown>>,
    changes: Readonly<Record<string, string | undefined>> = {},
  ): Promise<string | undefined> {
    const op = await openOp({ config: { clients: [client], ...config } });
    const client_id = String(client['client_id']);
    const page = await op.browser().get(authorizationUrl({ client_id, ...changes }));
    return answerOf(page)['error'];
  }

  it('T008: public clients need it, unless the administrator has given it up', async () => {
    assertEquals(await errorOf({}, PUBLIC), 'invalid_request');
    assertEquals(await errorOf({ pkce: 'always' }, PUBLIC), 'invalid_request');
    assertEquals(await errorOf({ pkce: 'never' }, PUBLIC), undefined);
    assertEquals(await errorOf({}, PUBLIC, pkce), undefined);
  });

  it('always: of everybody, save whom require_pkce lets off', async () => {
    assertEquals(await errorOf({ pkce: 'always' }, CLIENT), 'invalid_request');
    assertEquals(await errorOf({ pkce: 'always' }, { ...CLIENT, require_pkce: false }), undefined);
    assertEquals(
      await errorOf({ pkce: 'never' }, { ...CLIENT, require_pkce: true }),
      'invalid_request',
    );
  });

  it('T009: plain is refused, and no method is not plain', async () => {
    const plain = { code_challenge: VERIFIER, code_challenge_method: 'plain' };
    assertEquals(await errorOf({}, CLIENT, plain), 'invalid_request');
    const silent = { code_challenge: CHALLENGE };
    assertEquals(await errorOf({}, CLIENT, silent), 'invalid_request');
    assertEquals(await errorOf({ pkce_plain: true }, CLIENT, silent), 'invalid_request');
  });

  it('plain where it is enabled: compared as it is, to the end', async () => {
    const op = await openOp({ config: { pkce_plain: true } });
    const plain = { code_challenge: VERIFIER, code_challenge_method: 'plain' };
    const good = await obtainCode(op, plain);
    assertEquals((await redeem(op, good, { code_verifier: VERIFIER })).status, 200);
    const bad = await obtainCode(op, plain);
    await assertRefused(await redeem(op, bad, { code_verifier: 'x'.repeat(43) }), 'invalid_grant');
  });

  it('pkce_challenge_method: just that one of a client', async () => {
    const client = { ...CLIENT, pkce_challenge_method: 'plain' };
    assertEquals(await errorOf({ pkce_plain: true }, client, pkce), 'invalid_request');
    assertEquals(await errorOf({}, { ...CLIENT, pkce_challenge_method: 'S256' }, pkce), undefined);
  });
});

describe('RFC 8252 §7.3: loopback redirect URIs of native clients', () => {
  const native = {
    ...PUBLIC,
    application_type: 'native',
    redirect_uris: ['http://127.0.0.1/callback', 'http://[::1]:8080/callback', 'com.example:/cb'],
  };
  const changes = { client_id: 'public', code_challenge: CHALLENGE, code_challenge_method: 'S256' };

  for (
    const redirect_uri of [
      'http://127.0.0.1:51004/callback',
      'http://127.0.0.1/callback',
      'http://[::1]:9/callback',
    ]
  ) {
    it(`${redirect_uri} is the registered one with its port of today`, async () => {
      const op = await openOp({ config: { clients: [native] } });
      const page = await op.browser().authorize(
        authorizationUrl({ ...changes, redirect_uri }),
        ALICE,
      );
      assert(page.url.href.startsWith(`${redirect_uri}?`), page.url.href);
      const form = {
        grant_type: 'authorization_code',
        client_id: 'public',
        code: answerOf(page)['code'],
        code_verifier: VERIFIER,
      };
      const other = { ...form, redirect_uri: 'http://127.0.0.1:51005/callback' };
      await assertRefused(await op.post('/token', other), 'invalid_grant');
      assertEquals((await op.post('/token', { ...form, redirect_uri })).status, 200);
    });
  }

  for (
    const redirect_uri of [
      'http://127.0.0.1:51004/other',
      'http://127.0.0.2:51004/callback',
      'http://localhost:51004/callback',
      'http://127.0.0.1:51004/callback?x=1',
      'http://127.0.0.1:051004/callback',
      'http://127.0.0.1:99999/callback',
      'http://127.0.0.1:/callback',
      'https://127.0.0.1:51004/callback',
      'http://127.0.0.1:51004@evil.example/callback',
      'http://127.0.0.1.evil.example/callback',
      'com.example:1/cb',
    ]
  ) {
    it(`T001: ${redirect_uri} is not`, async () => {
      const op = await openOp({ config: { clients: [native] } });
      const page = await op.browser().get(authorizationUrl({ ...changes, redirect_uri }));
      assertEquals([page.status, textOf(page, 'error')], [400, 'invalid_request']);
    });
  }

  it('T001: of a web client, the port is as registered', async () => {
    const web = { ...native, application_type: 'web' };
    const op = await openOp({ config: { clients: [web] } });
    const redirect_uri = 'http://127.0.0.1:51004/callback';
    const page = await op.browser().get(authorizationUrl({ ...changes, redirect_uri }));
    assertEquals([page.status, textOf(page, 'error')], [400, 'invalid_request']);
  });
});

describe('Core §3.1.2.1, §5.5.1.1: acr', () => {
  it('is told truly, asked or not', async () => {
    const op = await openOp();
    const { id_token } = await obtainTokens(op, { acr_values: 'urn:unheard:of one_factor' });
    assertEquals([claimsOf(id_token)['acr'], claimsOf(id_token)['amr']], ['one_factor', ['pwd']]);
  });

  it('values that nobody can reach are no obstacle while they are only wished for', async () => {
    const op = await openOp({
      config: { clients: [{ ...CLIENT, default_acr_values: ['urn:unheard:of'] }] },
    });
    assertEquals(claimsOf((await obtainTokens(op)).id_token)['acr'], 'one_factor');
  });

  it('essential and out of reach: unmet_authentication_requirements, before any page', async () => {
    const op = await openOp();
    const claims = JSON.stringify({
      id_token: { acr: { essential: true, values: ['urn:unheard:of'] } },
    });
    const page = await op.browser().get(authorizationUrl({ claims }));
    assertEquals(answerOf(page)['error'], 'unmet_authentication_requirements');
  });

  it('essential and within reach: goes on', async () => {
    const op = await openOp();
    const claims = JSON.stringify({ id_token: { acr: { essential: true, value: 'one_factor' } } });
    assertEquals(claimsOf((await obtainTokens(op, { claims })).id_token)['acr'], 'one_factor');
  });
});

describe('Core §5.5.1: sub with value and values', () => {
  async function subOfAlice(): Promise<{ op: Awaited<ReturnType<typeof openOp>>; sub: string }> {
    const op = await openOp();
    return { op, sub: String(claimsOf((await obtainTokens(op)).id_token)['sub']) };
  }

  it('the right person passes, by either form and in either place', async () => {
    const { op, sub } = await subOfAlice();
    for (
      const claims of [
        { id_token: { sub: { value: sub } } },
        { id_token: { sub: { values: ['other', sub] } } },
        { userinfo: { sub: { value: sub } } },
      ]
    ) await obtainTokens(op, { claims: JSON.stringify(claims) });
  });

  it('T013: anybody else is login_required, silently', async () => {
    const { op } = await subOfAlice();
    const browser = op.browser();
    await browser.authorize(authorizationUrl(), ALICE);
    const claims = JSON.stringify({ id_token: { sub: { values: ['x', 'y'] } } });
    const page = await browser.get(authorizationUrl({ claims, prompt: 'none' }));
    assertEquals(answerOf(page)['error'], 'login_required');
  });

  for (
    const claims of [
      { id_token: { acr: { values: 'one_factor' } } },
      { id_token: { acr: { values: [1] } } },
      { id_token: { sub: { value: 1 } } },
      { id_token: { name: { essential: 'yes' } } },
    ]
  ) {
    it(`T014: ${JSON.stringify(claims)} is invalid_request`, async () => {
      const op = await openOp();
      const page = await op.browser().get(authorizationUrl({ claims: JSON.stringify(claims) }));
      assertEquals(answerOf(page)['error'], 'invalid_request');
    });
  }
});

describe('per grant lifespans', () => {
  it('what a grant yields lives as long as that grant says', async () => {
    const op = await openOp({
      config: {
        clients: [{ ...CLIENT, lifespan: 'mixed' }],
        lifespans: {
          access_token: '1h',
          custom: {
            mixed: {
              access_token: '30m',
              grants: {
                authorization_code: { access_token: '5m', id_token: '7m' },
                refresh_token: { access_token: '2m' },
              },
            },
          },
        },
      },
    });
    const tokens = await obtainTokens(op);
    assertEquals(tokens.expires_in, 300);
    const { exp, iat } = claimsOf(tokens.id_token);
    assertEquals(Number(exp) - Number(iat), 420);
    const form = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token };
    const refreshed = await tokensOf(await op.post('/token', form, basic('app')));
    assertEquals(refreshed.expires_in, 120);
  });
});

describe('Initiating User Registration §4: prompt=create', () => {
  it('is neither advertised nor accepted while accounts are made for people', async () => {
    const op = await openOp();
    const metadata = await (await op.fetch('/.well-known/openid-configuration')).json() as {
      prompt_values_supported: string[];
    };
    assertFalse(metadata.prompt_values_supported.includes('create'));
    const page = await op.browser().get(authorizationUrl({ prompt: 'create' }));
    assertEquals(answerOf(page)['error'], 'invalid_request');
  });
});
