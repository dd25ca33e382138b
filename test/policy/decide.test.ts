import { describe, it } from 'node:test';
import { authorizationPolicies } from '../../src/config/authorization_policies.ts';
import { parseConfig } from '../../src/config/parse.ts';
import {
  explainPolicy,
  levelFor,
  looksAtNetworks,
  namesClients,
  policyOf,
} from '../../src/policy/decide.ts';
import type { Who } from '../../src/policy/match.ts';
import { type AuthorizationPolicy, POLICY_LEVELS } from '../../src/spec/authorization_policy.ts';
import { assert, assertEquals, assertStringIncludes } from '../support/assert.ts';

type RawPolicy = Parameters<typeof authorizationPolicies>[0]['authorization_policies'][string];
type RawRule = RawPolicy['rules'][number];

const NETWORKS = {
  internal: ['10.0.0.0/8', '192.168.1.0/24'],
  lab: ['2001:db8:1::/48'],
};

/** As the file would give it. */
function policy(
  default_policy: RawPolicy['default_policy'],
  ...rules: readonly RawRule[]
): AuthorizationPolicy {
  const parsed = parseConfig({
    definitions: { networks: NETWORKS },
    authorization_policies: { p: { default_policy, rules } },
  });
  assert(parsed.ok, JSON.stringify(parsed));
  const found = parsed.config.issuers[0].settings.authorization_policies.get('p');
  assert(found !== undefined);
  return found;
}

const ALICE = { username: 'alice', groups: ['staff', 'admins'] };
const BOB = { username: 'bob', groups: ['ops'] };
const EVE = { username: 'eve', groups: [] };

const ADMINS = policy('deny', { policy: 'one_factor', subject: 'group:admins' });
const EITHER = policy('deny', { policy: 'one_factor', subject: ['group:admins', 'group:ops'] });
const BOTH = policy('deny', { policy: 'one_factor', subject: [['group:admins', 'user:alice']] });
const MIXED = policy('deny', {
  policy: 'one_factor',
  subject: [['group:admins', 'user:alice'], 'group:ops'],
});
const INSIDE = policy('two_factor', { policy: 'one_factor', networks: 'internal' });
const PLACES = policy('deny', {
  policy: 'one_factor',
  networks: ['internal', 'lab', '203.0.113.7', '2001:db8:2::/64'],
});
const STAFF_INSIDE = policy('deny', {
  policy: 'one_factor',
  subject: ['group:staff'],
  networks: ['internal'],
});
const ORDER = policy(
  'deny',
  { policy: 'deny', subject: ['user:mallory'] },
  { policy: 'one_factor', subject: ['group:staff'], networks: ['internal'] },
  { policy: 'two_factor', subject: ['group:staff', 'group:ops'] },
);
const MACHINES = policy(
  'deny',
  { policy: 'deny', subject: 'client:robot-2' },
  { policy: 'one_factor', subject: ['client:robot', 'group:staff'] },
);
const EVERY_IPV4 = policy('deny', { policy: 'one_factor', networks: '0.0.0.0/0' });
const EVERY_IPV6 = policy('deny', { policy: 'one_factor', networks: '::/0' });
const GUESTS_OUT = policy('one_factor', { policy: 'deny', networks: '198.51.100.0/24' });

