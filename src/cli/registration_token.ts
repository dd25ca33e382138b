import {
  addRegistrationToken,
  listRegistrationTokens,
  type MadeRegistrationToken,
  type RegistrationTokenView,
  removeRegistrationToken,
} from '../engine/administration/registration_tokens.ts';
import { parseDuration } from '../spec/duration.ts';
import type { JsonValue } from '../store/store.ts';
import {
  argument,
  type Command,
  COMMAND_LINE,
  done,
  listFlag,
  refused,
  resultOf,
  textFlag,
} from './command.ts';
import { fields, table, time } from './table.ts';

const ANY = 'any';
const FOR_EVER = 'never';

export const REGISTRATION_TOKEN_COMMANDS: readonly Command[] = [
  {
    kind: 'engine',
    name: 'registration-token add',
    positionals: [],
    flags: {
      scope: {
        type: 'string',
        value: 'SCOPES',
        help: 'The scopes that its clients get at most, space-separated.',
      },
      'grant-type': {
        type: 'string',
        multiple: true,
        value: 'GRANT',
        help: 'A grant type that they may have; may be repeated.',
      },
      audience: {
        type: 'string',
        multiple: true,
        value: 'URI',
        help: 'A resource that their tokens may be meant for; may be repeated.',
      },
      policy: { type: 'string', value: 'NAME', help: 'A name under registration.policies.' },
      uses: {
        type: 'string',
        value: 'N',
        help: 'How many clients may be registered with it: a number, or any; by default 1.',
      },
      'expires-in': {
        type: 'string',
        value: 'DURATION',
        help: 'How long it is good for: 1h, 30d, or never; by default 7d.',
      },
      note: { type: 'string', value: 'TEXT', help: 'Whom it is for.' },
    },
    help: 'Make an initial access token for dynamic client registration; it is shown this once.',
    async run(engine, invocation) {
      const [scope, policy, note] = ['scope', 'policy', 'note'].map((name) =>
        textFlag(invocation, name)
      );
      const uses = textFlag(invocation, 'uses') ?? '1';
      const expires = textFlag(invocation, 'expires-in') ?? '7d';
      const lifetime = parseDuration(expires);
      if (uses !== ANY && !/^\d{1,9}$/.test(uses)) {
        return refused('--uses must be a number, or any');
      }
      if (expires !== FOR_EVER && lifetime === undefined) {
        return refused('--expires-in must be a duration such as 1h or 30d, or never');
      }
      const [grant_types, audience] = ['grant-type', 'audience'].map((name) => {
        const values = listFlag(invocation, name);
        return values.length === 0 ? undefined : values;
      });
      const options = {
        scope,
        policy,
        note,
        grant_types,
        audience,
        uses: uses === ANY ? undefined : Number(uses),
        lifetime,
      };
      return resultOf(await addRegistrationToken(options, COMMAND_LINE, engine));
    },
    print(value) {
      const { token, registration_token } = value as unknown as MadeRegistrationToken;
      const { id, uses_left = ANY, expires_at } = registration_token;
      return fields({ id, token, uses: uses_left, expires: time(expires_at) });
    },
  },
  {
    kind: 'engine',
    name: 'registration-token list',
    positionals: [],
    flags: {},
    help: 'List the initial access tokens, without the tokens themselves.',
    run: async (engine) => done(await listRegistrationTokens(engine)),
    print: (value) =>
      table(
        ['id', 'uses left', 'expires', 'scope', 'policy', 'note'],
        (value as unknown as readonly RegistrationTokenView[]).map((token) => [
          token.id,
          token.uses_left ?? ANY,
          token.expires_at === undefined ? FOR_EVER : time(token.expires_at),
          token.scope?.join(' '),
          token.policy,
          token.note,
        ]),
      ),
  },
  {
    kind: 'engine',
    name: 'registration-token remove',
    positionals: ['ID'],
    flags: {},
    help: 'Remove an initial access token; clients that were registered with it stay.',
    run: async (engine, invocation) =>
      resultOf(await removeRegistrationToken(argument(invocation, 0), COMMAND_LINE, engine)),
    print: (value) => fields(value as Readonly<Record<string, JsonValue>>),
  },
];
