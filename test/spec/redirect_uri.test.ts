import { describe, it } from 'node:test';
import { redirectUriProblem } from '../../src/spec/redirect_uri.ts';
import { assert, assertEquals } from '../support/assert.ts';

describe('T002, RFC 8252 §7, RFC 9700 §4.1.3: redirect URIs that may be registered', () => {
  for (
    const uri of [
      'https://app.example/',
      'https://app.example',
      'https://app.example:8443/cb?tenant=1',
      'https://xn--bcher-kva.example/cb',
      'https://app_1.example/cb?a=1;b,c',
      `https://${'a.'.repeat(123)}example/`,
      'http://localhost/cb',
      'http://localhost:3000/cb',
      'http://127.0.0.1:3000/cb',
      'http://[::1]:3000/cb',
      'http://app.localhost/cb',
      'com.example.app:/oauth2redirect',
      'com.example.app://callback',
    ]
  ) it(`${uri} may`, () => assertEquals(redirectUriProblem(uri), undefined));

  for (
    const uri of [
      '',
      '/callback',
      'app.example/cb',
      '//app.example/cb',
      'https:app.example',
      'https:///cb',
      'https://',
      'HTTPS://app.example/',
      'https://APP.example/',
      'https://user@app.example/',
      'https://user:pass@app.example/',
      'https://app.example@evil.example/',
      'https://app.example/#',
      'https://app.example/#x',
      'https://app.example\\@evil.example/',
      'https://app.example/a b',
      'https://app.example/\n',
      'https://app.example/\u0000',
      'https://bücher.example/',
      'https://*.example/',
      'https://a;b.example/',
      'https://a,b.example/',
      "https://a'b.example/",
      `https://${'a.'.repeat(130)}example/`,
      'https://app.example/<script>',
      'com.example.app://[',
      'com.example.app://app:99999/',
      'http://app.example/',
      'http://127.0.0.1.evil.example/',
      'http://localhost.evil.example/',
      'https://0x7f.1/',
      'javascript:alert(1)',
      'JavaScript:alert(1)',
      'data:text/html,x',
      'file:///etc/passwd',
      'vbscript:x',
      'myapp:/cb',
      `https://app.example/${'x'.repeat(2100)}`,
    ]
  ) {
    it(`${JSON.stringify(uri.slice(0, 60))} may not`, () =>
      assert(redirectUriProblem(uri) !== undefined));
  }
});
