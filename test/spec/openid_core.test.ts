import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import {
  assert,
  assertEquals,
  assertFalse,
  assertNotEquals,
  assertStringIncludes,
} from '../support/assert.ts';
import { has, hiddenFields, type Page, textOf } from '../support/browser.ts';
import {
  ALICE,
  answerOf,
  assertRefused,
  authorizationUrl,
  claimsOf,
  obtainCode,
  obtainTokens,
  redeem,
  refresh,
  tokenRequest,
  tokensOf,
  userinfo,
} from '../support/flow.ts';
import { basic, CLAIMS, CLIENT, ISSUER, openOp, PROFILE_CLAIMS } from '../support/op.ts';

async function userinfoClaims(
  scope: string,
  changes: Record<string, string> = {},
): Promise<Record<string, unknown>> {
  const op = await openOp();
  const { access_token } = await obtainTokens(op, { scope, ...changes });
  return await (await userinfo(op, access_token)).json() as Record<string, unknown>;
}

describe('Core §2: ID token', () => {
  for (const alg of ['RS256', 'ES256', 'EdDSA']) {
    it(`is signed with ${alg} where the client says so, and has every claim it must`, async () => {
      const op = await openOp({
        config: { clients: [{ ...CLIENT, id_token_signed_response_alg: alg }] },
      });
      const nonce = 'n-0S6_WzA2Mj';
      const { id_token, access_token } = await obtainTokens(op, { nonce });
      const jwks = await (await op.fetch('/jwks')).json() as JSONWebKeySet;
      const { payload, protectedHeader } = await jwtVerify(id_token, createLocalJWKSet(jwks), {
        issuer: ISSUER,
        audience: CLIENT.client_id,
        currentDate: new Date(op.clock.now * 1000),
      });
      assertEquals(protectedHeader.alg, alg);
      assertEquals(protectedHeader.typ, 'JWT');
      assertEquals(payload['nonce'], nonce);
      assertEquals(payload['azp'], CLIENT.client_id);
      assertEquals([payload.iat, payload.exp, payload['auth_time']], [
        op.clock.now,
        op.clock.now + 3600,
        op.clock.now,
      ]);
      assertEquals([payload['acr'], payload['amr']], ['one_factor', ['pwd']]);
      assert(/^[0-9a-f-]{36}$/.test(payload.sub ?? ''));
      assert(/^[A-Za-z0-9_-]{22}$/.test(String(payload['sid'])));
      const hash = createHash(alg === 'EdDSA' ? 'sha512' : 'sha256').update(access_token).digest();
      assertEquals(payload['at_hash'], hash.subarray(0, hash.length / 2).toString('base64url'));
    });
  }

  it('has no claim of the person unless asked for by name, and no nonce that was not sent', async () => {
    const op = await openOp();
    const { id_token } = await obtainTokens(op, {
      scope: 'openid profile email phone address groups',
    });
    assertEquals(
      Object.keys(claimsOf(id_token)).sort(),
      [
        'acr',
        'amr',
        'at_hash',
        'aud',
        'auth_time',
        'azp',
        'exp',
        'iat',
        'iss',
        'jti',
        'sid',
        'sub',
      ],
    );
  });

  it('comes only with scope openid', async () => {
    const op = await openOp();
    assertFalse('id_token' in await obtainTokens(op, { scope: 'profile' }));
  });

  it('T021: copies the nonce unchanged', async () => {
    const op = await openOp();
    const browser = op.browser();
    for (const nonce of ['abcdefghij', '-._~'.repeat(10) + 'abc', 'ü "\'<>&\\', 'x'.repeat(512)]) {
      assertEquals(claimsOf((await obtainTokens(op, { nonce }, browser)).id_token)['nonce'], nonce);
    }
  });
});

