import { describe, it } from 'node:test';
import { levelFor } from '../../src/policy/decide.ts';
import type { Who } from '../../src/policy/match.ts';
import { contradictionOf, covers } from '../../src/policy/reach.ts';
import type { PolicyRule, PolicySubject } from '../../src/spec/authorization_policy.ts';
import { parseNetworks } from '../../src/spec/networks.ts';
import { assertEquals } from '../support/assert.ts';

const A: PolicySubject = { kind: 'group', name: 'a' };
const B: PolicySubject = { kind: 'group', name: 'b' };
const UA: PolicySubject = { kind: 'user', name: 'a' };
const UB: PolicySubject = { kind: 'user', name: 'b' };
const C: PolicySubject = { kind: 'client', name: 'c' };
const D: PolicySubject = { kind: 'client', name: 'd' };

function rule(
  subject: PolicyRule['subject'],
  ...networks: readonly string[]
): PolicyRule {
  return {
    policy: 'one_factor',
    ...subject === undefined ? {} : { subject },
    ...networks.length === 0
      ? {}
      : { networks: networks.map((name) => ({ name, blocks: parseNetworks([name]) })) },
  };
}

const CASES: readonly (readonly [
  name: string,
  earlier: PolicyRule,
  later: PolicyRule,
  isCovered: boolean,
])[] = [
  ['the same', rule([[A]]), rule([[A]]), true],
  ['another group', rule([[A]]), rule([[B]]), false],
  ['a user called as the group', rule([[A]]), rule([[UA]]), false],
  ['one of several', rule([[A], [B]]), rule([[B]]), true],
  ['several, of which one is new', rule([[A]]), rule([[A], [B]]), false],
  ['a narrower list', rule([[A]]), rule([[B, A]]), true],
  ['a wider list', rule([[A, B]]), rule([[A]]), false],
  ['the same within a network', rule([[A]]), rule([[A]], '10.0.0.0/8'), true],
  ['the same without the network', rule([[A]], '10.0.0.0/8'), rule([[A]]), false],
  [
    'somebody within the network',
    rule(undefined, '10.0.0.0/8'),
    rule([[A]], '10.1.0.0/16', '10.2.3.4'),
    true,
  ],
  [
    'the network for others',
    rule([[A]], '10.0.0.0/8'),
    rule(undefined, '10.0.0.0/8'),
    false,
  ],
  ['a wider network', rule(undefined, '10.1.0.0/16'), rule(undefined, '10.0.0.0/8'), false],
  [
    'a network partly within',
    rule(undefined, '10.0.0.0/8'),
    rule(undefined, '10.0.0.0/8', '::1'),
    false,
  ],
  ['IPv4 within all of IPv6', rule(undefined, '::/0'), rule(undefined, '10.0.0.0/8'), false],
  ['IPv6 within all of IPv6', rule(undefined, '::/0'), rule(undefined, '2001:db8::/32'), true],
  [
    'IPv4 in the other spelling',
    rule(undefined, '10.0.0.0/8'),
    rule(undefined, '::ffff:10.1.0.0/112'),
    true,
  ],
];

describe('a rule that an earlier one covers', () => {
  for (const [name, earlier, later, isCovered] of CASES) {
    it(`${name}: ${isCovered}`, () => assertEquals(covers(earlier, later), isCovered));
  }

  it('never decides, whoever asks', () => {
    const people: Who[] = [];
    for (const username of ['a', 'b', 'z', undefined]) {
      for (const groups of [[], ['a'], ['b'], ['a', 'b']]) {
        for (
          const address of ['10.1.2.3', '10.9.0.1', '10.2.3.4', '2001:db8::1', '::1', undefined]
        ) {
          people.push({ username, groups, address, client_id: 'c' });
        }
      }
    }
    for (const [, earlier, later, isCovered] of CASES) {
      if (!isCovered) continue;
      const policy = {
        default_policy: 'one_factor',
        rules: [earlier, { ...later, policy: 'deny' }],
      } as const;
      for (const who of people) assertEquals(levelFor(policy, who), 'one_factor');
    }
  });
});

describe('subjects that nobody can be at once', () => {
  const rows: readonly (readonly [name: string, all: readonly PolicySubject[], isOne: boolean])[] =
    [
      ['one user', [UA], false],
      ['the same user twice', [UA, UA], false],
      ['two users', [UA, A, UB], true],
      ['two groups', [A, B], false],
      ['a user and a group', [UA, A], false],
      ['one client', [C], false],
      ['the same client twice', [C, C], false],
      ['two clients', [C, D], true],
      ['a client and a group', [C, A], true],
      ['a client and a user', [UA, C], true],
    ];
  for (const [name, all, isOne] of rows) {
    it(`${name}: ${isOne}`, () => assertEquals(contradictionOf(all) !== undefined, isOne));
  }
});
