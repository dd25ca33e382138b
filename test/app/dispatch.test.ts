import { describe, it } from 'node:test';
import { dispatcher } from '../../src/app/dispatch.ts';
import type { Peer } from '../../src/http/router.ts';
import { assert, assertEquals } from '../support/assert.ts';

/** A route that says whose it is. */
function named(url: string) {
  return { url, route: () => Promise.resolve(new Response(url)) };
}

function dispatch(urls: readonly string[], proxies: readonly string[] = []) {
  const route = dispatcher(urls.map(named), proxies);
  return async (
    url: string,
    { headers = {}, ...peer }: Peer & { readonly headers?: Record<string, string> } = {},
  ): Promise<string | number> => {
    const response = await route(new Request(url, { headers }), peer);
    return response.status === 200 ? await response.text() : response.status;
  };
}

const ROOT = 'https://id.example';
const AUTH = 'https://id.example/auth';
const NESTED = 'https://id.example/auth/staff';
const OTHER = 'https://other.example';
const PORT = 'https://id.example:8443/auth';

describe('several issuers: which one a request is for', () => {
  const of = dispatch([ROOT, AUTH, NESTED, OTHER, PORT]);

  for (
    const [url, expected] of [
      ['https://id.example/', ROOT],
      ['https://id.example/token', ROOT],
      ['https://id.example/?x=/auth/token', ROOT],
      ['https://id.example/auth', AUTH],
      ['https://id.example/auth/', AUTH],
      ['https://id.example/auth?x=1', AUTH],
      ['https://id.example/auth/token', AUTH],
      ['https://id.example/auth/staff', NESTED],
      ['https://id.example/auth/staff/token', NESTED],
      ['https://id.example/auth/stafftoken', AUTH],
      ['https://id.example/authx', ROOT],
      ['https://id.example/authx/token', ROOT],
      ['https://id.example/AUTH/token', ROOT],
      ['https://other.example/auth/token', OTHER],
      ['https://ID.Example/auth/token', AUTH],
      ['https://id.example:443/auth/token', AUTH],
      ['http://id.example:443/auth/token', AUTH],
      ['http://id.example/auth/token', AUTH],
      ['https://id.example:8443/auth/token', PORT],
      ['https://id.example:8443/token', 404],
      ['https://id.example:9/auth/token', 404],
    ] as const
  ) {
    it(`${url} is for ${expected}`, async () => assertEquals(await of(url), expected));
  }

  for (
    const [target, expected] of [
      ['/auth/token', AUTH],
      ['/auth#fragment', AUTH],
      ['/auth/../token', AUTH],
      ['/auth/%2e%2e/token', AUTH],
      ['/%61uth/token', ROOT],
      ['/auth%2ftoken', ROOT],
      ['/auth;x/token', ROOT],
      ['//auth/token', ROOT],
      ['/', ROOT],
      ['/?/auth/token', ROOT],
      ['/.well-known/openid-configuration', ROOT],
      ['/.well-known/openid-configuration?x=/auth', ROOT],
      ['/.well-known/openid-configuration/auth', AUTH],
      ['/.well-known/oauth-authorization-server/auth?x', AUTH],
      ['/.well-known/oauth-authorization-server/auth/staff', NESTED],
      ['/.well-known/oauth-authorization-server/authx', ROOT],
      ['/.well-known/x/../auth', ROOT],
      ['/.well-known/x/auth/../..', AUTH],
      ['/.well-known//auth', ROOT],
      ['/.well-known/', ROOT],
      ['/.well-known', ROOT],
      ['/auth/.well-known/openid-configuration', AUTH],
      ['/auth/.well-known/openid-configuration/staff', AUTH],
      ['/.well-known/openid-configuration/'.padEnd(20_000, 'a/'), ROOT],
      // What is no path as it was sent: the URL that the runtime made of it counts.
      ['http://other.example/', ROOT],
      ['*', ROOT],
      ['', ROOT],
    ] as const
  ) {
    it(`RFC 9112 §3.2: ${target.slice(0, 60)} as it was sent is for ${expected}`, async () => {
      assertEquals(await of('https://id.example/', { target }), expected);
    });
  }

  it('RFC 9112 §3.2.2: the host of a target in absolute form is that of the URL', async () => {
    assertEquals(await of('http://other.example/', { target: 'http://other.example/' }), OTHER);
  });
});

