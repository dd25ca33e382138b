import { ownerOf, type PasswordOwner, passwordProblem } from '../accounts/password_policy.ts';
import { passwordSentence } from '../accounts/password_sentences.ts';
import { claimFromText } from '../accounts/standard_claims.ts';
import { removePerson } from '../engine/administration/people.ts';
import type { Engine } from '../engine/engine.ts';
import { setups } from '../store/collections.ts';
import type { UserRecord } from '../store/records.ts';
import type { JsonValue } from '../store/store.ts';
import {
  argument,
  type Command,
  type CommandResult,
  done,
  type Invocation,
  listFlag,
  refused,
  textFlag,
} from './command.ts';
import { LIMIT_FLAG, LIMIT_RULE, limitOf, withUser } from './owner.ts';
import { fields, table, time } from './table.ts';

/** A person without the digest of the password. */
type UserView = Omit<UserRecord, 'password'> & { readonly has_password: boolean };

const PASSWORD_FLAG = {
  'password-stdin': { type: 'boolean', help: 'Read the password from standard input.' },
} as const;

export const USER_COMMANDS: readonly Command[] = [
  {
    kind: 'engine',
    name: 'user add',
    positionals: ['NAME'],
    flags: {
      email: { type: 'string', value: 'EMAIL', help: 'The e-mail address.' },
      name: { type: 'string', value: 'NAME', help: 'The full name, as clients show it.' },
      group: { type: 'string', multiple: true, value: 'GROUP', help: 'A group; may be repeated.' },
      claim: {
        type: 'string',
        multiple: true,
        value: 'NAME=VALUE',
        help: 'Any other claim, such as locale=de; may be repeated.',
      },
      ...PASSWORD_FLAG,
    },
    stdinFlag: 'password-stdin',
    help: 'Add a person; without a password they cannot sign in by one.',
    run: add,
    print: printUser,
  },
  {
    kind: 'engine',
    name: 'user list',
    positionals: [],
    flags: {
      ...LIMIT_FLAG,
      after: { type: 'string', value: 'NAME', help: 'Only people whose name comes after this.' },
    },
    help: 'List the people in order of name.',
    run: list,
    print: printUsers,
  },
  {
    kind: 'engine',
    name: 'user show',
    positionals: ['NAME'],
    flags: {},
    help: 'Show what is known of a person.',
    run: (engine, invocation) =>
      withUser(engine, invocation, (user) => Promise.resolve(done(viewOf(user)))),
    print: printUser,
  },
  {
    kind: 'engine',
    name: 'user passwd',
    positionals: ['NAME'],
    flags: PASSWORD_FLAG,
    stdinFlag: 'password-stdin',
    help: 'Set a password; sessions and grants from before end.',
    run: (engine, invocation) =>
      withUser(engine, invocation, async (user) => {
        const { stdin } = invocation;
        if (stdin === undefined) {
          return refused('give the password on standard input, with --password-stdin');
        }
        const digest = await digestOf(stdin, ownerOf(user), engine);
        if (digest.kind === 'refused') return digest;
        return changed(await engine.directory.setPassword(user.id, digest.digest));
      }),
    print: printUser,
  },
  {
    kind: 'engine',
    name: 'user disable',
    positionals: ['NAME'],
    flags: {},
    help: 'Keep a person from signing in; sessions and grants end.',
    run: (engine, invocation) =>
      withUser(engine, invocation, async ({ id }) => changed(await engine.directory.disable(id))),
    print: printUser,
  },
  {
    kind: 'engine',
    name: 'user enable',
    positionals: ['NAME'],
    flags: {},
    help: 'Let a disabled person sign in again.',
    run: (engine, invocation) =>
      withUser(engine, invocation, async ({ id }) => changed(await engine.directory.enable(id))),
    print: printUser,
  },
  {
    kind: 'engine',
    name: 'user remove',
    positionals: ['NAME'],
    flags: {},
    help: 'Remove a person with their sessions and grants.',
    run: (engine, invocation) =>
      withUser(engine, invocation, async (user) => done(await removePerson(user, engine))),
    print: (value) => fields(value as Readonly<Record<string, JsonValue>>),
  },
];

