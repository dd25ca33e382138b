import { describe, it } from 'node:test';
import {
  cookieName,
  type CookieOptions,
  readCookies,
  serializeCookie,
} from '../../src/http/cookies.ts';
import { assert, assertEquals, assertNotEquals, assertThrows } from '../support/assert.ts';

const options: CookieOptions = { secure: true, path: '/' };

describe('readCookies', () => {
  for (
    const { name, header, cookies } of [
      { name: 'no header', header: null, cookies: [] },
      { name: 'an empty header', header: '', cookies: [] },
      { name: 'two cookies', header: 'a=1; b=2', cookies: [['a', '1'], ['b', '2']] },
      { name: 'no space between', header: 'a=1;b=2', cookies: [['a', '1'], ['b', '2']] },
      { name: 'equals signs in the value', header: 'a=b==', cookies: [['a', 'b==']] },
      { name: 'an empty value', header: 'a=', cookies: [['a', '']] },
      { name: 'quotes, as they are', header: 'a="1"', cookies: [['a', '"1"']] },
      { name: 'percent signs, as they are', header: 'a=%41', cookies: [['a', '%41']] },
      { name: 'a piece without equals sign', header: 'x; a=1', cookies: [['a', '1']] },
      { name: 'only separators', header: ';;; ;', cookies: [] },
    ] as const
  ) {
    it(`RFC 6265 §5.4: ${name}`, () => {
      assertEquals([...readCookies(header)], [...cookies] as [string, string][]);
    });
  }

  it('T149: a repeated name is read as neither of its values', () => {
    assertEquals([...readCookies('a=1; b=2; a=3; a=4')], [['b', '2']]);
  });

  it('T149: names are compared with prefix and case, so that a plain twin does not shadow', () => {
    const cookies = readCookies('s=1; __host-s=2; __HOST-s=3; __Secure-s=4; __Host-s=5');
    assertEquals(cookies.get('__Host-s'), '5');
  });

  it('T149: nameless cookies and Unicode spaces do not make a __Host- name', () => {
    for (
      const header of ['=__Host-s=1', '\u00a0__Host-s=1', '\u0085__Host-s=1', '__Host-s\u00a0=1']
    ) {
      assertEquals(readCookies(header).get('__Host-s'), undefined);
    }
  });

  it('T122: what is beyond 16 KiB or 100 cookies is not read', () => {
    assertEquals(readCookies(`a=${'x'.repeat(16 * 1024)}; b=1`).size, 0);
    const many = Array.from({ length: 200 }, (_, i) => `c${i}=1`).join('; ');
    assertEquals(readCookies(many).size, 100);
  });

  it('T128: hostile 50 kB headers come to a verdict', () => {
    for (const piece of [';', '=', ' ', 'a', 'a=1;', '; a']) {
      assert(readCookies(piece.repeat(Math.floor(50_000 / piece.length))).size <= 1);
    }
  });
});

describe('cookieName', () => {
  it('RFC 6265bis §4.1.3.2: an https issuer has __Host- names', () => {
    assertEquals(cookieName('ostiary_session', true, ''), '__Host-ostiary_session');
    assertEquals(cookieName('ostiary_session', true, '/'), '__Host-ostiary_session');
    assertEquals(cookieName('ostiary_session', false, '/'), 'ostiary_session');
  });

  it('T149: issuers of one host have different names, all of them tokens', () => {
    const paths = ['', '/a', '/b', '/a/b', '/a.b', '/a~b', '/a%2Fb', '/é', '/a_b', '/a-b'];
    const names = ['', '8443', '9443'].flatMap((port) =>
      paths.map((path) => cookieName('ostiary_session', true, path, port))
    );
    assertEquals(new Set(names).size, 3 * paths.length);
    for (const name of names) serializeCookie(name, 'x', options);
    assertEquals(cookieName('s', false, '/a'), cookieName('s', false, '/a/'));
  });
});

describe('serializeCookie', () => {
  it('RFC 6265 §4.1: attributes', () => {
    assertEquals(
      serializeCookie('__Host-s', 'v', options),
      '__Host-s=v; Path=/; HttpOnly; SameSite=Lax; Secure',
    );
    assertEquals(
      serializeCookie('s', 'v', {
        secure: false,
        path: '/auth',
        maxAgeSeconds: 60,
        sameSite: 'Strict',
      }),
      's=v; Path=/auth; HttpOnly; SameSite=Strict; Max-Age=60',
    );
    assertNotEquals(
      serializeCookie('s', '', { ...options, maxAgeSeconds: 0 }).indexOf('Max-Age=0'),
      -1,
    );
  });

  for (
    const { name, cookie, value, change } of [
      { name: 'a line break in the value', cookie: 's', value: 'a\r\nset-cookie: b=1', change: {} },
      { name: 'a semicolon in the value', cookie: 's', value: 'a; Domain=x', change: {} },
      { name: 'a comma in the value', cookie: 's', value: 'a,b', change: {} },
      { name: 'a space in the value', cookie: 's', value: 'a b', change: {} },
      { name: 'a NUL in the value', cookie: 's', value: '\0', change: {} },
      { name: 'a letter beyond ASCII', cookie: 's', value: 'é', change: {} },
      { name: 'a line break at the end', cookie: 's', value: 'a\n', change: {} },
      { name: 'an empty name', cookie: '', value: 'a', change: {} },
      { name: 'an equals sign in the name', cookie: 's=', value: 'a', change: {} },
      { name: 'a path with a semicolon', cookie: 's', value: 'a', change: { path: '/a;b' } },
      { name: 'a relative path', cookie: 's', value: 'a', change: { path: 'a' } },
      { name: '__Host- without Secure', cookie: '__Host-s', value: 'a', change: { secure: false } },
      { name: '__Host- below a path', cookie: '__Host-s', value: 'a', change: { path: '/a' } },
      {
        name: 'SameSite=None without Secure',
        cookie: 's',
        value: 'a',
        change: { secure: false, sameSite: 'None' },
      },
      { name: 'a fraction of a second', cookie: 's', value: 'a', change: { maxAgeSeconds: 0.5 } },
      { name: 'more than 4096 bytes', cookie: 's', value: 'a'.repeat(4096), change: {} },
    ] as const
  ) {
    it(`T005: ${name} is a TypeError`, () => {
      assertThrows(
        () => serializeCookie(cookie, value, { ...options, ...change }),
        TypeError,
        'Cannot set cookie',
      );
    });
  }
});
