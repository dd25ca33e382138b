import {
  chmod,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Directory } from '../../src/accounts/directory.ts';
import {
  openUsersFile,
  type UsersFile,
  type UsersFileOptions,
} from '../../src/accounts/users_file/users_file.ts';
import { describeMistake } from '../../src/spec/mistake.ts';
import { OAuthError } from '../../src/spec/oauth_error.ts';
import { nodeFiles } from '../../src/store/file/files.ts';
import { openMemoryStore } from '../../src/store/memory.ts';
import type { UserRecord } from '../../src/store/records.ts';
import type { Store } from '../../src/store/store.ts';
import { assert, assertEquals, assertMatch, assertRejects } from '../support/assert.ts';
import { temporaryDirectory } from '../store/directories.ts';
import { createFailingFiles } from '../store/failing_files.ts';

const NOW = 1_800_000_000.5;
const [OLD, NEW] = ['$plaintext$an old password', '$plaintext$a new password'];

const PEOPLE = `# who is who
users:
  # since 2019
  alice:
    disabled: false
    displayname: "Alice Example"
    password: '${OLD}' # to be changed
    email: alice@example.com
    groups: [ admins, dev ]

  # the builder
  bob:
    displayname: Bob
    email: bob@example.com
    extra:
      badge: 007
`;

let place: ReturnType<typeof temporaryDirectory>;
let file: string;
let store: Store;
let clock: { seconds: number };

function setUp(): void {
  place = temporaryDirectory();
  file = join(place.path, 'users.yaml');
  store = openMemoryStore();
  clock = { seconds: NOW };
}

const open = (options: Partial<UsersFileOptions> = {}): Promise<UsersFile> =>
  openUsersFile({ file, store, now: () => clock.seconds, mark: (text) => `~${text}`, ...options });

async function opened(text: string = PEOPLE): Promise<UsersFile> {
  await writeFile(file, text);
  return await open();
}

async function person(directory: Directory, name: string): Promise<UserRecord> {
  const found = await directory.findByUsername(name);
  assert(found !== undefined, `Expected ${name}, found nobody`);
  return found;
}

async function edit(from: string, to: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  assert(text.includes(from));
  await writeFile(file, text.replace(from, to));
}

async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await assertRejects(() => work, OAuthError);
  assertEquals([error.code, error.status], ['access_denied', 403]);
  return error.hint;
}

