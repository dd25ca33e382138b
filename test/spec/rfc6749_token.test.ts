import { describe, it } from 'node:test';
import { assert, assertEquals, assertFalse } from '../support/assert.ts';
import {
  ALICE,
  answerOf,
  assertRefused,
  authorizationUrl,
  CHALLENGE,
  isActive,
  obtainCode,
  obtainTokens,
  redeem,
  REDIRECT_URI,
  refresh,
  tokenRequest,
  tokensOf,
  userinfo,
  VERIFIER,
} from '../support/flow.ts';
import { basic, CLIENT, CLIENT_SECRET, openOp } from '../support/op.ts';

const OTHER = { ...CLIENT, client_id: 'other', redirect_uris: ['https://other.example/cb'] };
const POSTING = {
  ...CLIENT,
  client_id: 'posting',
  token_endpoint_auth_method: 'client_secret_post',
};
const PUBLIC = {
  client_id: 'spa',
  token_endpoint_auth_method: 'none',
  redirect_uris: [REDIRECT_URI],
  grant_types: ['authorization_code', 'refresh_token'],
  scope: 'openid offline_access',
};
const pkce = { code_challenge: CHALLENGE, code_challenge_method: 'S256' };

describe('RFC 6749 §3.2: token endpoint', () => {
  it('T028: takes POST with a form only', async () => {
    const op = await openOp();
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
      const response = await op.fetch('/token', { method });
      assertEquals(response.status, 405, method);
      assertEquals(response.headers.get('allow'), 'POST, OPTIONS');
    }
    const types = [
      undefined,
      'application/json',
      'multipart/form-data; boundary=x',
      'text/plain',
      'application/x-www-form-urlencodedx',
      ';',
      '',
    ];
    for (const type of types) {
      const response = await op.fetch('/token', {
        method: 'POST',
        body: new TextEncoder().encode('grant_type=authorization_code'),
        headers: { ...basic('app'), ...(type === undefined ? {} : { 'content-type': type }) },
      });
      assertEquals(response.status, 415, type);
      assertEquals((await response.json() as { error: string }).error, 'invalid_request');
    }
  });

  it('T011: a repeated parameter is invalid_request', async () => {
    const op = await openOp();
    for (
      const name of [
        'grant_type',
        'code',
        'redirect_uri',
        'client_id',
        'scope',
        'code_verifier',
        'anything',
      ]
    ) {
      await assertRefused(
        await tokenRequest(op, [['grant_type', 'authorization_code'], [name, 'a'], [name, 'a']]),
        'invalid_request',
      );
    }
  });

  it('T122: bodies over the cap are 413, too many parameters 400', async () => {
    const op = await openOp();
    await assertRefused(
      await tokenRequest(op, { code: 'x'.repeat(70_000) }),
      'invalid_request',
      413,
    );
    const many = Array.from({ length: 150 }, (_, i) => [`p${i}`, 'x'] as [string, string]);
    await assertRefused(await tokenRequest(op, many), 'invalid_request');
  });

  it('T031: offers no password grant, and no name from a prototype', async () => {
    const op = await openOp();
    for (
      const grant_type of [
        'password',

        'implicit',
        'constructor',
        '__proto__',
        'toString',
      ]
    ) {
      await assertRefused(
        await tokenRequest(op, { grant_type, username: 'alice', password: 'x' }),
        'unsupported_grant_type',
      );
    }
    await assertRefused(await tokenRequest(op, {}), 'invalid_request');
  });

  it('a grant type that the client is not registered for is unauthorized_client', async () => {
    const op = await openOp({
      config: { clients: [{ ...CLIENT, grant_types: ['authorization_code'] }] },
    });
    await assertRefused(await refresh(op, 'x'), 'unauthorized_client');
  });
});

