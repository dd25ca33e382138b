import { describe, it } from 'node:test';
import { assert, assertEquals, assertFalse, assertStringIncludes } from '../support/assert.ts';
import { basic, CLI, CLIENT, ISSUER, openOp } from '../support/op.ts';
import { ALICE, answerOf, authorizationUrl, obtainTokens } from '../support/flow.ts';

const HOSTILE = {
  'host': 'evil.example',
  'x-forwarded-host': 'evil.example',
  'x-forwarded-proto': 'http',
  'x-forwarded-port': '81',
  'x-forwarded-prefix': '/evil',
  'forwarded': 'host=evil.example;proto=http',
  'x-original-url': '/evil',
  'x-http-method-override': 'DELETE',
};

const PATHS = [
  '/',
  '/authorize',
  '/token',
  '/userinfo',
  '/introspect',
  '/revoke',
  '/jwks',
  '/login',
  '/consent',
  '/setup',
  '/.well-known/openid-configuration',
];

describe('issuer and URLs', () => {
  it('T118: come from the configuration, whatever Host and forwarding headers say', async () => {
    const op = await openOp();
    const plain = await (await op.fetch('/.well-known/openid-configuration')).text();
    const request = new Request('https://evil.example/.well-known/openid-configuration', {
      headers: HOSTILE,
    });
    assertEquals(await (await op.fetch(request)).text(), plain);
    const login = await op.fetch(
      new Request(`https://evil.example${authorizationUrl()}`, { headers: HOSTILE }),
    );
    assert(login.headers.get('location')?.startsWith(`${ISSUER}/login?pending=`));
    for (
      const path of ['/login', '/', '/setup?token=x', authorizationUrl({ client_id: 'nobody' })]
    ) {
      const page = await op.fetch(new Request(`https://evil.example${path}`, { headers: HOSTILE }));
      assertFalse((await page.text()).includes('evil'), path);
    }
  });

  it('an issuer with a path keeps everything below it, and RFC 8414 §3.1 metadata at the host’s root', async () => {
    const issuer = 'https://host.example/auth';
    const op = await openOp({ config: { issuer } });
    const wellKnown = [
      '/auth/.well-known/openid-configuration',
      '/.well-known/oauth-authorization-server/auth',
      '/.well-known/openid-configuration/auth',
    ];
    const documents = await Promise.all(
      wellKnown.map(async (path) => await (await op.fetch(path)).text()),
    );
    assertEquals(new Set(documents).size, 1);
    const metadata = JSON.parse(documents[0] ?? '') as Record<string, string>;
    assertEquals([metadata['issuer'], metadata['token_endpoint']], [issuer, `${issuer}/token`]);
    const page = await op.browser().authorize(authorizationUrl({}, '/auth/authorize'), ALICE);
    assertEquals(answerOf(page)['iss'], issuer);
    assertEquals((await op.fetch('/token', { method: 'POST' })).status, 404);
    assertEquals((await op.fetch('/authtoken')).status, 404);
  });
});

describe('RFC 8414, Discovery §3: metadata', () => {
  it('is the same bytes each time, for all to read and to keep for a while', async () => {
    const op = await openOp();
    const [first, second] = [
      await op.fetch('/.well-known/openid-configuration'),
      await op.fetch('/.well-known/oauth-authorization-server'),
    ];
    assertEquals(await first.text(), await second.text());
    for (const response of [first, second, await op.fetch('/jwks')]) {
      assertEquals(response.headers.get('access-control-allow-origin'), '*');
      assertEquals(response.headers.get('cache-control'), 'public, max-age=300');
      assertEquals(response.headers.get('content-type'), 'application/json');
    }
  });

  it('names only endpoints that are there', async () => {
    const op = await openOp();
    const metadata = await (await op.fetch('/.well-known/openid-configuration')).json() as Record<
      string,
      unknown
    >;
    for (const [name, value] of Object.entries(metadata)) {
      if (!name.endsWith('_endpoint') && name !== 'jwks_uri') continue;
      assertFalse((await op.fetch(String(value), { method: 'OPTIONS' })).status === 404, name);
    }
  });

  it('§2: names the scopes and claims of the configuration', async () => {
    const op = await openOp({
      config: {
        scopes: { doors: { claims: ['department'] } },
        resources: [{ resource: 'https://api.example/', scope: 'read' }],
      },
    });
    const metadata = await (await op.fetch('/.well-known/openid-configuration')).json() as Record<
      string,
      string[]
    >;
    for (const scope of ['openid', 'doors', 'read']) {
      assert(metadata['scopes_supported']?.includes(scope));
    }
    assert(metadata['claims_supported']?.includes('department'));
  });
});

