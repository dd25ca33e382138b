import { listActivity } from '../engine/activity.ts';
import type { ActivityEntry } from '../store/records.ts';
import { type Command, done } from './command.ts';
import { withUser } from './owner.ts';
import { table, time } from './table.ts';

export const ACTIVITY_COMMAND: Command = {
  kind: 'engine',
  ofAllIssuers: true,
  name: 'user activity',
  positionals: ['NAME'],
  flags: {},
  help: 'List what happened lately to a person’s account, newest first.',
  run: (engine, invocation) =>
    withUser(
      engine,
      invocation,
      async ({ id }) => done({ activity: await listActivity(id, engine) }),
    ),
  print(value) {
    const { activity } = value as unknown as { readonly activity: readonly ActivityEntry[] };
    const rows = activity.map(({ at, kind, count = 1, address, client_id, user_agent }) => [
      time(at),
      count === 1 ? kind : `${kind} ×${count}`,
      address,
      client_id,
      user_agent,
    ]);
    return table(['when', 'what', 'address', 'client', 'browser'], rows);
  },
};