describe('RFC 6749 §4.1.3: access token request', () => {
  it('§5.1: answers with all that belongs there, not to be stored', async () => {
    const op = await openOp();
    const response = await redeem(
      op,
      await obtainCode(op, { scope: 'openid offline_access email' }),
    );
    assertEquals(response.status, 200);
    assertEquals(response.headers.get('cache-control'), 'no-store');
    assertEquals(response.headers.get('content-type'), 'application/json');
    const body = await response.json() as Record<string, unknown>;
    assertEquals(Object.keys(body).sort(), [
      'access_token',
      'expires_in',
      'id_token',
      'refresh_token',
      'scope',
      'token_type',
    ]);
    assertEquals([body['token_type'], body['expires_in'], body['scope']], [
      'Bearer',
      3600,
      'openid offline_access email',
    ]);
  });

  const refusals: readonly { name: string; changes: Record<string, string | undefined> }[] = [
    { name: 'T026: an unknown code', changes: { code: 'unknown' } },
    { name: 'T026: another redirect_uri', changes: { redirect_uri: `${REDIRECT_URI}/` } },
    {
      name: 'T027: no redirect_uri although the request carried one',
      changes: { redirect_uri: undefined },
    },
    {
      name: 'T010: a verifier for a code without a challenge',
      changes: { code_verifier: VERIFIER },
    },
  ];
  for (const { name, changes } of refusals) {
    it(`${name} is invalid_grant, and the code stays good for its owner`, async () => {
      const op = await openOp();
      const code = await obtainCode(op);
      await assertRefused(await redeem(op, code, changes), 'invalid_grant');
      await tokensOf(await redeem(op, code));
    });
  }

  it('T026: another client’s code is invalid_grant, and stays good for its owner', async () => {
    const op = await openOp({ config: { clients: [CLIENT, OTHER] } });
    const code = await obtainCode(op);
    const form = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI };
    await assertRefused(await tokenRequest(op, form, basic('other')), 'invalid_grant');
    await tokensOf(await redeem(op, code));
  });

  it('T026, T030: a code is invalid_grant after 60 seconds', async () => {
    const op = await openOp();
    const [early, late] = [await obtainCode(op), await obtainCode(op)];
    op.clock.now += 59;
    await tokensOf(await redeem(op, early));
    op.clock.now += 1;
    await assertRefused(await redeem(op, late), 'invalid_grant');
  });

  it('§4.1.2, T024: a code used twice is refused and its tokens are revoked', async () => {
    const op = await openOp();
    const code = await obtainCode(op, { scope: 'openid offline_access' });
    const tokens = await tokensOf(await redeem(op, code));
    assert(await isActive(op, tokens.access_token));
    op.clock.now += 30;
    await assertRefused(await redeem(op, code), 'invalid_grant');
    assertFalse(await isActive(op, tokens.access_token));
    assertFalse(await isActive(op, tokens.refresh_token));
    assertEquals((await userinfo(op, tokens.access_token)).status, 401);
    await assertRefused(await refresh(op, tokens.refresh_token), 'invalid_grant');
  });

  it('T024: a used code in another client’s hands ends nothing', async () => {
    const op = await openOp({ config: { clients: [CLIENT, OTHER] } });
    const code = await obtainCode(op);
    const tokens = await tokensOf(await redeem(op, code));
    const form = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI };
    await assertRefused(await tokenRequest(op, form, basic('other')), 'invalid_grant');
    assert(await isActive(op, tokens.access_token));
  });

  it('T025: of 50 parallel redemptions at most one succeeds', async () => {
    const op = await openOp();
    const browser = op.browser();
    for (let round = 0; round < 10; round += 1) {
      const code = await obtainCode(op, {}, browser);
      const responses = await Promise.all(Array.from({ length: 50 }, () => redeem(op, code)));
      const statuses = responses.map(({ status }) => status);
      assertEquals(statuses.filter((status) => status === 200).length, 1);
      assertEquals(statuses.filter((status) => status === 400).length, 49);
    }
  });

  it('T034: a person disabled between code and token gets nothing', async () => {
    const op = await openOp();
    const code = await obtainCode(op);
    const alice = await op.instance.directory.findByUsername('alice');
    await op.instance.directory.disable(alice?.id ?? '');
    await assertRefused(await redeem(op, code), 'invalid_grant');
  });
});

