import { describe, it } from 'node:test';
import { assert, assertEquals, assertFalse, assertStringIncludes } from '../support/assert.ts';
import { has, textOf } from '../support/browser.ts';
import {
  ALICE,
  answerOf,
  authorizationUrl,
  CHALLENGE,
  obtainCode,
  REDIRECT_URI,
} from '../support/flow.ts';
import { CLIENT, ISSUER, openOp } from '../support/op.ts';

const PUBLIC = {
  client_id: 'spa',
  token_endpoint_auth_method: 'none',
  redirect_uris: [
    'https://spa.example/',
    'https://spa.example/other?x=1',
    'com.example.app:/callback',
  ],
  scope: 'openid',
};

describe('RFC 6749 §3.1: authorization endpoint', () => {
  it('takes GET and POST alike', async () => {
    const op = await openOp();
    const browser = op.browser();
    const code = await obtainCode(op, {}, browser);
    assert(code.length >= 43);
    const page = await browser.post(
      '/authorize',
      new URLSearchParams(authorizationUrl().split('?')[1]),
    );
    assertEquals(page.status, 303);
    assertEquals(answerOf(page)['state'], 'xyz');
    assert((answerOf(page)['code'] ?? '').length >= 43);
  });

  it('ignores unknown parameters and treats empty ones as absent (T020)', async () => {
    const op = await openOp();
    const code = await obtainCode(op, {
      extra: 'foobar',
      nonce: '',
      prompt: '',
      response_mode: '',
      max_age: '',
    });
    assert(code.length >= 43);
  });

  it('T011: a repeated parameter is invalid_request, sent back without what is ambiguous', async () => {
    const op = await openOp();
    for (
      const name of [
        'scope',
        'response_type',
        'state',
        'nonce',
        'code_challenge',
        'prompt',
        'unknown',
      ]
    ) {
      const page = await op.browser().get(`${authorizationUrl({ [name]: 'a' })}&${name}=b`);
      assertEquals(answerOf(page)['error'], 'invalid_request', name);
      assertEquals(answerOf(page)['state'], name === 'state' ? undefined : 'xyz');
      assertEquals(page.url.origin, new URL(REDIRECT_URI).origin);
    }
  });

  it('T011: a repeated client_id or redirect_uri goes nowhere, even with equal values', async () => {
    const op = await openOp();
    for (
      const [name, value] of [['client_id', CLIENT.client_id], [
        'redirect_uri',
        REDIRECT_URI,
      ]] as const
    ) {
      const page = await op.browser().get(
        `${authorizationUrl()}&${name}=${encodeURIComponent(value)}`,
      );
      assertEquals([page.status, textOf(page, 'error')], [400, 'invalid_request']);
    }
  });

  it('a POST of another media type, or too large, is refused by a page', async () => {
    const op = await openOp();
    const json = await op.fetch('/authorize', {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    });
    assertEquals(json.status, 415);
    const large = await op.post('/authorize', { state: 'x'.repeat(70_000) });
    assertEquals(large.status, 413);
  });
});