const CASES: readonly (readonly [
  name: string,
  policy: AuthorizationPolicy,
  who: Who,
  level: string,
  decided_by: string,
])[] = [
  ['no rules: the default', policy('two_factor'), ALICE, 'two_factor', 'default_policy'],
  ['a group', ADMINS, ALICE, 'one_factor', 'rules[0]'],
  ['another group', ADMINS, BOB, 'deny', 'default_policy'],
  ['no group at all', ADMINS, EVE, 'deny', 'default_policy'],
  ['groups that are not known', ADMINS, { username: 'alice' }, 'deny', 'default_policy'],
  [
    'a group is compared exactly',
    ADMINS,
    { username: 'x', groups: ['Admins', 'admins '] },
    'deny',
    'default_policy',
  ],
  [
    'a user called as a group is',
    ADMINS,
    { username: 'admins', groups: [] },
    'deny',
    'default_policy',
  ],
  [
    'a group called as a user is',
    policy('deny', { policy: 'one_factor', subject: 'user:alice' }),
    { username: 'eve', groups: ['alice', 'user:alice'] },
    'deny',
    'default_policy',
  ],
  ['OR: the first', EITHER, ALICE, 'one_factor', 'rules[0]'],
  ['OR: the second', EITHER, BOB, 'one_factor', 'rules[0]'],
  ['OR: neither', EITHER, EVE, 'deny', 'default_policy'],
  ['AND: both', BOTH, ALICE, 'one_factor', 'rules[0]'],
  [
    'AND: the group without the user',
    BOTH,
    { ...BOB, groups: ['admins'] },
    'deny',
    'default_policy',
  ],
  [
    'AND: the user without the group',
    BOTH,
    { ...ALICE, groups: ['staff'] },
    'deny',
    'default_policy',
  ],
  ['OR of ANDs: the first list', MIXED, ALICE, 'one_factor', 'rules[0]'],
  ['OR of ANDs: the second list', MIXED, BOB, 'one_factor', 'rules[0]'],
  [
    'OR of ANDs: half of the first',
    MIXED,
    { username: 'alice', groups: [] },
    'deny',
    'default_policy',
  ],
  [
    'a user, however it is written in the file',
    policy('deny', { policy: 'one_factor', subject: 'user:ＡLICE' }),
    ALICE,
    'one_factor',
    'rules[0]',
  ],
  ['a named network', INSIDE, { ...EVE, address: '10.1.2.3' }, 'one_factor', 'rules[0]'],
  [
    'the other block of a name',
    INSIDE,
    { ...EVE, address: '192.168.1.255' },
    'one_factor',
    'rules[0]',
  ],
  [
    'just beyond the block',
    INSIDE,
    { ...EVE, address: '192.168.2.0' },
    'two_factor',
    'default_policy',
  ],
  [
    'IPv4 as IPv6 spells it',
    INSIDE,
    { ...EVE, address: '::ffff:10.1.2.3' },
    'one_factor',
    'rules[0]',
  ],
  [
    'IPv4 as IPv6 spells it, in hexadecimal',
    INSIDE,
    { ...EVE, address: '::FFFF:0A01:0203' },
    'one_factor',
    'rules[0]',
  ],
  ['an address that is not known', INSIDE, EVE, 'two_factor', 'default_policy'],
  ['an address that is none', INSIDE, { ...EVE, address: '10.1' }, 'two_factor', 'default_policy'],
  [
    'a list of addresses in place of one',
    INSIDE,
    { ...EVE, address: '10.1.2.3, 8.8.8.8' },
    'two_factor',
    'default_policy',
  ],
  ['a single address', PLACES, { ...EVE, address: '203.0.113.7' }, 'one_factor', 'rules[0]'],
  ['the address beside it', PLACES, { ...EVE, address: '203.0.113.8' }, 'deny', 'default_policy'],
  [
    'IPv6 of a named network',
    PLACES,
    { ...EVE, address: '2001:db8:1:ffff::1' },
    'one_factor',
    'rules[0]',
  ],
  ['IPv6 of a block', PLACES, { ...EVE, address: '2001:db8:2::1' }, 'one_factor', 'rules[0]'],
  [
    'IPv6 with its zone',
    PLACES,
    { ...EVE, address: '2001:db8:2::1%eth0' },
    'one_factor',
    'rules[0]',
  ],
  ['IPv6 beyond the block', PLACES, { ...EVE, address: '2001:db8:3::1' }, 'deny', 'default_policy'],
  ['all of IPv4: IPv4', EVERY_IPV4, { ...EVE, address: '8.8.8.8' }, 'one_factor', 'rules[0]'],
  ['all of IPv4: IPv6', EVERY_IPV4, { ...EVE, address: '2001:db8::1' }, 'deny', 'default_policy'],
  ['all of IPv6: IPv6', EVERY_IPV6, { ...EVE, address: '2001:db8::1' }, 'one_factor', 'rules[0]'],
  ['all of IPv6: IPv4', EVERY_IPV6, { ...EVE, address: '8.8.8.8' }, 'deny', 'default_policy'],
  [
    'subject and network',
    STAFF_INSIDE,
    { ...ALICE, address: '10.0.0.1' },
    'one_factor',
    'rules[0]',
  ],
  [
    'subject without network',
    STAFF_INSIDE,
    { ...ALICE, address: '8.8.8.8' },
    'deny',
    'default_policy',
  ],
  [
    'network without subject',
    STAFF_INSIDE,
    { ...BOB, address: '10.0.0.1' },
    'deny',
    'default_policy',
  ],
  ['subject, network not known', STAFF_INSIDE, ALICE, 'deny', 'default_policy'],
  [
    'the first match wins over a later one',
    ORDER,
    { ...ALICE, address: '10.0.0.1' },
    'one_factor',
    'rules[1]',
  ],
  ['what matches in half is passed over', ORDER, ALICE, 'two_factor', 'rules[2]'],
  [
    'deny first',
    ORDER,
    { username: 'mallory', groups: ['staff'], address: '10.0.0.1' },
    'deny',
    'rules[0]',
  ],
  ['the last rule', ORDER, BOB, 'two_factor', 'rules[2]'],
  ['after all rules', ORDER, EVE, 'deny', 'default_policy'],
  [
    'a network that is denied',
    GUESTS_OUT,
    { ...ALICE, address: '198.51.100.9' },
    'deny',
    'rules[0]',
  ],
  [
    'a denied network holds no address that is not known',
    GUESTS_OUT,
    ALICE,
    'one_factor',
    'default_policy',
  ],
  ['a client for itself', MACHINES, { client_id: 'robot' }, 'one_factor', 'rules[1]'],
  ['a client that is denied', MACHINES, { client_id: 'robot-2' }, 'deny', 'rules[0]'],
  ['a client that is not named', MACHINES, { client_id: 'other' }, 'deny', 'default_policy'],
  [
    'a person is no client, through whichever they come',
    MACHINES,
    { ...EVE, client_id: 'robot' },
    'deny',
    'default_policy',
  ],
  [
    'a client has no groups',
    MACHINES,
    { client_id: 'other', groups: ['staff'] },
    'deny',
    'default_policy',
  ],
  [
    'a client called as a user is',
    BOTH,
    { client_id: 'alice', groups: ['admins'] },
    'deny',
    'default_policy',
  ],
  ['nobody', ORDER, {}, 'deny', 'default_policy'],
];

