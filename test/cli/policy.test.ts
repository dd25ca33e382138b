import { describe, it } from 'node:test';
import type { AccessCheck } from '../../src/engine/administration/policies.ts';
import { assertEquals, assertMatch, assertStringIncludes } from '../support/assert.ts';
import { openPlace, type Place, SLOW } from '../support/cli.ts';

const CONFIG = `clients:
  - client_id: app
    token_endpoint_auth_method: none
    redirect_uris: [ https://app.example/cb ]
    authorization_policy: staff
  - client_id: open
    token_endpoint_auth_method: none
    redirect_uris: [ https://app.example/cb ]
authorization_policies:
  staff:
    default_policy: deny
    rules:
      - { policy: deny, subject: [ "user:mallory", "client:robot" ] }
      - { policy: one_factor, subject: [ [ "group:admins", "user:Alice" ], "client:app" ] }
      - { policy: one_factor, subject: "group:ops", networks: internal }
      - { policy: two_factor, networks: [ internal, 192.0.2.0/24 ] }
definitions: { networks: { internal: [ 10.0.0.0/8 ] } }
`;

async function inPlace(work: (place: Place) => Promise<void>): Promise<void> {
  const place = await openPlace();
  try {
    await place.write('ostiary.yaml', CONFIG);
    await place.json(['user', 'add', 'alice', '--group', 'admins']);
    await place.json(['user', 'add', 'bob', '--group', 'ops']);
    await work(place);
  } finally {
    await place.close();
  }
}

const ASK = ['policy', 'explain', '--client', 'app'];

describe('ostiary policy explain', () => {
  it('tells which rule decides, and why the others do not', SLOW, () =>
    inPlace(async (place) => {
      const { code, stdout } = await place.run([...ASK, '--user', 'BOB', '--address', '10.1.2.3']);
      assertEquals(code, 0);
      assertMatch(stdout, /^rule +policy +outcome +because$/m);
      assertMatch(stdout, /^rules\[0\] +deny +does not match +is not user:mallory; is no client/m);
      assertMatch(stdout, /^rules\[1\] +one_factor +does not match +is not in group:admins; /m);
      assertMatch(
        stdout,
        /^rules\[2\] +one_factor +matches +group:ops; 10\.1\.2\.3 is in internal$/m,
      );
      assertMatch(stdout, /^rules\[3\] +two_factor +not reached +rules\[2\] matches before it$/m);
      assertMatch(stdout, /^default_policy +deny +not reached +rules\[2\] matches before it$/m);
      assertMatch(stdout, /^one_factor, by rules\[2\] of staff$/m);
    }));

  it('prints all of it as JSON', SLOW, () =>
    inPlace(async (place) => {
      const outside = await place.json([...ASK, '--user', 'bob', '--address', '192.0.2.1']);
      assertEquals(outside, {
        client_id: 'app',
        authorization_policy: 'staff',
        username: 'bob',
        groups: ['ops'],
        address: '192.0.2.1',
        level: 'two_factor',
        decided_by: 'rules[3]',
        default_policy: 'deny',
        rules: [
          {
            policy: 'deny',
            outcome: 'does not match',
            because: 'is not user:mallory; is no client that acts for itself',
          },
          {
            policy: 'one_factor',
            outcome: 'does not match',
            because: 'is not in group:admins; is no client that acts for itself',
          },
          {
            policy: 'one_factor',
            outcome: 'does not match',
            because: '192.0.2.1 is not in internal',
          },
          { policy: 'two_factor', outcome: 'matches', because: '192.0.2.1 is in 192.0.2.0/24' },
        ],
      });
    }));

  it(
    'takes an address that is not given for unknown, and tells the default',
    SLOW,
    () =>
      inPlace(async (place) => {
        const { stdout } = await place.run([...ASK, '--user', 'bob']);
        assertMatch(stdout, /^rules\[3\] +two_factor +does not match +the address is not known$/m);
        assertMatch(stdout, /^default_policy +deny +matches +no rule does$/m);
        assertMatch(stdout, /^deny, by default_policy of staff$/m);
        await place.run(['user', 'disable', 'alice']);
        const alice = await place.run([...ASK, '--user', 'alice']);
        assertMatch(alice.stdout, /^one_factor, by rules\[1\] of staff\nThe person is disabled/m);
      }),
  );

  it('tells of the client itself when no person is named', SLOW, () =>
    inPlace(async (place) => {
      const { stdout } = await place.run(ASK);
      assertMatch(stdout, /^rules\[1\] +one_factor +matches +client:app$/m);
      assertMatch(stdout, /^one_factor, by rules\[1\] of staff\n$/m);
      const open = await place.run(['policy', 'explain', '--client', 'open']);
      assertMatch(
        open.stdout,
        /^one_factor, by default_policy of one_factor\nThe policy names no/m,
      );
    }));

  it('refuses what cannot be asked', SLOW, () =>
    inPlace(async (place) => {
      const refusals = [
        [['policy', 'explain', '--user', 'bob'], 'give --client'],
        [['policy', 'explain', '--client', 'nope'], 'there is no client "nope"'],
        [[...ASK, '--user', 'eve'], 'there is no user "eve"'],
        [[...ASK, '--user', 'bob', '--address', '10.0.0.0/8'], 'the address is no IP address'],
        [[...ASK, '--address', '10.0.0.1'], 'a client that acts for itself has no address'],
      ] as const;
      for (const [args, problem] of refusals) {
        const { code, stdout, stderr } = await place.run(args);
        assertEquals([code, stdout], [1, '']);
        assertStringIncludes(stderr, problem);
      }
    }));

  it('a mistake in a rule stops the start with its line', SLOW, () =>
    inPlace(async (place) => {
      await place.write('ostiary.yaml', CONFIG.replace('"group:ops"', '"grup:ops"'));
      const { code, stderr } = await place.run(['config', 'check']);
      assertEquals(code, 1);
      assertStringIncludes(
        stderr,
        'ostiary.yaml:15: authorization_policies.staff.rules[2].subject must be user:NAME, ' +
          'group:NAME or client:ID; did you mean group?: got "grup:ops"',
      );
    }));
});

