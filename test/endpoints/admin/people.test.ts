import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { TOTP } from 'otpauth';
import { enrolPasskey, registrationOptions } from '../../../src/engine/factors/passkey.ts';
import { enrolTotp, newTotp } from '../../../src/engine/factors/totp.ts';
import { type AdminOp, API, api, openAdminOp } from '../../support/admin.ts';
import { assert, assertEquals, assertStringIncludes } from '../../support/assert.ts';
import { createAuthenticator } from '../../support/authenticator.ts';
import { ALICE, obtainCode, redeem, tokensOf } from '../../support/flow.ts';
import { ISSUER } from '../../support/op.ts';

async function withOp(work: (op: AdminOp) => Promise<void>): Promise<void> {
  const op = await openAdminOp();
  await work(op);
  await op.close();
}

async function aliceOf(op: AdminOp): Promise<string> {
  return (await op.instance.directory.findByUsername('alice'))?.id ?? '';
}

const BOB = {
  username: 'Bob',
  password: 'a password of bob’s own',
  groups: ['staff'],
  claims: { email: 'bob@example.com', address: { country: 'Germany', locality: 'Berlin' } },
  attributes: { level: 3 },
} as const;

describe('the administration API: people', () => {
  it('are added, read, searched and listed without what they sign in with', () =>
    withOp(async (op) => {
      const made = await api(op, 'POST', '/users', { body: BOB });
      assertEquals(made.status, 201);
      const { id, username, has_password, provenance } = made.body;
      assertEquals([username, has_password, provenance], ['bob', true, 'api']);
      assertEquals(made.headers.get('location'), `${API}/users/${id}`);
      const read = await api(op, 'GET', `/users/${id}`);
      assertEquals(read.body, made.body);
      assertEquals(read.headers.get('etag'), made.headers.get('etag'));
      assert(!JSON.stringify(read.body).includes('quick:'));
      const names = async (query: string): Promise<unknown> =>
        (await api(op, 'GET', `/users?${query}`)).body.items.map((each: { username: string }) =>
          each.username
        );
      assertEquals(await names(''), ['alice', 'bob']);
      assertEquals(await names('query=BOB%40'), ['bob']);
      assertEquals(await names('group=admins'), ['alice']);
      assertEquals(await names('username=BOB'), ['bob']);
      assertEquals(await names('username=nobody'), []);
      assertEquals(await names('disabled=true'), []);
      const first = await api(op, 'GET', '/users?limit=1');
      const second = await api(op, 'GET', `/users?limit=1&after=${first.body.next}`);
      assertEquals([second.body.items[0].username, second.body.next], ['bob', null]);
      const twin = await api(op, 'POST', '/users', { body: { username: 'B0b' } });
      assertEquals(twin.status, 409);
    }));

  it('tell every mistake, and what of people cannot be set', () =>
    withOp(async (op) => {
      const wrong = await api(op, 'POST', '/users', {
        body: { username: 7, groups: 'staff', claims: [], colour: 1 },
      });
      const pointers = wrong.body.errors.map(({ pointer }: { pointer: string }) => pointer).sort();
      assertEquals([wrong.status, pointers], [
        422,
        ['#/claims', '#/colour', '#/groups', '#/username'],
      ]);
      const bodies = [
        { username: '' },
        { username: 'x'.repeat(1000) },
        { username: 'eve', password: 'short' },
        { username: 'eve', claims: { email: 7 } },
        { username: 'eve', claims: { sub: 'mine' } },
        { username: 'eve', attributes: { constructor: { deep: 1 } } },
        JSON.parse('{"username":"eve","claims":{"__proto__":{"admin":true},"email":"no"}}'),
      ];
      for (const body of bodies) {
        const { status } = await api(op, 'POST', '/users', { body });
        assert(status === 422 || status === 201, `${status} ${JSON.stringify(body)}`);
      }
      assertEquals(({} as Record<string, unknown>)['admin'], undefined);
      const patch = { body: { disabled: true } };
      assertEquals((await api(op, 'PATCH', `/users/${await aliceOf(op)}`, patch)).status, 422);
      assertEquals((await api(op, 'GET', '/users/nobody')).status, 404);
      assertEquals((await api(op, 'GET', `/users/${'x'.repeat(600)}`)).status, 404);
    }));

  it('RFC 7396: are patched, an address member by member, and only as they were read', () =>
    withOp(async (op) => {
      const { body, headers } = await api(op, 'POST', '/users', { body: BOB });
      const etag = headers.get('etag') ?? '';
      const patched = await api(op, 'PATCH', `/users/${body.id}`, {
        body: {
          groups: ['staff', 'admins'],
          claims: { address: { locality: null, region: 'Hessen' }, email: null },
          attributes: { level: null, floor: 2 },
        },
        headers: { 'if-match': etag },
      });
      assertEquals(patched.status, 200);
      assertEquals(patched.body.groups, ['staff', 'admins']);
      assertEquals(patched.body.claims, { address: { country: 'Germany', region: 'Hessen' } });
      assertEquals(patched.body.attributes, { floor: 2 });
      const stale = { body: { groups: [] }, headers: { 'if-match': etag } };
      assertEquals((await api(op, 'PATCH', `/users/${body.id}`, stale)).status, 412);
      const gone = { headers: { 'if-match': etag } };
      assertEquals((await api(op, 'DELETE', `/users/${body.id}`, gone)).status, 412);
      const now = { headers: { 'if-match': patched.headers.get('etag') ?? '' } };
      assertEquals((await api(op, 'DELETE', `/users/${body.id}`, now)).status, 200);
      assertEquals((await api(op, 'GET', `/users/${body.id}`)).status, 404);
    }));

  it('RFC 9110 §13.1: of many who patch the same state one wins', () =>
    withOp(async (op) => {
      const { body, headers } = await api(op, 'POST', '/users', { body: BOB });
      const etag = headers.get('etag') ?? '';
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          api(op, 'PATCH', `/users/${body.id}`, {
            body: { groups: [`group${index}`] },
            headers: { 'if-match': etag },
          })),
      );
      assertEquals(answers.filter(({ status }) => status === 200).length, 1);
      assertEquals(answers.filter(({ status }) => status === 412).length, 7);
    }));

  it('are disabled and enabled, and get a password or a link to choose one', () =>
    withOp(async (op) => {
      const alice = await aliceOf(op);
      const stale = { headers: { 'if-match': '"another"' } };
      assertEquals((await api(op, 'POST', `/users/${alice}/disable`, stale)).status, 412);
      const never = { body: { password: 'never set by anybody' }, ...stale };
      assertEquals((await api(op, 'POST', `/users/${alice}/password`, never)).status, 412);
      assertEquals((await api(op, 'DELETE', `/users/${alice}/factors`, stale)).status, 400);
      const disabled = await api(op, 'POST', `/users/${alice}/disable`);
      assertEquals([disabled.status, disabled.body.disabled], [200, true]);
      assertEquals((await api(op, 'POST', `/users/${alice}/reset-link`)).status, 409);
      assertEquals((await api(op, 'POST', `/users/${alice}/enable`)).body.disabled, false);
      op.clock.now += 1;
      const password = 'chosen by the administrator';
      const set = await api(op, 'POST', `/users/${alice}/password`, { body: { password } });
      assertEquals(set.status, 200);
      const weak = await api(op, 'POST', `/users/${alice}/password`, { body: { password: 'a' } });
      assertEquals([weak.status, weak.body.errors[0].pointer], [422, '#/password']);
      const link = await api(op, 'POST', `/users/${alice}/reset-link`);
      assertEquals([link.status, link.body.username], [201, 'alice']);
      assert(link.body.url.startsWith('https://op.example/reset-password?token='));
      assert(!JSON.stringify(op.log).includes(link.body.url.split('=')[1]));
      const activity = await api(op, 'GET', `/users/${alice}/activity`);
      assertEquals(activity.status, 200);
      const none = await api(op, 'GET', `/users/${alice}/factors`);
      assertEquals(none.body, { factors: [], recovery_codes: 0 });
      const engine = op.instance.engine();
      const user = await op.instance.directory.findById(alice);
      assert(user !== undefined);
      const { sealed, secret } = newTotp(user, engine);
      const code = new TOTP({ secret }).generate({ timestamp: op.clock.now * 1000 });
      await enrolTotp(user, { sealed, code, name: 'Phone' }, engine);
      const authenticator = createAuthenticator({ origin: ISSUER });
      const response = authenticator.create(await registrationOptions(user, 'test', engine));
      await enrolPasskey(user, { response, name: 'Key' }, 'test', engine);
      const factors = await api(op, 'GET', `/users/${alice}/factors`);
      const kinds = factors.body.factors.map((
        each: { kind: string; rp_id?: string },
      ) => [each.kind, each.rp_id]).sort();
      assertEquals(kinds, [['passkey', 'op.example'], ['totp', undefined]]);
      assert(!JSON.stringify(factors.body).includes(sealed));
      const reset = await api(op, 'DELETE', `/users/${alice}/factors`);
      assertEquals([reset.status, reset.body.factors], [200, 2]);
    }));
});