describe('Core §3.1.2.1: prompt', () => {
  it('T012: none without a session is login_required and shows no page', async () => {
    const op = await openOp();
    const state = 'A1-._~'.repeat(21) + 'xy';
    const response = await op.fetch(authorizationUrl({ prompt: 'none', state }));
    assertEquals(response.status, 303);
    assertEquals(response.headers.getSetCookie(), []);
    const answer = new URL(response.headers.get('location') ?? '').searchParams;
    assertEquals([answer.get('error'), answer.get('state'), answer.get('iss')], [
      'login_required',
      state,
      ISSUER,
    ]);
  });

  it('T012: none with a session but no consent is consent_required', async () => {
    const op = await openOp();
    const browser = op.browser();
    await browser.submit(await browser.get('/login'), ALICE);
    assertEquals(
      answerOf(await browser.get(authorizationUrl({ prompt: 'none' })))['error'],
      'consent_required',
    );
  });

  it('T012: none answers at once when signed in and consented, with the same sub and auth_time', async () => {
    const op = await openOp();
    const browser = op.browser();
    const first = claimsOf((await obtainTokens(op, {}, browser)).id_token);
    op.clock.now += 100;
    const session = browser.cookies.get('__Host-ostiary_session');
    const page = await browser.get(authorizationUrl({ prompt: 'none' }));
    const second = claimsOf(
      (await tokensOf(await redeem(op, answerOf(page)['code'] ?? ''))).id_token,
    );
    assertEquals([second['sub'], second['auth_time']], [first['sub'], first['auth_time']]);
    assertEquals(browser.cookies.get('__Host-ostiary_session'), session);
  });

  it('login asks again although signed in, and auth_time is later', async () => {
    const op = await openOp();
    const browser = op.browser();
    const first = claimsOf((await obtainTokens(op, {}, browser)).id_token);
    op.clock.now += 2;
    const page = await browser.get(authorizationUrl({ prompt: 'login' }));
    assert(has(page, 'password'));
    const second = claimsOf((await obtainTokens(op, { prompt: 'login' }, browser)).id_token);
    assertEquals(Number(second['auth_time']) - Number(first['auth_time']), 2);
    assertEquals(second['sub'], first['sub']);
  });

  it('login asks again within the same second, too', async () => {
    const op = await openOp();
    const browser = op.browser();
    await obtainTokens(op, {}, browser);
    op.clock.now += 0.01;
    assert(has(await browser.get(authorizationUrl({ prompt: 'login' })), 'password'));
  });

  it('consent asks again although consented', async () => {
    const op = await openOp();
    const browser = op.browser();
    await obtainTokens(op, {}, browser);
    op.clock.now += 1;
    assert(has(await browser.get(authorizationUrl({ prompt: 'consent' })), 'accept'));
    assert(
      has(
        await browser.submit(
          await browser.get(authorizationUrl({ prompt: 'login consent' })),
          ALICE,
        ),
        'accept',
      ),
    );
  });

  it('select_account shows who is signed in, and the sign-in page to anybody else', async () => {
    const op = await openOp();
    const browser = op.browser();
    await obtainTokens(op, {}, browser);
    op.clock.now += 1;
    const select = authorizationUrl({ prompt: 'select_account' });
    assert(has(await browser.get(select), 'other-account'));
    assert(has(await op.browser().get(select), 'username'));
  });

  it('none with anything else, or an unknown value, is invalid_request', async () => {
    const op = await openOp();
    for (const prompt of ['none login', 'login none', 'constructor', 'NONE', 'login,consent']) {
      assertEquals(
        answerOf(await op.browser().get(authorizationUrl({ prompt })))['error'],
        'invalid_request',
        prompt,
      );
    }
  });
});

