import { byteLength } from '../spec/byte_length.ts';
import { collection, together } from '../store/collection.ts';
import type { UsernameRecord, UserRecord } from '../store/records.ts';
import { type Change, LIMITS, type Store } from '../store/store.ts';
import { afterCut } from './after_cut.ts';
import { type Alongside, type Directory, hasEmail } from './directory.ts';
import { completeEmails, emailChange, idsByEmail } from './email_index.ts';
import { parsePersonalData } from './personal_data.ts';
import { canonicalUsername, checkUsername, skeleton } from './username.ts';

const users = collection<UserRecord>('user');
const usernames = collection<UsernameRecord>('username');
const skeletons = collection<UsernameRecord>('username_skeleton');

export interface StoreDirectoryOptions {
  readonly store: Store;
  /** Unix seconds, with a fraction. */
  readonly now: () => number;
  /** Makes an identifier that was never used; by default a random UUID. */
  readonly random?: () => string;
}

/** Under contention somebody else makes progress each time; so many times in a row is a fault. */
const MAX_ATTEMPTS = 100;

export function createStoreDirectory(options: StoreDirectoryOptions): Directory {
  const { store, now, random = () => crypto.randomUUID() } = options;

  /** Of the first who looks somebody up by address; the next waits for it. */
  let completing: Promise<void> | undefined;

  const directory: Directory = {
    writable: { password: true, profile: true, people: true },

    async findByUsername(typed) {
      const username = canonicalUsername(typed);
      const name = username === undefined ? undefined : await usernames.get(store, username);
      // Looked up even without a name, so that a missing person takes as many reads.
      const user = await users.get(store, name?.value.user ?? '');
      return user?.value;
    },

    async findById(id) {
      return (await users.get(store, id))?.value;
    },

    async findByEmail(email) {
      completing ??= completeEmails(store, everybody());
      try {
        await completing;
      } catch (error) {
        completing = undefined;
        throw error;
      }
      const ids = await idsByEmail(store, email);
      const found = await Promise.all(ids.map(directory.findById));
      return found.filter((user) => user !== undefined).filter((user) => hasEmail(user, email));
    },

    async create(person, alongside = NOTHING) {
      const name = checkUsername(person.username);
      const data = parsePersonalData(person, NOBODY);
      const problems = [...name.ok ? [] : [name.reason], ...data.problems];
      if (!name.ok || problems.length > 0) return { kind: 'refused', problems };
      const user: UserRecord = {
        id: random(),
        username: name.username,
        ...person.password === undefined ? {} : { password: person.password },
        disabled: person.disabled ?? false,
        groups: data.groups,
        claims: data.claims,
        attributes: data.attributes,
        created_at: Math.floor(now()),
        updated_at: Math.floor(now()),
        provenance: person.provenance,
      };
      const tooLarge = sizeProblem(user);
      if (tooLarge !== undefined) return { kind: 'refused', problems: [tooLarge] };
      for (let attempt = 0; attempt < 2; attempt++) {
        const by = await ownerOf(name.username);
        if (by !== undefined) return { kind: 'taken', by };
        const more = alongside(undefined, user);
        if (more !== undefined && await store.commit(creation(user, more)) === 'committed') {
          return { kind: 'created', user };
        }
      }
      return { kind: 'conflict' };
    },

    async update(id, patch, alongside) {
      let problems: readonly string[] = [];
      const user = await edit(id, (current) => {
        const data = parsePersonalData(patch, current);
        const { groups, claims, attributes } = data;
        const next = { ...current, groups, claims, attributes, updated_at: Math.floor(now()) };
        const tooLarge = sizeProblem(next);
        problems = tooLarge === undefined ? data.problems : [...data.problems, tooLarge];
        return problems.length === 0 ? next : undefined;
      }, alongside);
      if (problems.length > 0) return { kind: 'refused', problems };
      return user === undefined ? { kind: 'missing' } : { kind: 'updated', user };
    },

    setPassword: (id, digest, options, alongside) =>
      edit(id, (user) => {
        if (options !== undefined && options.replacing !== user.password) return undefined;
        return { ...user, password: digest, valid_from: afterCut(user, now()) };
      }, alongside),

    async replaceDigest(id, from, to) {
      const edited = await edit(id, (user) => {
        return user.password === from ? { ...user, password: to } : undefined;
      });
      return edited !== undefined;
    },

    disable: (id, alongside) =>
      edit(
        id,
        (user) => ({ ...user, disabled: true, valid_from: afterCut(user, now()) }),
        alongside,
      ),
    enable: (id, alongside) => edit(id, (user) => ({ ...user, disabled: false }), alongside),

    async remove(id, alongside = NOTHING) {
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        const entry = await users.get(store, id);
        const more = entry && alongside(entry.value, undefined);
        if (entry === undefined || more === undefined) return false;
        const { username } = entry.value;
        const outcome = await store.commit(together(more, emailChange(entry.value, undefined), {
          check: [users.check(entry)],
          remove: [
            users.remove(id),
            usernames.remove(username),
            skeletons.remove(skeleton(username)),
          ],
        }));
        if (outcome === 'committed') return true;
      }
      throw contention(id);
    },

    async list({ limit, after } = {}) {
      const found: UserRecord[] = [];
      const names = usernames.list(store, [], {
        ...limit === undefined ? {} : { limit },
        ...after === undefined ? {} : { after: usernames.key(after) },
      });
      for await (const { value } of names) {
        const user = await directory.findById(value.user);
        if (user !== undefined) found.push(user);
      }
      return found;
    },

    async isEmpty() {
      return (await directory.list({ limit: 1 })).length === 0;
    },
  };
  return directory;

  async function* everybody(): AsyncIterable<UserRecord> {
    for await (const { value } of users.list(store, [])) yield value;
  }

  /** The username that stands in the way of this one. */
  async function ownerOf(username: string): Promise<string | undefined> {
    const owner = await usernames.get(store, username) ??
      await skeletons.get(store, skeleton(username));
    if (owner === undefined) return undefined;
    return (await directory.findById(owner.value.user))?.username ?? username;
  }

  /** Writes what `change` makes of the person; undefined without a write when it, or the person, is undefined. */
  async function edit(
    id: string,
    change: (user: UserRecord) => UserRecord | undefined,
    alongside: Alongside = NOTHING,
  ): Promise<UserRecord | undefined> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const entry = await users.get(store, id);
      const next = entry && change(entry.value);
      const more = next && alongside(entry?.value, next);
      if (entry === undefined || next === undefined || more === undefined) return undefined;
      const outcome = await store.commit(together(more, emailChange(entry.value, next), {
        check: [users.check(entry)],
        put: [users.put([id], next)],
      }));
      if (outcome === 'committed') return next;
    }
    throw contention(id);
  }
}

const NOTHING: Alongside = () => ({});

const NOBODY = { groups: [], claims: {}, attributes: {} } as const;

function creation(user: UserRecord, alongside: Change): Change {
  const { id, username } = user;
  const looks = skeleton(username);
  return together(alongside, emailChange(undefined, user), {
    check: [users.absent(id), usernames.absent(username), skeletons.absent(looks)],
    put: [
      users.put([id], user),
      usernames.put([username], { user: id }),
      skeletons.put([looks], { user: id }),
    ],
  });
}

/** Leaves room for what is set besides: a digest, times. */
function sizeProblem(user: UserRecord): string | undefined {
  const bytes = byteLength(JSON.stringify(user));
  const most = LIMITS.valueBytes - 2048;
  return bytes > most ? `all claims together take ${bytes} bytes, more than ${most}` : undefined;
}

function contention(id: string): Error {
  return new Error(`Cannot change person as it never stays the same: got ${id}`);
}
