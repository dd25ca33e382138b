/** What the option client_debug_messages adds to answers, and what the log has without it: RFC 6749 §4.1.2.1, §5.2. */
import { describe, it } from 'node:test';
import { errorDescription, OAuthError } from '../../src/spec/oauth_error.ts';
import { assert, assertEquals, assertFalse, assertStringIncludes } from '../support/assert.ts';
import { answerOf, assertRefused, authorizationUrl, REDIRECT_URI } from '../support/flow.ts';
import { basic, CLIENT, CLIENT_SECRET, ISSUER, type Op, openOp } from '../support/op.ts';

/** Registered, but at an address that nothing is ever fetched from. */
const REQUEST_URI = 'https://127.0.0.1/request.jwt';

function open(client_debug_messages: boolean): Promise<Op> {
  return openOp({
    config: { clients: [{ ...CLIENT, request_uris: [REQUEST_URI] }], client_debug_messages },
  });
}

const GRANTS = [
  'authorization_code',
  'urn:ietf:params:oauth:grant-type:device_code',
  'urn:openid:params:grant-type:ciba',
];
const POLL = { backchannel_token_delivery_mode: 'poll' };

interface Logged {
  readonly event: string;
  readonly error: string;
  readonly hint: string;
  readonly debug?: string;
  readonly correlationId?: string;
  readonly path?: string;
  readonly client_id?: string;
}

/** The one refusal in the log. */
function refusalIn(op: Op): Logged {
  const refusals = op.log.map((line) => JSON.parse(line) as Logged)
    .filter(({ event }) => event === 'request.refused');
  assertEquals(refusals.length, 1, op.log.join('\n'));
  return refusals[0] as Logged;
}

describe('client_debug_messages: answers in JSON', () => {
  const HINT = 'client authentication failed';

  async function refuse(op: Op): Promise<string | undefined> {
    const response = await op.post('/token', { grant_type: 'authorization_code' });
    return (await assertRefused(response, 'invalid_client', 401))['error_description'];
  }

  it('off: the hint alone', async () => {
    assertEquals(await refuse(await open(false)), HINT);
  });

  it('off is what holds where nothing is said', async () => {
    assertEquals(await refuse(await openOp()), HINT);
  });

  it('on: the cause after the hint', async () => {
    assertEquals(await refuse(await open(true)), `${HINT} (no client authentication is included)`);
  });

  for (const isOn of [false, true]) {
    it(`${isOn ? 'on' : 'off'}: the log has hint and cause, and where they belong to`, async () => {
      const op = await open(isOn);
      await refuse(op);
      const { error, hint, debug, correlationId } = refusalIn(op);
      assertEquals([error, hint, debug], [
        'invalid_client',
        HINT,
        'no client authentication is included',
      ]);
      assert((correlationId ?? '').length > 0);
    });
  }

  it('the log says where it was, and which client it was, once that is proven', async () => {
    const form = { grant_type: 'authorization_code', code: 'x' };
    for (const [secret, client_id] of [[CLIENT_SECRET, 'app'], ['wrong', undefined]] as const) {
      const op = await openOp();
      await op.post('/token', form, basic('app', secret));
      const refusal = refusalIn(op);
      assertEquals([refusal.path, refusal.client_id], ['/token', client_id]);
    }
  });

  for (const path of ['/par', '/device_authorization', '/backchannel_authentication']) {
    it(`${path}: the log says which client it was`, async () => {
      const op = await openOp({
        config: { clients: [{ ...CLIENT, grant_types: GRANTS, ...POLL }] },
      });
      await op.post(path, { scope: 'a"b' }, basic('app'));
      assertEquals([refusalIn(op).path, refusalIn(op).client_id], [path, 'app']);
    });
  }

  it('the log says which method was used in place of the registered one', async () => {
    const op = await openOp();
    const posted = { client_id: 'app', client_secret: CLIENT_SECRET };
    await op.post('/token', { ...posted, grant_type: 'authorization_code', code: 'x' });
    assertEquals(
      refusalIn(op).debug,
      'the registered method is client_secret_basic, used is client_secret_post',
    );
  });

  it('T044: the log says why, even when there were too many failures', async () => {
    const op = await openOp();
    const form = { grant_type: 'authorization_code', code: 'x' };
    let last: Response | undefined;
    for (let i = 0; i < 40 && last?.status !== 429; i += 1) {
      last = await op.post('/token', form, basic('app', 'wrong'));
    }
    assertEquals(last?.status, 429);
    const line = op.log.findLast((each) => each.includes('request.refused')) ?? '';
    const { hint, debug } = JSON.parse(line) as Logged;
    assertEquals([hint, debug], ['too many failed attempts', 'wrong secret']);
  });

  it('on: a refusal that has no other cause ends with its hint', async () => {
    const op = await open(true);
    const form = { grant_type: 'authorization_code', code: 'x' };
    const response = await op.post('/token', form, basic('app'));
    const { error_description } = await assertRefused(response, 'invalid_grant');
    assertEquals(error_description, 'code is unknown or has expired');
  });
});

