/** OpenID Client-Initiated Backchannel Authentication Flow – Core 1.0: requests, polling, answers. */
import { generateKeyPair } from 'jose';
import { listActivity } from '../../src/engine/activity.ts';
import { describe, it } from 'node:test';
import type { Message } from '../../src/net/notifier/notifier.ts';
import { openMemoryStore } from '../../src/store/memory.ts';
import type { Store } from '../../src/store/store.ts';
import { assert, assertEquals, assertFalse, assertMatch } from '../support/assert.ts';
import {
  assertionConfig,
  assertionOf,
  type Changes,
  JWT_BEARER_GRANT,
} from '../support/assertion_grant.ts';
import { has, textOf } from '../support/browser.ts';
import {
  acknowledged,
  answerAsAlice,
  answerPage,
  backchannelRequest,
  BANK,
  BANK_KEY,
  CIBA_GRANT,
  openCibaOp,
  openRequests,
  pollCiba,
  signedRequest,
} from '../support/ciba.ts';
import { assertRefused, claimsOf, tokensOf, userinfo } from '../support/flow.ts';
import { basic, CLIENT, CLIENT_SECRET, ISSUER, type Op, openOp, PASSWORD } from '../support/op.ts';

const OTHER_BANK = { ...BANK, client_id: 'other-bank', client_name: 'Another Bank' };
const SHOP = {
  ...CLIENT,
  client_id: 'shop',
  grant_types: [...CLIENT.grant_types, CIBA_GRANT],
  backchannel_token_delivery_mode: 'poll',
};

async function count(op: Op, name: string): Promise<number> {
  let found = 0;
  for await (const _ of op.store.list([name])) found += 1;
  return found;
}

async function addBob(op: Op): Promise<{ readonly username: 'bob'; readonly password: string }> {
  const digest = await op.instance.hasher.hash(PASSWORD) ?? '';
  const bob = { username: 'bob', password: digest, claims: { email: 'bob@bob.example' } };
  await op.instance.directory.create({ ...bob, provenance: 'cli' });
  return { username: 'bob', password: PASSWORD };
}

describe('CIBA §7.3: the acknowledgement', () => {
  it('holds what belongs there, and is not to be stored', async () => {
    const op = await openCibaOp();
    const response = await backchannelRequest(op);
    assertEquals(response.status, 200);
    assertEquals(response.headers.get('content-type'), 'application/json');
    assertEquals(response.headers.get('cache-control'), 'no-store');
    const body = await response.json() as Record<string, unknown>;
    assertMatch(String(body['auth_req_id']), /^ost_ar_[A-Za-z0-9_-]{43}$/);
    assertEquals({ ...body, auth_req_id: '' }, { auth_req_id: '', expires_in: 300, interval: 5 });
  });

  it('the auth_req_id cannot be read from the store', async () => {
    const op = await openCibaOp();
    const { auth_req_id } = await acknowledged(op);
    for await (const { key, value } of op.store.list([])) {
      assertFalse(JSON.stringify([key, value]).includes(auth_req_id.slice(7)));
    }
    assertEquals([await count(op, 'ciba'), await count(op, 'ciba_place')], [1, 1]);
  });

  it('§7.1: requested_expiry shortens what is configured, and cannot lengthen it', async () => {
    const op = await openCibaOp([{ ...OTHER_BANK, lifespan: 'short' }], {
      lifespans: { custom: { short: { backchannel_authentication: '1m' } } },
    });
    for (
      const [requested_expiry, expires_in] of [['30', 30], ['300', 300], [
        '999999999',
        300,
      ]] as const
    ) assertEquals((await acknowledged(op, { requested_expiry })).expires_in, expires_in);
    const other = await acknowledged(op, {}, basic('other-bank'));
    assertEquals(other.expires_in, 60);
  });

  it('§7: takes POST with a form in which nothing repeats', async () => {
    const op = await openCibaOp();
    assertEquals((await op.fetch('/backchannel_authentication')).status, 405);
    const repeated = [['scope', 'openid'], ['login_hint', 'alice'], ['scope', 'email']] as const;
    await assertRefused(await backchannelRequest(op, repeated), 'invalid_request');
  });
});

