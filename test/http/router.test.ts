import { describe, it } from 'node:test';
import type { CorsPolicy } from '../../src/http/cors.ts';
import { json, noStore, notFoundText, plainText, seeOther } from '../../src/http/respond.ts';
import { createRouter, type RequestContext, type Route } from '../../src/http/router.ts';
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertThrows,
} from '../support/assert.ts';

const show = (_request: Request, context: RequestContext): Response =>
  json({ path: context.path, query: context.query, peer: context.peerAddress ?? null });

const origins: CorsPolicy = {
  kind: 'origins',
  isAllowed: (origin) => Promise.resolve(origin === 'https://spa.example' || origin === 'null'),
};

const routes: readonly Route[] = [
  { path: '/jwks', methods: { GET: show }, cors: { kind: 'open' } },
  { path: '/token', methods: { POST: show }, cors: origins },
  { path: '/userinfo', methods: { GET: show, POST: show }, cors: origins },
  { path: '/login', methods: { GET: show, POST: show } },
  { path: '/client/é', methods: { PUT: show, DELETE: show } },
  { path: '/go', methods: { GET: () => seeOther('https://app.example/', ['a=1', 'b=2']) } },
  { path: '/late', methods: { GET: () => Promise.resolve(json({ late: true })) } },
  {
    path: '/throws',
    methods: {
      GET: () => {
        throw new Error('secret');
      },
      POST: () => Promise.reject(new Error('secret')),
    },
    cors: { kind: 'open' },
  },
  {
    path: '/undecided',
    methods: { GET: show },
    cors: { kind: 'origins', isAllowed: () => Promise.reject(new Error('secret')) },
  },
];

const route = createRouter({
  basePath: '/auth',
  routes,
  rootRoutes: [{ path: '/.well-known/oauth-authorization-server/auth', methods: { GET: show } }],
  notFound: (_request, context) => plainText(`none: ${context.path}`, 404, noStore),
  failed: (_error, _request, context) => plainText(context.correlationId, 500, noStore),
});

function ask(
  method: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  // A stand-in, since a Request does not let `origin` through, tidies up URLs and refuses methods.
  const list = new Headers();
  const map = new Map(Object.entries(headers));
  const request = {
    url: `https://op.example${path}`,
    method,
    headers: {
      get: (name: string) => map.get(name) ?? null,
      has: (name: string) => map.has(name),
      list,
    },
  };
  return route(request as unknown as Request, { address: '192.0.2.1' });
}