describe('users.yaml: what it says', () => {
  beforeEach(setUp);
  afterEach(() => place.remove());

  it('every key of Authelia’s file provider becomes the claim it stands for', async () => {
    const { directory } = await opened(`
users:
  Alice:
    disabled: true
    password: "$6$rounds=50000$aFr56HjK3DrB8t3S$zhPQiS85cgBlNhUKKE6n/AHMlpqrvYSnSL3fEVkK0yHFQ.oFFAd8D4OhPAy18K5U61Z2eBhxQXExGU/eknXlY1"
    displayname: Alice B. Example
    email: alice@example.com
    groups: [ dev, admins, dev ]
    given_name: Alice
    middle_name: B.
    family_name: Example
    nickname: Al
    gender: female
    birthdate: 1990-02-03
    website: https://alice.example/
    profile: https://alice.example/me
    picture: https://alice.example/me.png
    zoneinfo: Europe/Paris
    locale: fr-CA
    phone_number: "+1 613 555 0100"
    phone_extension: 0123
    address:
      street_address: 1 Main Street
      locality: Ottawa
      region: Ontario
      postal_code: 01234
      country: Canada
    extra:
      badge: 7
      is_staff: true
      roles: [ a, b ]
`);
    const { id: _, password, valid_from, ...rest } = await person(directory, 'ALICE');
    assertMatch(password ?? '', /^\$6\$/);
    assertEquals(valid_from, undefined);
    assertEquals(rest, {
      username: 'alice',
      disabled: true,
      groups: ['dev', 'admins'],
      claims: {
        name: 'Alice B. Example',
        email: 'alice@example.com',
        email_verified: true,
        given_name: 'Alice',
        middle_name: 'B.',
        family_name: 'Example',
        nickname: 'Al',
        gender: 'female',
        birthdate: '1990-02-03',
        website: 'https://alice.example/',
        profile: 'https://alice.example/me',
        picture: 'https://alice.example/me.png',
        zoneinfo: 'Europe/Paris',
        locale: 'fr-CA',
        phone_number: '+1 613 555 0100;ext=0123',
        address: {
          street_address: '1 Main Street',
          locality: 'Ottawa',
          region: 'Ontario',
          postal_code: '01234',
          country: 'Canada',
        },
      },
      attributes: { badge: 7, is_staff: true, roles: ['a', 'b'] },
      created_at: 1_800_000_000,
      updated_at: 1_800_000_000,
      provenance: 'file',
    });
  });

  it('a file that Authelia wrote, with an empty value for every key, says nothing by them', async () => {
    const { directory } = await opened(`users:
    alice:
        password: $plaintext$x
        displayname: Alice
        email: ""
        groups: []
        given_name: ""
        birthdate: ""
        website: ""
        locale: ""
        phone_number: ""
        phone_extension: ""
        disabled: false
        address: null
        extra: {}
`);
    const { claims, groups, attributes } = await person(directory, 'alice');
    assertEquals({ claims, groups, attributes }, {
      claims: { name: 'Alice' },
      groups: [],
      attributes: {},
    });
  });

  it('extra holds the standard claims that have no key, and may say that an address is not verified', async () => {
    const { directory } = await opened(`users:
  alice:
    email: a@example.com
    extra: { email_verified: false, 'name#ja': 佐藤, preferred_username: Al }
`);
    const { claims, attributes } = await person(directory, 'alice');
    assertEquals([claims, attributes], [
      {
        email: 'a@example.com',
        email_verified: false,
        'name#ja': '佐藤',
        preferred_username: 'Al',
      },
      {},
    ]);
  });

  it('every mistake is told at once with its line, and stops the start', async () => {
    await writeFile(
      file,
      `users:
  alice:
    pasword: x
    password: hunter2
    email: nobody
    groups: [ '', 7 ]
    disabled: 'no'
    address: { street: x, country: x }
    extra: { email: x@y.z, sub: me }
    phone_extension: 12
  'two words': {}
  bob: 7
  a1ice: {}
  ALICE: {}
others: {}
`,
    );
    const { message } = await assertRejects(() => open(), TypeError);
    const start = `${file}:`;
    assertEquals(
      message.split('\n  ').slice(1).map((line) =>
        line.startsWith(start) ? line.slice(start.length) : line
      ),
      [
        '3: users.alice.pasword is not a known option; did you mean password?',
        '4: users.alice.password must be a digest made by ostiary hash-password, or start with $plaintext$',
        '5: users.alice.email must be an e-mail address: got "nobody"',
        '6: users.alice.groups[1] must be a string: put it in quotes',
        '6: users.alice.groups[0] cannot be the name of a group',
        '7: users.alice.disabled must be true or false',
        '8: users.alice.address.street is not a known option',
        '9: users.alice.extra.email stands outside extra, as email',
        '9: users.alice.extra.sub is set by the server: got "me"',
        '10: users.alice.phone_extension needs a phone_number',
        '11: users.two words cannot be a username: The username may consist of letters, the digits 0 to 9, and . _ - + @ only.',
        '12: users.bob must be a map of options',
        '13: users.a1ice looks like alice',
        '14: users.ALICE looks like a1ice',
        '15: others is not a known option',
      ],
    );
    assert(!message.includes('hunter2'));
  });

  const broken = [
    { name: 'a file that is empty', text: '', problem: 'users is required' },
    { name: 'a list', text: 'users: []', problem: 'users must be a map of options' },
    { name: 'no YAML', text: 'users: {', problem: 'is not valid YAML' },
    { name: 'a name that stands twice', text: 'users: { a: {}, a: {} }', problem: 'unique' },
  ];
  for (const { name, text, problem } of broken) {
    it(`refuses ${name}`, async () => {
      await writeFile(file, text);
      const { message } = await assertRejects(() => open(), TypeError);
      assert(message.includes(problem), message);
    });
  }

  it('refuses a file that does not exist, or is no text', async () => {
    assertMatch((await assertRejects(() => open(), TypeError)).message, /does not exist/);
    await writeFile(file, new Uint8Array([0xff, 0xfe]));
    assertMatch((await assertRejects(() => open(), TypeError)).message, /must be UTF-8/);
  });
});

