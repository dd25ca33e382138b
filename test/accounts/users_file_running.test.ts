import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Directory } from '../../src/accounts/directory.ts';
import { createStoreDirectory } from '../../src/accounts/store_directory.ts';
import { createProvider, openInstance } from '../../src/app.ts';
import { requireConfig } from '../../src/config/parse.ts';
import { openMemoryStore } from '../../src/store/memory.ts';
import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertRejects,
} from '../support/assert.ts';
import { openBrowser } from '../support/browser.ts';
import { openPlace, SLOW } from '../support/cli.ts';
import {
  ALICE,
  answerOf,
  authorizationUrl,
  isActive,
  obtainTokens,
  refresh,
  userinfo,
} from '../support/flow.ts';
import { CLIENT, ISSUER, type Op, openOp, PASSWORD, quickHasher } from '../support/op.ts';
import { endsIn, leftOf } from '../support/session_world.ts';
import { eventually, temporaryDirectory } from '../store/directories.ts';

const DIGEST = `$plaintext$${PASSWORD}`;
const PEOPLE = `users:
  alice:
    password: ${DIGEST}
    displayname: Alice
    email: alice@alice.example
    groups: [ staff ]
  bob: {}
`;

/** A provider whose people are in a file, at no cost for passwords. */
async function withFile(work: (op: Op, file: string) => Promise<void>): Promise<void> {
  const place = temporaryDirectory();
  const file = join(place.path, 'users.yaml');
  await writeFile(file, PEOPLE);
  const hasher = {
    ...quickHasher(),
    hash: (password: string) => Promise.resolve(`$plaintext$${password}`),
    verify: (password: string, digest: string) =>
      Promise.resolve(digest === `$plaintext$${password}`),
  };
  const op = await openOp({ config: { users_file: file }, people: false, hasher });
  try {
    await work(op, file);
  } finally {
    await op.close();
    place.remove();
  }
}

/** Until the server has noticed. */
async function edited(op: Op, file: string, from: string, to: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  assert(text.includes(from));
  const seen = op.log.length;
  await writeFile(file, text.replace(from, to));
  await eventually(() => op.log.slice(seen).some((line) => line.includes('"users_file.')));
}

