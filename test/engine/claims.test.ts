import { describe, it } from 'node:test';
import { loadCel } from '../../src/accounts/cel.ts';
import { parseConfig } from '../../src/config/parse.ts';
import {
  exportSubjects,
  importSubjects,
  pageSubjects,
  type SubjectRow,
} from '../../src/engine/administration/subjects.ts';
import { metadataProblems, parseMetadata } from '../../src/engine/administration/client_options.ts';
import { explainClaims } from '../../src/engine/claims/explain.ts';
import {
  accessTokenClaims,
  idTokenClaims,
  userinfoClaims,
} from '../../src/engine/claims/select.ts';
import { subjectOf } from '../../src/engine/claims/subject.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { sectorOf } from '../../src/engine/sector.ts';
import type { Client } from '../../src/spec/client.ts';
import type { ClaimsPolicy } from '../../src/spec/settings.ts';
import { subjects } from '../../src/store/collections.ts';
import type { Authorization, UserRecord } from '../../src/store/records.ts';
import type { JsonValue } from '../../src/store/store.ts';
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from '../support/assert.ts';
import { CLI, CLIENT, ISSUER, type Op, openOp } from '../support/op.ts';

await loadCel();

const CONFIG = {
  clients: [
    CLIENT,
    {
      ...CLIENT,
      client_id: 'trusted',
      scope: 'openid profile email work',
      claims_policy: 'trusted',
    },
    { ...CLIENT, client_id: 'greedy', claims_in_id_token: true },
  ],
  scopes: { work: { claims: ['is_admin', 'grade', 'department', 'broken', 'acr', '__proto__'] } },
  claims_policies: {
    trusted: {
      id_token: ['email', 'is_admin'],
      access_token: ['groups', 'grade', 'nick'],
      custom_claims: {
        is_admin: { attribute: 'admin' },
        grade: { attribute: 'level' },
        nick: { attribute: 'username' },
      },
    },
  },
  definitions: {
    user_attributes: {
      admin: { expression: '"admins" in groups' },
      level: { value_type: 'integer' },
      broken: { expression: '1 / size(username.split("zz").filter(p, p == "?"))' },
      unused: { expression: '"nobody asked for it"' },
    },
  },
};

const TRUSTED: ClaimsPolicy = {
  id_token: [],
  access_token: [],
  custom_claims: new Map(),
  id_token_audience_mode: 'specification',
};

async function withOp(work: (op: Op, engine: Engine) => Promise<void>): Promise<void> {
  const op = await openOp({ config: CONFIG });
  try {
    await work(op, op.instance.engine());
  } finally {
    await op.close();
  }
}

async function alice({ directory }: Engine): Promise<UserRecord> {
  const user = await directory.findByUsername('alice');
  assert(user !== undefined);
  return user;
}

function client(engine: Engine, client_id: string): Client {
  const found = engine.settings.clients.get(client_id);
  assert(found !== undefined);
  return found;
}

function authorization(
  scope: string,
  rest: Partial<Pick<Authorization, 'claims' | 'claims_locales'>> = {},
): Authorization {
  return {
    client_id: 'app',
    granted_at: 0,
    user: '1',
    scope: scope.split(' '),
    resource: [],
    claims: { userinfo: [], id_token: [] },
    authentication: { sid: 's', auth_time: 1, amr: ['pwd'], acr: 'one_factor' },
    ...rest,
  };
}

/** What goes where for alice at the client. */
async function placed(
  engine: Engine,
  client_id: string,
  asked: Authorization,
  hasUserinfo = true,
): Promise<Readonly<Record<string, Readonly<Record<string, JsonValue>>>>> {
  const user = await alice(engine);
  const by = client(engine, client_id);
  return {
    userinfo: userinfoClaims(asked, user, by, engine),
    id_token: idTokenClaims(asked, user, by, engine, hasUserinfo),
    access_token: accessTokenClaims(asked, user, by, engine),
  };
}

