import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Alongside, CreateResult, Directory } from '../../src/accounts/directory.ts';
import type { PersonalData } from '../../src/accounts/personal_data.ts';
import type { UserRecord } from '../../src/store/records.ts';
import type { Key, Store } from '../../src/store/store.ts';
import { assert, assertEquals, assertFalse } from '../support/assert.ts';

export interface OpenedDirectory {
  readonly directory: Directory;
  readonly store: Store;
  readonly cleanup: () => Promise<void>;
}

const NOW = 1_700_000_000.5;
const [FIRST, SECOND, THIRD] = ['$plaintext$first', '$plaintext$second', '$plaintext$third'];

/** The contract of `src/accounts/directory.ts`, for everything that people are kept in. `open` makes an empty one. */
export function directoryConformance(
  name: string,
  open: (options: { readonly now: () => number }) => Promise<OpenedDirectory>,
): void {
  let directory: Directory;
  let store: Store;
  let cleanup: () => Promise<void>;
  const clock = { seconds: NOW };

  describe(`${name}: the directory`, () => {
    beforeEach(async () => {
      clock.seconds = NOW;
      ({ directory, store, cleanup } = await open({ now: () => clock.seconds }));
    });
    afterEach(() => cleanup());

    it('creates a person and finds them by name and id', async () => {
      const user = created(
        await directory.create({
          username: 'Alice',
          password: FIRST,
          groups: ['staff', 'admins', 'staff'],
          claims: {
            name: 'Alice Liddell',
            email: 'alice@example.com',
            email_verified: true,
            department: 'doors',
            preferred_username: 'Al',
            'family_name#ja': '佐藤',
            phone_number: '+44 20 7946 0000;ext=12',
            address: { formatted: 'A\nB', country: 'UK' },
          },
          attributes: { level: 3, empty: '', none: [], tree: { a: [1, null, 'b'] } },
          provenance: 'setup',
        }),
      );
      const { id: _, provenance: _kept, ...rest } = user;
      assertEquals(rest, {
        username: 'alice',
        password: FIRST,
        disabled: false,
        groups: ['staff', 'admins'],
        claims: {
          name: 'Alice Liddell',
          email: 'alice@example.com',
          email_verified: true,
          preferred_username: 'Al',
          'family_name#ja': '佐藤',
          phone_number: '+44 20 7946 0000;ext=12',
          address: { formatted: 'A\nB', country: 'UK' },
        },
        attributes: {
          level: 3,
          department: 'doors',
          empty: '',
          none: [],
          tree: { a: [1, null, 'b'] },
        },
        created_at: 1_700_000_000,
        updated_at: 1_700_000_000,
      });
      assertEquals(await directory.findById(user.id), user);
      assertEquals(await directory.findByUsername(' ALICE '), user);
      assertEquals(await directory.findByUsername('bob'), undefined);
      assertEquals(await directory.findByUsername('no name/at all'), undefined);
    });

    it('what it says can be written can be written', () => {
      assertEquals(directory.writable, { password: true, profile: true, people: true });
    });

    it('finds all who have an address, in whatever case, from each change on', async () => {
      const address = async (email: string): Promise<readonly string[]> =>
        (await directory.findByEmail(email)).map(({ username }) => username).sort();
      const add = async (username: string, claims: PersonalData['claims']): Promise<UserRecord> =>
        created(await directory.create({ username, claims, provenance: 'cli' }));
      const alice = await add('alice', { email: 'Shared@example.com' });
      const bob = await add('bob', { email: 'shared@example.COM', email_verified: true });
      await add('carol', { name: 'Carol' });
      assertEquals(await address('SHARED@example.com'), ['alice', 'bob']);
      assertEquals(await address('hared@example.com'), []);
      // RFC 6531 §3.3: Kelvin's K is another letter.
      await add('dave', { email: 'kelvin@example.com' });
      assertEquals(await address('KELVIN@example.com'), ['dave']);
      assertEquals(await address('\u212aelvin@example.com'), []);
      await directory.update(alice.id, { claims: { email: 'alice@example.com' } });
      await directory.update(bob.id, { claims: { name: 'Bob', email: 'SHARED@example.com' } });
      assertEquals(await address('shared@example.com'), ['bob']);
      assertEquals(await address('alice@example.com'), ['alice']);
      await directory.update(alice.id, { claims: { email: null } });
      await directory.remove(bob.id);
      assertEquals(await address('alice@example.com'), []);
      assertEquals(await address('shared@example.com'), []);
    });

    it('T103: of 12 twins created at once, one is', async () => {
      const results = await Promise.all(Array.from({ length: 12 }, (_, index) =>
        directory.create({
          username: ['bob', 'b0b', 'BOB', 'b\u00f6b'][index % 4] ?? '',
          provenance: 'cli',
        })));
      assertEquals(results.map(({ kind }) => kind).sort(), ['created', ...Array(11).fill('taken')]);
      assertEquals((await directory.list()).length, 1);
    });

    it('tells everything that is wrong at once, and adds nobody', async () => {
      const result = await directory.create({
        username: 'two words',
        groups: ['', 'line\nbreak'],
        claims: { birthdate: '1987-02-30', email_verified: 'yes' },
        attributes: { sub: 'me' },
        provenance: 'cli',
      });
      assert(result.kind === 'refused');
      assertEquals(result.problems.length, 6);
      assert(await directory.isEmpty());
    });

    it('a password takes the place of the one that is named, or of none', async () => {
      const { id } = await add(directory, 'alice');
      const none = { replacing: undefined };
      assertEquals((await directory.setPassword(id, FIRST, none))?.password, FIRST);
      assertEquals(await directory.setPassword(id, SECOND, none), undefined);
      assertEquals(await directory.setPassword(id, SECOND, { replacing: THIRD }), undefined);
      assertEquals((await directory.findById(id))?.password, FIRST);
      const racing = await Promise.all(
        [SECOND, THIRD].map((digest) => directory.setPassword(id, digest, { replacing: FIRST })),
      );
      assertEquals(racing.filter((user) => user !== undefined).length, 1);
    });

    it('T103: a name that differs in case, width, spaces or looks is taken', async () => {
      await add(directory, 'alice');
      for (const username of ['ALICE', 'ａlice', 'alice ', 'a1ice', 'al\u00edce']) {
        assertEquals(await directory.create({ username, provenance: 'cli' }), {
          kind: 'taken',
          by: 'alice',
        });
      }
    });

    it('T103: a look-alike finds nobody', async () => {
      await add(directory, 'a1ice');
      assertEquals(await directory.findByUsername('alice'), undefined);
    });

    it('creates along with another change, or not at all', async () => {
      const invitation: Key = ['setup'];
      await store.commit({ put: [{ key: invitation, value: 'open' }] });
      const entry = await store.get(invitation);
      const once = {
        check: [{ key: invitation, version: entry?.version ?? '' }],
        remove: [invitation],
      };
      const results = await Promise.all(
        ['alice', 'bob', 'carol'].map((username) =>
          directory.create({ username, provenance: 'setup' }, () => once)
        ),
      );
      assertEquals(results.map(({ kind }) => kind).sort(), ['conflict', 'conflict', 'created']);
      assertEquals(await store.get(invitation), undefined);
      assertEquals((await directory.list()).length, 1);
    });

    it('writes along with every change of a person, told before and after; or changes nothing', async () => {
      const { id } = created(await directory.create({ username: 'alice', provenance: 'cli' }));
      const seen: unknown[] = [];
      const note: Alongside = (before, after) => {
        seen.push([before?.disabled, after?.disabled, after?.claims['name'], after?.password]);
        return { put: [{ key: ['note', String(seen.length)], value: true }] };
      };
      const digest = FIRST;
      const changes = (alongside: Alongside) => [
        () => directory.update(id, { claims: { name: 'Alice' } }, alongside),
        () => directory.setPassword(id, digest, undefined, alongside),
        () => directory.disable(id, alongside),
        () => directory.enable(id, alongside),
        () => directory.remove(id, alongside),
      ];
      const before = await directory.findById(id);
      for (const change of changes(() => undefined)) await change();
      assertEquals(await directory.findById(id), before);
      for (const change of changes(note)) await change();
      assertEquals(await directory.findById(id), undefined);
      assertEquals(seen, [
        [false, false, 'Alice', undefined],
        [false, false, 'Alice', digest],
        [false, true, 'Alice', digest],
        [true, false, 'Alice', digest],
        [false, undefined, undefined, undefined],
      ]);
      let notes = 0;
      for await (const _ of store.list(['note'])) notes += 1;
      assertEquals(notes, seen.length);
    });

    it('updates what is named, removes what is null, keeps the rest', async () => {
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
      const user = await add(directory, 'alice');
      const result = await directory.update(user.id, { claims: { name: 'A', email: 'nobody' } });
      assertEquals(result.kind, 'refused');
      assertEquals(await directory.findById(user.id), user);
      assertEquals((await directory.update('nobody', {})).kind, 'missing');
    });

    it('Core §5.1: a changed address or number is no longer verified', async () => {
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
      assertEquals(changed.user.claims['email'], 'b@example.com');
      assertEquals(changed.user.claims['phone_number'], undefined);
      assert(changed.user.claims['email_verified'] !== true);
      assert(changed.user.claims['phone_number_verified'] !== true);
      const verified = await directory.update(id, {
        claims: { email: 'c@example.com', email_verified: true },
      });
      assert(verified.kind === 'updated');
      assertEquals(verified.user.claims['email_verified'], true);
    });

    it('loses none of 20 updates made at once', async () => {
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
      const { id } = await add(directory, 'alice');
      assertEquals((await directory.setPassword(id, FIRST))?.valid_from, NOW);
      clock.seconds += 10;
      assert(await directory.replaceDigest(id, FIRST, SECOND));
      assertFalse(await directory.replaceDigest(id, FIRST, THIRD));
      const renewed = await directory.findById(id);
      assertEquals([renewed?.password, renewed?.valid_from], [SECOND, NOW]);
      const disabled = await directory.disable(id);
      assertEquals([disabled?.disabled, disabled?.valid_from], [true, NOW + 10]);
      const enabled = await directory.enable(id);
      assertEquals([enabled?.disabled, enabled?.valid_from], [false, NOW + 10]);
      assertEquals(await directory.setPassword('nobody', FIRST), undefined);
      assertEquals(await directory.disable('nobody'), undefined);
    });

    it('removes a person with their names, which are free again', async () => {
      const { id } = await add(directory, 'bob');
      assert(await directory.remove(id));
      assertEquals(await directory.findById(id), undefined);
      assertEquals(await directory.findByUsername('bob'), undefined);
      assertFalse(await directory.remove(id));
      const { id: another } = await add(directory, 'b0b');
      assert(another !== id);
    });

    it('lists people in order of their names, page by page', async () => {
      assert(await directory.isEmpty());
      for (const username of ['mallory', 'alice', 'bob', 'eve']) await add(directory, username);
      assertFalse(await directory.isEmpty());
      const names = (users: readonly UserRecord[]) => users.map((user) => user.username);
      assertEquals(names(await directory.list()), ['alice', 'bob', 'eve', 'mallory']);
      assertEquals(names(await directory.list({ limit: 2 })), ['alice', 'bob']);
      assertEquals(names(await directory.list({ limit: 2, after: 'bob' })), ['eve', 'mallory']);
      assertEquals(names(await directory.list({ after: 'mallory' })), []);
    });
  });
}

function created(result: CreateResult): UserRecord {
  assert(result.kind === 'created', `Expected created, got ${result.kind}`);
  return result.user;
}

async function add(directory: Directory, username: string): Promise<UserRecord> {
  return created(await directory.create({ username, provenance: 'cli' }));
}
