import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from '../support/assert.ts';
import { openPlace, type Place, SLOW } from '../support/cli.ts';

const PASSWORD = 'correct horse battery';
const CALLBACK = 'https://app.example/callback';

interface ClientList {
  readonly clients: readonly { readonly client_id: string; readonly provenance: string }[];
  readonly more: boolean;
}

/** One place and one store for the rows of a story, which depend on each other. */
async function inPlace(
  work: (place: Place) => Promise<void>,
  kind: 'fresh' | 'with keys' = 'with keys',
): Promise<void> {
  const place = await openPlace(kind);
  try {
    await work(place);
  } finally {
    await place.close();
  }
}

describe('commands without a server', () => {
  it('user add, show, list, passwd, disable, enable, remove', SLOW, () =>
    inPlace(async (place) => {
      const added = await place.json(
        [
          'user',
          'add',
          'Alice',
          '--email',
          'alice@example.com',
          '--name',
          'Alice Example',
          '--group',
          'admins',
          '--group',
          'staff',
          '--claim',
          'locale=de',
          '--claim',
          'email_verified=true',
          '--claim',
          'department=doors',
          '--password-stdin',
        ],
        { stdin: `${PASSWORD}\n` },
      ) as Record<string, unknown>;
      assertEquals(added['username'], 'alice');
      assertEquals(added['groups'], ['admins', 'staff']);
      assertEquals(added['claims'], {
        locale: 'de',
        email_verified: true,
        email: 'alice@example.com',
        name: 'Alice Example',
      });
      assertEquals(added['attributes'], { department: 'doors' });
      assertEquals(added['has_password'], true);
      assert(!('password' in added));
      assertEquals(await place.json(['user', 'show', 'ALICE']), added);

      await place.json(['user', 'add', 'bob']);
      const list = await place.json(['user', 'list']) as { users: { username: string }[] };
      assertEquals(list.users.map(({ username }) => username), ['alice', 'bob']);
      const page = await place.json(['user', 'list', '--limit', '1']) as typeof list & {
        more: boolean;
      };
      assertEquals([page.users.length, page.more], [1, true]);

      await place.json(['user', 'passwd', 'bob', '--password-stdin'], { stdin: PASSWORD });
      const disabled = await place.json(['user', 'disable', 'bob']) as Record<string, unknown>;
      assertEquals([disabled['disabled'], disabled['has_password']], [true, true]);
      const enabled = await place.json(['user', 'enable', 'bob']) as Record<string, unknown>;
      assertEquals(enabled['disabled'], false);
      assertEquals(await place.json(['user', 'remove', 'bob']), {
        removed: 'bob',
        sessions: 0,
        grants: 0,
      });
      const gone = await place.run(['user', 'show', 'bob']);
      assertEquals(gone, {
        code: 1,
        stdout: '',
        stderr: 'ostiary user show: there is no user "bob"\n',
      });
    }));

  it('client add, show, list, update, secret, remove', SLOW, () =>
    inPlace(async (place) => {
      type Written = { client: Record<string, unknown>; client_secret?: string };
      const added = await place.json([
        'client',
        'add',
        'app',
        '--redirect-uri',
        CALLBACK,
      ]) as Written;
      assertMatch(added.client_secret ?? '', /^[A-Za-z0-9_-]{64}$/);
      assertEquals(added.client['redirect_uris'], [CALLBACK]);
      assert(!('client_secret' in added.client));

      await place.write(
        'spa.json',
        JSON.stringify({ client_name: 'A page', redirect_uris: [CALLBACK] }),
      );
      const page = await place.json([
        'client',
        'add',
        'spa',
        '--public',
        '--metadata-file',
        'spa.json',
      ]) as Written;
      assertEquals(page.client['client_name'], 'A page');
      assertEquals(page.client_secret, undefined);

      const given = 'a given secret, long enough';
      const own = await place.json(
        ['client', 'add', 'own', '--redirect-uri', CALLBACK, '--secret-stdin'],
        { stdin: given },
      ) as Written;
      assertEquals(own.client_secret, undefined);

      const updated = await place.json(['client', 'update', 'app', '--name', 'Renamed']) as Written;
      assertEquals(updated.client['client_name'], 'Renamed');
      assertEquals(updated.client['redirect_uris'], [CALLBACK]);
      assertEquals(updated.client_secret, undefined);

      const renewed = await place.json(['client', 'secret', 'app']) as Written;
      assertNotEquals(renewed.client_secret, added.client_secret);

      const list = await place.json(['client', 'list']) as ClientList;
      assertEquals(list.clients.map(({ client_id, provenance }) => [client_id, provenance]), [
        ['app', 'cli'],
        ['own', 'cli'],
        ['spa', 'cli'],
      ]);
      assertEquals(list.more, false);
      const { stdout } = await place.run(['client', 'list', '--limit', '2']);
      assertMatch(stdout, /^client_id .*\napp .*\nown .*\n… and more; see --limit\n$/);
      assertEquals(await place.json(['client', 'remove', 'app']), { client_id: 'app', grants: 0 });
      assertEquals((await place.run(['client', 'show', 'app'])).code, 1);
    }));

  it(
    'client: those of the file are listed, and changed in the file only',
    SLOW,
    () =>
      inPlace(async (place) => {
        await place.write(
          'ostiary.yaml',
          `clients: [ { client_id: app, client_secret: "$plaintext$0123456789abcdef", redirect_uris: [ "${CALLBACK}" ] } ]`,
        );
        const { clients: [first] } = await place.json(['client', 'list']) as ClientList;
        assertEquals([first?.client_id, first?.provenance], ['app', 'file']);
        assert(!('client_secret' in (first ?? {})));
        for (const command of ['add', 'update', 'secret', 'remove']) {
          const flags = command === 'update' ? ['--name', 'X'] : [];
          const { code, stderr } = await place.run(['client', command, 'app', ...flags]);
          assertEquals(code, 1);
          assertStringIncludes(stderr, 'is defined in the configuration file: change it there');
        }
      }),
  );

  it('key list, grant list and session list', SLOW, () =>
    inPlace(async (place) => {
      const keys = await place.json(['key', 'list']) as { use: string; alg?: string }[];
      assertEquals(keys.filter(({ use }) => use === 'sig').map(({ alg }) => alg).sort(), [
        'ES256',
        'EdDSA',
        'RS256',
      ]);
      assert(!/"(d|p|q|sealed)":/.test(JSON.stringify(keys)));
      assertEquals(await place.json(['grant', 'list']), { grants: [], more: false });
      assertEquals(await place.json(['session', 'list']), { sessions: [], more: false });
    }));

  it('store verify, dump, backup, load and compact', SLOW, () =>
    inPlace(async (place) => {
      await place.json(['user', 'add', 'alice']);
      const { records, ...rest } = await place.json(['store', 'backup', 'backup.jsonl']) as Record<
        string,
        unknown
      >;
      assertEquals([records, typeof rest['file']], [undefined, 'string']);
      const dump = (await place.run(['store', 'dump'])).stdout.trim().split('\n');
      assert(dump.some((line) => line.includes('"alice"')));
      assert(dump.length > 3);
      assertEquals((await stat(join(place.directory, 'backup.jsonl'))).mode & 0o777, 0o600);

      const refused = await place.run(['store', 'load', 'backup.jsonl']);
      assertEquals(refused.code, 1);
      assertStringIncludes(refused.stderr, 'not empty');
      const loaded = await place.json(['store', 'load', 'backup.jsonl', '--data', 'other']);
      assertEquals(loaded, { records: dump.length - 2 });
      await place.run(['store', 'compact', '--data', 'other']);
      assertEquals((await place.run(['store', 'verify', '--data', 'other'])).code, 0);
    }));

  it(
    'hash-secret and hash-password print digests that the configuration accepts',
    SLOW,
    () =>
      inPlace(async (place) => {
        const made = await place.json(['hash-secret']) as Record<string, string>;
        assertMatch(made['client_secret'] ?? '', /^[A-Za-z0-9_-]{64}$/);
        const given = await place.run(['hash-secret', '--secret-stdin'], {
          stdin: 'my own secret',
        });
        const password = await place.run(['hash-password'], { stdin: `${PASSWORD}\n` });
        for (const digest of [made['digest'], given.stdout.trim(), password.stdout.trim()]) {
          assertMatch(digest ?? '', /^\$argon2id\$/);
          await place.write(
            'ostiary.yaml',
            `clients: [ { client_id: app, client_secret: "${digest}", redirect_uris: [ "${CALLBACK}" ] } ]`,
          );
          assertEquals((await place.run(['config', 'check'])).code, 0);
        }
        const short = await place.run(['hash-password'], { stdin: 'short\n' });
        assertEquals([short.code, short.stderr.split('\n').length], [1, 2]);
      }),
  );

  it('config check and config schema', SLOW, () =>
    inPlace(async (place) => {
      assertEquals((await place.run(['config', 'check'])).code, 0);
      await place.write('ostiary.yaml', 'pkce: always\nwibble: 1\ndata:\n');
      assertEquals(await place.run(['config', 'check']), {
        code: 1,
        stdout: '',
        stderr: 'ostiary.yaml:2: wibble is not a known option\n' +
          'ostiary.yaml:3: data has no value: give it one, or remove it\n',
      });
      const checked = await place.run(['config', 'check', '--json']);
      assertEquals(checked.code, 1);
      assertEquals(JSON.parse(checked.stdout).mistakes[0], {
        problem: 'is not a known option',
        source: 'ostiary.yaml',
        line: 2,
        path: 'wibble',
      });
      const schema = await place.json(['config', 'schema']) as Record<string, unknown>;
      assertEquals(schema['additionalProperties'], false);
    }));
});