describe('Core §3.1.2.1: max_age', () => {
  it('asks again when the sign-in is older, and then has a later auth_time', async () => {
    const op = await openOp();
    const browser = op.browser();
    const first = claimsOf((await obtainTokens(op, {}, browser)).id_token);
    op.clock.now += 2;
    assert(has(await browser.get(authorizationUrl({ max_age: '1' })), 'password'));
    const second = claimsOf((await obtainTokens(op, { max_age: '1' }, browser)).id_token);
    assert(Number(second['auth_time']) > Number(first['auth_time']));
  });

  it('does not ask while the sign-in is young enough', async () => {
    const op = await openOp();
    const browser = op.browser();
    const first = claimsOf((await obtainTokens(op, { max_age: '15000' }, browser)).id_token);
    op.clock.now += 9000;
    const page = await browser.get(authorizationUrl({ max_age: '10000' }));
    const second = claimsOf(
      (await tokensOf(await redeem(op, answerOf(page)['code'] ?? ''))).id_token,
    );
    assertEquals(second['auth_time'], first['auth_time']);
  });

  it('0 asks always, and one sign-in satisfies it', async () => {
    const op = await openOp();
    const browser = op.browser();
    await obtainTokens(op, {}, browser);
    op.clock.now += 1;
    assert((await obtainCode(op, { max_age: '0' }, browser)).length > 0);
  });

  it('with prompt none is login_required', async () => {
    const op = await openOp();
    const browser = op.browser();
    await obtainTokens(op, {}, browser);
    op.clock.now += 10;
    assertEquals(
      answerOf(await browser.get(authorizationUrl({ prompt: 'none', max_age: '5' })))['error'],
      'login_required',
    );
  });

  it('a client’s default_max_age counts unless the request says otherwise', async () => {
    const op = await openOp({ config: { clients: [{ ...CLIENT, default_max_age: 5 }] } });
    const browser = op.browser();
    await obtainTokens(op, {}, browser);
    op.clock.now += 10;
    assertEquals(
      answerOf(await browser.get(authorizationUrl({ prompt: 'none' })))['error'],
      'login_required',
    );
    assert(
      'code' in answerOf(await browser.get(authorizationUrl({ prompt: 'none', max_age: '60' }))),
    );
  });

  it('anything but a number of seconds is invalid_request', async () => {
    const op = await openOp();
    for (const max_age of ['-1', '1.5', '1e3', 'x', '99999999999', '0x10', ' 1']) {
      assertEquals(
        answerOf(await op.browser().get(authorizationUrl({ max_age })))['error'],
        'invalid_request',
        max_age,
      );
    }
  });
});

describe('Core §3.1.2.1: hints and preferences', () => {
  it('T013: id_token_hint of the signed-in person, expired or not, goes through silently', async () => {
    const op = await openOp();
    const browser = op.browser();
    const { id_token } = await obtainTokens(op, {}, browser);
    assert(
      'code' in
        answerOf(await browser.get(authorizationUrl({ prompt: 'none', id_token_hint: id_token }))),
    );
    op.clock.now += 7200;
    assert(
      'code' in
        answerOf(await browser.get(authorizationUrl({ prompt: 'none', id_token_hint: id_token }))),
    );
  });

  it('T013: a hint for someone else is login_required with prompt none, the sign-in page otherwise', async () => {
    const op = await openOp();
    const digest = await op.instance.hasher.hash('another good password') ?? '';
    await op.instance.directory.create({ username: 'bob', password: digest, provenance: 'cli' });
    const bobs = op.browser();
    const page = await bobs.authorize(authorizationUrl(), {
      username: 'bob',
      password: 'another good password',
    });
    const { id_token } = await tokensOf(await redeem(op, answerOf(page)['code'] ?? ''));
    const browser = op.browser();
    await obtainTokens(op, {}, browser);
    op.clock.now += 1;
    const url = { id_token_hint: id_token };
    assertEquals(
      answerOf(await browser.get(authorizationUrl({ ...url, prompt: 'none' })))['error'],
      'login_required',
    );
    assert(has(await browser.get(authorizationUrl(url)), 'password'));
  });

  it('T013: a hint that is not our ID token for this client is invalid_request', async () => {
    const op = await openOp({
      config: { clients: [CLIENT, { ...CLIENT, client_id: 'other', access_token_format: 'jwt' }] },
    });
    const { id_token, access_token } = await obtainTokens(op);
    const page = await op.browser().authorize(authorizationUrl({ client_id: 'other' }), ALICE);
    const form = {
      grant_type: 'authorization_code',
      code: answerOf(page)['code'],
      redirect_uri: CLIENT.redirect_uris[0],
    };
    const others = await tokensOf(await tokenRequest(op, form, basic('other')));
    const none = `${btoa('{"alg":"none"}').replace(/=+$/, '')}.${id_token.split('.')[1]}.`;
    for (
      const hint of ['x', `${id_token}x`, access_token, others.access_token, others.id_token, none]
    ) {
      const answer = answerOf(await op.browser().get(authorizationUrl({ id_token_hint: hint })));
      assertEquals(answer['error'], 'invalid_request');
    }
  });

  it('login_hint fills in the name, whether or not anybody is called so', async () => {
    const op = await openOp();
    for (const login_hint of ['alice', 'buffy@op.example', '"><script>']) {
      const page = await op.browser().get(authorizationUrl({ login_hint }));
      assertStringIncludes(
        page.text,
        `value="${
          login_hint.replaceAll('"', '&quot;').replaceAll('>', '&gt;').replaceAll('<', '&lt;')
        }"`,
      );
    }
  });

  it('display, ui_locales, claims_locales and acr_values break nothing', async () => {
    const op = await openOp();
    const browser = op.browser();
    for (const display of ['page', 'popup', 'touch', 'wap']) {
      await obtainCode(op, { display }, browser);
    }
    await obtainCode(op, { ui_locales: 'se', claims_locales: 'se', acr_values: '1 2' }, browser);
    await obtainCode(op, { acr_values: 'one_factor' }, browser);
    assertEquals(
      answerOf(await browser.get(authorizationUrl({ display: 'tv' })))['error'],
      'invalid_request',
    );
  });
});