describe('an authorization policy', () => {
  for (const [name, policy, who, level, decided_by] of CASES) {
    it(`${name}: ${level}`, () => {
      assertEquals(levelFor(policy, who), level);
      const explained = explainPolicy(policy, who);
      assertEquals([explained.level, explained.decided_by], [level, decided_by]);
      const index = explained.rules.findIndex(({ outcome }) => outcome === 'matches');
      assertEquals(index === -1 ? 'default_policy' : `rules[${index}]`, decided_by);
      for (const { because } of explained.rules) assert(because.length > 0);
    });
  }

  it('tells whether it looks at networks, and whether it names clients', () => {
    assertEquals([ADMINS, INSIDE, ORDER, MACHINES].map(looksAtNetworks), [
      false,
      true,
      true,
      false,
    ]);
    assertEquals([ADMINS, INSIDE, ORDER, MACHINES].map(namesClients), [false, false, false, true]);
  });
});

describe('the policy of a client', () => {
  const settings = { authorization_policies: new Map([['admins', ADMINS]]) };

  it('may be a level, which then holds for everybody', () => {
    for (const level of POLICY_LEVELS) {
      const found = policyOf({ authorization_policy: level }, settings);
      assertEquals([levelFor(found, EVE), levelFor(found, {})], [level, level]);
    }
  });

  it('may be one of the configuration', () => {
    assertEquals(policyOf({ authorization_policy: 'admins' }, settings), ADMINS);
  });

  it('denies everybody once the configuration has it no more', () => {
    for (const name of ['gone', 'constructor', '__proto__', '']) {
      assertEquals(levelFor(policyOf({ authorization_policy: name }, settings), ALICE), 'deny');
    }
  });

  it('is one_factor for a record from before there were policies', () => {
    const old = {} as Parameters<typeof policyOf>[0];
    assertEquals(levelFor(policyOf(old, settings), EVE), 'one_factor');
  });
});

describe('an explanation of a policy', () => {
  const because = (policy: AuthorizationPolicy, who: Who): readonly string[] =>
    explainPolicy(policy, who).rules.map(({ because }) => because);

  it('names the subjects and the network that match', () => {
    assertEquals(because(BOTH, ALICE), ['group:admins and user:alice']);
    assertEquals(because(PLACES, { ...EVE, address: '2001:db8:1::5' }), [
      '2001:db8:1::5 is in lab',
    ]);
    assertEquals(because(STAFF_INSIDE, { ...ALICE, address: '10.0.0.1' }), [
      'group:staff; 10.0.0.1 is in internal',
    ]);
  });

  it('names what is missing of each list of subjects', () => {
    assertEquals(because(MIXED, { username: 'alice', groups: [] }), [
      'is not in group:admins; is not in group:ops',
    ]);
    assertEquals(because(BOTH, { username: 'bob', groups: ['admins'] }), ['is not user:alice']);
  });

  it('names the networks that do not hold the address, or that there is none', () => {
    assertEquals(because(PLACES, { ...EVE, address: '8.8.8.8' }), [
      '8.8.8.8 is not in internal, lab, 203.0.113.7, 2001:db8:2::/64',
    ]);
    assertEquals(because(STAFF_INSIDE, EVE), [
      'is not in group:staff; the address is not known',
    ]);
  });

  it('tells persons and clients apart', () => {
    assertEquals(because(MACHINES, EVE), [
      'is no client that acts for itself',
      'is no client that acts for itself; is not in group:staff',
    ]);
    assertEquals(because(MACHINES, { client_id: 'other' }), [
      'is not client:robot-2',
      'is not client:robot; is no person',
    ]);
    assertEquals(because(BOTH, { client_id: 'other' }), ['is no person']);
  });

  it('leaves out what is not looked at', () => {
    const { rules, default_policy } = explainPolicy(ORDER, { ...ALICE, address: '10.0.0.1' });
    assertEquals(rules.map(({ outcome }) => outcome), ['does not match', 'matches', 'not reached']);
    assertStringIncludes(rules[2]?.because ?? '', 'rules[1]');
    assertEquals(default_policy, 'deny');
  });
});
