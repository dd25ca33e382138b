import { describe, it } from 'node:test';
import { claimOf, type CreateResult, type Directory } from '../../src/accounts/directory.ts';
import type { UserRecord } from '../../src/store/records.ts';
import type { Key, Store } from '../../src/store/store.ts';
import { createStoreDirectory } from '../../src/accounts/store_directory.ts';
import { openMemoryStore } from '../../src/store/memory.ts';
import { assert, assertEquals, assertFalse, assertMatch } from '../support/assert.ts';

const NOW = 1_700_000_000.5;

interface Fixture {
  readonly store: Store;
  readonly directory: Directory;
  readonly clock: { seconds: number };
}

function setUp(): Fixture {
  const clock = { seconds: NOW };
  const store = openMemoryStore();
  return { store, clock, directory: createStoreDirectory({ store, now: () => clock.seconds }) };
}

function created(result: CreateResult): UserRecord {
  assert(result.kind === 'created', `Expected created, got ${result.kind}`);
  return result.user;
}

async function add(directory: Directory, username: string): Promise<UserRecord> {
  return created(await directory.create({ username, provenance: 'cli' }));
}

async function keysIn(store: Store): Promise<string[]> {
  const found: string[] = [];
  for (const name of ['user', 'username', 'username_skeleton']) {
    for await (const { key } of store.list([name])) found.push(key.join('/'));
  }
  return found;
}

