/** RFC 6749 §2.3 at every endpoint that a client calls: the registered method there, and no other. */
import { describe, it } from 'node:test';
import { assertEquals } from '../support/assert.ts';
import { assertRefused, REDIRECT_URI } from '../support/flow.ts';
import { basic, CLI, CLIENT, CLIENT_SECRET, type Op, openOp } from '../support/op.ts';

const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
const GRANTS = ['authorization_code', 'client_credentials', DEVICE];

const ENDPOINTS: readonly {
  path: string;
  name: string;
  form: Record<string, string>;
  status: number;
}[] = [
  {
    path: '/token',
    name: 'token',
    form: { grant_type: 'client_credentials' },
    status: 200,
  },
  { path: '/introspect', name: 'introspection', form: { token: 'x' }, status: 200 },
  { path: '/revoke', name: 'revocation', form: { token: 'x' }, status: 200 },
  {
    path: '/par',
    name: 'pushed_authorization_request',
    form: { response_type: 'code', redirect_uri: REDIRECT_URI },
    status: 201,
  },
  { path: '/device_authorization', name: 'device_authorization', form: {}, status: 200 },
];

function open(changes: Readonly<Record<string, unknown>> = {}): Promise<Op> {
  return openOp({ config: { clients: [{ ...CLIENT, grant_types: GRANTS, ...changes }] } });
}

const POSTED = { client_id: 'app', client_secret: CLIENT_SECRET };

for (const { path, name, form, status } of ENDPOINTS) {
  describe(`T038: ${path}`, () => {
    it('takes the registered method', async () => {
      const op = await open();
      assertEquals((await op.post(path, form, basic('app'))).status, status);
      const posting = await open({ token_endpoint_auth_method: 'client_secret_post' });
      assertEquals((await posting.post(path, { ...form, ...POSTED })).status, status);
    });

    it('T043: refuses every other with one body', async () => {
      const op = await open();
      const tries: readonly [Record<string, string>, Record<string, string>][] = [
        [{ ...form, ...POSTED }, {}],
        [{ ...form, client_id: 'app' }, {}],
        [form, {}],
        [form, basic('app', 'wrong')],
        [form, basic('nobody')],
        [{ ...form, client_id: 'other' }, basic('app')],
        [form, { authorization: 'Basic !!!' }],
        [form, { authorization: `Bearer ${CLIENT_SECRET}` }],
      ];
      for (const [body, headers] of tries) {
        const refused = await assertRefused(
          await op.post(path, body, headers),
          'invalid_client',
          401,
        );
        assertEquals(refused['error_description'], 'client authentication failed');
      }
    });

    it('RFC 6749 §2.3: refuses two methods at once', async () => {
      const op = await open();
      const both = await op.post(path, { ...form, ...POSTED }, basic('app'));
      await assertRefused(both, 'invalid_request');
    });

    it('allow_multiple_auth_methods: takes both, if the registered one is right', async () => {
      const op = await open({ allow_multiple_auth_methods: true });
      const both = { ...form, ...POSTED };
      assertEquals((await op.post(path, both, basic('app'))).status, status);
      const wrong = { ...both, client_secret: 'wrong' };
      assertEquals((await op.post(path, wrong, basic('app'))).status, status);
      await assertRefused(
        await op.post(path, both, basic('app', 'wrong')),
        'invalid_client',
        401,
      );
      await assertRefused(await op.post(path, both, {}), 'invalid_client', 401);
    });

    if (name === 'token') return;
    it(`${name}_endpoint_auth_method comes before the token endpoint’s`, async () => {
      const op = await open({ [`${name}_endpoint_auth_method`]: 'client_secret_post' });
      assertEquals((await op.post(path, { ...form, ...POSTED })).status, status);
      await assertRefused(await op.post(path, form, basic('app')), 'invalid_client', 401);
      const own = { grant_type: 'client_credentials' };
      assertEquals((await op.post('/token', own, basic('app'))).status, 200);
      await assertRefused(await op.post('/token', { ...own, ...POSTED }), 'invalid_client', 401);
    });
  });
}

describe('T038: device_authorization_endpoint_auth_method none', () => {
  it('a device begins without a secret, as x/oauth2 does it, and gets nothing without one', async () => {
    const op = await open({ device_authorization_endpoint_auth_method: 'none' });
    const begun = await op.post('/device_authorization', { client_id: 'app' });
    assertEquals(begun.status, 200);
    const { device_code } = await begun.json() as { device_code: string };
    const form = { grant_type: DEVICE, device_code };
    await assertRefused(
      await op.post('/token', { ...form, client_id: 'app' }),
      'invalid_client',
      401,
    );
    await assertRefused(await op.post('/token', form, basic('app')), 'authorization_pending');
  });
});

describe('T045: client_secret_expires_at', () => {
  it('from then on the secret is refused everywhere', async () => {
    const op = await open();
    const { addClient } = await import('../../src/engine/administration/clients.ts');
    const { clients } = await import('../../src/store/collections.ts');
    const engine = op.instance.engine();
    await addClient(
      'expiring',
      { grant_types: ['client_credentials'] },
      { kind: 'given', secret: CLIENT_SECRET },
      CLI,
      engine,
    );
    const entry = await clients.get(op.store, engine.settings.issuer, 'expiring');
    if (entry === undefined) throw new TypeError('no client was made');
    const record = { ...entry.value, client_secret_expires_at: op.clock.now + 10 };
    await op.store.commit({ put: [clients.put([engine.settings.issuer, 'expiring'], record)] });
    const own = { grant_type: 'client_credentials' };
    assertEquals((await op.post('/token', own, basic('expiring'))).status, 200);
    op.clock.now += 10;
    await assertRefused(await op.post('/token', own, basic('expiring')), 'invalid_client', 401);
    await assertRefused(
      await op.post('/introspect', { token: 'x' }, basic('expiring')),
      'invalid_client',
      401,
    );
  });
});