describe('createRouter', () => {
  it('T121: a whole path is matched below the base path, with query and peer', async () => {
    const response = await ask('GET', '/auth/login?a=%41&b=?#f');
    assertEquals(await response.json(), { path: '/login', query: 'a=%41&b=?', peer: '192.0.2.1' });
    assertEquals(await (await ask('GET', '/auth/late')).json(), { late: true });
  });

  it('T121: a root route is matched outside the base path', async () => {
    const response = await ask('GET', '/.well-known/oauth-authorization-server/auth');
    assertEquals(response.status, 200);
  });

  it('T149: a Request of this runtime is matched', async () => {
    const response = await route(new Request('http://localhost:9091/auth/jwks?x=1'));
    assertEquals(await response.json(), { path: '/jwks', query: 'x=1', peer: null });
  });

  it('T149: a target as it was sent is matched in place of the URL, unless it is a URL itself', async () => {
    const request = new Request('http://localhost/auth/jwks?x=1');
    const path = async (
      target: string,
    ): Promise<unknown> => (await (await route(request, { target })).text());
    assertEquals(await path('/auth/x?y'), 'none: /x');
    assertEquals(await path('/auth/x/../jwks'), 'none: /x/../jwks');
    assertEquals(await path('//auth/jwks'), 'none: //auth/jwks');
    assertEquals(
      await path('http://localhost/auth/jwks?x=1'),
      '{"path":"/jwks","query":"x=1","peer":null}',
    );
    assertEquals(await path('/auth/jwks?x=2'), '{"path":"/jwks","query":"x=2","peer":null}');
  });

  for (
    const path of [
      '/auth/token/',
      '/auth//token',
      '//auth/token',
      '/auth/%74oken',
      '/auth/Token',
      '/auth/token;x=1',
      '/auth/./token',
      '/auth/x/../token',
      '/auth/token%00',
      '/token',
      '/auth',
      '/auth/',
      '/',
      '',
      '?/auth/token',
      '#/auth/token',
      '/authx/token',
      '/auth/constructor',
      '/auth/__proto__',
      '/auth/.well-known/oauth-authorization-server/auth',
    ]
  ) {
    it(`T121: ${path || '(no path)'} is 404`, async () => {
      assertEquals((await ask('POST', path)).status, 404);
    });
  }

  it('T121: the path shown is the one below the base, or the whole', async () => {
    assertEquals(await (await ask('GET', '/auth/x')).text(), 'none: /x');
    assertEquals(await (await ask('GET', '/x')).text(), 'none: /x');
    assertEquals(await (await ask('GET', '/authx')).text(), 'none: /authx');
  });

  for (
    const { method, path, allow } of [
      { method: 'GET', path: '/auth/token', allow: 'POST, OPTIONS' },
      { method: 'HEAD', path: '/auth/token', allow: 'POST, OPTIONS' },
      { method: 'POST', path: '/auth/jwks', allow: 'GET, HEAD, OPTIONS' },
      { method: 'BREW', path: '/auth/login', allow: 'GET, POST, HEAD, OPTIONS' },
      { method: 'constructor', path: '/auth/login', allow: 'GET, POST, HEAD, OPTIONS' },
      { method: 'get', path: '/auth/login', allow: 'GET, POST, HEAD, OPTIONS' },
      { method: 'GET', path: '/auth/client/é', allow: 'PUT, DELETE, OPTIONS' },
    ]
  ) {
    it(`T121: ${method} ${path} is 405 with Allow`, async () => {
      const response = await ask(method, path);
      assertEquals(response.status, 405);
      assertEquals(response.headers.get('allow'), allow);
    });
  }

  it('RFC 9110 §9.3.2: HEAD has the headers of GET, its length, and no body', async () => {
    const get = await ask('GET', '/auth/login');
    const head = await ask('HEAD', '/auth/login');
    assertEquals(head.status, get.status);
    assertEquals(head.headers.get('content-type'), get.headers.get('content-type'));
    assertEquals(head.headers.get('content-length'), String((await get.text()).length));
    assertEquals(await head.text(), '');
    const redirect = await ask('HEAD', '/auth/go');
    assertEquals(redirect.status, 303);
    assertEquals(redirect.headers.getSetCookie(), ['a=1', 'b=2']);
    assertEquals((await ask('HEAD', '/auth/none')).status, 404);
  });

  it('RFC 9110 §9.3.7: OPTIONS tells what is allowed', async () => {
    const response = await ask('OPTIONS', '/auth/login');
    assertEquals(response.status, 204);
    assertEquals(response.headers.get('allow'), 'GET, POST, HEAD, OPTIONS');
    assertEquals(await response.text(), '');
  });

  for (const method of ['GET', 'POST']) {
    it(`T121: a handler that throws at ${method} becomes the failure answer`, async () => {
      const response = await ask(method, '/auth/throws');
      assertEquals(response.status, 500);
      assertMatch(await response.text(), /^[0-9a-z]{10}$/);
      assertEquals(response.headers.get('access-control-allow-origin'), '*');
    });
  }

  it('T122: a path and query above 12 KiB are 414', async () => {
    const fits = `/auth/login?${'a'.repeat(12 * 1024 - '/auth/login?'.length)}`;
    assertEquals((await ask('GET', fits)).status, 200);
    assertEquals((await ask('GET', `${fits}a`)).status, 414);
    assertEquals((await ask('GET', `/auth/${'a'.repeat(50_000)}`)).status, 414);
    assertEquals((await ask('GET', `/auth/login#${'a'.repeat(50_000)}`)).status, 200);
  });

  it('T121: the correlation id stays the same within a request and differs between them', async () => {
    const seen: string[] = [];
    const once = createRouter({
      basePath: '',
      routes: [],
      notFound: (_request, context) => {
        seen.push(context.correlationId, context.correlationId);
        return notFoundText();
      },
      failed: () => plainText('', 500),
    });
    await once(new Request('http://localhost/'));
    await once(new Request('http://localhost/'));
    assertEquals(seen[0], seen[1]);
    assertNotEquals(seen[0], seen[2]);
  });

  it('T121: one path for two routes is a TypeError', () => {
    const twice = { path: '/a', methods: { GET: show } };
    const rest = { notFound: () => notFoundText(), failed: () => plainText('', 500) };
    assertThrows(
      () =>
        createRouter({
          basePath: '/x',
          routes: [twice, { ...twice, path: '/b' }],
          rootRoutes: [{ ...twice, path: '/x/a' }],
          ...rest,
        }),
      TypeError,
      '/x/a',
    );
  });
});