describe('Core §5.3: UserInfo', () => {
  it('T079: takes the token from the header, by GET and POST, or from the form body', async () => {
    const op = await openOp();
    const { access_token, id_token } = await obtainTokens(op);
    const { sub } = claimsOf(id_token);
    const authorization = `Bearer ${access_token}`;
    const ways = [
      await op.fetch('/userinfo', { headers: { authorization } }),
      await op.fetch('/userinfo', { headers: { authorization: `bearer ${access_token}` } }),
      await op.fetch('/userinfo', { method: 'POST', headers: { authorization } }),
      await op.post('/userinfo', { access_token }),
    ];
    for (const response of ways) {
      assertEquals([response.status, response.headers.get('cache-control')], [200, 'no-store']);
      assertEquals((await response.json() as { sub: string }).sub, sub as string);
    }
  });

  it('T079: never from the URL, and from one place only', async () => {
    const op = await openOp();
    const { access_token } = await obtainTokens(op);
    const headers = { authorization: `Bearer ${access_token}` };
    assertEquals((await op.fetch(`/userinfo?access_token=${access_token}`)).status, 400);
    assertEquals(
      (await op.fetch(`/userinfo?access_token=${access_token}`, { headers })).status,
      400,
    );
    assertEquals((await op.post('/userinfo', { access_token }, headers)).status, 400);
  });

  it('RFC 6750 §3: challenges as the RFC says', async () => {
    const op = await openOp();
    const plain = await obtainTokens(op, { scope: 'profile' });
    const cases: readonly [Record<string, string>, number, string][] = [
      [{}, 401, 'Bearer realm="ostiary"'],
      [{ authorization: 'Basic x' }, 401, 'Bearer realm="ostiary"'],
      [{ authorization: 'Bearer x' }, 401, 'error="invalid_token"'],
      [{ authorization: 'Bearer a b' }, 400, 'error="invalid_request"'],
      [{ authorization: 'Bearer' }, 400, 'error="invalid_request"'],
      [{ authorization: `Bearer ${plain.access_token}` }, 403, 'error="insufficient_scope"'],
      [{ authorization: `Bearer ${plain.refresh_token}` }, 401, 'error="invalid_token"'],
    ];
    for (const [headers, status, challenge] of cases) {
      const response = await op.fetch('/userinfo', { headers });
      assertEquals(response.status, status, JSON.stringify(headers));
      assertStringIncludes(response.headers.get('www-authenticate') ?? '', challenge);
      assertEquals(response.headers.get('cache-control'), 'no-store');
    }
  });

  it('an access token ends with its time', async () => {
    const op = await openOp();
    const { access_token } = await obtainTokens(op);
    op.clock.now += 3599;
    assertEquals((await userinfo(op, access_token)).status, 200);
    op.clock.now += 1;
    assertEquals((await userinfo(op, access_token)).status, 401);
  });
});