describe('CIBA §13: refused requests', () => {
  const rows: readonly {
    readonly name: string;
    readonly form: Readonly<Record<string, string | undefined>>;
    readonly code: string;
  }[] = [
    { name: 'no scope', form: { scope: undefined }, code: 'invalid_request' },
    { name: 'scope without openid', form: { scope: 'profile' }, code: 'invalid_scope' },
    { name: 'a scope of others', form: { scope: 'openid phone' }, code: 'invalid_scope' },
    { name: 'a broken scope', form: { scope: 'openid a"b' }, code: 'invalid_scope' },
    { name: 'T071: no hint', form: { login_hint: undefined }, code: 'invalid_request' },
    {
      name: 'T071: two hints',
      form: { id_token_hint: 'x.y.z' },
      code: 'invalid_request',
    },
    {
      name: 'T071: two other hints',
      form: { login_hint: undefined, id_token_hint: 'x', login_hint_token: 'y' },
      code: 'invalid_request',
    },
    { name: 'T071: nobody', form: { login_hint: 'nobody' }, code: 'unknown_user_id' },
    { name: 'T071: no name at all', form: { login_hint: '<b>' }, code: 'unknown_user_id' },
    { name: 'T071: __proto__', form: { login_hint: '__proto__' }, code: 'unknown_user_id' },
    {
      name: 'T071: an address that nobody has',
      form: { login_hint: 'nobody@alice.example' },
      code: 'unknown_user_id',
    },
    {
      name: 'T071: an id_token_hint that nobody signed',
      form: { login_hint: undefined, id_token_hint: 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.' },
      code: 'invalid_request',
    },
    {
      name: 'T071: a login_hint_token that is none',
      form: { login_hint: undefined, login_hint_token: 'alice' },
      code: 'invalid_request',
    },
    { name: 'an expiry of nothing', form: { requested_expiry: '0' }, code: 'invalid_request' },
    { name: 'a negative expiry', form: { requested_expiry: '-5' }, code: 'invalid_request' },
    { name: 'an expiry in words', form: { requested_expiry: '1e3' }, code: 'invalid_request' },
    {
      name: 'an unknown resource',
      form: { resource: 'https://x.example/' },
      code: 'invalid_target',
    },
    {
      name: 'over 20 acr_values',
      form: { acr_values: Array.from({ length: 21 }, (_, i) => `a${i}`).join(' ') },
      code: 'invalid_request',
    },
    {
      name: 'acr_values that no record has room for',
      form: { acr_values: '\u0001'.repeat(20_000) },
      code: 'invalid_request',
    },
    ...[
      ['T069: a long binding_message', 'x'.repeat(65)],
      ['T069: a binding_message of two lines', 'pay\n100'],
      ['T069: a binding_message that turns text around', 'pay \u202e001'],
      ['T069: a binding_message that cannot be seen', 'pay\u200b100'],
      ['T069: a binding_message of spaces', '   '],
      ['T069: a binding_message with a zero byte', 'a\u0000b'],
    ].map(([name = '', binding_message = '']) => ({
      name,
      form: { binding_message },
      code: 'invalid_binding_message',
    })),
  ];
  for (const { name, form, code } of rows) {
    it(`${name} is ${code}`, async () => {
      const op = await openCibaOp();
      await assertRefused(await backchannelRequest(op, form), code);
      assertEquals([await count(op, 'ciba'), await count(op, 'ciba_place')], [0, 0]);
    });
  }

  it('invalid_client: who does not prove who they are', async () => {
    const op = await openCibaOp();
    for (const headers of [basic('bank', 'wrong'), basic('nobody'), {}]) {
      await assertRefused(await backchannelRequest(op, {}, headers), 'invalid_client', 401);
    }
  });

  it('T038: the method registered for this endpoint, and no other', async () => {
    const op = await openCibaOp([{
      ...OTHER_BANK,
      backchannel_authentication_endpoint_auth_method: 'client_secret_post',
    }]);
    const post = { client_id: 'other-bank', client_secret: CLIENT_SECRET };
    assertEquals((await backchannelRequest(op, post, {})).status, 200);
    await assertRefused(
      await backchannelRequest(op, {}, basic('other-bank')),
      'invalid_client',
      401,
    );
  });

  it('§7.1: assertions are for the issuer, the token endpoint, or this endpoint', async () => {
    const asserting = {
      ...BANK,
      client_secret: undefined,
      token_endpoint_auth_method: 'private_key_jwt',
    };
    const op = await openOp({ config: { clients: JSON.parse(JSON.stringify([asserting])) } });
    const send = async (aud: string) => {
      const none = { scope: undefined, login_hint: undefined };
      const client_assertion = await signedRequest(op, { sub: 'bank', aud, ...none });
      const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
      return await backchannelRequest(op, { client_assertion, client_assertion_type }, {});
    };
    for (const path of ['', '/token', '/backchannel_authentication']) {
      assertEquals((await send(`${ISSUER}${path}`)).status, 200, path);
    }
    await assertRefused(await send(`${ISSUER}/par`), 'invalid_client', 401);
  });

  it('unauthorized_client: a client without the grant, at either endpoint', async () => {
    const op = await openCibaOp([CLIENT]);
    await assertRefused(await backchannelRequest(op, {}, basic('app')), 'unauthorized_client');
    const { auth_req_id } = await acknowledged(op);
    await assertRefused(
      await pollCiba(op, auth_req_id, {}, basic('app')),
      'unauthorized_client',
    );
  });

  it('unknown_user_id: a person who is disabled is as nobody', async () => {
    const op = await openCibaOp();
    const alice = await op.instance.directory.findByUsername('alice');
    await op.instance.directory.disable(alice?.id ?? '');
    const body = await assertRefused(await backchannelRequest(op), 'unknown_user_id');
    const nobody = await assertRefused(
      await backchannelRequest(op, { login_hint: 'nobody' }),
      'unknown_user_id',
    );
    assertEquals(body, nobody);
  });

  it('T071: whoever goes through names runs out of tries, also for names that exist', async () => {
    const op = await openCibaOp([OTHER_BANK]);
    for (let i = 0; i < 30; i += 1) {
      await assertRefused(
        await backchannelRequest(op, { login_hint: `name${i}` }),
        'unknown_user_id',
      );
    }
    for (const login_hint of ['nobody', 'alice']) {
      await assertRefused(
        await backchannelRequest(op, { login_hint }),
        'temporarily_unavailable',
        429,
      );
    }
    await acknowledged(op, {}, basic('other-bank'));
    op.clock.now += 10;
    await acknowledged(op);
    await acknowledged(op);
  });
});

describe('CIBA §7.1: hints', () => {
  it('T071: an ID token of the client’s, expired or not', async () => {
    const op = await openCibaOp([SHOP, { ...SHOP, client_id: 'pair', subject_type: 'pairwise' }]);
    const { auth_req_id } = await acknowledged(op, {}, basic('shop'));
    await answerAsAlice(op);
    const { id_token } = await tokensOf(await pollCiba(op, auth_req_id, {}, basic('shop')));
    op.clock.now += 86_400;
    const hint = { login_hint: undefined, id_token_hint: id_token };
    await acknowledged(op, hint, basic('shop'));
    for (const other of ['bank', 'pair']) {
      await assertRefused(await backchannelRequest(op, hint, basic(other)), 'invalid_request');
    }
  });

  it('T071: an e-mail address, of the only person who has shown that it is theirs', async () => {
    const op = await openCibaOp();
    const { directory } = op.instance;
    const address = { login_hint: 'Alice@Alice.example' };
    await acknowledged(op, address);
    await answerAsAlice(op);
    const bob = await directory.create({
      username: 'bob',
      claims: { email: 'alice@alice.example' },
      provenance: 'cli',
    });
    assert(bob.kind === 'created');
    await acknowledged(op, address);
    await directory.update(bob.user.id, { claims: { email_verified: true } });
    await assertRefused(await backchannelRequest(op, address), 'unknown_user_id');
  });

  it('T071: whoever takes somebody’s address for a username is not asked in their place', async () => {
    const op = await openCibaOp();
    await op.instance.directory.create({ username: 'alice@alice.example', provenance: 'sign_up' });
    await assertRefused(
      await backchannelRequest(op, { login_hint: 'alice@alice.example' }),
      'unknown_user_id',
    );
  });

  it('T071: a login_hint_token of a trusted issuer that the policy of the client names', async () => {
    const TELLING = {
      ...OTHER_BANK,
      grant_types: [CIBA_GRANT, JWT_BEARER_GRANT],
      token_exchange_policy: 'robot',
    };
    const op = await openCibaOp([], assertionConfig({ clients: [BANK, TELLING] }));
    const as = basic('other-bank');
    const hint = async (changes: Changes = {}, typ: string | undefined = 'login-hint+jwt') => ({
      login_hint: undefined,
      login_hint_token: await assertionOf(op, {
        ...changes,
        header: { typ, ...changes.header },
      }),
    });
    await acknowledged(op, await hint(), as);
    const shown = await op.post('/token', {
      grant_type: JWT_BEARER_GRANT,
      assertion: (await hint()).login_hint_token,
    }, as);
    await assertRefused(shown, 'invalid_grant');
    const rows: readonly (readonly [Changes, string])[] = [
      [{ header: { typ: undefined } }, 'invalid_request'],
      [{ isForged: true }, 'invalid_request'],
      [{ claims: { aud: 'https://other.example' } }, 'invalid_request'],
      [{ claims: { exp: undefined } }, 'invalid_request'],
      [{ claims: { iss: 'https://unused.example' } }, 'invalid_request'],
      [{ claims: { exp: op.clock.now } }, 'expired_login_hint_token'],
      [{ claims: { sub: 'nobody' } }, 'unknown_user_id'],
      [{ claims: { sub: 5 } }, 'unknown_user_id'],
    ];
    for (const [changes, code] of rows) {
      await assertRefused(await backchannelRequest(op, await hint(changes), as), code);
    }
    // A client without such a policy.
    await assertRefused(await backchannelRequest(op, await hint()), 'invalid_request');
  });

  it('T071: a login_hint_token that the client has signed', async () => {
    const op = await openCibaOp();
    const { auth_req_id } = await acknowledged(op);
    await answerAsAlice(op);
    const { id_token } = await tokensOf(await pollCiba(op, auth_req_id));
    const { sub } = claimsOf(id_token);
    const mine = { scope: undefined, login_hint: undefined };
    const byName = { format: 'opaque', id: 'alice' };
    const send = async (changes: Readonly<Record<string, unknown>>, options = {}) =>
      await backchannelRequest(op, {
        login_hint: undefined,
        login_hint_token: await signedRequest(op, { ...mine, sub_id: byName, ...changes }, options),
      });
    for (
      const changes of [
        {},
        { sub_id: { format: 'iss_sub', iss: ISSUER, sub } },
        { jti: undefined, nbf: undefined, iat: undefined },
      ]
    ) assertEquals((await send(changes)).status, 200, JSON.stringify(changes));
    const stranger = await generateKeyPair('EdDSA');
    const refusals: readonly (readonly [object, string, object?])[] = [
      [{ exp: op.clock.now }, 'expired_login_hint_token'],
      [{ exp: undefined }, 'invalid_request'],
      [{ iss: 'other' }, 'invalid_request'],
      [{ aud: 'https://other.example' }, 'invalid_request'],
      [{ nbf: op.clock.now + 120 }, 'invalid_request'],
      [{ sub_id: undefined }, 'invalid_request'],
      [{ sub_id: { format: 'email', email: 'alice@alice.example' } }, 'invalid_request'],
      [{ sub_id: { format: 'iss_sub', iss: 'https://other.example', sub } }, 'invalid_request'],
      [{ sub_id: { format: 'iss_sub', iss: ISSUER, sub: 'x' } }, 'unknown_user_id'],
      [{ sub_id: { format: 'opaque', id: 'nobody' } }, 'unknown_user_id'],
      [{}, 'invalid_request', { key: stranger.privateKey }],
      [{}, 'invalid_request', { key: new TextEncoder().encode(CLIENT_SECRET), alg: 'HS256' }],
    ];
    for (const [changes, code, options] of refusals) {
      await assertRefused(await send({ ...changes }, options), code);
    }
  });
});

describe('CIBA §7.1.1: signed requests', () => {
  const ALG = { backchannel_authentication_request_signing_alg: 'EdDSA' };

  it('count as what they hold, once', async () => {
    const op = await openCibaOp();
    const request = await signedRequest(op, { binding_message: 'W4SCT', requested_expiry: 60 });
    const body = await acknowledged(op, [['request', request]]);
    assertEquals(body.expires_in, 60);
    assertEquals(textOf(await openRequests(op.browser()), 'binding-message'), 'W4SCT');
    await assertRefused(await backchannelRequest(op, [['request', request]]), 'invalid_request');
    assertEquals(await count(op, 'ciba'), 1);
  });

  it('are required of a client that has registered an algorithm, and by that algorithm', async () => {
    const op = await openCibaOp([{ ...OTHER_BANK, ...ALG }]);
    const as = basic('other-bank');
    await assertRefused(await backchannelRequest(op, {}, as), 'invalid_request');
    const request = await signedRequest(op, { iss: 'other-bank' });
    assertEquals((await backchannelRequest(op, [['request', request]], as)).status, 200);
  });

  it('a refused one is used up all the same', async () => {
    const op = await openCibaOp();
    const request = await signedRequest(op, { login_hint: 'nobody' });
    await assertRefused(await backchannelRequest(op, [['request', request]]), 'unknown_user_id');
    await assertRefused(await backchannelRequest(op, [['request', request]]), 'invalid_request');
  });

  const NOW = 1_800_000_000;
  const rows: readonly (readonly [string, object, object?])[] = [
    ...['aud', 'iss', 'exp', 'iat', 'nbf', 'jti'].map((
      claim,
    ) => [`without ${claim}`, { [claim]: undefined }] as const),
    ['for somebody else', { aud: 'https://other.example' }],
    ['for the token endpoint', { aud: `${ISSUER}/token` }],
    ['of another client', { iss: 'other-bank' }],
    ['that has expired', { exp: NOW }],
    ['from the future', { nbf: NOW + 120 }],
    ['made in the future', { iat: NOW + 120 }],
    ['with a jti of another form', { jti: 5 }],
    ['with a request within', { request: 'x' }],
    ['by an HMAC', {}, { key: new TextEncoder().encode(CLIENT_SECRET), alg: 'HS256' }],
  ];
  for (const [name, claims, options] of rows) {
    it(`one ${name} is refused`, async () => {
      const op = await openCibaOp();
      const request = await signedRequest(op, { ...claims }, options);
      await assertRefused(await backchannelRequest(op, [['request', request]]), 'invalid_request');
      assertEquals(await count(op, 'ciba'), 0);
    });
  }

  it('one by another key, or by none, is refused', async () => {
    const op = await openCibaOp();
    const { privateKey } = await generateKeyPair('EdDSA');
    const [, payload = ''] = (await signedRequest(op)).split('.');
    const requests = [
      await signedRequest(op, {}, { key: privateKey }),
      `${btoa('{"alg":"none"}').replaceAll('=', '')}.${payload}.`,
      'x'.repeat(20_000),
      'a.b.c',
    ];
    for (const request of requests) {
      await assertRefused(await backchannelRequest(op, [['request', request]]), 'invalid_request');
    }
  });

  it('nothing may stand beside one but what proves who the client is', async () => {
    const op = await openCibaOp();
    for (const [name, value] of [['scope', 'openid'], ['binding_message', 'x'], ['x', 'y']]) {
      const request = await signedRequest(op, {}, { key: BANK_KEY });
      await assertRefused(
        await backchannelRequest(op, [['request', request], [name ?? '', value ?? '']]),
        'invalid_request',
      );
    }
  });
});

describe('CIBA §10.1, §11: polling', () => {
  it('T068: authorization_pending until the person has answered, then the tokens, once', async () => {
    const op = await openCibaOp();
    const { auth_req_id } = await acknowledged(op, { scope: 'openid profile offline_access' });
    for (let i = 0; i < 3; i += 1) {
      await assertRefused(await pollCiba(op, auth_req_id), 'authorization_pending');
      op.clock.now += 5;
    }
    await answerAsAlice(op);
    const tokens = await tokensOf(await pollCiba(op, auth_req_id));
    assertEquals(tokens.scope, 'openid profile offline_access');
    const { aud, acr, nonce } = claimsOf(tokens.id_token);
    assertEquals([aud, acr, nonce], ['bank', 'one_factor', undefined]);
    const claims = await (await userinfo(op, tokens.access_token)).json() as { name: string };
    assertEquals(claims.name, 'Alice Example');
    const form = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token };
    await tokensOf(await op.post('/token', form, basic('bank')));
    await assertRefused(await pollCiba(op, auth_req_id), 'invalid_grant');
  });

  it('T068: slow_down when polls come too fast, by 5 s each time', async () => {
    const op = await openCibaOp();
    const { auth_req_id } = await acknowledged(op);
    const steps = [
      [0, 'authorization_pending'],
      [4, 'slow_down'],
      [9, 'slow_down'],
      [15, 'authorization_pending'],
    ] as const;
    for (const [seconds, code] of steps) {
      op.clock.now += seconds;
      await assertRefused(await pollCiba(op, auth_req_id), code);
    }
  });

  it('T068: expired_token once it is too late, approved or not', async () => {
    const op = await openCibaOp([SHOP]);
    const approved = await acknowledged(op);
    await answerAsAlice(op);
    const pending = await acknowledged(op);
    op.clock.now += 300;
    for (const { auth_req_id } of [approved, pending]) {
      await assertRefused(await pollCiba(op, auth_req_id), 'expired_token');
    }
    assert(has(await openRequests(op.browser()), 'no-requests'));
    op.clock.now += 601;
    await assertRefused(await pollCiba(op, pending.auth_req_id), 'invalid_grant');
  });

  it('T068: access_denied when the person declined, as often as it is asked', async () => {
    const op = await openCibaOp();
    const { auth_req_id } = await acknowledged(op);
    await answerAsAlice(op, 'deny');
    for (let i = 0; i < 2; i += 1) {
      await assertRefused(await pollCiba(op, auth_req_id), 'access_denied');
    }
    assertEquals(await count(op, 'grant'), 0);
  });

  it('T068: another client gets nothing by an auth_req_id, and does its owner no harm', async () => {
    const op = await openCibaOp([OTHER_BANK]);
    const { auth_req_id } = await acknowledged(op);
    const foreign = () => pollCiba(op, auth_req_id, {}, basic('other-bank'));
    for (let i = 0; i < 3; i += 1) await assertRefused(await foreign(), 'invalid_grant');
    await assertRefused(await pollCiba(op, auth_req_id), 'authorization_pending');
    await answerAsAlice(op);
    await assertRefused(await foreign(), 'invalid_grant');
    await tokensOf(await pollCiba(op, auth_req_id));
  });

  it('T068: an unknown auth_req_id is invalid_grant, none is invalid_request', async () => {
    const op = await openCibaOp();
    await assertRefused(await pollCiba(op, 'ost_ar_x'), 'invalid_grant');
    await assertRefused(await pollCiba(op, ''), 'invalid_request');
  });

  it('what was granted ends with the person, and with the policy of the client', async () => {
    const op = await openCibaOp();
    const { auth_req_id } = await acknowledged(op);
    await answerAsAlice(op);
    const alice = await op.instance.directory.findByUsername('alice');
    await op.instance.directory.disable(alice?.id ?? '');
    await assertRefused(await pollCiba(op, auth_req_id), 'invalid_grant');
  });
});

