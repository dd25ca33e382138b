import { pageGrants, revokeGrantById, revokeGrants } from '../engine/administration/grants.ts';
import type { Engine } from '../engine/engine.ts';
import type { GrantRecord } from '../store/records.ts';
import { usernamesOf } from '../engine/administration/person_views.ts';
import type { JsonValue } from '../store/store.ts';
import { type Command, COMMAND_LINE, done, refused, resultOf } from './command.ts';
import { CLIENT_FLAG, LIMIT_FLAG, LIMIT_RULE, limitOf, ownerOf, USER_FLAG } from './owner.ts';
import { fields, table, time } from './table.ts';

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
  {
    kind: 'engine',
    name: 'grant list',
    positionals: [],
    flags: { ...USER_FLAG, ...CLIENT_FLAG, ...LIMIT_FLAG },
    help: 'List what people have allowed clients.',
    async run(engine, invocation) {
      const limit = limitOf(invocation);
      if (limit === undefined) return refused(LIMIT_RULE);
      const owner = await ownerOf(invocation, engine);
      if (typeof owner === 'string') return refused(owner);
      const { items, next } = await pageGrants(owner, { limit }, engine);
      return done({ grants: await rowsOf(items, engine), more: next !== undefined });
    },
    print(value) {
      const { grants, more } = value as unknown as { grants: readonly GrantRow[]; more: boolean };
      const rows = grants.map((grant) => [
        grant.id,
        grant.user,
        grant.client_id,
        grant.scope.join(' '),
        time(grant.created_at),
        time(grant.expires_at),
      ]);
      const listed = table(['id', 'user', 'client', 'scope', 'created', 'expires'], rows);
      return more ? `${listed}… and more; see --limit\n` : listed;
    },
  },
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