describe('a provider whose people are in users.yaml', () => {
  it('T102, T117: an edit that cuts somebody off ends their sessions and grants, and nobody else’s', async () => {
    const edits = [
      {
        reason: 'password',
        from: `alice:\n    password: ${DIGEST}`,
        to: 'alice:\n    password: $plaintext$another',
      },
      { reason: 'disabled', from: 'alice:\n', to: 'alice:\n    disabled: true\n' },
      { reason: 'removed', from: '  alice:', to: '  alison:' },
    ];
    for (const { reason, from, to } of edits) {
      await withFile(async (op, file) => {
        await obtainTokens(op, { scope: 'openid offline_access', prompt: 'consent' });
        assertEquals(await leftOf(op), { sessions: 1, grants: 1 });
        await edited(op, file, '  bob: {}', '  bob: { displayname: Bob }');
        assertEquals(await leftOf(op), { sessions: 1, grants: 1 });
        await edited(op, file, from, to);
        await eventually(async () => (await leftOf(op)).grants === 0);
        assertEquals((await leftOf(op)).sessions, 0);
        assertEquals(endsIn(op), [reason]);
      });
    }
  });

  it('signs them in, and tells clients what the file says', () =>
    withFile(async (op) => {
      const tokens = await obtainTokens(op, { scope: 'openid profile email groups' });
      const claims = await (await userinfo(op, tokens.access_token)).json();
      assertEquals(
        [claims.name, claims.email, claims.email_verified, claims.groups],
        ['Alice', 'alice@alice.example', true, ['staff']],
      );
      assertEquals(await op.instance.setupLink(), undefined);
    }));

  const ends = [
    { name: 'removed', from: '  alice:', to: '  alicia:' },
    { name: 'disabled', from: 'displayname: Alice', to: 'disabled: true' },
    { name: 'given another password', from: DIGEST, to: '$plaintext$another password' },
  ];
  for (const { name, from, to } of ends) {
    it(`T102: who is ${name} in the file is out at the very next request`, () =>
      withFile(async (op, file) => {
        const browser = op.browser();
        const tokens = await obtainTokens(op, { scope: 'openid offline_access' }, browser);
        op.clock.now += 1;
        await edited(op, file, from, to);
        assertEquals(
          answerOf(await browser.get(authorizationUrl({ prompt: 'none' })))['error'],
          'login_required',
        );
        assertFalse(await isActive(op, tokens.access_token));
        assertEquals((await userinfo(op, tokens.access_token)).status, 401);
        assertEquals((await refresh(op, tokens.refresh_token)).status, 400);
      }));
  }

  it('who leaves a group in the file has left it at the very next request', () =>
    withFile(async (op, file) => {
      const tokens = await obtainTokens(op, { scope: 'openid groups' });
      await edited(op, file, '[ staff ]', '[]');
      assertEquals((await (await userinfo(op, tokens.access_token)).json()).groups, []);
    }));

  it('T145: a bad edit is logged with its line, and changes nothing', () =>
    withFile(async (op, file) => {
      const tokens = await obtainTokens(op);
      await edited(op, file, 'groups: [ staff ]', 'group: [ staff ]');
      assertMatch(
        op.log.join('\n'),
        /users_file\.refused.*users\.yaml:6: users\.alice\.group is not/,
      );
      assert(await isActive(op, tokens.access_token));
    }));

  it('the subject stays the same when the entry goes and comes back', () =>
    withFile(async (op, file) => {
      const sub = async (): Promise<string> => {
        const tokens = await obtainTokens(op);
        return (await (await userinfo(op, tokens.access_token)).json()).sub;
      };
      const before = await sub();
      await edited(op, file, '  alice:', '  alicia:');
      await edited(op, file, '  alicia:', '  alice:');
      op.clock.now += 1;
      assertEquals(await sub(), before);
    }));

  it('without anybody in the file, the first administrator signs up into it', async () => {
    const place = temporaryDirectory();
    const file = join(place.path, 'users.yaml');
    await writeFile(file, 'users: {}\n');
    const config = requireConfig({
      issuer: ISSUER,
      storage: { engine: 'memory' },
      users_file: file,
    });
    const instance = await openInstance(config, { log() {} });
    assertMatch(await instance.setupLink() ?? '', /\/setup\?token=/);
    const created = await instance.directory.create({ username: 'root', provenance: 'setup' });
    assertEquals(created.kind, 'created');
    assertEquals(await instance.setupLink(), undefined);
    assertEquals(await readFile(file, 'utf8'), 'users:\n  root: {}\n');
    await instance.close();
    place.remove();
  });

  it('a file with mistakes stops the start', async () => {
    const place = temporaryDirectory();
    const file = join(place.path, 'users.yaml');
    await writeFile(file, 'users: { alice: { pasword: x } }\n');
    const config = { issuer: ISSUER, storage: { engine: 'memory' }, users_file: file };
    const { message } = await assertRejects(() => createProvider({ config }), TypeError);
    assertMatch(message, /users\.yaml:1: users\.alice\.pasword is not a known option/);
    place.remove();
  });

  it('sign-up cannot be open', async () => {
    const config = { issuer: ISSUER, users_file: 'users.yaml', sign_up: 'open' };
    const { message } = await assertRejects(() => createProvider({ config }), TypeError);
    assertMatch(message, /sign_up must be closed when people are kept in users_file/);
  });
});