describe('Core §5.4: scopes', () => {
  it('profile releases all of its 14 claims, each of its type', async () => {
    const claims = await userinfoClaims('openid profile');
    assertEquals(Object.keys(claims).sort(), [...PROFILE_CLAIMS, 'sub'].sort());
    for (
      const name of PROFILE_CLAIMS.filter((each) =>
        each !== 'updated_at' && each !== 'preferred_username'
      )
    ) {
      assertEquals(claims[name], CLAIMS[name]);
    }
    assertEquals(claims['preferred_username'], 'alice');
    assertEquals(typeof claims['updated_at'], 'number');
  });

  it('email, phone, address and groups release theirs, openid alone the subject', async () => {
    const rows: readonly [string, readonly string[]][] = [
      ['openid', []],
      ['openid email', ['email', 'email_verified']],
      ['openid phone', ['phone_number', 'phone_number_verified']],
      ['openid address', ['address']],
      ['openid groups', ['groups']],
      ['groups address phone email profile openid', [
        'address',
        'email',
        'email_verified',
        'groups',
        'phone_number',
        'phone_number_verified',
        ...PROFILE_CLAIMS,
      ]],
    ];
    for (const [scope, names] of rows) {
      assertEquals(Object.keys(await userinfoClaims(scope)).sort(), [...names, 'sub'].sort());
    }
    assertEquals((await userinfoClaims('openid email'))['email_verified'], true);
    assertEquals((await userinfoClaims('openid groups'))['groups'], ['staff', 'admins']);
    assertEquals((await userinfoClaims('openid address'))['address'], CLAIMS['address']);
  });

  it('a scope of the configuration releases what it names, custom attributes too', async () => {
    const op = await openOp({
      config: {
        scopes: {
          doors: { claims: ['department', 'unheard_of'], description: 'Which doors you keep' },
        },
        clients: [{ ...CLIENT, scope: 'openid doors' }],
      },
    });
    const browser = op.browser();
    const page = await browser.submit(
      await browser.get(authorizationUrl({ scope: 'openid doors' })),
      ALICE,
    );
    assertStringIncludes(page.text, 'Which doors you keep');
    const { access_token } = await obtainTokens(op, { scope: 'openid doors' }, browser);
    const claims = await (await userinfo(op, access_token)).json() as Record<string, unknown>;
    assertEquals([claims['department'], 'unheard_of' in claims], ['doors', false]);
  });
});