/** Of clients for people in one network: whether they come from there shows when they answer. */
const INSIDE = {
  authorization_policies: {
    inside: {
      default_policy: 'deny',
      rules: [{ policy: 'one_factor', networks: ['10.0.0.0/8'] }],
    },
  },
};

describe('CIBA §7: who answers, and how', () => {
  it('T072: only whom the request is for', async () => {
    const op = await openCibaOp();
    const bob = await addBob(op);
    await acknowledged(op);
    const alices = op.browser();
    const page = await openRequests(alices);
    assert(has(page, 'approve'));
    const bobs = op.browser();
    assert(has(await openRequests(bobs, bob), 'no-requests'));
    const id = /name="request" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    assertEquals(id.length, 43);
    // Bob has a form of the page as soon as somebody asks for him.
    await acknowledged(op, { login_hint: 'bob' });
    const own = await openRequests(bobs, bob);
    const stolen = await bobs.submit(own, { request: id, decision: 'accept' });
    assertEquals(stolen.url.searchParams.get('done'), 'request_over');
    assert(has(await openRequests(alices), 'approve'));
  });

  it('T072: by POST with the token of the form, from our own page', async () => {
    const op = await openCibaOp();
    const { auth_req_id } = await acknowledged(op);
    const browser = op.browser();
    const page = await openRequests(browser);
    for (const csrf of ['', 'wrong']) {
      const refused = await browser.submit(page, { csrf, decision: 'accept' });
      assertEquals([refused.status, textOf(refused, 'error')], [403, 'invalid_request']);
    }
    const url = `${page.url.pathname}${page.url.search}`;
    await browser.get(`${url}${url.includes('?') ? '&' : '?'}decision=accept`);
    await assertRefused(await pollCiba(op, auth_req_id), 'authorization_pending');
  });

  it('T072: freshly authenticated: an older sign-in is asked for again', async () => {
    const op = await openCibaOp([], { lifespans: { backchannel_authentication: '1h' } });
    const { auth_req_id } = await acknowledged(op);
    const browser = op.browser();
    const page = await openRequests(browser);
    op.clock.now += 601;
    assert(has(await browser.get('/account/requests'), 'login'));
    const login = await answerPage(browser, page, 'accept');
    assert(has(login, 'login'));
    await assertRefused(await pollCiba(op, auth_req_id), 'authorization_pending');
    const back = await browser.submit(login, { username: 'alice', password: PASSWORD });
    await answerPage(browser, back, 'accept');
    await tokensOf(await pollCiba(op, auth_req_id));
  });

  it('what the person said is among what happened to their account', async () => {
    const op = await openCibaOp();
    await acknowledged(op);
    await answerAsAlice(op);
    await acknowledged(op);
    await answerAsAlice(op, 'deny');
    const alice = await op.instance.directory.findByUsername('alice');
    const activity = await listActivity(alice?.id ?? '', op.instance.engine());
    assertEquals(
      activity.filter(({ client_id }) => client_id === 'bank').map(({ kind }) => kind),
      ['request_denied', 'request_approved'],
    );
  });

  it('T070: an answer that comes in the moment of expiry takes nobody else’s place away', async () => {
    const inner = openMemoryStore({ now: () => 1_800_000_000 });
    let overtake: (() => Promise<unknown>) | undefined;
    const store: Store = {
      ...inner,
      async commit(change) {
        const act = change.put?.some(({ key }) => key[0] === 'ciba') ? overtake : undefined;
        if (act !== undefined) {
          overtake = undefined;
          await act();
        }
        return await inner.commit(change);
      },
    };
    const op = await openCibaOp([], {}, { store });
    const { auth_req_id } = await acknowledged(op);
    const alice = await op.instance.directory.findByUsername('alice');
    const key = ['ciba_place', ISSUER, alice?.id ?? '', '0'] as const;
    const browser = op.browser();
    const page = await openRequests(browser);
    overtake = () => inner.commit({ put: [{ key, value: { request: 'of somebody else' } }] });
    const done = await answerPage(browser, page, 'accept');
    assertEquals(done.url.searchParams.get('done'), 'request_over');
    assertEquals((await inner.get(key))?.value, { request: 'of somebody else' });
    await assertRefused(await pollCiba(op, auth_req_id), 'authorization_pending');
  });

  it('T072: what is over cannot be answered', async () => {
    const op = await openCibaOp();
    const { auth_req_id } = await acknowledged(op);
    const browser = op.browser();
    const page = await openRequests(browser);
    await answerPage(browser, page, 'deny');
    const again = await answerPage(browser, page, 'accept');
    assertEquals(again.url.searchParams.get('done'), 'request_over');
    await assertRefused(await pollCiba(op, auth_req_id), 'access_denied');
  });

  it('T069: the binding_message is shown, and as text', async () => {
    const op = await openCibaOp();
    await acknowledged(op, { binding_message: '<b>W4SCT</b> & "x"' });
    const page = await openRequests(op.browser());
    assertEquals(textOf(page, 'binding-message'), '<b>W4SCT</b> & "x"');
    assertFalse(page.text.includes('<b>W4SCT'));
  });

  it('what is left out is not granted, what is required cannot be left out', async () => {
    const op = await openCibaOp([{ ...OTHER_BANK, required_scope: 'email' }]);
    const as = basic('other-bank');
    const { auth_req_id } = await acknowledged(op, { scope: 'openid profile email' }, as);
    const browser = op.browser();
    await answerPage(browser, await openRequests(browser), 'accept', []);
    const { scope } = await tokensOf(await pollCiba(op, auth_req_id, {}, as));
    assertEquals(scope, 'openid email');
  });

  it('several wait side by side, and each is answered by itself', async () => {
    const op = await openCibaOp([OTHER_BANK]);
    const first = await acknowledged(op, { binding_message: 'first' });
    const second = await acknowledged(op, { binding_message: 'second' }, basic('other-bank'));
    const browser = op.browser();
    const list = await openRequests(browser);
    assertFalse(has(list, 'approve'));
    assertEquals(textOf(list, 'waiting').trim(), '2 waiting');
    const links = [...list.text.matchAll(/\?request=([A-Za-z0-9_-]{43})/g)].map(([, id]) => id);
    assertEquals(links.length, 2);
    const page = await browser.get(`/account/requests?request=${links[1]}`);
    assertEquals(textOf(page, 'binding-message'), 'second');
    await answerPage(browser, page, 'accept');
    await assertRefused(await pollCiba(op, first.auth_req_id), 'authorization_pending');
    await tokensOf(await pollCiba(op, second.auth_req_id, {}, basic('other-bank')));
  });

  it('the policy of the client holds: two factors, or nobody', async () => {
    const op = await openCibaOp([{ ...OTHER_BANK, authorization_policy: 'inside' }], INSIDE);
    await acknowledged(op, {}, basic('other-bank'));
    const page = await openRequests(op.browser());
    assertEquals([page.status, textOf(page, 'error')], [403, 'access_denied']);
    const strict = await openCibaOp([{ ...OTHER_BANK, authorization_policy: 'two_factor' }]);
    await acknowledged(strict, {}, basic('other-bank'));
    const raised = await openRequests(strict.browser());
    assertFalse(has(raised, 'approve'));
    assertMatch(raised.url.pathname, /second-factor|passkey|totp/);
  });
});

