import { makeResetLink } from '../engine/administration/people.ts';
import type { JsonValue } from '../store/store.ts';
import { type Command, COMMAND_LINE, resultOf } from './command.ts';
import { withUser } from './owner.ts';
import { fields, time } from './table.ts';

export const RESET_LINK_COMMAND: Command = {
  kind: 'engine',
  ofAllIssuers: true,
  name: 'user reset-link',
  positionals: ['NAME'],
  flags: {},
  help: 'Print a link with which a person chooses a new password, or a first one; it works once.',
  run: (engine, invocation) =>
    withUser(
      engine,
      invocation,
      async (user) => resultOf(await makeResetLink(user, COMMAND_LINE, engine)),
    ),
  print: (value) => {
    const { username, url, expires_at } = value as Readonly<Record<string, JsonValue>>;
    return fields({ username, url, expires: time(Number(expires_at)) });
  },
};