describe('ostiary policy check-access', () => {
  const RULES = `access_control:
  rules:
    - { domain: public.example.com, policy: bypass }
    - { domain: app.example.com, policy: deny, methods: DELETE }
    - { domain: app.example.com, policy: two_factor, resources: "^/admin" }
    - { domain: app.example.com, policy: one_factor, subject: "group:ops", networks: internal }
`;
  const CHECK = ['policy', 'check-access'];

  it('tells which rule decides, and why the others do not', SLOW, () =>
    inPlace(async (place) => {
      await place.write('ostiary.yaml', CONFIG + RULES);
      const url = 'https://app.example.com/x';
      const { code, stdout } = await place.run([
        ...CHECK,
        url,
        '--user',
        'bob',
        '--address',
        '10.0.0.1',
      ]);
      assertEquals(code, 0);
      assertMatch(stdout, /^rules\[0\] +bypass +does not match +is not for app\.example\.com$/m);
      assertMatch(stdout, /^rules\[1\] +deny +does not match +is not for GET$/m);
      assertMatch(stdout, /^rules\[2\] +two_factor +does not match +no resource matches \/x$/m);
      assertMatch(stdout, /^rules\[3\] +one_factor +matches +group:ops; 10\.0\.0\.1 is in/m);
      assertMatch(stdout, /^one_factor, by rules\[3\]$/m);
      const far = await place.json([...CHECK, url, '--user', 'bob']) as AccessCheck;
      assertEquals([far.level, far.decided_by], ['deny', 'default_policy']);
      const deletion = await place.json([...CHECK, url, '--method', 'DELETE']) as AccessCheck;
      assertEquals([deletion.level, deletion.decided_by], ['deny', 'rules[1]']);
    }));

  it('says that a rule for people is no client’s', SLOW, () =>
    inPlace(async (place) => {
      await place.write('ostiary.yaml', CONFIG + RULES);
      const args = [...CHECK, 'https://app.example.com/admin', '--client', 'app'];
      const check = await place.json(args) as AccessCheck;
      assertEquals([check.level, check.decided_by], ['deny', 'rules[2]']);
      assertStringIncludes((await place.run(args)).stdout, 'It names no client');
    }));

  it('says why it cannot tell', SLOW, () =>
    inPlace(async (place) => {
      await place.write('ostiary.yaml', CONFIG + RULES);
      const odd = await place.json([
        ...CHECK,
        'https://app.example.com/admin/../x',
      ]) as AccessCheck;
      assertEquals(odd.level, 'deny');
      assertStringIncludes(odd.decided_by, 'in several ways');
      for (const args of [['x'], ['https://app.example.com/', '--user', 'nobody']]) {
        assertEquals((await place.run([...CHECK, ...args])).code, 1, args.join(' '));
      }
    }));
});