const REFUSALS: readonly (readonly [line: string, stdin: string, message: string])[] = [
  ['user add alice --password-stdin', 'short', 'at least 8 characters'],
  ['user add alice --password-stdin', 'alice', 'at least 8 characters'],
  ['user add aliсe', '', 'scripts'],
  ['user add alice --email nonsense', '', 'e-mail address'],
  ['user add alice --claim sub=1', '', 'set by the server'],
  ['user add alice --claim locale', '', 'NAME=VALUE'],
  ['user passwd nobody --password-stdin', PASSWORD, 'there is no user "nobody"'],
  ['user list --limit 0', '', '--limit must be from 1'],
  ['client add app', '', 'redirect_uris must hold at least one URI'],
  ['client add app --redirect-uri http://app.example/', '', 'must use https'],
  ['client add app --redirect-uri https://app.example/#f', '', 'must not hold a fragment'],
  [
    'client add app --public --redirect-uri https://app.example/ --secret-stdin',
    'a-long-enough-secret',
    'a client of this authentication method has no secret',
  ],
  [
    'client add app --redirect-uri https://app.example/ --secret-stdin',
    'short',
    'at least 16 characters',
  ],
  [
    'client add app --redirect-uri https://app.example/ --scope nonsense',
    '',
    'unknown scope: nonsense',
  ],
  ['client add a%20b --redirect-uri https://app.example/', '', 'client_id must be'],
  ['client secret nobody', '', 'there is no client "nobody"'],
  ['client update nobody --name x', '', 'there is no client "nobody"'],
  ['client add app --metadata-file absent.json', '', 'ENOENT'],
  ['grant revoke', '', 'give either an ID'],
  ['grant revoke nonsense', '', 'there is no grant "nonsense"'],
  ['session revoke', '', 'give one of a SID, --user and --all'],
  ['session revoke --all --user nobody', '', 'there is no user "nobody"'],
  ['session revoke nonsense', '', 'there is no session "nonsense"'],
  ['store load absent.jsonl --merge', '', 'ENOENT'],
];

