import { describe, it } from 'node:test';
import { parseConfig } from '../../src/config/parse.ts';
import { describeMistake } from '../../src/spec/mistake.ts';
import { assert, assertEquals } from '../support/assert.ts';

const CLIENT = {
  client_id: 'app',
  token_endpoint_auth_method: 'none',
  redirect_uris: ['https://app.example/callback'],
};

/** What is wrong with these rules of a policy. */
function mistakesOf(input: unknown): readonly string[] {
  const parsed = parseConfig(input);
  return parsed.ok ? [] : parsed.mistakes.map(describeMistake);
}

function withRules(...rules: readonly unknown[]): unknown {
  return {
    definitions: { networks: { internal: ['10.0.0.0/8'], outside: ['0.0.0.0/0', '::/0'] } },
    authorization_policies: { staff: { default_policy: 'two_factor', rules } },
  };
}

const RULE = 'authorization_policies.staff.rules[0]';

const MISTAKES: readonly (readonly [name: string, input: unknown, ...expected: string[]])[] = [
  [
    'no default',
    { authorization_policies: { staff: { rules: [] } } },
    'authorization_policies.staff.default_policy is required',
  ],
  [
    'an unknown default',
    { authorization_policies: { staff: { default_policy: 'three_factor' } } },
    'authorization_policies.staff.default_policy must be one of one_factor, two_factor, deny: got "three_factor"',
  ],
  [
    'a policy called as a built-in one',
    { authorization_policies: { one_factor: { default_policy: 'deny' } } },
    'authorization_policies.one_factor is the name of a policy that is built in',
  ],
  [
    'a misspelt option',
    withRules({ policy: 'deny', subjects: 'user:bob' }),
    `${RULE}.subjects is not a known option; did you mean subject?`,
  ],
  ['a rule without a level', withRules({ subject: 'user:bob' }), `${RULE}.policy is required`],
  [
    'an unknown level',
    withRules({ policy: 'bypass', subject: 'user:bob' }),
    `${RULE}.policy must be one of one_factor, two_factor, deny: got "bypass"`,
  ],
  [
    'a rule for everybody',
    withRules({ policy: 'deny' }),
    `${RULE} must have a subject, networks, or both: what holds for all others is default_policy`,
  ],
  [
    'an empty list of subjects',
    withRules({ policy: 'deny', subject: [] }),
    `${RULE}.subject must not be empty`,
  ],
  [
    'an empty inner list, which everybody would match',
    withRules({ policy: 'one_factor', subject: ['user:bob', []] }),
    `${RULE}.subject[1] must not be empty`,
  ],
  [
    'an empty list of networks',
    withRules({ policy: 'deny', networks: [] }),
    `${RULE}.networks must not be empty`,
  ],
  [
    'a number for a subject',
    withRules({ policy: 'deny', subject: 7 }),
    `${RULE}.subject must be a subject such as group:admins, a list of them, or a list of such lists: got 7`,
  ],
  [
    'lists within lists within lists',
    withRules({ policy: 'deny', subject: [[['user:bob']]] }),
    `${RULE}.subject must be a subject such as group:admins, a list of them, or a list of such lists`,
  ],
  [
    'an unknown prefix',
    withRules({ policy: 'deny', subject: 'role:admin' }),
    `${RULE}.subject must be user:NAME, group:NAME or client:ID: got "role:admin"`,
  ],
  [
    'a misspelt prefix',
    withRules({ policy: 'deny', subject: ['user:bob', ['gruop:ops']] }),
    `${RULE}.subject[1][0] must be user:NAME, group:NAME or client:ID; did you mean group?: got "gruop:ops"`,
  ],
  [
    'no prefix',
    withRules({ policy: 'deny', subject: ['user'] }),
    `${RULE}.subject[0] must be user:NAME, group:NAME or client:ID; did you mean user?: got "user"`,
  ],
  [
    'a user that nobody can be',
    withRules({ policy: 'deny', subject: 'user:-bob' }),
    `${RULE}.subject must name a user: The username must begin and end with a letter or a digit: got "user:-bob"`,
  ],
  [
    'a user without name',
    withRules({ policy: 'deny', subject: 'user:' }),
    `${RULE}.subject must name a user: The username is empty: got "user:"`,
  ],
  [
    'a group that no group can be',
    withRules({ policy: 'deny', subject: 'group: ops' }),
    `${RULE}.subject must name a group in 1 to 128 characters, without spaces around it: got "group: ops"`,
  ],
  [
    'a client that no client can be',
    withRules({ policy: 'deny', subject: 'client:a b' }),
    `${RULE}.subject must name a client by its client_id: got "client:a b"`,
  ],
  [
    'two users at once',
    withRules({ policy: 'deny', subject: [['user:bob', 'user:eve']] }),
    `${RULE}.subject[0] can never match: nobody is two users`,
  ],
  [
    'a client and a group at once',
    withRules({ policy: 'deny', subject: ['user:bob', ['client:app', 'group:ops']] }),
    `${RULE}.subject[1] can never match: a client that acts for itself is nobody else besides`,
  ],
  [
    'a client within a network',
    withRules({ policy: 'deny', subject: ['user:bob', 'client:app'], networks: 'internal' }),
    `${RULE}.subject[1] must not stand beside networks: no address is known where a client acts for itself: got "client:app"`,
  ],
  [
    'a misspelt network',
    withRules({ policy: 'deny', networks: ['10.1.0.0/16', 'interal'] }),
    `${RULE}.networks[1] must be a name under definitions.networks, an address or a CIDR block; did you mean internal?: got "interal"`,
  ],
  [
    'a block with bits beyond its prefix',
    withRules({ policy: 'deny', networks: '10.1.0.0/8' }),
    `${RULE}.networks must be a name under definitions.networks, an address or a CIDR block: got "10.1.0.0/8"`,
  ],
  [
    'a network named like a method',
    withRules({ policy: 'deny', networks: 'constructor' }),
    `${RULE}.networks must be a name under definitions.networks, an address or a CIDR block: got "constructor"`,
  ],
  [
    'a rule that is never reached',
    withRules(
      { policy: 'deny', networks: 'outside' },
      { policy: 'one_factor', subject: 'group:ops', networks: ['internal'] },
    ),
    'authorization_policies.staff.rules[1] is never reached: rules[0] matches whatever it would',
  ],
  [
    'the same user in two spellings',
    withRules(
      { policy: 'deny', subject: 'user:bob' },
      { policy: 'one_factor', subject: [['user:BOB', 'group:ops']] },
    ),
    'authorization_policies.staff.rules[1] is never reached: rules[0] matches whatever it would',
  ],
  [
    'several at once',
    withRules({ policy: 'deny' }, { policy: 'deny', subject: 'bob', networks: 'x' }),
    `${RULE} must have a subject, networks, or both: what holds for all others is default_policy`,
    'authorization_policies.staff.rules[1].subject must be user:NAME, group:NAME or client:ID: got "bob"',
    'authorization_policies.staff.rules[1].networks must be a name under definitions.networks, an address or a CIDR block: got "x"',
  ],
  [
    'a network without addresses',
    { definitions: { networks: { internal: [] } } },
    'definitions.networks.internal must not be empty',
  ],
  [
    'a network that is none',
    { definitions: { networks: { internal: ['10.0.0.0/33'] } } },
    'definitions.networks.internal[0] must be an IP address or a CIDR block such as 10.0.0.0/8: got "10.0.0.0/33"',
  ],
  [
    'a network whose name is an address',
    { definitions: { networks: { '10.0.0.1': ['10.0.0.0/8'] } } },
    'definitions.networks.10.0.0.1 must not look like an address',
  ],
  [
    'a client’s policy that does not exist',
    {
      clients: [{ ...CLIENT, authorization_policy: 'stuff' }],
      authorization_policies: { staff: { default_policy: 'deny' } },
    },
    'clients[0].authorization_policy must be a name under authorization_policies, or one of one_factor, two_factor, deny; did you mean staff?: got "stuff"',
  ],
  [
    'a client’s level, misspelt',
    { clients: [{ ...CLIENT, authorization_policy: 'two_factors' }] },
    'clients[0].authorization_policy must be a name under authorization_policies, or one of one_factor, two_factor, deny; did you mean two_factor?: got "two_factors"',
  ],
];

