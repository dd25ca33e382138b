/** RFC 9126: OAuth 2.0 Pushed Authorization Requests. */
import { describe, it } from 'node:test';
import { assert, assertEquals, assertFalse, assertNotEquals } from '../support/assert.ts';
import { has, textOf } from '../support/browser.ts';
import {
  ALICE,
  answerOf,
  assertRefused,
  CHALLENGE,
  redeem,
  REDIRECT_URI,
  tokensOf,
  VERIFIER,
} from '../support/flow.ts';
import { basic, CLIENT, CLIENT_SECRET, type Form, type Op, openOp } from '../support/op.ts';

const OTHER = { ...CLIENT, client_id: 'other' };
const POSTING = {
  ...CLIENT,
  client_id: 'posting',
  token_endpoint_auth_method: 'client_secret_post',
};
const PUBLIC = {
  client_id: 'public',
  redirect_uris: CLIENT.redirect_uris,
  token_endpoint_auth_method: 'none',
};

const REQUEST = {
  redirect_uri: REDIRECT_URI,
  response_type: 'code',
  scope: 'openid email',
  state: 'pushed-state',
};

function open(config: Readonly<Record<string, unknown>> = {}): Promise<Op> {
  return openOp({ config: { clients: [CLIENT, OTHER, POSTING, PUBLIC], ...config } });
}

interface Pushed {
  readonly request_uri: string;
  readonly expires_in: number;
}

async function push(
  op: Op,
  changes: Readonly<Record<string, string | undefined>> = {},
  headers: Record<string, string> = basic('app'),
): Promise<Pushed> {
  const response = await op.post('/par', { ...REQUEST, ...changes }, headers);
  const body = await response.json() as Pushed;
  assertEquals(response.status, 201, JSON.stringify(body));
  return body;
}

function bringing(request_uri: string, changes: Readonly<Record<string, string>> = {}): string {
  return `/authorize?${new URLSearchParams({ client_id: 'app', request_uri, ...changes })}`;
}

describe('RFC 9126 §2: the pushed authorization request endpoint', () => {
  it('§2.2: 201, a request_uri of 128 bits or more, its lifetime, no-store', async () => {
    const op = await open();
    const response = await op.post('/par', REQUEST, basic('app'));
    assertEquals([response.status, response.headers.get('cache-control')], [201, 'no-store']);
    const { request_uri, expires_in } = await response.json() as Pushed;
    assert(/^urn:ietf:params:oauth:request_uri:[A-Za-z0-9_-]{43}$/.test(request_uri));
    assertEquals(expires_in, 90);
    assertNotEquals((await push(op)).request_uri, request_uri);
  });

  it('T017: POST alone', async () => {
    const response = await (await open()).fetch('/par');
    assertEquals([response.status, response.headers.get('allow')], [405, 'POST, OPTIONS']);
  });

  it('§2: the client authenticates as at the token endpoint', async () => {
    const op = await open();
    const secret = { client_id: 'posting', client_secret: CLIENT_SECRET };
    assert((await push(op, secret, {})).request_uri !== '');
    const refusals: readonly [Form, Record<string, string>][] = [
      [REQUEST, {}],
      [REQUEST, basic('app', 'wrong')],
      [REQUEST, basic('nobody')],
      [{ ...REQUEST, ...secret, client_secret: 'wrong' }, {}],
      [REQUEST, basic('posting')],
      [{ ...REQUEST, client_id: 'app' }, {}],
    ];
    for (const [form, headers] of refusals) {
      await assertRefused(await op.post('/par', form, headers), 'invalid_client', 401);
    }
  });

  it('a public client may push, with PKCE as always', async () => {
    const op = await open();
    const form = { ...REQUEST, client_id: 'public', scope: 'openid' };
    await assertRefused(await op.post('/par', form), 'invalid_request');
    const pkce = { code_challenge: CHALLENGE, code_challenge_method: 'S256' };
    assertEquals((await op.post('/par', { ...form, ...pkce })).status, 201);
  });

  const refusals: readonly { name: string; changes: Record<string, string>; code: string }[] = [
    { name: 'request_uri', changes: { request_uri: 'urn:x' }, code: 'invalid_request' },
    {
      name: 'a redirect_uri that is not registered',
      changes: { redirect_uri: `${REDIRECT_URI}/x` },
      code: 'invalid_request',
    },
    {
      name: 'an unknown response_type',
      changes: { response_type: 'tokens' },
      code: 'unsupported_response_type',
    },
    {
      name: 'a response_type of others',
      changes: { response_type: 'id_token' },
      code: 'unauthorized_client',
    },
    { name: 'a broken scope', changes: { scope: '"' }, code: 'invalid_scope' },
    { name: 'a broken prompt', changes: { prompt: 'none login' }, code: 'invalid_request' },
    { name: 'broken claims', changes: { claims: '{' }, code: 'invalid_request' },
    {
      name: 'an unregistered resource',
      changes: { resource: 'https://x.example/' },
      code: 'invalid_target',
    },
    {
      name: 'PKCE without S256',
      changes: { code_challenge: CHALLENGE },
      code: 'invalid_request',
    },
    { name: 'a broken request object', changes: { request: 'x' }, code: 'invalid_request_object' },
  ];
  for (const { name, changes, code } of refusals) {
    it(`§2.3: ${name} is ${code}, at once and as JSON`, async () => {
      const op = await open();
      await assertRefused(await op.post('/par', { ...REQUEST, ...changes }, basic('app')), code);
    });
  }

  it('T011: a repeated parameter is invalid_request', async () => {
    const op = await open();
    for (const name of ['scope', 'client_id', 'redirect_uri', 'request']) {
      const once = { ...REQUEST, client_id: 'app', ...name === 'request' ? { request: 'x' } : {} };
      const form = [...Object.entries(once), [name, 'again']] as const;
      await assertRefused(await op.post('/par', form as Form, basic('app')), 'invalid_request');
    }
  });

  it('another client’s client_id is refused', async () => {
    const op = await open();
    const form = { ...REQUEST, client_id: 'other' };
    await assertRefused(await op.post('/par', form, basic('app')), 'invalid_client', 401);
  });

  it('T127: what is too long to keep is refused with 413', async () => {
    const op = await open();
    const extra = Array.from({ length: 30 }, (_, n) => [`p${n}`, 'x'.repeat(1900)] as const);
    const form = { ...REQUEST, ...Object.fromEntries(extra) };
    await assertRefused(await op.post('/par', form, basic('app')), 'invalid_request', 413);
    // As they are, characters of three bytes take a third of what they take as escapes.
    const body = `${new URLSearchParams(REQUEST)}&p=${'€'.repeat(21_000)}`;
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    const raw = { method: 'POST', body, headers: { ...basic('app'), ...type } };
    await assertRefused(await op.fetch('/par', raw), 'invalid_request', 413);
  });
});

