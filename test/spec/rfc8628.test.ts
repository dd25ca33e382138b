import { describe, it } from 'node:test';
import { createPlaces } from '../../src/engine/polled/places.ts';
import { newUserCode, parseUserCode } from '../../src/engine/device/user_code.ts';
import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertNotEquals,
} from '../support/assert.ts';
import { has } from '../support/browser.ts';
import {
  answer,
  approve,
  DEVICE_CODE_GRANT,
  deviceRequest,
  enterCode,
  obtainDeviceCodes,
  openDeviceOp,
  openInterruptedStore,
  poll,
  TV,
} from '../support/device.ts';
import { assertRefused, claimsOf, refresh, tokensOf, userinfo } from '../support/flow.ts';
import { basic, CLIENT, ISSUER, type Op, PASSWORD } from '../support/op.ts';

const OTHER_TV = { ...TV, client_id: 'other-tv' };

/** A confidential client with every grant, for introspection and for being the wrong one. */
const APP = { ...CLIENT, grant_types: [...CLIENT.grant_types, DEVICE_CODE_GRANT] };

async function count(op: Op, name: string): Promise<number> {
  let found = 0;
  for await (const _ of op.store.list([name])) found += 1;
  return found;
}

describe('RFC 8628 §3.1, §3.2: device authorization', () => {
  it('answers with all that belongs there, not to be stored', async () => {
    const op = await openDeviceOp();
    const response = await deviceRequest(op);
    assertEquals(response.status, 200);
    assertEquals(response.headers.get('content-type'), 'application/json');
    assertEquals(response.headers.get('cache-control'), 'no-store');
    const body = await response.json() as Record<string, unknown>;
    assertMatch(String(body['device_code']), /^ost_dc_[A-Za-z0-9_-]{43}$/);
    assertMatch(String(body['user_code']), /^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
    assertEquals({ ...body, device_code: '', user_code: '' }, {
      device_code: '',
      user_code: '',
      verification_uri: `${ISSUER}/device`,
      verification_uri_complete: `${ISSUER}/device?user_code=${body['user_code']}`,
      expires_in: 600,
      interval: 5,
    });
  });

  it('the lifetime of codes is the configured one, or the client’s own', async () => {
    const op = await openDeviceOp([{ ...OTHER_TV, lifespan: 'short' }], {
      lifespans: { device_code: '5m', custom: { short: { device_code: '2m' } } },
    });
    assertEquals((await obtainDeviceCodes(op)).expires_in, 300);
    assertEquals((await obtainDeviceCodes(op, { client_id: 'other-tv' })).expires_in, 120);
  });

  it('neither code can be read from the store', async () => {
    const op = await openDeviceOp();
    const { device_code, user_code } = await obtainDeviceCodes(op);
    const texts: string[] = [];
    for await (const { key, value } of op.store.list([])) {
      texts.push(JSON.stringify([key, value]));
    }
    for (
      const secret of [device_code, device_code.slice(7), user_code, user_code.replace('-', '')]
    ) {
      assertEquals(texts.filter((text) => text.includes(secret)), []);
    }
    assertEquals([await count(op, 'device'), await count(op, 'user_code')], [1, 1]);
  });

  it('a confidential client authenticates as at the token endpoint', async () => {
    const op = await openDeviceOp([APP]);
    const body = { scope: 'openid' };
    assertEquals((await op.post('/device_authorization', body, basic('app'))).status, 200);
    for (
      const [headers, form] of [
        [{}, { ...body, client_id: 'app' }],
        [basic('app', 'wrong'), body],
        [{}, { ...body, client_id: 'nobody' }],
        [{}, body],
      ] as const
    ) {
      await assertRefused(
        await op.post('/device_authorization', form, headers),
        'invalid_client',
        401,
      );
    }
    assertEquals(await count(op, 'device'), 1);
  });

  const refusals = [
    { name: 'a scope of others', form: { scope: 'openid phone' }, code: 'invalid_scope' },
    { name: 'a broken scope', form: { scope: 'a"b' }, code: 'invalid_scope' },
    {
      name: 'an unknown resource',
      form: { resource: 'https://x.example/' },
      code: 'invalid_target',
    },
  ];
  for (const { name, form, code } of refusals) {
    it(`${name} is ${code}`, async () => {
      const op = await openDeviceOp();
      await assertRefused(await deviceRequest(op, form), code);
      assertEquals(await count(op, 'device'), 0);
    });
  }

  it('T011, T028: takes POST with a form in which nothing repeats', async () => {
    const op = await openDeviceOp();
    assertEquals((await op.fetch('/device_authorization')).status, 405);
    const repeated = [['client_id', 'tv'], ['scope', 'openid'], ['scope', 'email']] as const;
    await assertRefused(
      await deviceRequest(op, repeated.map(([name, value]) => [name, value] as const)),
      'invalid_request',
    );
  });

  it('T067: a client without the grant may use neither endpoint', async () => {
    const op = await openDeviceOp([CLIENT]);
    await assertRefused(
      await op.post('/device_authorization', { scope: 'openid' }, basic('app')),
      'unauthorized_client',
    );
    const { device_code } = await obtainDeviceCodes(op);
    await assertRefused(
      await op.post('/token', { grant_type: DEVICE_CODE_GRANT, device_code }, basic('app')),
      'unauthorized_client',
    );
  });

  it('T066: ten requests of one source may wait, others go on, and an answer frees a place', async () => {
    const op = await openDeviceOp([APP]);
    const codes = [];
    for (let i = 0; i < 10; i += 1) codes.push(await obtainDeviceCodes(op));
    op.clock.now += 100;
    const refused = await deviceRequest(op);
    assertEquals(refused.headers.get('retry-after'), '500');
    await assertRefused(refused, 'temporarily_unavailable', 429);
    await assertRefused(
      await op.post('/device_authorization', { scope: 'openid' }, basic('app')),
      'temporarily_unavailable',
      429,
    );
    assertEquals(await count(op, 'device'), 10);
    assertEquals((await deviceRequest(op, {}, '198.51.100.1')).status, 200);
    await approve(op, codes[0]?.user_code ?? '');
    assertEquals((await deviceRequest(op)).status, 200);
    await assertRefused(await deviceRequest(op), 'temporarily_unavailable', 429);
    op.clock.now += 500;
    assertEquals((await deviceRequest(op)).status, 200);
  });

  it('T066: of requests sent at once only as many get through', async () => {
    const op = await openDeviceOp();
    const answers = await Promise.all(Array.from({ length: 40 }, () => deviceRequest(op)));
    assertEquals(answers.filter(({ status }) => status === 200).length, 10);
    assertEquals(answers.filter(({ status }) => status === 429).length, 30);
    assertEquals(await count(op, 'device'), 10);
  });

  it('T066: a hundred requests of one client may wait, wherever they come from', async () => {
    const op = await openDeviceOp([OTHER_TV]);
    for (let i = 0; i < 100; i += 1) {
      assertEquals((await deviceRequest(op, {}, `198.51.100.${i}`)).status, 200);
    }
    assertEquals((await deviceRequest(op, {}, '192.0.2.1')).status, 429);
    assertEquals((await deviceRequest(op, { client_id: 'other-tv' }, '192.0.2.1')).status, 200);
  });

  it('T066: a request that is refused holds no place', async () => {
    const op = await openDeviceOp();
    for (let i = 0; i < 30; i += 1) await deviceRequest(op, { scope: 'openid phone' });
    assertEquals((await deviceRequest(op)).status, 200);
  });

  it('T066: nor does one that could not be written', async () => {
    const { store, interrupt } = openInterruptedStore();
    const op = await openDeviceOp([], {}, { store });
    for (let i = 0; i < 10; i += 1) {
      interrupt(() => Promise.reject(new Error('disk is full')));
      assertEquals((await deviceRequest(op)).status, 500);
    }
    assertEquals((await deviceRequest(op)).status, 200);
  });

  it('T066: what counts places is bounded, and forgets what has expired', () => {
    const clock = { now: 0 };
    const places = createPlaces({ now: () => clock.now, maxKeys: 50 });
    for (let i = 0; i < 500; i += 1) {
      assertEquals(places.take(`h${i}`, [{ key: `k${i}`, most: 1 }], 100), 0);
    }
    assertEquals(places.size(), 50);
    assertEquals(places.take('again', [{ key: 'k499', most: 1 }], 100), 100);
    places.release('h499');
    assertEquals(places.size(), 49);
    assertEquals(places.take('again', [{ key: 'k499', most: 1 }], 100), 0);
    clock.now = 100;
    assertEquals(places.take('later', [{ key: 'k499', most: 1 }], 200), 0);
  });
});

describe('RFC 8628 §6.1: user codes', () => {
  it('T061: have at least 34 bits', () => {
    assert(Math.log2(20 ** 8) > 34);
    const seen = new Set(Array.from({ length: 500 }, () => newUserCode()));
    assertEquals(seen.size, 500);
  });

  it('T148: what would favour some letters is thrown away', () => {
    const bytes = [255, 254, 240, 0, 19, 20, 39, 239, 241, 1, 2, 3];
    let at = 0;
    const code = newUserCode((many) => Uint8Array.from(bytes.slice(at, at += many)));
    assertEquals(code, 'BZBZ-ZCDF');
  });

  it('T065: any case, spaces and dashes will do', () => {
    for (
      const typed of [
        'BCDF-GHJK',
        'bcdfghjk',
        ' b c d f - g h j k ',
        'BCDF–ghjk',
        'bcdf\u00a0ghjk',
        '\tBCDFG-H-J-K\n',
      ]
    ) assertEquals(parseUserCode(typed), 'BCDF-GHJK', JSON.stringify(typed));
  });

  it('T065: what cannot be a code is none, however long', () => {
    for (
      const typed of [
        undefined,
        '',
        'BCDF-GHJ',
        'BCDF-GHJKL',
        'BCDF-GHJA',
        'BCDF-GHJ1',
        'ВСDF-GHJK',
        'BCDF_GHJK',
        `BCDF-GHJK${' '.repeat(60)}`,
        'B'.repeat(100_000),
        '<b>BCDFGHJK</b>',
      ]
    ) assertEquals(parseUserCode(typed), undefined, typed?.slice(0, 20));
  });
});

describe('RFC 8628 §3.4, §3.5: device access token', () => {
  it('T062: authorization_pending until the person has answered, then the tokens', async () => {
    const op = await openDeviceOp([APP]);
    const { device_code, user_code } = await obtainDeviceCodes(op, {
      scope: 'openid profile offline_access',
    });
    for (let i = 0; i < 3; i += 1) {
      await assertRefused(await poll(op, device_code), 'authorization_pending');
      op.clock.now += 5;
    }
    await approve(op, user_code);
    const tokens = await tokensOf(await poll(op, device_code));
    assertEquals(tokens.scope, 'openid profile offline_access');
    assertEquals(claimsOf(tokens.id_token)['aud'], 'tv');
    const claims = await (await userinfo(op, tokens.access_token)).json() as { name: string };
    assertEquals(claims.name, 'Alice Example');
    const again = await refresh(op, tokens.refresh_token, {});
    await assertRefused(again, 'invalid_grant');
    const own = await op.post('/token', {
      grant_type: 'refresh_token',
      refresh_token: tokens.refresh_token,
      client_id: 'tv',
    });
    assertEquals((await tokensOf(own)).scope, 'openid profile offline_access');
  });

  it('T062: slow_down when polls come faster than the interval, which grows by 5 s each time', async () => {
    const op = await openDeviceOp();
    const { device_code } = await obtainDeviceCodes(op);
    const steps = [
      [0, 'authorization_pending'],
      [4, 'slow_down'],
      [9, 'slow_down'],
      [15, 'authorization_pending'],
      [14, 'slow_down'],
      [19, 'slow_down'],
      [25, 'authorization_pending'],
    ] as const;
    for (const [seconds, code] of steps) {
      op.clock.now += seconds;
      await assertRefused(await poll(op, device_code), code);
    }
  });

  it('T062: the interval outlives a restart', async () => {
    const first = await openDeviceOp();
    const { device_code } = await obtainDeviceCodes(first);
    await poll(first, device_code);
    await assertRefused(await poll(first, device_code), 'slow_down');
    const second = await openDeviceOp([], {}, { store: first.store, people: false });
    second.clock.now = first.clock.now;
    await assertRefused(await poll(second, device_code), 'authorization_pending');
    second.clock.now += 9;
    await assertRefused(await poll(second, device_code), 'slow_down');
  });

  it('T062: polling writes nothing, and polling too fast writes little', async () => {
    const op = await openDeviceOp();
    const { device_code } = await obtainDeviceCodes(op);
    const versions = new Set<string>();
    const note = async () => {
      for await (const { version } of op.store.list(['device'])) versions.add(version);
    };
    for (let i = 0; i < 20; i += 1) {
      await poll(op, device_code);
      op.clock.now += 5;
      await note();
    }
    assertEquals(versions.size, 1);
    for (let i = 0; i < 60; i += 1) {
      await poll(op, device_code);
      await note();
    }
    assert(versions.size <= 12, String(versions.size));
  });

  it('T062: a poll that is too fast does not undo an answer that comes meanwhile', async () => {
    const { store, interrupt } = openInterruptedStore();
    const op = await openDeviceOp([], {}, { store });
    const { device_code, user_code } = await obtainDeviceCodes(op);
    const browser = op.browser();
    const page = await enterCode(browser, user_code);
    await assertRefused(await poll(op, device_code), 'authorization_pending');
    let isApproved = false;
    interrupt(async () => {
      isApproved = has(await answer(browser, page, 'accept'), 'device-done');
    });
    await assertRefused(await poll(op, device_code), 'slow_down');
    assert(isApproved);
    await tokensOf(await poll(op, device_code));
  });

  it('an answer is had at once, however fast it is asked for', async () => {
    const op = await openDeviceOp();
    const { device_code, user_code } = await obtainDeviceCodes(op);
    await poll(op, device_code);
    await approve(op, user_code);
    await tokensOf(await poll(op, device_code));
  });

  it('T062: access_denied when the person declined, as often as it is asked', async () => {
    const op = await openDeviceOp();
    const { device_code, user_code } = await obtainDeviceCodes(op);
    const browser = op.browser();
    const page = await answer(browser, await enterCode(browser, user_code), 'deny');
    assert(has(page, 'device-denied'));
    assertFalse(has(page, 'device-done'));
    for (let i = 0; i < 2; i += 1) {
      await assertRefused(await poll(op, device_code), 'access_denied');
    }
    assertEquals(await count(op, 'grant'), 0);
  });

  it('T062: expired_token once it is too late, approved or not; later it is unknown', async () => {
    const op = await openDeviceOp();
    const pending = await obtainDeviceCodes(op);
    const approved = await obtainDeviceCodes(op);
    await approve(op, approved.user_code);
    op.clock.now += 600;
    for (const { device_code } of [pending, approved]) {
      await assertRefused(await poll(op, device_code), 'expired_token');
    }
    const browser = op.browser();
    const late = await browser.submit(await browser.get('/device'), {
      user_code: pending.user_code,
    });
    assert(has(late, 'problem'));
    op.clock.now += 600;
    await assertRefused(await poll(op, pending.device_code), 'invalid_grant');
  });

  it('T063: an unknown device code is invalid_grant, none is invalid_request', async () => {
    const op = await openDeviceOp();
    await assertRefused(await poll(op, 'ost_dc_x'), 'invalid_grant');
    await assertRefused(await poll(op, '__proto__'), 'invalid_grant');
    await assertRefused(await poll(op, ''), 'invalid_request');
  });

  it('T063: another client gets nothing by a code, and does its owner no harm', async () => {
    const op = await openDeviceOp([OTHER_TV]);
    const { device_code, user_code } = await obtainDeviceCodes(op);
    const foreign = () => poll(op, device_code, { client_id: 'other-tv' });
    for (let i = 0; i < 5; i += 1) await assertRefused(await foreign(), 'invalid_grant');
    await assertRefused(await poll(op, device_code), 'authorization_pending');
    await approve(op, user_code);
    await assertRefused(await foreign(), 'invalid_grant');
    await tokensOf(await poll(op, device_code));
  });

  it('T063: yields tokens once', async () => {
    const op = await openDeviceOp();
    const { device_code, user_code } = await obtainDeviceCodes(op);
    await approve(op, user_code);
    const { access_token } = await tokensOf(await poll(op, device_code));
    await assertRefused(await poll(op, device_code), 'invalid_grant');
    assertEquals((await userinfo(op, access_token)).status, 200);
  });

  it('T063: of 50 redemptions at once one succeeds', async () => {
    const op = await openDeviceOp();
    for (let round = 0; round < 5; round += 1) {
      const { device_code, user_code } = await obtainDeviceCodes(op);
      await approve(op, user_code);
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => poll(op, device_code)),
      );
      assertEquals(answers.filter(({ status }) => status === 200).length, 1);
      for (const refused of answers.filter(({ status }) => status !== 200)) {
        await assertRefused(refused, 'invalid_grant');
      }
    }
    assertEquals(await count(op, 'grant'), 5);
  });

  it('Core §11: without offline_access the tokens end with the session that approved', async () => {
    const op = await openDeviceOp();
    const { device_code, user_code } = await obtainDeviceCodes(op);
    await approve(op, user_code);
    const { access_token } = await tokensOf(await poll(op, device_code));
    const other = await obtainDeviceCodes(op, { scope: 'openid offline_access' });
    await approve(op, other.user_code);
    const offline = await tokensOf(await poll(op, other.device_code));
    for await (const { key } of op.store.list(['session'])) {
      await op.store.commit({ remove: [key] });
    }
    assertEquals((await userinfo(op, access_token)).status, 401);
    assertEquals((await userinfo(op, offline.access_token)).status, 200);
  });

  it('T034: an approval from before a new password, or of an ended session, is worth nothing', async () => {
    const op = await openDeviceOp();
    const first = await obtainDeviceCodes(op);
    await approve(op, first.user_code);
    for await (const { key } of op.store.list(['session'])) {
      await op.store.commit({ remove: [key] });
    }
    await assertRefused(await poll(op, first.device_code), 'invalid_grant');
    const second = await obtainDeviceCodes(op, { scope: 'openid offline_access' });
    await approve(op, second.user_code);
    const alice = await op.instance.directory.findByUsername('alice');
    op.clock.now += 1;
    await op.instance.directory.setPassword(alice?.id ?? '', `quick:${PASSWORD}`);
    await assertRefused(await poll(op, second.device_code), 'invalid_grant');
    assertEquals(await count(op, 'grant'), 0);
  });

  it('RFC 8707 §2: tokens are for the resources that were asked for, or fewer', async () => {
    const resources = ['https://a.example/', 'https://b.example/'].map((resource) => ({
      resource,
      scope: 'read',
    }));
    const op = await openDeviceOp([{ ...OTHER_TV, scope: 'openid read' }], { resources });
    const ask = () =>
      obtainDeviceCodes(op, {
        client_id: 'other-tv',
        scope: 'openid read',
        resource: 'https://a.example/',
      });
    const own = { client_id: 'other-tv' };
    const { device_code, user_code } = await ask();
    const browser = op.browser();
    const page = await enterCode(browser, user_code);
    assert(page.text.includes('https://a.example/'));
    await answer(browser, page, 'accept');
    await assertRefused(
      await poll(op, device_code, { ...own, resource: 'https://b.example/' }),
      'invalid_target',
    );
    const tokens = await tokensOf(
      await poll(op, device_code, { ...own, resource: 'https://a.example/' }),
    );
    assertEquals(tokens.scope, 'openid read');
  });

  it('RFC 9396 §2: authorization_details are shown, granted whole, and narrowed by the token request', async () => {
    const client = { ...OTHER_TV, authorization_details_types: ['files'] };
    const op = await openDeviceOp([client], {
      authorization_details_types: { files: { fields: ['path'] } },
    });
    const own = { client_id: 'other-tv' };
    const details = [{ type: 'files', path: '/films' }, { type: 'files', path: '/series' }];
    const { device_code, user_code } = await obtainDeviceCodes(op, {
      ...own,
      authorization_details: JSON.stringify(details),
    });
    const browser = op.browser();
    const page = await enterCode(browser, user_code);
    assert(page.text.includes('/films') && page.text.includes('/series'));
    await answer(browser, page, 'accept');
    const authorization_details = JSON.stringify([{ type: 'files', path: '/others' }]);
    await assertRefused(
      await poll(op, device_code, { ...own, authorization_details }),
      'invalid_authorization_details',
    );
    const response = await poll(op, device_code, own);
    const tokens = await response.json() as { authorization_details: unknown };
    assertEquals(tokens.authorization_details, details);
  });

  it('RFC 9396 §5: a type the client is not registered for is refused', async () => {
    const op = await openDeviceOp([], { authorization_details_types: { files: {} } });
    const authorization_details = JSON.stringify([{ type: 'files' }]);
    await assertRefused(
      await deviceRequest(op, { authorization_details }),
      'invalid_authorization_details',
    );
  });

  it('Core §11: a client that cannot refresh gets no refresh token and no offline_access', async () => {
    const op = await openDeviceOp([{ ...OTHER_TV, grant_types: [DEVICE_CODE_GRANT] }]);
    const own = { client_id: 'other-tv' };
    const codes = await obtainDeviceCodes(op, { ...own, scope: 'openid offline_access' });
    await approve(op, codes.user_code);
    const tokens = await tokensOf(await poll(op, codes.device_code, own));
    assertEquals([tokens.scope, 'refresh_token' in tokens], ['openid', false]);
  });

  it('the grant says where it comes from', async () => {
    const op = await openDeviceOp();
    const { device_code, user_code } = await obtainDeviceCodes(op);
    await approve(op, user_code);
    await tokensOf(await poll(op, device_code));
    for await (const { value } of op.store.list<{ grant_type?: string }>(['grant'])) {
      assertEquals(value.grant_type, 'device_code');
    }
  });
});

describe('RFC 8628 §4: discovery', () => {
  it('names the endpoint and the grant', async () => {
    const op = await openDeviceOp();
    const response = await op.fetch('/.well-known/openid-configuration');
    const metadata = await response.json() as {
      device_authorization_endpoint: string;
      grant_types_supported: readonly string[];
    };
    assertEquals(metadata.device_authorization_endpoint, `${ISSUER}/device_authorization`);
    assert(metadata.grant_types_supported.includes(DEVICE_CODE_GRANT));
  });

  it('the endpoint answers scripts of listed origins when the configuration says so', async () => {
    const cors = {
      endpoints: ['device_authorization'],
      allowed_origins: ['https://spa.example'],
    };
    for (const [config, allowed] of [[{ cors }, 'https://spa.example'], [{}, null]] as const) {
      const op = await openDeviceOp([], config);
      const response = await op.post(
        '/device_authorization',
        { client_id: 'tv' },
        { origin: 'https://spa.example' },
      );
      assertEquals(response.headers.get('access-control-allow-origin'), allowed);
      assertNotEquals(response.headers.get('access-control-allow-origin'), '*');
    }
  });
});
