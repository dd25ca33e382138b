import { describe, it } from 'node:test';
import { createPathPatterns } from '../../src/http/path_patterns.ts';
import { json, notFoundText, plainText } from '../../src/http/respond.ts';
import { createRouter, type RequestContext } from '../../src/http/router.ts';
import { assertEquals, assertThrows } from '../support/assert.ts';

const patterns = createPathPatterns<string>();
for (
  const pattern of [
    '/register/{client_id}',
    '/admin/{kind}',
    '/admin/clients',
    '/admin/clients/{client_id}',
    '/admin/clients/{client_id}/secret',
    '/admin/{kind}/{id}/history',
  ]
) {
  patterns.add(pattern, pattern);
}

const found = (path: string): unknown => {
  const match = patterns.find(path);
  return match && [match.value, { ...match.params }];
};

describe('createPathPatterns', () => {
  const rows: readonly [path: string, expected: unknown][] = [
    ['/register/a', ['/register/{client_id}', { client_id: 'a' }]],
    ['/register/a%2Fb%20%C3%A9', ['/register/{client_id}', { client_id: 'a/b é' }]],
    ['/register/__proto__', ['/register/{client_id}', { client_id: '__proto__' }]],
    ['/admin/clients', ['/admin/clients', {}]],
    ['/admin/users', ['/admin/{kind}', { kind: 'users' }]],
    ['/admin/clients/a', ['/admin/clients/{client_id}', { client_id: 'a' }]],
    ['/admin/clients/a/secret', ['/admin/clients/{client_id}/secret', { client_id: 'a' }]],
    ['/admin/clients/a/history', ['/admin/{kind}/{id}/history', { kind: 'clients', id: 'a' }]],
    ['/admin/users/a/history', ['/admin/{kind}/{id}/history', { kind: 'users', id: 'a' }]],
  ];
  for (const [path, expected] of rows) {
    it(`T121: ${path} is found, literal segments first`, () => {
      assertEquals(found(path), expected);
    });
  }

  for (
    const path of [
      '',
      '/register',
      '/register/',
      '//a',
      '/register/a/',
      '/register/a/b',
      '/register//a',
      '/Register/a',
      '/%72egister/a',
      '/register/%',
      '/register/%zz',
      '/register/%ff',
      '/admin/users/a',
      '/admin//a/history',
      'constructor',
      '/constructor/a',
    ]
  ) {
    it(`T121: ${path || '(no path)'} is not found`, () => {
      assertEquals(found(path), undefined);
    });
  }

  it('T121: patterns that nobody could tell apart, and malformed ones, are TypeErrors', () => {
    for (const bad of ['/register/{id}', '/x/a{id}', '/x/{}', '/x/{id}/{id}', '/x/{ID']) {
      assertThrows(() => patterns.add(bad, bad), TypeError, 'Cannot route');
    }
  });
});

describe('createRouter with parameters', () => {
  const show = (_request: Request, { path, params }: RequestContext): Response =>
    json({ path, params });
  const route = createRouter({
    basePath: '/auth',
    routes: [
      { path: '/register/{client_id}', methods: { GET: show, PUT: show, DELETE: show } },
      { path: '/register/all', methods: { GET: show } },
    ],
    notFound: () => notFoundText(),
    failed: () => plainText('', 500),
  });
  const ask = (method: string, path: string): Promise<Response> =>
    route(new Request(`https://op.example${path}`, { method }));

  it('T121: the path shown is that of the request, and parameters are decoded', async () => {
    assertEquals(await (await ask('PUT', '/auth/register/a%2Fb?x')).json(), {
      path: '/register/a%2Fb',
      params: { client_id: 'a/b' },
    });
    assertEquals(await (await ask('GET', '/auth/register/all')).json(), {
      path: '/register/all',
      params: {},
    });
  });

  it('T121: HEAD, OPTIONS and 405 are as on any route, and what does not decode is 404', async () => {
    const head = await ask('HEAD', '/auth/register/a');
    assertEquals([head.status, await head.text()], [200, '']);
    const options = await ask('OPTIONS', '/auth/register/a');
    assertEquals(options.headers.get('allow'), 'GET, PUT, DELETE, HEAD, OPTIONS');
    const refused = await ask('POST', '/auth/register/a');
    assertEquals(refused.status, 405);
    assertEquals(refused.headers.get('allow'), 'GET, PUT, DELETE, HEAD, OPTIONS');
    assertEquals((await ask('GET', '/auth/register/%ff')).status, 404);
    assertEquals((await ask('GET', '/register/a')).status, 404);
  });
});