describe('a directory of one’s own', () => {
  it('takes the place of the store', async () => {
    const elsewhere = createStoreDirectory({ store: openMemoryStore(), now: () => 1 });
    const asked: string[] = [];
    const directory: Directory = {
      ...elsewhere,
      findByUsername: (typed) => (asked.push(typed), elsewhere.findByUsername(typed)),
    };
    await directory.create({ username: 'alice', password: DIGEST, provenance: 'api' });
    const config = { issuer: ISSUER, clients: [CLIENT], storage: { engine: 'memory' } };
    const instance = await openInstance(requireConfig(config), { log() {}, directory });
    const browser = openBrowser((request) => instance.fetch(request), ISSUER);
    assert('code' in answerOf(await browser.authorize(authorizationUrl(), ALICE)));
    assertEquals(await instance.setupLink(), undefined);
    await instance.close();
    assertEquals(asked, ['alice']);
  });
});

describe('the command line with users.yaml', () => {
  it('config check tells the mistakes of both files, with their lines', SLOW, async () => {
    const place = await openPlace('fresh');
    try {
      await place.write('ostiary.yaml', 'users_file: people/users.yaml\n');
      const missing = await place.run(['config', 'check']);
      assertEquals([missing.code, missing.stderr], [1, 'people/users.yaml: does not exist\n']);
      await place.write('ostiary.yaml', 'users_file: users.yaml\n');
      await place.write('users.yaml', `${PEOPLE}  carol: { email: x, disbled: true }\n`);
      const wrong = await place.run(['config', 'check']);
      assertEquals([wrong.code, wrong.stderr.split('\n')], [1, [
        'users.yaml:8: users.carol.disbled is not a known option; did you mean disabled?',
        'users.yaml:8: users.carol.email must be an e-mail address: got "x"',
        '',
      ]]);
      await place.write('users.yaml', PEOPLE);
      const right = await place.run(['config', 'check']);
      assertEquals(right.code, 0);
      assertMatch(right.stdout, /people +\S+users\.yaml/);
    } finally {
      await place.close();
    }
  });

  it('user list, show, passwd, disable and remove work on the file', SLOW, async () => {
    const place = await openPlace();
    try {
      await place.write('ostiary.yaml', 'users_file: users.yaml\n');
      await place.write('users.yaml', PEOPLE);
      const text = (): Promise<string> => readFile(join(place.directory, 'users.yaml'), 'utf8');
      const { users } = await place.json(['user', 'list']) as { users: { username: string }[] };
      assertEquals(users.map(({ username }) => username), ['alice', 'bob']);
      const shown = await place.json(['user', 'show', 'alice']) as Record<string, unknown>;
      assertEquals([shown['groups'], shown['provenance']], [['staff'], 'file']);
      await place.json(['user', 'passwd', 'alice', '--password-stdin'], {
        stdin: 'a staple for the battery\n',
      });
      assertMatch(await text(), /alice:\n {4}password: \$argon2id\$\S+\n/);
      await place.json(['user', 'disable', 'bob']);
      assertMatch(await text(), /bob: *\{ disabled: true \}/);
      const again = await place.json(['user', 'show', 'alice']) as Record<string, unknown>;
      assertEquals(again['id'], shown['id']);
      await place.json(['user', 'remove', 'bob']);
      assertFalse((await text()).includes('bob'));
      await writeFile(join(place.directory, 'users.yaml'), `${await text()}  bob: *nobody\n`);
      const broken = await place.run(['user', 'list']);
      assertEquals(broken.code, 1);
      assertMatch(broken.stderr, /^users\.yaml/);
    } finally {
      await place.close();
    }
  });

  it('says in one line, with a server or without, that the file is read-only', SLOW, async () => {
    const place = await openPlace();
    try {
      await place.write('ostiary.yaml', 'users_file: users.yaml\n');
      await writeFile(join(place.directory, 'users.yaml'), PEOPLE, { mode: 0o444 });
      const said = 'ostiary user disable: people are kept in users.yaml: edit it there\n';
      const alone = await place.run(['user', 'disable', 'bob']);
      assertEquals([alone.code, alone.stderr], [1, said]);
      const served = await place.serve();
      const asked = await place.run(['user', 'disable', 'bob']);
      assertEquals([asked.code, asked.stderr], [1, said]);
      await served.stop();
    } finally {
      await place.close();
    }
  });
});
