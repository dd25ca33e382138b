/** RFC 9396: OAuth 2.0 Rich Authorization Requests. */
import { describe, it } from 'node:test';
import { assert, assertEquals, assertFalse } from '../support/assert.ts';
import { has } from '../support/browser.ts';
import {
  ALICE,
  answerOf,
  assertRefused,
  authorizationUrl,
  claimsOf,
  obtainCode,
  redeem,
  refresh,
  tokensOf,
} from '../support/flow.ts';
import { basic, CLIENT, type Op, openOp } from '../support/op.ts';

const PAYMENT = {
  type: 'payment_initiation',
  actions: ['initiate'],
  amount: { currency: 'EUR', value: '12.50' },
  creditor: 'Merchant A',
};
const FILES = { type: 'files', locations: ['https://files.example/'], identifier: 'f-1' };

const TYPES = {
  payment_initiation: {
    description: 'Make one payment',
    fields: ['amount', 'creditor'],
    required: ['amount'],
  },
  files: {},
  others: {},
};

function open(client: Readonly<Record<string, unknown>> = {}): Promise<Op> {
  return openOp({
    config: {
      clients: [{
        ...CLIENT,
        grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
        authorization_details_types: ['payment_initiation', 'files'],
        ...client,
      }],
      authorization_details_types: TYPES,
    },
  });
}

interface Detailed {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly authorization_details?: unknown;
}

async function obtain(op: Op, details: unknown = [PAYMENT, FILES]): Promise<Detailed> {
  const code = await obtainCode(op, { authorization_details: JSON.stringify(details) });
  return await tokensOf(await redeem(op, code));
}

async function introspected(op: Op, token: string): Promise<Record<string, unknown>> {
  const response = await op.post('/introspect', { token }, basic('app'));
  return await response.json() as Record<string, unknown>;
}

describe('RFC 9396 §3, §7: from the request to the token response', () => {
  it('what was granted is in the answer, and in introspection (§9.2)', async () => {
    const op = await open();
    const tokens = await obtain(op);
    assertEquals(tokens.authorization_details, [PAYMENT, FILES]);
    const { authorization_details } = await introspected(op, tokens.access_token);
    assertEquals(authorization_details, [PAYMENT, FILES]);
  });

  it('§9.1: it is in an access token of the jwt format', async () => {
    const op = await open({ access_token_format: 'jwt' });
    const { access_token } = await obtain(op, [PAYMENT]);
    assertEquals(claimsOf(access_token)['authorization_details'], [PAYMENT]);
  });

  it('without any, nothing speaks of it', async () => {
    const op = await open();
    const tokens = await tokensOf(await redeem(op, await obtainCode(op)));
    assertFalse('authorization_details' in tokens);
    assertFalse('authorization_details' in await introspected(op, tokens.access_token));
  });

  it('§6.1: the token request may ask for less, never for more', async () => {
    const op = await open();
    const code = await obtainCode(op, { authorization_details: JSON.stringify([PAYMENT, FILES]) });
    const less = await redeem(op, code, { authorization_details: JSON.stringify([FILES]) });
    assertEquals((await tokensOf(less) as unknown as Detailed).authorization_details, [FILES]);
    const other = await obtainCode(op, { authorization_details: JSON.stringify([FILES]) });
    await assertRefused(
      await redeem(op, other, { authorization_details: JSON.stringify([PAYMENT]) }),
      'invalid_authorization_details',
    );
  });

  it('§6.1: so may a refresh, and what was granted stays', async () => {
    const op = await open();
    const tokens = await obtain(op);
    const reordered = { identifier: 'f-1', locations: ['https://files.example/'], type: 'files' };
    const less = await tokensOf(
      await refresh(op, tokens.refresh_token, {
        authorization_details: JSON.stringify([reordered]),
      }),
    );
    assertEquals((less as unknown as Detailed).authorization_details, [reordered]);
    const all = await tokensOf(await refresh(op, less.refresh_token));
    assertEquals((all as unknown as Detailed).authorization_details, [PAYMENT, FILES]);
    await assertRefused(
      await refresh(op, all.refresh_token, {
        authorization_details: JSON.stringify([{ ...FILES, identifier: 'f-2' }]),
      }),
      'invalid_authorization_details',
    );
  });

  it('§5: a client that acts for itself may ask for its own', async () => {
    const op = await open();
    const form = {
      grant_type: 'client_credentials',
      authorization_details: JSON.stringify([FILES]),
    };
    const tokens = await tokensOf(await op.post('/token', form, basic('app')));
    assertEquals((tokens as unknown as Detailed).authorization_details, [FILES]);
    assertEquals((await introspected(op, tokens.access_token))['authorization_details'], [FILES]);
  });

  it('pushed requests carry them, too', async () => {
    const op = await open();
    const pushed = await op.post('/par', {
      redirect_uri: CLIENT.redirect_uris[0],
      response_type: 'code',
      scope: 'openid',
      authorization_details: JSON.stringify([PAYMENT]),
    }, basic('app'));
    const { request_uri } = await pushed.json() as { request_uri: string };
    const page = await op.browser().authorize(
      `/authorize?${new URLSearchParams({ client_id: 'app', request_uri })}`,
      ALICE,
    );
    const tokens = await tokensOf(await redeem(op, answerOf(page)['code'] ?? ''));
    assertEquals((tokens as unknown as Detailed).authorization_details, [PAYMENT]);
  });
});

