import {
  pageSessions,
  revokeSessionById,
  revokeSessions,
} from '../engine/administration/sessions.ts';
import { usernamesOf } from '../engine/administration/person_views.ts';
import type { JsonValue } from '../store/store.ts';
import { type Command, COMMAND_LINE, done, refused, resultOf } from './command.ts';
import { chosenUser, LIMIT_FLAG, LIMIT_RULE, limitOf, USER_FLAG } from './owner.ts';
import { fields, table, time } from './table.ts';

/** A session as listed: the person by name, the clients by id. */
interface SessionRow {
  readonly sid: string;
  readonly user: string;
  readonly auth_time: number;
  readonly last_used_at: number;
  readonly clients: readonly string[];
}

export const SESSION_COMMANDS: readonly Command[] = [
  {
    kind: 'engine',
    name: 'session list',
    positionals: [],
    flags: { ...USER_FLAG, ...LIMIT_FLAG },
    help: 'List the browsers that are signed in.',
    async run(engine, invocation) {
      const limit = limitOf(invocation);
      if (limit === undefined) return refused(LIMIT_RULE);
      const user = await chosenUser(invocation, engine);
      if (user.kind === 'unknown') return refused(user.problem);
      const id = user.kind === 'user' ? user.id : undefined;
      const { items, next } = await pageSessions(id, { limit }, engine);
      const names = await usernamesOf(items.map((session) => session.user), engine);
      const sessions = items.map((session): SessionRow => ({
        sid: session.sid,
        user: names.get(session.user) ?? session.user,
        auth_time: session.auth_time,
        last_used_at: session.last_used_at,
        clients: session.clients.map(({ client_id }) => client_id),
      }));
      return done({ sessions, more: next !== undefined });
    },
    print(value) {
      const { sessions, more } = value as unknown as {
        sessions: readonly SessionRow[];
        more: boolean;
      };
      const rows = sessions.map((session) => [
        session.sid,
        session.user,
        time(session.auth_time),
        time(session.last_used_at),
        session.clients.join(' '),
      ]);
      const listed = table(['sid', 'user', 'signed in', 'last used', 'clients'], rows);
      return more ? `${listed}… and more; see --limit\n` : listed;
    },
  },
  {
    kind: 'engine',
    name: 'session revoke',
    positionals: ['[SID]'],
    flags: USER_FLAG,
    help: 'Sign out one browser, or all of a person.',
    async run(engine, invocation) {
      const [sid] = invocation.positionals;
      const user = await chosenUser(invocation, engine);
      if (user.kind === 'unknown') return refused(user.problem);
      if ((user.kind === 'user') === (sid !== undefined)) {
        return refused('give either a SID or --user');
      }
      if (sid !== undefined) return resultOf(await revokeSessionById(sid, COMMAND_LINE, engine));
      return done({
        sessions: await revokeSessions(user.kind === 'user' ? user.id : '', COMMAND_LINE, engine),
      });
    },
    print: (value) => fields(value as Readonly<Record<string, JsonValue>>),
  },
];
