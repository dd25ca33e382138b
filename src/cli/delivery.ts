import {
  DELIVERY_STATES,
  type DeliveryView,
  pageDeliveries,
  retryDelivery,
} from '../engine/administration/deliveries.ts';
import {
  argument,
  type Command,
  COMMAND_LINE,
  done,
  refused,
  resultOf,
  textFlag,
} from './command.ts';
import { CLIENT_FLAG, LIMIT_FLAG, LIMIT_RULE, limitOf } from './owner.ts';
import { table, time } from './table.ts';

const HEADINGS = ['id', 'client', 'kind', 'state', 'attempts', 'next', 'last'];

export const DELIVERY_COMMANDS: readonly Command[] = [
  {
    kind: 'engine',
    name: 'delivery list',
    positionals: [],
    flags: {
      ...CLIENT_FLAG,
      session: { type: 'string', value: 'SID', help: 'Those about this session.' },
      state: { type: 'string', value: 'STATE', help: `One of ${DELIVERY_STATES.join(', ')}.` },
      ...LIMIT_FLAG,
    },
    help: 'List messages to clients’ servers: those that wait, then those that have ended.',
    async run(engine, invocation) {
      const limit = limitOf(invocation);
      if (limit === undefined) return refused(LIMIT_RULE);
      const state = textFlag(invocation, 'state');
      if (state !== undefined && !DELIVERY_STATES.some((each) => each === state)) {
        return refused(`--state must be one of ${DELIVERY_STATES.join(', ')}`);
      }
      const filter = {
        client_id: textFlag(invocation, 'client'),
        sid: textFlag(invocation, 'session'),
        state,
      };
      const { items, next } = await pageDeliveries(filter, { limit }, engine);
      return done({ deliveries: items, more: next !== undefined });
    },
    print(value) {
      const { deliveries, more } = value as unknown as {
        deliveries: readonly DeliveryView[];
        more: boolean;
      };
      const listed = table(HEADINGS, deliveries.map(rowOf));
      return more ? `${listed}… and more; see --limit\n` : listed;
    },
  },
  {
    kind: 'engine',
    name: 'delivery retry',
    positionals: ['ID'],
    flags: {},
    help: 'Have a message sent now that waits or was given up; the server sends it once it runs.',
    run: async (engine, invocation) =>
      resultOf(await retryDelivery(argument(invocation, 0), COMMAND_LINE, engine)),
    print: (value) => table(HEADINGS, [rowOf(value as unknown as DeliveryView)]),
  },
];

function rowOf(delivery: DeliveryView): string[] {
  const { id, kind, client_id, state, attempts, next_attempt_at, last_attempt } = delivery;
  return [
    id,
    client_id,
    kind,
    state,
    String(attempts),
    next_attempt_at === undefined ? '' : time(next_attempt_at),
    last_attempt?.problem ?? String(last_attempt?.status ?? ''),
  ];
}
