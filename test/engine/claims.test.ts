import { describe, it } from 'node:test';
import { explainClaims } from '../../src/engine/claims/explain.ts';
import {
  accessTokenClaims,
  idTokenClaims,
  userinfoClaims,
} from '../../src/engine/claims/select.ts';
import { sectorOf, subjectOf } from '../../src/engine/claims/subject.ts';
import { exportSubjects, importSubjects } from '../../src/engine/administration/subjects.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { Client } from '../../src/spec/client.ts';
import { subjects } from '../../src/store/collections.ts';
import type { Authorization, UserRecord } from '../../src/store/records.ts';
import { assert, assertEquals, assertMatch, assertNotEquals } from '../support/assert.ts';
import { CLIENT, ISSUER, openOp } from '../support/op.ts';

const CONFIG = {
  definitions: {
    user_attributes: {
      level: { value_type: 'integer' },
      is_admin: { expression: '"admins" in groups' },
      broken: { expression: 'groups[9]' },
    },
  },
  claims_policies: {
    rich: {
      id_token: ['is_admin', 'email', 'groups'],
      access_token: ['is_admin', 'level'],
      custom_claims: {
        is_admin: {},
        rank: { attribute: 'level' },
        broken: {},
        dept: { attribute: 'department' },
      },
    },
  },
  scopes: {
    role: { claims: ['is_admin', 'rank', 'level', 'broken', 'sub', 'iss', 'cnf', 'constructor'] },
  },
};

type Told = Readonly<Record<string, unknown>>;

interface Tellers {
  readonly engine: Engine;
  readonly user: UserRecord;
  readonly log: readonly string[];
  userinfo(client: Client, asked: Partial<Authorization>): Told;
  idToken(client: Client, asked: Partial<Authorization>, hasUserinfo?: boolean): Told;
  accessToken(client: Client, asked: Partial<Authorization>): Told;
}

async function withTellers(work: (tellers: Tellers) => Promise<void>): Promise<void> {
  const config = structuredClone(CONFIG) as Record<string, unknown>;
  const definitions = config['definitions'] as typeof CONFIG['definitions'];
  Object.assign(definitions.user_attributes, { department: { value_type: 'string' } });
  const scope = `${CLIENT.scope} role`;
  const client = { ...CLIENT, scope };
  const op = await openOp({
    config: {
      ...config,
      clients: [client, { ...client, client_id: 'rich', claims_policy: 'rich' }],
    },
  });
  const engine = op.instance.engine();
  const found = await engine.directory.findByUsername('alice');
  assert(found !== undefined);
  const patch = { claims: { level: '7', 'family_name#ja': '例', 'family_name#de-CH': 'Muster' } };
  const updated = await engine.directory.update(found.id, patch);
  assert(updated.kind === 'updated', JSON.stringify(updated));
  const { user } = updated;
  const full = (asked: Partial<Authorization>): Authorization =>
    ({ scope: ['openid'], claims: { userinfo: [], id_token: [] }, ...asked }) as Authorization;
  await work({
    engine,
    user,
    log: op.log,
    userinfo: (client, asked) => userinfoClaims(full(asked), user, client, engine),
    idToken: (client, asked, hasUserinfo = true) =>
      idTokenClaims(full(asked), user, client, engine, hasUserinfo),
    accessToken: (client, asked) => accessTokenClaims(full(asked), user, client, engine),
  });
  await op.close();
}

function clientOf({ settings }: Engine, client_id: string, changes: Partial<Client> = {}): Client {
  const client = settings.clients.get(client_id);
  assert(client !== undefined);
  return { ...client, ...changes };
}

const ROLE = { scope: ['openid', 'role'] };
const EMAIL = { scope: ['openid', 'email'] };

