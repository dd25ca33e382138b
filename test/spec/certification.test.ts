/**
 * What the OpenID Foundation's conformance suite expects of a provider, module by module, in the Basic and the Form Post
 * Basic profile: each `it` begins with the module's name.
 */
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { describe, it } from 'node:test';
import { assert, assertEquals, assertFalse, assertNotEquals } from '../support/assert.ts';
import { type Browser, has, hiddenFields, type Page, textOf } from '../support/browser.ts';
import {
  ALICE,
  claimsOf,
  headerOf,
  REDIRECT_URI,
  tokenRequest,
  type Tokens,
} from '../support/flow.ts';
import {
  basic,
  CLIENT,
  CLIENT_SECRET,
  ISSUER,
  type Op,
  openOp,
  PROFILE_CLAIMS,
} from '../support/op.ts';

const SECOND = { ...CLIENT, client_id: 'second' };
const POSTING = {
  ...CLIENT,
  client_id: 'posting',
  token_endpoint_auth_method: 'client_secret_post',
};
const ALL_SCOPES = 'openid profile email address phone';

/** A run of one module: fresh cookies, one response mode. */
interface Run {
  readonly op: Op;
  readonly browser: Browser;
  /** To the response, through login and consent. */
  authorize(
    changes?: Record<string, string | undefined>,
    client?: string,
  ): Promise<Record<string, string>>;
  /** To whatever comes first: a page of ours, or the response. */
  start(changes?: Record<string, string | undefined>, client?: string): Promise<Page>;
  tokens(changes?: Record<string, string | undefined>): Promise<Tokens>;
  redeem(code: string | undefined): Promise<Response>;
}

async function openRun(
  mode: string | undefined,
  clients: readonly object[] = [CLIENT, SECOND, POSTING],
): Promise<Run> {
  const op = await openOp({ config: { clients } });
  const browser = op.browser();
  const url = (changes: Record<string, string | undefined>, client_id: string): string => {
    const params = {
      client_id,
      scope: 'openid',
      redirect_uri: REDIRECT_URI,
      state: 'AbCdE12345',
      response_type: 'code',
      response_mode: mode,
      ...changes,
    };
    return `/authorize?${new URLSearchParams(
      Object.entries(params).filter((pair): pair is [string, string] => pair[1] !== undefined),
    )}`;
  };
  const run: Run = {
    op,
    browser,
    start: (changes = {}, client = 'app') => browser.get(url(changes, client)),
    authorize: async (changes = {}, client = 'app') =>
      responseOf(await browser.authorize(url(changes, client), ALICE), mode),
    async tokens(changes = {}) {
      const { code } = await run.authorize(changes);
      const response = await run.redeem(code);
      assertEquals(response.status, 200);
      return await response.json() as Tokens;
    },
    redeem: (code) =>
      tokenRequest(op, { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI }),
  };
  return run;
}

/** The authorization response as the mode carries it, checked as the suite checks every one. */
function responseOf(page: Page, mode: string | undefined): Record<string, string> {
  if (mode === 'form_post') {
    assert(page.text.includes(`action="${REDIRECT_URI}"`), page.text.slice(0, 500));
    assert(
      /<script nonce="[^"]+">\s*document\.forms\[0\]\.submit\(\);\s*<\/script>/.test(page.text),
    );
  } else {
    assertEquals(page.url.href.split('?')[0], REDIRECT_URI);
  }
  const fields = mode === 'form_post' ? hiddenFields(page.text) : page.url.searchParams;
  const response = Object.fromEntries(fields);
  assertEquals(response['iss'], ISSUER);
  if ('error' in response) {
    assertFalse('code' in response);
    assert(/^[\x20-\x21\x23-\x5b\x5d-\x7e]*$/.test(response['error_description'] ?? ''));
    const known = ['error', 'error_description', 'error_uri', 'state', 'session_state', 'iss'];
    for (const name of Object.keys(response)) assert(known.includes(name), name);
  }
  return response;
}

