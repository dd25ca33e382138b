import { describe, it } from 'node:test';
import { assertEquals, assertMatch, assertStringIncludes } from '../support/assert.ts';
import { openPlace, type Place, SLOW } from '../support/cli.ts';

const CONFIG = `clients:
  - client_id: app
    token_endpoint_auth_method: none
    redirect_uris: [ https://app.example/cb ]
    scope: openid email work
    claims_policy: trusted
claims_policies: { trusted: { id_token: [ is_admin ], access_token: [ level ], custom_claims: { is_admin: { attribute: admin } } } }
scopes: { work: { claims: [ is_admin, level ] } }
definitions:
  user_attributes:
    admin: { expression: '"admins" in groups' }
    level: { value_type: integer }
`;

async function inPlace(work: (place: Place) => Promise<void>): Promise<void> {
  const place = await openPlace();
  try {
    await place.write('ostiary.yaml', CONFIG);
    await place.json(['user', 'add', 'alice', '--group', 'admins', '--claim', 'level=7']);
    await work(place);
  } finally {
    await place.close();
  }
}

const ASK = ['claims', 'explain', '--client', 'app', '--user', 'alice'];

describe('ostiary claims explain', () => {
  it('tells where claims go, why, and what is missing', SLOW, () =>
    inPlace(async (place) => {
      const { code, stdout } = await place.run([
        ...ASK,
        '--scope',
        'openid email work',
        '--claims',
        '{"userinfo":{"nickname":null}}',
      ]);
      assertEquals(code, 0);
      assertMatch(
        stdout,
        /^is_admin +id_token +scope work, by claims policy trusted +custom claim from attribute admin, computed +true$/m,
      );
      assertMatch(
        stdout,
        /^email +userinfo +scope email +standard claim +absent: the person has no email$/m,
      );
      assertMatch(stdout, /^level +userinfo +scope work +attribute level +7$/m);
      assertMatch(stdout, /^nickname +userinfo +claims parameter .* absent: the person has no/m);
      assertMatch(stdout, /^level +access_token +scope work, by claims policy trusted .* 7$/m);
      assertStringIncludes(stdout, 'An opaque access token shows nothing');
      const explained = await place.json([...ASK, '--scope', 'openid work']) as {
        claims: readonly Record<string, unknown>[];
      };
      assertEquals(explained.claims[0], {
        claim: 'is_admin',
        place: 'id_token',
        because: 'scope work, by claims policy trusted',
        from: 'custom claim from attribute admin, computed',
        value: true,
      });
      const plain = await place.run(ASK);
      assertEquals(plain.stdout, 'no claims beyond those of the protocol itself\n');
    }));

  it('refuses what cannot be asked', SLOW, () =>
    inPlace(async (place) => {
      const refusals = [
        [['claims', 'explain', '--user', 'alice'], 'give --client and --user'],
        [[...ASK, '--scope', 'openid phone'], 'the client is not registered for phone'],
        [[...ASK, '--claims', '[]'], 'claims must be a JSON object'],
        [['claims', 'explain', '--client', 'nope', '--user', 'alice'], 'there is no client "nope"'],
      ] as const;
      for (const [args, problem] of refusals) {
        const { code, stdout, stderr } = await place.run(args);
        assertEquals([code, stdout], [1, '']);
        assertStringIncludes(stderr, problem);
      }
    }));

  it('a bad expression stops the start with its line', SLOW, () =>
    inPlace(async (place) => {
      await place.write('ostiary.yaml', CONFIG.replace('in groups', 'in group'));
      const { code, stderr } = await place.run(['config', 'check']);
      assertEquals(code, 1);
      assertStringIncludes(
        stderr,
        'ostiary.yaml:11: definitions.user_attributes.admin.expression is no usable CEL expression: ' +
          'Unknown variable: group (at character 13); did you mean groups?',
      );
    }));
});