describe('claims and where they go', () => {
  it('without a policy scopes tell UserInfo only, and custom claims nothing', () =>
    withTellers((on) => {
      const app = clientOf(on.engine, 'app');
      assertEquals(on.userinfo(app, EMAIL), { email: 'alice@alice.example', email_verified: true });
      assertEquals(on.idToken(app, EMAIL), {});
      assertEquals(on.accessToken(app, EMAIL), {});
      assertEquals(on.userinfo(app, { scope: ['openid'] }), {});
      // `rank` is the policy’s; declared and computed attributes are anybody’s whose scope lists them.
      assertEquals(on.userinfo(app, ROLE), { is_admin: true, level: 7 });
      return Promise.resolve();
    }));

  it('a policy moves what is granted, and grants nothing', () =>
    withTellers((on) => {
      const rich = clientOf(on.engine, 'rich');
      assertEquals(on.userinfo(rich, ROLE), { is_admin: true, rank: 7, level: 7 });
      assertEquals(on.idToken(rich, ROLE), { is_admin: true });
      assertEquals(on.accessToken(rich, ROLE), { is_admin: true, level: 7 });
      assertEquals(on.idToken(rich, EMAIL), { email: 'alice@alice.example' });
      assertEquals(on.accessToken(rich, EMAIL), {});
      assertEquals(on.idToken(rich, {}), {});
      return Promise.resolve();
    }));

  it('Core §5.4: without UserInfo the ID token has the claims of the scopes', () =>
    withTellers((on) => {
      const app = clientOf(on.engine, 'app');
      const told = { email: 'alice@alice.example', email_verified: true };
      assertEquals(on.idToken(app, EMAIL, false), told);
      return Promise.resolve();
    }));

  it('claims_in_id_token puts the claims of the scopes there, too', () =>
    withTellers((on) => {
      const app = clientOf(on.engine, 'app', { claims_in_id_token: true });
      const told = { email: 'alice@alice.example', email_verified: true };
      assertEquals([on.idToken(app, EMAIL), on.userinfo(app, EMAIL)], [told, told]);
      return Promise.resolve();
    }));

  it('Core §5.5: a claim asked for by name goes where it is asked for, custom ones as well', () =>
    withTellers((on) => {
      const rich = clientOf(on.engine, 'rich');
      const claims = { userinfo: ['dept', 'nickname'], id_token: ['rank'] };
      assertEquals(on.userinfo(rich, { claims }), { dept: 'doors', nickname: 'Al' });
      assertEquals(on.idToken(rich, { claims }), { rank: 7 });
      const app = clientOf(on.engine, 'app');
      assertEquals(on.userinfo(app, { claims }), { nickname: 'Al' });
      return Promise.resolve();
    }));

  it('claims of the protocol are never a person’s, however they are asked for', () =>
    withTellers((on) => {
      const names = ['sub', 'iss', 'aud', 'exp', 'acr', 'cnf', 'azp', '__proto__', 'constructor'];
      const claims = { userinfo: names, id_token: names };
      const rich = clientOf(on.engine, 'rich', { claims_in_id_token: true });
      const user = { ...on.user, attributes: Object.fromEntries(names.map((name) => [name, 'x'])) };
      const asked = { ...ROLE, claims } as unknown as Authorization;
      // A scope of the configuration lists `constructor`, so that it is an attribute like any other.
      const told = userinfoClaims(asked, user, rich, on.engine);
      assertEquals(Object.keys(told).sort(), ['constructor', 'is_admin']);
      assertEquals(told['constructor'], 'x');
      const idToken = idTokenClaims(asked, user, rich, on.engine, true);
      assertEquals(Object.keys(idToken).sort(), ['constructor', 'is_admin']);
      assertEquals(Object.hasOwn(on.userinfo(rich, ROLE), 'constructor'), false);
      return Promise.resolve();
    }));

  it('what fails to compute is left out, and logged once', () =>
    withTellers((on) => {
      const rich = clientOf(on.engine, 'rich');
      for (let time = 0; time < 3; time += 1) {
        assertEquals('broken' in on.userinfo(rich, ROLE), false);
      }
      const logged = on.log.filter((line) => line.includes('attribute.failed'));
      assertEquals(logged.length, 1);
      assertMatch(logged[0] ?? '', /"attribute":"broken".*out of bounds/);
      return Promise.resolve();
    }));

  it('what is empty or null is left out', () =>
    withTellers((on) => {
      const app = clientOf(on.engine, 'app');
      const user = { ...on.user, claims: { name: '', nickname: null, gender: 'female' } };
      const asked = {
        scope: ['openid'],
        claims: { userinfo: ['name', 'nickname', 'gender', 'email'], id_token: [] },
      } as unknown as Authorization;
      assertEquals(userinfoClaims(asked, user, app, on.engine), { gender: 'female' });
      return Promise.resolve();
    }));
});