async function userinfo(
  run: Run,
  init: { access_token: string; how: 'get' | 'header' | 'body' },
): Promise<Record<string, unknown>> {
  const headers = { authorization: `Bearer ${init.access_token}` };
  const response = init.how === 'body'
    ? await run.op.post('/userinfo', { access_token: init.access_token })
    : await run.op.fetch('/userinfo', { method: init.how === 'get' ? 'GET' : 'POST', headers });
  assertEquals(response.status, 200);
  assertEquals(response.headers.get('content-type'), 'application/json');
  return await response.json() as Record<string, unknown>;
}

async function assertInvalidGrant(response: Response): Promise<void> {
  assertEquals([response.status, response.headers.get('content-type')], [400, 'application/json']);
  assertEquals((await response.json() as { error: string }).error, 'invalid_grant');
}

describe('certification §2.1: every module', () => {
  it('discovery has what it must, and every value it names is usable', async () => {
    const { op } = await openRun(undefined);
    const response = await op.fetch('/.well-known/openid-configuration');
    assertEquals([response.status, response.headers.get('content-type')], [
      200,
      'application/json',
    ]);
    const metadata = await response.json() as Record<string, string & string[]>;
    assertEquals(metadata['issuer'], ISSUER as never);
    for (
      const name of ['authorization_endpoint', 'token_endpoint', 'userinfo_endpoint', 'jwks_uri']
    ) {
      assertEquals(new URL(metadata[name] ?? '').origin, ISSUER);
    }
    assertFalse(metadata['id_token_signing_alg_values_supported']?.includes('none'));
    assert(metadata['id_token_signing_alg_values_supported']?.includes('RS256'));
    assert(metadata['grant_types_supported']?.includes('refresh_token'));
    assert(metadata['token_endpoint_auth_methods_supported']?.includes('client_secret_post'));
    for (const scope of ALL_SCOPES.split(' ')) {
      assert(metadata['scopes_supported']?.includes(scope), scope);
    }
  });

  it('keys have distinct kids, base64url without padding, and nothing private', async () => {
    const { op } = await openRun(undefined);
    const { keys } = await (await op.fetch('/jwks')).json() as { keys: Record<string, string>[] };
    assertEquals(new Set(keys.map(({ kid }) => kid)).size, keys.length);
    for (const key of keys) {
      assert((key['kid'] ?? '').trim().length > 0);
      assertFalse('d' in key || 'k' in key);
      for (const name of ['n', 'e', 'x', 'y']) assert(/^[A-Za-z0-9_-]*$/.test(key[name] ?? ''));
      assert(['RSA', 'EC', 'OKP'].includes(key['kty'] ?? ''));
    }
  });
});