describe('several issuers: a host that is none of ours', () => {
  it('is no hindrance while all are on one host', async () => {
    const of = dispatch([ROOT, AUTH]);
    assertEquals(await of('http://192.0.2.1:9091/auth/token'), AUTH);
    assertEquals(await of('http://192.0.2.1:9091/token'), ROOT);
  });

  it('is one where two issuers have the path', async () => {
    const of = dispatch([ROOT, AUTH, OTHER]);
    assertEquals(await of('http://192.0.2.1:9091/auth/token'), AUTH);
    assertEquals(await of('http://192.0.2.1:9091/token'), 404);
    assertEquals(await of('http://192.0.2.1:9091/jwks'), 404);
  });

  it('lets probes of the process through', async () => {
    const of = dispatch([ROOT, OTHER, 'https://other.example/b']);
    assertEquals(await of('http://192.0.2.1:9091/healthz'), ROOT);
    assertEquals(await of('http://192.0.2.1:9091/readyz'), ROOT);
    assertEquals(await of('http://192.0.2.1:9091/x/healthz'), 404);
    assertEquals(await of('http://192.0.2.1:9091/healthz?x'), 404);
  });

  it('is nothing where no issuer is above the path', async () => {
    const of = dispatch([AUTH, 'https://id.example/b']);
    for (const path of ['/', '/token', '/authx', '/healthz', '/.well-known/openid-configuration']) {
      assertEquals(await of(`https://id.example${path}`), 404, path);
    }
    assertEquals(await of('https://id.example/.well-known/openid-configuration/auth'), AUTH);
  });

  it('a single issuer answers whatever the host', async () => {
    assertEquals(await dispatch([AUTH])('http://192.0.2.1/token'), AUTH);
  });
});

describe('T118: several issuers behind proxies', () => {
  const of = dispatch([ROOT, OTHER], ['192.0.2.0/24']);
  const proxy = { address: '192.0.2.1' };
  const inside = 'http://10.0.0.1:9091/token';

  for (
    const [name, headers, expected] of [
      ['X-Forwarded-Host', { 'x-forwarded-host': 'other.example' }, OTHER],
      ['in upper case, with port', { 'x-forwarded-host': ' Other.Example:443 ' }, OTHER],
      ['Forwarded', { forwarded: 'for=192.0.2.9;host=other.example;proto=https' }, OTHER],
      ['Forwarded, quoted', { forwarded: 'host="other.example:443"' }, OTHER],
      ['Forwarded of several hops', { forwarded: 'host=id.example, host=other.example' }, OTHER],
      ['the last of several', { 'x-forwarded-host': 'id.example, other.example' }, OTHER],
      ['the last that is known', { 'x-forwarded-host': 'other.example, 10.0.0.1:9091' }, OTHER],
      [
        'both alike',
        { 'x-forwarded-host': 'other.example', forwarded: 'host=other.example' },
        OTHER,
      ],
      [
        'both, of which one was passed through unseen',
        { 'x-forwarded-host': 'other.example', forwarded: 'host=id.example' },
        404,
      ],
      ['a host that is none of ours', { 'x-forwarded-host': 'evil.example' }, 404],
      ['an empty one', { 'x-forwarded-host': '' }, 404],
      ['only commas', { 'x-forwarded-host': ',,,' }, 404],
      ['a name that objects have', { 'x-forwarded-host': '__proto__' }, 404],
      ['a Forwarded without host', { forwarded: 'for=other.example' }, 404],
      ['a parameter that ends in host', { forwarded: 'xhost=other.example' }, 404],
    ] as const
  ) {
    it(`from a trusted proxy: ${name}`, async () => {
      assertEquals(await of(inside, { ...proxy, headers }), expected);
    });
  }

  it('from anybody else they are nothing', async () => {
    const headers = { 'x-forwarded-host': 'other.example', forwarded: 'host=other.example' };
    assertEquals(await of(inside, { address: '203.0.113.7', headers }), 404);
    assertEquals(await of(inside, { headers }), 404);
    assertEquals(await of(`${ROOT}/token`, { address: '203.0.113.7', headers }), ROOT);
  });

  it('what a proxy passes on unseen does not put one issuer’s answers under another’s name', async () => {
    const headers = { 'x-forwarded-host': 'other.example' };
    assertEquals(await of(`${ROOT}/jwks`, { ...proxy, headers }), ROOT);
  });

  it('T128: hostile headers come to a verdict', async () => {
    for (const piece of [',', ';', ' ', 'host=', 'host="', ';host=a', ', host="x"', '; \t']) {
      const header = piece.repeat(Math.floor(50_000 / piece.length));
      for (const name of ['x-forwarded-host', 'forwarded']) {
        assert(
          [404, ROOT, OTHER].includes(await of(inside, { ...proxy, headers: { [name]: header } })),
        );
      }
    }
  });
});
