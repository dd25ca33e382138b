import { describe, it } from 'node:test';
import { assertEquals, assertMatch, assertStringIncludes } from '../support/assert.ts';
import { openPlace, type Place, SLOW } from '../support/cli.ts';

const CONFIG = `definitions:
  user_attributes:
    is_admin: { expression: '"admins" in groups' }
    level: { value_type: integer }
claims_policies:
  trusted:
    id_token: [ is_admin ]
    custom_claims: { rank: { attribute: level } }
scopes:
  role: { claims: [ is_admin, rank ] }
clients:
  - client_id: app
    token_endpoint_auth_method: none
    redirect_uris: [ https://app.example/callback ]
    scope: openid email role
    claims_policy: trusted
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

const WORDS = ['claims', 'explain', '--client', 'app', '--user', 'alice'];

describe('claims explain', () => {
  it('says where claims go, why, and what is missing', SLOW, () =>
    inPlace(async (place) => {
      const words = [...WORDS, '--scope', 'openid email role'];
      const { claims } = await place.json(words) as { claims: readonly Record<string, unknown>[] };
      assertEquals(claims, [
        {
          claim: 'is_admin',
          place: 'id_token',
          because: 'scope role, by claims policy trusted',
          from: 'attribute is_admin, computed',
          value: true,
        },
        {
          claim: 'email',
          place: 'userinfo',
          because: 'scope email',
          from: 'standard claim',
          absent: 'the person has no email',
        },
        {
          claim: 'email_verified',
          place: 'userinfo',
          because: 'scope email',
          from: 'standard claim',
          absent: 'the person has no email_verified',
        },
        {
          claim: 'is_admin',
          place: 'userinfo',
          because: 'scope role',
          from: 'attribute is_admin, computed',
          value: true,
        },
        {
          claim: 'rank',
          place: 'userinfo',
          because: 'scope role',
          from: 'custom claim from attribute level',
          value: 7,
        },
      ]);
      const { stdout } = await place.run(words);
      assertMatch(stdout, /rank +userinfo +scope role +custom claim from attribute level +7/);
      assertStringIncludes(stdout, 'absent: the person has no email');
    }));

  it('with the claims parameter, and without UserInfo', SLOW, () =>
    inPlace(async (place) => {
      const claims = JSON.stringify({ id_token: { rank: null } });
      const words = [...WORDS, '--claims', claims, '--response-type', 'id_token'];
      assertEquals(await place.json(words), {
        client_id: 'app',
        username: 'alice',
        claims_policy: 'trusted',
        access_token_format: 'opaque',
        claims: [{
          claim: 'rank',
          place: 'id_token',
          because: 'claims parameter',
          from: 'custom claim from attribute level',
          value: 7,
        }],
      });
      const plain = await place.run(WORDS);
      assertEquals(plain.stdout, 'no claims beyond those of the protocol itself\n');
    }));

  it('refuses what could not be asked', SLOW, () =>
    inPlace(async (place) => {
      const refusals: readonly (readonly [readonly string[], string])[] = [
        [['claims', 'explain', '--client', 'app'], 'give --client and --user'],
        [[...WORDS, '--scope', 'openid profile'], 'the client is not registered for profile'],
        [[...WORDS.slice(0, 4), '--user', 'bob'], 'there is no user "bob"'],
      ];
      for (const [words, problem] of refusals) {
        const { code, stderr } = await place.run(words);
        assertEquals([code, stderr], [1, `ostiary claims explain: ${problem}\n`]);
      }
    }));
});
