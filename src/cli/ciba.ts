import {
  answerBackchannelRequest,
  type BackchannelRequestView,
  type Decision,
  pageBackchannelRequests,
} from '../engine/administration/backchannel_requests.ts';
import { usernamesOf } from '../engine/administration/person_views.ts';
import type { Engine } from '../engine/engine.ts';
import { argument, type Command, COMMAND_LINE, done, resultOf } from './command.ts';
import { listCommand } from './list_command.ts';
import { ownerOf, USER_FLAG } from './owner.ts';
import { table, time } from './table.ts';

const HEADINGS = ['id', 'user', 'client', 'scope', 'message', 'expires'];

export const CIBA_COMMANDS: readonly Command[] = [
  listCommand({
    name: 'ciba list',
    help: 'List the backchannel authentication requests that wait for people.',
    flags: USER_FLAG,
    choose: ownerOf,
    async page({ user }, request, engine) {
      const { items, ...rest } = await pageBackchannelRequests(user, request, engine);
      return { ...rest, items: await byName(items, engine) };
    },
    member: 'requests',
    headings: HEADINGS,
    cellsOf,
  }),
  answerCommand('approve', 'Approve a request in the person’s place; it counts as one factor.'),
  answerCommand('deny', 'Deny a request in the person’s place.'),
];

function answerCommand(decision: Decision, help: string): Command {
  return {
    kind: 'engine',
    name: `ciba ${decision}`,
    positionals: ['ID'],
    flags: {},
    help,
    async run(engine, invocation) {
      const id = argument(invocation, 0);
      const answered = await answerBackchannelRequest(id, decision, COMMAND_LINE, engine);
      if (answered.kind !== 'done') return resultOf(answered);
      const [request] = await byName([answered.value], engine);
      return done(request);
    },
    print: (value) => table(HEADINGS, [cellsOf(value as unknown as BackchannelRequestView)]),
  };
}

/** With the names of people in the place of their ids. */
async function byName(
  requests: readonly BackchannelRequestView[],
  engine: Engine,
): Promise<readonly BackchannelRequestView[]> {
  const names = await usernamesOf(requests.map(({ user }) => user), engine);
  return requests.map((request) => ({
    ...request,
    user: names.get(request.user) ?? request.user,
  }));
}

function cellsOf(request: BackchannelRequestView): readonly string[] {
  const { id, user, client_id, scope, binding_message, expires_at } = request;
  return [id, user, client_id, scope.join(' '), binding_message ?? '', time(expires_at)];
}
