import { describe, it } from 'node:test';
import { assert, assertEquals, assertStringIncludes } from '../support/assert.ts';
import { openPlace, SLOW } from '../support/cli.ts';

interface Users {
  readonly users: readonly { readonly username: string }[];
}

describe('what administrators type', () => {
  it(
    'people are changed claim by claim, found by parts of what they are called, and it is all on record',
    SLOW,
    async () => {
      const place = await openPlace();
      const add = ['user', 'add', 'ada', '--email', 'ada@example.com', '--group', 'staff'];
      await place.json([...add, '--claim', 'locale=en', '--claim', 'level=3']);
      await place.json(['user', 'add', 'bob', '--group', 'admins']);
      const update = ['user', 'update', 'ada', '--name', 'Ada L.', '--remove-claim', 'level'];
      const updated = await place.json([...update, '--group', 'admins', '--group', 'math']);
      const { claims, groups, attributes } = updated as Record<string, unknown>;
      assertEquals(claims, { email: 'ada@example.com', locale: 'en', name: 'Ada L.' });
      assertEquals([groups, attributes], [['admins', 'math'], {}]);
      const names = async (...flags: string[]) =>
        ((await place.json(['user', 'list', ...flags])) as Users).users.map((each) =>
          each.username
        );
      assertEquals(await names('--query', 'ada l'), ['ada']);
      assertEquals(await names('--group', 'admins'), ['ada', 'bob']);
      assertEquals(await names('--group', 'math', '--limit', '1'), ['ada']);
      const none = await place.json(['user', 'update', 'ada', '--no-groups']);
      assertEquals((none as Record<string, unknown>)['groups'], []);
      const refusals: readonly (readonly [readonly string[], string])[] = [
        [['user', 'update', 'ada'], 'nothing to change'],
        [['user', 'update', 'ada', '--no-groups', '--group', 'x'], '--no-groups'],
        [['user', 'update', 'nobody', '--name', 'N'], 'no user'],
        [['audit', 'list', '--since', 'yesterday'], '--since'],
        [['audit', 'show', 'nothing'], 'no audit record'],
        [['consent', 'revoke'], '--user or --client'],
      ];
      for (const [words, problem] of refusals) {
        const { code, stderr } = await place.run(words);
        assertEquals(code, 1, words.join(' '));
        assertStringIncludes(stderr, problem);
      }
      const { audit } = await place.json(['audit', 'list', '--action', 'user']) as {
        readonly audit: readonly { readonly id: string; readonly action: string }[];
      };
      assertEquals(audit.map(({ action }) => action), [
        'user.changed',
        'user.changed',
        'user.created',
        'user.created',
      ]);
      const { stdout } = await place.run(['audit', 'show', audit[1]?.id ?? '']);
      assertStringIncludes(stdout, 'Ada L.');
      assert(/who +cli/.test(stdout), stdout);
      const listed = await place.run(['audit', 'list', '--limit', '1']);
      assertStringIncludes(listed.stdout, 'and more');
      await place.close();
    },
  );

  it(
    'clients are found by what they are called and who brought them; what they may name is shown',
    SLOW,
    async () => {
      const place = await openPlace();
      for (const [id, name] of [['shop', 'The Shop'], ['wiki', 'A Wiki']] as const) {
        await place.json([
          'client',
          'add',
          id,
          '--name',
          name,
          '--redirect-uri',
          `https://${id}.example/`,
        ]);
      }
      const ids = async (...flags: string[]) => {
        const listed = await place.json(['client', 'list', ...flags]);
        return (listed as { clients: { client_id: string }[] }).clients.map((each) =>
          each.client_id
        );
      };
      assertEquals(await ids('--query', 'the s'), ['shop']);
      assertEquals(await ids('--provenance', 'cli'), ['shop', 'wiki']);
      assertEquals(await ids('--provenance', 'dcr'), []);
      const policies = await place.json(['policy', 'list']) as Record<
        string,
        Record<string, unknown>
      >;
      assert(policies['scopes']?.['openid'] !== undefined);
      await place.close();
    },
  );
});
