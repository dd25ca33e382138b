import { describe, it } from 'node:test';
import { describeMistake } from '../../src/config/mistake.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { assert, assertEquals } from '../support/assert.ts';
import { CLIENT } from '../support/op.ts';

type Config = Readonly<Record<string, unknown>>;

function mistakesOf(config: Config): readonly string[] {
  const result = parseConfig(config);
  return result.ok ? [] : result.mistakes.map(describeMistake);
}

function doubtsOf(config: Config): readonly string[] {
  const result = parseConfig(config);
  assert(result.ok, JSON.stringify(result));
  return result.warnings.map(describeMistake);
}

function attributes(user_attributes: Config): Config {
  return { definitions: { user_attributes } };
}

function policy(trusted: Config, more: Config = {}): Config {
  return { claims_policies: { trusted }, ...more };
}

const MISTAKES: readonly (readonly [name: string, config: Config, expected: string])[] = [
  [
    'a client’s policy that does not exist',
    { ...policy({}), clients: [{ ...CLIENT, claims_policy: 'trustd' }] },
    'clients[0].claims_policy must be a name under claims_policies; did you mean trusted?: got "trustd"',
  ],
  [
    'a custom claim of an unknown attribute',
    policy({ custom_claims: { rank: { attribute: 'levl' } } }, attributes({ level: {} })),
    'claims_policies.trusted.custom_claims.rank.attribute must be a standard claim or a name under definitions.user_attributes; did you mean level?: got "levl"',
  ],
  [
    'a custom claim that would be the protocol’s',
    policy({ custom_claims: { sub: { attribute: 'email' } } }),
    'claims_policies.trusted.custom_claims.sub is set by the server: rename it',
  ],
  [
    'an ID token claim that nothing gives',
    policy({ id_token: ['emial'] }),
    'claims_policies.trusted.id_token[0] must be a standard claim, one of custom_claims or of a scope; did you mean email?: got "emial"',
  ],
  [
    'an access token claim of the protocol’s own',
    policy({ access_token: ['email', 'scope'] }),
    'claims_policies.trusted.access_token[1] is set by the server, whatever a policy says: got "scope"',
  ],
  [
    'a computed attribute with a declared type',
    attributes({ a: { expression: 'username', value_type: 'string' } }),
    'definitions.user_attributes.a.value_type must be absent beside expression',
  ],
  [
    'a computed attribute declared a list',
    attributes({ a: { expression: 'groups', multi_valued: true } }),
    'definitions.user_attributes.a.multi_valued must be absent beside expression',
  ],
  [
    'an attribute named like a standard claim',
    attributes({ email: {} }),
    'definitions.user_attributes.email is a standard claim or attribute: everybody has it as it is',
  ],
  [
    'an attribute named like one of every person',
    attributes({ username: {} }),
    'definitions.user_attributes.username is a standard claim or attribute: everybody has it as it is',
  ],
  [
    'an attribute named like a claim of the protocol',
    attributes({ aud: {} }),
    'definitions.user_attributes.aud is a name of the protocol’s own',
  ],
  [
    'an expression that does not parse',
    attributes({ a: { expression: 'username +' } }),
    'definitions.user_attributes.a.expression is no usable CEL expression: Unexpected token: EOF (at character 11): got "username +"',
  ],
  [
    'an expression with an unknown variable',
    attributes({ a: { expression: 'levl > 5' }, level: { value_type: 'integer' } }),
    'definitions.user_attributes.a.expression is no usable CEL expression: Unknown variable: levl (at character 1); did you mean level?: got "levl > 5"',
  ],
  [
    'an expression over values of the wrong kind',
    attributes({ a: { expression: 'level > 5' }, level: {} }),
    'definitions.user_attributes.a.expression is no usable CEL expression: no such overload: string > int (at character 1): got "level > 5"',
  ],
];

describe('mistakes in claims policies and attributes', () => {
  for (const [name, config, expected] of MISTAKES) {
    it(name, () => {
      assertEquals(mistakesOf(config), [expected]);
    });
  }

  it('none in what is right', () => {
    const config = {
      ...attributes({
        level: { value_type: 'integer' },
        roles: { multi_valued: true },
        is_admin: { expression: '"admins" in groups || level > 5' },
      }),
      ...policy({
        id_token: ['email', 'groups', 'updated_at', 'is_admin', 'family_name#ja', 'level'],
        access_token: ['rank'],
        custom_claims: {
          is_admin: {},
          rank: { attribute: 'level' },
          login: { attribute: 'username' },
          kanji: { attribute: 'family_name#ja' },
        },
      }),
      scopes: { role: { claims: ['is_admin', 'level', 'roles'] } },
      clients: [{ ...CLIENT, claims_policy: 'trusted' }],
    };
    assertEquals(mistakesOf(config), []);
    assertEquals(doubtsOf(config), []);
  });

  it('a scope’s claims that nothing defines are doubted, not refused', () => {
    assertEquals(doubtsOf({ scopes: { role: { claims: ['emial', 'sub'] } } }), [
      'scopes.role.claims[0] is neither a standard claim nor defined here; people then need such an attribute; did you mean email?: got "emial"',
      'scopes.role.claims[1] is set by the server: no scope adds it: got "sub"',
    ]);
  });
});