describe('CIBA §14: people are not worn down', () => {
  it('§13: access_denied: nobody is asked whom the policy of the client lets in from nowhere', async () => {
    const op = await openCibaOp([{ ...OTHER_BANK, authorization_policy: 'deny' }]);
    for (let i = 0; i < 10; i += 1) {
      const refused = await backchannelRequest(op, {}, basic('other-bank'));
      await assertRefused(refused, 'access_denied', 403);
    }
    assertEquals([await count(op, 'ciba'), await count(op, 'ciba_place')], [0, 0]);
    assert(has(await openRequests(op.browser()), 'no-requests'));
  });

  it('T070: five requests of one client may wait for one person; an answer frees a place', async () => {
    let sent = 0;
    const op = await openCibaOp([], {}, {
      notifier: {
        takesNames: false,
        send: () => {
          sent += 1;
          return Promise.resolve();
        },
      },
    });
    const bob = await addBob(op);
    for (let i = 0; i < 5; i += 1) await acknowledged(op);
    await op.instance.engine().outbox.settled();
    assertEquals(sent, 5);
    const refused = await backchannelRequest(op);
    assertEquals(refused.headers.get('retry-after'), '300');
    await assertRefused(refused, 'temporarily_unavailable', 429);
    await op.instance.engine().outbox.settled();
    assertEquals(sent, 5, 'nobody is told of what is refused');
    await acknowledged(op, { login_hint: bob.username });
    op.clock.now += 300;
    await acknowledged(op);
  });

  it('people without an address are told where the notifier takes their names', async () => {
    const sent: Message[] = [];
    for (const takesNames of [true, false]) {
      const op = await openCibaOp([], {}, {
        notifier: { takesNames, send: (message) => Promise.resolve(void sent.push(message)) },
      });
      await op.instance.directory.create({ username: 'homeless', provenance: 'cli' });
      await acknowledged(op, { login_hint: 'homeless' });
      await op.instance.engine().outbox.settled();
    }
    assertEquals(sent.map(({ to, username, kind }) => [to, username, kind]), [
      [undefined, 'homeless', 'request'],
    ]);
  });

  it('T070: ten requests of all clients may wait for one person', async () => {
    const clients = ['a', 'b', 'c'].map((client_id) => ({ ...BANK, client_id }));
    const op = await openCibaOp(clients);
    for (let i = 0; i < 10; i += 1) await acknowledged(op, {}, basic(i < 5 ? 'a' : 'b'));
    await assertRefused(
      await backchannelRequest(op, {}, basic('c')),
      'temporarily_unavailable',
      429,
    );
    assertEquals([await count(op, 'ciba'), await count(op, 'ciba_place')], [10, 10]);
  });

  it('T070: of requests sent at once only as many get through', async () => {
    const op = await openCibaOp();
    const answers = await Promise.all(Array.from({ length: 20 }, () => backchannelRequest(op)));
    assertEquals(answers.filter(({ status }) => status === 200).length, 5);
    assertEquals(await count(op, 'ciba_place'), 5);
  });

  it('T070: the places outlive a restart', async () => {
    const first = await openCibaOp([OTHER_BANK]);
    for (let i = 0; i < 5; i += 1) await acknowledged(first);
    for (let i = 0; i < 5; i += 1) await acknowledged(first, {}, basic('other-bank'));
    const second = await openCibaOp([], {}, { store: first.store, people: false });
    await assertRefused(await backchannelRequest(second), 'temporarily_unavailable', 429);
  });

  it('T070: of one client, too: a restart leaves room for others, and for it once they are over', async () => {
    const first = await openCibaOp();
    for (let i = 0; i < 5; i += 1) await acknowledged(first);
    const second = await openCibaOp([OTHER_BANK], {}, { store: first.store, people: false });
    const refused = await backchannelRequest(second);
    assertEquals([refused.status, refused.headers.get('retry-after')], [429, '300']);
    await acknowledged(second, { requested_expiry: '1' }, basic('other-bank'));
    // The store goes by the first clock.
    for (const { clock } of [first, second]) clock.now += 301;
    await acknowledged(second);
  });

  it('T070: what is refused while the places are taken costs the client no later turn', async () => {
    const op = await openCibaOp();
    for (let i = 0; i < 5; i += 1) await acknowledged(op);
    for (let i = 0; i < 30; i += 1) assertEquals((await backchannelRequest(op)).status, 429);
    op.clock.now += 300;
    for (let i = 0; i < 5; i += 1) await acknowledged(op);
  });

  it('T070: requests that expire at once cannot come without end', async () => {
    const op = await openCibaOp();
    let granted = 0;
    for (let i = 0; i < 60; i += 1) {
      const { status } = await backchannelRequest(op, { requested_expiry: '1' });
      if (status === 200) granted += 1;
      op.clock.now += 1;
    }
    assert(granted >= 20 && granted <= 25, String(granted));
  });

  it('T070: whoever says no is left in peace by that client, longer each time', async () => {
    const op = await openCibaOp([OTHER_BANK]);
    for (const pause of [5, 20, 80]) {
      await acknowledged(op);
      await answerAsAlice(op, 'deny');
      const refused = await backchannelRequest(op);
      assertEquals(refused.headers.get('retry-after'), String(pause));
      await assertRefused(refused, 'access_denied', 403);
      await acknowledged(op, { requested_expiry: '1' }, basic('other-bank'));
      op.clock.now += pause;
    }
    await acknowledged(op);
    await answerAsAlice(op);
    await acknowledged(op);
    await answerAsAlice(op, 'deny');
    assertEquals((await backchannelRequest(op)).headers.get('retry-after'), '5');
  });
});