describe('users.yaml: what changes in it', () => {
  beforeEach(setUp);
  afterEach(() => place.remove());

  it('takes effect with the reload, whole, and lookups in between need no file', async () => {
    const { directory, reload } = await opened();
    const before = await person(directory, 'alice');
    await edit('Alice Example', 'Alice Liddell');
    await edit('dev ]', 'dev, ops ]');
    assertEquals(await person(directory, 'alice'), before);
    clock.seconds += 10;
    assertEquals(await reload(), { kind: 'reloaded', people: 2 });
    const after = await person(directory, 'alice');
    assertEquals(after, {
      ...before,
      groups: ['admins', 'dev', 'ops'],
      claims: { ...before.claims, name: 'Alice Liddell' },
      updated_at: 1_800_000_010,
    });
    assertEquals(await reload(), { kind: 'unchanged' });
    await rm(file);
    assertEquals(await directory.findById(after.id), after);
  });

  it('T145: a bad edit is reported and changes nothing', async () => {
    const { directory, reload } = await opened();
    const before = await directory.list();
    await edit('email: bob', 'emial: bob');
    const result = await reload();
    assert(result.kind === 'refused');
    assertEquals(result.mistakes.map(describeMistake), [
      '14: users.bob.emial is not a known option; did you mean email?',
    ]);
    await writeFile(file, '');
    assertEquals((await reload()).kind, 'refused');
    await rm(file);
    assertEquals((await reload()).kind, 'refused');
    assertEquals(await directory.list(), before);
  });

  const cuts = [
    { name: 'another password', from: OLD, to: NEW },
    { name: 'disabling', from: 'disabled: false', to: 'disabled: true' },
  ];
  for (const { name, from, to } of cuts) {
    it(`T102: ${name} cuts what began before, also while no server ran`, async () => {
      const { directory, reload } = await opened();
      const { id } = await person(directory, 'alice');
      await edit(from, to);
      clock.seconds += 10;
      await reload();
      assertEquals((await directory.findById(id))?.valid_from, NOW + 10);
      await edit(to, from);
      clock.seconds += 10;
      const later = (await open()).directory;
      const cutAgain = name === 'disabling' ? NOW + 10 : NOW + 20;
      assertEquals((await later.findById(id))?.valid_from, cutAgain);
      assertEquals((await person(later, 'bob')).valid_from, undefined);
    });
  }

  it('a person who goes is nobody at once, and the same person when they come back', async () => {
    const { directory, reload } = await opened();
    const { id } = await person(directory, 'bob');
    await edit('  bob:', '  robert:');
    clock.seconds += 10;
    await reload();
    assertEquals(await directory.findById(id), undefined);
    assertEquals(await directory.findByUsername('bob'), undefined);
    assert((await person(directory, 'robert')).id !== id);
    await edit('  robert:', '  bob:');
    clock.seconds += 10;
    const back = await person((await open()).directory, 'bob');
    assertEquals([back.id, back.valid_from], [id, NOW + 10]);
  });

  it('whoever gets the name of a person removed for good is somebody else', async () => {
    const { directory } = await opened();
    const { id } = await person(directory, 'bob');
    assert(await directory.remove(id));
    const next = await directory.create({ username: 'bob', provenance: 'cli' });
    assert(next.kind === 'created' && next.user.id !== id);
  });

  it('takes notice of more people than fit into one change of the store', async () => {
    const names = Array.from({ length: 250 }, (_, index) => `p${index}`);
    const text = names.map((name) => `  ${name}: { displayname: ${name} }\n`).join('');
    const { directory } = await opened(`users:\n${text}`);
    const first = await directory.list();
    assertEquals(first.length, 250);
    assertEquals(await (await open()).directory.list(), first);
  });

  it('the store keeps no password, and no digest of one that it could be guessed by', async () => {
    await writeFile(file, PEOPLE);
    await open({ mark: (text) => `${text.length}` });
    const kept: string[] = [];
    for await (const { value } of store.list(['file_user'])) kept.push(JSON.stringify(value));
    assertEquals(kept.length, 2);
    assertEquals(kept.filter((text) => text.includes('an old password')), []);
  });
});

