import { basename } from 'node:path';
import { describeMistake, type Mistake } from '../../spec/mistake.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import { fileUsers } from '../../store/collections.ts';
import type { Files } from '../../store/file/files.ts';
import type { UserRecord } from '../../store/records.ts';
import { encodeKey } from '../../store/key_order.ts';
import { together } from '../../store/collection.ts';
import type { Store } from '../../store/store.ts';
import {
  type Alongside,
  type CreateResult,
  type Directory,
  hasEmail,
  type NewPerson,
  refusedWrite,
} from '../directory.ts';
import { parsePersonalData } from '../personal_data.ts';
import { isPasswordDigest } from '../password_digest.ts';
import { canonicalUsername, checkUsername, skeleton } from '../username.ts';
import { editUsers } from './edit.ts';
import { entryOf, type UserEntry } from './entry.ts';
import { isWritable, readUsers } from './read.ts';
import { type Memory, newRecord, type Note } from './remember.ts';
import { removeLeftovers, replaceText } from './replace.ts';
import { stateOf, userOf } from './state.ts';

export interface UsersFileOptions {
  readonly file: string;
  readonly store: Store;
  /** Unix seconds, with a fraction. */
  readonly now: () => number;
  /** A MAC of a text, the same for as long as the store lives. */
  readonly mark: (text: string) => string;
  /** Makes an identifier that was never used; by default a random UUID. */
  readonly random?: () => string;
  /** Told who was disabled, removed or given a new password by an edit of the file. */
  readonly peopleCut?: (ids: readonly string[]) => void;
  /** In place of the machine's, for writing. */
  readonly files?: Files;
}

export interface UsersFile {
  readonly directory: Directory;
  /** Takes over what the file says now; of one with mistakes nothing. */
  reload(): Promise<ReloadResult>;
}

export type ReloadResult =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'reloaded'; readonly people: number }
  | { readonly kind: 'refused'; readonly mistakes: readonly Mistake[] };

type Plan<T> =
  | { readonly kind: 'answer'; readonly answer: T }
  | {
    readonly kind: 'edit';
    readonly note: Note;
    readonly entry: UserEntry | undefined;
    /** What must be committed before the file is written; `conflict` gives it up. */
    readonly first?: () => Promise<'committed' | 'conflict'>;
    readonly answer: (user: UserRecord | undefined) => T;
  };

const MAX_ATTEMPTS = 5;