describe('the administration API: sessions, grants, consents, subjects', () => {
  it('are listed by their person, and end one by one or all at once', () =>
    withOp(async (op) => {
      const alice = await aliceOf(op);
      const tokens: string[] = [];
      for (let index = 0; index < 3; index += 1) {
        op.clock.now += 1;
        const { access_token } = await tokensOf(await redeem(op, await obtainCode(op)));
        tokens.push(access_token);
      }
      const works = async (token: string | undefined): Promise<boolean> =>
        (await op.fetch('/userinfo', { headers: { authorization: `Bearer ${token}` } })).ok;
      const { body: { items: grants } } = await api(op, 'GET', `/grants?user=${alice}`);
      assertEquals([grants.length, grants[0].username, grants[0].client_id], [3, 'alice', 'app']);
      assertEquals((await api(op, 'GET', '/grants?client_id=app')).body.items.length, 3);
      assertEquals((await api(op, 'GET', '/grants?client_id=robot')).body.items, []);
      assertEquals((await api(op, 'GET', `/grants/${grants[0].id}`)).body, grants[0]);
      const pages: string[] = [];
      for (let next: string | null = ''; next !== null;) {
        const after: string = next === '' ? '' : `&after=${next}`;
        const { body } = await api(op, 'GET', `/grants?user=${alice}&limit=2${after}`);
        pages.push(...body.items.map(({ id }: { id: string }) => id));
        next = body.next;
      }
      assertEquals(pages.sort(), grants.map(({ id }: { id: string }) => id).sort());
      const ended = await api(op, 'DELETE', `/grants/${grants[0].id}`);
      assertEquals(ended.body, { grants: 1 });
      assertEquals((await api(op, 'DELETE', `/grants/${grants[0].id}`)).status, 404);
      const alive = await Promise.all(tokens.map(works));
      assertEquals(alive.filter(Boolean).length, 2);
      const grantsLeft = await api(op, 'DELETE', `/grants?user=${alice}&client_id=app`);
      assertEquals(grantsLeft.body, { grants: 2 });
      const { body: { items: sessions } } = await api(op, 'GET', `/sessions?user=${alice}`);
      assertEquals([sessions.length, sessions[0].username], [3, 'alice']);
      assert(!JSON.stringify(sessions).includes('digest'));
      assertEquals((await api(op, 'DELETE', `/sessions/${sessions[0].sid}`)).status, 200);
      assertEquals((await api(op, 'GET', '/sessions')).body.items.length, 2);
      const all = await api(op, 'DELETE', `/sessions?user=${alice}`);
      assertEquals(all.body, { sessions: 2 });
      await obtainCode(op);
      for (const query of ['', '?all=false', `?all=true&user=${alice}`]) {
        assertEquals((await api(op, 'DELETE', `/sessions${query}`)).status, 422, query);
      }
      assertEquals((await api(op, 'DELETE', '/sessions?all=true')).body, { sessions: 1 });
      for (const path of ['/sessions', '/grants', '/consents', '/bans']) {
        assertEquals((await api(op, 'DELETE', path)).status, 422, path);
      }
      const subjects = await api(op, 'GET', `/subjects?user=${alice}`);
      assertEquals(subjects.body.items.map(({ username }: { username: string }) => username), [
        'alice',
      ]);
    }));

  it('consents are listed and forgotten', async () => {
    const saved = {
      client_id: 'app',
      redirect_uris: ['https://app.example/callback'],
      scope: 'openid profile',
      client_secret: '$plaintext$a secret of the test client, 0123456789',
      consent_mode: 'pre-configured',
      pre_configured_consent_duration: '7d',
    };
    const { ROBOT } = await import('../../support/admin.ts');
    const op = await openAdminOp({ config: { clients: [saved, ROBOT] } });
    const { authorizationUrl } = await import('../../support/flow.ts');
    await op.browser().authorize(authorizationUrl({ scope: 'openid profile' }), {
      ...ALICE,
      remember: true,
    });
    const { body } = await api(op, 'GET', '/consents?client_id=app');
    assertEquals([body.items.length, body.items[0].username], [1, 'alice']);
    const { user } = body.items[0];
    assertEquals((await api(op, 'GET', `/consents?user=${user}`)).body.items.length, 1);
    assertEquals((await api(op, 'DELETE', `/consents?user=${user}`)).body, { consents: 1 });
    assertEquals((await api(op, 'GET', '/consents')).body.items, []);
    await op.close();
  });
});

