import { describe, it } from 'node:test';
import { type AuthorizationResponse, locationOf } from '../../../src/engine/authorize/respond.ts';
import { assert, assertEquals } from '../../support/assert.ts';

function location(
  redirect_uri: string,
  fields: Record<string, string>,
  response_mode: AuthorizationResponse['response_mode'] = 'query',
): string {
  return locationOf({ redirect_uri, response_mode, fields: new Map(Object.entries(fields)) });
}

describe('redirect locations', () => {
  it('RFC 6749 §3.1.2: keep the query that the redirect URI has', () => {
    for (
      const [uri, expected] of [
        ['https://a.example', 'https://a.example?code=c'],
        ['https://a.example/cb', 'https://a.example/cb?code=c'],
        ['https://a.example/cb?x=1', 'https://a.example/cb?x=1&code=c'],
        ['https://a.example/cb?', 'https://a.example/cb?code=c'],
        ['https://a.example/cb?x=1&', 'https://a.example/cb?x=1&code=c'],
        ['com.example.app:/cb', 'com.example.app:/cb?code=c'],
      ]
    ) assertEquals(location(uri ?? '', { code: 'c' }), expected ?? '');
    assertEquals(
      location('https://a.example/cb?x=1', { code: 'c' }, 'fragment'),
      'https://a.example/cb?x=1#code=c',
    );
  });

  it('T005: every value comes back as it was, and no character can end the header', () => {
    const values = [
      'a b+c&d=e#f?g/h',
      '%41%00',
      '\r\nSet-Cookie: x=y',
      '\u0000',
      "'()*!~",
      'ü😀\u2028',
      '"<>\\^`{|}',
    ];
    for (const value of values) {
      for (const mode of ['query', 'fragment'] as const) {
        const made = location('https://a.example/cb', { state: value }, mode);
        assert(/^[\x21-\x7e]+$/.test(made), made);
        const url = new URL(made);
        const text = mode === 'query' ? url.search : url.hash;
        assertEquals(new URLSearchParams(text.slice(1)).get('state'), value);
        assertEquals(decodeURIComponent(text.split('=')[1] ?? ''), value);
      }
    }
  });

  it('a lone surrogate, which no encoding has, does not throw', () => {
    assert(location('https://a.example/cb', { state: '\ud800' }).includes('state=%EF%BF%BD'));
  });
});