describe('a command that cannot be done says so in one line and exits 1', () => {
  for (const [line, stdin, message] of REFUSALS) {
    it(line, SLOW, () =>
      inPlace(async (place) => {
        const { code, stdout, stderr } = await place.run(line.split(' '), { stdin });
        assertEquals([code, stdout], [1, ''], stderr);
        assertMatch(stderr, /^ostiary [^\n]+\n$/);
        assertStringIncludes(stderr, message);
      }));
  }

  it('user add: nobody who looks like somebody', SLOW, () =>
    inPlace(async (place) => {
      await place.json(['user', 'add', 'paul']);
      const { code, stderr } = await place.run(['user', 'add', 'pau1']);
      assertEquals(code, 1);
      assertStringIncludes(stderr, 'looks like that of "paul"');
    }));

  it('client add: not twice', SLOW, () =>
    inPlace(async (place) => {
      const words = ['client', 'add', 'app', '--redirect-uri', CALLBACK];
      await place.json(words);
      const { code, stderr } = await place.run(words);
      assertEquals([code, stderr], [1, 'ostiary client add: client app exists already\n']);
    }));

  it('whatever it needs, when the configuration is wrong', SLOW, () =>
    inPlace(async (place) => {
      await place.write('ostiary.yaml', 'wibble: 1\n');
      const { code, stderr } = await place.run(['user', 'list']);
      assertEquals([code, stderr], [1, 'ostiary.yaml:1: wibble is not a known option\n']);
    }));

  it('without a server, when the store is memory', SLOW, () =>
    inPlace(async (place) => {
      await place.write('ostiary.yaml', 'storage: { engine: memory }\n');
      const { code, stderr } = await place.run(['user', 'add', 'alice']);
      assertEquals(code, 1);
      assertStringIncludes(stderr, 'the store is memory');
    }));
});

describe('a command line that cannot be read exits 2', () => {
  for (
    const line of ['nonsense', 'user nonsense', 'user add', 'user add alice --nonsense', 'user']
  ) {
    it(line, SLOW, () =>
      inPlace(async (place) => {
        assertEquals((await place.run(line.split(' '))).code, 2);
      }));
  }
});

describe('help and version', () => {
  it('go to standard output and exit 0', SLOW, () =>
    inPlace(async (place) => {
      for (
        const words of [['--help'], ['user', '--help'], ['user', 'add', '--help'], ['--version']]
      ) {
        const { code, stdout, stderr } = await place.run(words);
        assertEquals([code, stderr], [0, ''], words.join(' '));
        assertStringIncludes(stdout, 'ostiary');
      }
    }));
});

describe('T138: what a command creates is its owner’s alone', () => {
  it('0700 and 0600', SLOW, () =>
    inPlace(async (place) => {
      await place.json(['user', 'add', 'alice']);
      const mode = async (name: string): Promise<number> =>
        (await stat(join(place.directory, name))).mode & 0o777;
      assertEquals([await mode('data'), await mode('data/journal')], [0o700, 0o700]);
      assertEquals([await mode('data/secret.key'), await mode('data/store.json')], [0o600, 0o600]);
    }, 'fresh'));
});