describe('the administration API: people of a file', () => {
  it('are shown, and refused where the file cannot be written', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'ostiary-people-'));
    const file = join(directory, 'users.yaml');
    await writeFile(file, 'users:\n  ada:\n    displayname: Ada\n    email: ada@example.com\n');
    const op = await openAdminOp({ config: { users_file: file }, people: false });
    const { body } = await api(op, 'GET', '/users?username=ada');
    const [{ id, provenance }] = body.items;
    assertEquals(provenance, 'file');
    const changed = await api(op, 'PATCH', `/users/${id}`, {
      body: { claims: { name: 'Ada L.' } },
    });
    assertEquals(changed.status, 200);
    assertStringIncludes(await readFile(file, 'utf8'), 'Ada L.');
    assertEquals((await api(op, 'GET', '/audit?limit=1')).body.items[0].action, 'user.changed');
    await writeFile(file, 'users: [');
    const refusals = [
      await api(op, 'PATCH', `/users/${id}`, { body: { claims: { name: 'X' } } }),
      await api(op, 'POST', '/users', { body: { username: 'bob' } }),
      await api(op, 'POST', `/users/${id}/disable`),
      await api(op, 'DELETE', `/users/${id}`),
    ];
    for (const { status, body: { type } } of refusals) {
      assert(status === 409 || status === 422, `${status}`);
      assert(status !== 409 || type === 'urn:ostiary:problem:kept_elsewhere', type);
    }
    await op.close();
    await rm(directory, { recursive: true });
  });
});
