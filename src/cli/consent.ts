import { pageConsents, revokeConsents } from '../engine/administration/consents.ts';
import { usernamesOf } from '../engine/administration/person_views.ts';
import type { JsonValue } from '../store/store.ts';
import { type Command, COMMAND_LINE, done, refused } from './command.ts';
import { listCommand } from './list_command.ts';
import { CLIENT_FLAG, ownerOf, USER_FLAG } from './owner.ts';
import { fields, time } from './table.ts';

/** A saved answer as listed: the person by name. */
interface ConsentRow {
  readonly user: string;
  readonly client_id: string;
  readonly scope: readonly string[];
  readonly at: number;
  readonly expires_at: number;
}

export const CONSENT_COMMANDS: readonly Command[] = [
  listCommand({
    name: 'consent list',
    help: 'List the answers that people wanted remembered.',
    flags: { ...USER_FLAG, ...CLIENT_FLAG },
    choose: ownerOf,
    async page(owner, request, engine) {
      const { items, ...rest } = await pageConsents(owner, request, engine);
      const names = await usernamesOf(items.map(({ user }) => user), engine);
      const rows = items.map(({ user, client_id, scope, at, expires_at }): ConsentRow => ({
        user: names.get(user) ?? user,
        client_id,
        scope,
        at,
        expires_at,
      }));
      return { ...rest, items: rows };
    },
    member: 'consents',
    headings: ['user', 'client', 'scope', 'given', 'expires'],
    cellsOf: ({ user, client_id, scope, at, expires_at }) => [
      user,
      client_id,
      scope.join(' '),
      time(at),
      time(expires_at),
    ],
  }),
  {
    kind: 'engine',
    name: 'consent revoke',
    positionals: [],
    flags: { ...USER_FLAG, ...CLIENT_FLAG },
    help: 'Forget the remembered answers of a person, or to a client; grants stay.',
    async run(engine, invocation) {
      const owner = await ownerOf(invocation, engine);
      if (typeof owner === 'string') return refused(owner);
      if (Object.keys(owner).length === 0) return refused('give --user or --client');
      return done({ consents: await revokeConsents(owner, COMMAND_LINE, engine) });
    },
    print: (value) => fields(value as Readonly<Record<string, JsonValue>>),
  },
];