describe('router', () => {
  it('T121: an unknown path is 404, an unknown method 405 with Allow, without internals', async () => {
    const op = await openOp();
    for (
      const path of [
        '/nowhere',
        '/token/',
        '//token',
        '/TOKEN',
        '/%74oken',
        '/.well-known/',
        '/src/app.ts',
        '/..%2f..%2fetc/passwd',
        '/__proto__',
        '/constructor',
      ]
    ) {
      const response = await op.fetch(new Request(`${ISSUER}${path}`));
      assertEquals(response.status, 404, path);
      assertFalse(/\.ts|node_modules|at .*:\d+/.test(await response.text()));
    }
    for (const path of PATHS) {
      const response = await op.fetch(path, { method: 'PATCH' });
      assertEquals(response.status, 405, path);
      assert((response.headers.get('allow') ?? '').length > 0);
    }
  });

  it('HEAD answers as GET without a body', async () => {
    const op = await openOp();
    for (const path of ['/jwks', '/.well-known/openid-configuration', '/login', '/healthz']) {
      const [get, head] = [await op.fetch(path), await op.fetch(path, { method: 'HEAD' })];
      assertEquals(head.status, get.status);
      assertEquals(head.headers.get('content-type'), get.headers.get('content-type'));
      assertEquals(await head.text(), '');
    }
  });

  it('T122: a URL over the cap is 414', async () => {
    const op = await openOp();
    assertEquals((await op.fetch(`/authorize?state=${'x'.repeat(13_000)}`)).status, 414);
  });

  it('T122: a request too long to travel through the pages is refused, not cut', async () => {
    const op = await openOp();
    const response = await op.fetch(
      authorizationUrl({
        state: '\u00fc'.repeat(1000),
        nonce: 'x'.repeat(512),
        claims: JSON.stringify({
          userinfo: Object.fromEntries(
            Array.from({ length: 45 }, (_, i) => [`${'c'.repeat(60)}${i}`, null]),
          ),
        }),
      }),
    );
    assert([303, 400, 414].includes(response.status));
    if (response.status === 303) {
      assertStringIncludes(response.headers.get('location') ?? '', 'error=invalid_request');
    }
  });
});