describe('client_debug_messages: answers in redirects', () => {
  const HINT = 'request_uri could not be fetched';

  async function refuse(op: Op): Promise<Readonly<Record<string, string>>> {
    const page = await op.browser().get(authorizationUrl({ request_uri: REQUEST_URI }));
    assertEquals(page.url.origin + page.url.pathname, REDIRECT_URI);
    return answerOf(page);
  }

  it('off: the hint alone, and the cause in the log', async () => {
    const op = await open(false);
    const { error, error_description } = await refuse(op);
    assertEquals([error, error_description], ['invalid_request_uri', HINT]);
    assert((refusalIn(op).debug ?? '').length > 0);
  });

  it('on: the cause after the hint, as it is in the log', async () => {
    const op = await open(true);
    const { error, error_description } = await refuse(op);
    const { debug, correlationId } = refusalIn(op);
    assert((debug ?? '').length > 0);
    assert((correlationId ?? '').length > 0);
    assertEquals([error, error_description], ['invalid_request_uri', `${HINT} (${debug})`]);
  });
});

describe('client_debug_messages: the error page', () => {
  const HINT = 'redirect_uri is not registered for this client';
  const HOSTILE = 'https://evil.example/<script>alert("é\\n")</script>';

  async function refuse(op: Op): Promise<string> {
    const page = await op.browser().get(authorizationUrl({ redirect_uri: HOSTILE }));
    assertEquals([page.status, page.url.origin], [400, ISSUER]);
    assertStringIncludes(page.text, HINT);
    return page.text;
  }

  it('off: quotes nothing that was sent', async () => {
    assertFalse((await refuse(await open(false))).includes('evil.example'));
  });

  it('T124: on, what was sent is text, of the characters that error_description may have', async () => {
    const text = await refuse(await open(true));
    assertStringIncludes(text, `${HINT} (got https://evil.example/`);
    assertFalse(text.includes('<script>alert'));
    assertFalse(text.includes('é'));
  });
});

describe('T124: errorDescription', () => {
  it('keeps to the characters of RFC 6749 §5.2, whatever the cause quotes', () => {
    const error = new OAuthError('invalid_request', 'no', { debug: 'a "b" \\ \r\n é \u0000 🙂' });
    assertEquals(errorDescription(error, false), 'no');
    assertEquals(errorDescription(error, true), "no (a 'b' / ?? ? ? ??)");
    const clause = new OAuthError('invalid_request', 'is required (RFC 9126 §5)');
    assertEquals(errorDescription(clause, false), 'is required (RFC 9126 section 5)');
  });

  it('is never longer than a hint may be', () => {
    const error = new OAuthError('invalid_request', 'no', { debug: 'x'.repeat(10_000) });
    assertEquals(errorDescription(error, true).length, 400);
  });
});

describe('the log of refusals that pages and decisions lead to', () => {
  it('has an id as well: that of the passage', async () => {
    const op = await open(false);
    const page = await op.browser().get(authorizationUrl({ prompt: 'none' }));
    assertEquals(answerOf(page)['error'], 'login_required');
    const { error, correlationId, client_id } = refusalIn(op);
    assertEquals([error, (correlationId ?? '').length > 0], ['login_required', true]);
    assertEquals(client_id, 'app');
  });
});