describe('RFC 6749 §3.1.2: redirection endpoint', () => {
  it('T001: another redirect_uri than those registered is a page, whatever it looks like', async () => {
    const op = await openOp({ config: { clients: [CLIENT, PUBLIC] } });
    const tries = [
      `${REDIRECT_URI}/`,
      `${REDIRECT_URI}/extra`,
      `${REDIRECT_URI}?x=1`,
      `${REDIRECT_URI}#`,
      REDIRECT_URI.toUpperCase(),
      REDIRECT_URI.replace('https', 'HTTPS'),
      REDIRECT_URI.replace('app.example', 'APP.example'),
      REDIRECT_URI.replace('app.example', 'app.example.evil.example'),
      REDIRECT_URI.replace('app.example', 'user@app.example'),
      REDIRECT_URI.replace('app.example', 'app.example:443'),
      REDIRECT_URI.replace('/callback', '/%63allback'),
      REDIRECT_URI.replace('/callback', '/x/../callback'),
      REDIRECT_URI.replace('/callback', '\\callback'),
      ` ${REDIRECT_URI}`,
      `${REDIRECT_URI}\n`,
      'https://evil.example/callback',
      '//app.example/callback',
      'javascript:alert(1)',
      '/callback',
      'x'.repeat(5000),
      PUBLIC.redirect_uris[0],
    ];
    for (const redirect_uri of tries) {
      const response = await op.fetch(authorizationUrl({ redirect_uri }));
      assertEquals(response.status, 400, redirect_uri);
      assertEquals(response.headers.get('location'), null, redirect_uri);
      assertStringIncludes(response.headers.get('content-type') ?? '', 'text/html');
    }
  });

  it('T003: nothing is redirected before client_id and redirect_uri are checked, whatever else is wrong', async () => {
    const op = await openOp();
    for (
      const changes of [
        { client_id: 'nobody' },
        { client_id: undefined },
        { client_id: '__proto__' },
        { client_id: 'constructor' },
        { client_id: 'x'.repeat(4000) },
        { redirect_uri: 'https://evil.example/', scope: 'a"b' },
        { redirect_uri: 'https://evil.example/', response_type: undefined },
        { redirect_uri: 'https://evil.example/', prompt: 'none' },
        { redirect_uri: 'https://evil.example/', response_mode: 'form_post' },
        { redirect_uri: 'https://evil.example/', request: 'x' },
      ]
    ) {
      const response = await op.fetch(authorizationUrl(changes));
      assertEquals(
        [response.status, response.headers.get('location')],
        [400, null],
        JSON.stringify(changes),
      );
      assertFalse((await response.text()).includes('action="https://evil.example'));
    }
  });

  it('a query that the registered URI has stays as it is', async () => {
    const op = await openOp({ config: { clients: [PUBLIC] } });
    const redirect_uri = 'https://spa.example/other?x=1';
    const page = await op.browser().authorize(
      authorizationUrl({
        client_id: 'spa',
        redirect_uri,
        code_challenge: CHALLENGE,
        code_challenge_method: 'S256',
      }),
      ALICE,
    );
    assertEquals(page.url.searchParams.get('x'), '1');
    assert((page.url.searchParams.get('code') ?? '').length >= 43);
  });

  it('a private-use scheme gets its answer', async () => {
    const op = await openOp({ config: { clients: [PUBLIC] } });
    const redirect_uri = 'com.example.app:/callback';
    const page = await op.browser().authorize(
      authorizationUrl({
        client_id: 'spa',
        redirect_uri,
        code_challenge: CHALLENGE,
        code_challenge_method: 'S256',
      }),
      ALICE,
    );
    assertEquals(page.url.href.split('?')[0], redirect_uri);
  });

  it('may be left out by plain OAuth clients that registered one, never with openid or among several', async () => {
    const op = await openOp({ config: { clients: [CLIENT, PUBLIC] } });
    const one = await op.browser().authorize(
      authorizationUrl({ redirect_uri: undefined, scope: 'profile' }),
      ALICE,
    );
    assertEquals(one.url.origin, 'https://app.example');
    const openid = await op.browser().get(authorizationUrl({ redirect_uri: undefined }));
    assertEquals(answerOf(openid)['error'], 'invalid_request');
    const several = await op.browser().get(
      authorizationUrl({ client_id: 'spa', redirect_uri: undefined }),
    );
    assertEquals([several.status, textOf(several, 'error')], [400, 'invalid_request']);
  });
});

describe('RFC 6749 §4.1.2: authorization response', () => {
  it('T005: state comes back byte for byte', async () => {
    const op = await openOp();
    const browser = op.browser();
    await obtainCode(op, {}, browser);
    const states = [
      'abcdefghij',
      'A'.repeat(64) + '-._~'.repeat(16),
      `"<script>alert(1)</script>'&=+ %20%0d%0aSet-Cookie: x=y`,
      'line\r\nfeed\tnull\u0000',
      'ünïcødé 😀 \u202e',
      '{"json":[1,2,{"a":"b c"}]}',
      'x'.repeat(2000),
    ];
    for (const state of states) {
      const response = await op.fetch(authorizationUrl({ state }), {
        headers: { cookie: [...browser.cookies].map((pair) => pair.join('=')).join('; ') },
      });
      const location = response.headers.get('location') ?? '';
      assert(/^[\x21-\x7e]+$/.test(location));
      assertEquals(new URL(location).searchParams.get('state'), state);
    }
  });

  it('T004: every redirect is 303, after GET and after POST', async () => {
    const op = await openOp();
    const browser = op.browser();
    const first = await op.fetch(authorizationUrl());
    assertEquals(first.status, 303);
    const page = await browser.authorize(authorizationUrl(), ALICE);
    assertEquals(page.status, 303);
  });

  it('no state was sent: none comes back', async () => {
    const op = await openOp();
    const page = await op.browser().authorize(authorizationUrl({ state: undefined }), ALICE);
    assertFalse('state' in answerOf(page));
  });

  it('T030: codes have 256 random bits', async () => {
    const op = await openOp();
    const browser = op.browser();
    const codes = new Set<string>();
    for (let i = 0; i < 20; i += 1) codes.add(await obtainCode(op, {}, browser));
    assertEquals(codes.size, 20);
    for (const code of codes) assert(/^[A-Za-z0-9_-]{43}$/.test(code));
  });
});