describe('claims of a person', () => {
  it('Core §5.4: claims of scopes go to UserInfo, and nowhere else by themselves', () =>
    withOp(async (_, engine) => {
      const email = { email: 'alice@alice.example', email_verified: true };
      assertEquals(await placed(engine, 'app', authorization('openid email')), {
        userinfo: email,
        id_token: {},
        access_token: {},
      });
    }));

  it('Core §5.4: … and into the ID token when there is no UserInfo, or the client says so', () =>
    withOp(async (_, engine) => {
      const email = { email: 'alice@alice.example', email_verified: true };
      const alone = await placed(engine, 'app', authorization('openid email'), false);
      assertEquals(alone['id_token'], email);
      const greedy = await placed(engine, 'greedy', authorization('openid email'));
      assertEquals([greedy['id_token'], greedy['access_token']], [email, {}]);
    }));

  it('Core §5.5: what the claims parameter names goes where it says', () =>
    withOp(async (_, engine) => {
      const claims = { userinfo: ['name'], id_token: ['nickname', 'birthdate'] };
      assertEquals(await placed(engine, 'app', authorization('openid', { claims })), {
        userinfo: { name: 'Alice Example' },
        id_token: { nickname: 'Al', birthdate: '1990-02-03' },
        access_token: {},
      });
    }));

  it('a policy sends what was granted to more places, and grants nothing', () =>
    withOp(async (_, engine) => {
      assertEquals(await placed(engine, 'trusted', authorization('openid')), {
        userinfo: {},
        id_token: {},
        access_token: {},
      });
      const { id_token, access_token } = await placed(
        engine,
        'trusted',
        authorization('openid email groups'),
      );
      assertEquals(id_token, { email: 'alice@alice.example' });
      assertEquals(access_token, { groups: ['staff', 'admins'] });
      // The claims parameter grants, too, whichever place it names.
      const claims = { userinfo: ['email', 'nick'], id_token: [] };
      assertEquals(await placed(engine, 'trusted', authorization('openid', { claims })), {
        userinfo: { email: 'alice@alice.example', nick: 'alice' },
        id_token: { email: 'alice@alice.example' },
        access_token: { nick: 'alice' },
      });
    }));

  it('custom claims are taken from attributes, declared and computed ones, typed', () =>
    withOp(async (_, engine) => {
      const { id } = await alice(engine);
      await engine.directory.update(id, { attributes: { level: '7' } });
      const asked = authorization('openid work');
      assertEquals(await placed(engine, 'trusted', asked), {
        userinfo: { is_admin: true, grade: 7, department: 'doors' },
        id_token: { is_admin: true },
        access_token: { grade: 7 },
      });
      await engine.directory.update(id, { attributes: { level: 'high' }, groups: [] });
      assertEquals((await placed(engine, 'trusted', asked))['userinfo'], {
        is_admin: false,
        department: 'doors',
      });
    }));

  it('custom claims are of the clients of the policy alone', () =>
    withOp(async (_, engine) => {
      const claims = { userinfo: ['nick', 'admin', 'level', 'is_admin'], id_token: ['is_admin'] };
      const { userinfo, id_token } = await placed(
        engine,
        'app',
        authorization('openid work', { claims }),
      );
      assertEquals([userinfo, id_token], [{ department: 'doors' }, {}]);
    }));

  it('attributes that no scope and no policy names go to nobody, however they are asked for', () =>
    withOp(async (_, engine) => {
      const { id } = await alice(engine);
      await engine.directory.update(id, { attributes: { salary: 7, level: 3 } });
      const names = ['salary', 'level', 'unused', 'password', 'id', 'username', 'constructor'];
      const claims = { userinfo: names, id_token: [...names, '__proto__'] };
      const all = await placed(engine, 'app', authorization('openid', { claims }));
      assertEquals(all, { userinfo: {}, id_token: {}, access_token: {} });
    }));

  it('claims of the protocol never come from a person', () =>
    withOp(async (_, engine) => {
      const claims = { userinfo: ['sub', 'iss'], id_token: ['aud', 'cnf', 'acr', 'sub#de'] };
      const all = await placed(engine, 'app', authorization('openid', { claims }));
      assertEquals(all, { userinfo: {}, id_token: {}, access_token: {} });
      // Settings that no file can hold.
      const custom_claims = new Map(
        ['sub', 'acr', 'cnf', 'scope', 'aud', 'client_id', 'authorization_details', '__proto__']
          .map((claim) => [claim, { attribute: 'department' }]),
      );
      const names = [...custom_claims.keys()];
      const policy = { id_token: names, access_token: names, custom_claims };
      const settings = {
        ...engine.settings,
        scopes: new Map([['all', { claims: names }]]),
        claims_policies: new Map([['trusted', { ...TRUSTED, ...policy }]]),
      };
      const forged = await placed({ ...engine, settings }, 'trusted', authorization('openid all'));
      assertEquals(forged, { userinfo: {}, id_token: {}, access_token: {} });
    }));

  it('an expression that fails gives no claim, and is logged once', () =>
    withOp(async (op, engine) => {
      const asked = authorization('openid work');
      for (let round = 0; round < 3; round++) {
        const { userinfo = {} } = await placed(engine, 'trusted', asked);
        assertEquals(['broken' in userinfo, 'is_admin' in userinfo], [false, true]);
      }
      const failures = op.log.filter((line) => line.includes('attribute.failed'));
      assertEquals(failures.length, 1);
      assertStringIncludes(failures[0] ?? '', '"attribute":"broken"');
      assertStringIncludes(failures[0] ?? '', 'division by zero');
    }));

  it('what is computed is computed only when it is asked for', () =>
    withOp(async (op, engine) => {
      await placed(engine, 'trusted', authorization('openid profile email'));
      assertEquals(op.log.filter((line) => line.includes('attribute.failed')), []);
    }));

  it('Core §5.2: claims_locales adds members in the languages wanted that are there', () =>
    withOp(async (_, engine) => {
      const { id } = await alice(engine);
      await engine.directory.update(id, {
        claims: { 'name#ja': 'アリス', 'name#de': 'Alicia', 'website#de': 'https://a.example/de' },
      });
      const named = async (claims_locales: readonly string[]) => {
        const { userinfo } = await placed(
          engine,
          'app',
          authorization('openid profile', { claims_locales }),
        );
        return Object.keys(userinfo ?? {}).filter((name) => name.includes('#'));
      };
      assertEquals(await named(['de-CH', 'ja']), ['name#de', 'name#ja', 'website#de']);
      assertEquals(await named(['JA']), ['name#ja']);
      assertEquals(await named(['j', 'fr', 'd', 'de-']), ['name#de', 'website#de']);
      const { userinfo = {} } = await placed(engine, 'app', authorization('openid profile'));
      assertEquals(Object.keys(userinfo).filter((name) => name.includes('#')), []);
    }));

  it('Core §5.2: … and a claim may be asked for by name in a language', () =>
    withOp(async (_, engine) => {
      const { id } = await alice(engine);
      await engine.directory.update(id, { claims: { 'family_name#ja': '佐藤' } });
      const claims = {
        userinfo: ['family_name#ja', 'family_name#de'],
        id_token: ['family_name#JA', 'email#ja'],
      };
      assertEquals(await placed(engine, 'app', authorization('openid', { claims })), {
        userinfo: { 'family_name#ja': '佐藤' },
        id_token: { 'family_name#JA': '佐藤' },
        access_token: {},
      });
    }));
});

