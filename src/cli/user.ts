import { claimFromText } from '../accounts/standard_claims.ts';
import {
  addPerson,
  disablePerson,
  enablePerson,
  removePerson,
  setPersonPassword,
  updatePerson,
} from '../engine/administration/people.ts';
import { pagePeople, type PersonView, personView } from '../engine/administration/person_views.ts';
import type { Engine } from '../engine/engine.ts';
import type { UserRecord } from '../store/records.ts';
import type { JsonValue } from '../store/store.ts';
import {
  argument,
  type Command,
  COMMAND_LINE,
  type CommandResult,
  done,
  type Flag,
  type Invocation,
  listFlag,
  refused,
  resultOf,
  textFlag,
} from './command.ts';
import { listCommand } from './list_command.ts';
import { withUser } from './owner.ts';
import { fields, time } from './table.ts';

const PASSWORD_FLAG = {
  'password-stdin': { type: 'boolean', help: 'Read the password from standard input.' },
} as const;

const CLAIM_FLAGS = {
  email: { type: 'string', value: 'EMAIL', help: 'The e-mail address.' },
  name: { type: 'string', value: 'NAME', help: 'The full name, as clients show it.' },
  claim: {
    type: 'string',
    multiple: true,
    value: 'NAME=VALUE',
    help: 'Any other claim, such as locale=de; may be repeated.',
  },
} as const satisfies Record<string, Flag>;

export const USER_COMMANDS: readonly Command[] = [
  {
    kind: 'engine',
    ofAllIssuers: true,
    name: 'user add',
    positionals: ['NAME'],
    flags: {
      ...CLAIM_FLAGS,
      group: { type: 'string', multiple: true, value: 'GROUP', help: 'A group; may be repeated.' },
      ...PASSWORD_FLAG,
    },
    stdinFlag: 'password-stdin',
    help: 'Add a person; without a password they cannot sign in by one.',
    run: add,
    print: printUser,
  },
  {
    kind: 'engine',
    ofAllIssuers: true,
    name: 'user update',
    positionals: ['NAME'],
    flags: {
      ...CLAIM_FLAGS,
      'remove-claim': {
        type: 'string',
        multiple: true,
        value: 'NAME',
        help: 'A claim that is to go; may be repeated.',
      },
      group: {
        type: 'string',
        multiple: true,
        value: 'GROUP',
        help: 'A group, of all that there are from now on; may be repeated.',
      },
      'no-groups': { type: 'boolean', help: 'Take the person out of every group.' },
    },
    help: 'Change claims and groups of a person; what is not named stays.',
    run: (engine, invocation) =>
      withUser(engine, invocation, (user) => update(user, engine, invocation)),
    print: printUser,
  },
  listCommand({
    ofAllIssuers: true,
    name: 'user list',
    help: 'List the people in order of name.',
    flags: {
      after: { type: 'string', value: 'NAME', help: 'Only people whose name comes after this.' },
      query: {
        type: 'string',
        value: 'TEXT',
        help: 'A part of the username, the name or the e-mail address.',
      },
      group: { type: 'string', value: 'GROUP', help: 'Members of this group.' },
    },
    choose(invocation) {
      const [after, query, group] = ['after', 'query', 'group'].map((name) =>
        textFlag(invocation, name)
      );
      return { after, filter: { query, group } };
    },
    page: ({ after, filter }, request, engine) =>
      pagePeople(filter, { ...request, ...after !== undefined && { after: [after] } }, engine),
    member: 'users',
    headings: ['username', 'name', 'email', 'groups', ''],
    cellsOf: ({ username, claims, groups, disabled }) => [
      username,
      text(claims['name']),
      text(claims['email']),
      groups.join(' '),
      disabled ? 'disabled' : '',
    ],
    goOn: ({ username }) => `--after ${username}`,
  }),
  {
    kind: 'engine',
    ofAllIssuers: true,
    name: 'user show',
    positionals: ['NAME'],
    flags: {},
    help: 'Show what is known of a person.',
    run: (engine, invocation) =>
      withUser(engine, invocation, (user) => Promise.resolve(done(personView(user)))),
    print: printUser,
  },
  {
    kind: 'engine',
    ofAllIssuers: true,
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
        return resultOf(await setPersonPassword(user, stdin, COMMAND_LINE, engine));
      }),
    print: printUser,
  },
  {
    kind: 'engine',
    ofAllIssuers: true,
    name: 'user disable',
    positionals: ['NAME'],
    flags: {},
    help: 'Keep a person from signing in; sessions and grants end.',
    run: (engine, invocation) =>
      withUser(
        engine,
        invocation,
        async ({ id }) => resultOf(await disablePerson(id, COMMAND_LINE, engine)),
      ),
    print: printUser,
  },
  {
    kind: 'engine',
    ofAllIssuers: true,
    name: 'user enable',
    positionals: ['NAME'],
    flags: {},
    help: 'Let a disabled person sign in again.',
    run: (engine, invocation) =>
      withUser(
        engine,
        invocation,
        async ({ id }) => resultOf(await enablePerson(id, COMMAND_LINE, engine)),
      ),
    print: printUser,
  },
  {
    kind: 'engine',
    ofAllIssuers: true,
    name: 'user remove',
    positionals: ['NAME'],
    flags: {},
    help: 'Remove a person with their sessions and grants.',
    run: (engine, invocation) =>
      withUser(
        engine,
        invocation,
        async (user) => resultOf(await removePerson(user, COMMAND_LINE, engine)),
      ),
    print: (value) => fields(value as Readonly<Record<string, JsonValue>>),
  },
];

async function add(engine: Engine, invocation: Invocation): Promise<CommandResult> {
  const username = argument(invocation, 0);
  const claims = claimsOf(invocation);
  if (claims.kind === 'refused') return claims;
  const person = {
    username,
    groups: listFlag(invocation, 'group'),
    claims: claims.claims,
    password: invocation.stdin,
  };
  return resultOf(await addPerson(person, COMMAND_LINE, engine));
}

/** What is not named stays. */
async function update(
  user: UserRecord,
  engine: Engine,
  invocation: Invocation,
): Promise<CommandResult> {
  const claims = claimsOf(invocation);
  if (claims.kind === 'refused') return claims;
  const groups = listFlag(invocation, 'group');
  const hasNone = invocation.flags['no-groups'] === true;
  if (hasNone && groups.length > 0) return refused('give either --group or --no-groups');
  const removed = listFlag(invocation, 'remove-claim').map((name) => [name, null] as const);
  const patch = {
    ...(hasNone || groups.length > 0) && { groups },
    claims: { ...Object.fromEntries(removed), ...claims.claims },
  };
  if (patch.groups === undefined && Object.keys(patch.claims).length === 0) {
    return refused('there is nothing to change');
  }
  return resultOf(await updatePerson(user.id, patch, COMMAND_LINE, engine));
}

type Refusal = CommandResult & { readonly kind: 'refused' };

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

function printUser(value: JsonValue): string {
  const user = value as unknown as PersonView;
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