/** The people of a `users.yaml`, looked up in memory. @throws {TypeError} that lists every mistake of the file */
export async function openUsersFile(options: UsersFileOptions): Promise<UsersFile> {
  const { file, store, files } = options;
  const memory: Memory = { random: () => crypto.randomUUID(), ...options };
  const name = basename(file);
  const first = await readUsers(file);
  if (!first.ok) throw new TypeError(mistakesIn(file, first.mistakes));
  // Not worth a failure: the directory may be anybody's.
  await removeLeftovers(file).catch(() => {});
  let state = await stateOf(first, file, memory);
  let queue: Promise<unknown> = Promise.resolve();

  const directory: Directory = {
    get writable() {
      const { isWritable: is } = state;
      return { password: is, profile: is, people: is };
    },

    findByUsername(typed) {
      return Promise.resolve(state.byName.get(canonicalUsername(typed) ?? ''));
    },

    findById: (id) => Promise.resolve(state.byId.get(id)),

    findByEmail: (email) => Promise.resolve(state.sorted.filter((user) => hasEmail(user, email))),

    create: (person, alongside = NOTHING) =>
      orRefused(inTurn(() => write(() => planCreation(person, alongside)))),

    update: (id, patch, alongside = NOTHING) =>
      orRefused(inTurn(() =>
        write<Awaited<ReturnType<Directory['update']>>>((user) => {
          if (user === undefined) return answered({ kind: 'missing' });
          const { problems, ...data } = parsePersonalData(patch, user);
          if (problems.length > 0) return answered({ kind: 'refused', problems });
          const after = { ...user, ...data };
          const more = alongside(user, after);
          if (more === undefined) return answered({ kind: 'missing' });
          return {
            kind: 'edit',
            note: { username: user.username, alongside: more },
            entry: entryOf(after, after),
            answer: (updated) =>
              updated === undefined ? { kind: 'missing' } : { kind: 'updated', user: updated },
          };
        }, id)
      )),

    setPassword: (id, password, expected, alongside) =>
      change(id, (user) => {
        checkDigest(password);
        if (expected !== undefined && expected.replacing !== user.password) return undefined;
        return { after: { ...user, password }, cuts: true };
      }, alongside),

    async replaceDigest(id, from, to) {
      const changed = await change(id, (user) => {
        if (user.password !== from) return undefined;
        checkDigest(to);
        return { after: { ...user, password: to }, cuts: false };
      });
      return changed !== undefined;
    },

    disable: (id, alongside) =>
      change(id, (user) => ({ after: { ...user, disabled: true }, cuts: true }), alongside),
    enable: (id, alongside) =>
      change(id, (user) => ({ after: { ...user, disabled: false }, cuts: false }), alongside),

    remove: (id, alongside = NOTHING) =>
      inTurn(() =>
        write<boolean>((user) => {
          const more = user && alongside(user, undefined);
          if (user === undefined || more === undefined) return answered(false);
          return {
            kind: 'edit',
            note: { username: user.username, forgets: true, alongside: more },
            entry: undefined,
            answer: () => true,
          };
        }, id)
      ),

    list({ limit, after } = {}) {
      const from = after === undefined ? '' : encodeKey([after]);
      const found = state.sorted.filter(({ username }) => encodeKey([username]) > from);
      return Promise.resolve(found.slice(0, limit));
    },

    isEmpty: () => Promise.resolve(state.people.size === 0),
  };

  return { directory, reload: () => inTurn(refresh) };

  /** One after the other, so that what is read is what is written. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = queue.then(work);
    queue = turn.catch(() => {});
    return turn;
  }

  async function refresh(): Promise<ReloadResult> {
    const read = await readUsers(file);
    if (!read.ok) return { kind: 'refused', mistakes: read.mistakes };
    const isUnchanged = read.text === state.text;
    if (isUnchanged) state = { ...state, isWritable: await isWritable(file) };
    else takeOver(await stateOf(read, file, memory));
    return isUnchanged ? { kind: 'unchanged' } : { kind: 'reloaded', people: read.people.size };
  }

  function takeOver(next: typeof state): void {
    const cut = [...state.byId.values()].filter((before) =>
      wasCut(before, next.byId.get(before.id))
    );
    state = next;
    if (cut.length > 0) options.peopleCut?.(cut.map(({ id }) => id));
  }

  function change(
    id: string,
    edit: (
      user: UserRecord,
    ) => { readonly after: UserRecord; readonly cuts: boolean } | undefined,
    alongside: Alongside = NOTHING,
  ): Promise<UserRecord | undefined> {
    return inTurn(() =>
      write<UserRecord | undefined>((user) => {
        const edited = user && edit(user);
        const more = edited && alongside(user, edited.after);
        if (user === undefined || edited === undefined || more === undefined) {
          return answered(undefined);
        }
        const { after, cuts } = edited;
        const note = { username: user.username, cuts, alongside: more };
        return { kind: 'edit', note, entry: entryOf(after, after), answer: (changed) => changed };
      }, id)
    );
  }

  /** Edits what the file says now. @throws {OAuthError} `access_denied` when it cannot be written */
  async function write<T>(
    plan: (user: UserRecord | undefined) => Plan<T>,
    id?: string,
  ): Promise<T> {
    let isPrepared = false;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const read = await refresh();
      if (read.kind === 'refused') throw refusedWrite(`${name} has mistakes: mend it first`);
      const planned = plan(id === undefined ? undefined : state.byId.get(id));
      if (planned.kind === 'answer') return planned.answer;
      if (!state.isWritable) throw refusedWrite(`people are kept in ${name}: edit it there`);
      const { note, entry, first: prepare } = planned;
      const edit = { username: note.username, entry };
      const edited = editUsers(state.text, state.people, edit);
      if (edited === undefined) {
        throw refusedWrite(
          `${edit.username} cannot be changed in ${name} by itself: edit it there`,
        );
      }
      if (prepare !== undefined && !isPrepared) {
        if (await prepare() === 'conflict') return planned.answer(undefined);
        isPrepared = true;
      }
      if (await replaced(state.text, edited.text) === 'changed') continue;
      state = await stateOf(edited, file, memory, note);
      return planned.answer(state.byName.get(note.username));
    }
    throw refusedWrite(`${name} is being edited: try again`);
  }

  async function replaced(from: string, to: string): Promise<'replaced' | 'changed'> {
    if (from === to) return 'replaced';
    try {
      return await replaceText(file, { from, to }, files);
    } catch (cause) {
      const { code } = cause as { code?: unknown };
      if (typeof code !== 'string') throw cause;
      throw refusedWrite(`${name} cannot be written (${code})`);
    }
  }

  function planCreation(person: NewPerson, alongside: Alongside): Plan<CreateResult> {
    // What strangers say of themselves would stand in the file as if an administrator had said it.
    if (person.provenance === 'sign_up') {
      throw refusedWrite(`people are kept in ${name}: edit it there`);
    }
    const checked = checkUsername(person.username);
    const { problems, ...data } = parsePersonalData(person, NOBODY);
    const all = [...checked.ok ? [] : [checked.reason], ...problems];
    if (!checked.ok || all.length > 0) return answered({ kind: 'refused', problems: all });
    const { username } = checked;
    const look = skeleton(username);
    const by = [...state.people.keys()].find((other) => skeleton(other) === look);
    if (by !== undefined) return answered({ kind: 'taken', by });
    const { disabled = false, password } = person;
    if (password !== undefined) checkDigest(password);
    const entry = entryOf(withVerified(data), { disabled, password });
    return {
      kind: 'edit',
      note: { username },
      entry,
      async first() {
        const known = await fileUsers.get(store, username);
        const record = newRecord(known?.value, entry, memory);
        const more = alongside(undefined, userOf(username, entry, record));
        if (more === undefined) return 'conflict';
        return await store.commit(together(more, {
          check: [known === undefined ? fileUsers.absent(username) : fileUsers.check(known)],
          put: [fileUsers.put([username], record)],
        }));
      },
      answer: (user) => user === undefined ? { kind: 'conflict' } : { kind: 'created', user },
    };
  }
}

