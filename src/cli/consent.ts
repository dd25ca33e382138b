import { pageConsents, revokeConsents } from '../engine/administration/consents.ts';
import { usernamesOf } from '../engine/administration/person_views.ts';
import type { JsonValue } from '../store/store.ts';
import { type Command, COMMAND_LINE, done, refused } from './command.ts';
import { CLIENT_FLAG, LIMIT_FLAG, LIMIT_RULE, limitOf, ownerOf, USER_FLAG } from './owner.ts';
import { fields, table, time } from './table.ts';

/** A saved answer as listed: the person by name. */
interface ConsentRow {
  readonly user: string;
  readonly client_id: string;
  readonly scope: readonly string[];
  readonly at: number;
  readonly expires_at: number;
}

export const CONSENT_COMMANDS: readonly Command[] = [
  {
    kind: 'engine',
    name: 'consent list',
    positionals: [],
    flags: { ...USER_FLAG, ...CLIENT_FLAG, ...LIMIT_FLAG },
    help: 'List the answers that people wanted remembered.',
    async run(engine, invocation) {
      const limit = limitOf(invocation);
      if (limit === undefined) return refused(LIMIT_RULE);
      const owner = await ownerOf(invocation, engine);
      if (typeof owner === 'string') return refused(owner);
      const { items, next } = await pageConsents(owner, { limit }, engine);
      const names = await usernamesOf(items.map(({ user }) => user), engine);
      const consents = items.map(({ user, client_id, scope, at, expires_at }): ConsentRow => ({
        user: names.get(user) ?? user,
        client_id,
        scope,
        at,
        expires_at,
      }));
      return done({ consents, more: next !== undefined });
    },
    print(value) {
      const { consents, more } = value as unknown as {
        readonly consents: readonly ConsentRow[];
        readonly more: boolean;
      };
      const rows = consents.map(({ user, client_id, scope, at, expires_at }) => [
        user,
        client_id,
        scope.join(' '),
        time(at),
        time(expires_at),
      ]);
      const listed = table(['user', 'client', 'scope', 'given', 'expires'], rows);
      return more ? `${listed}… and more; see --limit\n` : listed;
    },
  },
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