describe('mistakes in authorization policies', () => {
  for (const [name, input, ...expected] of MISTAKES) {
    it(name, () => assertEquals(mistakesOf(input), expected));
  }

  it('are not told of networks that have mistakes themselves', () => {
    const input = {
      definitions: { networks: { internal: ['10.0.0.0/99'] } },
      authorization_policies: {
        staff: { default_policy: 'deny', rules: [{ policy: 'one_factor', networks: 'internal' }] },
      },
    };
    assertEquals(mistakesOf(input), [
      'definitions.networks.internal[0] must be an IP address or a CIDR block such as 10.0.0.0/8: got "10.0.0.0/99"',
    ]);
  });
});

describe('authorization policies in the file', () => {
  const settingsOf = (input: unknown) => {
    const parsed = parseConfig(input);
    assert(parsed.ok, JSON.stringify(parsed));
    return parsed;
  };

  it('are none by default, and clients ask for one factor', () => {
    const [{ settings }] = settingsOf({ clients: [CLIENT] }).config.issuers;
    assertEquals(settings.authorization_policies.size, 0);
    assertEquals(settings.clients.get('app')?.authorization_policy, 'one_factor');
  });

  it('mean the same as a text, a list and a list of lists', () => {
    const subjects = ['user:Alice', ['user:Alice'], [['user:Alice']]].map((subject) => {
      const [{ settings }] = settingsOf(withRules({ policy: 'deny', subject })).config.issuers;
      return settings.authorization_policies.get('staff')?.rules[0]?.subject;
    });
    for (const subject of subjects) {
      assertEquals(subject, [[{ kind: 'user', name: 'alice' }]]);
    }
  });

  it('may hold colons in the names of groups and clients', () => {
    const [{ settings }] = settingsOf(
      withRules({ policy: 'deny', subject: ['group:a:b', 'client:urn:x'] }),
    ).config.issuers;
    assertEquals(settings.authorization_policies.get('staff')?.rules[0]?.subject, [
      [{ kind: 'group', name: 'a:b' }],
      [{ kind: 'client', name: 'urn:x' }],
    ]);
  });

  it('take networks by name, by block and by address', () => {
    const [{ settings }] = settingsOf(
      withRules({ policy: 'deny', networks: ['internal', '2001:db8::/32', '192.0.2.1'] }),
    ).config.issuers;
    const { networks = [] } = settings.authorization_policies.get('staff')?.rules[0] ?? {};
    assertEquals(networks.map(({ name, blocks }) => [name, blocks.map((b) => b.prefixLength)]), [
      ['internal', [104]],
      ['2001:db8::/32', [32]],
      ['192.0.2.1', [128]],
    ]);
  });

  it('cause a doubt where they name a client that the file does not define', () => {
    const { warnings } = settingsOf({
      clients: [CLIENT],
      ...withRules({ policy: 'deny', subject: ['client:app', ['client:ap']] }) as object,
    });
    assertEquals(warnings.map(describeMistake), [
      `${RULE}.subject[1][0] names a client that this file does not define; it must then be in the store: got "client:ap"`,
    ]);
  });
});