describe('Core §5.2: claims in languages', () => {
  it('by name with a tag of any case', () =>
    withTellers((on) => {
      const app = clientOf(on.engine, 'app');
      const userinfo = ['family_name#ja', 'family_name#DE-ch', 'family_name#fr', 'email#ja'];
      const told = on.userinfo(app, { claims: { userinfo, id_token: [] } });
      assertEquals(told, { 'family_name#ja': '例', 'family_name#DE-ch': 'Muster' });
      return Promise.resolve();
    }));

  it('by claims_locales, beside the one without a tag', () =>
    withTellers((on) => {
      const app = clientOf(on.engine, 'app');
      const claims = { userinfo: ['family_name', 'gender'], id_token: [] };
      assertEquals(on.userinfo(app, { claims, claims_locales: ['fr', 'ja-JP'] }), {
        family_name: 'Example',
        'family_name#ja': '例',
        gender: 'female',
      });
      assertEquals(on.userinfo(app, { claims, claims_locales: ['fr'] }), {
        family_name: 'Example',
        gender: 'female',
      });
      return Promise.resolve();
    }));
});

describe('Core §8: subject identifiers', () => {
  const uris = (...redirect_uris: string[]): Partial<Client> => ({ redirect_uris });
  const pairwise = { subject_type: 'pairwise' } as const;
  const sectors: readonly (readonly [string, Partial<Client>, string])[] = [
    ['public clients share one', {}, 'public'],
    [
      'the host of the redirect URI',
      { ...pairwise, ...uris('https://a.example:8443/x') },
      'a.example',
    ],
    [
      'the host of sector_identifier_uri first',
      { ...pairwise, sector_identifier_uri: 'https://s.example/uris.json' },
      's.example',
    ],
    ['a scheme of an app’s own: the client', { ...pairwise, ...uris('app.x:/cb') }, 'client:app'],
    [
      'a host in such a scheme is nobody’s',
      { ...pairwise, ...uris('app.x://a.example/cb') },
      'client:app',
    ],
    ['a client without redirect URIs: the client', { ...pairwise, ...uris() }, 'client:app'],
    ['a host called public', { ...pairwise, ...uris('https://public/cb') }, 'host:public'],
  ];
  for (const [name, changes, sector] of sectors) {
    it(`sector: ${name}`, () =>
      withTellers((on) => {
        assertEquals(sectorOf(clientOf(on.engine, 'app', changes)), sector);
        return Promise.resolve();
      }));
  }

  it('one for all asking at once, another one for another sector, and the same for ever', () =>
    withTellers(async ({ engine, user }) => {
      const app = clientOf(engine, 'app');
      const at = (host: string) =>
        clientOf(engine, 'app', { ...pairwise, ...uris(`https://${host}/cb`) });
      const subs = await Promise.all(
        Array.from({ length: 8 }, () => subjectOf(user.id, app, engine)),
      );
      assertEquals(new Set(subs).size, 1);
      assertMatch(subs[0] ?? '', /^[0-9a-f-]{36}$/);
      assertNotEquals(subs[0], user.id);
      const [a, again, b] = [
        await subjectOf(user.id, at('a.example'), engine),
        await subjectOf(user.id, at('a.example'), engine),
        await subjectOf(user.id, at('b.example'), engine),
      ];
      assertEquals(a, again);
      assertEquals(new Set([subs[0], a, b]).size, 3);
    }));
});