describe('claims, explained', () => {
  it('say the same as what is issued, with every reason', () =>
    withOp(async (_, engine) => {
      const { id } = await alice(engine);
      await engine.directory.update(id, { attributes: { level: 7 } });
      const answer = await explainClaims({
        client_id: 'trusted',
        username: 'Alice',
        scope: 'openid email work',
        claims: '{"id_token":{"nickname":null,"grade":null},"userinfo":{"zodiac":null}}',
      }, engine);
      assert(answer.kind === 'done');
      const lines = answer.value.claims.map(({ place, claim, because, from, value, absent }) =>
        [place, claim, because, from ?? '', absent ?? JSON.stringify(value)].join(' | ')
      );
      assertEquals(lines, [
        'id_token | email | scope email, by claims policy trusted | standard claim | "alice@alice.example"',
        'id_token | is_admin | scope work, by claims policy trusted | custom claim from attribute admin, computed | true',
        'id_token | nickname | claims parameter | standard claim | "Al"',
        'id_token | grade | claims parameter | custom claim from attribute level | 7',
        'userinfo | email | scope email | standard claim | "alice@alice.example"',
        'userinfo | email_verified | scope email | standard claim | true',
        'userinfo | is_admin | scope work | custom claim from attribute admin, computed | true',
        'userinfo | grade | scope work | custom claim from attribute level | 7',
        'userinfo | department | scope work | attribute department | "doors"',
        'userinfo | broken | scope work | attribute broken, computed | the expression of broken gives nothing for the person, or fails; the log says how',
        'userinfo | acr | scope work |  | nothing in the configuration gives this client such a claim',
        'userinfo | __proto__ | scope work |  | nothing in the configuration gives this client such a claim',
        'userinfo | zodiac | claims parameter |  | nothing in the configuration gives this client such a claim',
        'access_token | grade | scope work, by claims policy trusted | custom claim from attribute level | 7',
      ]);
      const asked = authorization('openid email work', {
        claims: { id_token: ['nickname', 'grade'], userinfo: ['zodiac'] },
      });
      for (const [place, claims] of Object.entries(await placed(engine, 'trusted', asked))) {
        const explained = answer.value.claims.filter((each) =>
          each.place === place && each.value !== undefined
        );
        assertEquals(
          Object.fromEntries(explained.map(({ claim, value }) => [claim, value as JsonValue])),
          claims,
        );
      }
    }));

  it('say why something declared is missing', () =>
    withOp(async (_, engine) => {
      const { id } = await alice(engine);
      const why = async () => {
        const answer = await explainClaims(
          { client_id: 'trusted', username: 'alice', scope: 'openid work' },
          engine,
        );
        assert(answer.kind === 'done');
        return answer.value.claims.find(({ claim }) => claim === 'grade')?.absent;
      };
      assertEquals(await why(), 'the person has no level');
      await engine.directory.update(id, { attributes: { level: 'high' } });
      assertEquals(
        await why(),
        'the person’s level is empty, or not of the kind that is declared',
      );
    }));

  it('with response_type=id_token there is the ID token alone', () =>
    withOp(async (_, engine) => {
      const answer = await explainClaims({
        client_id: 'app',
        username: 'alice',
        scope: 'openid address',
        response_type: 'id_token',
      }, engine);
      assert(answer.kind === 'done');
      assertEquals(answer.value.claims.map(({ place, claim }) => [place, claim]), [
        ['id_token', 'address'],
      ]);
    }));

  const REFUSED = [
    [{ client_id: 'nobody' }, 'there is no client "nobody"'],
    [{ username: 'nobody' }, 'there is no user "nobody"'],
    [{ scope: 'openid work' }, 'the client is not registered for work'],
    [{ scope: 'open"id' }, 'the scope is not one'],
    [{ claims: '{' }, 'claims is not JSON'],
  ] as const;
  for (const [change, problem] of REFUSED) {
    it(`${JSON.stringify(change)} is refused`, () =>
      withOp(async (_, engine) => {
        const question = { client_id: 'app', username: 'alice', scope: 'openid', ...change };
        const answer = await explainClaims(question, engine);
        assert(answer.kind === 'refused');
        assertStringIncludes(answer.problem, problem);
      }));
  }
});