async function add(engine: Engine, invocation: Invocation): Promise<CommandResult> {
  const username = argument(invocation, 0);
  const claims = claimsOf(invocation);
  if (claims.kind === 'refused') return claims;
  const { stdin } = invocation;
  const digest = stdin === undefined
    ? undefined
    : await digestOf(stdin, ownerOf({ username, claims: claims.claims }), engine);
  if (digest?.kind === 'refused') return digest;
  const created = await engine.directory.create({
    username,
    groups: listFlag(invocation, 'group'),
    claims: claims.claims,
    ...digest !== undefined && { password: digest.digest },
    provenance: 'cli',
    // With somebody there, the first administrator's invitation is void.
  }, { remove: [setups.remove()] });
  switch (created.kind) {
    case 'created':
      engine.log('info', 'user.created', { user: created.user.id });
      return done(viewOf(created.user));
    case 'taken':
      return refused(`the name is taken, or looks like that of ${JSON.stringify(created.by)}`);
    case 'refused':
      return refused(created.problems.join(' '));
    case 'conflict':
      return refused('somebody else is changing the same person: try again');
  }
}

async function list(engine: Engine, invocation: Invocation): Promise<CommandResult> {
  const limit = limitOf(invocation);
  if (limit === undefined) return refused(LIMIT_RULE);
  const after = textFlag(invocation, 'after');
  const people = await engine.directory.list({
    limit: limit + 1,
    ...after !== undefined && { after },
  });
  return done({ users: people.slice(0, limit).map(viewOf), more: people.length > limit });
}

/** Undefined when the person was removed meanwhile. */
function changed(user: UserRecord | undefined): CommandResult {
  return user === undefined ? refused('the person was just removed') : done(viewOf(user));
}

type Refusal = CommandResult & { readonly kind: 'refused' };

async function digestOf(
  password: string,
  owner: PasswordOwner,
  engine: Engine,
): Promise<{ readonly kind: 'digest'; readonly digest: string } | Refusal> {
  const problem = passwordProblem(password, owner);
  if (problem !== undefined) return { kind: 'refused', problem: passwordSentence(problem) };
  const digest = await engine.hasher.hash(password);
  return digest === undefined
    ? { kind: 'refused', problem: 'too many passwords are being checked: try again' }
    : { kind: 'digest', digest };
}

function claimsOf(
  invocation: Invocation,
): { readonly kind: 'claims'; readonly claims: Readonly<Record<string, JsonValue>> } | Refusal {
  const claims: Record<string, JsonValue> = {};
  for (const pair of listFlag(invocation, 'claim')) {
    const [, name, text] = /^([^=]+)=(.*)$/s.exec(pair) ?? [];
    if (name === undefined || text === undefined) {
      return { kind: 'refused', problem: '--claim must be NAME=VALUE' };
    }
    const checked = claimFromText(name, text);
    if (!checked.ok) return { kind: 'refused', problem: `--claim ${checked.problem}` };
    claims[name] = checked.value;
  }
  const [email, name] = [textFlag(invocation, 'email'), textFlag(invocation, 'name')];
  return {
    kind: 'claims',
    claims: { ...claims, ...email !== undefined && { email }, ...name !== undefined && { name } },
  };
}

function viewOf({ password, ...rest }: UserRecord): UserView {
  return { ...rest, has_password: password !== undefined };
}

function printUser(value: JsonValue): string {
  const user = value as unknown as UserView;
  return fields({
    username: user.username,
    id: user.id,
    disabled: user.disabled,
    has_password: user.has_password,
    groups: user.groups,
    ...user.claims,
    ...user.attributes,
    created: time(user.created_at),
  });
}

function text(claim: JsonValue | undefined): string | undefined {
  return typeof claim === 'string' ? claim : undefined;
}

function printUsers(value: JsonValue): string {
  const { users, more } = value as unknown as { users: readonly UserView[]; more: boolean };
  const rows = users.map(({ username, claims, groups, disabled }) => [
    username,
    text(claims['name']),
    text(claims['email']),
    groups.join(' '),
    disabled ? 'disabled' : '',
  ]);
  const listed = table(['username', 'name', 'email', 'groups', ''], rows);
  return more ? `${listed}… and more; see --after ${users.at(-1)?.username}\n` : listed;
}