describe('Core §5.5: claims parameter', () => {
  it('releases single claims where they were asked for, and only there', async () => {
    const op = await openOp();
    const claims = JSON.stringify({
      userinfo: { name: { essential: true } },
      id_token: { email: null, auth_time: { essential: true } },
    });
    const { id_token, access_token } = await obtainTokens(op, { claims });
    assertEquals(claimsOf(id_token)['email'], CLAIMS['email']);
    assertFalse('name' in claimsOf(id_token));
    const told = await (await userinfo(op, access_token)).json() as Record<string, unknown>;
    assertEquals(Object.keys(told).sort(), ['name', 'sub']);
  });

  it('T109: the person is asked again for a claim not shown before', async () => {
    const op = await openOp();
    const browser = op.browser();
    await obtainTokens(op, {}, browser);
    const claims = JSON.stringify({ userinfo: { name: null } });
    assertEquals(
      answerOf(await browser.get(authorizationUrl({ claims, prompt: 'none' })))['error'],
      'consent_required',
    );
    await obtainTokens(op, { claims }, browser);
    assert('code' in answerOf(await browser.get(authorizationUrl({ claims, prompt: 'none' }))));
    assertEquals(
      answerOf(
        await browser.get(
          authorizationUrl({
            claims: JSON.stringify({ userinfo: { email: null } }),
            prompt: 'none',
          }),
        ),
      )['error'],
      'consent_required',
    );
  });

  it('T014: anything but objects of the right shape is invalid_request', async () => {
    const op = await openOp();
    const bad = [
      'x',
      '1',
      'null',
      '[]',
      '"a"',
      '{"userinfo":1}',
      '{"userinfo":[]}',
      '{"id_token":"x"}',
      '{"userinfo":{"name":true}}',
      '{"userinfo":{"name":"x"}}',
      '{"userinfo":{"name":[]}}',
      '{"userinfo":{"a b":null}}',
      `{"userinfo":{"${'x'.repeat(200)}":null}}`,
      '{"userinfo":',
      `{"userinfo":{${Array.from({ length: 60 }, (_, i) => `"c${i}":null`).join(',')}}}`,
      ' '.repeat(5000),
    ];
    for (const claims of bad) {
      assertEquals(
        answerOf(await op.browser().get(authorizationUrl({ claims })))['error'],
        'invalid_request',
        claims.slice(0, 60),
      );
    }
  });

  it('T014: names of prototypes have no effect', async () => {
    const op = await openOp();
    const claims =
      '{"userinfo":{"__proto__":{"essential":true},"constructor":null,"toString":null},"id_token":{"__proto__":null},"__proto__":{"x":1}}';
    const { access_token, id_token } = await obtainTokens(op, { claims });
    const told = await (await userinfo(op, access_token)).json() as Record<string, unknown>;
    assertEquals(Object.keys(told), ['sub']);
    assertFalse(Object.hasOwn(claimsOf(id_token), 'constructor'));
    assertEquals(({} as Record<string, unknown>)['x'], undefined);
  });

  it('cannot replace a claim of the protocol', async () => {
    const op = await openOp();
    const alice = await op.instance.directory.findByUsername('alice');
    await op.instance.directory.update(alice?.id ?? '', {
      attributes: { iss: 'https://evil.example', exp: 9e9, aud: 'evil' },
    });
    const { id_token, access_token } = await obtainTokens(op, {
      claims:
        '{"id_token":{"iss":null,"exp":null,"aud":null,"sub":null},"userinfo":{"iss":null,"sub":null}}',
    });
    assertEquals([claimsOf(id_token)['iss'], claimsOf(id_token)['aud']], [
      ISSUER,
      CLIENT.client_id,
    ]);
    assertFalse(
      'iss' in await (await userinfo(op, access_token)).json() as unknown as Record<
        string,
        unknown
      >,
    );
  });

  it('§5.5.1: another subject than the signed-in one is login_required', async () => {
    const op = await openOp();
    const browser = op.browser();
    const { id_token } = await obtainTokens(op, {}, browser);
    const asking = (value: unknown) => ({
      claims: JSON.stringify({ id_token: { sub: { value } } }),
      prompt: 'none',
    });
    assert(
      'code' in answerOf(await browser.get(authorizationUrl(asking(claimsOf(id_token)['sub'])))),
    );
    assertEquals(
      answerOf(await browser.get(authorizationUrl(asking('someone else'))))['error'],
      'login_required',
    );
  });
});

describe('Core §6, §7: what cannot be used is refused, never ignored', () => {
  for (
    const [name, code] of [['request', 'invalid_request_object'], [
      'request_uri',
      'invalid_request_uri',
    ], ['registration', 'registration_not_supported']]
  ) {
    it(`${name} is ${code}`, async () => {
      const op = await openOp();
      assertEquals(
        answerOf(await op.browser().get(authorizationUrl({ [name ?? '']: 'x' })))['error'],
        code,
      );
    });
  }
});

describe('Core §12: refreshed tokens', () => {
  it('§12.2: the new ID token has the same iss, sub, aud, azp and auth_time, another iat, and no nonce', async () => {
    const op = await openOp();
    const tokens = await obtainTokens(op, { scope: 'openid offline_access', nonce: 'abc' });
    op.clock.now += 5;
    const before = claimsOf(tokens.id_token);
    const after = claimsOf((await tokensOf(await refresh(op, tokens.refresh_token))).id_token);
    for (const name of ['iss', 'sub', 'aud', 'azp', 'auth_time', 'sid']) {
      assertEquals(after[name], before[name], name);
    }
    assertNotEquals(after['iat'], before['iat']);
    assertFalse('nonce' in after);
  });
});