describe('T120: CORS', () => {
  const spa = {
    client_id: 'spa',
    token_endpoint_auth_method: 'none',
    redirect_uris: ['https://spa.example/cb', 'http://localhost:3000/cb'],
  };
  const origin = (value: string) => ({ origin: value });

  it('API endpoints answer to origins of redirect URIs, and to those listed', async () => {
    const op = await openOp({
      config: { clients: [CLIENT, spa], cors: { allowed_origins: ['https://listed.example'] } },
    });
    for (
      const [from, allowed] of [
        ['https://spa.example', true],
        ['http://localhost:3000', true],
        ['https://listed.example', true],
        ['https://app.example', true],
        ['https://evil.example', false],
        ['https://spa.example.evil.example', false],
        ['http://spa.example', false],
        ['null', false],
        ['https://spa.example:444', false],
      ] as const
    ) {
      for (const path of ['/token', '/userinfo', '/revoke']) {
        const response = await op.fetch(path, {
          method: path === '/userinfo' ? 'GET' : 'POST',
          headers: origin(from),
        });
        assertEquals(
          response.headers.get('access-control-allow-origin'),
          allowed ? from : null,
          `${from} ${path}`,
        );
        assertEquals(response.headers.get('access-control-allow-credentials'), null);
        assertStringIncludes(response.headers.get('vary') ?? '', 'Origin');
      }
    }
  });

  it('a preflight allows what such clients send', async () => {
    const op = await openOp({ config: { clients: [spa] } });
    const headers = {
      ...origin('https://spa.example'),
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization',
    };
    const response = await op.fetch('/token', { method: 'OPTIONS', headers });
    assertEquals(response.status, 204);
    assertEquals(response.headers.get('access-control-allow-origin'), 'https://spa.example');
    assertStringIncludes(
      response.headers.get('access-control-allow-headers') ?? '',
      'authorization',
    );
    assertStringIncludes(response.headers.get('access-control-allow-methods') ?? '', 'POST');
  });

  it('pages answer to none, introspection only when told so', async () => {
    const op = await openOp({ config: { clients: [spa] } });
    for (const path of ['/authorize', '/login', '/consent', '/setup', '/', '/introspect']) {
      for (const method of ['GET', 'POST', 'OPTIONS']) {
        const response = await op.fetch(path, {
          method,
          headers: { ...origin('https://spa.example'), 'access-control-request-method': 'POST' },
        });
        assertEquals(
          response.headers.get('access-control-allow-origin'),
          null,
          `${method} ${path}`,
        );
      }
    }
  });

  it('a client added while running is known at once', async () => {
    const op = await openOp();
    const { addClient, removeClient, updateClient } = await import(
      '../../src/engine/administration/clients.ts'
    );
    const allowed = async () =>
      (await op.fetch('/token', { method: 'POST', headers: origin('https://new.example') })).headers
        .get('access-control-allow-origin');
    assertEquals(await allowed(), null);
    const metadata = {
      redirect_uris: ['https://new.example/a', 'https://new.example/b'],
      token_endpoint_auth_method: 'none',
    };
    assertEquals(
      (await addClient('new', metadata, { kind: 'mint' }, CLI, op.instance.engine())).kind,
      'done',
    );
    assertEquals(await allowed(), 'https://new.example');
    await updateClient(
      'new',
      { redirect_uris: ['https://moved.example/a'] },
      CLI,
      op.instance.engine(),
    );
    assertEquals(await allowed(), null);
    await updateClient(
      'new',
      { redirect_uris: ['https://new.example/a'] },
      CLI,
      op.instance.engine(),
    );
    await removeClient('new', CLI, op.instance.engine());
    assertEquals(await allowed(), null);
  });
});

describe('T029: answers with tokens, codes or claims are not kept', () => {
  it('no-store on every one of them, errors included', async () => {
    const op = await openOp();
    const { access_token } = await obtainTokens(op);
    const responses = [
      await op.post('/token', { grant_type: 'x' }),
      await op.post('/token', { grant_type: 'refresh_token', refresh_token: 'x' }, basic('app')),
      await op.post('/introspect', { token: access_token }, basic('app')),
      await op.post('/introspect', { token: access_token }),
      await op.post('/revoke', { token: 'x' }, basic('app')),
      await op.fetch('/userinfo', { headers: { authorization: `Bearer ${access_token}` } }),
      await op.fetch('/userinfo'),
      await op.fetch(authorizationUrl()),
      await op.fetch(authorizationUrl({ prompt: 'none' })),
      await op.fetch('/login'),
    ];
    for (const response of responses) {
      assertEquals(response.headers.get('cache-control'), 'no-store', response.url);
    }
  });
});