const APP = CLIENT as unknown as Client;

function pairwise(change: Partial<Client>): Client {
  return { ...APP, subject_type: 'pairwise', ...change };
}

describe('Core §8: sectors', () => {
  const ROWS: readonly (readonly [what: string, client: Client, sector: string])[] = [
    ['of a public client', { ...APP, subject_type: 'public' }, 'public'],
    [
      'of a public client with a sector_identifier_uri',
      { ...APP, subject_type: 'public', sector_identifier_uri: 'https://s.example/x' },
      'public',
    ],
    ['is the host of the redirect URI', pairwise({}), 'app.example'],
    [
      'is that of sector_identifier_uri rather',
      pairwise({ sector_identifier_uri: 'https://S.example:8443/list.json' }),
      's.example',
    ],
    [
      'knows no port',
      pairwise({ redirect_uris: ['https://app.example:1/a', 'https://app.example:2/b'] }),
      'app.example',
    ],
    [
      'of an app on people’s own machines is its own',
      pairwise({ redirect_uris: ['http://127.0.0.1/cb', 'http://[::1]/cb'] }),
      'client:app',
    ],
    [
      'of an app with a scheme of its own is its own',
      pairwise({ redirect_uris: ['com.example.app://app.example/cb'] }),
      'client:app',
    ],
    ['of a client without redirect URIs is its own', pairwise({ redirect_uris: [] }), 'client:app'],
    [
      'of a client that is called like a host is not that host’s',
      pairwise({ client_id: 'app.example', redirect_uris: ['com.evil:/cb'] }),
      'client:app.example',
    ],
    [
      'of a host called public is not that of everybody',
      pairwise({ redirect_uris: ['https://public/cb'] }),
      'host:public',
    ],
  ];
  for (const [what, by, sector] of ROWS) {
    it(`the sector ${what}`, () => assertEquals(sectorOf(by), sector));
  }
});