describe('Form Post Response Mode §2', () => {
  async function formPost(changes: Record<string, string>): Promise<Page> {
    const op = await openOp();
    return await op.browser().authorize(
      authorizationUrl({ response_mode: 'form_post', ...changes }),
      ALICE,
    );
  }

  it('T007: success is a form to the checked URI that sends itself, under a nonce', async () => {
    const state = `"><script>alert(1)</script>'&`;
    const page = await formPost({ state });
    assertEquals([page.status, page.headers.get('cache-control')], [200, 'no-store']);
    assertStringIncludes(page.text, 'action="https://app.example/callback"');
    const fields = Object.fromEntries(hiddenFields(page.text));
    assertEquals(Object.keys(fields), ['code', 'session_state', 'state', 'iss']);
    assertEquals([fields['state'], fields['iss']], [state, ISSUER]);
    assertFalse(page.text.includes('<script>alert'));
    const csp = page.headers.get('content-security-policy') ?? '';
    const [, nonce] = /script-src 'nonce-([^']+)'/.exec(csp) ?? [];
    assertStringIncludes(
      page.text.replace(/\s+/g, ''),
      `<scriptnonce="${nonce}">document.forms[0].submit();</script>`,
    );
    assertStringIncludes(csp, "form-action 'self' https://app.example");
  });

  it('errors travel the same way, those of prompt none too', async () => {
    const page = await formPost({ prompt: 'none' });
    const fields = Object.fromEntries(hiddenFields(page.text));
    assertEquals([fields['error'], fields['state'], fields['iss']], [
      'login_required',
      'xyz',
      ISSUER,
    ]);
    const invalid = Object.fromEntries(hiddenFields((await formPost({ scope: 'a"b' })).text));
    assertEquals(invalid['error'], 'invalid_scope');
  });
});

describe('Multiple Response Types §2.1: response modes', () => {
  it('fragment puts everything into the fragment and nothing into the query', async () => {
    const op = await openOp();
    const page = await op.browser().authorize(
      authorizationUrl({ response_mode: 'fragment' }),
      ALICE,
    );
    assertEquals(page.url.search, '');
    const answer = answerOf(page);
    assertEquals([answer['state'], answer['iss']], ['xyz', ISSUER]);
    await tokensOf(await redeem(op, answer['code'] ?? ''));
  });
});

describe('RFC 9207', () => {
  it('T006: iss is in every response, success and error, in every mode, and advertised', async () => {
    const op = await openOp();
    const browser = op.browser();
    for (const response_mode of ['query', 'fragment']) {
      assertEquals(
        answerOf(await browser.authorize(authorizationUrl({ response_mode }), ALICE))['iss'],
        ISSUER,
      );
      assertEquals(
        answerOf(await browser.get(authorizationUrl({ response_mode, scope: 'a"b' })))['iss'],
        ISSUER,
      );
    }
    const metadata = await (await op.fetch('/.well-known/openid-configuration')).json() as Record<
      string,
      unknown
    >;
    assertEquals(metadata['authorization_response_iss_parameter_supported'], true);
  });
});

describe('Core §3.1.2.2: errors on our own page', () => {
  it('say what is wrong in words, with a reference that the log has, too', async () => {
    const op = await openOp();
    const page = await op.browser().get(authorizationUrl({ client_id: 'nobody' }));
    assertEquals(textOf(page, 'error'), 'invalid_client');
    assertStringIncludes(textOf(page, 'error_description'), 'nobody');
    const logged = op.log.map((line) => JSON.parse(line) as Record<string, unknown>).find((
      { event },
    ) => event === 'request.refused');
    assertStringIncludes(page.text, String(logged?.['correlationId']));
  });

  it('refusals of a token request name the reason', async () => {
    const op = await openOp();
    const body = await assertRefused(await redeem(op, 'x'), 'invalid_grant');
    assertEquals(body['error_description'], 'code is unknown or has expired');
  });
});