describe('T124, T149: hostile input gets the protocol’s answer, never a 500', () => {
  const strings = [
    '',
    '\u0000',
    '\u0000\u0001\u001f',
    '\ud800',
    '\u202e',
    '😀'.repeat(100),
    '__proto__',
    'constructor',
    'hasOwnProperty',
    "' OR 1=1 --",
    '<script>',
    '%',
    '%00',
    '%zz',
    '{',
    '[]',
    'null',
    'NaN',
    '-1',
    '1e999',
    '../../etc/passwd',
    'x'.repeat(5000),
    'a'.repeat(50_000),
    'ost_at_',
    'ost_rt_a.1.b',
    'a.b.c',
    '..',
    'eyJ.eyJ.x',
  ];
  const names = [
    'client_id',
    'redirect_uri',
    'response_type',
    'response_mode',
    'scope',
    'state',
    'nonce',
    'prompt',
    'max_age',
    'claims',
    'id_token_hint',
    'login_hint',
    'ui_locales',
    'acr_values',
    'display',
    'code_challenge',
    'code_challenge_method',
    'resource',
    'request',
    'request_uri',
  ];

  it('at the authorization endpoint, by GET and POST', async () => {
    const op = await openOp();
    for (const name of names) {
      for (const value of strings) {
        const body = new URLSearchParams(authorizationUrl({ [name]: value }).split('?')[1]);
        for (
          const response of [
            await op.fetch(`/authorize?${body}`),
            await op.fetch('/authorize', { method: 'POST', body }),
          ]
        ) {
          assert(response.status < 500, `${name}=${value.slice(0, 20)}: ${response.status}`);
          const location = response.headers.get('location');
          if (location !== null) assert(/^[\x21-\x7e]+$/.test(location));
        }
      }
    }
    assertFalse(op.log.some((line) => line.includes('request.failed')));
  });

  it('at the token, introspection, revocation and userinfo endpoints', async () => {
    const op = await openOp();
    const forms = [
      'grant_type',
      'code',
      'redirect_uri',
      'code_verifier',
      'refresh_token',
      'scope',
      'resource',
      'token',
      'token_type_hint',
      'client_id',
      'client_secret',
      'access_token',
    ];
    for (const path of ['/token', '/introspect', '/revoke', '/userinfo']) {
      for (const name of forms) {
        for (const value of strings) {
          for (
            const grant_type of path === '/token' ? ['authorization_code', 'refresh_token'] : ['x']
          ) {
            const response = await op.post(path, {
              grant_type,
              code: 'x',
              refresh_token: 'x',
              token: 'x',
              [name]: value,
            }, path === '/userinfo' ? {} : basic('app'));
            assert(
              response.status < 500,
              `${path} ${name}=${value.slice(0, 20)}: ${response.status}`,
            );
          }
        }
      }
    }
    assertFalse(op.log.some((line) => line.includes('request.failed')));
  });

  it('on the pages, in every field and cookie', async () => {
    const op = await openOp();
    const browser = op.browser();
    const page = await browser.get(authorizationUrl());
    const fields = Object.fromEntries(new URLSearchParams(page.url.search));
    for (const path of ['/login', '/consent', '/setup']) {
      for (
        const name of [
          'pending',
          'csrf',
          'username',
          'password',
          'remember',
          'decision',
          'scope',
          'token',
          'repeat',
          'email',
        ]
      ) {
        for (const value of strings) {
          const body = new URLSearchParams({ ...fields, [name]: value });
          const answer = await browser.post(path, body);
          assert(answer.status < 500, `${path} ${name}=${value.slice(0, 20)}: ${answer.status}`);
          assert((await browser.get(`${path}?${body}`.slice(0, 12_000))).status < 500);
        }
      }
    }
    for (
      const value of [
        '',
        '=',
        ';;;',
        'x'.repeat(20_000),
        '__Host-ostiary_session=a.b; __Host-ostiary_session=c.d',
        '__Host-ostiary_session="',
        '=__Host-ostiary_session=x',
      ]
    ) {
      assertEquals((await op.fetch('/login', { headers: { cookie: value } })).status, 200);
    }
    assertFalse(op.log.some((line) => line.includes('request.failed')));
  });

  it('T144: none of it, nor any credential, is in the log', async () => {
    const op = await openOp();
    const browser = op.browser();
    const tokens = await obtainTokens(op, { scope: 'openid offline_access' }, browser);
    await op.post(
      '/token',
      { grant_type: 'refresh_token', refresh_token: tokens.refresh_token },
      basic('app'),
    );
    await op.post(
      '/introspect',
      { token: tokens.access_token },
      basic('app', 'a wrong secret value'),
    );
    await op.fetch('/userinfo', { headers: { authorization: `Bearer ${tokens.access_token}x` } });
    op.clock.now += 1;
    await browser.submit(await browser.get(authorizationUrl({ prompt: 'login' })), {
      username: 'alice',
      password: 'a wrong password',
    });
    const log = op.log.join('\n');
    const secrets = [
      tokens.access_token,
      tokens.refresh_token,
      tokens.id_token,
      'a wrong secret value',
      'a wrong password',
      ALICE.password,
      'quick:',
      ...[...browser.cookies.values()].flatMap((value) => value.split('.').slice(1)),
    ];
    for (const secret of secrets) assertFalse(log.includes(secret), secret.slice(0, 20));
    for (
      const event of ['sign_in.accepted', 'sign_in.refused', 'consent.given', 'request.refused']
    ) {
      assertStringIncludes(log, event);
    }
  });

  it('T128: strings of 50 kB at every parser cost next to nothing', async () => {
    const op = await openOp();
    const long = [
      'a'.repeat(50_000),
      'a '.repeat(25_000),
      '%41'.repeat(16_000),
      '..'.repeat(25_000),
      '=&'.repeat(25_000),
      `${'('.repeat(25_000)}${')'.repeat(25_000)}`,
    ];
    for (const value of long) {
      for (const path of ['/token', '/introspect', '/authorize', '/login']) {
        const response = await op.fetch(path, {
          method: 'POST',
          body: value,
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        });
        assert(response.status >= 400 && response.status < 500, `${path}: ${response.status}`);
      }
      const headers = {
        cookie: value,
        authorization: `Basic ${value}`.slice(0, 50_000),
        origin: value.slice(0, 40_000),
        'x-forwarded-for': value,
      };
      assert((await op.fetch('/userinfo', { headers })).status < 500);
    }
  });
});