describe('Core §8: subject identifiers', () => {
  it('are random, the same for ever, and made once in a race', () =>
    withOp(async (_, engine) => {
      const by = client(engine, 'app');
      const all = await Promise.all(
        Array.from({ length: 20 }, () => subjectOf('person', by, engine)),
      );
      assertEquals(new Set(all).size, 1);
      assertMatch(all[0] ?? '', /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-/);
      assertEquals(await subjectOf('person', by, engine), all[0]);
      assertNotEquals(await subjectOf('other', by, engine), all[0]);
      assertEquals(await subjectOf('person', client(engine, 'trusted'), engine), all[0]);
    }));

  it('of pairwise clients are shared in a sector and differ between sectors', () =>
    withOp(async (_, engine) => {
      const one = await subjectOf('person', pairwise({ client_id: 'one' }), engine);
      const two = await subjectOf('person', pairwise({ client_id: 'two' }), engine);
      const far = await subjectOf(
        'person',
        pairwise({ redirect_uris: ['https://far.example/cb'] }),
        engine,
      );
      const open = await subjectOf('person', client(engine, 'app'), engine);
      assertEquals(one, two);
      assertEquals(new Set([one, far, open]).size, 3);
    }));
});

async function exported(engine: Engine): Promise<string> {
  let text = '';
  for await (const piece of exportSubjects(engine)) text += piece;
  return text;
}

function row(change: Partial<Record<keyof SubjectRow, unknown>> = {}): string {
  return JSON.stringify({
    issuer: ISSUER,
    sector: 'public',
    username: 'alice',
    sub: 'imported-sub',
    ...change,
  });
}

async function addPeople(engine: Engine, ...names: readonly string[]): Promise<void> {
  for (const username of names) {
    const made = await engine.directory.create({ username, provenance: 'cli' });
    assertEquals(made.kind, 'created');
  }
}

