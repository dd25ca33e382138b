import { pageGrants, revokeGrantById, revokeGrants } from '../engine/administration/grants.ts';
import type { Engine } from '../engine/engine.ts';
import type { GrantRecord } from '../store/records.ts';
import { usernamesOf } from '../engine/administration/person_views.ts';
import type { JsonValue } from '../store/store.ts';
import { type Command, COMMAND_LINE, done, refused, resultOf } from './command.ts';
import { listCommand } from './list_command.ts';
import { CLIENT_FLAG, ownerOf, USER_FLAG } from './owner.ts';
import { fields, time } from './table.ts';

/** A grant as listed: the person by name. */
interface GrantRow {
  readonly id: string;
  readonly user: string;
  readonly client_id: string;
  readonly scope: readonly string[];
  readonly created_at: number;
  readonly expires_at: number;
}

export const GRANT_COMMANDS: readonly Command[] = [
  listCommand({
    name: 'grant list',
    help: 'List what people have allowed clients.',
    flags: { ...USER_FLAG, ...CLIENT_FLAG },
    choose: ownerOf,
    async page(owner, request, engine) {
      const { items, ...rest } = await pageGrants(owner, request, engine);
      return { ...rest, items: await rowsOf(items, engine) };
    },
    member: 'grants',
    headings: ['id', 'user', 'client', 'scope', 'created', 'expires'],
    cellsOf: ({ id, user, client_id, scope, created_at, expires_at }) => [
      id,
      user,
      client_id,
      scope.join(' '),
      time(created_at),
      time(expires_at),
    ],
  }),
  {
    kind: 'engine',
    name: 'grant revoke',
    positionals: ['[ID]'],
    flags: { ...USER_FLAG, ...CLIENT_FLAG },
    help: 'End one grant, or all of a person or a client, with every token under them.',
    async run(engine, invocation) {
      const [id] = invocation.positionals;
      const owner = await ownerOf(invocation, engine);
      if (typeof owner === 'string') return refused(owner);
      const hasOwner = Object.keys(owner).length > 0;
      if (hasOwner === (id !== undefined)) {
        return refused('give either an ID, or --user or --client');
      }
      if (id !== undefined) return resultOf(await revokeGrantById(id, COMMAND_LINE, engine));
      return done({ grants: await revokeGrants(owner, COMMAND_LINE, engine) });
    },
    print: (value) => fields(value as Readonly<Record<string, JsonValue>>),
  },
];

async function rowsOf(
  grants: readonly GrantRecord[],
  engine: Engine,
): Promise<readonly GrantRow[]> {
  const names = await usernamesOf(grants.map(({ user }) => user), engine);
  return grants.map(({ id, user, client_id, scope, created_at, expires_at }) => ({
    id,
    user: names.get(user) ?? user,
    client_id,
    scope,
    created_at,
    expires_at,
  }));
}