describe('subjects that travel', () => {
  const row = (changes: Told = {}): string =>
    JSON.stringify({
      issuer: ISSUER,
      sector: 'public',
      username: 'alice',
      sub: 'old-sub',
      ...changes,
    });

  it('are exported as they are imported, again without effect, and used', () =>
    withTellers(async ({ engine, user }) => {
      const text = `${row()}\n\n${row({ sector: 'a.example', sub: 'pair' })}\n`;
      assertEquals(await importSubjects(text, engine), {
        kind: 'done',
        value: { imported: 2, unchanged: 0 },
      });
      assertEquals(await importSubjects(text, engine), {
        kind: 'done',
        value: { imported: 0, unchanged: 2 },
      });
      assertEquals(await subjectOf(user.id, clientOf(engine, 'app'), engine), 'old-sub');
      let exported = '';
      for await (const piece of exportSubjects(engine)) exported += piece;
      const lines = exported.trimEnd().split('\n').sort();
      assertEquals(lines, [row({ sector: 'a.example', sub: 'pair' }), row()].sort());
      const array = `[${lines.join(',')}]`;
      assertEquals(await importSubjects(array, engine), {
        kind: 'done',
        value: { imported: 0, unchanged: 2 },
      });
    }));

  const refusals: readonly (readonly [string, string, RegExp])[] = [
    ['an unknown person', row({ username: 'nobody' }), /line 2: there is no user "nobody"/],
    ['another issuer', row({ issuer: 'https://other.example' }), /line 2: is not of issuer/],
    ['no sub', row({ sub: '' }), /line 2: sub must be 1 to 255 characters/],
    ['a sub of 256 characters', row({ sub: 'x'.repeat(256) }), /sub must be/],
    ['a sub beyond ASCII', row({ sub: 'ü' }), /sub must be/],
    ['no sector', row({ sector: undefined }), /line 2: has no usable sector/],
    ['a number for a name', row({ username: 7 }), /line 2: has no username/],
    ['no JSON', '{', /line 2: is no JSON object/],
    [
      'another’s sub',
      row({ username: 'bob', sub: 'first' }),
      /line 2: another person has this sub/,
    ],
    ['a second sub for one person', row({ sub: 'second' }), /line 2: alice has another sub/],
  ];
  for (const [name, line, problem] of refusals) {
    it(`are refused all together for ${name}`, () =>
      withTellers(async ({ engine }) => {
        await engine.directory.create({ username: 'bob', provenance: 'cli' });
        const outcome = await importSubjects(`${row({ sub: 'first' })}\n${line}`, engine);
        assert(outcome.kind === 'refused', JSON.stringify(outcome));
        assertMatch(outcome.problem, problem);
        assertMatch(outcome.problem, /^nothing is imported: /);
        for await (const entry of subjects.list(engine.store, [ISSUER])) {
          assertEquals(entry, undefined, 'nothing is written');
        }
      }));
  }

  it('of a person who is gone stay taken', () =>
    withTellers(async ({ engine, user }) => {
      await engine.directory.create({ username: 'bob', provenance: 'cli' });
      await importSubjects(row(), engine);
      await engine.directory.remove(user.id);
      const outcome = await importSubjects(row({ username: 'bob' }), engine);
      assert(outcome.kind === 'refused');
      assertMatch(outcome.problem, /another person has this sub/);
    }));
});

describe('claims explained', () => {
  it('are just what is told, with the ground of each', () =>
    withTellers(async (on) => {
      const names = { userinfo: ['dept', 'wibble'], id_token: ['rank', 'nickname'] };
      const outcome = await explainClaims({
        client_id: 'rich',
        username: 'alice',
        scope: 'openid email role',
        claims: JSON.stringify({
          userinfo: { dept: null, wibble: null },
          id_token: { rank: null, nickname: null },
        }),
      }, on.engine);
      assert(outcome.kind === 'done', JSON.stringify(outcome));
      const { claims } = outcome.value;
      const rich = clientOf(on.engine, 'rich');
      const asked = { scope: ['openid', 'email', 'role'], claims: names };
      for (
        const [place, told] of [
          ['userinfo', on.userinfo(rich, asked)],
          ['id_token', on.idToken(rich, asked)],
          ['access_token', on.accessToken(rich, asked)],
        ] as const
      ) {
        const there = claims.filter((each) => each.place === place && each.absent === undefined);
        assertEquals(Object.fromEntries(there.map(({ claim, value }) => [claim, value])), told);
      }
      const says = (place: string, claim: string) => {
        const { because, from, absent } = claims.find((each) =>
          each.place === place && each.claim === claim
        ) ?? {};
        return [because, from, absent];
      };
      assertEquals(says('userinfo', 'email'), ['scope email', 'standard claim', undefined]);
      assertEquals(says('id_token', 'is_admin'), [
        'scope role, by claims policy rich',
        'attribute is_admin, computed',
        undefined,
      ]);
      assertEquals(says('id_token', 'rank'), [
        'claims parameter',
        'custom claim from attribute level',
        undefined,
      ]);
      assertMatch(says('userinfo', 'wibble')[2] ?? '', /^nothing in the configuration/);
      assertMatch(says('userinfo', 'broken')[2] ?? '', /^the expression of broken gives nothing/);
    }));

  const refused: readonly (readonly [Told, RegExp])[] = [
    [{ client_id: 'nothing' }, /no client "nothing"/],
    [{ username: 'nobody' }, /no user "nobody"/],
    [{ scope: 'openid wibble' }, /not registered for wibble/],
    [{ scope: 'a"b' }, /scope is not one/],
    [{ claims: '{' }, /claims/],
  ];
  for (const [changes, problem] of refused) {
    it(`refuses ${JSON.stringify(changes)}`, () =>
      withTellers(async ({ engine }) => {
        const question = { client_id: 'app', username: 'alice', scope: 'openid', ...changes };
        const outcome = await explainClaims(question, engine);
        assert(outcome.kind === 'refused', JSON.stringify(outcome));
        assertMatch(outcome.problem, problem);
      }));
  }
});
