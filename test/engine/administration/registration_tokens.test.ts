import { describe, it } from 'node:test';
import {
  addRegistrationToken,
  listRegistrationTokens,
  type RegistrationTokenOptions,
  removeRegistrationToken,
} from '../../../src/engine/administration/registration_tokens.ts';
import { audits } from '../../../src/store/collections.ts';
import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertStringIncludes,
} from '../../support/assert.ts';
import type { Op } from '../../support/op.ts';
import {
  allOf,
  METADATA,
  register,
  registered,
  withRegistrar,
} from '../../support/registration.ts';

const BY = { kind: 'cli' } as const;
const API = 'https://api.example/';

const REGISTRATION = { policies: { partner: { scope: 'openid email' }, default: {} } };
const CONFIG = { resources: [{ resource: API, scope: 'read write' }] };

function withTokens(work: (op: Op) => Promise<void>): Promise<void> {
  return withRegistrar(work, REGISTRATION, CONFIG);
}

async function made(op: Op, options: RegistrationTokenOptions) {
  const outcome = await addRegistrationToken(options, BY, op.instance.engine());
  assert(outcome.kind === 'done', JSON.stringify(outcome));
  return outcome.value;
}

describe('initial access tokens', () => {
  it('T081: have 256 bits, are shown once, and register as many clients as they say', () =>
    withTokens(async (op) => {
      const { token, registration_token } = await made(op, { uses: 2, note: 'for the shop' });
      assertMatch(token, /^ost_dcrt_[\w-]{43}$/);
      await registered(op, METADATA, token);
      const engine = op.instance.engine();
      assertEquals(await listRegistrationTokens(engine), [{ ...registration_token, uses_left: 1 }]);
      await registered(op, METADATA, token);
      assertEquals((await register(op, METADATA, token)).status, 401);
      assertFalse(JSON.stringify(await listRegistrationTokens(engine)).includes('digest'));
    }));

  it('T081: end with their time', () =>
    withTokens(async (op) => {
      const { token } = await made(op, { lifetime: 3600 });
      await registered(op, METADATA, token);
      op.clock.now += 3600;
      assertEquals((await register(op, METADATA, token)).status, 401);
      assertEquals(await listRegistrationTokens(op.instance.engine()), []);
    }));

  it('T081: have a ceiling on scopes, audiences and grant types', () =>
    withTokens(async (op) => {
      const { token } = await made(op, {
        scope: 'openid read',
        audience: [API],
        grant_types: ['authorization_code', 'client_credentials'],
      });
      const client = await registered(op, METADATA, token);
      assertEquals([client['scope'], client['audience']], ['openid read', [API]]);
      const asked = {
        ...METADATA,
        scope: 'read write email',
        grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
        audience: ['https://other.example/'],
      };
      const other = await registered(op, asked, token);
      assertEquals(other['scope'], 'read');
      assertEquals(other['grant_types'], ['authorization_code', 'client_credentials']);
      assertEquals(other['audience'], [API]);
      const none = await register(op, { ...METADATA, scope: 'write email' }, token);
      assertEquals(none.status, 400);
    }));

  it('take what they do not say from their policy, and that from the configuration', () =>
    withTokens(async (op) => {
      const { token } = await made(op, { policy: 'partner' });
      const client = await registered(op, METADATA, token);
      assertEquals(client['scope'], 'openid email');
      assertEquals(client['audience'], undefined);
      const plain = await registered(op, METADATA, (await made(op, {})).token);
      assertEquals(plain['scope'], 'openid profile email phone address offline_access');
    }));

  it('are worth nothing once they are removed; their clients stay', () =>
    withTokens(async (op) => {
      const engine = op.instance.engine();
      const { token, registration_token: { id } } = await made(op, {});
      const client = await registered(op, METADATA, token);
      assertEquals((await removeRegistrationToken(id, BY, engine)).kind, 'done');
      assertEquals((await removeRegistrationToken(id, BY, engine)).kind, 'refused');
      assertEquals((await register(op, METADATA, token)).status, 401);
      const headers = { authorization: `Bearer ${client.registration_access_token}` };
      assertEquals((await op.fetch(client.registration_client_uri, { headers })).status, 200);
    }));

  it('T150: come and go on record, without the token', () =>
    withTokens(async (op) => {
      const { token, registration_token: { id } } = await made(op, { uses: 1 });
      op.clock.now += 1;
      await removeRegistrationToken(id, BY, op.instance.engine());
      const told = (await allOf(audits.list(op.store, []))).map(({ value }) => value);
      assertEquals(told.map(({ action, target }) => [action, target]), [
        ['registration_token.removed', id],
        ['registration_token.created', id],
      ]);
      assertEquals(told[1]?.changes['uses_left'], { after: 1 });
      assertFalse(JSON.stringify(told).includes(token.slice(9)));
    }));

  it('are not made where nobody could use them', () =>
    withRegistrar(async (op) => {
      const outcome = await addRegistrationToken({}, BY, op.instance.engine());
      assert(outcome.kind === 'refused');
      assertStringIncludes(outcome.problem, 'registration.mode is off');
    }, { mode: 'off' }));

  for (
    const [options, part] of [
      [{ scope: 'openid profil' }, 'profil; did you mean profile?'],
      [{ scope: 'a"b' }, 'scope'],
      [{ grant_types: ['password'] }, 'password'],
      [{ audience: ['https://nowhere.example/'] }, 'https://nowhere.example/'],
      [{ policy: 'partners' }, 'did you mean partner?'],
      [{ audience: Array.from({ length: 11 }, () => API) }, 'at most 10'],
      [{ uses: 0 }, 'uses'],
      [{ uses: 1.5 }, 'uses'],
      [{ lifetime: 0 }, 'lifetime'],
      [{ note: 'x'.repeat(201) }, 'note'],
    ] as const
  ) {
    it(`cannot be made with ${JSON.stringify(options).slice(0, 60)}`, () =>
      withTokens(async (op) => {
        const outcome = await addRegistrationToken(options, BY, op.instance.engine());
        assert(outcome.kind === 'refused');
        assertStringIncludes(outcome.problem, part);
        assertEquals(await listRegistrationTokens(op.instance.engine()), []);
      }));
  }
});