describe('RFC 6749 §4.1.2.1: error response', () => {
  const refusals: readonly {
    name: string;
    changes: Record<string, string | undefined>;
    code: string;
  }[] = [
    {
      name: 'response_type missing',
      changes: { response_type: undefined },
      code: 'invalid_request',
    },
    {
      name: 'response_type unknown',
      changes: { response_type: 'constructor' },
      code: 'unsupported_response_type',
    },
    {
      name: 'response_type token',
      changes: { response_type: 'token' },
      code: 'unsupported_response_type',
    },
    { name: 'T015: scope with a quote', changes: { scope: 'openid a"b' }, code: 'invalid_scope' },
    {
      name: 'T015: scope with a control character',
      changes: { scope: 'openid \u0007' },
      code: 'invalid_scope',
    },
    {
      name: 'T015: too many scopes',
      changes: { scope: Array.from({ length: 65 }, (_, i) => `s${i}`).join(' ') },
      code: 'invalid_scope',
    },
    {
      name: 'T015: scope too long',
      changes: { scope: `openid ${'x'.repeat(2100)}` },
      code: 'invalid_scope',
    },
    {
      name: 'response_mode unknown',
      changes: { response_mode: 'web_message' },
      code: 'invalid_request',
    },
    {
      name: 'state over 2048 characters',
      changes: { state: 'x'.repeat(2049) },
      code: 'invalid_request',
    },
    {
      name: 'nonce over 512 characters',
      changes: { nonce: 'x'.repeat(513) },
      code: 'invalid_request',
    },
  ];
  for (const { name, changes, code } of refusals) {
    it(`T022: ${name} is ${code}, told to the client with state and iss`, async () => {
      const op = await openOp();
      const page = await op.browser().get(authorizationUrl(changes));
      const answer = answerOf(page);
      assertEquals(answer['error'], code);
      assertEquals(answer['iss'], ISSUER);
      assertEquals(answer['state'], 'state' in changes ? changes['state'] : 'xyz');
      assertFalse('code' in answer);
      assert(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/.test(answer['error_description'] ?? ''));
    });
  }

  it('a scope that the client is not registered for is invalid_scope; one that nobody knows is ignored', async () => {
    const op = await openOp({ config: { clients: [{ ...CLIENT, scope: 'openid' }] } });
    assertEquals(
      answerOf(await op.browser().get(authorizationUrl({ scope: 'openid email' })))['error'],
      'invalid_scope',
    );
    assert((await obtainCode(op, { scope: 'openid unheard-of' })).length >= 43);
  });

  it('T022: a response mode that the client is not registered for is unauthorized_client', async () => {
    const op = await openOp({ config: { clients: [{ ...CLIENT, response_modes: ['query'] }] } });
    const page = await op.browser().get(authorizationUrl({ response_mode: 'fragment' }));
    assertEquals(answerOf(page)['error'], 'unauthorized_client');
    assertEquals(page.url.hash, '');
  });

  it('T112: declining is access_denied and leaves the person signed in', async () => {
    const op = await openOp();
    const browser = op.browser();
    let page = await browser.submit(await browser.get(authorizationUrl()), ALICE);
    assert(has(page, 'deny'));
    page = await browser.submit(page, { decision: 'deny' });
    assertEquals(answerOf(page)['error'], 'access_denied');
    assertEquals(answerOf(page)['iss'], ISSUER);
    assert(has(await browser.get(authorizationUrl()), 'accept'));
  });
});
