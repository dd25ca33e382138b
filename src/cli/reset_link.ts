import { newResetLink } from '../engine/password_reset.ts';
import type { Engine } from '../engine/engine.ts';
import type { JsonValue } from '../store/store.ts';
import { type Command, type CommandResult, done, type Invocation, refused } from './command.ts';
import { withUser } from './owner.ts';
import { fields, time } from './table.ts';

export const RESET_LINK_COMMAND: Command = {
  kind: 'engine',
  name: 'user reset-link',
  positionals: ['NAME'],
  flags: {},
  help: 'Print a link with which a person chooses a new password, or a first one; it works once.',
  run: resetLink,
  print: (value) => {
    const { username, url, expires_at } = value as Readonly<Record<string, JsonValue>>;
    return fields({ username, url, expires: time(Number(expires_at)) });
  },
};

function resetLink(engine: Engine, invocation: Invocation): Promise<CommandResult> {
  return withUser(engine, invocation, (user) => {
    if (user.disabled) return Promise.resolve(refused('the person is disabled: enable them first'));
    engine.log('info', 'password.reset_link', { user: user.id });
    return Promise.resolve(done({ username: user.username, ...newResetLink(user, engine) }));
  });
}