describe('RFC 6749 §2.3, §3.2.1: client authentication', () => {
  const basicHeader = (credentials: string) => ({ authorization: `Basic ${credentials}` });

  it('T038: only the registered method counts', async () => {
    const op = await openOp({ config: { clients: [CLIENT, POSTING, PUBLIC] } });
    const form = { grant_type: 'refresh_token', refresh_token: 'x' };
    const inBody = (client_id: string) => ({ ...form, client_id, client_secret: CLIENT_SECRET });
    await assertRefused(await tokenRequest(op, inBody('app'), {}), 'invalid_client', 401);
    await assertRefused(await tokenRequest(op, form, basic('posting')), 'invalid_client', 401);
    await assertRefused(
      await tokenRequest(op, { ...form, client_id: 'app' }, {}),
      'invalid_client',
      401,
    );
    await assertRefused(await tokenRequest(op, form, basic('spa')), 'invalid_client', 401);
    await assertRefused(await tokenRequest(op, inBody('spa'), {}), 'invalid_client', 401);
    await assertRefused(await tokenRequest(op, form, basic('app')), 'invalid_grant');
    await assertRefused(await tokenRequest(op, inBody('posting'), {}), 'invalid_grant');
    await assertRefused(await tokenRequest(op, { ...form, client_id: 'spa' }, {}), 'invalid_grant');
  });

  it('T038: the same at introspection and revocation', async () => {
    const op = await openOp({ config: { clients: [CLIENT, POSTING] } });
    for (const path of ['/introspect', '/revoke']) {
      const body = { token: 'x', client_id: 'app', client_secret: CLIENT_SECRET };
      await assertRefused(await op.post(path, body), 'invalid_client', 401);
      await assertRefused(
        await op.post(path, { token: 'x' }, basic('posting')),
        'invalid_client',
        401,
      );
      assertEquals((await op.post(path, { token: 'x' }, basic('app'))).status, 200);
      assertEquals((await op.post(path, { ...body, client_id: 'posting' })).status, 200);
    }
  });

  it('T043: unknown client, wrong secret and wrong method get one and the same answer', async () => {
    const op = await openOp({ config: { clients: [CLIENT, POSTING] } });
    const form = { grant_type: 'authorization_code', code: 'x' };
    const answers = new Set<string>();
    for (
      const [client_id, secret] of [['nobody', 'x'], ['app', 'wrong'], ['posting', CLIENT_SECRET], [
        '__proto__',
        'x',
      ]] as const
    ) {
      const response = await tokenRequest(op, form, basic(client_id, secret));
      assertEquals(
        response.headers.get('www-authenticate'),
        'Basic realm="ostiary", charset="UTF-8"',
      );
      answers.add(`${response.status} ${await response.text()}`);
    }
    assertEquals([...answers], [
      '401 {"error":"invalid_client","error_description":"client authentication failed"}',
    ]);
  });

  it('T039: malformed Basic credentials are 401 invalid_client on every runtime', async () => {
    const op = await openOp();
    const good = btoa(`app:${encodeURIComponent(CLIENT_SECRET)}`);
    const malformed = [
      '',
      '=',
      'a',
      '!!!!',
      good.slice(0, -1),
      `${good}=`,
      good.replace(/.$/, '\u00e9'),
      `${good} ${good}`,
      btoa('app'),
      btoa(':secret'),
      btoa('app:'),
      btoa('app:%zz'),
      btoa('app:\xff'),
      btoa('app:%ff'),
      good.replaceAll('A', '-'),
      `${good.slice(0, 8)} ${good.slice(8)}`,
      'A'.repeat(10_000),
    ];
    for (const credentials of malformed) {
      const headers = new Headers();
      try {
        headers.set('authorization', `Basic ${credentials}`);
      } catch {
        continue; // No client can send what no header can carry.
      }
      const response = await op.fetch('/token', {
        method: 'POST',
        headers,
        body: new URLSearchParams({ grant_type: 'x' }),
      });
      assertEquals(response.status, 401, credentials.slice(0, 50));
      assert(response.headers.get('www-authenticate')?.startsWith('Basic '));
    }
    await assertRefused(
      await tokenRequest(op, {}, { authorization: 'Bearer x' }),
      'invalid_client',
      401,
    );
    await assertRefused(
      await tokenRequest(
        op,
        { grant_type: 'refresh_token', refresh_token: 'x' },
        basicHeader(good),
      ),
      'invalid_grant',
    );
  });

  it('§2.3.1: id and secret in Basic are form-encoded, and the secret may hold a colon', async () => {
    const secret = 'a:b c+d%20/é 0123456789';
    const op = await openOp({
      config: { clients: [{ ...CLIENT, client_secret: `$plaintext$${secret}` }] },
    });
    const form = { grant_type: 'refresh_token', refresh_token: 'x' };
    await assertRefused(await tokenRequest(op, form, basic('app', secret)), 'invalid_grant');
    const encoded = new URLSearchParams([['', secret]]).toString().slice(1);
    await assertRefused(
      await tokenRequest(op, form, basicHeader(btoa(`app:${encoded}`))),
      'invalid_grant',
    );
  });

  it('§2.3: more than one method is invalid_request; another client_id in the body is invalid_client', async () => {
    const op = await openOp();
    const form = { grant_type: 'refresh_token', refresh_token: 'x', client_id: 'app' };
    await assertRefused(
      await tokenRequest(op, { ...form, client_secret: CLIENT_SECRET }),
      'invalid_request',
    );
    await assertRefused(await tokenRequest(op, form), 'invalid_grant');
    await assertRefused(
      await tokenRequest(op, { ...form, client_id: 'other' }),
      'invalid_client',
      401,
    );
  });

  it('T044: guesses are answered with 429 after a while, and the real client still gets in', async () => {
    const op = await openOp();
    const form = { grant_type: 'refresh_token', refresh_token: 'x' };
    const statuses: number[] = [];
    for (let i = 0; i < 30; i += 1) {
      statuses.push((await tokenRequest(op, form, basic('app', `wrong ${i}`))).status);
    }
    assertEquals(statuses.slice(0, 3), [401, 401, 401]);
    assertEquals(statuses.at(-1), 429);
    const limited = await tokenRequest(op, form, basic('app', 'wrong'));
    assert(Number(limited.headers.get('retry-after')) >= 1);
    await assertRefused(await tokenRequest(op, form), 'invalid_grant');
    const elsewhere = await op.fetch('/token', {
      method: 'POST',
      headers: basic('app'),
      body: new URLSearchParams(form),
      peer: '198.51.100.9',
    });
    await assertRefused(elsewhere, 'invalid_grant');
  });
});