describe('subjects, for an administrator', () => {
  it('what is exported can be imported elsewhere, and again', () =>
    withOp(async (_, engine) => {
      await addPeople(engine, 'bob');
      const { id } = await alice(engine);
      const bob = await engine.directory.findByUsername('bob');
      const sub = await subjectOf(id, client(engine, 'app'), engine);
      await subjectOf(id, pairwise({}), engine);
      await subjectOf(bob?.id ?? '', client(engine, 'app'), engine);
      const text = await exported(engine);
      assertEquals(text.trim().split('\n').length, 3);
      assertEquals(await importSubjects(text, CLI, engine), {
        kind: 'done',
        value: { imported: 0, unchanged: 3 },
      });
      await withOp(async (_, other) => {
        await addPeople(other, 'bob');
        assertEquals(await importSubjects(text, CLI, other), {
          kind: 'done',
          value: { imported: 3, unchanged: 0 },
        });
        const there = await alice(other);
        assertEquals(await subjectOf(there.id, client(other, 'app'), other), sub);
        const array = `[${text.trim().split('\n').join(',')}]`;
        assertEquals(await importSubjects(array, CLI, other), {
          kind: 'done',
          value: { imported: 0, unchanged: 3 },
        });
      });
    }));

  it('are listed, of everybody or one, up to a limit; people who are gone stay by their id', () =>
    withOp(async (_, engine) => {
      await addPeople(engine, 'bob');
      const bob = await engine.directory.findByUsername('bob');
      const { id } = await alice(engine);
      await subjectOf(id, client(engine, 'app'), engine);
      await subjectOf(bob?.id ?? '', client(engine, 'app'), engine);
      const count = async (user: string | undefined, limit: number) => {
        const { items, next } = await pageSubjects(user, { limit }, engine);
        const more = next !== undefined;
        return [items.length, more];
      };
      assertEquals(await count(undefined, 10), [2, false]);
      assertEquals(await count(undefined, 1), [1, true]);
      assertEquals(await count(id, 10), [1, false]);
      await engine.directory.remove(bob?.id ?? '');
      const { items } = await pageSubjects(bob?.id, { limit: 10 }, engine);
      assertEquals(items.map(({ username }) => username), [bob?.id ?? '']);
      assertEquals((await exported(engine)).trim().split('\n').length, 1);
    }));

  it('more of them than one change may hold are imported, too', () =>
    withOp(async (_, engine) => {
      const lines = Array.from(
        { length: 250 },
        (_, n) => row({ sector: `s${n}`, sub: `sub-${n}` }),
      );
      assertEquals(await importSubjects(lines.join('\n'), CLI, engine), {
        kind: 'done',
        value: { imported: 250, unchanged: 0 },
      });
    }));

  it('an import and a sign-in at once agree on the sub', () =>
    withOp(async (_, engine) => {
      const { id } = await alice(engine);
      const by = client(engine, 'app');
      const [outcome, sub] = await Promise.all([
        importSubjects(row(), CLI, engine),
        subjectOf(id, by, engine),
      ]);
      assertEquals(await subjectOf(id, by, engine), sub);
      assertEquals(outcome.kind === 'done', sub === 'imported-sub');
    }));

  const REFUSED: readonly (readonly [what: string, text: string, problem: string])[] = [
    ['what is no JSON', 'sub', 'line 1: is no JSON object'],
    ['an array that ends early', `[${row()}`, 'the file is no JSON array'],
    ['a list for an object', '[[]]', 'entry 1: is no JSON object'],
    ['null', 'null', 'line 1: is no JSON object'],
    ['another issuer', row({ issuer: 'https://other.example' }), 'is not of issuer'],
    ['an unknown user', row({ username: 'nobody' }), 'there is no user "nobody"'],
    ['no username', row({ username: 7 }), 'has no username'],
    ['no sector', row({ sector: '' }), 'has no usable sector'],
    ['a sector of another form', row({ sector: 'a b' }), 'has no usable sector'],
    ['an endless sector', row({ sector: 'a'.repeat(256) }), 'has no usable sector'],
    ['no sub', row({ sub: undefined }), 'sub must be'],
    ['an empty sub', row({ sub: '' }), 'sub must be'],
    ['a sub of 256 characters', row({ sub: 'a'.repeat(256) }), 'sub must be'],
    ['a sub beyond ASCII', row({ sub: 'ä' }), 'sub must be'],
    ['two subs of one person', `${row()}\n${row({ sub: 'b' })}`, 'line 2: alice has another sub'],
    [
      'one sub of two people',
      `${row()}\n\n${row({ username: 'bob' })}`,
      'line 3: another person has this sub in sector public',
    ],
    ['a sub that is taken', row({ sub: 'bob-sub' }), 'another person has this sub'],
    ['a sub of somebody who is gone', row({ sub: 'gone-sub' }), 'another person has this sub'],
    [
      'another sub than there is',
      row({ username: 'bob', sub: 'new' }),
      'bob has another sub in sector public',
    ],
  ];
  for (const [what, text, problem] of REFUSED) {
    it(`${what} is refused, and everything with it`, () =>
      withOp(async (_, engine) => {
        await addPeople(engine, 'bob', 'gone');
        const given = [
          row({ username: 'bob', sub: 'bob-sub' }),
          row({ username: 'gone', sub: 'gone-sub' }),
        ];
        assertEquals((await importSubjects(given.join('\n'), CLI, engine)).kind, 'done');
        const gone = await engine.directory.findByUsername('gone');
        await engine.directory.remove(gone?.id ?? '');
        const sound = row({ sector: 'elsewhere', sub: 'sound' });
        const whole = text.startsWith('[') ? text : `${text}\n${sound}`;
        const outcome = await importSubjects(whole, CLI, engine);
        assert(outcome.kind === 'refused');
        assertStringIncludes(outcome.problem, problem);
        assertStringIncludes(outcome.problem, 'nothing is imported');
        const { id } = await alice(engine);
        assertEquals(await subjects.get(engine.store, ISSUER, 'elsewhere', id), undefined);
        assertEquals(await subjects.get(engine.store, ISSUER, 'public', id), undefined);
      }));
  }
});

