import {
  pageSessions,
  revokeAllSessions,
  revokeSessionById,
  revokeSessions,
} from '../engine/administration/sessions.ts';
import { usernamesOf } from '../engine/administration/person_views.ts';
import { participantsOf } from '../engine/session_clients.ts';
import type { JsonValue } from '../store/store.ts';
import { type Command, COMMAND_LINE, done, refused, resultOf } from './command.ts';
import { listCommand } from './list_command.ts';
import { chosenUser, ownerOf, USER_FLAG } from './owner.ts';
import { fields, time } from './table.ts';

/** A session as listed: the person by name, the clients by id. */
interface SessionRow {
  readonly sid: string;
  readonly user: string;
  readonly auth_time: number;
  readonly last_used_at: number;
  readonly clients: readonly string[];
}

export const SESSION_COMMANDS: readonly Command[] = [
  listCommand({
    name: 'session list',
    help: 'List the browsers that are signed in.',
    flags: USER_FLAG,
    choose: ownerOf,
    async page({ user }, request, engine) {
      const { items, ...rest } = await pageSessions(user, request, engine);
      const names = await usernamesOf(items.map((session) => session.user), engine);
      const rows = items.map((session): SessionRow => ({
        sid: session.sid,
        user: names.get(session.user) ?? session.user,
        auth_time: session.auth_time,
        last_used_at: session.last_used_at,
        clients: participantsOf(session).map(({ client_id }) => client_id),
      }));
      return { ...rest, items: rows };
    },
    member: 'sessions',
    headings: ['sid', 'user', 'signed in', 'last used', 'clients'],
    cellsOf: ({ sid, user, auth_time, last_used_at, clients }) => [
      sid,
      user,
      time(auth_time),
      time(last_used_at),
      clients.join(' '),
    ],
  }),
  {
    kind: 'engine',
    name: 'session revoke',
    positionals: ['[SID]'],
    flags: { ...USER_FLAG, all: { type: 'boolean', help: 'Everybody’s.' } },
    help: 'Sign out one browser, all of a person, or everybody.',
    async run(engine, invocation) {
      const [sid] = invocation.positionals;
      const user = await chosenUser(invocation, engine);
      if (user.kind === 'unknown') return refused(user.problem);
      const isAll = invocation.flags['all'] === true;
      const chosen = [sid !== undefined, user.kind === 'user', isAll].filter((each) => each);
      if (chosen.length !== 1) return refused('give one of a SID, --user and --all');
      if (sid !== undefined) return resultOf(await revokeSessionById(sid, COMMAND_LINE, engine));
      const sessions = user.kind === 'user'
        ? await revokeSessions(user.id, COMMAND_LINE, engine)
        : await revokeAllSessions(COMMAND_LINE, engine);
      return done({ sessions });
    },
    print: (value) => fields(value as Readonly<Record<string, JsonValue>>),
  },
];