describe('T127: what nobody has proven must not fill the store', () => {
  it('a public client’s pushes are limited by source, with 429 and Retry-After; others are not', async () => {
    const op = await open();
    const pkce = { code_challenge: CHALLENGE, code_challenge_method: 'S256' };
    const form = { ...REQUEST, client_id: 'public', scope: 'openid', ...pkce };
    const pushFrom = (peer: string): Promise<Response> =>
      op.fetch('/par', { method: 'POST', body: new URLSearchParams(form), peer });
    for (let count = 0; count < 60; count += 1) {
      assertEquals((await pushFrom('203.0.113.7')).status, 201);
    }
    const refused = await pushFrom('203.0.113.7');
    assertEquals(refused.headers.get('retry-after'), '10');
    await assertRefused(refused, 'temporarily_unavailable', 429);
    assertEquals((await pushFrom('198.51.100.9')).status, 201);
    assertEquals((await op.post('/par', REQUEST, basic('app'))).status, 201);
    op.clock.now += 10;
    assertEquals((await pushFrom('203.0.113.7')).status, 201);
  });
});

describe('RFC 9126 §4: the authorization request', () => {
  it('goes on as what was pushed, and ends in tokens', async () => {
    const op = await open();
    const { request_uri } = await push(op, {
      code_challenge: CHALLENGE,
      code_challenge_method: 'S256',
    });
    const page = await op.browser().authorize(bringing(request_uri), ALICE);
    const { code, state } = answerOf(page);
    assertEquals(state, 'pushed-state');
    const tokens = await tokensOf(await redeem(op, code ?? '', { code_verifier: VERIFIER }));
    assertEquals(tokens.scope, 'openid email');
  });

  it('T019: parameters beside request_uri count for nothing', async () => {
    const op = await open();
    const { request_uri } = await push(op);
    const page = await op.browser().authorize(
      bringing(request_uri, { state: 'other', scope: 'openid phone', response_mode: 'fragment' }),
      ALICE,
    );
    assertEquals(page.url.hash, '');
    const { code, state } = answerOf(page);
    assertEquals(state, 'pushed-state');
    assertEquals((await tokensOf(await redeem(op, code ?? ''))).scope, 'openid email');
  });

  it('T016: one answer only, an error page for who comes later', async () => {
    const op = await open();
    const browser = op.browser();
    const { request_uri } = await push(op);
    await browser.authorize(bringing(request_uri), ALICE);
    const again = await browser.get(bringing(request_uri));
    assertEquals([again.status, textOf(again, 'error')], [400, 'invalid_request_uri']);
    assertFalse(again.headers.has('location'));
  });

  it('§7.3: the sign-in page may be opened twice; the first answer is the only one', async () => {
    const op = await open();
    const browser = op.browser();
    const { request_uri } = await push(op, { prompt: 'login' });
    const first = await browser.get(bringing(request_uri));
    const second = await browser.get(bringing(request_uri));
    assert(has(first, 'login') && has(second, 'login'));
    op.clock.now += 1;
    const consent = await browser.submit(first, { ...ALICE });
    const done = await browser.submit(consent, { decision: 'accept', scope: ['email'] });
    assert('code' in answerOf(done));
    const late = await browser.submit(second, { ...ALICE });
    assertEquals([late.status, textOf(late, 'error')], [400, 'invalid_request_uri']);
  });

  it('T016: a refusal ends it, too', async () => {
    const op = await open();
    const browser = op.browser();
    const { request_uri } = await push(op, { prompt: 'none' });
    assertEquals(answerOf(await browser.get(bringing(request_uri)))['error'], 'login_required');
    const again = await browser.get(bringing(request_uri));
    assertEquals(textOf(again, 'error'), 'invalid_request_uri');
  });

  it('T016: it is of one client', async () => {
    const op = await open();
    const { request_uri } = await push(op);
    const page = await op.browser().get(bringing(request_uri, { client_id: 'other' }));
    assertEquals(textOf(page, 'error'), 'invalid_request_uri');
    // … and the attempt takes nothing from its owner.
    assert(has(await op.browser().get(bringing(request_uri)), 'login'));
  });

  it('T016: it expires; a sign-in that began in time may end later', async () => {
    const op = await open();
    const browser = op.browser();
    const { request_uri, expires_in } = await push(op);
    const login = await browser.get(bringing(request_uri));
    op.clock.now += expires_in + 1;
    assertEquals(textOf(await browser.get(bringing(request_uri)), 'error'), 'invalid_request_uri');
    const consent = await browser.submit(login, { ...ALICE });
    const done = await browser.submit(consent, { decision: 'accept', scope: ['email'] });
    assert('code' in answerOf(done));
  });

  it('a request that would not fit into a URL is no trouble', async () => {
    const op = await open();
    const { request_uri } = await push(op, {
      padding: 'x'.repeat(20_000),
      state: 's'.repeat(2000),
    });
    const { code, state } = answerOf(await op.browser().authorize(bringing(request_uri), ALICE));
    assertEquals([code !== undefined, state?.length], [true, 2000]);
  });

  it('an unknown one, and one without client_id, become pages', async () => {
    const op = await open();
    const { request_uri } = await push(op);
    const unknown = await op.browser().get(bringing(`${request_uri}x`));
    assertEquals(textOf(unknown, 'error'), 'invalid_request_uri');
    const nameless = await op.browser().get(
      `/authorize?${new URLSearchParams({ request_uri })}`,
    );
    assertEquals(textOf(nameless, 'error'), 'invalid_request');
  });
});

describe('RFC 9126 §5, §6: who must push', () => {
  const plain = `/authorize?${new URLSearchParams({ client_id: 'app', ...REQUEST })}`;

  it('§6: a client that is registered so', async () => {
    const client = { ...CLIENT, require_pushed_authorization_requests: true };
    const op = await open({ clients: [client] });
    assertEquals(answerOf(await op.browser().get(plain))['error'], 'invalid_request');
    const { request_uri } = await push(op);
    assert(has(await op.browser().get(bringing(request_uri)), 'login'));
  });

  it('§5: everybody, where the configuration says so; discovery tells', async () => {
    const op = await open({ require_pushed_authorization_requests: true });
    assertEquals(answerOf(await op.browser().get(plain))['error'], 'invalid_request');
    const { request_uri } = await push(op);
    assert(has(await op.browser().get(bringing(request_uri)), 'login'));
    const metadata = await (await op.fetch('/.well-known/openid-configuration')).json() as Record<
      string,
      unknown
    >;
    assertEquals(metadata['require_pushed_authorization_requests'], true);
  });
});
