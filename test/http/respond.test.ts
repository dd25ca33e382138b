import { describe, it } from 'node:test';
import { html } from '../../src/http/html.ts';
import {
  addHeaders,
  json,
  jsonText,
  methodNotAllowed,
  newNonce,
  noContent,
  noStore,
  notFoundText,
  originSource,
  page,
  plainText,
  seeOther,
} from '../../src/http/respond.ts';
import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertNotEquals,
  assertThrows,
} from '../support/assert.ts';

/** The policy as directive → sources. */
function policyOf(response: Response): Map<string, string> {
  const header = response.headers.get('content-security-policy') ?? '';
  return new Map(
    header.split('; ').map((directive) => {
      const space = directive.indexOf(' ');
      return [directive.slice(0, space), directive.slice(space + 1)];
    }),
  );
}

describe('json', () => {
  it('RFC 6749 §5.1: a token response is JSON that nobody keeps', async () => {
    const response = json({ access_token: 'é' }, noStore);
    assertEquals(response.status, 200);
    assertEquals(response.headers.get('content-type'), 'application/json');
    assertEquals(response.headers.get('cache-control'), 'no-store');
    assertEquals(response.headers.get('pragma'), 'no-cache');
    assertEquals(await response.json(), { access_token: 'é' });
  });

  it('RFC 6749 §5.2: status and headers are the caller’s', () => {
    const response = json(
      { error: 'invalid_client' },
      { 'www-authenticate': 'Basic realm="x"' },
      401,
    );
    assertEquals(response.status, 401);
    assertFalse(response.ok);
    assertEquals(response.headers.get('www-authenticate'), 'Basic realm="x"');
  });

  it('RFC 8414 §3.2: prebuilt text goes out byte by byte', async () => {
    const response = jsonText('{ "a" : 1 }', { 'cache-control': 'public, max-age=300' });
    assertEquals(await response.text(), '{ "a" : 1 }');
  });

  for (const bad of ['a\r\nset-cookie: b=1', 'a\n', 'a\rb', 'a\0', 'é', '\x7f']) {
    it(`T005: the header value ${JSON.stringify(bad)} is a TypeError`, () => {
      assertThrows(() => json({}, { 'www-authenticate': bad }), TypeError, 'www-authenticate');
      assertThrows(() => page(html``, { hsts: false, cookies: [bad] }), TypeError, 'set-cookie');
      assertThrows(() => noContent({ allow: bad }), TypeError, 'allow');
    });
  }
});

describe('a response of ours', () => {
  const make = (): Response =>
    page(html`<p>é</p>`, { hsts: true, cookies: ['a=1; Path=/', 'b=2; Path=/'] });

  it('T149: is a Response with two Set-Cookie headers', () => {
    assert(make() instanceof Response);
    assertEquals(make().headers.getSetCookie(), ['a=1; Path=/', 'b=2; Path=/']);
  });

  it('T149: survives new Response(r.body, r) and Response.clone()', async () => {
    const original = make();
    const wrapped = new Response(original.body, original);
    assertEquals(await wrapped.text(), '<p>é</p>');
    assertEquals(wrapped.headers.getSetCookie(), ['a=1; Path=/', 'b=2; Path=/']);
    assertEquals(wrapped.headers.get('x-frame-options'), 'DENY');
    const cloned = json({ a: 1 }, {}, 201).clone();
    assertEquals(cloned.status, 201);
    assertEquals(await cloned.json(), { a: 1 });
  });

  it('T149: takes more headers, before and after its headers were looked at', () => {
    const response = json({}, { vary: 'Accept-Language' });
    addHeaders(response, [['vary', 'Origin'], ['x-one', '1']]);
    assertEquals(response.headers.get('vary'), 'Accept-Language, Origin');
    response.headers.set('x-two', '2');
    addHeaders(response, [['x-three', '3']]);
    assertEquals(
      ['x-one', 'x-two', 'x-three'].map((name) => response.headers.get(name)),
      ['1', '2', '3'],
    );
    const foreign = new Response('x');
    addHeaders(foreign, [['x-one', '1']]);
    assertEquals(foreign.headers.get('x-one'), '1');
  });

  it('T121: 404 and 405 show no internals', async () => {
    assertEquals(await notFoundText().text(), 'Not Found\n');
    const response = methodNotAllowed('GET, HEAD');
    assertEquals(response.status, 405);
    assertEquals(response.headers.get('allow'), 'GET, HEAD');
    assertEquals(plainText('x', 400).headers.get('content-type'), 'text/plain; charset=utf-8');
  });
});