for (const mode of [undefined, 'form_post']) {
  describe(`certification §2.2${mode === undefined ? '' : ', §2.5'}: ${mode ?? 'basic'}`, () => {
    it('oidcc-server: the plain flow, with every check of §2.1 on the tokens', async () => {
      const run = await openRun(mode);
      const nonce = '-._~'.repeat(10) + 'abc';
      const response = await run.authorize({ nonce });
      assertEquals(response['state'], 'AbCdE12345');
      const answer = await (await run.redeem(response['code'])).json() as Tokens;
      assert(
        Number.isInteger(answer.expires_in) && answer.expires_in >= 1 &&
          answer.expires_in <= 31_536_000,
      );
      assertEquals(answer.token_type, 'Bearer');
      const jwks = await (await run.op.fetch('/jwks')).json() as JSONWebKeySet;
      const currentDate = new Date(run.op.clock.now * 1000);
      const { payload } = await jwtVerify(answer.id_token, createLocalJWKSet(jwks), {
        issuer: ISSUER,
        audience: 'app',
        currentDate,
      });
      assertEquals(payload['nonce'], nonce);
      assert(payload['acr'] !== '' && Number(payload['auth_time']) <= run.op.clock.now);
    });

    it('oidcc-server-client-secret-post', async () => {
      const run = await openRun(mode);
      const { code } = await run.authorize({}, 'posting');
      const form = {
        grant_type: 'authorization_code',
        code,
        redirect_uri: REDIRECT_URI,
        client_id: 'posting',
        client_secret: CLIENT_SECRET,
      };
      assertEquals((await tokenRequest(run.op, form, {})).status, 200);
    });

    it('oidcc-response-type-missing: invalid_request by the response', async () => {
      const run = await openRun(mode);
      const response = responseOf(await run.start({ response_type: undefined }), mode);
      assertEquals([response['error'], response['state']], ['invalid_request', 'AbCdE12345']);
    });

    it('oidcc-idtoken-signature: RS256 with kid where nothing was registered', async () => {
      const { alg, kid } = headerOf((await (await openRun(mode)).tokens()).id_token);
      assertEquals(alg, 'RS256');
      assert(typeof kid === 'string' && kid.length > 0);
    });

    it('oidcc-userinfo-get, -post-header, -post-body: the ID token’s sub', async () => {
      const run = await openRun(mode);
      const { access_token, id_token } = await run.tokens();
      for (const how of ['get', 'header', 'body'] as const) {
        assertEquals(
          (await userinfo(run, { access_token, how }))['sub'],
          claimsOf(id_token)['sub'],
        );
      }
    });

    it('oidcc-ensure-request-without-nonce-succeeds-for-code-flow', async () => {
      assertFalse('nonce' in claimsOf((await (await openRun(mode)).tokens()).id_token));
    });

    for (const scope of ['profile', 'email', 'address', 'phone', 'all']) {
      it(`oidcc-scope-${scope}: UserInfo has every standard claim, typed`, async () => {
        const run = await openRun(mode);
        const asked = scope === 'all' ? ALL_SCOPES : `openid ${scope}`;
        const { access_token } = await run.tokens({ scope: asked });
        const claims = await userinfo(run, { access_token, how: 'get' });
        const expected = asked.split(' ').flatMap((name) => CLAIMS_OF[name] ?? []);
        for (const name of expected) assert(name in claims, name);
        for (const name of ['email_verified', 'phone_number_verified']) {
          if (name in claims) assertEquals(typeof claims[name], 'boolean');
        }
        if ('updated_at' in claims) assert(Number(claims['updated_at']) > 631_152_000);
        if ('address' in claims) assertEquals(typeof claims['address'], 'object');
        if ('birthdate' in claims) assert(/^\d{4}-\d{2}-\d{2}$/.test(String(claims['birthdate'])));
      });
    }

    it('oidcc-alternate-happy-flow: scopes and parameters the other way round', async () => {
      const run = await openRun(mode);
      const response = await run.authorize({ scope: 'profile openid' });
      assertEquals((await run.redeem(response['code'])).status, 200);
    });

    it('oidcc-display-page, -display-popup', async () => {
      const run = await openRun(mode);
      for (const display of ['page', 'popup']) assert('code' in await run.authorize({ display }));
    });

    it('oidcc-prompt-login: the form again, a later auth_time, the same sub', async () => {
      const run = await openRun(mode);
      const first = claimsOf((await run.tokens()).id_token);
      run.op.clock.now += 1;
      assert(has(await run.start({ prompt: 'login' }), 'password'));
      const second = claimsOf((await run.tokens({ prompt: 'login' })).id_token);
      assert(Number(second['auth_time']) > Number(first['auth_time']));
      assertEquals(second['sub'], first['sub']);
    });

    it('oidcc-prompt-none-not-logged-in: login_required, a state of 128 characters intact', async () => {
      const run = await openRun(mode);
      const state = 'Ab3-._~'.repeat(19).slice(0, 128);
      const response = responseOf(await run.start({ prompt: 'none', state }), mode);
      assertEquals([response['error'], response['state']], ['login_required', state]);
    });

    it('oidcc-prompt-none-logged-in: at once, the same sub and auth_time', async () => {
      const run = await openRun(mode);
      const first = claimsOf((await run.tokens()).id_token);
      run.op.clock.now += 5;
      const response = responseOf(await run.start({ prompt: 'none' }), mode);
      const second = claimsOf(
        (await (await run.redeem(response['code'])).json() as Tokens).id_token,
      );
      assertEquals([second['sub'], second['auth_time']], [first['sub'], first['auth_time']]);
    });

    it('oidcc-max-age-1: asks again after two seconds', async () => {
      const run = await openRun(mode);
      const first = claimsOf((await run.tokens()).id_token);
      run.op.clock.now += 2;
      assert(has(await run.start({ max_age: '1' }), 'password'));
      const second = claimsOf((await run.tokens({ max_age: '1' })).id_token);
      assert(Number(second['auth_time']) > Number(first['auth_time']));
    });

    it('oidcc-max-age-10000: one sign-in, the same auth_time', async () => {
      const run = await openRun(mode);
      const first = claimsOf((await run.tokens({ max_age: '15000' })).id_token);
      run.op.clock.now += 5;
      const response = responseOf(await run.start({ max_age: '10000' }), mode);
      const second = claimsOf(
        (await (await run.redeem(response['code'])).json() as Tokens).id_token,
      );
      assertEquals(second['auth_time'], first['auth_time']);
    });

    it('oidcc-ensure-request-with-unknown-parameter-succeeds', async () => {
      assert('code' in await (await openRun(mode)).authorize({ extra: 'foobar' }));
    });

    it('oidcc-id-token-hint: prompt none with a hint', async () => {
      const run = await openRun(mode);
      const { id_token } = await run.tokens();
      const response = responseOf(
        await run.start({ prompt: 'none', id_token_hint: id_token }),
        mode,
      );
      const second = claimsOf(
        (await (await run.redeem(response['code'])).json() as Tokens).id_token,
      );
      assertEquals([second['sub'], second['auth_time']], [
        claimsOf(id_token)['sub'],
        claimsOf(id_token)['auth_time'],
      ]);
    });

    it('oidcc-login-hint, -ui-locales, -claims-locales: unknown values break nothing', async () => {
      const run = await openRun(mode);
      assert('code' in await run.authorize({ login_hint: 'buffy@op.example' }));
      assert('code' in await run.authorize({ ui_locales: 'se' }));
      assert('code' in await run.authorize({ claims_locales: 'se' }));
    });

    it('oidcc-ensure-request-with-acr-values-succeeds: all of those supported', async () => {
      const run = await openRun(mode);
      const metadata = await (await run.op.fetch('/.well-known/openid-configuration')).json() as {
        acr_values_supported: string[];
      };
      const { id_token } = await run.tokens({
        acr_values: metadata.acr_values_supported.join(' '),
      });
      assert(metadata.acr_values_supported.includes(String(claimsOf(id_token)['acr'])));
    });

    it('oidcc-codereuse: the second use at once is invalid_grant', async () => {
      const run = await openRun(mode);
      const { code } = await run.authorize();
      assertEquals((await run.redeem(code)).status, 200);
      await assertInvalidGrant(await run.redeem(code));
    });

    it('oidcc-codereuse-30seconds: refused, and the access token is refused afterwards', async () => {
      const run = await openRun(mode);
      const { code } = await run.authorize();
      const { access_token } = await (await run.redeem(code)).json() as Tokens;
      run.op.clock.now += 30;
      await assertInvalidGrant(await run.redeem(code));
      const headers = { authorization: `Bearer ${access_token}` };
      assertEquals((await run.op.fetch('/userinfo', { headers })).status, 401);
    });

    it('oidcc-ensure-registered-redirect-uri: an error page, never a redirect', async () => {
      const page = await (await openRun(mode)).start({ redirect_uri: `${REDIRECT_URI}/extra` });
      assertEquals([page.status, page.url.origin, textOf(page, 'error')], [
        400,
        ISSUER,
        'invalid_request',
      ]);
    });

    it('oidcc-ensure-post-request-succeeds', async () => {
      const run = await openRun(mode);
      await run.tokens();
      const body = new URLSearchParams({
        client_id: 'app',
        scope: 'openid',
        redirect_uri: REDIRECT_URI,
        response_type: 'code',
        ...(mode === undefined ? {} : { response_mode: mode }),
      });
      assert('code' in responseOf(await run.browser.post('/authorize', body), mode));
    });

    it('oidcc-request-uri-unsigned, oidcc-unsigned-request-object: refused, as none is not advertised', async () => {
      const run = await openRun(mode);
      const request = `${btoa('{"alg":"none"}').replace(/=+$/, '')}.${
        btoa('{"client_id":"app"}').replace(/=+$/, '')
      }.`;
      assertEquals(
        responseOf(await run.start({ request }), mode)['error'],
        'invalid_request_object',
      );
      assertEquals(
        responseOf(await run.start({ request_uri: 'https://app.example/r' }), mode)['error'],
        'invalid_request_uri',
      );
    });

    it('oidcc-ensure-request-object-with-redirect-uri: no redirect to the unchecked one', async () => {
      const page = await (await openRun(mode)).start({
        redirect_uri: 'https://app.example/wrong',
        request: 'x.y.z',
      });
      assertEquals([page.status, page.url.origin], [400, ISSUER]);
    });

    it('oidcc-claims-essential: name from UserInfo, not in the ID token', async () => {
      const run = await openRun(mode);
      const { id_token, access_token } = await run.tokens({
        claims: '{"userinfo":{"name":{"essential":true}}}',
      });
      assertFalse('name' in claimsOf(id_token));
      assertEquals((await userinfo(run, { access_token, how: 'get' }))['name'], 'Alice Example');
    });

    it('oidcc-refresh-token: refreshes as Core §12 says; another client’s is invalid_grant', async () => {
      const run = await openRun(mode);
      const first = await run.tokens({ scope: 'openid offline_access', prompt: 'consent' });
      assert(/^[\x21-\x7e]{22,}$/.test(first.refresh_token));
      run.op.clock.now += 2;
      const response = await tokenRequest(run.op, {
        grant_type: 'refresh_token',
        refresh_token: first.refresh_token,
      });
      assertEquals([response.status, response.headers.get('cache-control')], [200, 'no-store']);
      const second = await response.json() as Tokens;
      assertEquals(second.token_type, 'Bearer');
      const [before, after] = [claimsOf(first.id_token), claimsOf(second.id_token)];
      for (const name of ['iss', 'sub', 'aud', 'azp', 'auth_time']) {
        assertEquals(after[name], before[name]);
      }
      assertNotEquals(after['iat'], before['iat']);
      const { code } = await run.authorize(
        { scope: 'openid offline_access', prompt: 'consent' },
        'second',
      );
      const form = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI };
      const theirs = await (await tokenRequest(run.op, form, basic('second'))).json() as Tokens;
      await assertInvalidGrant(
        await tokenRequest(run.op, {
          grant_type: 'refresh_token',
          refresh_token: theirs.refresh_token,
        }),
      );
    });

    it('oidcc-ensure-request-with-valid-pkce-succeeds', async () => {
      const run = await openRun(mode);
      const { code } = await run.authorize({
        code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
        code_challenge_method: 'S256',
      });
      const form = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI };
      const code_verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
      assertEquals((await tokenRequest(run.op, { ...form, code_verifier })).status, 200);
    });
  });
}

const CLAIMS_OF: Readonly<Record<string, readonly string[]>> = {
  profile: PROFILE_CLAIMS,
  email: ['email', 'email_verified'],
  address: ['address'],
  phone: ['phone_number', 'phone_number_verified'],
};
