import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { claimOf, type CreateResult, type Directory } from '../../src/accounts/directory.ts';
import type { UserRecord } from '../../src/store/records.ts';
import type { Store } from '../../src/store/store.ts';
import { createStoreDirectory } from '../../src/accounts/store_directory.ts';
import { STORE_COMMANDS } from '../../src/cli/store.ts';
import { dumpStore } from '../../src/store/dump.ts';
import { type FileStore, openFileStore } from '../../src/store/file/file_store.ts';
import { openMemoryStore } from '../../src/store/memory.ts';
import { assert, assertEquals, assertMatch, assertRejects } from '../support/assert.ts';
import { directoryConformance } from './directory_conformance.ts';

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

async function addWith(
  directory: Directory,
  username: string,
  email: string,
): Promise<UserRecord> {
  return created(await directory.create({ username, claims: { email }, provenance: 'cli' }));
}

function counting(store: Store): { readonly store: Store; reads(): number } {
  let reads = 0;
  const counted: Store = {
    ...store,
    get(key) {
      reads++;
      return store.get(key);
    },
    async *list(prefix, options) {
      for await (const entry of store.list(prefix, options)) {
        reads++;
        yield entry as never;
      }
    },
  };
  return { store: counted, reads: () => reads };
}

async function keysIn(store: Store): Promise<string[]> {
  const found: string[] = [];
  for (const name of ['user', 'username', 'username_skeleton', 'user_email']) {
    for await (const { key } of store.list([name])) found.push(key.join('/'));
  }
  return found;
}

directoryConformance('store', ({ now }) => {
  const store = openMemoryStore();
  return Promise.resolve({
    store,
    directory: createStoreDirectory({ store, now }),
    cleanup: () => store.close(),
  });
});

describe('people in the store', () => {
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

  it('an address costs as many reads however many people there are', async () => {
    const { store, directory } = setUp();
    const counted = counting(store);
    const other = createStoreDirectory({ store: counted.store, now: () => NOW });
    await addWith(directory, 'alice', 'alice@example.com');
    await other.findByEmail('alice@example.com');
    const reads = async (): Promise<number> => {
      const before = counted.reads();
      assertEquals((await other.findByEmail('alice@example.com')).length, 1);
      return counted.reads() - before;
    };
    const few = await reads();
    for (let i = 0; i < 50; i++) await addWith(directory, `bob${i}`, `bob${i}@example.com`);
    assertEquals(await reads(), few);
  });

  it('people from before addresses led to them are found, whoever changes meanwhile, too', async () => {
    const { store, directory } = setUp();
    const people: UserRecord[] = [];
    // More than one change can write.
    for (let i = 0; i < 120; i++) {
      people.push(await addWith(directory, `p${i}`, `p${i}@example.com`));
    }
    for await (const { key } of store.list(['user_email'])) await store.commit({ remove: [key] });
    const moving = people[60];
    assert(moving !== undefined);
    const [early] = await Promise.all([
      directory.findByEmail('p0@example.com'),
      directory.update(moving.id, { claims: { email: 'moved@example.com' } }),
    ]);
    assertEquals(early.map(({ username }) => username), ['p0']);
    const names = async (email: string): Promise<readonly string[]> =>
      (await directory.findByEmail(email)).map(({ username }) => username);
    assertEquals(await names('p119@example.com'), ['p119']);
    assertEquals(await names('moved@example.com'), ['p60']);
    assertEquals(await names('p60@example.com'), []);
  });

  it('people whom a dump from before brought are found by address, even if its loading was cut short', async () => {
    const path = await mkdtemp(join(tmpdir(), 'ostiary-emails-'));
    const store = await openFileStore(join(path, 'data'), { now: () => NOW, log() {} });
    try {
      const from = setUp();
      await addWith(from.directory, 'alice', 'alice@example.com');
      for await (const { key } of from.store.list(['user_email'])) {
        await from.store.commit({ remove: [key] });
      }
      const directory = createStoreDirectory({ store, now: () => NOW });
      assertEquals(await directory.findByEmail('alice@example.com'), []);
      await writeFile(join(path, 'dump.jsonl'), dumpStore(from.store));
      const load = STORE_COMMANDS.find(({ name }) => name === 'store load');
      assert(load?.kind === 'files');
      const invocation = {
        positionals: ['dump.jsonl'],
        flags: { merge: true },
        files: {},
        directory: path,
      };
      const found = async () =>
        (await createStoreDirectory({ store, now: () => NOW }).findByEmail('alice@example.com'))
          .length;
      const cut: FileStore = {
        ...store,
        async commit(change) {
          const outcome = await store.commit(change);
          if (change.put !== undefined) throw new Error('killed');
          return outcome;
        },
      };
      await assertRejects(() => load.run(cut, invocation, false), Error, 'killed');
      assertEquals(await found(), 1);
      assertEquals((await load.run(store, invocation, false)).kind, 'done');
      assertEquals(await found(), 1);
    } finally {
      await store.close();
      await rm(path, { recursive: true });
    }
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
