import {
  answerBackchannelRequest,
  type BackchannelRequestView,
  type Decision,
  pageBackchannelRequests,
} from '../engine/administration/backchannel_requests.ts';
import { usernamesOf } from '../engine/administration/person_views.ts';
import type { Engine } from '../engine/engine.ts';
import { argument, type Command, COMMAND_LINE, done, refused, resultOf } from './command.ts';
import { chosenUser, LIMIT_FLAG, LIMIT_RULE, limitOf, USER_FLAG } from './owner.ts';
import { table, time } from './table.ts';

export const CIBA_COMMANDS: readonly Command[] = [
  {
    kind: 'engine',
    name: 'ciba list',
    positionals: [],
    flags: { ...USER_FLAG, ...LIMIT_FLAG },
    help: 'List the backchannel authentication requests that wait for people.',
    async run(engine, invocation) {
      const limit = limitOf(invocation);
      if (limit === undefined) return refused(LIMIT_RULE);
      const user = await chosenUser(invocation, engine);
      if (user.kind === 'unknown') return refused(user.problem);
      const id = user.kind === 'user' ? user.id : undefined;
      const { items, next } = await pageBackchannelRequests(id, { limit }, engine);
      return done({ requests: await byName(items, engine), more: next !== undefined });
    },
    print(value) {
      const { requests, more } = value as unknown as {
        readonly requests: readonly BackchannelRequestView[];
        readonly more: boolean;
      };
      const listed = requestsTable(requests);
      return more ? `${listed}… and more; see --limit\n` : listed;
    },
  },
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
    print: (value) => requestsTable([value as unknown as BackchannelRequestView]),
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

function requestsTable(requests: readonly BackchannelRequestView[]): string {
  const rows = requests.map(({ id, user, client_id, scope, binding_message, expires_at }) => [
    id,
    user,
    client_id,
    scope.join(' '),
    binding_message ?? '',
    time(expires_at),
  ]);
  return table(['id', 'user', 'client', 'scope', 'message', 'expires'], rows);
}
