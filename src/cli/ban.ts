import { type BanView, liftBans, listBans } from '../engine/administration/bans.ts';
import type { JsonValue } from '../store/store.ts';
import { type Command, COMMAND_LINE, done, refused, resultOf, textFlag } from './command.ts';
import { fields, table, time } from './table.ts';

export const BAN_COMMANDS: readonly Command[] = [
  {
    kind: 'engine',
    ofAllIssuers: true,
    name: 'ban list',
    positionals: [],
    flags: {},
    help: 'List who has to wait after failed attempts, where, and until when.',
    run: async (engine) => done({ bans: await listBans(engine) }),
    print(value) {
      const { bans } = value as unknown as { readonly bans: readonly BanView[] };
      const rows = bans.map((ban) => [whoOf(ban), ban.source, ban.failures, time(ban.until)]);
      return table(['who', 'source', 'failures', 'until'], rows);
    },
  },
  {
    kind: 'engine',
    ofAllIssuers: true,
    name: 'ban lift',
    positionals: [],
    flags: {
      user: { type: 'string', value: 'NAME', help: 'What was failed in this name.' },
      client: { type: 'string', value: 'ID', help: 'What was failed as this client.' },
      source: {
        type: 'string',
        value: 'ADDRESS',
        help: 'What was failed from there, written as in the list.',
      },
      all: { type: 'boolean', help: 'Everything.' },
    },
    help: 'Let somebody who failed try again at once.',
    async run(engine, invocation) {
      const [username, client_id, source] = ['user', 'client', 'source'].map((name) =>
        textFlag(invocation, name)
      );
      const isAll = invocation.flags['all'] === true;
      const isChosen = [username, client_id, source].some((each) => each !== undefined);
      if (isAll === isChosen) return refused('give --user, --client or --source, or --all');
      if (username !== undefined && client_id !== undefined) {
        return refused('give either --user or --client');
      }
      return resultOf(await liftBans({ username, client_id, source }, COMMAND_LINE, engine));
    },
    print: (value) => fields(value as Readonly<Record<string, JsonValue>>),
  },
];

function whoOf({ kind, name }: BanView): string {
  switch (kind) {
    case 'source':
      return 'everybody new there';
    case 'client':
      return name === undefined ? 'unknown client' : `client ${name}`;
    case 'user':
      return name ?? 'unknown name';
  }
}