describe('CORS', () => {
  const preflight = {
    'origin': 'https://spa.example',
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization',
  };

  it('T120: discovery and JWKS are open, without credentials', async () => {
    for (const origin of ['', 'null', 'https://any.example']) {
      const response = await ask('GET', '/auth/jwks', { origin });
      assertEquals(response.headers.get('access-control-allow-origin'), '*');
      assertEquals(response.headers.get('access-control-allow-credentials'), null);
    }
  });

  it('T120: an allowed origin is echoed, and the headers it needs are exposed', async () => {
    const response = await ask('POST', '/auth/token', { origin: 'https://spa.example' });
    assertEquals(response.status, 200);
    assertEquals(response.headers.get('access-control-allow-origin'), 'https://spa.example');
    assertEquals(
      response.headers.get('access-control-expose-headers'),
      'WWW-Authenticate, DPoP-Nonce',
    );
    assertEquals(response.headers.get('access-control-allow-credentials'), null);
    assertEquals(response.headers.get('vary'), 'Origin');
  });

  it('T120: a preflight is answered for an allowed origin', async () => {
    const response = await ask('OPTIONS', '/auth/token', preflight);
    assertEquals(response.status, 204);
    assertEquals(response.headers.get('access-control-allow-origin'), 'https://spa.example');
    assertEquals(response.headers.get('access-control-allow-methods'), 'POST, OPTIONS');
    assertEquals(
      response.headers.get('access-control-allow-headers'),
      'authorization, content-type, dpop',
    );
    assertEquals(response.headers.get('access-control-max-age'), '7200');
    assertEquals(response.headers.get('access-control-allow-credentials'), null);
    assertEquals(response.headers.get('vary'), 'Origin');
  });

  for (
    const origin of [
      'https://evil.example',
      'https://spa.example.evil.example',
      'http://spa.example',
      'null',
      '',
      'https://spa.example/',
    ]
  ) {
    it(`T120: the origin "${origin}" gets the ordinary answer without CORS headers`, async () => {
      for (const [method, status] of [['POST', 200], ['OPTIONS', 204], ['GET', 405]] as const) {
        const response = await ask(method, '/auth/token', { ...preflight, origin });
        assertEquals(response.status, status);
        const names = [...response.headers.keys()];
        assertEquals(names.filter((name) => name.startsWith('access-control-')), []);
        assertEquals(response.headers.get('vary'), 'Origin');
      }
    });
  }

  it('T120: a request without origin gets no CORS headers, and caches still keep it apart', async () => {
    const response = await ask('GET', '/auth/userinfo');
    assertEquals(response.headers.get('access-control-allow-origin'), null);
    assertEquals(response.headers.get('vary'), 'Origin');
    // No cache keeps the answer to a POST.
    assertEquals((await ask('POST', '/auth/token')).headers.get('vary'), null);
  });

  it('T120: pages have no CORS headers at all', async () => {
    for (const method of ['GET', 'POST', 'OPTIONS']) {
      const response = await ask(method, '/auth/login', preflight);
      const names = [...response.headers.keys()];
      assertEquals(
        names.filter((name) => name.startsWith('access-control-') || name === 'vary'),
        [],
      );
    }
  });

  it('T120: an allowed origin can read a refusal', async () => {
    const response = await ask('GET', '/auth/token', { origin: 'https://spa.example' });
    assertEquals(response.status, 405);
    assertEquals(response.headers.get('access-control-allow-origin'), 'https://spa.example');
  });

  it('T120: an origin that could not be judged gets the failure answer without CORS headers', async () => {
    const response = await ask('GET', '/auth/undecided', { origin: 'https://spa.example' });
    assertEquals(response.status, 500);
    assert(!response.headers.has('access-control-allow-origin'));
  });
});
