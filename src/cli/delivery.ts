import {
  DELIVERY_STATES,
  type DeliveryView,
  pageDeliveries,
  retryDelivery,
} from '../engine/administration/deliveries.ts';
import { argument, type Command, COMMAND_LINE, resultOf, textFlag } from './command.ts';
import { listCommand } from './list_command.ts';
import { CLIENT_FLAG } from './owner.ts';
import { table, time } from './table.ts';

const HEADINGS = ['id', 'client', 'kind', 'state', 'attempts', 'next', 'last'];

export const DELIVERY_COMMANDS: readonly Command[] = [
  listCommand({
    name: 'delivery list',
    help: 'List messages to clients’ servers: those that wait, then those that have ended.',
    flags: {
      ...CLIENT_FLAG,
      session: { type: 'string', value: 'SID', help: 'Those about this session.' },
      state: { type: 'string', value: 'STATE', help: `One of ${DELIVERY_STATES.join(', ')}.` },
    },
    choose(invocation) {
      const state = textFlag(invocation, 'state');
      if (state !== undefined && !DELIVERY_STATES.some((each) => each === state)) {
        return `--state must be one of ${DELIVERY_STATES.join(', ')}`;
      }
      return {
        client_id: textFlag(invocation, 'client'),
        sid: textFlag(invocation, 'session'),
        state,
      };
    },
    page: pageDeliveries,
    member: 'deliveries',
    headings: HEADINGS,
    cellsOf: rowOf,
  }),
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
