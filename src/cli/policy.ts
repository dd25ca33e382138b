import { namedConfiguration } from '../engine/administration/configuration.ts';
import {
  type AccessCheck,
  type AccessExplanation,
  checkAccess,
  explainAccess,
} from '../engine/administration/policies.ts';
import { type Command, done, refused, resultOf, textFlag } from './command.ts';
import { table } from './table.ts';

export const POLICY_COMMANDS: readonly Command[] = [
  {
    kind: 'engine',
    name: 'policy list',
    positionals: [],
    flags: {},
    help: 'Show what clients may name: policies, claims policies, scopes, lifespans, resources.',
    run: (engine) => Promise.resolve(done(namedConfiguration(engine))),
    print: (value) => `${JSON.stringify(value, undefined, 2)}\n`,
  },
  {
    kind: 'engine',
    name: 'policy explain',
    positionals: [],
    flags: {
      client: { type: 'string', value: 'ID', help: 'The client that somebody wants to use.' },
      user: {
        type: 'string',
        value: 'NAME',
        help: 'The person; without one, the client acts for itself (client_credentials).',
      },
      address: {
        type: 'string',
        value: 'ADDRESS',
        help: 'Where the person is; without one, no network matches.',
      },
    },
    help: 'Say what a client’s authorization policy asks of somebody, rule by rule.',
    async run(engine, invocation) {
      const client_id = textFlag(invocation, 'client');
      if (client_id === undefined) return refused('give --client');
      const [username, address] = [textFlag(invocation, 'user'), textFlag(invocation, 'address')];
      const question = {
        client_id,
        ...username !== undefined && { username },
        ...address !== undefined && { address },
      };
      return resultOf(await explainAccess(question, engine));
    },
    print(value) {
      const explanation = value as unknown as AccessExplanation;
      const { authorization_policy, level, decided_by, note } = explanation;
      return [
        rulesTable(explanation),
        `${level}, by ${decided_by} of ${authorization_policy}\n`,
        ...note === undefined ? [] : [`${note}\n`],
      ].join('');
    },
  },
  {
    kind: 'engine',
    name: 'policy check-access',
    positionals: ['URL'],
    flags: {
      user: { type: 'string', value: 'NAME', help: 'Who is signed in; without one, nobody.' },
      client: { type: 'string', value: 'ID', help: 'A client that acts for itself, by a token.' },
      method: { type: 'string', value: 'M', help: 'The method of the request; default GET.' },
      address: {
        type: 'string',
        value: 'ADDRESS',
        help: 'Where the request comes from; without one, the strictest that may hold is said.',
      },
    },
    help: 'Say what access_control asks of whoever wants a URL behind a proxy, rule by rule.',
    async run(engine, invocation) {
      const [url = ''] = invocation.positionals;
      const [username, client_id, address] = (['user', 'client', 'address'] as const)
        .map((flag) => textFlag(invocation, flag));
      const asked = {
        url,
        method: textFlag(invocation, 'method') ?? 'GET',
        ...username !== undefined && { username },
        ...client_id !== undefined && { client_id },
        ...address !== undefined && { address },
      };
      return resultOf(await checkAccess(asked, engine));
    },
    print(value) {
      const check = value as unknown as AccessCheck;
      const { level, decided_by, note } = check;
      return [
        rulesTable(check),
        `${level}, by ${decided_by}\n`,
        ...note === undefined ? [] : [`${note}\n`],
      ].join('');
    },
  },
];

function rulesTable(
  { rules, default_policy, decided_by }: Pick<
    AccessExplanation | AccessCheck,
    'rules' | 'default_policy' | 'decided_by'
  >,
): string {
  return table(['rule', 'policy', 'outcome', 'because'], [
    ...rules.map(({ policy, outcome, because }, index) => [
      `rules[${index}]`,
      policy,
      outcome,
      because,
    ]),
    [
      'default_policy',
      default_policy,
      decided_by === 'default_policy' ? 'matches' : 'not reached',
      whyDefault(decided_by),
    ],
  ]);
}

function whyDefault(decided_by: string): string {
  if (decided_by === 'default_policy') return 'no rule does';
  return decided_by.startsWith('rules[') ? `${decided_by} matches before it` : decided_by;
}