describe('seeOther', () => {
  it('T004: redirects with 303, kept by nobody and without referrer', async () => {
    const response = seeOther('https://app.example/cb?code=1', ['a=1', 'b=2']);
    assertEquals(response.status, 303);
    assertEquals(response.headers.get('location'), 'https://app.example/cb?code=1');
    assertEquals(response.headers.get('cache-control'), 'no-store');
    assertEquals(response.headers.get('referrer-policy'), 'no-referrer');
    assertEquals(response.headers.getSetCookie(), ['a=1', 'b=2']);
    assertEquals(await response.text(), '');
  });

  it('T125: has no Cross-Origin-Opener-Policy, which would cut a popup off from its opener', () => {
    assertEquals(seeOther('https://app.example/').headers.get('cross-origin-opener-policy'), null);
  });

  for (
    const location of [
      '',
      'https://a/\r\nx: y',
      'https://a/\n',
      'https://a/ b',
      'https://a/é',
      'https://a/\0',
      '/\t',
    ]
  ) {
    it(`T005: the location ${JSON.stringify(location)} is a TypeError`, () => {
      assertThrows(() => seeOther(location), TypeError, 'visible ASCII');
    });
  }
});

describe('page', () => {
  it('T107: no page can be framed', () => {
    const response = page(html``, { hsts: false });
    assertEquals(policyOf(response).get('frame-ancestors'), "'none'");
    assertEquals(response.headers.get('x-frame-options'), 'DENY');
  });

  it('T108: the policy allows nothing unsafe and nothing that was not asked for', () => {
    const policy = policyOf(page(html``, { hsts: true }));
    assertEquals(policy.get('default-src'), "'none'");
    assertEquals(policy.get('base-uri'), "'none'");
    assertEquals(policy.get('form-action'), "'self'");
    assertEquals(policy.get('img-src'), "'self' data:");
    assertFalse(policy.has('script-src'));
    assertFalse(policy.has('style-src'));
    const nonce = newNonce();
    const full = page(html``, {
      hsts: true,
      nonce,
      scriptNonce: true,
      formAction: ['https://app.example', 'com.example.app:'],
      imgOrigins: ['https://logos.example'],
    });
    assertEquals(policyOf(full).get('style-src'), `'nonce-${nonce}'`);
    assertEquals(policyOf(full).get('script-src'), `'nonce-${nonce}'`);
    assertEquals(policyOf(full).get('form-action'), "'self' https://app.example com.example.app:");
    assertEquals(policyOf(full).get('img-src'), "'self' data: https://logos.example");
    assertFalse(full.headers.get('content-security-policy')?.includes('unsafe'));
    assertFalse(policyOf(page(html``, { hsts: true, nonce })).has('script-src'));
  });

  for (
    const source of [
      'https://a; script-src *',
      'https://a b',
      "'unsafe-inline'",
      '*',
      'https://*.a',
      'a,b',
      '',
      'a\n',
    ]
  ) {
    it(`T108: the source ${JSON.stringify(source)} is a TypeError`, () => {
      assertThrows(() => page(html``, { hsts: false, formAction: [source] }), TypeError);
      assertThrows(() => page(html``, { hsts: false, imgOrigins: [source] }), TypeError);
      assertThrows(() => page(html``, { hsts: false, nonce: source }), TypeError);
    });
  }

  it('T111: pages send no referrer', () => {
    assertEquals(page(html``, { hsts: false }).headers.get('referrer-policy'), 'no-referrer');
  });

  it('T125: HSTS for https issuers, nosniff, opener policy, and nobody keeps a page', () => {
    const { headers, status } = page(html``, { hsts: true, status: 400 });
    assertEquals(status, 400);
    assertEquals(headers.get('strict-transport-security'), 'max-age=31536000');
    assertEquals(headers.get('x-content-type-options'), 'nosniff');
    assertEquals(headers.get('cross-origin-opener-policy'), 'same-origin');
    assertEquals(headers.get('cache-control'), 'no-store');
    assertMatch(headers.get('permissions-policy') ?? '', /camera=\(\)/);
    const plain = page(html``, { hsts: false, popup: true }).headers;
    assertEquals(plain.get('strict-transport-security'), null);
    assertEquals(plain.get('cross-origin-opener-policy'), null);
  });

  it('T108: nonces are 128 random bits', () => {
    assertMatch(newNonce(), /^[A-Za-z0-9_-]{22}$/);
    assertNotEquals(newNonce(), newNonce());
  });
});

describe('originSource', () => {
  for (
    const { uri, source } of [
      { uri: 'https://app.example/cb?x=1', source: 'https://app.example' },
      { uri: 'https://APP.example:8443/cb', source: 'https://app.example:8443' },
      { uri: 'http://127.0.0.1:5000/cb', source: 'http://127.0.0.1:5000' },
      { uri: 'http://[::1]:5000/cb', source: 'http:' },
      { uri: 'com.example.app:/cb', source: 'com.example.app:' },
      { uri: 'com.example.app://host/cb', source: 'com.example.app:' },
    ]
  ) {
    it(`T108: ${uri} is covered by ${source}`, () => {
      assertEquals(originSource(uri), source);
      page(html``, { hsts: false, formAction: [source] });
    });
  }
});