describe('users.yaml: writing it', () => {
  beforeEach(setUp);
  afterEach(() => place.remove());

  it('a new password changes one line; comments, order, style and mode stay', async () => {
    await writeFile(file, PEOPLE, { mode: 0o640 });
    await chmod(file, 0o640);
    const { directory, reload } = await open();
    const alice = await person(directory, 'alice');
    const changed = await directory.setPassword(alice.id, NEW);
    assertEquals([changed?.password, changed?.valid_from], [NEW, NOW]);
    assertEquals(await readFile(file, 'utf8'), PEOPLE.replace(OLD, NEW));
    assertEquals((await stat(file)).mode & 0o777, 0o640);
    assertEquals(await readdir(place.path), ['users.yaml']);
    assertEquals(await reload(), { kind: 'unchanged' });
    assertEquals(await person((await open()).directory, 'alice'), changed);
  });

  it('a digest of the same password in another form ends nothing', async () => {
    const { directory } = await opened();
    const { id } = await person(directory, 'alice');
    assert(await directory.replaceDigest(id, OLD, NEW));
    assertEquals((await person((await open()).directory, 'alice')).valid_from, undefined);
    assertEquals((await directory.findById(id))?.valid_from, undefined);
  });

  it('keeps the layout of a file that Authelia wrote, and numbers as they were written', async () => {
    const text = `---
users:
    alice:
        password: $plaintext$x
        displayname: Alice
        email: ""
        groups:
            - admins
        phone_number: "+1 613 555 0100"
        phone_extension: 0123
        extra:
            level: 0x1F
`;
    const { directory } = await opened(text);
    const { id } = await person(directory, 'alice');
    await directory.disable(id);
    assertEquals(await readFile(file, 'utf8'), `${text}        disabled: true\n`);
    await directory.enable(id);
    assertEquals(await readFile(file, 'utf8'), text);
  });

  it('adds to an empty file, changes what an update names, and removes', async () => {
    const { directory } = await opened('users: {}\n');
    const created = await directory.create({
      username: 'carol',
      password: NEW,
      groups: ['staff'],
      claims: { name: 'Carol', email: 'carol@example.com' },
      attributes: { level: 3 },
      provenance: 'setup',
    });
    assert(created.kind === 'created');
    assertEquals(
      await readFile(file, 'utf8'),
      `users:
  carol:
    displayname: Carol
    password: ${NEW}
    email: carol@example.com
    groups:
      - staff
    extra:
      level: 3
`,
    );
    await directory.update(created.user.id, {
      claims: { email: 'c@example.com', nickname: 'Caz', name: null },
    });
    assertEquals(
      await readFile(file, 'utf8'),
      `users:
  carol:
    password: ${NEW}
    email: c@example.com
    groups:
      - staff
    extra:
      level: 3
      email_verified: false
    nickname: Caz
`,
    );
    await directory.remove(created.user.id);
    assertEquals(await readFile(file, 'utf8'), 'users: {}\n');
  });

  it('an address that an administrator gives is verified, one that a person changed is not', async () => {
    const { directory } = await opened();
    const { id } = await person(directory, 'bob');
    await directory.update(id, { claims: { email: 'attacker@example.com' } });
    assertEquals((await person((await open()).directory, 'bob')).claims['email_verified'], false);
    await directory.update(id, { claims: { email_verified: true } });
    assertEquals((await person((await open()).directory, 'bob')).claims['email_verified'], true);
  });

  it('takes over an edit that was made meanwhile', async () => {
    const { directory } = await opened();
    const { id } = await person(directory, 'alice');
    await edit('displayname: Bob', 'displayname: Robert');
    await directory.setPassword(id, NEW);
    assertEquals((await person(directory, 'bob')).claims['name'], 'Robert');
    const text = await readFile(file, 'utf8');
    assert(text.includes(NEW) && text.includes('Robert'));
  });

  it('loses no edit that is made while it writes', async () => {
    await writeFile(file, PEOPLE);
    const files = nodeFiles();
    let edits = 0;
    const { directory } = await open({
      files: {
        ...files,
        async open(path, how) {
          if (edits++ === 0) await edit('displayname: Bob', 'displayname: Robert');
          return await files.open(path, how);
        },
      },
    });
    const { id } = await person(directory, 'alice');
    await directory.setPassword(id, NEW);
    const text = await readFile(file, 'utf8');
    assert(text.includes(NEW) && text.includes('Robert'));
    assertEquals((await person(directory, 'bob')).claims['name'], 'Robert');
    assertEquals(await readdir(place.path), ['users.yaml']);
  });

  it('gives up when the file never stays the same', async () => {
    await writeFile(file, PEOPLE);
    const files = nodeFiles();
    let edits = 0;
    const { directory } = await open({
      files: {
        ...files,
        async open(path, how) {
          await writeFile(file, `${PEOPLE}# ${edits++}\n`);
          return await files.open(path, how);
        },
      },
    });
    const { id } = await person(directory, 'alice');
    assertMatch(await refusal(directory.setPassword(id, NEW)), /is being edited: try again/);
    assert((await readFile(file, 'utf8')).includes(OLD));
    assertEquals(await readdir(place.path), ['users.yaml']);
  });

  it('writes nothing over a file with mistakes', async () => {
    const { directory } = await opened();
    const { id } = await person(directory, 'alice');
    await edit('displayname: Bob', 'displayName: Bob');
    const text = await readFile(file, 'utf8');
    assertMatch(await refusal(directory.setPassword(id, NEW)), /users.yaml has mistakes/);
    assertEquals(await readFile(file, 'utf8'), text);
  });

  it('refuses to change what an anchor shares with somebody else', async () => {
    const text =
      `users:\n  alice: &one { password: '${OLD}' }\n  bob: *one\n  carol: { password: x }\n`
        .replace('{ password: x }', `{ password: &p '${OLD}' }\n  dave: { password: *p }`);
    const { directory } = await opened(text);
    for (const name of ['alice', 'bob', 'carol']) {
      const { id } = await person(directory, name);
      assertMatch(await refusal(directory.setPassword(id, NEW)), /edit it there/);
    }
    assertEquals(await readFile(file, 'utf8'), text);
  });

  it('a file without write permission is told apart, before and when it is tried', async () => {
    const { directory, reload } = await opened();
    const { id } = await person(directory, 'alice');
    assertEquals(directory.writable, { password: true, profile: true, people: true });
    await chmod(file, 0o444);
    const kept = 'people are kept in users.yaml: edit it there';
    assertEquals(await refusal(directory.setPassword(id, NEW)), kept);
    assertEquals(await refusal(directory.disable(id)), kept);
    assertEquals(await refusal(directory.remove(id)), kept);
    assertEquals(await directory.update(id, { claims: { name: 'A' } }), {
      kind: 'refused',
      problems: [kept],
    });
    assertEquals(await directory.create({ username: 'eve', provenance: 'cli' }), {
      kind: 'refused',
      problems: [kept],
    });
    await reload();
    assertEquals(directory.writable, { password: false, profile: false, people: false });
    assertEquals(await readFile(file, 'utf8'), PEOPLE);
  });

  it('what strangers say of themselves does not come into the file', async () => {
    const { directory } = await opened();
    const result = await directory.create({
      username: 'eve',
      claims: { email: 'eve@example.com' },
      provenance: 'sign_up',
    });
    assertEquals(result.kind, 'refused');
    assertEquals(await readFile(file, 'utf8'), PEOPLE);
  });

  it('replaces the target of a symbolic link, not the link', async () => {
    const target = join(place.path, 'real.yaml');
    await writeFile(target, PEOPLE);
    await symlink('real.yaml', file);
    const { directory } = await open();
    await directory.setPassword((await person(directory, 'alice')).id, NEW);
    assertEquals((await readFile(target, 'utf8')).includes(NEW), true);
    assertEquals(await readFile(file, 'utf8'), await readFile(target, 'utf8'));
    await rename(target, `${target}.gone`);
    assertEquals((await stat(file).catch((error) => error)).code, 'ENOENT');
  });

  it('takes away what killed writers left, and nothing else', async () => {
    const long = new Date(Date.now() - 3_600_000);
    for (const name of ['.users.yaml.1.tmp', '.other.yaml.1.tmp', '.users.yaml.2.tmp']) {
      await writeFile(join(place.path, name), '');
      if (name !== '.users.yaml.2.tmp') await utimes(join(place.path, name), long, long);
    }
    await opened();
    assertEquals((await readdir(place.path)).sort(), [
      '.other.yaml.1.tmp',
      '.users.yaml.2.tmp',
      'users.yaml',
    ]);
  });

  for (const operation of ['open', 'write', 'sync', 'rename'] as const) {
    it(`T136: when ${operation} fails the old file stays, whole, and nothing besides`, async () => {
      await writeFile(file, PEOPLE);
      const failing = createFailingFiles();
      const { directory } = await open({ files: failing.files });
      const before = await person(directory, 'alice');
      failing.failWhen((each) => each === operation ? 'ENOSPC' : undefined);
      assertEquals(
        await refusal(directory.setPassword(before.id, NEW)),
        'users.yaml cannot be written (ENOSPC)',
      );
      assertEquals(await readFile(file, 'utf8'), PEOPLE);
      assertEquals(await readdir(place.path), ['users.yaml']);
      assertEquals(await person(directory, 'alice'), before);
      failing.heal();
      assertEquals((await directory.setPassword(before.id, NEW))?.password, NEW);
    });
  }

  it('T136: when the directory cannot be synced the new file is there, whole, and taken over', async () => {
    await writeFile(file, PEOPLE);
    const failing = createFailingFiles();
    const { directory, reload } = await open({ files: failing.files });
    const { id } = await person(directory, 'alice');
    failing.failWhen((each) => each === 'syncDirectory' ? 'EIO' : undefined);
    await refusal(directory.setPassword(id, NEW));
    assertEquals(await readFile(file, 'utf8'), PEOPLE.replace(OLD, NEW));
    await reload();
    assertEquals((await directory.findById(id))?.valid_from, NOW);
  });
});