const MISTAKES: readonly (readonly [
  what: string,
  config: Readonly<Record<string, unknown>>,
  path: string,
  problem: string,
])[] = [
  [
    'a client’s policy that is not there',
    { ...CONFIG, clients: [{ ...CLIENT, claims_policy: 'trustd' }] },
    'clients.0.claims_policy',
    'did you mean trusted?',
  ],
  [
    'a custom claim of an unknown attribute',
    { claims_policies: { p: { custom_claims: { a: { attribute: 'emial' } } } } },
    'claims_policies.p.custom_claims.a.attribute',
    'did you mean email?',
  ],
  [
    'a custom claim that is the protocol’s',
    { claims_policies: { p: { custom_claims: { cnf: { attribute: 'email' } } } } },
    'claims_policies.p.custom_claims.cnf',
    'is set by the server',
  ],
  [
    'a claim in the ID token that nobody knows',
    { claims_policies: { p: { id_token: ['email', 'emails'] } } },
    'claims_policies.p.id_token.1',
    'did you mean email?',
  ],
  [
    'a claim in the access token that is the protocol’s',
    { claims_policies: { p: { access_token: ['scope'] } } },
    'claims_policies.p.access_token.0',
    'is set by the server',
  ],
  [
    'an attribute both computed and declared',
    { definitions: { user_attributes: { a: { expression: '1', value_type: 'integer' } } } },
    'definitions.user_attributes.a.value_type',
    'must be absent beside expression',
  ],
  [
    'an attribute computed as a list by declaration',
    { definitions: { user_attributes: { a: { expression: '[1]', multi_valued: true } } } },
    'definitions.user_attributes.a.multi_valued',
    'must be absent beside expression',
  ],
  [
    'an attribute called like a standard claim',
    { definitions: { user_attributes: { email: { value_type: 'string' } } } },
    'definitions.user_attributes.email',
    'is a standard claim',
  ],
  [
    'an attribute called groups',
    { definitions: { user_attributes: { groups: {} } } },
    'definitions.user_attributes.groups',
    'is a standard claim or attribute',
  ],
  [
    'an attribute called like the protocol’s claim',
    { definitions: { user_attributes: { acr: {} } } },
    'definitions.user_attributes.acr',
    'the protocol’s own',
  ],
  [
    'an expression that is none',
    { definitions: { user_attributes: { a: { expression: 'groups in' } } } },
    'definitions.user_attributes.a.expression',
    'Unexpected token: EOF',
  ],
  [
    'an expression with an unknown variable',
    { definitions: { user_attributes: { a: { expression: '"a" in group' } } } },
    'definitions.user_attributes.a.expression',
    'did you mean groups?',
  ],
];

describe('the configuration of claims', () => {
  for (const [what, config, path, problem] of MISTAKES) {
    it(`${what} is a mistake, told with its place`, () => {
      const result = parseConfig(config);
      assert(!result.ok);
      assertEquals(result.mistakes.map((each) => each.path.join('.')), [path]);
      assertStringIncludes(result.mistakes[0]?.problem ?? '', problem);
    });
  }

  it('an expression may use declared attributes', () => {
    const user_attributes = {
      senior: { expression: 'level > 5 && "x" in roles' },
      level: { value_type: 'integer' },
      roles: { multi_valued: true },
    };
    assert(parseConfig({ definitions: { user_attributes } }).ok);
  });

  it('a scope’s claim that nobody knows is a doubt, as people may have such attributes', () => {
    const result = parseConfig({
      scopes: { a: { claims: ['email', 'name#de', 'x', 'departmnt', 'iss'] } },
      definitions: { user_attributes: { department: {} } },
      claims_policies: {
        p: { custom_claims: { x: { attribute: 'department' } }, id_token: ['departmnt'] },
      },
    });
    assert(result.ok);
    assertEquals(result.warnings.map(({ path }) => path.join('.')), [
      'scopes.a.claims.3',
      'scopes.a.claims.4',
    ]);
    assertStringIncludes(result.warnings[0]?.problem ?? '', 'did you mean department?');
  });

  it('a client of the store may name only a policy that is there', () =>
    withOp(async (_, engine) => {
      const problems = async (claims_policy: string) => {
        const redirect_uris = ['https://a.example/cb'];
        const parsed = parseMetadata({ redirect_uris, claims_policy }, engine);
        assert(parsed.ok);
        return (await metadataProblems(parsed.metadata, engine)).map(({ field }) => field);
      };
      assertEquals(await problems('trusted'), []);
      assertEquals(await problems('nobody'), ['claims_policy']);
    }));
});