describe('RFC 9396 §5: refusals', () => {
  const rows: readonly { name: string; details: unknown }[] = [
    { name: 'no JSON', details: undefined },
    { name: 'no list', details: PAYMENT },
    { name: 'no objects', details: ['payment_initiation'] },
    { name: 'no type', details: [{ actions: ['read'] }] },
    { name: 'a type that nobody registered', details: [{ type: 'unheard_of' }] },
    { name: 'a type of other clients', details: [{ type: 'others' }] },
    { name: 'a member that the type does not know', details: [{ ...FILES, amount: '1' }] },
    { name: 'a member that it lacks', details: [{ type: 'payment_initiation' }] },
    { name: 'a list that is none', details: [{ ...FILES, actions: 'read' }] },
    { name: 'a list of other things than strings', details: [{ ...FILES, actions: [1] }] },
    { name: 'an identifier that is no string', details: [{ ...FILES, identifier: 1 }] },
    { name: 'too many', details: Array.from({ length: 11 }, () => FILES) },
    { name: 'a type called constructor', details: [{ type: 'constructor' }] },
  ];
  for (const { name, details } of rows) {
    it(`${name} is invalid_authorization_details, before any page`, async () => {
      const op = await open();
      const text = details === undefined ? '{' : JSON.stringify(details);
      const page = await op.browser().get(authorizationUrl({ authorization_details: text }));
      assertEquals(answerOf(page)['error'], 'invalid_authorization_details');
      const form = { grant_type: 'client_credentials', authorization_details: text };
      await assertRefused(
        await op.post('/token', form, basic('app')),
        'invalid_authorization_details',
      );
    });
  }
});

describe('T129: details that are JSON, and more than anybody can keep or carry', () => {
  const within = (value: string): string => `[{"type":"payment_initiation","amount":${value}}]`;
  const rows: Readonly<Record<string, string>> = {
    'nested deeper than a stack': within('['.repeat(3000) + ']'.repeat(3000)),
    'nested deeper than a store': within('['.repeat(120) + ']'.repeat(120)),
    'half a surrogate pair': within('"\\ud800"'),
    'a member twice': '[{"type":"files","type":"payment_initiation","amount":1}]',
    'numbers that grow': within(`[${'1e20,'.repeat(1000)}1]`),
    'characters of many bytes': within(`"${'€'.repeat(3000)}"`),
  };
  for (const [name, text] of Object.entries(rows)) {
    it(`${name}: invalid_authorization_details`, async () => {
      const op = await open();
      const asked = { response_type: 'code', redirect_uri: CLIENT.redirect_uris[0] };
      const forms = { '/par': asked, '/token': { grant_type: 'client_credentials' } };
      for (const [path, form] of Object.entries(forms)) {
        const answer = await op.post(path, { ...form, authorization_details: text }, basic('app'));
        await assertRefused(answer, 'invalid_authorization_details');
      }
    });
  }

  it('the longest that there may be are in a token that can be read', async () => {
    const op = await open({ access_token_format: 'jwt' });
    const empty = JSON.stringify([{ ...PAYMENT, creditor: '' }]);
    const details = [{ ...PAYMENT, creditor: 'x'.repeat(8192 - empty.length) }];
    const { access_token } = await tokensOf(
      await op.post('/token', {
        grant_type: 'client_credentials',
        authorization_details: JSON.stringify(details),
      }, basic('app')),
    );
    assertEquals((await introspected(op, access_token))['authorization_details'], details);
  });
});

describe('RFC 9396 §12: consent', () => {
  it('shows what each detail means and holds, and is remembered for these very ones', async () => {
    const op = await open();
    const browser = op.browser();
    const url = (details: unknown): string =>
      authorizationUrl({ authorization_details: JSON.stringify(details) });
    const login = await browser.get(url([PAYMENT]));
    const consent = await browser.submit(login, { ...ALICE });
    assert(has(consent, 'accept'));
    for (const shown of ['Make one payment', 'Merchant A', '12.50']) {
      assert(consent.text.includes(shown), shown);
    }
    await browser.submit(consent, { decision: 'accept' });
    assert('code' in answerOf(await browser.get(url([PAYMENT]))));
    const other = { ...PAYMENT, amount: { currency: 'EUR', value: '9999' } };
    assert(has(await browser.get(url([other])), 'accept'), 'another amount asks again');
  });
});