function wasCut(before: UserRecord, now: UserRecord | undefined): boolean {
  return now === undefined || now.disabled && !before.disabled ||
    now.valid_from !== before.valid_from;
}

type Refusal = { readonly kind: 'refused'; readonly problems: readonly string[] };

/** For answers that have room for a refusal. */
async function orRefused<T>(writing: Promise<T>): Promise<T | Refusal> {
  try {
    return await writing;
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    return { kind: 'refused', problems: [error.hint] };
  }
}

/** `users.yaml:3: users.bob.password must be …`, a line for each. */
function mistakesIn(file: string, mistakes: readonly Mistake[]): string {
  const lines = mistakes.map((each) => describeMistake({ ...each, source: file }));
  return ['Cannot use the users file:', ...lines].join('\n  ');
}

const NOTHING: Alongside = () => ({});

const NOBODY = { groups: [], claims: {}, attributes: {} } as const;

/** An administrator's word for an address is what the file stands for, unless they say otherwise. */
function withVerified<T extends Pick<UserRecord, 'claims'>>(data: T): T {
  const { claims } = data;
  return claims['email'] === undefined || claims['email_verified'] !== undefined
    ? data
    : { ...data, claims: { ...claims, email_verified: true } };
}

function answered<T>(answer: T): { readonly kind: 'answer'; readonly answer: T } {
  return { kind: 'answer', answer };
}

/** @throws {TypeError} for what would be no digest when the file is read again */
function checkDigest(digest: string): void {
  if (isPasswordDigest(digest)) return;
  throw new TypeError('Cannot set password as it must be a digest: got something else');
}
