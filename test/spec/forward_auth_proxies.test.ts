import { describe, it } from 'node:test';
import { assert, assertEquals, assertStringIncludes } from '../support/assert.ts';
import { PROXY, traefik, withProxied } from '../support/proxied.ts';

describe('a proxy', () => {
  it('T119: counts only from trusted_proxies', () =>
    withProxied(async (op) => {
      for (const address of ['10.9.8.8', '203.0.113.7', undefined]) {
        const answer = await op.instance.fetch(traefik('https://public.example/'), { address });
        assertEquals(answer.status, 403);
        assertStringIncludes(await answer.text(), 'trusted_proxies');
      }
    }));

  const TRAEFIK = {
    'x-forwarded-method': 'GET',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'public.example',
    'x-forwarded-uri': '/x',
  };
  const WRONG: readonly (readonly [string, string | undefined])[] = [
    ['x-forwarded-method', undefined],
    ['x-forwarded-method', 'get'],
    ['x-forwarded-method', 'GET, POST'],
    ['x-forwarded-proto', undefined],
    ['x-forwarded-proto', 'ftp'],
    ['x-forwarded-proto', 'http'],
    ['x-forwarded-proto', 'https, http'],
    ['x-forwarded-host', undefined],
    ['x-forwarded-host', ''],
    ['x-forwarded-host', 'public.example, app.example'],
    ['x-forwarded-host', 'public.example.'],
    ['x-forwarded-host', 'user@public.example'],
    ['x-forwarded-host', 'public.example/x'],
    ['x-forwarded-host', 'public.example:99999'],
    ['x-forwarded-host', '[::1'],
    ['x-forwarded-host', 'bücher.example'],
    ['x-forwarded-host', `${'a.'.repeat(123)}public.example`],
    ['x-forwarded-host', 'pub lic.example'],
    ['x-forwarded-uri', undefined],
    ['x-forwarded-uri', 'x'],
    ['x-forwarded-uri', 'https://public.example/x'],
    ['x-forwarded-uri', '*'],
    ['x-forwarded-uri', '/x, /y'],
    ['x-forwarded-uri', '/%0d%0aRemote-User:%20admin'],
    ['x-forwarded-uri', '/%zz'],
    ['x-forwarded-uri', '/\\evil'],
    ['x-forwarded-uri', '/x#y'],
  ];
  for (const [name, value] of WRONG) {
    it(`learns what is wrong with ${name}: ${value}`, () =>
      withProxied(async (op) => {
        const { [name]: _, ...rest } = TRAEFIK as Record<string, string>;
        const headers = value === undefined ? rest : { ...rest, [name]: value };
        const request = new Request('http://ostiary:9091/authz/forward-auth', { headers });
        const answer = await op.instance.fetch(request, { address: PROXY });
        assertEquals(answer.status, 400);
        assertStringIncludes((await answer.text()).toLowerCase(), name);
      }));
  }

  /** Each as it really asks, with all else that it sends. */
  const FORMS: readonly (readonly [string, string, Record<string, string>, string?])[] = [
    ['Traefik', '/authz/forward-auth', {
      ...TRAEFIK,
      'x-forwarded-port': '443',
      'x-forwarded-server': 'traefik-1',
      'x-real-ip': '203.0.113.9',
    }],
    ['Traefik, of a WebSocket', '/authz/forward-auth', { ...TRAEFIK, 'x-forwarded-proto': 'wss' }],
    // It keeps the query of what it asks about.
    ['Caddy', '/authz/forward-auth?a=b&access_token=x', {
      ...TRAEFIK,
      'x-forwarded-uri': '/x?a=b&access_token=x',
      'x-forwarded-for': '203.0.113.9',
      'via': '1.1 Caddy',
      'accept-encoding': 'gzip',
    }],
    ['nginx', '/authz/auth-request', {
      'x-original-url': 'https://public.example/x?a=b,c',
      'x-original-method': 'POST',
      'connection': 'close',
    }],
    ['Envoy', '/authz/ext-authz//x?a=b', {
      'host': 'public.example',
      'x-forwarded-proto': 'https',
      'x-forwarded-for': '10.0.0.1,192.0.2.2',
      'x-ostiary-original-path': '/x?a=b',
      'x-envoy-internal': 'true',
      'x-envoy-expected-rq-timeout-ms': '1000',
      'content-length': '0',
    }],
    ['Envoy, of another method', '/authz/ext-authz//x', {
      'host': 'public.example',
      'x-forwarded-proto': 'https',
    }, 'PROPFIND'],
    ['Envoy, of the root', '/authz/ext-authz//', {
      'host': 'public.example',
      'x-forwarded-proto': 'https',
    }, 'HEAD'],
  ];
  for (const [name, target, headers, method = 'GET'] of FORMS) {
    it(`may be ${name}`, () =>
      withProxied(async (op) => {
        const host = headers['host'] ?? 'ostiary:9091';
        const request = new Request(`http://${host}${target}`, { method, headers });
        const answer = await op.instance.fetch(request, { address: PROXY, target });
        assertEquals(answer.status, 200, await answer.text());
        assertEquals(answer.headers.get('remote-user'), '');
        const other = target.replace('public', 'app');
        const asked = Object.entries(headers).map(([key, value]) => [
          key,
          value.replace('public.example', 'app.example'),
        ]);
        const elsewhere = new Request(`http://${host.replace('public', 'app')}${other}`, {
          method,
          headers: Object.fromEntries(asked),
        });
        const refused = await op.instance.fetch(elsewhere, { address: PROXY, target: other });
        assert([303, 401].includes(refused.status), String(refused.status));
        assertStringIncludes(
          refused.headers.get('location') ?? '',
          'https://app.example/.ostiary/',
        );
      }));
  }

  it('that is nginx gets 401 and 403 alone, as it takes no other', () =>
    withProxied(async (op) => {
      const send = (headers: Record<string, string>) =>
        op.instance.fetch(new Request('http://o/authz/auth-request', { headers }), {
          address: PROXY,
        });
      const method = { 'x-original-method': 'GET', 'accept': 'text/html' };
      const urls: readonly (readonly [number, string])[] = [
        [401, 'https://app.example/'],
        [403, 'https://shut.example/'],
        [403, 'https://app.example/.ostiary/sign-in'],
        [403, 'nonsense'],
        [403, 'https://app.example/admin/../x'],
      ];
      for (const [status, url] of urls) {
        assertEquals((await send({ ...method, 'x-original-url': url })).status, status, url);
      }
      assertEquals((await send(method)).status, 403);
    }));

  it('that is Envoy is told of paths as they were sent, or asked to say', () =>
    withProxied(async (op) => {
      const headers = {
        'host': 'app.example',
        'x-forwarded-proto': 'https',
        'accept': 'text/plain',
      };
      const send = (target: string, more: Record<string, string> = {}, isRaw = true) =>
        op.instance.fetch(
          new Request(`http://app.example${target}`, { headers: { ...headers, ...more } }),
          {
            address: PROXY,
            ...isRaw && { target },
          },
        );
      assertEquals((await send('/authz/ext-authz//../../healthz')).status, 401);
      assertEquals((await send('/authz/ext-authz//admin/../x')).status, 403);
      assertEquals((await send('/authz/ext-authz/x')).status, 400);
      const untold = await send('/authz/ext-authz//x', {}, false);
      assertEquals(untold.status, 400);
      assertStringIncludes(await untold.text(), 'X-Ostiary-Original-Path');
      const honest = { 'x-ostiary-original-path': '/a/../x' };
      assertEquals((await send('/authz/ext-authz//a/../x', honest, false)).status, 401);
      assertEquals((await send('/authz/ext-authz//a/../x', honest)).status, 401);
      for (const isRaw of [true, false]) {
        assertEquals((await send('/authz/ext-authz//y', honest, isRaw)).status, 400);
      }
      const named = { 'x-ostiary-original-path': '/../../healthz' };
      // Resolved by the runtime, the path is that of another endpoint, whose 200 would be a yes.
      assertEquals((await send('/healthz', {}, false)).status, 200);
      assertEquals((await send('/healthz', named, false)).status, 400);
    }));

  it('that names nobody it asks for opens no network', () =>
    withProxied(async (op) => {
      const send = (xff?: string) => {
        const request = traefik('https://inside.example/');
        if (xff === undefined) request.headers.delete('x-forwarded-for');
        else request.headers.set('x-forwarded-for', xff);
        return op.instance.fetch(request, { address: PROXY });
      };
      assertEquals((await send('10.1.2.3')).status, 200);
      for (const xff of [undefined, PROXY, '203.0.113.9', '10.1.2.3, 203.0.113.9', 'x']) {
        assertEquals((await send(xff)).status, 403, xff);
      }
    }, {
      access_control: {
        rules: [{ domain: 'inside.example', policy: 'bypass', networks: ['10.0.0.0/8'] }],
      },
    }));
});