describe('CIBA §4: registration', () => {
  const rows: readonly (readonly [string, object, string])[] = [
    ['no delivery mode', { backchannel_token_delivery_mode: undefined }, 'is required with'],
    [
      'a public client',
      { token_endpoint_auth_method: 'none', client_secret: undefined },
      'is not for clients that do not prove who they are',
    ],
    [
      'no proof at this endpoint',
      { backchannel_authentication_endpoint_auth_method: 'none' },
      'is not for clients that do not prove who they are',
    ],
    [
      'a mode without the grant',
      { grant_types: ['client_credentials'] },
      'needs grant type urn:openid:params:grant-type:ciba',
    ],
    [
      'signed requests without a key',
      { backchannel_authentication_request_signing_alg: 'ES256', jwks: undefined },
      'or jwks_uri is required with backchannel_authentication_request_signing_alg',
    ],
    [
      'requests signed by an HMAC',
      { backchannel_authentication_request_signing_alg: 'HS256' },
      'must be one of',
    ],
  ];
  for (const [name, changes, words] of rows) {
    it(`${name} is refused`, async () => {
      const client = JSON.parse(JSON.stringify({ ...OTHER_BANK, ...changes })) as object;
      const message = await openCibaOp([client]).then(() => '', String);
      assert(message.includes(words), message);
    });
  }
});