describe('T151: liveness and readiness', () => {
  it('healthz answers; readyz is 503 when the store cannot be written', async () => {
    const op = await openOp();
    assertEquals((await op.fetch('/healthz')).status, 200);
    assertEquals((await op.fetch('/readyz')).status, 200);
    const { openMemoryStore } = await import('../../src/store/memory.ts');
    const inner = openMemoryStore({ now: () => 1_800_000_000 });
    let isFull = false;
    const full = () =>
      Promise.reject(Object.assign(new Error('no space left'), { code: 'ENOSPC' }));
    const store = { ...inner, commit: (change: never) => isFull ? full() : inner.commit(change) };
    const broken = await openOp({ store: store as never });
    isFull = true;
    assertEquals((await broken.fetch('/readyz')).status, 503);
    assertEquals((await broken.fetch('/healthz')).status, 200);
  });

  it('T139: a full disk is 503 with Retry-After, reads go on, and it recovers', async () => {
    const { openMemoryStore } = await import('../../src/store/memory.ts');
    const inner = openMemoryStore({ now: () => 1_800_000_000 });
    let isFull = false;
    const full = () =>
      Promise.reject(Object.assign(new Error('no space left'), { code: 'ENOSPC' }));
    const store = { ...inner, commit: (change: never) => isFull ? full() : inner.commit(change) };
    const op = await openOp({ store: store as never });
    const tokens = await obtainTokens(op, { scope: 'openid offline_access' });
    isFull = true;
    const form = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token };
    const refused = await op.post('/token', form, basic('app'));
    assertEquals([refused.status, refused.headers.get('retry-after')], [503, '5']);
    assertEquals((await refused.json() as { error: string }).error, 'temporarily_unavailable');
    assertEquals(
      (await op.fetch('/userinfo', { headers: { authorization: `Bearer ${tokens.access_token}` } }))
        .status,
      200,
    );
    isFull = false;
    assertEquals((await op.post('/token', form, basic('app'))).status, 200);
  });
});