describe('RFC 6749 §6: refreshing', () => {
  it('T032: rotates the refresh token at each use', async () => {
    const op = await openOp();
    const first = await obtainTokens(op, { scope: 'openid offline_access' });
    op.clock.now += 60;
    const second = await tokensOf(await refresh(op, first.refresh_token));
    assert(second.refresh_token !== first.refresh_token);
    assert(second.access_token !== first.access_token);
    op.clock.now += 60;
    await tokensOf(await refresh(op, second.refresh_token));
  });

  it('T032: a token used again after the grace ends everything of its grant', async () => {
    const op = await openOp();
    const first = await obtainTokens(op, { scope: 'openid offline_access' });
    const second = await tokensOf(await refresh(op, first.refresh_token));
    op.clock.now += 10;
    await assertRefused(await refresh(op, first.refresh_token), 'invalid_grant');
    await assertRefused(await refresh(op, second.refresh_token), 'invalid_grant');
    for (const token of [first.access_token, second.access_token]) {
      assertFalse(await isActive(op, token));
    }
  });

  it('within the grace the token before answers with the same next one', async () => {
    const op = await openOp();
    const first = await obtainTokens(op, { scope: 'openid offline_access' });
    const second = await tokensOf(await refresh(op, first.refresh_token));
    op.clock.now += 9;
    const again = await tokensOf(await refresh(op, first.refresh_token));
    assertEquals(again.refresh_token, second.refresh_token);
    const third = await tokensOf(await refresh(op, second.refresh_token));
    await assertRefused(await refresh(op, first.refresh_token), 'invalid_grant');
    assertFalse(await isActive(op, third.access_token));
  });

  it('50 parallel refreshes move the count once, and no tab is logged out', async () => {
    const op = await openOp();
    const { refresh_token } = await obtainTokens(op, { scope: 'openid offline_access' });
    const responses = await Promise.all(
      Array.from({ length: 50 }, () => refresh(op, refresh_token)),
    );
    const answers = await Promise.all(responses.map(tokensOf));
    assertEquals(new Set(answers.map((tokens) => tokens.refresh_token)).size, 1);
    await tokensOf(await refresh(op, answers[0]?.refresh_token ?? ''));
  });

  it('T033: scope may be narrowed for once, never widened', async () => {
    const op = await openOp();
    const { refresh_token } = await obtainTokens(op, { scope: 'openid email offline_access' });
    const narrow = await tokensOf(await refresh(op, refresh_token, { scope: 'openid' }));
    assertEquals(narrow.scope, 'openid');
    await assertRefused(
      await refresh(op, narrow.refresh_token, { scope: 'openid profile' }),
      'invalid_scope',
    );
    await assertRefused(await refresh(op, narrow.refresh_token, { scope: 'a"b' }), 'invalid_scope');
    assertEquals(
      (await tokensOf(await refresh(op, narrow.refresh_token))).scope,
      'openid email offline_access',
    );
  });

  it('T035: another client’s refresh token is invalid_grant, and stays good for its owner', async () => {
    const op = await openOp({ config: { clients: [CLIENT, OTHER] } });
    const first = await obtainTokens(op, { scope: 'openid offline_access' });
    const form = { grant_type: 'refresh_token', refresh_token: first.refresh_token };
    await assertRefused(await tokenRequest(op, form, basic('other')), 'invalid_grant');
    op.clock.now += 60;
    const second = await tokensOf(await refresh(op, first.refresh_token));
    op.clock.now += 60;
    await assertRefused(await tokenRequest(op, form, basic('other')), 'invalid_grant');
    await tokensOf(await refresh(op, second.refresh_token));
  });

  it('T037: a grant ends at its absolute edge, however often it is refreshed', async () => {
    const op = await openOp({ config: { lifespans: { refresh_token: '2h', access_token: '1h' } } });
    let tokens = await obtainTokens(op, { scope: 'openid offline_access' });
    const end = op.clock.now + 7200;
    op.clock.now = end - 1800;
    tokens = await tokensOf(await refresh(op, tokens.refresh_token));
    assertEquals(tokens.expires_in, 1800);
    op.clock.now = end - 1;
    tokens = await tokensOf(await refresh(op, tokens.refresh_token));
    assertEquals(tokens.expires_in, 1);
    for (const at of [end - 0.5, end, end + 1]) {
      op.clock.now = at;
      const response = await refresh(op, tokens.refresh_token);
      assert(response.status === 200 || response.status === 400, `${at - end}: ${response.status}`);
      if (at >= end) await assertRefused(response, 'invalid_grant');
    }
  });

  it('T036: without offline_access a refresh token ends with the session', async () => {
    const op = await openOp();
    const browser = op.browser();
    const { refresh_token } = await obtainTokens(op, { scope: 'openid' }, browser);
    op.clock.now += 60;
    const next = await tokensOf(await refresh(op, refresh_token));
    op.clock.now += 12 * 3600;
    await assertRefused(await refresh(op, next.refresh_token), 'invalid_grant');
  });

  it('T036: with offline_access it outlives the session', async () => {
    const op = await openOp();
    const { refresh_token } = await obtainTokens(op, { scope: 'openid offline_access' });
    op.clock.now += 20 * 24 * 3600;
    await tokensOf(await refresh(op, refresh_token));
  });

  it('T036: a client that never asks gets no offline_access without the person’s word', async () => {
    const scopeOf = async (implicit_offline_access: string): Promise<string> => {
      const client = { ...CLIENT, consent_mode: 'implicit', implicit_offline_access };
      const op = await openOp({ config: { clients: [client] } });
      return (await obtainTokens(op, { scope: 'openid offline_access' })).scope;
    };
    assertEquals(await scopeOf('drop'), 'openid');
    assertEquals(await scopeOf('force_consent'), 'openid offline_access');
  });

  it('T034: a disabled person’s refresh is invalid_grant, also after they are enabled again', async () => {
    const op = await openOp();
    const { directory } = op.instance;
    const tokens = await obtainTokens(op, { scope: 'openid offline_access' });
    const alice = await directory.findByUsername('alice');
    await directory.disable(alice?.id ?? '');
    assertFalse(await isActive(op, tokens.access_token));
    assertEquals((await userinfo(op, tokens.access_token)).status, 401);
    await assertRefused(await refresh(op, tokens.refresh_token), 'invalid_grant');
    op.clock.now += 1;
    await directory.enable(alice?.id ?? '');
    await assertRefused(await refresh(op, tokens.refresh_token), 'invalid_grant');
  });

  it('T034: a client that is gone has no tokens left', async () => {
    const op = await openOp({ config: { clients: [CLIENT, OTHER] } });
    const tokens = await obtainTokens(op, { scope: 'openid offline_access' });
    const { parseConfig } = await import('../../src/config/parse.ts');
    const without = parseConfig({
      issuer: 'https://op.example',
      clients: [OTHER],
      storage: { engine: 'memory' },
    });
    assert(without.ok);
    await op.instance.reload(without.config);
    assertEquals((await userinfo(op, tokens.access_token)).status, 401);
    await assertRefused(await refresh(op, tokens.refresh_token), 'invalid_client', 401);
  });

  it('anything that is no refresh token of ours is invalid_grant', async () => {
    const op = await openOp();
    const { refresh_token, access_token } = await obtainTokens(op, {
      scope: 'openid offline_access',
    });
    const bad = [
      'x',
      access_token,
      `${refresh_token}x`,
      refresh_token.slice(0, -1),
      refresh_token.replace('.0.', '.1.'),
      refresh_token.replace('.0.', '.00.'),
      refresh_token.replace('ost_rt_', 'ost_at_'),
      'ost_rt_..',
      `${'x'.repeat(20_000)}`,
      refresh_token.replace('.0.', '.-1.'),
      ` ${refresh_token}`,
    ];
    for (const token of bad) await assertRefused(await refresh(op, token), 'invalid_grant');
    await tokensOf(await refresh(op, refresh_token));
  });
});

