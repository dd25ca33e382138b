import { describe, it } from 'node:test';
import type { Directory } from '../../src/accounts/directory.ts';
import { createPasswordHasher, type PasswordHasher } from '../../src/accounts/password.ts';
import { createRegulation, type Regulation } from '../../src/accounts/regulation.ts';
import { signIn, type SignInResult } from '../../src/accounts/sign_in.ts';
import { createStoreDirectory } from '../../src/accounts/store_directory.ts';
import { openMemoryStore } from '../../src/store/memory.ts';
import { assert, assertEquals, assertRejects } from '../support/assert.ts';

const HOME = '192.0.2.1';
const ELSEWHERE = '192.0.2.2';
const DUMMY = 'current:\u0000';

interface RecordingHasher extends PasswordHasher {
  /** The digests that were verified against. */
  readonly verified: string[];
  /** What the next verifications answer or throw, in place of the truth. */
  readonly answers: ('busy' | Error)[];
  /** Runs while a verification is under way. */
  during: () => Promise<unknown>;
}

/** Digests are `old:` or `current:` and the password. */
function recordingHasher(): RecordingHasher {
  const hasher: RecordingHasher = {
    verified: [],
    answers: [],
    during: () => Promise.resolve(),
    hash: (password) => Promise.resolve(`current:${password}`),
    async verify(password, digest) {
      hasher.verified.push(digest);
      await hasher.during();
      const answer = hasher.answers.shift();
      if (answer instanceof Error) throw answer;
      return answer ?? digest.slice(digest.indexOf(':') + 1) === password;
    },
    needsRehash: (digest) => digest.startsWith('old:'),
    dummy: DUMMY,
    close: () => Promise.resolve(),
  };
  return hasher;
}

interface Fixture {
  readonly directory: Directory;
  readonly hasher: RecordingHasher;
  readonly regulation: Regulation;
  readonly clock: { seconds: number };
  readonly signIn: (username: string, password: string, source?: string) => Promise<SignInResult>;
  /** The kind of the answer. */
  readonly kind: (username: string, password: string, source?: string) => Promise<string>;
}

async function setUp(): Promise<Fixture> {
  const clock = { seconds: 1_700_000_000 };
  const now = () => clock.seconds;
  const directory = createStoreDirectory({ store: openMemoryStore(), now });
  const hasher = recordingHasher();
  const regulation = createRegulation({ now });
  const provenance = 'cli';
  await directory.create({ username: 'alice', password: 'current:right', provenance });
  await directory.create({ username: 'bob', password: 'old:right', provenance });
  await directory.create({
    username: 'carol',
    password: 'current:right',
    disabled: true,
    provenance,
  });
  await directory.create({ username: 'dave', provenance });
  const fixture: Fixture = {
    directory,
    hasher,
    regulation,
    clock,
    signIn: (username, password, source = HOME) =>
      signIn({ username, password, source, directory, hasher, regulation }),
    kind: async (username, password, source) =>
      (await fixture.signIn(username, password, source)).kind,
  };
  return fixture;
}