describe('the directory', () => {
  it('creates a person and finds them by name and id', async () => {
    const { directory } = setUp();
    const result = await directory.create({
      username: 'Alice',
      password: '$plaintext$secret',
      groups: ['staff', 'admins', 'staff'],
      claims: { name: 'Alice Liddell', email: 'alice@example.com', department: 'doors' },
      attributes: { level: 3 },
      provenance: 'setup',
    });
    const user = created(result);
    assertEquals({ ...user, id: '' }, {
      id: '',
      username: 'alice',
      password: '$plaintext$secret',
      disabled: false,
      groups: ['staff', 'admins'],
      claims: { name: 'Alice Liddell', email: 'alice@example.com' },
      attributes: { level: 3, department: 'doors' },
      created_at: 1_700_000_000,
      updated_at: 1_700_000_000,
      provenance: 'setup',
    });
    assertEquals(await directory.findById(user.id), user);
    assertEquals(await directory.findByUsername(' ALICE '), user);
    assertEquals(await directory.findByUsername('bob'), undefined);
    assertEquals(await directory.findByUsername('no name/at all'), undefined);
  });

  it('T103: a name that differs in case, width, spaces or looks is taken', async () => {
    const { directory } = setUp();
    await add(directory, 'alice');
    for (const username of ['ALICE', 'ａlice', 'alice ', 'a1ice', 'al\u00edce']) {
      assertEquals(await directory.create({ username, provenance: 'cli' }), {
        kind: 'taken',
        by: 'alice',
      });
    }
  });

  it('T103: a look-alike finds nobody', async () => {
    const { directory } = setUp();
    await add(directory, 'a1ice');
    assertEquals(await directory.findByUsername('alice'), undefined);
  });

  it('T103: of 50 twins created at once, one is', async () => {
    const { directory, store } = setUp();
    const results = await Promise.all(Array.from({ length: 50 }, (_, index) =>
      directory.create({
        username: ['bob', 'b0b', 'BOB', 'b\u00f6b'][index % 4] ?? '',
        provenance: 'cli',
      })));
    assertEquals(results.filter(({ kind }) => kind === 'created').length, 1);
    assertEquals(results.filter(({ kind }) => kind === 'taken').length, 49);
    assertEquals((await keysIn(store)).length, 3);
  });

  it('tells everything that is wrong at once, and writes nothing', async () => {
    const { directory, store } = setUp();
    const result = await directory.create({
      username: 'two words',
      groups: ['', 'line\nbreak'],
      claims: { birthdate: '1987-02-30', email_verified: 'yes' },
      attributes: { sub: 'me' },
      provenance: 'cli',
    });
    assert(result.kind === 'refused');
    assertEquals(result.problems.length, 6);
    assertEquals(await keysIn(store), []);
  });

  it('refuses a person too large for a record', async () => {
    const { directory } = setUp();
    const result = await directory.create({
      username: 'alice',
      attributes: { essay: 'é'.repeat(32 * 1024) },
      provenance: 'cli',
    });
    assert(result.kind === 'refused');
    assertMatch(result.problems[0] ?? '', /bytes/);
  });

  it('creates along with another change, or not at all', async () => {
    const { directory, store } = setUp();
    const invitation: Key = ['setup'];
    await store.commit({ put: [{ key: invitation, value: 'open' }] });
    const entry = await store.get(invitation);
    const once = {
      check: [{ key: invitation, version: entry?.version ?? '' }],
      remove: [invitation],
    };
    const results = await Promise.all(
      ['alice', 'bob', 'carol'].map((username) =>
        directory.create({ username, provenance: 'setup' }, once)
      ),
    );
    assertEquals(results.map(({ kind }) => kind).sort(), ['conflict', 'conflict', 'created']);
    assertEquals(await store.get(invitation), undefined);
    assertEquals((await directory.list()).length, 1);
  });

  it('updates what is named, removes what is null, keeps the rest', async () => {
    const { directory, clock } = setUp();
    const { id } = created(
      await directory.create({
        username: 'alice',
        groups: ['staff'],
        claims: { name: 'Alice', nickname: 'Al', locale: 'en' },
        attributes: { level: 3, floor: 1 },
        provenance: 'cli',
      }),
    );
    clock.seconds += 60;
    const result = await directory.update(id, {
      claims: { name: 'Alice Liddell', nickname: null },
      attributes: { floor: null },
    });
    assert(result.kind === 'updated');
    const { groups, claims, attributes, updated_at, created_at } = result.user;
    assertEquals(groups, ['staff']);
    assertEquals(claims, { name: 'Alice Liddell', locale: 'en' });
    assertEquals(attributes, { level: 3 });
    assertEquals([created_at, updated_at], [1_700_000_000, 1_700_000_060]);
    assertEquals(await directory.findById(id), result.user);
  });

  it('refuses an update whole when a part is wrong', async () => {
    const { directory } = setUp();
    const user = await add(directory, 'alice');
    const result = await directory.update(user.id, { claims: { name: 'A', email: 'nobody' } });
    assertEquals(result.kind, 'refused');
    assertEquals(await directory.findById(user.id), user);
    assertEquals((await directory.update('nobody', {})).kind, 'missing');
  });

  it('Core §5.1: a changed address or number is no longer verified', async () => {
    const { directory } = setUp();
    const { id } = created(
      await directory.create({
        username: 'alice',
        claims: {
          email: 'a@example.com',
          email_verified: true,
          phone_number: '+44 20 7946 0000',
          phone_number_verified: true,
        },
        provenance: 'cli',
      }),
    );
    const same = await directory.update(id, { claims: { email: 'a@example.com' } });
    assert(same.kind === 'updated');
    assertEquals(same.user.claims['email_verified'], true);
    const changed = await directory.update(id, {
      claims: { email: 'b@example.com', phone_number: null },
    });
    assert(changed.kind === 'updated');
    assertEquals(changed.user.claims, { email: 'b@example.com' });
    const verified = await directory.update(id, {
      claims: { email: 'c@example.com', email_verified: true },
    });
    assert(verified.kind === 'updated');
    assertEquals(verified.user.claims['email_verified'], true);
  });

  it('loses none of 20 updates made at once', async () => {
    const { directory } = setUp();
    const { id } = await add(directory, 'alice');
    await Promise.all(
      Array.from(
        { length: 20 },
        (_, index) => directory.update(id, { attributes: { [`a${index}`]: index } }),
      ),
    );
    const user = await directory.findById(id);
    assertEquals(Object.keys(user?.attributes ?? {}).length, 20);
  });

  it('a new password and a disabling end what began before, a renewed digest does not', async () => {
    const { directory, clock } = setUp();
    const { id } = await add(directory, 'alice');
    assertEquals((await directory.setPassword(id, 'first'))?.valid_from, NOW);
    clock.seconds += 10;
    assert(await directory.replaceDigest(id, 'first', 'second'));
    assertFalse(await directory.replaceDigest(id, 'first', 'third'));
    const renewed = await directory.findById(id);
    assertEquals([renewed?.password, renewed?.valid_from], ['second', NOW]);
    const disabled = await directory.disable(id);
    assertEquals([disabled?.disabled, disabled?.valid_from], [true, NOW + 10]);
    const enabled = await directory.enable(id);
    assertEquals([enabled?.disabled, enabled?.valid_from], [false, NOW + 10]);
    assertEquals(await directory.setPassword('nobody', 'x'), undefined);
    assertEquals(await directory.disable('nobody'), undefined);
  });

  it('removes a person with their names, which are free again', async () => {
    const { directory, store } = setUp();
    const { id } = await add(directory, 'bob');
    assert(await directory.remove(id));
    assertEquals(await keysIn(store), []);
    assertFalse(await directory.remove(id));
    const { id: another } = await add(directory, 'b0b');
    assert(another !== id);
  });

  it('a person who is removed and changed at once ends removed or changed, never half', async () => {
    const { directory, store } = setUp();
    const { id } = await add(directory, 'alice');
    await Promise.all([
      directory.update(id, { claims: { name: 'Alice' } }),
      directory.remove(id),
      directory.disable(id),
    ]);
    assertEquals(await keysIn(store), []);
  });

  it('lists people in order of their names, page by page', async () => {
    const { directory } = setUp();
    assert(await directory.isEmpty());
    for (const username of ['mallory', 'alice', 'bob', 'eve']) await add(directory, username);
    assertFalse(await directory.isEmpty());
    const names = (users: readonly UserRecord[]) => users.map((user) => user.username);
    assertEquals(names(await directory.list()), ['alice', 'bob', 'eve', 'mallory']);
    assertEquals(names(await directory.list({ limit: 2 })), ['alice', 'bob']);
    assertEquals(names(await directory.list({ limit: 2, after: 'bob' })), ['eve', 'mallory']);
    assertEquals(names(await directory.list({ after: 'mallory' })), []);
  });

  it('T093: a missing person takes as many reads as one who is there', async () => {
    const memory = openMemoryStore();
    let reads = 0;
    const store: Store = { ...memory, get: (key) => (reads++, memory.get(key)) };
    const directory = createStoreDirectory({ store, now: () => NOW });
    await add(directory, 'alice');
    reads = 0;
    await directory.findByUsername('alice');
    const present = reads;
    reads = 0;
    await directory.findByUsername('bob');
    assertEquals(reads, present);
  });
});

describe('the claims of a person', () => {
  const user: UserRecord = {
    id: '1',
    username: 'alice',
    disabled: false,
    groups: ['staff'],
    claims: { name: 'Alice' },
    attributes: { department: 'doors', name: 'not this', groups: ['admins'] },
    created_at: 1,
    updated_at: 2,
    provenance: 'cli',
  };

  it('Core §5.1: preferred_username and updated_at are derived, whatever attributes are called', () => {
    const names = ['name', 'preferred_username', 'updated_at', 'groups', 'email', 'department'];
    assertEquals(names.map((name) => claimOf(user, name)), [
      'Alice',
      'alice',
      2,
      ['staff'],
      undefined,
      undefined,
    ]);
    assertEquals(claimOf(user, 'constructor'), undefined);
  });

  it('Core §5.1: a preferred_username that is set comes first', () => {
    const preferred = { ...user, claims: { preferred_username: 'Al' } };
    assertEquals(claimOf(preferred, 'preferred_username'), 'Al');
  });
});