describe('RFC 7636: PKCE', () => {
  it('Appendix B: the published verifier and challenge match', async () => {
    const op = await openOp();
    await tokensOf(await redeem(op, await obtainCode(op, pkce), { code_verifier: VERIFIER }));
  });

  it('T010: a code with a challenge needs its verifier', async () => {
    const op = await openOp();
    const wrong = [
      '',
      'x',
      VERIFIER.slice(1),
      `${VERIFIER}x`,
      CHALLENGE,
      VERIFIER.toLowerCase(),
      'é'.repeat(43),
      'x'.repeat(129),
    ];
    for (const code_verifier of [undefined, ...wrong]) {
      const code = await obtainCode(op, pkce);
      await assertRefused(await redeem(op, code, { code_verifier }), 'invalid_grant');
    }
  });

  it('T009: only S256 counts, and only in its form', async () => {
    const op = await openOp();
    const bad: readonly Record<string, string | undefined>[] = [
      { code_challenge: CHALLENGE },
      { code_challenge: CHALLENGE, code_challenge_method: 'plain' },
      { code_challenge: CHALLENGE, code_challenge_method: 's256' },
      { code_challenge: CHALLENGE, code_challenge_method: 'constructor' },
      { code_challenge_method: 'S256' },
      { code_challenge: CHALLENGE.slice(1), code_challenge_method: 'S256' },
      { code_challenge: `${CHALLENGE.slice(1)}=`, code_challenge_method: 'S256' },
    ];
    for (const changes of bad) {
      const page = await op.browser().get(authorizationUrl(changes));
      assertEquals(answerOf(page)['error'], 'invalid_request', JSON.stringify(changes));
    }
  });

  it('T008: public clients must use it; others when told so, one or all', async () => {
    const clients = [CLIENT, PUBLIC, { ...CLIENT, client_id: 'strict', require_pkce: true }, {
      ...CLIENT,
      client_id: 'lax',
      require_pkce: false,
    }];
    const verdicts = async (config: object) => {
      const op = await openOp({ config: { clients, ...config } });
      const asked = clients.map(async ({ client_id }) => {
        const page = await op.browser().get(authorizationUrl({ client_id }));
        return answerOf(page)['error'] ?? 'page';
      });
      return await Promise.all(asked);
    };
    assertEquals(await verdicts({}), ['page', 'invalid_request', 'invalid_request', 'page']);
    assertEquals(await verdicts({ pkce: 'always' }), [
      'invalid_request',
      'invalid_request',
      'invalid_request',
      'page',
    ]);
  });

  it('a public client completes the flow with it', async () => {
    const op = await openOp({ config: { clients: [PUBLIC] } });
    const page = await op.browser().authorize(
      authorizationUrl({ client_id: 'spa', ...pkce }),
      ALICE,
    );
    const form = {
      grant_type: 'authorization_code',
      code: answerOf(page)['code'],
      redirect_uri: REDIRECT_URI,
      client_id: 'spa',
    };
    await tokensOf(await tokenRequest(op, { ...form, code_verifier: VERIFIER }, {}));
  });
});