describe('signing in by password', () => {
  it('the right password signs in, whatever the case of the name', async () => {
    const { signIn } = await setUp();
    const result = await signIn(' ALICE', 'right');
    assert(result.kind === 'ok');
    assertEquals(result.user.username, 'alice');
  });

  for (
    const { name, username, password, digest } of [
      { name: 'wrong password', username: 'alice', password: 'wrong', digest: 'current:right' },
      { name: 'unknown name', username: 'nobody', password: 'right', digest: DUMMY },
      { name: 'impossible name', username: 'no/body at all', password: 'right', digest: DUMMY },
      { name: 'disabled, right', username: 'carol', password: 'right', digest: 'current:right' },
      { name: 'disabled, wrong', username: 'carol', password: 'wrong', digest: 'current:right' },
      { name: 'no password', username: 'dave', password: 'right', digest: DUMMY },
      {
        name: 'unknown, password of the dummy',
        username: 'nobody',
        password: '\u0000',
        digest: DUMMY,
      },
      { name: 'none, password of the dummy', username: 'dave', password: '\u0000', digest: DUMMY },
    ]
  ) {
    it(`T093: ${name}: refused after one verification, and counted`, async () => {
      const { signIn, kind, hasher, clock } = await setUp();
      for (let attempt = 1; attempt <= 5; attempt++) {
        assertEquals(await kind(username, password), 'refused');
      }
      assertEquals(hasher.verified, [digest, digest, digest, digest, digest]);
      assertEquals(await signIn(username, password), { kind: 'slow_down', retryAfterSeconds: 1 });
      assertEquals(hasher.verified.length, 5);
      clock.seconds += 1;
      assertEquals(await kind(username, password), 'refused');
    });
  }

  it('T093: with the real hasher, a missing person costs what a present one does', async () => {
    const { directory, regulation } = await setUp();
    const hasher = createPasswordHasher();
    const digest = await hasher.hash('a real password');
    assert(digest !== undefined);
    const { id } = (await directory.findByUsername('alice')) ?? { id: '' };
    await directory.setPassword(id, digest);
    const attempt = { source: HOME, directory, hasher, regulation };
    const parameters = (phc: string) => phc.split('$').slice(0, 4).join('$');
    assertEquals(parameters(hasher.dummy), parameters(digest));
    assertEquals(
      (await signIn({ ...attempt, username: 'nobody', password: 'a real password' })).kind,
      'refused',
    );
    assertEquals(
      (await signIn({ ...attempt, username: 'alice', password: 'a real password' })).kind,
      'ok',
    );
    await hasher.close();
  });

  it('T094: variants of a name share one count', async () => {
    const { kind } = await setUp();
    for (const name of ['alice', 'ALICE', 'Alice ', 'ａlice', ' aLiCe']) {
      assertEquals(await kind(name, 'wrong'), 'refused');
    }
    assertEquals(await kind('alice', 'right'), 'slow_down');
  });

  it('T094: variants of a name that nobody has share one, too', async () => {
    const { kind } = await setUp();
    for (const name of ['zoe', 'ZOE', 'Zoe ', 'ｚoe', ' zOe']) {
      assertEquals(await kind(name, 'wrong'), 'refused');
    }
    assertEquals(await kind('zoe', 'wrong'), 'slow_down');
  });

  it('T094: of 50 guesses at once, five are looked at', async () => {
    const { signIn, hasher } = await setUp();
    const kinds = await Promise.all(
      Array.from(
        { length: 50 },
        async (_, index) => (await signIn('alice', `guess ${index}`)).kind,
      ),
    );
    assertEquals(hasher.verified.length, 5);
    assertEquals(kinds.filter((kind) => kind === 'slow_down').length, 45);
  });

  it('T095: guesses from one source do not keep the owner from signing in elsewhere', async () => {
    const { kind, clock } = await setUp();
    for (let attempt = 0; attempt < 1000; attempt++) await kind('alice', 'wrong');
    assertEquals(await kind('alice', 'right'), 'slow_down');
    assertEquals(await kind('alice', 'right', ELSEWHERE), 'ok');
    clock.seconds += 900;
    assertEquals(await kind('alice', 'right'), 'ok');
  });

  it('T097: a full queue is told as busy and counts nothing', async () => {
    const { kind, hasher, regulation } = await setUp();
    for (let attempt = 0; attempt < 20; attempt++) {
      hasher.answers.push('busy');
      assertEquals(await kind('alice', 'right'), 'busy');
    }
    assertEquals(regulation.size(), 0);
    assertEquals(await kind('alice', 'right'), 'ok');
  });

  it('a hasher that fails counts nothing and holds nothing', async () => {
    const { kind, hasher, regulation } = await setUp();
    for (let attempt = 0; attempt < 20; attempt++) {
      hasher.answers.push(new Error('thread ended'));
      await assertRejects(() => kind('alice', 'right'), Error, 'thread ended');
    }
    assertEquals(regulation.size(), 0);
  });

  for (
    const { name, change } of [
      { name: 'disabled', change: (directory: Directory, id: string) => directory.disable(id) },
      { name: 'removed', change: (directory: Directory, id: string) => directory.remove(id) },
      {
        name: 'given another password',
        change: (directory: Directory, id: string) => directory.setPassword(id, 'current:new'),
      },
    ]
  ) {
    it(`a person ${name} while the password is checked does not get in`, async () => {
      const { kind, directory, hasher } = await setUp();
      const { id } = (await directory.findByUsername('alice')) ?? { id: '' };
      hasher.during = () => change(directory, id);
      assertEquals(await kind('alice', 'right'), 'refused');
    });
  }

  it('an old digest is replaced after the right password, and only then', async () => {
    const { kind, directory } = await setUp();
    await kind('bob', 'wrong');
    assertEquals((await directory.findByUsername('bob'))?.password, 'old:right');
    assertEquals(await kind('bob', 'right'), 'ok');
    const bob = await directory.findByUsername('bob');
    assertEquals([bob?.password, bob?.valid_from], ['current:right', undefined]);
    assertEquals(await kind('bob', 'right'), 'ok');
  });

  it('a digest that cannot be replaced now does not keep the person out', async () => {
    const { kind, directory, hasher } = await setUp();
    const failing: RecordingHasher = { ...hasher, hash: () => Promise.reject(new Error('no')) };
    const full: RecordingHasher = { ...hasher, hash: () => Promise.resolve(undefined) };
    for (const unable of [failing, full]) {
      const regulation = createRegulation({ now: () => 0 });
      const attempt = { username: 'bob', password: 'right', source: HOME, directory, regulation };
      assertEquals((await signIn({ ...attempt, hasher: unable })).kind, 'ok');
    }
    assertEquals((await directory.findByUsername('bob'))?.password, 'old:right');
    assertEquals(await kind('bob', 'right'), 'ok');
  });
});
